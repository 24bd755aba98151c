"""The n-gram classifier's hashing and its shipped weights."""

from __future__ import annotations

import json
import unicodedata
from hashlib import sha256
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import services.language.detect
from services.language.ngrams import BUCKET_BITS, NgramClassifier, buckets, letters

FOLDER = Path(services.language.detect.__file__).parent / "model"


def test_letters() -> None:
    assert letters("  It’s 24 °C,\tOK_") == " it's c ok "
    assert letters("12") == "  " or not letters("12").strip()


@given(st.text())
def test_buckets(text: str) -> None:
    found = buckets(text)
    length = len(letters(text))
    assert len(found) == sum(max(length - order + 1, 0) for order in range(1, 6))
    assert ((found >= 0) & (found < 2**BUCKET_BITS)).all()


@given(st.text(alphabet=st.characters(categories=["L"])))
def test_composed_and_decomposed_are_one(text: str) -> None:
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert np.array_equal(buckets(composed), buckets(decomposed))


def test_shipped_model_is_the_one_of_its_card() -> None:
    card = json.loads((FOLDER / "model.json").read_text(encoding="utf-8"))
    assert sha256((FOLDER / "ngrams.npz").read_bytes()).hexdigest() == card["sha256"]
    model = NgramClassifier.load(FOLDER)
    found = model.probabilities("Uhulumeni uthe ngoMsombuluko ibhuloho elisha lizovulwa ngaphambi kokuphela konyaka.")
    assert found.shape == (75,) and abs(found.sum() - 1) < 1e-4
    assert model.languages[int(found.argmax())] == "zu"
