"""What a claim states, taken apart so that two of them can be compared: terms, names with their roles, numbers, dates."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from schemas.claims import Actor, ClaimType, DetectedClaim
from schemas.span import Span
from services.matching.lexicon import Lexicon, lexicon

_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|\d+(?:[.,:]\d+)*|[^\W\d_](?:\w|[-‐‑](?=\w))*|['’]s\b")
_POSSESSIVE = ("'s", "’s")

# Role of a name by the word before it; a name without one is the subject or the object.
_ROLES = {"by": "by", "from": "from", "off": "from", "to": "to", "into": "to", "against": "to", "for": "to"}
_OTHER_PREPOSITIONS = frozenset(
    [
        "of",
        "in",
        "on",
        "at",
        "near",
        "over",
        "across",
        "along",
        "around",
        "between",
        "with",
        "within",
        "inside",
        "outside",
        "under",
        "through",
        "about",
    ]
)
_PASSED_OVER = frozenset({"the", "a", "an", "its", "his", "her", "their", "our", "former"})
_MONTHS = frozenset(
    [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ]
)

# Words that stand for somebody. Where the sentence does not say whom, it is another claim in another article.
_SPEAKING = frozenset(["i", "we", "my", "our", "us", "me", "mine", "ours", "you", "your"])
_SPOKEN_OF = frozenset(
    ["he", "she", "they", "him", "his", "her", "them", "their", "it", "its", "this", "these", "those"]
)
# Days that depend on when it was written.
_DEICTIC = re.compile(
    r"\b(?:today|yesterday|tomorrow|tonight|overnight|this (?:morning|afternoon|evening|week|month)|last (?:night|week)|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)

NAME, WORD = 2.0, 1.0


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim as it is compared.

    `kind` must be the same for two claims to be one: language, negation, future, words that turn a claim, numbers; the
    whole sentence in a language without a lexicon (not `worded`). `terms` has the words with their weights, without
    those of the speaker and of saying; `names` gives, in order, those that are names. `roles` has what the words before
    a term make of it. `dates` are ISO 8601, `days` such as nobody could resolve. `bound` to its article: only who says it
    tells whom it is about.
    """

    fingerprint: str
    kind: str
    worded: bool
    terms: dict[str, float]
    numbers: frozenset[str]
    names: tuple[str, ...]
    roles: dict[str, str]
    dates: frozenset[str]
    days: frozenset[str]
    speaker: str | None
    target: str | None
    accusation: bool
    bound: bool
    deictic: bool
    anchored: bool
    published_at: datetime | None

    @property
    def comparable(self) -> bool:
        """Whether anything can be the same as this."""
        return bool(self.terms or self.numbers or not self.worded) and not (self.bound and self.speaker is None)

    @property
    def wording(self) -> tuple[str, str | None]:
        """What tells the wordings of a claim apart."""
        return self.fingerprint, self.speaker

    @property
    def tokens(self) -> list[str]:
        """What it is looked up by: equal `kind` and common terms make common tokens; names count more."""
        kind = f"{self.kind}|{self.speaker}" if self.bound else self.kind
        found = [f"{kind}|{term}" for term in (*self.terms, *self.numbers)]
        return found + [f"{kind}|{name}|" for name in self.names] or [kind]


@dataclass(frozen=True)
class _Word:
    text: str
    name: bool = False
    month: bool = False

    @property
    def folded(self) -> str:
        return self.text.casefold()


def statement(claim: DetectedClaim) -> Statement:
    """The statement of a claim. Pure; words of the speaker, the verb of saying, numbers and dates are no terms."""
    language = claim.language.partition("-")[0].lower()
    words = lexicon(language)
    dates = frozenset(date.value for date in claim.dates if date.value is not None)
    speaker, target = _actor(claim.attribution.speaker), _actor(claim.target)
    accusation = claim.primary_type is ClaimType.ACCUSATION
    if words is None:
        anchored = bool(claim.quantities or claim.places or dates)
        return Statement(
            fingerprint=claim.fingerprint, kind=f"{language}|{claim.fingerprint}", worded=False, terms={},
            numbers=frozenset(), names=(), roles={}, dates=dates, days=frozenset(), bound=not anchored, deictic=False,
            anchored=anchored, published_at=claim.published_at, speaker=speaker, target=target, accusation=accusation,
        )  # fmt: skip
    found = _Terms.of(claim, words)
    digits = frozenset(term for term in found.terms if term[0].isdigit())
    numbers = digits | {_number(quantity.value) + (quantity.unit or "") for quantity in claim.quantities}
    sign = ("-" if claim.negated else "+") + (">" if found.future else "")
    return Statement(
        fingerprint=claim.fingerprint,
        kind="|".join([language, sign, *sorted(found.turning), *sorted(numbers)]),
        worded=True,
        terms={sys.intern(term): weight for term, weight in found.terms.items() if term not in digits},
        numbers=numbers,
        names=tuple(found.names),
        roles=found.roles,
        dates=dates,
        days=frozenset(found.days),
        bound=found.bound,
        deictic=not dates and bool(_DEICTIC.search(claim.text)),
        anchored=bool(found.names or numbers or dates or found.days),
        published_at=claim.published_at,
        speaker=speaker,
        target=target,
        accusation=accusation,
    )


