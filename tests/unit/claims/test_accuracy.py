"""What the shipped model reaches on annotated sentences that it was not trained on: a floor under the model card."""

from __future__ import annotations

from pathlib import Path

from schemas.claims import ClaimType
from services.claims.reader import ClaimReader
from training.claims.data import annotated, lines_of
from training.claims.languages.data import LANGUAGES, news


def test_held_out_sentences(shared: Path, reader: ClaimReader) -> None:
    held_out = [sentence for sentence in annotated(shared) if sentence.part == "test" and sentence.types]
    readings = reader.classifier.read(*lines_of(held_out))
    right = accusations = found = both = 0
    for sentence, reading in zip(held_out, readings, strict=True):
        assert reading is not None and sentence.types
        right += max(reading.primary, key=lambda label: reading.primary[label]) == sentence.types[0]
        gold = "accusation" in sentence.types
        seen = reading.types[ClaimType.ACCUSATION] >= reader.classifier.threshold(ClaimType.ACCUSATION)
        accusations, found, both = accusations + gold, found + seen, both + (gold and seen)
    assert len(held_out) > 600
    assert right / len(held_out) > 0.75  # majority: .37
    assert 2 * both / (accusations + found) > 0.65  # majority: 0


def test_held_out_news_in_other_languages(shared: Path, reader: ClaimReader) -> None:
    held_out = [each for language in LANGUAGES for each in news(shared, language) if each.part == "test" and each.types]
    right = 0
    for sentence, reading in zip(held_out, reader.others.read(*lines_of(held_out)), strict=True):
        assert reading is not None and sentence.types
        right += max(reading.primary, key=lambda label: reading.primary[label]) == sentence.types[0]
    assert len(held_out) > 1400
    assert right / len(held_out) > 0.60  # majority: .47
