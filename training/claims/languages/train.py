"""Train the linear claims model of all languages with cue words, jointly.

    python -m training.claims.languages.train --shared ../shared [--check]

`--check` trains nothing that is kept: it compares systems by cross-validation over training documents, and leaves each
language out in turn.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from services.claims.features import DENSE, SIZE, features
from services.claims.linear import MODEL
from training.claims.calibrate import sigmoid, temperature, thresholds
from training.claims.data import MODES, TYPES, Sentence, annotated, documents
from training.claims.data import written as english_written
from training.claims.languages.data import LANGUAGES, news, passages, written

FloatArray = npt.NDArray[np.float64]

LABELS = {"primary": TYPES, "types": TYPES, "mode": MODES, "worthy": ("worthy",), "hedged": ("hedged",)}
STRENGTH = 0.4  # inverse, of the ridge
ENGLISH = 0.5  # weight of an English sentence
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Material:
    """Features and labels of sentences, row by row."""

    features: csr_matrix
    sentences: list[Sentence]
    languages: list[str]

    def rows(self, chosen: Sequence[int]) -> Material:
        """Some of the rows."""
        return Material(
            self.features[list(chosen)], [self.sentences[i] for i in chosen], [self.languages[i] for i in chosen]
        )


def material(groups: dict[str, list[Sentence]]) -> Material:
    """Sentences by language, laid out in their documents."""
    indices: list[int] = []
    values: list[float] = []
    ends, sentences, spoken = [0], [], []
    for language, group in groups.items():
        for members, article in passages(group, language):
            for sentence, view in zip(members, article.sentences, strict=True):
                found = features(article.text, view)
                indices += found.indices
                values += found.values
                ends.append(len(indices))
                sentences.append(sentence)
                spoken.append(language)
    return Material(csr_matrix((values, indices, ends), shape=(len(sentences), SIZE)), sentences, spoken)


def weights(sentences: Sequence[Sentence]) -> FloatArray:
    """Rare primary types weigh more, by the cube root of their rarity."""
    primary = [(sentence.types or ("event",))[0] for sentence in sentences]
    counts = {label: primary.count(label) for label in set(primary)}
    found = np.array([counts[label] ** (-1 / 3) for label in primary])
    return np.asarray(found * len(found) / found.sum())


def fit(data: Material) -> tuple[FloatArray, FloatArray]:
    """Weights (features x outputs) and biases of all outputs, in the order of LABELS."""
    columns, biases = [], []
    balance = weights(data.sentences)
    own = np.array([ENGLISH if language == "en" else 1.0 for language in data.languages])
    for head, labels in LABELS.items():
        for coefficients, bias in _head(data, head, labels, own * balance if head == "primary" else own):
            columns.append(coefficients)
            biases.append(bias)
    return np.stack(columns, axis=1), np.array(biases)


def _head(data: Material, head: str, labels: Sequence[str], balance: FloatArray) -> list[tuple[FloatArray, float]]:
    if head in {"primary", "mode"}:
        truth = np.array([_label(sentence, head) for sentence in data.sentences])
        model = LogisticRegression(C=STRENGTH, max_iter=200).fit(data.features, truth, balance)
        known = {label: place for place, label in enumerate(model.classes_)}
        empty = np.zeros(SIZE)
        return [
            (model.coef_[known[label]], float(model.intercept_[known[label]])) if label in known else (empty, -6.0)
            for label in labels
        ]
    found = []
    for label in labels:
        yes = np.array([_holds(sentence, head, label) for sentence in data.sentences])
        if not yes.any():
            found.append((np.zeros(SIZE), -6.0))
            continue
        model = LogisticRegression(C=STRENGTH, max_iter=200).fit(data.features, yes, balance)
        found.append((model.coef_[0], float(model.intercept_[0])))
    return found


def _label(sentence: Sentence, head: str) -> str:
    return (sentence.types or ("not_claim",))[0] if head == "primary" else sentence.mode or "author"


def _holds(sentence: Sentence, head: str, label: str) -> bool:
    if head == "types":
        return label in (sentence.types or ())
    return bool(sentence.worthy if head == "worthy" else sentence.hedged)


def outputs(data: Material, model: tuple[FloatArray, FloatArray]) -> dict[str, FloatArray]:
    """Logits by head."""
    logits, found, start = np.asarray(data.features @ model[0] + model[1]), {}, 0
    for head, labels in LABELS.items():
        found[head] = logits[:, start : start + len(labels)]
        start += len(labels)
    return found


def folds(data: Material) -> list[list[int]]:
    """Row numbers by fold; a document stays whole."""
    places = [int(hashlib.sha256(each.document.encode()).hexdigest(), 16) % FOLDS for each in data.sentences]
    return [[row for row, place in enumerate(places) if place == fold] for fold in range(FOLDS)]


def crossed(data: Material, splits: Sequence[Sequence[int]], keep: slice = slice(None)) -> dict[str, FloatArray]:
    """Logits of every row by a model that has not seen its split; with only the features in `keep`."""
    found = {head: np.zeros((len(data.sentences), len(labels))) for head, labels in LABELS.items()}
    mask = np.zeros(SIZE)
    mask[keep] = 1
    masked = Material(csr_matrix(data.features.multiply(mask[None, :])), data.sentences, data.languages)
    for split in splits:
        out = set(split)
        model = fit(masked.rows([row for row in range(len(data.sentences)) if row not in out]))
        for head, logits in outputs(masked.rows(split), model).items():
            found[head][list(split)] = logits
    return found


def summary(data: Material, logits: dict[str, FloatArray], chosen: Callable[[int], bool] = lambda row: True) -> str:
    """Primary accuracy and macro-F1, accusation F1 and mode accuracy over some rows."""
    rows = [row for row in range(len(data.sentences)) if chosen(row)]
    truth = [_label(data.sentences[row], "primary") for row in rows]
    found = [TYPES[int(logits["primary"][row].argmax())] for row in rows]
    blames = ["accusation" in (data.sentences[row].types or ()) for row in rows]
    blamed = [logits["types"][row, TYPES.index("accusation")] > -0.5 for row in rows]
    mode = [MODES[int(logits["mode"][row].argmax())] == _label(data.sentences[row], "mode") for row in rows]
    worthy = [bool(data.sentences[row].worthy) for row in rows]
    worth = [logits["worthy"][row, 0] > 0 for row in rows]
    return (
        f"n={len(rows):5} primary {np.mean([t == f for t, f in zip(truth, found, strict=True)]):.3f}"
        f" macro {f1_score(truth, found, average='macro', labels=sorted(set(truth)), zero_division=0):.3f}"
        f" accusation {f1_score(blames, blamed, zero_division=0):.3f} mode {np.mean(mode):.3f}"
        f" worthy {f1_score(worthy, worth, zero_division=0):.3f}"
    )


def check(data: Material) -> None:
    """Compare systems by cross-validation, and leave each language out."""
    foreign = {row for row, language in enumerate(data.languages) if language != "en"}
    for name, keep in (
        ("cues and shape", slice(0, DENSE)),
        ("letters and words", slice(DENSE, SIZE)),
        ("all", slice(0, SIZE)),
    ):
        logits = crossed(data, folds(data), keep)
        print(
            f"{name:20} annotated ",
            summary(data, logits, lambda row: row in foreign and data.sentences[row].source != "written"),
        )
        print(
            f"{name:20} written   ",
            summary(data, logits, lambda row: row in foreign and data.sentences[row].source == "written"),
        )
    for language in LANGUAGES:
        rows = [row for row, spoken in enumerate(data.languages) if spoken == language]
        left, own = crossed(data, [rows]), set(rows)
        print(f"{language} left out   ", summary(data, left, lambda row, own=own: row in own))  # type: ignore[misc]
        print(f"{language} crossed    ", summary(data, logits, lambda row, own=own: row in own))  # type: ignore[misc]


def calibrated(data: Material, logits: dict[str, FloatArray]) -> dict[str, float]:
    """Thresholds and temperatures from cross-validated logits; check-worthiness is fitted on annotated news alone."""
    truth = np.array([[label in (s.types or ()) for label in TYPES] for s in data.sentences])
    foreign = [row for row, language in enumerate(data.languages) if language != "en"]
    settings = thresholds(sigmoid(logits["types"][foreign]), truth[foreign])
    rows = [row for row in foreign if data.sentences[row].source != "written"]
    worthy = np.array([bool(data.sentences[row].worthy) for row in rows])
    platt = LogisticRegression(C=1e6).fit(logits["worthy"][rows], worthy)
    settings |= {"worthy.slope": float(platt.coef_[0, 0]), "worthy.intercept": float(platt.intercept_[0])}
    for head, labels in (("primary", TYPES), ("mode", MODES)):
        places = np.array([labels.index(_label(sentence, head)) for sentence in data.sentences])
        settings[f"{head}.temperature"] = temperature(logits[head][foreign], places[foreign])
    return {name: round(value, 4) for name, value in settings.items()}


def save(
    model: tuple[FloatArray, FloatArray],
    settings: dict[str, float],
    directory: Path,
    version: str,
    languages: Sequence[str],
) -> None:
    """Eight bits a weight, a scale an output."""
    coefficients, bias = model
    scale = np.maximum(np.abs(coefficients).max(axis=0), 1e-6) / 127
    small = np.round(coefficients / scale).astype(np.int8)
    directory.mkdir(exist_ok=True)
    np.savez_compressed(
        directory / "weights.npz", weights=small, scale=scale.astype(np.float32), bias=bias.astype(np.float32)
    )
    description = {
        "name": "claims-cues-linear",
        "version": version,
        "languages": languages,
        "max_pieces": 0,
        "labels": {head: list(labels) for head, labels in LABELS.items()},
        "settings": settings,
        "sha256": hashlib.sha256((directory / "weights.npz").read_bytes()).hexdigest(),
    }
    text = json.dumps(description, indent=1, ensure_ascii=False) + "\n"
    (directory / "model.json").write_text(text, encoding="utf-8")


def training_material(shared: Path) -> Material:
    """Training parts of the annotations, their dev parts, and the written sentences. Test parts and gold stay out."""
    groups = {
        language: [*(each for each in news(shared, language) if each.part != "test"), *written(language)]
        for language in LANGUAGES
    }
    groups["en"] = [*(each for each in annotated(shared) if each.part != "test"), *english_written()]
    return material(groups)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--output", type=Path, default=MODEL)
    parser.add_argument("--version", default="1")
    parser.add_argument("--languages", nargs="+", default=list(LANGUAGES), help="those that the model serves")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    data = training_material(options.shared)
    if options.check:
        check(data)
        return
    settings = calibrated(data, crossed(data, folds(data)))
    save(fit(data), settings, options.output, options.version, options.languages)
    print(f"{len(data.sentences)} sentences, {len(documents(data.sentences))} documents", settings)


if __name__ == "__main__":
    main()
