"""What matching reaches on the pairs it was made with: a floor under docs/accuracy.md, which has the test pairs."""

from __future__ import annotations

from training.matching.evaluate import judged, near, pairs, scored


def test_dev_pairs() -> None:
    figures = scored(list(judged("dev", near)))
    assert figures["precision"].value >= 0.95
    assert figures["recall"].value >= 0.75
    assert figures["precision"].n >= 35


def test_no_pair_is_in_both_splits() -> None:
    splits = {split: {(pair.first, pair.second) for pair in pairs(split)} for split in ("dev", "test")}
    assert not splits["dev"] & splits["test"]
    assert sum(map(len, splits.values())) >= 150
