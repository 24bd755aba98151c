"""Which words of a sentence say whose it is: the frame of saying, and its subject by grammar or by the model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.claims.classifier import Reading
from services.claims.cue_frames import TOLD
from services.claims.frames import Frame
from services.claims.modes import MOSTLY, SURE
from services.claims.passage import Passage, SentenceView

Piece = tuple[int, int]

_OPENING = re.compile(r"\W*(?:at|in|on|during|after|before|over|within|since|with)\s+(?:the\s+)?", re.IGNORECASE)
_INSIDE_NAMES = frozenset({"", "'", "’", "-", ".", ". "})


class Voices:
    """The frames of one article's sentences."""

    def __init__(self, passage: Passage) -> None:
        self._passage = passage

    def frame(self, sentence: SentenceView, reading: Reading | None) -> tuple[Frame | None, Piece | None]:
        """The frame that says whose sentence it is, with its subject's words (the model's where they differ)."""
        candidates = [frame for frame in sentence.frames if not frame.first_person]
        tagged = self._tagged(reading) if reading else []
        tagged = [
            piece
            for piece in tagged
            if not (self._quoted(sentence, piece) or self._adverbial(sentence, piece) or _nobody(sentence, piece))
        ]
        if self._passage.lexis.cues is not None:  # the verb itself is no name
            tagged = [piece for piece in tagged if not any(overlap(piece, frame.cue) for frame in candidates)]
        first = next((frame for frame in candidates if not frame.hidden), None)
        clear = first is not None and (first.base == TOLD or (first.clause and first.strong))
        if first is not None and clear and first.subject is not None:
            return first, first.subject
        for frame in candidates:
            matching = next((piece for piece in tagged if frame.subject and overlap(frame.subject, piece)), None)
            if matching is not None and frame.subject is not None:
                return frame, self._closer(frame.subject, matching)
        open_frames = [frame for frame in candidates if not frame.hidden]
        named = [frame for frame in open_frames if frame.subject is not None and frame.strong]
        chosen = next(iter(named or open_frames or candidates), None)
        cues = self._passage.lexis.cues
        weak = chosen is not None and not chosen.strong and (cues is None or cues.verb_first)
        unsure = chosen is None or chosen.subject is None or weak
        if tagged and (unsure or chosen is None or self._foreign(chosen, tagged)):
            return chosen, tagged[0]
        return chosen, chosen.subject if chosen else None

    def _tagged(self, reading: Reading) -> list[Piece]:
        """What the model takes for speakers; pieces that only a mark inside a name parts are one."""
        found: list[Piece] = []
        for span in reading.speakers:
            if span.score < SURE:
                continue
            between = self._passage.text[found[-1][1] : span.start] if found else "…"
            if between in _INSIDE_NAMES and self._passage.lexis.cues is not None:
                found[-1] = found[-1][0], span.end
            else:
                found.append((span.start, span.end))
        return found

    def _closer(self, grammar: Piece, model: Piece) -> Piece:
        """The model's words where they end the grammar's longer ones: "Following the talks the minister said"."""
        text = self._passage.text
        ends = grammar[0] < model[0] and abs(grammar[1] - model[1]) <= 1
        return model if ends and any(word[:1].isupper() for word in text[model[0] : model[1]].split()) else grammar

    def _foreign(self, frame: Frame, tagged: Sequence[Piece]) -> bool:
        """The grammar's subject has no capital and the model's has: an apposition or a clause between the two."""
        assert frame.subject is not None
        own = self._passage.text[frame.subject[0] : frame.subject[1]]
        other = self._passage.text[tagged[0][0] : tagged[0][1]]
        return own.islower() and not other.islower() and own.lower() not in self._passage.lexis.pronouns

    def signed(self, sentence: SentenceView) -> Piece | None:
        """The name under a quotation: "“…” — Ana Petrescu"."""
        words = [word for word in sentence.words if not word.quoted]
        dash = bool(words) and words[0].text in {"-", "–", "—", "~"} and sentence.quoted >= MOSTLY
        if not dash or not 2 <= len(words) <= 7 or any(word.is_word and not word.text[0].isupper() for word in words):
            return None
        return (words[1].start, words[-1].end) if sentence.words[0].quoted else None

    def _adverbial(self, sentence: SentenceView, piece: Piece) -> bool:
        """Words of an opening phrase that says when or where, not who: "At the same time, accused …"."""
        text = self._passage.text
        return text[piece[0] : piece[1]].islower() and bool(_OPENING.fullmatch(text[sentence.start : piece[0]]))

    def _quoted(self, sentence: SentenceView, piece: Piece) -> bool:
        inside = [word for word in sentence.words if piece[0] <= word.start < piece[1]]
        return bool(inside) and all(word.quoted for word in inside)


def _nobody(sentence: SentenceView, piece: Piece) -> bool:
    """In languages with cue words: only adverbs and the like, which name nobody."""
    marks = sentence.marks
    if marks is None:
        return False
    inside = [at for at, word in enumerate(sentence.words) if piece[0] <= word.start < piece[1] and word.is_word]
    return all(marks.has(at, "adverb", "time", "conjunction", "negation", "preposition") for at in inside)


def overlap(left: Piece, right: Piece) -> bool:
    """True where two stretches share a place."""
    return left[0] < right[1] and right[0] < left[1]
