"""Noun phrases in languages with cue words: where the words that name a speaker begin and end."""

from __future__ import annotations

from collections.abc import Sequence

from services.claims.cues import Cues, Marks
from services.claims.tokens import Token

Piece = tuple[int, int]

_INSIDE = frozenset({"-", "&", "'", "’"})
_REACH = 14


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


class Phrases:
    """Noun phrases of one sentence, left and right of a word."""

    def __init__(self, words: Sequence[Token], marks: Marks, cues: Cues) -> None:
        self._words = words
        self._marks = marks
        self._cues = cues

    def _is(self, place: int, *kinds: str) -> bool:
        return self._marks.has(place, *kinds)

    def _opens_name(self, place: int) -> bool:
        """A subject may begin here: a determiner, a pronoun, an office, a capital; any noun where there are no articles."""
        if not 0 <= place < len(self._words) or self._words[place].quoted:
            return False
        word = self._words[place]
        if self._is(place, "title"):
            return True
        if self._is(place, "that", "preposition", "conjunction", "relative", "negation") or not word.is_word:
            return False
        if self._is(place, "determiner", "pronoun", "office", "time", "adverb"):
            return True
        return (word.text[0].isupper() and self._cues.cased) or (not self._cues.articles and not word.text[0].isdigit())

    def _right(self, first: int) -> Piece | None:
        """The noun phrase from `first` on; words of time are passed over, a name after a comma belongs to it."""
        if self._cues.nouns and self._is(first, "of") and not self._is(first, "determiner"):
            first += 1  # "nach Angaben von X"
        first = self._past_time(first)
        place = first
        reach = _REACH if self._cues.cased else _REACH // 2
        while place < len(self._words) and place - first < reach and not self._ends_right(place, first):
            place += 1
        while place > first and self._is(place - 1, "of", "adverb", "time", "preposition", "conjunction"):
            place -= 1
        if place == first:
            return None
        place = self._abbreviated(first, place)
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
        if self._cues.nouns and self._noun(place - 1) and place > first and not word.text[0].isupper():
            return not self._is(place, "title")
        if place == first:
            return self._is(place, "that", "preposition", "relative", "conjunction")
        previous = self._is(first, "pronoun") and place == first + 1 and not self._is(first, "determiner")
        ends = ("that", "preposition", "relative", "say", "deny", "auxiliary", "be", "time", "negation", "adverb", "if")
        return previous or (self._is(place, *ends) and not self._is(place, "office")) or self._is(place, "conjunction")

    def _abbreviated(self, first: int, after: int) -> int:
        """The end of a name that goes on to its abbreviation: "Bureau … pour les affaires humanitaires (OCHA)"."""
        words = self._words
        opens = next((at for at in range(after, min(first + _REACH, len(words))) if not words[at].is_word), len(words))
        near = words[opens : opens + 3]
        if len(near) < 3 or (near[0].text, near[2].text) != ("(", ")") or near[0].quoted or not self._cues.cased:
            return after
        short = near[1].text
        letters = sum(letter.isupper() for letter in short)
        return opens + 3 if letters >= 2 or (opens - first >= 4 and short[0].isupper()) else after

    def _noun(self, place: int) -> bool:
        """Where nouns have capitals: a noun or a name."""
        return self._words[place].text[0].isupper() and not self._is(place, "determiner", "pronoun")

    def _named_next(self, first: int, comma: int) -> bool:
        words = self._words
        if comma + 1 >= len(words) or words[comma].text != "," or not self._cues.cased:
            return False
        capital = words[comma + 1].is_word and words[comma + 1].text[0].isupper() and not words[comma + 1].quoted
        return capital and any(self._is(at, "office") for at in range(first, comma))

    def _nominative(self, piece: Piece | None) -> Piece | None:
        """The phrase, unless its first word is of a case that no subject has: "den Bericht"."""
        if piece is None or not self._cues.bracket:
            return piece
        first = next(at for at, word in enumerate(self._words) if word.start >= piece[0])
        return None if self._is(first, "oblique") else piece

    def _past_hearer(self, place: int) -> int:
        """The place after whom it is said to, where that stands between verb and subject: "рассказал журналистам пассажир"."""
        if self._is(place, "hearer") and not self._cues.articles:
            return self._past_title(place + 1)
        if self._is(place, "hearer"):
            ahead = range(place + 2, min(place + 7, len(self._words)))
            opens = (at for at in ahead if self._is(at, "determiner", "office") and not self._is(at, "of"))
            found = next(opens, place)
            return found if all(self._words[at].is_word for at in range(place, found)) else place
        if self._is(place, "title") and not self._cues.articles:
            after = self._past_title(place)
            return after if self._words[after - 2].lower.endswith(("у", "ю", "е")) else place
        if self._cues.bracket and self._is(place, "oblique") and not self._is(place, "pronoun"):
            ahead = range(place + 2, min(place + 6, len(self._words)))
            subjects = (
                at for at in ahead if self._is(at, "determiner", "office") and not self._is(at, "oblique", "of")
            )
            return next(subjects, place)
        return place

    def _past_title(self, place: int) -> int:
        """After a name in quotation marks or in capitals at `place`, if one stands there and the phrase goes on."""
        at = place
        if self._is(at, "title"):
            at = next((end + 1 for end in range(at + 1, len(self._words)) if self._is(end, "title")), at)
        else:
            while at < len(self._words) and self._words[at].is_word and self._words[at].text[0].isupper():
                at += 1
        return at if self._opens_name(at) and not self._is(at, "time", "adverb") else place

    def _just_before(self, place: int) -> Piece | None:
        """The phrase that ends before a postposition: from its determiner on, or its words with capitals."""
        if not self._cues.nouns:
            return self._left(place)
        if self._is(place - 1, "pronoun", "pronoun_oblique") and place:
            return self._span(place - 1, place)
        first = place
        while first > 0 and self._words[first - 1].is_word and not self._words[first - 1].quoted:
            first -= 1
            if self._is(first, "determiner") and not (self._is(first, "of") and first and self._noun(first - 1)):
                break
            if self._is(first, "preposition", "conjunction", "that", "auxiliary", "be") and not self._is(first, "of"):
                first += 1
                break
        while first < place and not self._is(first, "determiner") and self._words[first].text[0].islower():
            first += 1
        return self._span(first, place) if first < place else None

    def _compound(self, place: int) -> Piece | None:
        """Who is the first part of "Polizeiangaben" or "dpa-Informationen"."""
        word = self._words[place]
        for tail in self._cues.compounds:
            if word.lower.endswith(tail) and len(word.lower) >= len(tail) + 3:
                return word.start, word.start + len(word.text[: -len(tail)].rstrip("-"))
        return None

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
            outer = self._outer(start)
            if outer is None or self._is(start + 1, "relative", "preposition"):
                return outer
            return outer[0], self._words[last - 1].end
        if self._words[last].text == ")":
            last = next((at for at in range(last, -1, -1) if self._words[at].text == "("), 0) - 1
        return self._phrase(last)

    def _outer(self, comma: int) -> Piece | None:
        """The phrase before an apposition that opens with `comma`; before the one ahead of it, where there are two."""
        outer = self._phrase(comma - 1)
        if outer is None:
            return None
        first = next(at for at, word in enumerate(self._words) if word.start >= outer[0])
        inside = range(first, comma)
        if self._cues.articles and not any(
            self._is(at, "determiner", "office", "group", "pronoun") or (at and self._words[at].text[0].isupper())
            for at in inside
        ):
            return outer if self._words[first].text[0].isupper() and len(inside) == 1 else None
        if first > 1 and self._words[first - 1].text == "," and any(self._is(at, "office") for at in inside):
            before = self._phrase(first - 2)
            start = next((at for at, word in enumerate(self._words) if before and word.start >= before[0]), first)
            if before and any(self._words[at].text[0].isupper() for at in range(start + 1, first - 1)):
                return before
        return outer

    def _between(self, place: int) -> bool:
        return self._is(place, "adverb", "auxiliary", "be", "negation", "time") or (
            self._is(place, "preposition", "determiner") and self._is(place + 1, "time")
        )

    def _phrase(self, last: int) -> Piece | None:
        first = last
        while first >= 0 and last - first < 2 * _REACH and not self._ends_left(first):
            first -= 1
        first += 1
        while (
            first <= last and self._is(first, "conjunction", "adverb", "time", "as") and not self._is(first, "pronoun")
        ):
            first += 1
        if first <= last and self._is(first, "preposition"):
            starts = [at for at in range(first + 1, last) if self._is(at, "determiner") and not self._is(at - 1, "of")]
            starts = [at for at in starts if at > first + 1 and not self._is(at - 1, "preposition")]
            if not starts:
                return None
            first = starts[-1]
        if (
            first > last
            or not (self._words[last].is_word or self._is(last, "title"))
            or self._words[last].text[0].isdigit()
        ):
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
        if self._is(place, "title"):
            return False
        initial = word.text == "." and place > 0 and len(self._words[place - 1].text) == 1
        return not (word.is_word or word.text in _INSIDE or (initial and place + 1 < len(self._words)))

    def _span(self, first: int, after: int) -> Piece:
        return self._words[first].start, self._words[after - 1].end
