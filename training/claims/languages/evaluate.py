"""Score the claims reader in other languages than English, from raw text.

    python -m training.claims.languages.evaluate --shared ../shared [--languages es fr] [--part dev] [--errors 20]

Two tests a language: `gold`, the project's own articles, and `news`, held-out news by others (five languages).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from schemas.claims import Claim
from services.claims.passage import SentenceView
from services.claims.reader import ClaimReader
from training.claims.baseline import bag_of_words
from training.claims.data import Part, Sentence, documents, text_of
from training.claims.evaluate import (
    Annotate,
    Case,
    cases,
    entities_annotator,
    language_event,
    scores,
)
from training.claims.languages.data import LANGUAGES, gold, news, passages, written
from training.claims.scores import Score, bootstrapped, macro_f1, plain, proportion

BOUND = 0.5
"""Lower bound (95 %) of primary accuracy over gold and news from which a language is served."""

KEPT = (
    "primary accuracy", "primary macro-F1", "accusation (any) F1", "mode accuracy", "speaker right (of quoted and reported)",
    "target right (of accusations found)", "check-worthy F1", "check-worthy ECE", "hedged F1",
)  # fmt: skip
_RULES = (
    ("accusation", ("accuse", "accused", "blame", "harm")),
    ("prediction", ("future", "predict")),
    ("causation", ("cause",)),
    ("rule", ("rule",)),
    ("position", ("position",)),
    ("quantity", ("amount", "change")),
)


def by_rules(view: SentenceView) -> str:
    """The baseline of cue words alone: the first kind of a fixed order that occurs twice, or at all with its like."""
    marks = view.marks
    if marks is None or len(view.words) < 4 or view.words[-1].text in "?؟":
        return "not_claim"
    for label, kinds in _RULES:
        if any(marks.has(place, *kinds) for place in range(len(view.words))):
            return label
    return "event"


def baselines(
    language: str, held_out: Sequence[Sentence], by_words: Callable[[Sequence[Sentence]], list[str]]
) -> dict[str, dict[str, Score]]:
    """Majority, cue words by rule, and `by_words`: bag of words over the training sentences of all languages."""
    truth = [sentence.types[0] for sentence in held_out if sentence.types]
    ruled = {
        (sentence.document, sentence.number): by_rules(view)
        for members, article in passages(held_out, language)
        for sentence, view in zip(members, article.sentences, strict=True)
    }
    guesses = {
        "majority": ["event"] * len(truth),
        "cue words by rule": [ruled[sentence.document, sentence.number] for sentence in held_out],
        "bag of words": by_words(held_out),
    }
    names = [sentence.document for sentence in held_out]
    return {
        name: {
            "primary accuracy": proportion(sum(t == g for t, g in zip(truth, guess, strict=True)), len(truth)),
            "primary macro-F1": bootstrapped(
                names,
                lambda at, g=guess: macro_f1([truth[i] for i in at], [g[i] for i in at]),  # type: ignore[misc]
            ),
        }
        for name, guess in guesses.items()
    }


def section(shared: Path) -> dict[str, Any]:
    """Figures of all languages with cue words, for docs/accuracy.json."""
    served = ClaimReader.load().languages
    reader, annotate = ClaimReader.load(also=LANGUAGES), entities_annotator()
    train = [
        sentence
        for language in LANGUAGES
        for sentence in (*(s for s in news(shared, language) if s.part != "test"), *written(language))
    ]
    by_words, found = bag_of_words(train), dict[str, Any]()
    for language in LANGUAGES:
        tests = {"gold": gold(language), "news": [s for s in news(shared, language) if s.part == "test"]}
        parts: dict[str, Any] = {}
        for name, sentences in tests.items():
            if not sentences:
                continue
            own = scores(cases(reader, annotate, sentences, language))
            systems = {"claimstream": {key: own[key] for key in KEPT}} | baselines(language, sentences, by_words)
            parts[name] = {system: {"n": len(sentences)} | plain(row) for system, row in systems.items()}
        found[language] = (language in served, parts)
    info = reader.others.info
    return {
        "model": f"{info.name} {info.version}",
        "bound": BOUND,
        "words_a_second": speed(reader, annotate),
        "languages": found,
    }


def speed(reader: ClaimReader, annotate: Annotate) -> int:
    """Words a second of the claims stage on the gold articles of all languages."""
    events = [
        annotate(language_event(text_of(group)[0], name, language))
        for language in LANGUAGES
        for name, group in documents(gold(language)).items()
    ]
    for event in events:
        reader.read(event)
    began = time.process_time()
    for event in events:
        reader.read(event)
    words = sum(len(event.article.text.split()) for event in events)
    return round(words / (time.process_time() - began))


def right(found: Sequence[Case]) -> int:
    """Sentences whose primary type is right."""
    return sum(case.primary == (case.gold.types or ("not_claim",))[0] for case in found)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--languages", nargs="+", default=list(LANGUAGES))
    parser.add_argument("--part", choices=("dev", "test"), default="test")
    parser.add_argument("--errors", type=int, default=0)
    options = parser.parse_args()
    part: Part = options.part
    reader, annotate = ClaimReader.load(also=LANGUAGES), entities_annotator()
    for language in options.languages:
        own = cases(reader, annotate, gold(language) if part == "test" else (), language)
        others = cases(reader, annotate, [s for s in news(options.shared, language) if s.part == part], language)
        print(f"=== {language}: primary of both {proportion(right([*own, *others]), len(own) + len(others))}")
        for title, group in (("gold", own), ("news", others)):
            if group:
                results = scores(group)
                print(f"{title:5}", "; ".join(f"{name} {results[name]}" for name in KEPT))
        for case in [*own, *others] if part == "dev" or options.errors else ():
            _show(case, case.claim)
    print(f"{speed(reader, annotate)} words/s")


def _show(case: Case, claim: Claim | None) -> None:
    gold_one = case.gold
    heard = claim.attribution if claim else None
    speaker = heard.speaker.name if heard and heard.speaker else ""
    target = claim.target.name if claim and claim.target else ""
    same = case.primary == (gold_one.types or ("",))[0] and (not heard or heard.mode.value == gold_one.mode)
    speaks = not gold_one.speaker or case.names(heard.speaker if heard else None, gold_one.speaker)
    blames = not gold_one.target or case.names(claim.target if claim else None, gold_one.target)
    if not (same and speaks and blames):
        mode = heard.mode.value if heard else ""
        print(f"  {gold_one.types} {gold_one.mode} {gold_one.speaker!r} > {gold_one.target!r}")
        print(f"     {case.primary} {mode} {speaker!r} > {target!r} | {gold_one.text[:150]}")


if __name__ == "__main__":
    main()
