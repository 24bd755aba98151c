"""Closed classes of words that the attribution grammar asks for, in the language of the article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from services.claims import lexicon
from services.claims.cues import Cues, cues

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Lexis:
    """Folded words by class. `cues` is None in English, whose grammar has lists of its own (`lexicon`)."""

    pronouns: Words
    relatives: Words
    determiners: Words
    prepositions: Words
    offices: Words
    statements: Words
    verbs: Words
    cues: Cues | None = None

    def is_office(self, word: str) -> bool:
        """True for the folded name of an office."""
        return "office" in self.cues.kinds(word) if self.cues else word in self.offices

    def is_definite(self, words: Sequence[str]) -> bool:
        """True where the phrase begins with a definite article."""
        return self.cues is not None and bool(words) and "definite" in self.cues.kinds(words[0])

    def is_preposition(self, word: str) -> bool:
        """True for a folded preposition."""
        return word in self.prepositions


ENGLISH = Lexis(
    pronouns=lexicon.PRONOUNS,
    relatives=lexicon.RELATIVE,
    determiners=lexicon.DETERMINERS,
    prepositions=lexicon.PREPOSITIONS,
    offices=lexicon.OFFICES,
    statements=frozenset({"statement", "remarks", "following", "message", "comments", "declaration"}),
    verbs=lexicon.AUXILIARIES | lexicon.SPEECH_FORMS.keys(),
)


@cache
def lexis(language: str) -> Lexis:
    """The classes of a language. Raises FileNotFoundError where it has no cues."""
    if language == "en":
        return ENGLISH
    return of_cues(cues(language))


def of_cues(known: Cues) -> Lexis:
    """The classes that a file of cue words gives."""
    return Lexis(
        pronouns=known.forms("pronoun", "pronoun_oblique"),
        relatives=known.forms("relative"),
        determiners=known.forms("determiner"),
        prepositions=known.forms("preposition", "of"),
        offices=known.forms("office"),
        statements=known.forms("statement"),
        verbs=known.forms("auxiliary", "be", "say", "report", "deny", "accuse"),
        cues=known,
    )
