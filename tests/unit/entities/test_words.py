"""What the multilingual tagger sees of a text."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.entities.words import BUCKETS, GRAMS, LISTS, NameLists, collate, grams, read_words

EMPTY = NameLists([np.array([], dtype=np.uint32) for _ in LISTS])


def words_of(text: str) -> list[str]:
    return [text[start:end] for start, end in read_words(text, EMPTY).spans]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Pekin'i 1949'da", ["Pekin", "'", "i", "1949", "'", "da"]),
        ("зустрівся з Зеленським.", ["зустрівся", "з", "Зеленським", "."]),
        ("अमरीकी सेना", ["अमरीकी", "सेना"]),  # vowel signs are no letters to \w
        ("東京へ。BBC", ["東", "京", "へ", "。", "BBC"]),
        ("서울에서", list("서울에서")),
        ("U\u200b.S\ufeff", ["U", ".", "S"]),
        (unicodedata.normalize("NFD", "Zajárova"), [unicodedata.normalize("NFD", "Zajárova")]),
        (" \u200b\n", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_decomposed_letters_are_seen_as_composed() -> None:
    composed, decomposed = (read_words(unicodedata.normalize(form, "Zajárova"), EMPTY) for form in ("NFC", "NFD"))
    assert composed.keys == decomposed.keys
    assert (composed.shapes == decomposed.shapes).all()


def test_inflected_names_share_most_features() -> None:
    nominative, locative, other = (set(grams(word)) for word in ("харків", "харкові", "донецьк"))
    assert len(nominative & locative) > 2 * len(nominative & other)


def test_a_character_is_known_by_its_neighbours() -> None:
    first, second = read_words("東京", EMPTY).keys, read_words("北京", EMPTY).keys
    assert first[1] != second[1]


def test_names_of_several_words_are_found_in_the_lists() -> None:
    from zlib import crc32

    place = LISTS.index("place")
    sets = [np.array([], dtype=np.uint32) for _ in LISTS]
    sets[place] = np.array([crc32(name.encode()) for name in ("new york", "東京")], dtype=np.uint32)
    lists = NameLists(sets)
    assert read_words("In New York today", lists).listed[:, place].tolist() == [0, 1, 1, 0]
    assert read_words("新東京へ", lists).listed[:, place].tolist() == [0, 1, 1, 0]


@given(st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=5))
def test_any_text_can_be_read(texts: list[str]) -> None:
    sentences = sorted((read_words(text, EMPTY) for text in texts), key=len, reverse=True)
    for text, sentence in zip(sorted(texts, key=lambda text: -len(read_words(text, EMPTY))), sentences, strict=True):
        assert all(0 <= start < end <= len(text) for start, end in sentence.spans)
        assert (np.diff(sentence.spans.reshape(-1)) >= 0).all()
    if len(sentences[0]):
        inputs = collate(sentences, [0] * len(sentences))
        assert inputs["grams"].shape[1] == GRAMS
        assert inputs["grams"].min() >= 0 and inputs["grams"].max() < BUCKETS
        assert (inputs["words"] < len(inputs["grams"])).all()
