"""The shipped model keeps its score on sentences that it was not trained on (training/entities/README.md)."""

from __future__ import annotations

from pathlib import Path

from services.entities.read import MODEL
from services.entities.recognise import PieceTagger
from training.entities.data import GMB, GMB_TAIL, marked_anew, read_with_tables
from training.entities.evaluate import majority_finder, model_finder, score

FLOOR = 77.0  # some three points under the score measured when the model was made: processors round differently


def test_f1_on_held_out_web_text(shared: Path) -> None:
    sets = shared / "data" / "ner"
    held_out = read_with_tables(sets / "uner-ewt.en.dev.iob.gz")
    result = score(held_out, model_finder(PieceTagger.load(MODEL)))
    baseline = score(held_out, majority_finder(read_with_tables(sets / f"{GMB}.iob.gz")[:-GMB_TAIL]))
    assert float(str(result["f1"])) >= FLOOR > float(str(baseline["f1"]))


def test_f1_on_news_whose_names_were_marked_anew(shared: Path) -> None:
    news = marked_anew(read_with_tables(shared / "data/ner/gum-news.en.dev.iob.gz"))
    assert float(str(score(news, model_finder(PieceTagger.load(MODEL)))["f1"])) >= 80.0  # 84.6 when it was made
