"""Language detection on texts of our own; figures on held-out sentences are in docs/decisions."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.language.detect import MAX_CONFIDENCE, LanguageDetector
from services.language.script import script

TEXTS = {
    "en": "The government said on Monday that the new bridge would be open before the end of the year.",
    "es": "El gobierno dijo el lunes que el nuevo puente estará abierto antes de que termine el año.",
    "fr": "Le gouvernement a annoncé lundi que le nouveau pont serait ouvert avant la fin de l'année.",
    "de": "Die Regierung sagte am Montag, dass die neue Brücke noch vor Ende des Jahres eröffnet werde.",
    "ru": "Правительство сообщило в понедельник, что новый мост откроют до конца года.",
    "uk": "Уряд повідомив у понеділок, що новий міст відкриють до кінця року.",
    "ar": "قالت الحكومة يوم الاثنين إن الجسر الجديد سيفتتح قبل نهاية العام.",
    "zh": "政府星期一表示，新的大桥将在今年年底之前开放通车。",
    "sw": "Serikali ilisema Jumatatu kwamba daraja jipya litafunguliwa kabla ya mwisho wa mwaka.",
    "zu": "Uhulumeni uthe ngoMsombuluko ibhuloho elisha lizovulwa ngaphambi kokuphela konyaka.",
    "sr": "Vlada je u ponedeljak saopštila da će novi most biti otvoren pre kraja godine i da će biti bezbedan.",
    "ja": "政府は月曜日、新しい橋が年末までに開通すると発表した。",
}
SCRIPTS = {"ru": "Cyrl", "uk": "Cyrl", "ar": "Arab", "zh": "Hani", "ja": "Jpan"}


@pytest.fixture(scope="module")
def detector() -> LanguageDetector:
    return LanguageDetector.load()


@pytest.mark.parametrize(("language", "text"), TEXTS.items())
def test_detects(detector: LanguageDetector, language: str, text: str) -> None:
    found = detector.detect(text, declared=language.upper())
    assert found.language == language
    assert 0.5 < found.confidence <= MAX_CONFIDENCE
    assert found.script == SCRIPTS.get(language, "Latn")
    assert found.agrees_with_declared is True
    assert not found.mixed
    assert detector.detect(text, declared="cy").agrees_with_declared is False


@pytest.mark.parametrize("text", ["", " \n ", "12,345 / 67 %", "OK", "👍👍👍", "Kyiv", "東", "\u200b\u200b"])
def test_undetermined_rather_than_guessed(detector: LanguageDetector, text: str) -> None:
    found = detector.detect(text, declared="en")
    assert found.language == "und" and found.confidence == 0.0
    assert found.agrees_with_declared is None


def test_paragraphs_and_mixture(detector: LanguageDetector) -> None:
    text = f"\n\n{TEXTS['en']}\n \n  {TEXTS['ru']}\n\n\n(I)\n"
    found = detector.detect(text)
    assert [text[p.start : p.end] for p in found.paragraphs] == [TEXTS["en"], TEXTS["ru"], "(I)"]
    assert [p.language for p in found.paragraphs] == ["en", "ru", "und"]
    assert found.mixed
    assert not detector.detect(f"{TEXTS['en']}\n\n{TEXTS['en']}\n\nNein.").mixed


def test_quotations_in_another_language(detector: LanguageDetector) -> None:
    text = f"The minister wrote: “{TEXTS['fr']}” The crowd shouted “No!” and went home in the evening."
    found = detector.detect(text)
    assert found.language == "en" or found.alternatives[0].language == "en"
    assert [(text[q.start + 1 : q.end - 1], q.language) for q in found.quotations] == [(TEXTS["fr"], "fr")]


def test_what_is_short_is_less_sure(detector: LanguageDetector) -> None:
    whole, part = detector.detect(TEXTS["es"]), detector.detect("El gobierno dijo")
    assert part.confidence < whole.confidence


def test_articles_of_the_press(detector: LanguageDetector, shared: Path) -> None:
    """The share that the project holds itself to; the figures are in docs/decisions."""
    with gzip.open(shared / "articles" / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        articles = [json.loads(line) for line in lines]
    found = [detector.guess(each["text"])[0].language == each["language"] for each in articles if each.get("language")]
    assert len(found) > 600
    assert sum(found) >= 0.99 * len(found)


def test_lines_are_paragraphs_where_no_line_is_blank(detector: LanguageDetector) -> None:
    assert [p.language for p in detector.detect(f"{TEXTS['de']}\n{TEXTS['fr']}").paragraphs] == ["de", "fr"]


def test_time_is_linear(detector: LanguageDetector) -> None:
    for hostile in (" " * 200_000, "a" + " " * 199_998 + "b", "\n" * 200_000, "a\n" * 100_000, "x" * 200_000):
        started = time.perf_counter()
        detector.detect(hostile)
        assert time.perf_counter() - started < 10


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    found = _shared_detector().detect(text)
    assert found.confidence <= MAX_CONFIDENCE
    for paragraph in found.paragraphs:
        assert text[paragraph.start : paragraph.end].strip() == text[paragraph.start : paragraph.end] != ""
    kept = "".join(text[p.start : p.end] for p in found.paragraphs)
    assert "".join(kept.split()) == "".join(text.split())


_LOADED: list[LanguageDetector] = []


def _shared_detector() -> LanguageDetector:
    if not _LOADED:
        _LOADED.append(LanguageDetector.load())
    return _LOADED[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("abc", "Latn"), ("東京", "Hani"), ("東京の", "Jpan"), ("서울", "Kore"), ("123 !", None), ("ქართული", "Geor")],
)
def test_script(text: str, expected: str | None) -> None:
    assert script(text) == expected
