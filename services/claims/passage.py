"""An article laid out for reading: sentences with their words, quotations and paragraphs, entities by place."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.entities import EntitiesEvent, Entity, EntityType, Mention
from services.claims.frames import Frame, frames
from services.claims.tokens import Token, tokens
from services.text.quotations import Quotation, quotations

Piece = tuple[int, int]

# Entities that can speak or be blamed.
ACTORS = frozenset({EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE})


@dataclass(frozen=True, slots=True)
class SentenceView:
    """One sentence. `quoted` is the share of its letters inside quotation marks; `chains` the quotations that it has."""

    number: int
    start: int
    end: int
    paragraph: int
    words: tuple[Token, ...]
    frames: tuple[Frame, ...]
    quotations: tuple[Quotation, ...]
    mentions: tuple[Mention, ...]
    quoted: float

    @property
    def chains(self) -> set[int]:
        """Ids of the quotations that reach into the sentence."""
        return {quotation.chain for quotation in self.quotations}


@dataclass(frozen=True, slots=True)
class Passage:
    """The article's text, its sentences and its entities by id."""

    text: str
    sentences: tuple[SentenceView, ...]
    entities: dict[str, Entity]


def passage(event: EntitiesEvent) -> Passage:
    """Lay out the article of `event`. Linear in its length."""
    text, found = event.article.text, event.entities
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
        words = tuple(tokens(text, start, end, [(item.start, item.end) for item in inside]))
        paragraph = bisect_right(starts, start) - 1
        share = _quoted_share(words)
        views.append(SentenceView(number, start, end, paragraph, words, tuple(frames(words)), inside, own, share))
    return Passage(text, tuple(views), {entity.id: entity for entity in found.entities})


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
