"""The shipped model keeps its score on sentences that it was not trained on (training/entities/README.md)."""

from __future__ import annotations

from pathlib import Path

from services.entities.read import MODEL
from services.entities.recognise import PieceTagger
from training.entities.data import GMB, GMB_TAIL, read_with_tables
from training.entities.evaluate import majority_finder, model_finder, score

FLOOR = 77.0  # some three points under the score measured when the model was made: processors round differently


def test_f1_on_held_out_web_text(shared: Path) -> None:
    sets = shared / "data" / "ner"
    held_out = read_with_tables(sets / "uner-ewt.en.dev.iob.gz")
    result = score(held_out, model_finder(PieceTagger.load(MODEL)))
    baseline = score(held_out, majority_finder(read_with_tables(sets / f"{GMB}.iob.gz")[:-GMB_TAIL]))
    assert float(str(result["f1"])) >= FLOOR > float(str(baseline["f1"]))
