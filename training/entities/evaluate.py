"""Score a model directory on the held-out sets, from raw text.

    python -m training.entities.evaluate --data SHARED/data/ner --model services/entities/model

Exact spans and types (person, organisation, place), micro F1 with a 95 % bootstrap interval over sentences; baselines
beside it. Needs only the run-time environment.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from services.entities.gazetteer import Gazetteer
from services.entities.recognise import PieceTagger, Tagger, recognise
from training.entities.data import Sentence, corpus

TYPES = ("person", "organisation", "place")
Finder = Callable[[str], set[tuple[int, int, str]]]


def counts(sentence: Sentence, found: set[tuple[int, int, str]]) -> dict[str, tuple[int, int, int]]:
    """Per type: right, found, gold. What overlaps a span of unclear gold is not counted."""
    gold = sentence.gold(TYPES)
    unclear = [(start, end) for start, end, kind in sentence.spans if kind not in TYPES]
    kept = {span for span in found if span[2] in TYPES and not any(s < span[1] and span[0] < e for s, e in unclear)}
    return {
        kind: (
            sum(span[2] == kind for span in kept & gold),
            sum(span[2] == kind for span in kept),
            sum(span[2] == kind for span in gold),
        )
        for kind in TYPES
    }


def f1(right: float, found: float, gold: float) -> float:
    """In per cent; 0 where nothing is right."""
    return 200.0 * right / (found + gold) if right else 0.0


def score(sentences: Sequence[Sentence], finder: Finder) -> dict[str, object]:
    """Micro and per-type scores of a finder, with the interval of the micro F1."""
    rows = [counts(sentence, finder(sentence.text)) for sentence in sentences]
    table = np.array([[row[kind] for kind in TYPES] for row in rows], dtype=float)
    totals = table.sum(axis=0)
    micro = totals.sum(axis=0)
    draw = np.random.default_rng(0)
    weights = draw.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=1000)
    samples = [f1(*sample) for sample in weights @ table.sum(axis=1)]
    return {
        "sentences": len(rows),
        "gold": int(micro[2]),
        "f1": round(float(f1(*micro)), 1),
        "interval": [round(float(edge), 1) for edge in np.percentile(samples, [2.5, 97.5])],
        "precision": round(100 * float(micro[0]) / max(1.0, float(micro[1])), 1),
        "recall": round(100 * float(micro[0]) / max(1.0, float(micro[2])), 1),
        "by_type": {kind: [round(float(f1(*totals[i])), 1), int(totals[i][2])] for i, kind in enumerate(TYPES)},
    }


def model_finder(tagger: Tagger, language: str = "en") -> Finder:
    """The tagger, sentence by sentence."""
    return lambda text: {(n.start, n.end, n.type) for n in recognise(tagger, text, [(0, len(text))], language)}


def majority_finder(train: Sequence[Sentence]) -> Finder:
    """Baseline: names seen in training, longest first, each with its commonest type."""
    named: dict[str, Counter[str]] = {}
    for sentence in train:
        for start, end, kind in sentence.spans:
            if kind in TYPES:
                named.setdefault(sentence.text[start:end], Counter())[str(kind)] += 1

    def find(text: str) -> set[tuple[int, int, str]]:
        starts = [place for place in range(len(text)) if not place or not text[place - 1].isalnum()]
        found: set[tuple[int, int, str]] = set()
        reached = 0
        for start in starts:
            if start < reached or text[start].islower():
                continue
            for end in range(min(len(text), start + 40), start + 1, -1):
                if (end == len(text) or not text[end].isalnum()) and text[start:end] in named:
                    found.add((start, end, named[text[start:end]].most_common(1)[0][0]))
                    reached = end
                    break
        return found

    return find


def gazetteer_finder(gazetteer: Gazetteer) -> Finder:
    """Baseline: the table of names alone."""
    kinds = {"person": "person", "body": "organisation"}
    return lambda text: {
        (match.start, match.end, kinds.get(match.entry.kind, "place")) for match in gazetteer.scan(text, 0, len(text))
    }


def speed(tagger: Tagger, sentences: Sequence[Sentence]) -> float:
    """Words a second on one core, tokenising and decoding included, in articles of twenty sentences."""
    texts = []
    for place in range(0, min(len(sentences), 1000), 20):
        text, spans = "", []
        for sentence in sentences[place : place + 20]:
            spans.append((len(text), len(text) + len(sentence.text)))
            text += sentence.text + " "
        texts.append((text, spans))
    recognise(tagger, *texts[0])
    started = time.process_time()
    for text, spans in texts:
        recognise(tagger, text, spans)
    return sum(len(text.split()) for text, _ in texts) / (time.process_time() - started)


Judged = list[tuple[float, bool]]


def judged(tagger: Tagger, sentences: Sequence[Sentence], language: str = "en") -> Judged:
    """The probability of each name found, and whether it is right."""
    pairs = []
    for sentence in sentences:
        gold = sentence.gold(TYPES)
        for name in recognise(tagger, sentence.text, [(0, len(sentence.text))], language):
            if name.type in TYPES:
                pairs.append((name.confidence, (name.start, name.end, name.type) in gold))
    return pairs


def calibration_error(pairs: Judged, bins: int = 10) -> float:
    """Expected calibration error."""
    values = np.array(pairs, dtype=float)
    place = np.minimum((values[:, 0] * bins).astype(int), bins - 1)
    gaps = [
        (place == b).mean() * abs(values[place == b, 0].mean() - values[place == b, 1].mean())
        for b in range(bins)
        if (place == b).any()
    ]
    return float(sum(gaps))


def main() -> None:
    """Print a table and, with --json, write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--baselines", action="store_true")
    arguments = parser.parse_args()
    found = corpus(arguments.data)
    tagger = PieceTagger.load(arguments.model)
    finders = {"model": model_finder(tagger)}
    if arguments.baselines:
        finders["names seen in training"] = majority_finder(found.train)
    results: dict[str, object] = {}
    for name, sentences in found.held_out.items():
        for label, finder in finders.items():
            row = score(sentences, finder)
            results[f"{name} / {label}"] = row
            print(f"{name:32} {label:24} {row}", flush=True)
    results["words_a_second"] = round(speed(tagger, found.held_out["web (EWT dev)"]))
    results["calibration_error"] = round(calibration_error(judged(tagger, found.held_out["web (EWT dev)"])), 3)
    print(results["words_a_second"], "words/s", results["calibration_error"], "ECE")
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