@dataclass
class _Terms:
    """What the words of a claim come to."""

    terms: dict[str, float] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    days: set[str] = field(default_factory=set)
    turning: set[str] = field(default_factory=set)
    future: bool = False
    bound: bool = False

    @classmethod
    def of(cls, claim: DetectedClaim, words: Lexicon) -> _Terms:
        """Reads the claim word by word."""
        found = cls(days={" ".join(date.span.exact.casefold().split()) for date in claim.dates if date.value is None})
        tokens = list(_words(claim, words))
        for term, start, end in words.terms([token.folded for token in tokens]):
            if tokens[start].text in _POSSESSIVE:
                continue
            found.future |= term in words.future
            found.bound |= term in _SPEAKING or (term in _SPOKEN_OF and not found.terms)
            if term in words.turning:
                found.turning.add(term)
            if tokens[start].month:
                found.days.add(tokens[start].folded)
                continue
            if not tokens[start].name and (term in words.light or (term in words.future and end - start > 1)):
                continue
            name = term in words.names or any(token.name for token in tokens[start:end])
            found.terms[term] = max(found.terms.get(term, 0.0), NAME if name else WORD)
            if term not in found.roles:
                found.roles[term] = _role(tokens, start, end, words)
                found.names += [term] * name
        return found


def _number(value: float) -> str:
    return f"{value:g}" if value != int(value) else str(int(value))


def _actor(actor: Actor | None) -> str | None:
    return None if actor is None else actor.wikidata or actor.name.casefold()


def _words(claim: DetectedClaim, words: Lexicon) -> Iterator[_Word]:
    """Words of the claim outside the spans that are compared in other ways."""
    text, offset = claim.span.exact, claim.span.start
    taken = [span for span in _taken(claim, words) if span.start >= offset]
    first = True
    for match in _WORD.finditer(text):
        word, start = unicodedata.normalize("NFKC", match.group()), match.start()
        if not any(span.start - offset <= start < span.end - offset for span in taken):
            yield _read(word, first)
        first = False


def _read(word: str, first: bool) -> _Word:
    """The word with what its capitals say: those of a sentence's first word nothing."""
    capital = word[0].isupper() and not first
    if word == "US":
        return _Word("USA", name=True)
    if word.casefold() in _MONTHS and (capital or word not in ("May", "March", "may", "march")):
        return _Word(word, month=True)
    acronym = len(word) > 1 and word.isupper() and word[0].isalpha()
    return _Word(word, name=acronym or capital)


def _taken(claim: DetectedClaim, words: Lexicon) -> Iterator[Span]:
    attribution = claim.attribution
    if attribution.speaker is not None and attribution.speaker.span is not None:
        yield attribution.speaker.span
    cue = attribution.cue
    if cue is not None and all(term in words.light for term, _, _ in words.terms(cue.exact.casefold().split())):
        yield cue
    for quantity in claim.quantities:
        yield _figure(quantity.span, quantity.of_what)
    yield from (date.span for date in claim.dates)


def _figure(span: Span, of_what: str | None) -> Span:
    """The figure of a quantity, without what is counted: that stays a term."""
    cut = span.exact.rfind(of_what) if of_what else -1
    end = span.start + cut if cut > 0 else span.end
    return Span(exact=span.exact[: end - span.start], start=span.start, end=end)


def _role(tokens: list[_Word], start: int, end: int, words: Lexicon) -> str:
    """What the words around a name make of it."""
    place = start - 1
    while place >= 0 and (tokens[place].name or tokens[place].folded in _PASSED_OVER):
        place -= 1
    before = tokens[place].folded if place >= 0 else ""
    if before in _ROLES:
        return _ROLES[before]
    possessive = end < len(tokens) and tokens[end].text in _POSSESSIVE
    adjective = tuple(token.folded for token in tokens[start:end]) in words.adjectives
    return "of" if before in _OTHER_PREPOSITIONS or possessive or adjective else ""
