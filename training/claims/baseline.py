"""The baseline that a language model has to beat: TF-IDF of words and characters, logistic regression."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

from training.claims.data import Sentence


def bag_of_words(train: Sequence[Sentence], held_out: Sequence[Sentence]) -> list[str]:
    """Primary types of the held-out sentences, learned from the training ones."""
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True),
    )
    model = make_pipeline(features, LogisticRegression(C=10, max_iter=2000, class_weight="balanced"))
    known = [sentence for sentence in train if sentence.types]
    model.fit([sentence.text for sentence in known], [sentence.types[0] for sentence in known if sentence.types])
    return [str(label) for label in model.predict([sentence.text for sentence in held_out])]
