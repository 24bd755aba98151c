"""The one entrance: an article's text in, its entities, quantities and dates out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from schemas.entities import (
    Coordinates,
    Entities,
    Entity,
    EntityType,
    Mention,
    Nationality,
    SentenceSpan,
)
from schemas.span import Span
from services.entities.complete import complete
from services.entities.demonyms import nationalities
from services.entities.gazetteer import Gazetteer
from services.entities.link import read_names
from services.entities.merge import Cluster, Reading, canonical, cluster
from services.entities.multilingual import WordTagger
from services.entities.numbers import numbers
from services.entities.recognise import PieceTagger, Tagger, recognise
from services.text.encoder import ModelInfo

MODEL = Path(__file__).parent / "model"
LANGUAGES = Path(__file__).parent / "model-languages"
MULTILINGUAL = Path(__file__).parent / "model-multilingual"
"""The models that ship with the project: English, the languages in which claims are read, others."""

Piece = tuple[int, int]

FADE = 6.0  # sentences after which a mention weighs about a third of one in the lead


class EntityReader:
    """Reads articles. Holds the models and the table of names; deterministic, no state between calls."""

    def __init__(self, taggers: Sequence[Tagger], gazetteer: Gazetteer, also: Sequence[str] = ()) -> None:
        """A language is read by the first tagger that serves it, those of `also` by the first that learnt it, else the last."""
        self._taggers = {language: tagger for tagger in reversed(taggers) for language in tagger.info.languages}
        for language in set(also) - set(self._taggers):
            learnt = (tagger for tagger in taggers if language in tagger.info.learnt)
            self._taggers[language] = next(learnt, taggers[-1])
        self._first = taggers[0]
        self._gazetteer = gazetteer

    @classmethod
    def load(
        cls,
        model_dir: Path = MODEL,
        languages_dir: Path = LANGUAGES,
        multilingual_dir: Path = MULTILINGUAL,
        also: Sequence[str] = (),
    ) -> EntityReader:
        """Load the model directories (formats: training/entities/**/README.md). Raises services.text.encoder.ModelError.

        `also`: languages to read though the quality there is not shown.
        """
        own = [PieceTagger.load(directory) for directory in (model_dir, languages_dir)]
        return cls([*own, WordTagger.load(multilingual_dir)], Gazetteer.load(), also)

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages (BCP 47) that are read."""
        return tuple(self._taggers)

    def model(self, language: str) -> ModelInfo:
        """Name, version and hash of the model that reads a language, or of the first where none does."""
        return self._taggers.get(language, self._first).info

    def read(
        self,
        text: str,
        sentences: Sequence[tuple[int, int]],
        published_at: datetime | None,
        language: str = "en",
    ) -> Entities:
        """Everything found in `text`; `sentences` are its spans in order, none overlapping (services.text.sentences).

        Raises KeyError for a language that is none of `languages`.
        """
        named = recognise(self._taggers[language], text, sentences, language)
        gazetteer = self._gazetteer.in_language(language)
        names = complete(text, sentences, named, gazetteer)
        clusters = cluster(read_names(text, names, gazetteer), language)
        entities, mentions = _described(text, clusters)
        named_at = [(mention.span.start, mention.span.end) for mention in mentions]
        quantities, dates = numbers(text, sentences, published_at, language, named_at)
        return Entities(
            sentences=[SentenceSpan(start=start, end=end) for start, end in sentences],
            mentions=mentions,
            entities=entities,
            quantities=quantities,
            dates=dates,
            nationalities=self._nationalities(text, sentences, named_at, entities) if language == "en" else [],
        )

    def _nationalities(
        self, text: str, sentences: Sequence[Piece], taken: Sequence[Piece], entities: Sequence[Entity]
    ) -> list[Nationality]:
        owners = {entity.wikidata: entity.id for entity in entities if entity.wikidata}
        found = []
        for start, end, number, code in nationalities(text, sentences, taken):
            country = self._gazetteer.country(code)
            item = country.wikidata if country else None
            owner = owners.get(item) if item else None
            span = Span.of(text, start, end)
            found.append(Nationality(span=span, sentence=number, country=code, wikidata=item, entity=owner))
        return found


def _described(text: str, clusters: Sequence[Cluster]) -> tuple[list[Entity], list[Mention]]:
    weights = [sum(math.exp(-reading.sentence / FADE) + 0.1 for reading in each.readings) for each in clusters]
    total = sum(weights) or 1.0
    entities: list[Entity] = []
    owned: list[tuple[Reading, str, str]] = []
    for number, (each, weight) in enumerate(zip(clusters, weights, strict=True), 1):
        identity, kind = f"e{number}", _type(each)
        entities.append(_entity(identity, each, kind, weight / total))
        owned += [(reading, identity, kind) for reading in each.readings]
    owned.sort(key=lambda item: item[0].start)
    mentions = [
        Mention(
            id=f"m{number}",
            type=EntityType(kind),
            span=Span.of(text, reading.start, reading.end),
            sentence=reading.sentence,
            confidence=round(reading.confidence, 4),
            entity=identity,
        )
        for number, (reading, identity, kind) in enumerate(owned, 1)
    ]
    return entities, mentions


def _type(each: Cluster) -> str:
    """The type with the most probability among the mentions."""
    votes: dict[str, float] = {}
    for reading in each.readings:
        votes[reading.type] = votes.get(reading.type, 0.0) + reading.confidence
    return max(sorted(votes), key=lambda kind: votes[kind])


def _entity(identity: str, each: Cluster, kind: str, salience: float) -> Entity:
    entry = each.entry
    located = entry and entry.latitude is not None and entry.longitude is not None
    sure = [reading.link_confidence for reading in each.readings if reading.entry]
    return Entity(
        id=identity,
        name=canonical(each),
        aliases_seen=list(dict.fromkeys(reading.surface for reading in each.readings)),
        type=EntityType(kind),
        wikidata=entry.wikidata if entry else None,
        link_confidence=max(sure) if entry and entry.wikidata else None,
        country=entry.country if entry else next((r.country for r in each.readings if r.country), None),
        coordinates=Coordinates(latitude=entry.latitude, longitude=entry.longitude) if entry and located else None,
        acts_as_government=any(reading.acting for reading in each.readings),
        salience=round(salience, 4),
    )
