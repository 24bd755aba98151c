"""Quotation marks and frames of saying, on sentences written for this table."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.claims.frames import frames
from services.claims.tokens import tokens
from services.text.quotations import quotations


def quoted(text: str) -> list[str]:
    paragraphs, start = [], 0
    for line in text.split("\n"):
        paragraphs.append((start, start + len(line)))
        start += len(line) + 1
    return [text[item.start : item.end] for item in quotations(text, paragraphs)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He said “go now” and left.", ["“go now”"]),
        ('He said "go now" and left.', ['"go now"']),
        ("Il dit «partez» et sortit.", ["«partez»"]),
        ("Sie rief „geht jetzt“ und ging.", ["„geht jetzt“"]),
        ("彼は「行け」と言った。", ["「行け」"]),
        ("He said `` go now '' and left.", ["`` go now ''"]),
        ("She told ‘the Times’ of it.", ["‘the Times’"]),
        ("It's the men's own fault, isn't it?", []),
        ("“We are in a bad state, ”he said.", ["“We are in a bad state, ”"]),
        ("“Never closed, he said.\nA new line.", ["“Never closed, he said."]),
        ("“First part.\n“Second part,” she said.", ["“First part.", "“Second part,”"]),
        ("`` First line.\nlast line.'' He left.", ["`` First line.", "last line.''"]),
        ('He called it "a shame" and "a farce".', ['"a shame"', '"a farce"']),
    ],
)
def test_quotations(text: str, expected: list[str]) -> None:
    assert quoted(text) == expected


def test_paragraphs_of_one_quotation_share_their_chain() -> None:
    text = "“First part.\n“Second part,” she said.\n“Another one,” he said."
    lines, start = [], 0
    for line in text.split("\n"):
        lines.append((start, start + len(line)))
        start += len(line) + 1
    first, second, other = (item.chain for item in quotations(text, lines))
    assert first == second != other


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("aB .,\"“”«»„‘’'`」「\n"), max_size=80))
def test_quotations_never_overlap_nor_leave_the_text(text: str) -> None:
    paragraphs, start = [], 0
    for line in text.split("\n"):
        paragraphs.append((start, start + len(line)))
        start += len(line) + 1
    position = 0
    for item in quotations(text, paragraphs):
        assert position <= item.start < item.end <= len(text)
        position = item.end


def test_quotation_over_three_lines_without_marks_between() -> None:
    assert quoted("`` One line.\nA second line.\nThe third.'' He left.") == [
        "`` One line.",
        "A second line.",
        "The third.''",
    ]


def said(text: str) -> list[tuple[str | None, str]]:
    marks = [(item.start, item.end) for item in quotations(text, [(0, len(text))])]
    found = frames(tokens(text, 0, len(text), marks))
    return [
        (text[slice(*frame.subject)] if frame.subject else None, text[slice(*frame.cue)])
        for frame in found
        if not frame.first_person
    ]


@pytest.mark.parametrize(
    ("text", "subject", "cue"),
    [
        ("Minister Ana Petrescu said the bridge would open.", "Minister Ana Petrescu", "said"),
        ("“The bridge will open,” Minister Ana Petrescu said in a statement.", "Minister Ana Petrescu", "said"),
        ("“The bridge will open,” said Minister Ana Petrescu.", "Minister Ana Petrescu", "said"),
        ("“The bridge will open, ”she said.", "she", "said"),
        ("Petrescu added: “The bridge will open”.", "Petrescu", "added"),
        ("In this context, she stressed, “the bridge will open.”", "she", "stressed"),
        ("According to Petrescu, the bridge will open.", "Petrescu", "According to"),
        ("The bridge will open in May, according to the transport ministry.", "the transport ministry", "according to"),
        (
            "A spokesman for the ministry, Ion Dalca, said the bridge was safe.",
            "A spokesman for the ministry, Ion Dalca",
            "said",
        ),
        ("Ion Dalca, who heads the agency, said the bridge was safe.", "Ion Dalca", "said"),
        ("Norway today accused Iceland of overfishing.", "Norway", "accused"),
        ("Following the talks the envoy said a deal was near.", "the envoy", "said"),
        ("But the mayor has repeatedly denied the claims.", "the mayor", "denied"),
        ("At the same time, accused the council of waste.", None, "accused"),
        ("The agency quoted Dalca as saying the bridge was safe.", "Dalca", "quoted"),
        ("The minister regretted that the council showed no interest.", "The minister", "regretted"),
    ],
)
def test_frames(text: str, subject: str | None, cue: str) -> None:
    assert said(text)[0] == (subject, cue)


@pytest.mark.parametrize(
    "text",
    [
        "The United States is a country of fifty states.",
        "The claims were false and the reports were late.",
        "He refused to say more.",
        "Iranian state television showed pictures.",
        "The widely held belief is wrong.",
        "“He said nothing,” reads the sign.",
    ],
)
def test_no_frame(text: str) -> None:
    assert [pair for pair in said(text) if pair[1] not in {"showed", "reads"}] == []
