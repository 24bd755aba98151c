"""Frames of saying in languages with cue words: "X said that", "…, said X", "according to X"; see `frames` for English."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.claims import Stance
from services.claims.cues import Cues, Marks
from services.claims.frames import Frame
from services.claims.tokens import Token

Piece = tuple[int, int]

_SPEECH = ("say", "report", "deny", "doubt", "accuse")
_STANCES = {"deny": Stance.DENIES, "doubt": Stance.DOUBTS, "report": Stance.REPORTS}
_CLOSING = frozenset({",", "”", '"', "—", "–", "-", "»", "“", "''", "!", "?", "…", "’", "«"})
_INSIDE = frozenset({"-", "&", "'", "’"})
_REACH = 14
_NEAR = 9


def frames(words: Sequence[Token], marks: Marks, cues: Cues) -> list[Frame]:
    """All frames of a sentence outside its quotations, in the order of their cues."""
    return _Sentence(words, marks, cues).frames()


def subject_end(words: Sequence[Token], marks: Marks, first: int, after: int) -> int:
    """Where the subject ends that stands between a verb and its object, as in Arabic: from `first`, before `after`.

    It is one defined noun, or two nouns of which the second is defined, with "of" and a name; at least a word is left.
    """
    place = first + (1 if _defined(words[first]) else 2)
    while place < after - 1 and marks.has(place, "of"):
        place += 2
    if place < after and not _defined(words[place]):
        place = next((at for at in range(place, after) if _defined(words[at])), place)
    return max(first + 1, min(place, after - 1))


def _defined(word: Token) -> bool:
    return word.lower.startswith("ال")


class _Sentence:
    def __init__(self, words: Sequence[Token], marks: Marks, cues: Cues) -> None:
        self._words = words
        self._marks = marks
        self._cues = cues

    def frames(self) -> list[Frame]:
        found = []
        for place, word in enumerate(self._words):
            if not word.quoted:
                frame = self._source(place) or self._verbal(place) or self._colon(place)
                if frame is not None:
                    found.append(frame)
        return found

    def _is(self, place: int, *kinds: str) -> bool:
        return self._marks.has(place, *kinds)

    def _source(self, place: int) -> Frame | None:
        """According to X; X zufolge; …, so X."""
        words, subject = self._words, None
        kind = next((kind for kind in ("according", "postposed", "so") if self._is(place, kind)), None)
        if kind is None:
            return None
        after = self._marks.after(place, kind)
        if kind == "postposed":
            subject = self._left(place)
        elif kind == "so":
            if place and words[place - 1].text in _CLOSING and self._opens_name(after):
                subject = self._right(after)
        else:
            own = next((at for at in range(place, after) if after - place > 1 and self._is(at, "pronoun")), None)
            subject = self._span(own, own + 1) if own is not None else self._right(after)
        if subject is None:
            return None
        cue = words[place].start, words[after - 1].end
        first = self._first_person(subject)
        return Frame(cue, subject, "accord", Stance.ASSERTS, strong=True, first_person=first)

    def _verbal(self, place: int) -> Frame | None:
        kind = next((kind for kind in _SPEECH if self._is(place, kind)), None)
        if kind is None or self._noun_here(place):
            return None
        after = self._marks.after(place, kind)
        if self._passive(place):
            return self._hidden(place, after, kind)
        clause, beside = self._clause_follows(after), self._beside_quotation(place, after)
        subject = self._subject(place, after)
        if subject is not None and kind == "accuse" and self._cues.verb_first:
            inside = [at for at, word in enumerate(self._words) if subject[0] <= word.start and word.end <= subject[1]]
            if len(inside) > 1 and inside[0] >= after:
                subject = self._span(inside[0], subject_end(self._words, self._marks, inside[0], inside[-1] + 1))
        if subject is None and not (clause or beside or kind in {"accuse", "deny"}):
            return None
        stance = _STANCES.get(kind, Stance.ASSERTS)
        if kind == "report":
            stance = Stance.ASSERTS
        if kind == "say" and self._is(place - 1, "negation"):
            stance = Stance.DOUBTS
        strong = kind in {"say", "accuse", "deny"} or clause or beside or (subject is not None and self._closes(place))
        cue = self._words[place].start, self._words[after - 1].end
        that = self._is(after, "that")
        return Frame(cue, subject, kind, stance, strong, clause=that, first_person=self._first_person(subject))

    def _colon(self, place: int) -> Frame | None:
        """A name and a colon open the sentence: a headline's or a transcript's way of saying."""
        words = self._words
        if words[place].text != ":" or not 1 <= place <= 5 or place + 2 >= len(words) or not self._cues.cased:
            return None
        name = words[:place]
        if any(not word.is_word or word.quoted for word in name) or not all(
            word.text[0].isupper() or self._is(at, "of", "determiner") for at, word in enumerate(name)
        ):
            return None
        return Frame((words[place].start, words[place].end), self._span(0, place), ":", Stance.ASSERTS, strong=False)

    def _noun_here(self, place: int) -> bool:
        """After a determiner, or with a capital inside the sentence, a form that could be a verb is a noun or name."""
        before = place - 1
        while self._is(before, "adverb"):
            before -= 1
        if self._is(before, "determiner") and not self._is(before, "pronoun"):
            return True
        word = self._words[place]
        return self._cues.cased and word.text[0].isupper() and place > 0 and self._words[place - 1].is_word

    def _closes(self, place: int) -> bool:
        """The verb stands after its claim: "…, warns the union"."""
        return place > 0 and self._words[place - 1].text == "," and not self._apposed(place - 1)

    def _passive(self, place: int) -> bool:
        before = place - 1
        while self._is(before, "adverb", "negation"):
            before -= 1
        return self._is(before, "be")

    def _hidden(self, place: int, after: int, kind: str) -> Frame | None:
        cue = self._words[place].start, self._words[after - 1].end
        for ahead in range(after, min(after + _NEAR, len(self._words) - 1)):
            if self._is(ahead, "by") and kind == "accuse":
                agent = self._right(ahead + 1)
                if agent is not None:
                    return Frame(cue, agent, kind, Stance.ASSERTS, strong=True)
            if not self._words[ahead].is_word:
                break
        return Frame(cue, None, kind, Stance.REPORTS, strong=False, hidden=True)

    # --- who ------------------------------------------------------------------------------------------------------

    def _subject(self, place: int, after: int) -> Piece | None:
        """The subject: between auxiliary and verb (a-t-il dit), after a verb that follows its claim, else before it."""
        if self._is(place - 1, "pronoun") and not self._is(place - 1, "determiner", "relative"):
            return self._span(place - 1, place)
        inverted = self._inverted(place, after)
        if not inverted:
            left = self._left(place)
            if left is not None:
                return left
        sure = self._is(after, "determiner", "pronoun", "office", "group") or self._cues.articles
        if inverted or place == 0 or self._cues.verb_first or (sure and self._opens_name(after)):
            return self._right(after)
        return None

    def _inverted(self, place: int, after: int) -> bool:
        if self._cues.verb_first:
            return not self._is(after, "that") and self._right(after) is not None
        first = place
        while self._is(first - 1, "auxiliary", "adverb", "be") and not self._words[first - 1].quoted:
            first -= 1
        if first == 0:
            return self._opens_name(after)
        previous = self._words[first - 1]
        if not (previous.quoted or previous.text in _CLOSING) or not self._opens_name(after):
            return False
        if previous.text != "," or previous.quoted:
            return True
        if self._apposed(first - 1):
            return False
        if not self._cues.articles and any(self._is(at, "office") for at in range(after, after + 3)):
            return True
        return self._is(after, "pronoun", "office", "determiner") or self._words[after].text[0].isupper()

    def _apposed(self, comma: int) -> bool:
        """The comma closes an apposition: a name or an office stands between it and the comma before."""
        start = next((at for at in range(comma - 1, -1, -1) if self._words[at].text == ","), -1)
        inner = range(start + 1, comma)
        if start <= 0 or not inner or any(self._is(at, "auxiliary", "be", "that", "say") for at in inner):
            return False
        named = self._cues.cased and all(self._words[at].text[0].isupper() for at in inner)
        return named or any(self._is(at, "office") for at in inner)

    def _opens_name(self, place: int) -> bool:
        """A subject may begin here: a determiner, a pronoun, an office, a capital; any noun where there are no articles."""
        if not 0 <= place < len(self._words) or self._words[place].quoted:
            return False
        word = self._words[place]
        if self._is(place, "that", "preposition", "conjunction", "relative", "negation") or not word.is_word:
            return False
        if self._is(place, "determiner", "pronoun", "office", "time", "adverb"):
            return True
        return (word.text[0].isupper() and self._cues.cased) or (not self._cues.articles and not word.text[0].isdigit())

    def _right(self, first: int) -> Piece | None:
        """The noun phrase from `first` on; words of time are passed over, a name after a comma belongs to it."""
        first = self._past_time(first)
        place = first
        reach = _REACH if self._cues.cased else _REACH // 2
        while place < len(self._words) and place - first < reach and not self._ends_right(place, first):
            place += 1
        while place > first and self._is(place - 1, "of", "adverb", "time", "preposition", "conjunction"):
            place -= 1
        if place == first:
            return None
        if self._named_next(first, place):
            after = place + 1
            while after < len(self._words) and self._words[after].is_word and self._words[after].text[0].isupper():
                after += 1
            return self._span(first, after)
        return self._span(first, place)

    def _past_time(self, place: int) -> int:
        while place < len(self._words):
            if self._is(place, "preposition") and self._is(place + 1, "time", "determiner") and self._timed(place + 1):
                place += 2 + (not self._is(place + 1, "time"))
            elif self._is(place, "determiner") and self._is(place + 1, "time"):
                place += 2
            elif self._is(place, "time", "adverb", "negation") and not self._is(place, "pronoun"):
                place += 1
            else:
                break
        return place

    def _timed(self, place: int) -> bool:
        return self._is(place, "time") or self._is(place + 1, "time")

    def _ends_right(self, place: int, first: int) -> bool:
        word = self._words[place]
        if word.quoted or self._parts(place):
            return True
        if self._is(place, "of") and place > first:
            return False
        if place == first:
            return self._is(place, "that", "preposition", "relative", "conjunction")
        previous = self._is(first, "pronoun") and place == first + 1 and not self._is(first, "determiner")
        ends = ("that", "preposition", "relative", "say", "deny", "auxiliary", "be", "time", "negation", "adverb", "if")
        return previous or (self._is(place, *ends) and not self._is(place, "office")) or self._is(place, "conjunction")

    def _named_next(self, first: int, comma: int) -> bool:
        words = self._words
        if comma + 1 >= len(words) or words[comma].text != "," or not self._cues.cased:
            return False
        capital = words[comma + 1].is_word and words[comma + 1].text[0].isupper() and not words[comma + 1].quoted
        return capital and any(self._is(at, "office") for at in range(first, comma))

    def _left(self, place: int) -> Piece | None:
        """The subject before the verb at `place`, with its apposition."""
        last = place - 1
        while last >= 0 and not self._words[last].quoted and self._between(last):
            if self._is(last, "pronoun") and not self._is(last, "determiner"):
                return self._span(last, last + 1)
            last -= 1
        if last < 0 or self._words[last].quoted:
            return None
        if self._words[last].text == ",":
            start = next((at for at in range(last - 1, -1, -1) if self._words[at].text == ","), -1)
            if start <= 0 or self._words[start].quoted or self._words[start - 1].quoted or start + 1 == last:
                return None
            outer = self._phrase(start - 1)
            if outer is None or self._is(start + 1, "relative", "preposition"):
                return outer
            return outer[0], self._words[last - 1].end
        if self._words[last].text == ")":
            last = next((at for at in range(last, -1, -1) if self._words[at].text == "("), 0) - 1
        return self._phrase(last)

    def _between(self, place: int) -> bool:
        return self._is(place, "adverb", "auxiliary", "be", "negation", "time") or (
            self._is(place, "preposition", "determiner") and self._is(place + 1, "time")
        )

    def _phrase(self, last: int) -> Piece | None:
        first = last
        while first >= 0 and last - first < 2 * _REACH and not self._ends_left(first):
            first -= 1
        first += 1
        while first <= last and self._is(first, "conjunction", "adverb", "time") and not self._is(first, "pronoun"):
            first += 1
        if first <= last and self._is(first, "preposition"):
            starts = [at for at in range(first + 1, last) if self._is(at, "determiner") and not self._is(at - 1, "of")]
            starts = [at for at in starts if at > first + 1 and not self._is(at - 1, "preposition")]
            if not starts:
                return None
            first = starts[-1]
        if first > last or not self._words[last].is_word or self._words[last].text[0].isdigit():
            return None
        return None if self._is(last, "of", "preposition", "that", "relative") else self._span(first, last + 1)

    def _ends_left(self, place: int) -> bool:
        word = self._words[place]
        if word.quoted or self._is(place, "that", "relative", "say", "if"):
            return True
        if self._is(place, "conjunction"):
            near = self._words[place + 1 : place + 2]
            return not (place and self._words[place - 1].text[0].isupper() and near and near[0].text[0].isupper())
        return self._parts(place)

    def _parts(self, place: int) -> bool:
        """A mark that parts phrases: not a hyphen, nor the point after an initial."""
        word = self._words[place]
        initial = word.text == "." and place > 0 and len(self._words[place - 1].text) == 1
        return not (word.is_word or word.text in _INSIDE or (initial and place + 1 < len(self._words)))

    # --- around -----------------------------------------------------------------------------------------------------

    def _clause_follows(self, after: int) -> bool:
        for place in range(after, min(after + _NEAR, len(self._words))):
            if self._is(place, "that") or self._words[place].text == ":":
                return True
            if not self._words[place].is_word and self._words[place].text != ",":
                return False
        return False

    def _beside_quotation(self, place: int, after: int) -> bool:
        ahead, behind = self._words[after : after + _NEAR], self._words[max(0, place - _NEAR) : place]
        return any(word.quoted for word in ahead) or any(word.quoted for word in behind)

    def _first_person(self, subject: Piece | None) -> bool:
        return subject is not None and any(
            self._is(place, "first") and not self._is(place, "determiner")
            for place, word in enumerate(self._words)
            if subject[0] <= word.start and word.end <= subject[1]
        )

    def _span(self, first: int, after: int) -> Piece:
        return self._words[first].start, self._words[after - 1].end
