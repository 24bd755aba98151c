"""A text cut for the page is the text, and each annotation covers exactly its own words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.console.view.segments import Annotation, Segment, paragraphs, segments

TEXTS = st.text(st.sampled_from("ab\n\r\u2028 é😀👩‍👧שא<&\u0301"), max_size=60)


@st.composite
def annotated(draw: st.DrawFn) -> tuple[str, list[Annotation[int]]]:
    text = draw(TEXTS)
    place = st.integers(0, len(text))
    pairs = draw(st.lists(st.tuples(place, place), max_size=8))
    return text, [Annotation(min(pair), max(pair), number) for number, pair in enumerate(pairs)]


def covered(pieces: list[Segment[int]], number: int) -> str:
    return "".join(piece.text for piece in pieces if number in piece.about)


@given(annotated())
def test_every_annotation_covers_its_words(case: tuple[str, list[Annotation[int]]]) -> None:
    text, notes = case
    for pieces in (segments(text, notes), [piece for each in paragraphs(text, notes) for piece in each]):
        assert "".join(piece.text for piece in pieces) == text
        assert all(piece.text and text[piece.start :].startswith(piece.text) for piece in pieces)
        for note in notes:
            assert covered(pieces, note.what) == text[note.start : note.end]


def test_overlapping_annotations_are_cut_where_they_meet() -> None:
    found = segments("0123456789", [Annotation(1, 6, "a"), Annotation(4, 8, "b"), Annotation(4, 6, "c")])
    assert [(piece.text, piece.about) for piece in found] == [
        ("0", ()), ("123", ("a",)), ("45", ("a", "b", "c")), ("67", ("b",)), ("89", ()),
    ]  # fmt: skip


def test_code_points_and_not_utf16() -> None:
    text = "😀😀 שלום 👩‍👧!"
    assert [piece.text for piece in segments(text, [Annotation(3, 7, "x")])] == ["😀😀 ", "שלום", " 👩‍👧!"]


def test_paragraphs_keep_their_line_ends() -> None:
    found = paragraphs("one\n\ntwo\r\nthree\n", [Annotation(2, 7, "across")])
    assert [["".join(piece.text for piece in each)] for each in found] == [["one\n\n"], ["two\r\n"], ["three\n"]]
    assert [[piece.text for piece in each if piece.about] for each in found] == [["e\n\n"], ["tw"], []]
    assert paragraphs("", []) == []


def test_what_does_not_lie_in_the_text_is_left_out() -> None:
    notes = [
        Annotation(2, 2, "empty"),
        Annotation(-1, 2, "before"),
        Annotation(1, 9, "behind"),
        Annotation(2, 1, "back"),
    ]
    assert [piece.about for piece in segments("abc", notes)] == [()]
