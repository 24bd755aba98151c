"""Words that name an actor, resolved to an entity of the article: precision first, else the words themselves."""

from __future__ import annotations

import re

from schemas.claims import Actor
from schemas.entities import EntityType, Mention
from schemas.span import Span
from services.claims import lexicon
from services.claims.cues import HONORIFICS, fold
from services.claims.passage import ACTORS, Passage, SentenceView

Piece = tuple[int, int]

_LEADING = re.compile(r"^(?:the|a|an|its|his|her|their|our|but|and|meanwhile|however)\s+", re.IGNORECASE)
_DANGLING = re.compile(r"(?:of|to|by|with|from|and|but|in|on|for|at)\s+|[^\w]+")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_OWN_WORDS = re.compile(r"\s+(?:statement|letter|tweet|post|message|speech|remarks|testimony|memoir|interview)\b")
_ELIDED = re.compile(r"^([ld]')(?=\w)")
_LONGEST_NAME = 120


def resolve(passage: Passage, sentence: SentenceView, piece: Piece) -> Actor | None:
    """The actor that `piece` (a noun phrase) names; None where it has no word.

    A person named in it is the actor; else a mention that is the whole phrase or its head. A phrase that only contains a
    name ("the Syrian army") keeps its own words and has no entity.
    """
    start, end = _tightened(passage.text, piece)
    if start >= end:
        return None
    inside = [m for m in sentence.mentions if m.span.start >= start and m.span.end <= end and m.type in ACTORS]
    if passage.lexis.cues is not None:
        inside = [m for m in inside if not _governed(passage, start, m.span.start)]
    mention = _person(passage, inside) or _head(passage.text, inside, start, end)
    span = Span.of(passage.text, start, end)
    if mention is not None:
        return of_mention(passage, mention, span)
    if passage.lexis.cues is not None:
        return Actor(name=_bare_name(passage, start, end)[:_LONGEST_NAME], span=span)
    name = " ".join(_LEADING.sub("", passage.text[start:end]).split())
    return Actor(name=name[:_LONGEST_NAME], span=span)


def _governed(passage: Passage, start: int, place: int) -> bool:
    """True where a preposition before the name makes it another's: "o secretário-geral do PS"."""
    before = [fold(word) for word in passage.text[start:place].split()]
    lead = before[-2:] if before and before[-1] in passage.lexis.determiners else before[-1:]
    return len(before) > 1 and any(map(passage.lexis.is_preposition, lead))


def _bare_name(passage: Passage, start: int, end: int) -> str:
    """The name that follows an office or a calling ("el ministro Juan Pérez"), else the phrase without its determiner."""
    words = [word for word in passage.text[start:end].split() if fold(word) not in HONORIFICS] or [
        passage.text[start:end]
    ]
    folded = [fold(word.strip(",.()")) for word in words]
    last = len(words)
    while last and words[last - 1][:1].isupper() and not passage.lexis.is_office(folded[last - 1]):
        last -= 1
        if last and words[last - 1].endswith(","):
            break
    governs = passage.lexis.is_preposition(folded[last - 1]) or folded[last - 1] in passage.lexis.determiners
    named = 0 < last < len(words) and not governs
    full = len(words) - last >= 2 and words[last - 1][:1].islower()
    if named and (full or any(map(passage.lexis.is_office, folded[:last]))):
        return " ".join(words[last:]).rstrip(",")
    first = 0
    while first < len(words) - 1 and folded[first] in passage.lexis.determiners:
        first += 1
    if words[first][:2].lower() in {"l'", "l’"}:
        words[first] = words[first][2:]
    return " ".join(words[first:])


def of_mention(passage: Passage, mention: Mention, span: Span | None = None) -> Actor:
    """The actor of a mention; `span` are the words around it where they are known."""
    entity = passage.entities.get(mention.entity)
    name = entity.name if entity else mention.span.exact
    return Actor(
        name=name,
        entity=mention.entity if entity else None,
        wikidata=entity.wikidata if entity else None,
        span=span or mention.span,
    )


