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


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("repeats", [1, 60])
def test_a_sentence_after_the_text_before_it(encoding: Encoding, text: str, repeats: int) -> None:
    before = "He left. " * repeats
    start, whole = len(before), before + text
    window = encoding.after(whole, (0, start), (start, len(whole)), number=7)
    (alone,) = encoding.windows(whole, [(start, len(whole))])
    assert window is not None and window.sentence == 7 and len(window) <= 128
    assert window.ids[window.owned].tolist() == alone.ids[alone.owned].tolist()
    assert window.offsets[window.owned].tolist() == alone.offsets[alone.owned].tolist()
    known = window.offsets[1 : window.context[0]]
    assert len(known) and (known[:, 1] <= start).all()
    assert (window.words == -1).sum() == 3  # first, between, last


def test_a_sentence_with_nothing_before_it_or_without_a_piece(encoding: Encoding) -> None:
    window = encoding.after("He left.", (0, 0), (0, 8))
    assert window is not None and window.context == (0, 0) and (window.words == -1).sum() == 2
    assert encoding.after("He left. ", (0, 8), (8, 9)) is None
    long = encoding.after("He left. " * 100, (0, 9), (9, 900))
    assert long is not None and len(long) == 128 and long.context == (0, 0)


def test_a_tokenizer_without_special_pieces_is_refused() -> None:
    with pytest.raises(ModelError, match="none of"):
        Encoding(Tokenizer(models.Unigram([("a", 0.0)], unk_id=0, byte_fallback=False)), 128)
