"""language: reads raw articles, writes each with its language. One without text is skipped here, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from schemas import Article, Language, LanguageEvent, Status
from schemas.topics import ARTICLES_LANGUAGE, ARTICLES_RAW
from services.language.detect import LanguageDetector
from services.stream.service import Service
from services.stream.settings import Settings


@dataclass(frozen=True)
class Tool:
    """The detector and the length up to which articles are read."""

    detector: LanguageDetector
    max_characters: int


def load(settings: Settings) -> Tool:
    """Once a process."""
    return Tool(LanguageDetector.load(), settings.processing.max_characters)


def process(tool: Tool, article: Article) -> LanguageEvent:
    """The article with its language, as a whole and by paragraph."""
    language, status, warnings = Language(declared=article.language), Status.OK, []
    if not article.text.strip():
        status, warnings = Status.SKIPPED, ["empty_text: the article has no text"]
    else:
        language = tool.detector.detect(article.text, article.language, tool.max_characters)
        if len(article.text) > tool.max_characters:
            status = Status.TRUNCATED
            warnings.append(f"truncated: annotated up to character {tool.max_characters} of {len(article.text)}")
        if language.agrees_with_declared is False:
            warnings.append(f"language_disagrees: declared {article.language}, detected {language.language}")
    return LanguageEvent(
        article=article,
        language=language,
        status=status,
        warnings=warnings,
        processor=tool.detector.processor,
        processed_at=datetime.now(UTC),
    )


service = Service(
    name="language",
    summary="Detects the language of an article and of each paragraph",
    reads=ARTICLES_RAW,
    writes=ARTICLES_LANGUAGE,
    load=load,
    process=process,
)
