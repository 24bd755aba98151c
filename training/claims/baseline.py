"""The baseline that a language model has to beat: TF-IDF of words and characters, logistic regression."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline, make_union

from training.claims.data import Sentence


def bag_of_words(train: Sequence[Sentence]) -> Callable[[Sequence[Sentence]], list[str]]:
    """What gives the primary types of some sentences, learned from the training ones."""
    known = [sentence for sentence in train if sentence.types]
    model = _model().fit([each.text for each in known], [each.types[0] for each in known if each.types])
    return lambda sentences: [str(label) for label in model.predict([sentence.text for sentence in sentences])]


def bag_of_words_worth(train: Sequence[Sentence]) -> Callable[[Sequence[Sentence]], npt.NDArray[np.float64]]:
    """What gives the probability that each of some sentences is check-worthy, learned from the training ones."""
    model = _model(balanced=False).fit([each.text for each in train], [bool(each.worthy) for each in train])
    return lambda sentences: np.asarray(model.predict_proba([sentence.text for sentence in sentences])[:, 1])


def _model(balanced: bool = True) -> Pipeline:
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True),
    )
    weights = "balanced" if balanced else None
    return make_pipeline(features, LogisticRegression(C=10, max_iter=2000, class_weight=weights))
