"""entities: reads articles with their language, writes them with who, what and where they name, numbers and dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas import Entities, EntitiesEvent, LanguageEvent, Processor, Status
from schemas.entities import SentenceSpan
from schemas.topics import ARTICLES_ENTITIES, ARTICLES_LANGUAGE
from services.entities.numbers import numbers
from services.stream.service import Service
from services.stream.settings import Settings
from services.text.sentences import split

if TYPE_CHECKING:
    from services.entities.read import EntityReader


@dataclass(frozen=True)
class Tool:
    """The reader, and the length up to which articles are read."""

    reader: EntityReader
    max_characters: int

    def processor(self, language: str) -> Processor:
        """Which model reads the language."""
        model = self.reader.model(language)
        return Processor(name="entities", version=model.version, model=model.name, model_sha256=model.sha256)


def load(settings: Settings) -> Tool:
    """Once a process, and only in the one that reads: the models' libraries are imported here."""
    from services.entities.read import LANGUAGES, MODEL, MULTILINGUAL, EntityReader

    models = settings.models
    reader = EntityReader.load(
        models.entities or MODEL,
        models.languages_entities or LANGUAGES,
        models.multilingual_entities or MULTILINGUAL,
        models.also,
    )
    return Tool(reader, settings.processing.max_characters)


def process(tool: Tool, event: LanguageEvent) -> EntitiesEvent:
    """The article with its entities. In a language that no model serves: with its sentences, numbers and dates alone."""
    text, language = event.article.text[: tool.max_characters], event.language.language
    processor = tool.processor(language)
    if event.status is Status.SKIPPED:
        return EntitiesEvent.after(event, processor, entities=Entities())
    sentences = split(text, language)
    if language not in tool.reader.languages:
        quantities, dates = numbers(text, sentences, event.article.published_at, language)
        bare = Entities(
            sentences=[SentenceSpan(start=start, end=end) for start, end in sentences],
            quantities=quantities,
            dates=dates,
        )
        return EntitiesEvent.after(event, processor, entities=bare, **event.unsupported("entities", language))
    found = tool.reader.read(text, sentences, event.article.published_at, language)
    return EntitiesEvent.after(event, processor, entities=found)


service = Service(
    name="entities",
    summary="Finds people, organisations, places, events, quantities and dates, and links them to Wikidata",
    reads=ARTICLES_LANGUAGE,
    writes=ARTICLES_ENTITIES,
    load=load,
    process=process,
)
