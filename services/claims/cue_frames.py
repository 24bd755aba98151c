"""Frames of saying in languages with cue words: "X said that", "…, said X", "according to X"; see `frames` for English."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.claims import Stance
from services.claims.cues import Cues, Marks
from services.claims.frames import Frame
from services.claims.phrases import Phrases, subject_end
from services.claims.tokens import Token

Piece = tuple[int, int]

_SPEECH = ("say", "report", "deny", "doubt", "accuse")
_STANCES = {"deny": Stance.DENIES, "doubt": Stance.DOUBTS, "report": Stance.REPORTS}
_CLOSING = frozenset({",", "”", '"', "—", "–", "-", "»", "“", "''", "!", "?", "…", "’", "«"})
_DASHES = frozenset("—–-")
TOLD = "told"
"""Base of the frame of a sentence that says whose the one before is."""
_NEAR = 9
_FAR = 20  # words between an agency and whom it cites


def frames(words: Sequence[Token], marks: Marks, cues: Cues) -> list[Frame]:
    """All frames of a sentence outside its quotations, in the order of their cues."""
    return _Sentence(words, marks, cues).frames()


class _Sentence(Phrases):
    def frames(self) -> list[Frame]:
        told = self._told()
        if told is not None:
            return [told]
        found = []
        for place, word in enumerate(self._words):
            if not word.quoted:
                frame = self._source(place) or self._verbal(place) or self._colon(place)
                if frame is not None:
                    found.append(frame)
        return found

    def _told(self) -> Frame | None:
        """Who said what stands before: "Das teilte die Polizei mit", "Об этом сообщил мэр". The sentence itself is the author's."""
        words = self._words
        if not self._is(0, "told") or any(word.quoted or word.text == ":" for word in words):
            return None
        first = self._marks.after(0, "told")
        verb = next((at for at in range(first, min(first + _NEAR, len(words))) if self._is(at, "say", "report")), None)
        by = next((at for at in range(first + 1, min(first + _NEAR, len(words))) if self._is(at, "by")), None)
        last = verb if verb is not None else by
        if last is None or any(self._is(at, "that") for at in range(last, len(words))):
            return None
        subject = self._right(by + 1) if by is not None else self._teller(first, last)
        if subject is None:
            return None
        cue = (words[verb].start, words[verb].end) if verb is not None else (words[0].start, words[first - 1].end)
        first_person = self._first_person(subject)
        return Frame(cue, subject, TOLD, Stance.ASSERTS, strong=False, first_person=first_person)

    def _teller(self, first: int, verb: int) -> Piece | None:
        """The subject of the verb of saying after "that", which ends before `first`."""
        if all(self._is(at, "auxiliary", "be", "adverb", "time", "preposition") for at in range(first, verb)):
            after = self._past_hearer(self._past_time(verb + 1))
            return self._where(verb, verb + 1, "say") or self._right(after)
        if self._cues.bracket and self._is(first, "auxiliary"):
            return self._right(first + 1)  # "Das hat der Minister gesagt"
        if self._cues.articles:
            return None  # "Das Ministerium teilte mit"
        return self._span(self._past_time(first), verb)

    def _source(self, place: int) -> Frame | None:
        """According to X; X zufolge; …, so X."""
        words, subject = self._words, None
        kind = next((kind for kind in ("according", "postposed", "so") if self._is(place, kind)), None)
        ordinal = kind == "according" and (self._noun_here(place) or self._is(place - 1, "preposition"))
        if kind is None or (ordinal and self._cues.articles and not self._cues.nouns):
            return None  # "o segundo tempo"
        after = self._marks.after(place, kind)
        if self._is(after, "relative"):
            return None
        if kind == "postposed":
            subject = self._just_before(place)
        elif kind == "so":
            if place and words[place - 1].text in _CLOSING and self._opens_name(after):
                subject = self._right(after)
        else:
            inside = range(place, after) if after - place > 1 and not self._is(after - 1, "preposition") else ()
            own = next((at for at in inside if self._is(at, "pronoun")), None)
            subject = self._span(own, own + 1) if own is not None else self._compound(after - 1) or self._right(after)
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
        closed = self._is(after, "place_of_speech") and place > 0 and self._words[place - 1].text in _CLOSING
        subject = self._where(place, after, kind) if closed else None
        subject = subject or self._subject(place, after) or self._where(place, after, kind)
        if subject is not None and self._cues.verb_first and kind in {"say", "report", "deny"}:
            subject = self._to_that(subject, after)
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
        apart = kind in {"say", "report"} and subject is not None and self._set_apart(place, subject)
        first = self._first_person(subject)
        return Frame(cue, subject, kind, stance, strong or apart, clause=that, first_person=first, apart=apart)

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

    def _to_that(self, subject: Piece, after: int) -> Piece:
        """Arabic's office, its place and its holder's name up to "that": "قال المتحدث باسم الحزب في البلدة سامر رزق إن"."""
        that = next((at for at in range(after, min(after + 20, len(self._words))) if self._is(at, "that")), after)
        first = next((at for at in range(after, that) if self._words[at].start >= subject[0]), that)
        rest = [at for at in range(first, that) if self._words[at].start >= subject[1]]
        office = any(self._is(at, "office") for at in range(first, that) if at not in rest)
        other = ("statement", "time", "say", "report", "hearer", "adverb", "relative", "pronoun_oblique")
        whole = all(self._words[at].is_word and not self._is(at, *other) for at in rest)
        return self._span(first, that) if office and whole and len(rest) >= 2 else subject

    def _set_apart(self, place: int, subject: Piece) -> bool:
        """Verb and subject stand between marks, after words of the claim: "…, said the staff, …"."""
        if place < 3 or self._words[place - 1].text not in _CLOSING or subject[0] < self._words[place].end:
            return False
        dashed = self._words[place - 1].text in _DASHES
        if dashed and not (self._words[place - 2].quoted or self._words[place - 2].text in _CLOSING - _DASHES):
            return False  # a dash alone parts many things
        following = next((word for word in self._words if word.start >= subject[1]), None)
        return following is None or not following.is_word

    def _passive(self, place: int) -> bool:
        if self._cues.verb_first:
            return False  # "كان قال": a past before the past
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
        clause = self._as_clause(place) if self._cues.bracket else None
        if clause is not None:
            return self._right(clause + 1)
        source = self._relayed(place, after)
        if source is not None:
            return source
        finite = self._finite(place)
        if finite is not None:
            return self._nominative(self._left(finite)) or self._right(finite + 1)
        inverted = self._inverted(place, after)
        if not inverted:
            left = self._nominative(self._left(place))
            if left is not None:
                return left
            inverted = self._cues.bracket and self._opens_name(after)
        after = self._past_hearer(after)
        sure = self._is(after, "determiner", "pronoun", "office", "group") or self._cues.articles
        if inverted or place == 0 or self._cues.verb_first or (sure and self._opens_name(after)):
            return self._right(after)
        return None

    def _as_clause(self, place: int) -> int | None:
        """German's "as" of a clause that ends in this verb: "…, wie die Polizei am Montag mitteilte"."""
        for at in range(place - 1, -1, -1):
            if not self._words[at].is_word or self._words[at].quoted:
                return None
            if self._is(at, "as"):
                return at if at == 0 or not self._words[at - 1].is_word else None
        return None

    def _relayed(self, place: int, after: int) -> Piece | None:
        """Whose words an agency passes on: "ونقلت الوكالة عن الوزير قوله إن"."""
        if not self._is(place, "relay"):
            return None
        source = None
        for at in range(after, min(after + _FAR, len(self._words))):
            if not self._words[at].is_word or self._is(at, "that"):
                break
            source = at if self._is(at, "from") else source
        return self._right(source + 1) if source is not None and not self._is(source + 1, "pronoun_oblique") else None

    def _finite(self, place: int) -> int | None:
        """German's verb in two parts: where "hat" stands, far before its "berichtet"; None for a verb of one part."""
        after = place + 1
        ends = after >= len(self._words) or not self._words[after].is_word or self._is(after, "conjunction")
        if not self._cues.bracket or not ends or not self._words[place].lower.endswith(("t", "n")):
            return None
        for at in range(place - 1, 0, -1):
            if self._words[at].quoted or self._is(at, "that", "relative", "if") or self._words[at].text in ";:":
                return None
            if self._is(at, "auxiliary"):
                return at if at < place - 1 else None
        return None

    def _where(self, place: int, after: int, kind: str) -> Piece | None:
        """Russian's "they say in the ministry": a plural verb without subject, and the place where it is said."""
        unsaid = after == place + 1 and self._is(place - 1, "negation")  # "they did not answer"
        apart = kind == "report" and place > 0 and self._words[place - 1].text == ","
        if (
            not (kind in {"say", "deny"} or apart)
            or unsaid
            or not self._words[after - 1].lower.endswith(self._cues.plurals)
        ):
            return None
        if self._is(after, "place_of_speech"):
            return self._right(after + 1)
        last = place - 1
        while self._is(last, "adverb", "time"):
            last -= 1
        first = last
        while first > 0 and self._words[first].is_word and not self._is(first, "place_of_speech", "that", "say"):
            first -= 1
        return self._span(first + 1, last + 1) if self._is(first, "place_of_speech") and first < last else None

    def _inverted(self, place: int, after: int) -> bool:
        if self._cues.verb_first:
            return not self._is(after, "that") and self._right(after) is not None
        first = place
        while self._is(first - 1, "auxiliary", "adverb", "be") and not self._words[first - 1].quoted:
            first -= 1
        if first == 0:
            return self._opens_name(after)
        previous = self._words[first - 1]
        if self._is(first - 1, "title"):
            return False
        if self._is(first - 1, "as"):
            return self._opens_name(after)
        if not (previous.quoted or previous.text in _CLOSING) or not self._opens_name(after):
            return False
        if previous.text != "," or previous.quoted:
            return True
        if self._apposed(first - 1):
            return False
        if not self._cues.articles and any(self._is(at, "office") for at in range(after, after + 3)):
            return True
        return self._is(after, "pronoun", "office", "determiner", "title") or self._words[after].text[0].isupper()

    def _apposed(self, comma: int) -> bool:
        """The comma closes an apposition: a name or an office stands between it and the comma before."""
        start = next((at for at in range(comma - 1, -1, -1) if self._words[at].text == ","), -1)
        inner = range(start + 1, comma)
        if start <= 0 or not inner or any(self._is(at, "auxiliary", "be", "that", "say") for at in inner):
            return False
        named = self._cues.cased and all(self._words[at].text[0].isupper() for at in inner)
        return named or any(self._is(at, "office") for at in inner)

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
