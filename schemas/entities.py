"""`articles.entities`: who, what and where an article names, with numbers and dates."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from schemas.base import Confidence, Model
from schemas.language import LanguageEvent
from schemas.span import Span


class EntityType(StrEnum):
    """Types of entities."""

    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    EVENT = "event"
    OTHER = "other"


class Coordinates(Model):
    """WGS 84, degrees."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class Mention(Model):
    """One place in the text where an entity is named."""

    id: str = Field(description="Unique in the article: m1, m2, …")
    type: EntityType
    span: Span
    sentence: int = Field(ge=0, description="Index into `entities.sentences`.")
    confidence: Confidence
    entity: str = Field(description="Id of the entity meant.")


class Entity(Model):
    """One thing in the world, under all the names that the article gives it."""

    id: str = Field(description="Unique in the article: e1, e2, …")
    name: str = Field(description="Canonical name where linked, else the fullest one seen.")
    aliases_seen: list[str] = Field(default_factory=list)
    type: EntityType
    wikidata: str | None = Field(None, pattern=r"^Q[1-9]\d*$")
    link_confidence: Confidence | None = Field(None, description="How sure the Wikidata link is; None without one.")
    country: str | None = Field(None, description="ISO 3166-1 alpha-2 code of the country it is or belongs to.")
    coordinates: Coordinates | None = None
    acts_as_government: bool = Field(False, description="A capital or country spoken of as its government.")
    salience: Confidence = 0.0


class Quantity(Model):
    """A number in the text."""

    span: Span
    sentence: int = Field(ge=0)
    value: float
    unit: str | None = Field(None, description="Currency (ISO 4217), `%`, or a unit of measure.")
    modifier: str | None = Field(None, description="`at least`, `about`, `more than` …, as written, lower-cased.")
    of_what: str | None = Field(None, description="What is counted, as written.")


class DateMention(Model):
    """A date in the text."""

    span: Span
    sentence: int = Field(ge=0)
    value: str | None = Field(
        None, description="ISO 8601, as exact as the text; None where relative to an unknown day."
    )


class SentenceSpan(Model):
    """A sentence: `text[start:end]`, in code points."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Nationality(Model):
    """An adjective or noun of nationality: no name of a place, but it points to a country ("Russian troops")."""

    span: Span
    sentence: int = Field(ge=0)
    country: str = Field(description="ISO 3166-1 alpha-2 code.")
    wikidata: str | None = Field(None, pattern=r"^Q[1-9]\d*$", description="Item of the country.")
    entity: str | None = Field(None, description="Id of the country's entity, where the article also names it.")


class Entities(Model):
    """All that the entities stage finds."""

    sentences: list[SentenceSpan] = Field(default_factory=list)
    mentions: list[Mention] = Field(default_factory=list)
    entities: list[Entity] = Field(default_factory=list)
    quantities: list[Quantity] = Field(default_factory=list)
    dates: list[DateMention] = Field(default_factory=list)
    nationalities: list[Nationality] = Field(default_factory=list, description="English only.")


class EntitiesEvent(LanguageEvent):
    """An article, its language and its entities."""

    entities: Entities
