"""Spans are exact on any text: emoji, right-to-left, zero-width, decomposed letters, controls, lone surrogates."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.entities import Entities
from services.entities.read import EntityReader
from services.text.sentences import split

NAMES = st.sampled_from(
    ["Angela Merkel", "NATO", "kyiv", "Zaja\u0301rova", "United\u00a0Nations", "Side\u200bbar", "موسكو", "ירושלים",
     "東京", "Ñuñoa", "the\u200d EU", "O’Neil", "Gro\u00dfbritannien", "\u202eParis\u202c", "U.S.",
     "3.5 million people", "$4bn", "on Monday", "4 May 2019", "12 🚢 ships"]
)  # fmt: skip
PIECES = st.one_of(
    NAMES, st.text(max_size=12), st.sampled_from([" ", "\n\n", ". ", "“", "” ", "\x00", "\ud800", "\r", "🇺🇦"])
)
TEXTS = st.lists(PIECES, max_size=14).map("".join)


def check(text: str, found: Entities) -> None:
    for span in [each.span for each in (*found.mentions, *found.quantities, *found.dates)]:
        assert text[span.start : span.end] == span.exact != ""
        assert not span.exact[0].isspace() and not span.exact[-1].isspace()
    ends = [0, *(mention.span.end for mention in found.mentions)]
    assert all(end <= mention.span.start for end, mention in zip(ends, found.mentions, strict=False)), "overlap"
    for mention in found.mentions:
        after = text[mention.span.end : mention.span.end + 1]
        assert not unicodedata.combining(after or " ")


@settings(max_examples=100, deadline=None, derandomize=True)
@given(text=TEXTS)
def test_spans_are_exact(reader: EntityReader, text: str) -> None:
    check(text, reader.read(text, split(text, "en"), None))


@settings(max_examples=30, deadline=None, derandomize=True)
@given(text=TEXTS)
def test_however_the_sentences_are_cut(reader: EntityReader, text: str) -> None:
    middle = len(text) // 2
    check(text, reader.read(text, [(0, middle), (middle, len(text))], None))
