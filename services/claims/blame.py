"""Who is accused, in languages with cue words: whom the model takes for the target, the object of a verb of blame, the
subject of a passive, the doer of a deed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from schemas.claims import Actor
from services.claims.actors import alike, is_pronoun, resolve, same
from services.claims.classifier import RoleSpan
from services.claims.cues import Cues, Marks
from services.claims.passage import Passage, SentenceView
from services.claims.phrases import subject_end
from services.claims.voices import overlap

Piece = tuple[int, int]

SURE = 0.4
"""Mean probability from which words that the model takes for the accused are."""
_REACH = 9
_JOINED = frozenset({"-", "&", "'", "’"})
_SHORTEST_CLAUSE = 3


def target(
    passage: Passage,
    sentence: SentenceView,
    speaker: Actor | None,
    named: Sequence[RoleSpan] = (),
    before: Actor | None = None,
) -> Actor | None:
    """The accused actor; None where none is sure. Never the speaker. `before` is who was accused just before.

    `named`: where the model sees the accused named in the sentence.
    """
    cues, marks = passage.lexis.cues, sentence.marks
    if cues is None or marks is None:
        return None
    sure = [(span.start, span.end) for span in sorted(named, key=lambda span: -span.score) if span.score >= SURE]
    pronoun = False
    for piece in [*sure, *_by_grammar(sentence, marks, cues)]:
        if is_pronoun(passage, piece):
            pronoun = True
            continue
        actor = resolve(passage, sentence, piece)
        if actor is not None and not (same(actor, speaker) or alike(actor, speaker)):
            return actor
    return before.model_copy(update={"span": None}) if pronoun and before and not same(before, speaker) else None


def _by_grammar(sentence: SentenceView, marks: Marks, cues: Cues) -> Iterator[Piece]:
    """What grammar takes for the accused, the surest first; not who speaks."""
    for first, after in _Blame(sentence, marks, cues).candidates():
        piece = sentence.words[first].start, sentence.words[after - 1].end
        if not any(frame.subject and overlap(frame.subject, piece) for frame in sentence.frames):
            yield piece


def cue_words(sentence: SentenceView) -> Iterator[Piece]:
    """The words of blame and of deeds, for the explanation."""
    marks = sentence.marks
    for place, word in enumerate(sentence.words):
        if marks is not None and marks.has(place, "accuse", "accused", "blame", "intent", "crime", "harm"):
            yield word.start, word.end


class _Blame:
    """Candidates of one sentence, as places of words: first, and after the last."""

    def __init__(self, sentence: SentenceView, marks: Marks, cues: Cues) -> None:
        self._words = sentence.words
        self._sentence = sentence
        self._marks = marks
        self._cues = cues

    def _is(self, place: int, *kinds: str) -> bool:
        return self._marks.has(place, *kinds)

    def candidates(self) -> Iterator[Piece]:
        """The surest first."""
        for place in range(len(self._words)):
            found = None
            if self._is(place, "blame"):
                found = self._object(self._marks.after(place, "blame"))
            elif self._is(place, "accuse"):
                passive = self._is(place - 1, "be") or self._is(place - 2, "be")
                found = self._subject(place) if passive else self._accused(self._marks.after(place, "accuse"))
            elif self._is(place, "accused") and not self._is(place - 1, "determiner", "preposition", "of"):
                found = self._subject(place)
            if found is not None and (
                self._names(found) or self._is(found[0], "determiner") or not self._cues.articles
            ):
                yield found
        yield from self._doers()

    def _accused(self, place: int) -> Piece | None:
        """What follows "accused". Where the verb comes first, its subject is passed over."""
        found = self._object(place)
        if found is None or not self._cues.verb_first or found[1] - found[0] < 2:
            return found
        return subject_end(self._words, self._marks, *found), found[1]

    def _object(self, place: int) -> Piece | None:
        """The noun phrase to the right; words of time, prepositions that mark an object and reflexives are passed over."""
        while place < len(self._words) and (
            self._is(place, "time", "adverb", "conjunction")
            or (self._is(place, "preposition") and not self._is(place, "of", "by"))
            or (self._is(place, "determiner") and (self._is(place + 1, "time") or not self._words[place + 1 :]))
        ):
            if self._is(place, "determiner") and not self._is(place + 1, "time"):
                break
            place += 1
        first = place
        while place < len(self._words) and place - first < _REACH and not self._ends(place, first):
            place += 1
        while place > first and self._is(place - 1, "of", "adverb"):
            place -= 1
        return (first, place) if place > first and self._words[first].is_word else None

    def _ends(self, place: int, first: int) -> bool:
        word = self._words[place]
        if not word.is_word and word.text not in _JOINED:
            return True
        if not self._cues.cased and place > first and (word.lower.startswith("ب") and not self._is(place, "of")):
            return True
        if (
            self._is(place, "of") and self._cues.cased
        ):  # "al gobierno de Perú | de desviar": a name goes on, a deed does not
            following = self._words[place + 1 : place + 2]
            determined = self._is(place + 1, "determiner") or self._is(place, "determiner")
            return place == first or not following or not (following[0].text[0].isupper() or determined)
        if place == first:
            return False
        kinds = (
            "preposition",
            "that",
            "relative",
            "time",
            "negation",
            "auxiliary",
            "be",
            "adverb",
            "say",
            "by",
            "harm",
        )
        return self._is(place, *kinds) or (self._is(place, "conjunction") and not self._names_go_on(place))

    def _names_go_on(self, place: int) -> bool:
        after = self._words[place + 1 : place + 2]
        return bool(after) and after[0].text[0].isupper() and self._words[place - 1].text[0].isupper()

    def _subject(self, place: int) -> Piece | None:
        """The noun phrase before a passive, or that a participle describes."""
        last = place - 1
        while last >= 0 and (
            self._is(last, "be", "auxiliary", "adverb", "negation", "relative") or self._mark(last, ",")
        ):
            last -= 1
        first = last
        while first >= 0 and last - first < _REACH and not self._ends_left(first):
            first -= 1
        if first > 0 and self._is(first, "be", "auxiliary"):  # "zwei Männer wurden am Montag festgenommen"
            return self._subject(first)
        first += 1
        while first <= last and self._is(first, "conjunction", "adverb", "time", "preposition"):
            first += 1
        return (first, last + 1) if 0 <= first <= last else None

    def _mark(self, place: int, mark: str) -> bool:
        return self._words[place].text == mark

    def _ends_left(self, place: int) -> bool:
        word = self._words[place]
        if not word.is_word and word.text not in _JOINED:
            return True
        return self._is(place, "that", "relative", "say", "accuse", "report", "be", "auxiliary")

    def _doers(self) -> Iterator[Piece]:
        """The subject of the deed, in what is said: "«X has stolen …»", "said that X hides …"."""
        start, end = self._clause()
        for place in range(start, end):
            if not self._is(place, "harm", "crime", "intent") or self._is(place, "determiner"):
                continue
            agent = next((at for at in range(place + 1, min(place + _REACH, end)) if self._is(at, "by")), None)
            passive = self._passive(start, place) or self._is(place, "accused")
            if passive or self._is(place, "crime"):
                found = self._object(agent + 1) if agent is not None else None
            elif self._cues.verb_first and place == start:
                found = self._object(place + 1)
            else:
                found = self._doer(start, place)
            if found is not None and self._names(found):
                yield found
        if start > 0 and not self._cues.verb_first:  # said of someone: the subject of what is said
            found = self._doer(start, end)
            if found is not None and self._names(found) and self._is(found[0], "determiner", "group"):
                yield found

    def _passive(self, start: int, place: int) -> bool:
        """After a form of "be"; in German far after it: "sind bei dem Angriff getötet worden"."""
        reach = range(start, place + 2) if self._cues.bracket else (place - 1, place - 2)
        return any(self._is(at, "be") for at in reach)

    def _clause(self) -> tuple[int, int]:
        words = self._words
        quoted = [place for place, word in enumerate(words) if word.quoted and word.is_word]
        if len(quoted) >= _SHORTEST_CLAUSE:
            return quoted[0], quoted[-1] + 1
        cue = next((frame.cue[1] for frame in self._sentence.frames if frame.strong and not frame.hidden), None)
        first = next((place for place, word in enumerate(words) if cue is not None and word.start >= cue), 0)
        return (first, len(words)) if len(words) - first >= _SHORTEST_CLAUSE else (0, len(words))

    def _doer(self, start: int, verb: int) -> Piece | None:
        first = start
        while first < verb and (
            not self._words[first].is_word
            or self._is(first, "that", "conjunction", "adverb", "time", "relative")
            or self._words[first + 1].text[0].isdigit()  # "at least 14"
        ):
            first += 1
        if self._is(first, "auxiliary", "be", "negation") and not self._is(first, "determiner"):
            return None
        if self._is(first, "preposition", "if", "first", "second"):
            comma = next((at for at in range(first, verb) if self._mark(at, ",")), None)
            if comma is None or self._is(first, "first", "second"):
                return None
            first = comma + 1
        return self._phrase(first, verb)

    def _phrase(self, first: int, end: int) -> Piece | None:
        """A noun phrase at the head of a clause: an article with its noun, what "of" joins to it, names."""
        place = first + 1 if self._is(first, "determiner") else first
        reach = place + (1 if self._is(first, "determiner") or self._cues.articles else 2)
        while place < end and not self._ends(place, first):
            joined = self._is(place, "of") or self._is(place - 1, "of") or self._is(place - 1, "determiner")
            if place >= reach and not joined and not self._words[place].text[0].isupper():
                break
            place += 1
        while place > first and self._is(place - 1, "of", "determiner"):
            place -= 1
        return (first, place) if place > first else None

    def _names(self, piece: Piece) -> bool:
        """The words name someone: a capital, a group or office, or a noun with its article."""
        first, after = piece
        inside = range(first, after)
        if any(self._is(place, "group", "office", "pronoun") for place in inside):
            return True
        if not self._cues.cased:
            return True
        capital = any(self._words[place].text[0].isupper() and place > 0 for place in inside)
        return capital or (self._words[first].text[0].isupper() and not self._is(first, "determiner", "pronoun"))
