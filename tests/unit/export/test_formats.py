"""Every format, on real events."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest

from schemas import ClaimsEvent
from services.export import claimreview
from services.export.formats import FORMATS, Kind, file_name
from services.export.names import article_uri, claim_uri, web_uri
from services.export.rows import COLUMNS, inert

URI = re.compile(r"[a-z][a-z0-9+.-]*:[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+")


def written(kind: Kind, events: list[ClaimsEvent]) -> str:
    return "".join(FORMATS[kind].write(iter(events)))


def rows(events: list[ClaimsEvent]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written(Kind.CSV, events), newline="")))


def test_the_table_has_every_format() -> None:
    assert set(FORMATS) == set(Kind)
    assert len({one.suffix for one in FORMATS.values()}) == len(FORMATS)


@pytest.mark.parametrize("kind", Kind)
def test_no_article_and_articles_without_claims(kind: Kind, events: list[ClaimsEvent]) -> None:
    bare = [event for event in events if not event.claims and not event.entities.mentions]
    assert bare
    for some in ([], bare):
        text = written(kind, some)
        if kind is Kind.CSV:
            assert text == ",".join(COLUMNS) + "\r\n"
        elif kind in (Kind.JSON, Kind.NINJS):
            assert len(text.splitlines()) == len(some)
        else:
            json.loads(text)


def test_json_is_the_event(events: list[ClaimsEvent]) -> None:
    lines = written(Kind.JSON, events).split("\n")
    assert [ClaimsEvent.model_validate_json(line) for line in lines if line] == events


def test_csv_has_a_row_for_each_claim(events: list[ClaimsEvent]) -> None:
    claims = [(event, claim) for event in events for claim in event.claims]
    found = rows(events)
    assert len(found) == len(claims) > 100
    for row, (event, claim) in zip(found, claims, strict=True):
        assert row["claim_id"] == claim.claim_id and row["check_worthiness"] == str(claim.check_worthiness)
        assert row["text"].removeprefix("'") == claim.text
        assert event.article.text[int(row["start"]) : int(row["end"])] == claim.span.exact
        assert row["types"].split("; ") == [kind.label.value for kind in claim.types]
        speaker = claim.attribution.speaker
        assert row["speaker"].removeprefix("'") == (speaker.name if speaker else "")
        assert row["target_wikidata"] == ((claim.target and claim.target.wikidata) or "")


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@A", "\t=1", "\rx", "\nx", "  =1", "\u00a0=1", "＝1", "－1", "＠A"]
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert inert(text) == f"'{text}"


def test_what_is_no_formula_stays_as_it_is() -> None:
    for text in ("", "a=1", "5 - 3", "– dash", "“quoted”", "'x"):
        assert inert(text) == text


def test_a_hostile_article_makes_no_formula(hostile: ClaimsEvent) -> None:
    for row in rows([hostile]):
        assert all(not cell.lstrip().startswith(tuple("=+-@\t\r")) for cell in row.values())
        assert row["title"].startswith("'=HYPERLINK") and row["source"] == "'@SUM(1)"


def test_annotations_select_the_text(events: list[ClaimsEvent]) -> None:
    collection = json.loads(written(Kind.ANNOTATIONS, events))
    assert collection["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    assert collection["type"] == "AnnotationCollection" and collection["first"]["type"] == "AnnotationPage"
    notes: list[dict[str, Any]] = collection["first"]["items"]
    assert collection["total"] == len(notes)
    assert len(notes) == sum(len(event.claims) + len(event.entities.mentions) for event in events)
    assert len({note["id"] for note in notes}) == len(notes)
    texts = {article_uri(event.article.article_id): event.article.text for event in events}
    motives = set()
    for note in notes:
        assert note["type"] == "Annotation" and note["body"] and URI.fullmatch(note["id"])
        motives.add(note["motivation"])
        text = texts[note["target"]["source"]["id"]]
        quoted, position = note["target"]["selector"]
        start, end = position["start"], position["end"]
        assert (quoted["type"], position["type"]) == ("TextQuoteSelector", "TextPositionSelector")
        assert text[start:end] == quoted["exact"]
        assert text[:start].endswith(quoted["prefix"]) and text[end:].startswith(quoted["suffix"])
        assert note["target"].get("scope", "https://").startswith("https://")
    assert motives == {"classifying", "identifying", "tagging"}
    assert collection == json.loads(written(Kind.ANNOTATIONS, events)), "the same ids each time"


def test_an_annotation_of_a_claim_holds_what_is_known_of_it(events: list[ClaimsEvent]) -> None:
    event = next(event for event in events if any(claim.target for claim in event.claims))
    notes = json.loads(written(Kind.ANNOTATIONS, [event]))["first"]["items"]
    number = next(number for number, claim in enumerate(event.claims) if claim.target)
    claim = event.claims[number]
    *types, line, data = notes[number]["body"]
    assert [body["value"] for body in types] == [kind.label.value for kind in claim.types]
    assert claim.target and claim.target.name in line["value"]
    assert data["id"] == claim_uri(claim) and data["claimstream:check_worthiness"] == claim.check_worthiness
    assert notes[number]["generator"]["name"].startswith("Claimstream claims ")


def test_claimreview_stubs_leave_the_verdict_to_the_fact_checker(events: list[ClaimsEvent]) -> None:
    text = written(Kind.CLAIMREVIEW, events)
    assert "rating" not in "".join(re.findall(r'"[@\w]+": ', text)).lower()
    document = json.loads(text)
    assert document["@context"] == "https://schema.org"
    stubs = document["@graph"]
    claims = [(event, claim) for event in events for claim in event.claims]
    assert len(stubs) == len(claims)
    for stub, (event, claim) in zip(stubs, claims, strict=True):
        assert set(stub) == {"@type", "claimReviewed", "itemReviewed"} and stub["@type"] == "ClaimReview"
        item = stub["itemReviewed"]
        assert item["@type"] == "Claim" and item["text"] == claim.text == stub["claimReviewed"]
        work = item["appearance"]
        assert work["@type"] == "NewsArticle" and work.get("headline") == event.article.title
        assert work.get("url") in (event.article.url, None)
        speaker = claim.attribution.speaker
        if speaker:
            assert item["author"]["name"] == speaker.name
            assert item["author"].get("@type") in ("Person", "Organization", None)
        assert item.get("about", {}).get("name") == (claim.target.name if claim.target else None)


def test_speakers_and_targets_are_typed_where_that_is_known(events: list[ClaimsEvent]) -> None:
    stubs = [stub["itemReviewed"] for event in events for stub in claimreview.stubs(event)]
    targets = {(stub["about"]["name"], stub["about"].get("@type")) for stub in stubs if "about" in stub}
    assert ("NATO", "Organization") in targets and ("Moldova", "Place") in targets
    russia = next(stub["author"] for stub in stubs if isinstance(stub.get("author"), dict) and "Q159" in str(stub))
    assert russia == {"@type": "Organization", "name": "Russia", "sameAs": "http://www.wikidata.org/entity/Q159"}


def test_uris() -> None:
    assert article_uri("urn:newsml:x:1") == "urn:newsml:x:1"
    assert article_uri("a b:c") == "urn:claimstream:article:a%20b%3Ac"
    assert (
        web_uri("https://example.org/статья?a=1#b") == "https://example.org/%D1%81%D1%82%D0%B0%D1%82%D1%8C%D1%8F?a=1#b"
    )
    for url in (None, "", "javascript:alert(1)", "ftp://x", "https://", "http://[", "https://example.org/%zz"):
        assert web_uri(url) is None


@pytest.mark.parametrize(
    ("id", "name"),
    [
        ("a-1", "a-1.csv"),
        ("../../etc/passwd", "etc_passwd.csv"),
        ('x"; filename=evil.exe\r\n', "x_filename_evil.exe.csv"),
        ("...", "article.csv"),
        ("статья 1", "статья_1.csv"),
        ("x" * 500, "x" * 80 + ".csv"),
    ],
)
def test_file_names_are_safe(id: str, name: str) -> None:
    assert file_name(id, ".csv") == name
