"""The claims of an article: the one entrance of this package."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid5

from schemas.article import NAMESPACE
from schemas.claims import Actor, Attribution, AttributionMode, Claim, ClaimType, Cue, Stance, TypeScore
from schemas.entities import EntitiesEvent, EntityType
from schemas.span import Span
from services.claims import accusation, blame, cues, traits
from services.claims import implied as implied_accusation
from services.claims.attribution import attribute
from services.claims.classifier import Classifier, Reading, RoleSpan
from services.claims.passage import Passage, SentenceView, passage
from services.text.encoder import ModelInfo

MODEL = Path(__file__).parent / "model"
LANGUAGES = Path(__file__).parent / "model-languages"
"""The models that ship with the project: English, and the languages with cue words."""

CHECKABLE = frozenset(
    {
        ClaimType.QUANTITY,
        ClaimType.CAUSATION,
        ClaimType.RULE,
        ClaimType.EVENT,
        ClaimType.ACCUSATION,
        ClaimType.OTHER_CLAIM,
    }
)
"""Types that evidence can bear on today: not the future, not what someone supports, feels or promises."""

# Types that say least of a sentence: an accusation that grammar finds goes before them.
_GENERAL = frozenset({ClaimType.EVENT, ClaimType.POSITION, ClaimType.OTHER_CLAIM, ClaimType.NOT_CLAIM})
# A verb of blame with a named object is an accusation even where the model is only half as sure as it should be.
_VERB_OF_BLAME = 0.5


# Sentences before an accusation that the model reads with it: as many as there may be room for.
CONTEXT = 6


class ClaimReader:
    """Finds the claims of articles. Deterministic; knows no broker; load once, use for many articles."""

    def __init__(self, classifier: Classifier, others: Classifier, also: Sequence[str] = ()) -> None:
        """`others` reads its own languages, and those of `also` that have cue words, whatever its quality there."""
        self.classifier = classifier
        self.others = others
        self._others = {*others.info.languages, *(set(also) & set(cues.languages()))} - set(classifier.info.languages)

    @classmethod
    def load(cls, model_dir: Path = MODEL, languages_dir: Path = LANGUAGES, also: Sequence[str] = ()) -> ClaimReader:
        """Read the model directories. Raises `services.text.encoder.ModelError` when one is incomplete or damaged."""
        return cls(Classifier.load(model_dir), Classifier.load(languages_dir), also)

    def model(self, language: str) -> ModelInfo:
        """Name, version and hash of the model that reads a language; the English one's where none does."""
        return self.others.info if language in self._others else self.classifier.info

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages (BCP 47) that are read; articles in others are passed on without claims."""
        return *self.classifier.info.languages, *sorted(self._others)

    def read(self, event: EntitiesEvent) -> list[Claim]:
        """The claims of an article, in the order of its sentences. Sentences that claim nothing give none.

        Raises FileNotFoundError in a language that is none of `languages`.
        """
        article = passage(event)
        drafts = list(self._drafts(article))
        targets = self._targets(article, [draft for draft in drafts if draft.accuses])
        seen: Counter[str] = Counter()
        return [_claim(event, article, draft, targets.get(draft.sentence.number), seen) for draft in drafts]

    def _drafts(self, article: Passage) -> Iterator[_Draft]:
        """What claims something, sentence by sentence."""
        readings = self._readings(article)
        attributions = attribute(article, readings)
        for sentence, reading, attribution in zip(article.sentences, readings, attributions, strict=True):
            if reading is None or not traits.says_something(sentence.words):
                continue
            implied = None
            if article.lexis.cues is None:
                implied = implied_accusation.accused(article, sentence, attribution.speaker)
            types = self._types(sentence, reading, implied is not None)
            if types[0].label is not ClaimType.NOT_CLAIM:
                yield _Draft(sentence, reading, types, attribution, implied)

    def _targets(self, article: Passage, accusing: Sequence[_Draft]) -> dict[int, Actor]:
        """Whom each accusation accuses, by number of the sentence; who was accused before may be meant again by "they"."""
        found: dict[int, Actor] = {}
        accused: Actor | None = None
        english = article.lexis.cues is None
        named = self._named(article, accusing) if english else [draft.reading.targets for draft in accusing]
        for draft, spans in zip(accusing, named, strict=True):
            sentence, speaker = draft.sentence, draft.attribution.speaker
            by = accusation if english else blame
            target = draft.implied or by.target(article, sentence, speaker, spans, accused)
            if target is not None:
                found[sentence.number] = accused = target
        return found

    def _named(self, article: Passage, accusing: Sequence[_Draft]) -> list[tuple[RoleSpan, ...]]:
        """What the model takes for the accused when it reads the text before the sentences as well."""
        first = [max(0, draft.sentence.number - CONTEXT) for draft in accusing]
        return self.classifier.accused(
            article.text,
            [
                ((article.sentences[number].start, draft.sentence.start), (draft.sentence.start, draft.sentence.end))
                for number, draft in zip(first, accusing, strict=True)
            ],
        )

    def _readings(self, article: Passage) -> Sequence[Reading | None]:
        model = self.classifier if article.lexis.cues is None else self.others
        return model.read(article.text, [(sentence.start, sentence.end) for sentence in article.sentences])

    def _types(self, sentence: SentenceView, reading: Reading, implied: bool) -> list[TypeScore]:
        """Types over their thresholds, the primary one first; `not_claim` stands alone.

        Grammar adds two kinds of accusation that the model misses: with a verb of blame, and `implied` ones. Their score
        is then at least the threshold.
        """
        primary = max(reading.primary, key=lambda label: reading.primary[label])
        if implied and primary in _GENERAL:
            primary = ClaimType.ACCUSATION
        if primary is ClaimType.NOT_CLAIM:
            return [TypeScore(label=primary, score=round(reading.primary[primary], 4))]
        threshold = self.classifier.threshold if sentence.marks is None else self.others.threshold
        chosen = {label for label, score in reading.types.items() if score >= threshold(label)}
        blames = sentence.marks is None and any(True for _ in accusation.verbs(sentence))
        if blames and reading.types[ClaimType.ACCUSATION] >= _VERB_OF_BLAME * threshold(ClaimType.ACCUSATION):
            chosen.add(ClaimType.ACCUSATION)
        if implied:
            chosen.add(ClaimType.ACCUSATION)
        chosen -= {primary, ClaimType.NOT_CLAIM}
        ordered = [primary, *sorted(chosen, key=lambda label: -reading.types[label])]
        floor = {label: threshold(label) if label is ClaimType.ACCUSATION else 0.0 for label in ordered}
        return [
            TypeScore(label=label, score=round(max(reading.types[label], reading.primary[label], floor[label]), 4))
            for label in ordered
        ]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A sentence that claims something, before its target is known. `implied`: whom grammar says it accuses unsaid."""

    sentence: SentenceView
    reading: Reading
    types: list[TypeScore]
    attribution: Attribution
    implied: Actor | None

    @property
    def accuses(self) -> bool:
        return any(score.label is ClaimType.ACCUSATION for score in self.types)