def words_of(passage: Passage, piece: Piece) -> list[str]:
    """The words of a stretch, lower-cased."""
    words = [fold(word) for word in _WORD.findall(passage.text[piece[0] : piece[1]])]
    if passage.lexis.cues is None:
        return words
    return [part for word in words for part in _ELIDED.sub(r"\1 ", word).split()]


def is_pronoun(passage: Passage, piece: Piece) -> bool:
    """True for he, she, they, it."""
    words = words_of(passage, piece)
    return len(words) == 1 and words[0] in passage.lexis.pronouns | passage.lexis.relatives


def is_impersonal(passage: Passage, piece: Piece) -> bool:
    """True for words that stand for nobody: on, man, es."""
    cues = passage.lexis.cues
    return cues is not None and "impersonal" in cues.kinds(fold(passage.text[piece[0] : piece[1]]))


def office(passage: Passage, piece: Piece) -> str | None:
    """The office of a phrase that names nobody ("the foreign minister" → "minister"); None otherwise."""
    words = words_of(passage, piece)
    text = passage.text[piece[0] : piece[1]]
    if passage.lexis.cues is not None:
        held = next((word for word in words if passage.lexis.is_office(word)), None)
        return held if len(words) <= 6 else None
    titled = all(word[0].isupper() for word in text.split())
    if not words or len(words) > 6 or not (titled or words[0] in {"the", "this", "that"}):
        return None
    head = next((place for place, word in enumerate(words) if word in {"of", "for", "in"}), len(words)) - 1
    return words[head] if words[head] in lexicon.OFFICES else None


def same(left: Actor | None, right: Actor | None) -> bool:
    """True where both are known to be the same actor."""
    if left is None or right is None:
        return False
    if left.entity is not None or right.entity is not None:
        return left.entity == right.entity
    return left.name.casefold() == right.name.casefold()


def alike(left: Actor, right: Actor | None) -> bool:
    """True where all words of one name are in the other's: the same actor as far as names can tell."""
    if right is None:
        return False
    one, other = ({fold(word.strip(".,")) for word in each.name.split()} for each in (left, right))
    return one <= other or other <= one


def _tightened(text: str, piece: Piece) -> Piece:
    start, end = piece
    while (lead := _DANGLING.match(text, start, end)) is not None and lead.end() > start:
        start = lead.end()
    while start < end and not (text[end - 1].isalnum() or text[end - 1] in ".)"):
        end -= 1
    return start, end


def _person(passage: Passage, inside: list[Mention]) -> Mention | None:
    """The person named: not the one whose office or relative is named ("Putin's spokesman", "a spokesman for Putin")."""
    for mention in reversed(inside):
        if mention.type is not EntityType.PERSON:
            continue
        after = passage.text[mention.span.end : mention.span.end + 24].lower()
        before = passage.text[max(0, mention.span.start - 24) : mention.span.start].lower().split()
        possessor = after.startswith(("'s", "’s")) and not _OWN_WORDS.match(after, 2)
        if possessor or (before and before[-1] in {"for", "of", "to", "by", "with", "against"}):
            continue
        return mention
    return None


def _head(text: str, inside: list[Mention], start: int, end: int) -> Mention | None:
    """A mention that ends the phrase and is not governed by a preposition in it, or that begins it before one."""
    for mention in inside:
        lead = text[start : mention.span.start].strip().lower()
        tail = text[mention.span.end : end].strip().lower()
        if tail and not re.match(r"^(?:[,(]|of\b|in\b|and\b|on\b|for\b|or\b|as\b|from\b)", tail):
            continue
        if set(lead.split()) & (lexicon.PREPOSITIONS | {"'s", "’s"}) or lead.endswith(("'s", "’s")):
            continue
        plain = all(word in lexicon.DETERMINERS or word.endswith(("an", "ish", "ese", "-led")) for word in lead.split())
        if mention.type is EntityType.PLACE and lead and not plain:
            continue
        return mention
    return None


def within(words: set[str], known: set[str]) -> bool:
    """True where a longer name has all the words, an initial standing for one of them: "V. Sapunov"."""
    initials = {word for word in words if len(word) == 2 and word.endswith(".")}
    rest = known - words
    stands = all(any(other.startswith(initial[0]) for other in rest) for initial in initials)
    return words - initials < known and stands
