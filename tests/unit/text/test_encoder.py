"""Pieces of the shipped encoders: places in the text, special pieces, and what no vocabulary knows."""

from __future__ import annotations

import pytest
from tokenizers import Tokenizer, models

from services.claims.reader import LANGUAGES, MODEL
from services.text.encoder import Encoding, ModelError

TEXTS = (
    "Він сказав: «Компанія приховує викиди», — і пішов.",
    "« Les prix ont augmenté de 12\u00a0% », a-t-il dit…",
    "اتهم الوزير الشركة بإخفاء ٣٠٠ وثيقة.",
    "Straßenbahn\u2009№ 5 \u200bfährt ½ Std. später 😀 日本",
    "a\ud800b  \u0301x\tﬁn",
)


@pytest.fixture(scope="module", params=[MODEL, LANGUAGES], ids=lambda path: path.name)
def encoding(request: pytest.FixtureRequest) -> Encoding:
    return Encoding(Tokenizer.from_file(str(request.param / "tokenizer.json")), 128)


@pytest.mark.parametrize("text", TEXTS)
def test_pieces_lie_in_order_and_cover_every_letter(encoding: Encoding, text: str) -> None:
    before = "Первое. "
    (window,) = encoding.windows(before + text, [(len(before), len(before) + len(text))])
    offsets = window.offsets[1:-1] - len(before)
    covered = {place for start, end in offsets.tolist() for place in range(start, end)}
    assert all(0 <= start <= end <= len(text) for start, end in offsets.tolist())
    assert (offsets[1:, 0] >= offsets[:-1, 0]).all()
    assert {place for place, letter in enumerate(text) if letter.isalnum()} <= covered
    assert window.words[0] == window.words[-1] == -1 and (window.words[1:-1] >= 0).all()


def test_a_tokenizer_without_special_pieces_is_refused() -> None:
    with pytest.raises(ModelError, match="none of"):
        Encoding(Tokenizer(models.Unigram([("a", 0.0)], unk_id=0, byte_fallback=False)), 128)
