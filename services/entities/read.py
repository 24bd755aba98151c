"""The one entrance: an article's text in, its entities, quantities and dates out."""

from __future__ import annotations

import json
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
    SentenceSpan,
)
from schemas.span import Span
from services.entities.complete import complete
from services.entities.dates import find_dates
from services.entities.gazetteer import Gazetteer
from services.entities.link import read_names
from services.entities.merge import Cluster, Reading, canonical, cluster
from services.entities.quantities import find_quantities
from services.entities.recognise import recognise
from services.text.encoder import Encoder, ModelInfo

MODEL = Path(__file__).parent / "model"
SUPPORTED: tuple[str, ...] = tuple(json.loads((MODEL / "model.json").read_text(encoding="utf-8"))["languages"])
"""Languages (BCP 47) that the shipped model serves; a user's own model: `EntityReader.languages`."""

FADE = 6.0  # sentences after which a mention weighs about a third of one in the lead


class EntityReader:
    """Reads articles. Holds the model and the table of names; deterministic, no state between calls."""

    def __init__(self, encoder: Encoder, gazetteer: Gazetteer) -> None:
        self._encoder = encoder
        self._gazetteer = gazetteer

    @classmethod
    def load(cls, model_dir: Path = MODEL) -> EntityReader:
        """Load a model directory (format: training/entities/README.md). Raises services.text.encoder.ModelError."""
        return cls(Encoder.load(model_dir), Gazetteer.load())

    @property
    def model(self) -> ModelInfo:
        """Name, version and hash of the model, for the event's `processor`."""
        return self._encoder.info

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages (BCP 47) that the loaded model serves."""
        return self._encoder.info.languages

    def read(self, text: str, sentences: Sequence[tuple[int, int]], published_at: datetime | None) -> Entities:
        """Everything found in `text`; `sentences` are its spans in order, none overlapping (services.text.sentences)."""
        names = complete(text, sentences, recognise(self._encoder, text, sentences), self._gazetteer)
        clusters = cluster(read_names(text, names, self._gazetteer))
        entities, mentions = _described(text, clusters)
        dates = find_dates(text, sentences, published_at)
        taken = [(date.span.start, date.span.end) for date in dates]
        taken += [(mention.span.start, mention.span.end) for mention in mentions]
        return Entities(
            sentences=[SentenceSpan(start=start, end=end) for start, end in sentences],
            mentions=mentions,
            entities=entities,
            quantities=find_quantities(text, sentences, taken),
            dates=dates,
        )


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
