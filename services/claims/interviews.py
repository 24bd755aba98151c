"""Interviews: which sentences are answers, all in the words of who is asked, without any mark of quotation."""

from __future__ import annotations

from itertools import pairwise

from services.claims.passage import Passage, SentenceView
from services.claims.tokens import DASHES

Piece = tuple[int, int]

_FEWEST = 3  # questions that are answered
_FIRST_PERSON = 0.25  # of the answers' sentences, where neither dash nor name opens an answer


def answers(passage: Passage) -> dict[int, Piece | None]:
    """Numbers of the sentences of answers, with the name that opens an answer ("Name: …"); empty in other articles."""
    if passage.lexis.cues is None:
        return {}
    sentences = passage.sentences
    asked = {number for number, sentence in enumerate(sentences) if _asks(passage, sentence)}
    named, asking = _named_turns(passage, asked)
    after = {number + 1 for number in asked if number + 1 < len(sentences)} if not asking else set()
    runs = sorted((after - asked) | named.keys())
    if len(runs) < _FEWEST:
        return {}
    found: dict[int, Piece | None] = {}
    for first in runs:
        for number in range(first, len(sentences)):
            if (number in asked and not named) or number in asking or (number > first and number in runs):
                break
            found[number] = named.get(first)
    opened = [number for number in runs if number in named or _dash(sentences[number]) or _dash(sentences[number - 1])]
    return found if 2 * len(opened) >= len(runs) or _personal(passage, list(found), list(asked)) else {}


def _named_turns(passage: Passage, asked: set[int]) -> tuple[dict[int, Piece], set[int]]:
    """Sentences that open with a name and a colon which open several: those of who answers, and of who asks."""
    turns: dict[str, dict[int, Piece]] = {}
    for number, sentence in enumerate(passage.sentences):
        name = _name(sentence)
        if name is not None:
            turns.setdefault(passage.text[name[0] : name[1]], {})[number] = name
    often = [places for places in turns.values() if len(places) >= _FEWEST]
    starts = sorted(number for places in often for number in places)
    ends = dict(pairwise([*starts, len(passage.sentences)]))
    answering: dict[int, Piece] = {}
    asking: set[int] = set()
    for places in often:
        questions = sum(any(number in asked for number in range(first, ends[first])) for first in places)
        if 2 * questions > len(places) and len(often) > 1:
            asking |= places.keys()
        else:
            answering |= places
    return answering, asking


def _asks(passage: Passage, sentence: SentenceView) -> bool:
    text = passage.text[sentence.start : sentence.end].rstrip(' \u00a0»”"“')
    return text.endswith(("?", "؟")) and sentence.quoted < 0.5


def _dash(sentence: SentenceView) -> bool:
    return bool(sentence.words) and sentence.words[0].text in DASHES


def _name(sentence: SentenceView) -> Piece | None:
    """The name before the colon that opens a turn."""
    frame = next((frame for frame in sentence.frames if frame.base == ":"), None)
    return frame.subject if frame is not None and frame.subject and frame.subject[0] == sentence.start else None


def _personal(passage: Passage, found: list[int], asked: list[int]) -> bool:
    """The answers say "I" and "we", and one asks "you"."""
    spoken = [number for number in found if _has(passage.sentences[number], "first")]
    addressed = [number for number in asked if _has(passage.sentences[number], "second")]
    return len(spoken) >= _FIRST_PERSON * len(found) and len(addressed) >= 1 and len(asked) * 8 >= len(found)


def _has(sentence: SentenceView, kind: str) -> bool:
    marks = sentence.marks
    return marks is not None and any(
        marks.has(place, kind) and not word.quoted for place, word in enumerate(sentence.words)
    )
