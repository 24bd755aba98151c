"""`articles.language`: which language an article is in."""

from __future__ import annotations

from pydantic import Field

from schemas.base import Confidence, Model
from schemas.event import ArticleEvent


class LanguageGuess(Model):
    """A language and how sure the detector is of it."""

    language: str
    confidence: Confidence


class ParagraphLanguage(LanguageGuess):
    """The language of one paragraph, `text[start:end]` in code points."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class QuotationLanguage(LanguageGuess):
    """The language of one quotation, `text[start:end]` in code points, marks included."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Language(LanguageGuess):
    """The language of an article; `und` where the text is too short, without letters, or the detector unsure."""

    language: str = Field("und", description="BCP 47 primary language subtag; `und` when undetermined.")
    script: str | None = Field(None, description="ISO 15924 code of the script that most letters are in.")
    confidence: Confidence = 0.0
    alternatives: list[LanguageGuess] = Field(default_factory=list)
    declared: str | None = None
    agrees_with_declared: bool | None = Field(None, description="None where nothing was declared or detected.")
    mixed: bool = Field(False, description="True where paragraphs of a second language are more than a stray one.")
    paragraphs: list[ParagraphLanguage] = Field(default_factory=list)
    quotations: list[QuotationLanguage] = Field(
        default_factory=list, description="Those long enough for their language to be told."
    )


class LanguageEvent(ArticleEvent):
    """An article and its language."""

    language: Language