def _claim(event: EntitiesEvent, article: Passage, draft: _Draft, target: Actor | None, seen: Counter[str]) -> Claim:
    sentence, reading, types, attribution = draft.sentence, draft.reading, draft.types, draft.attribution
    span = Span.of(article.text, sentence.start, sentence.end)
    mark = traits.fingerprint(span.exact)
    occurrence = seen[mark]
    seen[mark] += 1
    labels = [score.label for score in types]
    hedges, negations = list(traits.hedges(sentence)), list(traits.negations(sentence))
    return Claim(
        claim_id=str(uuid5(NAMESPACE, f"claim\n{event.article.article_id}\n{mark}\n{occurrence}")),
        fingerprint=mark,
        span=span,
        text=" ".join(span.exact.split()),
        sentence=sentence.number,
        language=event.language.language,
        types=types,
        primary_type=labels[0],
        checkable=bool(CHECKABLE & set(labels)),
        check_worthiness=round(reading.worthy, 4),
        attribution=attribution,
        target=target,
        quantities=[quantity for quantity in event.entities.quantities if quantity.sentence == sentence.number],
        dates=[date for date in event.entities.dates if date.sentence == sentence.number],
        places=_places(article, sentence),
        hedged=bool(hedges) or reading.hedged >= 0.5,
        negated=bool(negations) or attribution.stance is Stance.DENIES,
        explanation=list(_explanation(article, sentence, labels, attribution, target, hedges, negations)),
    )


def _places(article: Passage, sentence: SentenceView) -> list[str]:
    named = [m.entity for m in sentence.mentions if m.type is EntityType.PLACE and m.entity in article.entities]
    return list(dict.fromkeys(named))


def _explanation(
    article: Passage,
    sentence: SentenceView,
    labels: list[ClaimType],
    attribution: Attribution,
    target: Actor | None,
    hedges: Iterable[tuple[int, int]],
    negations: Iterable[tuple[int, int]],
) -> Iterable[Cue]:
    if attribution.cue is not None:
        yield Cue(role="attribution", span=attribution.cue)
    if attribution.mode is AttributionMode.DIRECT:
        for quotation in sentence.quotations:
            start, end = max(quotation.start, sentence.start), min(quotation.end, sentence.end)
            yield Cue(role="quotation", span=Span.of(article.text, start, end))
    if ClaimType.ACCUSATION in labels:
        for start, end in accusation.cues(sentence) if sentence.marks is None else blame.cue_words(sentence):
            yield Cue(role="accusation", span=Span.of(article.text, start, end))
        for start, end in implied_accusation.cues(sentence) if target is not None and sentence.marks is None else []:
            yield Cue(role="accusation", span=Span.of(article.text, start, end))
        if target is not None and target.span is not None:
            yield Cue(role="target", span=target.span)
    if ClaimType.PREDICTION in labels:
        for start, end in traits.predictions(sentence):
            yield Cue(role="prediction", span=Span.of(article.text, start, end))
    for role, pieces in (("hedge", hedges), ("negation", negations)):
        for start, end in pieces:
            yield Cue(role=role, span=Span.of(article.text, start, end))
