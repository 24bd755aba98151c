"""Text as it comes: curly quotes, HTML entities, zero-width characters, emoji, right-to-left, NFC and NFD, no capitals."""

from __future__ import annotations

import html
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.entities import Entities
from services.entities.read import EntityReader
from services.text.sentences import split

NEWS = (
    "Russian Foreign Minister Sergey Lavrov met António Guterres in São Paulo on Monday. “Kyiv's allies sent US$14 billion,”"
    " Lavrov said. The North Atlantic bloc - NATO - and the US State Department declined to comment. Washington denied it."
)


def straight(text: str) -> str:
    return text.translate(str.maketrans("“”‘’", "\"\"''"))


def zero_width(text: str) -> str:
    return re.sub(r" (?=[A-Z])", " \u200b", text).replace("Lavrov", "Lav\u200drov", 1)


def debris(text: str) -> str:
    return text.replace(". ", ". release. ").replace("on Monday", "on Monday (AP)&nbsp;")


DAMAGE = {
    "nfd": lambda text: unicodedata.normalize("NFD", text),
    "nfkc": lambda text: unicodedata.normalize("NFKC", text),
    "straight quotes": straight,
    "html": lambda text: html.escape(text).replace("é", "&eacute;").replace("ó", "&oacute;"),
    "zero width": zero_width,
    "emoji": lambda text: text.replace(". ", " 🇺🇦👩‍👩‍👧‍👦. ").replace(" met ", " 🤝 "),
    "right-to-left": lambda text: f"\u202b{text}\u202c وقالت موسكو ذلك. " + text.replace("Kyiv", "\u2067Kyiv\u2069"),
    "lower case": str.lower,
    "capitals": str.upper,
    "debris": debris,
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "line ends": lambda text: text.replace(" ", "\r\n", 3).replace(" ", "\u2028", 5),
    "soft hyphens": lambda text: text.replace("Minister", "Mini\u00adster").replace("Guterres", "Guter\u00adres"),
}


def check(text: str, found: Entities) -> None:
    """Spans exact and apart, ids consistent, every mention in its sentence, shares of one."""
    assert [mention.id for mention in found.mentions] == [f"m{n}" for n in range(1, len(found.mentions) + 1)]
    assert [entity.id for entity in found.entities] == [f"e{n}" for n in range(1, len(found.entities) + 1)]
    assert {mention.entity for mention in found.mentions} == {entity.id for entity in found.entities}
    for each in (*found.mentions, *found.quantities, *found.dates):
        assert text[each.span.start : each.span.end] == each.span.exact != ""
        sentence = found.sentences[each.sentence]
        assert sentence.start <= each.span.start < each.span.end <= sentence.end
    ends = [0, *(mention.span.end for mention in found.mentions)]
    assert all(end <= mention.span.start for end, mention in zip(ends, found.mentions, strict=False))
    seen = {entity.id: set(entity.aliases_seen) for entity in found.entities}
    assert all(mention.span.exact in seen[mention.entity] for mention in found.mentions)
    for entity in found.entities:
        assert (entity.link_confidence is None) == (entity.wikidata is None)
    assert sum(entity.salience for entity in found.entities) == pytest.approx(1.0 if found.entities else 0.0, abs=0.01)


def read(reader: EntityReader, text: str) -> Entities:
    return reader.read(text, split(text, "en"), None)


def linked(found: Entities) -> set[str | None]:
    return {entity.wikidata for entity in found.entities} - {None}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_text(reader: EntityReader, damage: str) -> None:
    text = DAMAGE[damage](NEWS)
    check(text, read(reader, text))


@pytest.mark.parametrize("damage", ["nfd", "nfkc", "straight quotes", "emoji", "debris", "no-break spaces"])
def test_links_survive(reader: EntityReader, damage: str) -> None:
    whole = linked(read(reader, NEWS))
    assert {"Q58217", "Q311440", "Q174", "Q7184", "Q30"} <= whole
    assert {"Q58217", "Q7184", "Q30"} <= linked(read(reader, DAMAGE[damage](NEWS)))


def test_capitals_of_states_are_found_in_lower_case(reader: EntityReader) -> None:
    assert {"Q7184", "Q1899"} <= linked(read(reader, "officials from NATO flew to kyiv on monday."))


PIECES = st.one_of(
    st.sampled_from(
        ["Sergey Lavrov", "Lavrov", "NATO", "kyiv", "US$14 billion", "US State Department", "Chicago-based", "Kim Jong-un",
         "GM and Chrysler", "University of Kyiv", "Mr. Putin", "Seattle, Washington", "the Russian Navy", "&amp;", "&#8217;",
         "\u200b", "\u202e", "👩‍👩‍👧", "e\u0301", "“", "’s", "...", "\r\n", "\u00ad", "\ufeff", "موسكو", "北京", "ΝΑΤΟ", "of the ",
         "and ", ", ", "-", "U.S.", "$", "(", ")"]
    ),
    st.text(max_size=8),
)  # fmt: skip


@settings(max_examples=150, deadline=None, derandomize=True)
@given(pieces=st.lists(PIECES, max_size=16), glue=st.sampled_from(["", " ", "\u00a0", "\n"]))
def test_any_text(reader: EntityReader, pieces: list[str], glue: str) -> None:
    text = glue.join(pieces)
    check(text, read(reader, text))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    language=st.sampled_from(["ru", "ar", "zh", "ja", "fi", "tr", "de"]),
    pieces=st.lists(
        st.one_of(
            st.sampled_from(
                [
                    "Владимира Путина",
                    "Россией",
                    "وروسيا",
                    "للولايات المتحدة",
                    "北京",
                    "ロシア",
                    "EU:n",
                    "ABD'nin",
                    " ",
                    ". ",
                    "\u200f",
                ]
            ),
            st.text(max_size=6),
        ),
        max_size=12,
    ),
)
def test_any_text_in_other_languages(reader: EntityReader, language: str, pieces: list[str]) -> None:
    if language in reader.languages:
        text = "".join(pieces)
        check(text, reader.read(text, split(text, language), None, language))
