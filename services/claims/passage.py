"""An article laid out for reading: sentences with their words, quotations and paragraphs, entities by place."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.entities import EntitiesEvent, Entity, EntityType, Mention
from services.claims import cue_frames
from services.claims.cues import Marks, fold
from services.claims.frames import Frame, frames
from services.claims.lexis import Lexis, lexis
from services.claims.titles import unquoted_asides, unquoted_names
from services.claims.tokens import Token, tokens
from services.text.quotations import Quotation, quotations

Piece = tuple[int, int]

# Entities that can speak or be blamed.
ACTORS = frozenset({EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE})


@dataclass(frozen=True, slots=True)
class SentenceView:
    """One sentence. `quoted` is the share of its letters inside quotation marks; `chains` the quotations that it has.

    `marks` are the kinds of its words in languages with cue words, None in English.
    """

    number: int
    start: int
    end: int
    paragraph: int
    words: tuple[Token, ...]
    frames: tuple[Frame, ...]
    quotations: tuple[Quotation, ...]
    mentions: tuple[Mention, ...]
    quoted: float
    marks: Marks | None = None

    @property
    def chains(self) -> set[int]:
        """Ids of the quotations that reach into the sentence."""
        return {quotation.chain for quotation in self.quotations}


@dataclass(frozen=True, slots=True)
class Passage:
    """The article's text, its sentences, its entities by id, and the words of its language."""

    text: str
    sentences: tuple[SentenceView, ...]
    entities: dict[str, Entity]
    lexis: Lexis


def passage(event: EntitiesEvent) -> Passage:
    """Lay out the article of `event`. Linear in its length. Raises FileNotFoundError in a language without cues."""
    text, found, known = event.article.text, event.entities, lexis(event.language.language)
    spans = [(sentence.start, sentence.end) for sentence in found.sentences]
    paragraphs = _paragraphs(text, spans)
    starts = [start for start, _ in paragraphs]
    quoted = quotations(text, paragraphs)
    mentions: dict[int, list[Mention]] = {}
    for mention in found.mentions:
        mentions.setdefault(mention.sentence, []).append(mention)
    views, first = [], 0
    for number, (start, end) in enumerate(spans):
        while first < len(quoted) and quoted[first].end <= start:
            first += 1
        inside = _overlapping(quoted, first, start, end)
        own = tuple(sorted(mentions.get(number, ()), key=lambda mention: (mention.span.start, -mention.span.end)))
        words, marks, heard = _words(text, (start, end), [(item.start, item.end) for item in inside], known)
        paragraph = bisect_right(starts, start) - 1
        share = _quoted_share(words)
        views.append(SentenceView(number, start, end, paragraph, words, heard, inside, own, share, marks))
    return Passage(text, tuple(views), {entity.id: entity for entity in found.entities}, known)


def _words(
    text: str, piece: Piece, quoted: Sequence[Piece], known: Lexis
) -> tuple[tuple[Token, ...], Marks | None, tuple[Frame, ...]]:
    """Words of a sentence, their kinds, and the frames of saying."""
    if known.cues is None:
        words = tuple(tokens(text, *piece, quoted))
        return words, None, tuple(frames(words))
    words = tuple(tokens(text, *piece, quoted, known.cues.pattern, fold))
    marks = known.cues.marks(words)
    if known.cues.cased and any(word.quoted for word in words):
        words = unquoted_asides(unquoted_names(words, marks), marks)
    return words, marks, tuple(cue_frames.frames(words, marks, known.cues))


def _overlapping(quoted: Sequence[Quotation], first: int, start: int, end: int) -> tuple[Quotation, ...]:
    inside = []
    for place in range(first, len(quoted)):
        quotation = quoted[place]
        if quotation.start >= end:
            break
        if quotation.end > start:
            inside.append(quotation)
    return tuple(inside)


def _paragraphs(text: str, spans: Sequence[Piece]) -> list[Piece]:
    """Runs of sentences with no line break between them."""
    paragraphs: list[Piece] = []
    for start, end in spans:
        if paragraphs and not re.search(r"[\n\r\u2028\u2029\x85]", text[paragraphs[-1][1] : start]):
            paragraphs[-1] = paragraphs[-1][0], end
        else:
            paragraphs.append((start, end))
    return paragraphs


def _quoted_share(words: Sequence[Token]) -> float:
    total = sum(len(word.text) for word in words if word.is_word)
    return sum(len(word.text) for word in words if word.is_word and word.quoted) / total if total else 0.0
