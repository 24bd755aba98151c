"""Score the whole claims reader, from raw text through sentences and entities, on held-out documents.

    python -m training.claims.evaluate --shared ../shared --part dev [--errors 20]

Documents are put together from their annotated sentences, split again by `services.text.sentences`, and each annotated
sentence is compared with the claim that covers most of it (none: `not_claim`). VOA sentences are articles of their own.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from schemas.article import Article
from schemas.claims import Actor, AttributionMode, Claim, ClaimType
from schemas.entities import Entities, EntitiesEvent, SentenceSpan
from schemas.event import Processor
from schemas.language import Language, LanguageEvent
from services.claims.reader import MODEL, ClaimReader
from services.text.sentences import split
from training.claims.baseline import bag_of_words
from training.claims.data import EPOCH, EXPERTS, Part, Sentence, annotated, claimbuster, documents, lines_of, text_of
from training.claims.scores import Score, best_cut, bootstrapped, calibration_error, f1, macro_f1, proportion

Annotate = Callable[[LanguageEvent], EntitiesEvent]

_SMALL = frozenset({"the", "a", "an", "of", "and", "for", "in", "mr", "mrs", "ms", "dr"})


@dataclass(frozen=True, slots=True)
class Case:
    """An annotated sentence and the claim found in its place."""

    gold: Sentence
    claim: Claim | None
    aliases: dict[str, list[str]]

    @property
    def primary(self) -> str:
        return self.claim.primary_type.value if self.claim else ClaimType.NOT_CLAIM.value

    @property
    def accuses(self) -> bool:
        return self.claim is not None and any(score.label is ClaimType.ACCUSATION for score in self.claim.types)

    def names(self, actor: Actor | None, name: str) -> bool:
        """True where the actor is the one that the annotation names: all words of one name in a name of the other."""
        if actor is None:
            return False
        seen = [actor.name, actor.span.exact if actor.span else "", *self.aliases.get(actor.entity or "", [])]
        wanted = _name_words(name)
        return any(words and wanted and (words <= wanted or wanted <= words) for words in map(_name_words, seen))


def _name_words(name: str) -> set[str]:
    words = re.findall(r"[^\W_]+", name.lower().replace("'s", "").replace("’s", ""))
    return {word for word in words if word not in _SMALL}


def language_event(text: str, name: str, language: str = "en") -> LanguageEvent:
    """An article before its entities."""
    return LanguageEvent(
        article=Article(article_id=name, text=text),
        processor=Processor(name="evaluation", version="0"),
        processed_at=EPOCH,
        language=Language(language=language, confidence=1.0),
    )


def cases(reader: ClaimReader, annotate: Annotate, sentences: Iterable[Sentence], language: str = "en") -> list[Case]:
    """Run the reader over whole documents."""
    found = []
    for name, group in documents(sentences).items():
        text, places = text_of(group)
        event = annotate(language_event(text, name, language))
        aliases = {entity.id: [entity.name, *entity.aliases_seen] for entity in event.entities.entities}
        claims = reader.read(event)
        for sentence, (start, end) in zip(group, places, strict=True):
            covering = max(claims, key=lambda claim: _shared(claim, start, end), default=None)
            if covering is not None and _shared(covering, start, end) * 2 < end - start:
                covering = None
            found.append(Case(sentence, covering, aliases))
    return found


def _shared(claim: Claim, start: int, end: int) -> int:
    return min(claim.span.end, end) - max(claim.span.start, start)


def scores(found: Sequence[Case]) -> dict[str, Score]:
    """Every figure of the model card that needs the news annotations."""
    truth = [case.gold.types[0] for case in found if case.gold.types]
    primary, names = [case.primary for case in found], [case.gold.document for case in found]
    accused = ["accusation" in (case.gold.types or ()) for case in found]
    accusing = [case.accuses for case in found]
    results = {
        "primary accuracy": proportion(sum(t == p for t, p in zip(truth, primary, strict=True)), len(found)),
        "primary macro-F1": bootstrapped(names, lambda at: macro_f1([truth[i] for i in at], [primary[i] for i in at])),
        "accusation (any) F1": bootstrapped(names, lambda at: f1([accused[i] for i in at], [accusing[i] for i in at])),
    }
    for label in ClaimType:
        gold, seen = [t == label for t in truth], [p == label for p in primary]
        whole = bootstrapped(names, lambda at, g=gold, s=seen: f1([g[i] for i in at], [s[i] for i in at]))  # type: ignore[misc]
        results[f"{label.value} F1"] = Score(whole.value, whole.low, whole.high, sum(gold))
    return results | _attribution_scores(found) | _worth_scores(found)


def _attribution_scores(found: Sequence[Case]) -> dict[str, Score]:
    with_claim = [
        case for case in found if case.claim is not None and case.gold.mode and case.gold.types != ("not_claim",)
    ]
    said = [case for case in found if case.gold.speaker and case.gold.types != ("not_claim",)]
    kept = [case for case in said if case.claim is not None]
    spoken = [case for case in kept if case.claim and case.claim.attribution.speaker is not None]
    blamed = [case for case in found if case.accuses and case.gold.target]
    named = [case for case in blamed if case.claim and case.claim.target]
    return {
        "mode accuracy": _share(with_claim, lambda case, claim: claim.attribution.mode.value == case.gold.mode),
        "speaker right (of quoted and reported)": _share(said, _speaker_right),
        "speaker right (where one is given)": _share(spoken, _speaker_right),
        "target right (of accusations found)": _share(blamed, _target_right),
        "target right (where one is given)": _share(named, _target_right),
    }


def _share(group: Sequence[Case], right: Callable[[Case, Claim], bool]) -> Score:
    return proportion(sum(case.claim is not None and right(case, case.claim) for case in group), len(group))


def _speaker_right(case: Case, claim: Claim) -> bool:
    return case.names(claim.attribution.speaker, case.gold.speaker)


def _target_right(case: Case, claim: Claim) -> bool:
    return case.names(claim.target, case.gold.target)


Worth = tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]
"""Check-worthiness as given, and as annotated."""


def news_worth(found: Sequence[Case]) -> Worth:
    """Of each sentence of the cases."""
    worth = np.array([case.claim.check_worthiness if case.claim else 0.0 for case in found])
    return worth, np.array([bool(case.gold.worthy) for case in found])


def _worth_scores(found: Sequence[Case]) -> dict[str, Score]:
    worth, truth = news_worth(found)
    worthy = truth.tolist()
    names = [case.gold.document for case in found]
    hedged = [bool(case.gold.hedged) for case in found]
    softened = [case.claim is not None and case.claim.hedged for case in found]
    return {
        "check-worthy F1": bootstrapped(
            names, lambda at: f1([worthy[i] for i in at], [bool(worth[i] >= 0.5) for i in at])
        ),
        "check-worthy ECE": bootstrapped(names, lambda at: calibration_error(worth[list(at)], truth[list(at)])),
        "hedged F1": bootstrapped(names, lambda at: f1([hedged[i] for i in at], [softened[i] for i in at])),
    }


def debate_worth(reader: ClaimReader, sentences: Sequence[Sentence]) -> Worth:
    """Of each sentence of debates, read one by one (the model alone: a debate is no article)."""
    readings = reader.classifier.read(*lines_of(sentences))
    worth = np.array([reading.worthy if reading else 0.0 for reading in readings])
    return worth, np.array([bool(sentence.worthy) for sentence in sentences])


def debate_scores(
    sentences: Sequence[Sentence], found: Worth, readers: str = "", cut: float | None = None
) -> dict[str, Score]:
    """Check-worthiness on held-out debates, of what `debate_worth` found in them.

    `readers`: whose labels they are; `cut`: the threshold that was best on other debates, beside .5.
    """
    worth, truth = found
    names, worthy = [s.document for s in sentences], truth.tolist()
    title = f"debates{readers}"
    return {
        f"{title}: check-worthy F1{where}": bootstrapped(
            names,
            lambda at, least=least: f1([worthy[i] for i in at], [bool(worth[i] >= least) for i in at]),  # type: ignore[misc]
            rounds=100,
        )
        for where, least in ((", from .5", 0.5), (", from the best threshold of dev", cut))
        if least is not None
    } | {
        f"{title}: ECE": bootstrapped(
            names, lambda at: calibration_error(worth[list(at)], truth[list(at)]), rounds=100
        ),
    }


def debate_sets(debates: Sequence[Sentence]) -> dict[str, list[Sentence]]:
    """Held-out debates: the test ones, and what experts labelled in those of the dev part, for the crowd errs often."""
    return {
        "": [each for each in debates if each.part == "test"],
        ", experts' labels (dev)": [each for each in debates if each.part == "dev" and each.source == EXPERTS],
    }


def debate_cut(find: Callable[[Sequence[Sentence]], npt.NDArray[np.float64]], debates: Sequence[Sentence]) -> float:
    """The threshold of best F1 on the debates of the dev part, for a system that says how worthy each sentence is."""
    dev = [each for each in debates if each.part == "dev"]
    return best_cut(find(dev), np.array([bool(each.worthy) for each in dev]))


def baselines(train: Sequence[Sentence], held_out: Sequence[Sentence]) -> dict[str, dict[str, Score]]:
    """Majority and bag of words, sentence by sentence."""
    truth = [s.types[0] for s in held_out if s.types]
    names = [s.document for s in held_out]
    results = {}
    for name, guess in (("majority", ["event"] * len(truth)), ("bag of words", bag_of_words(train)(held_out))):
        right = sum(t == g for t, g in zip(truth, guess, strict=True))
        results[name] = {
            "primary accuracy": proportion(right, len(truth)),
            "primary macro-F1": bootstrapped(
                names,
                lambda at, g=guess: macro_f1([truth[i] for i in at], [g[i] for i in at]),  # type: ignore[misc]
            ),
        }
    return results


def entities_annotator() -> Annotate:
    """Sentences and entities as the entities stage finds them."""
    from services.entities.read import EntityReader

    reader = EntityReader.load()

    def annotate(event: LanguageEvent) -> EntitiesEvent:
        text, language = event.article.text, event.language.language
        sentences = split(text, language)
        if language not in reader.languages:
            bare = Entities(sentences=[SentenceSpan(start=start, end=end) for start, end in sentences])
            return EntitiesEvent(**dict(event), entities=bare)
        return EntitiesEvent(**dict(event), entities=reader.read(text, sentences, None, language))

    return annotate


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--part", choices=("dev", "test"), default="dev")
    parser.add_argument("--errors", type=int, default=0, help="print so many errors of attribution and target")
    options = parser.parse_args()
    part: Part = options.part
    news = annotated(options.shared)
    held_out = [sentence for sentence in news if sentence.part == part]
    reader = ClaimReader.load(options.model)
    found = cases(reader, entities_annotator(), held_out)
    report(found, options.errors)
    debated = [s for s in claimbuster(options.shared) if s.part == part]
    debates = debate_scores(debated, debate_worth(reader, debated))
    for name, score in debates.items():
        print(f"{name:45} {score}")
    for name, results in baselines([s for s in news if s.part == "train"], held_out).items():
        print(f"{name:45} {'; '.join(f'{key} {score}' for key, score in results.items())}")


def report(found: Sequence[Case], errors: int = 0) -> None:
    """Print the scores of all cases, then of whole documents and single sentences apart."""
    for title, group in (
        ("all", found),
        ("whole documents", [case for case in found if case.gold.source == "documents"]),
        ("single sentences (VOA)", [case for case in found if case.gold.source == "voa"]),
    ):
        print(f"--- {title}")
        for name, score in scores(group).items():
            print(f"{name:45} {score}")
    for case in [case for case in found if _attribution_error(case)][:errors]:
        claim, gold = case.claim, case.gold
        if claim is not None:
            heard = claim.attribution
            print(f"{gold.document} {gold.number}: gold {gold.mode} {gold.speaker!r} target {gold.target!r}")
            print(
                f"   {heard.mode.value} {heard.speaker and heard.speaker.name!r} target {claim.target and claim.target.name!r}"
            )
            print(f"   {gold.text[:220]}")


def _attribution_error(case: Case) -> bool:
    claim, gold = case.claim, case.gold
    if claim is None:
        return False
    mode = claim.attribution.mode is not AttributionMode(gold.mode or "author")
    speaker = bool(gold.speaker) and not _speaker_right(case, claim)
    return mode or speaker or (bool(gold.target) and case.accuses and not _target_right(case, claim))


if __name__ == "__main__":
    main()
