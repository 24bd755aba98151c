"""Frames of saying: who says it, with which words, in one sentence ("X warned that", "according to X", "…, said X")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.claims import Stance
from services.claims import lexicon
from services.claims.tokens import Token

Piece = tuple[int, int]

# How far left of its verb a subject may begin, in tokens.
_REACH = 24
_JOINS = frozenset({"and", "but"})


@dataclass(frozen=True, slots=True)
class Frame:
    """One cue of saying.

    `subject` and `cue` are spans of the article. `subject` is None where the words are missing ("Also accused …") or
    the passive hides them. `strong`: the words leave no doubt that someone says something;
    `clause`: "that" follows the cue at once; `hidden`: a passive that does not tell who; `apart`: verb and subject stand
    between marks within or after what is said ("…, said the staff, …").
    """

    cue: Piece
    subject: Piece | None
    base: str
    stance: Stance
    strong: bool
    hidden: bool = False
    clause: bool = False
    first_person: bool = False
    apart: bool = False


def frames(words: Sequence[Token]) -> list[Frame]:
    """All frames of a sentence outside its quotations, in the order of their cues."""
    found = []
    for place, token in enumerate(words):
        if token.quoted:
            continue
        frame = _prepositional(words, place) or _verbal(words, place) or _colon(words, place)
        if frame is not None:
            found.append(frame)
    return found


def _prepositional(words: Sequence[Token], place: int) -> Frame | None:
    """According to X; in the words of X; citing X."""
    lower = words[place].lower
    if lower == "according" and _at(words, place + 1) == "to":
        last = place + 1
    elif lower in {"citing", "quoting"} or (
        lower in {"cites", "quotes", "cited", "quoted"} and _quotes_someone(words, place)
    ):
        last = place
    elif lower == "words" and _at(words, place + 1) == "of" and place and _at(words, place - 1) == "the":
        last = place + 1
    else:
        return None
    subject = _right(words, last + 1)
    if subject is None:
        return None
    return Frame((words[place].start, words[last].end), subject, "accord", Stance.ASSERTS, strong=True)


def _quotes_someone(words: Sequence[Token], place: int) -> bool:
    return any(word.lower == "saying" for word in words[place + 1 : place + 16])


def _colon(words: Sequence[Token], place: int) -> Frame | None:
    """A name and a colon open the sentence ("Zelenskyy: army ready"): a headline's or a transcript's way of saying."""
    if words[place].text != ":" or not 1 <= place <= 5 or place + 2 >= len(words):
        return None
    name = words[:place]
    if any(
        not word.is_word or word.quoted or not (word.text[0].isupper() or word.lower in {"of", "the"}) for word in name
    ):
        return None
    if words[0].lower in {"note", "update", "related", "photo", "video", "watch", "read", "source", "editor"}:
        return None
    return Frame((words[place].start, words[place].end), _span(words, 0, place), ":", Stance.ASSERTS, strong=False)


def _verbal(words: Sequence[Token], place: int) -> Frame | None:
    entry = lexicon.SPEECH_FORMS.get(words[place].lower)
    if entry is None:
        return None
    base, kind = entry
    before = _before(words, place)
    if before in lexicon.MODALS | lexicon.DETERMINERS - {"that"} or before in {"'s", "’s"}:
        return None
    if words[place].lower in lexicon.NOUN_LIKE and (words[place].text[0].isupper() or not _agrees(words, place, kind)):
        return None
    passive = _passive(words, place, kind)
    clause = _clause_follows(words, place)
    if passive:
        return _hidden(words, place, base)
    if kind == "ing" and before not in lexicon.BE:
        return None
    if before in _JOINS and kind in {"past", "third"} and (clause or base in lexicon.SAYING):
        return _frame(words, place, base, None, strong=False)
    inverted = _inverted(words, place)
    subject = None if inverted else _left(words, place)
    if subject is None:
        after = _right(words, place + 1) if inverted or _closes_quotation(words, place) else None
        if after is not None:
            return _frame(words, place, base, after, strong=True)
        return _elided(words, place, base, clause) if not inverted else None
    if words[place].lower in lexicon.NOUN_LIKE and _noun_here(words, place):
        return None
    beside = clause or _beside_quotation(words, place)
    if base in lexicon.NEEDS_CLAUSE and not beside:
        return None
    strong = base in lexicon.SAYING or beside or base in {"accuse", "deny", "warn", "urge", "announce"}
    return _frame(words, place, base, subject, strong=strong)


def _frame(words: Sequence[Token], place: int, base: str, subject: Piece | None, *, strong: bool) -> Frame:
    named = [word for word in words if subject and subject[0] <= word.start and word.end <= subject[1]]
    first = any(word.lower in lexicon.FIRST_PERSON for word in named)
    stance = lexicon.STANCES.get(base, Stance.ASSERTS)
    if base in lexicon.SAYING and stance is Stance.ASSERTS and _at(words, place - 1) in {"not", "n't"}:
        stance = Stance.DOUBTS
    clause = _at(words, place + 1) == "that"
    return Frame(
        (words[place].start, words[place].end), subject, base, stance, strong, clause=clause, first_person=first
    )


def _elided(words: Sequence[Token], place: int, base: str, clause: bool) -> Frame | None:
    """The subject is missing, as machine translation leaves it: "At the same time, accused the United States of …"."""
    lower, kind = words[place].lower, lexicon.SPEECH_FORMS[words[place].lower][1]
    if kind not in {"past", "third"} or (kind == "third" and lower in lexicon.NOUN_LIKE):
        return None
    opening = [word for word in words[:place] if word.lower not in lexicon.ADVERBS]
    lead_in = not opening or (opening[-1].text == "," and len(opening) <= 7)
    names = any(word.is_word and word.text[0].isupper() and word.start != words[0].start for word in opening)
    follows = _at(words, place + 1)
    blames = base in lexicon.ACCUSING and place + 1 < len(words) and words[place + 1].text[0].isupper()
    object_follows = clause or blames or follows in lexicon.DETERMINERS or _beside_quotation(words, place)
    if not lead_in or names or not object_follows:
        return None
    if not opening and follows in {"by", "in", "of", "on", "to"}:
        return None
    strong = base in lexicon.SAYING or base in {"accuse", "blame", "warn"}
    cue = (words[place].start, words[place].end)
    return Frame(cue, None, base, lexicon.STANCES.get(base, Stance.ASSERTS), strong)


def _hidden(words: Sequence[Token], place: int, base: str) -> Frame | None:
    """A passive: "is accused of" hides who accuses, "accused by X" names him, "X was quoted as saying" speaks himself."""
    cue = (words[place].start, words[place].end)
    if base in {"quote", "cite"}:
        subject = _left(words, place)
        saying = any(word.lower == "saying" for word in words[place : place + 4])
        return Frame(cue, subject, base, Stance.ASSERTS, strong=True) if subject and saying else None
    for ahead in range(place + 1, min(place + 9, len(words) - 1)):
        if words[ahead].lower == "by" and base in {"accuse", "blame", "condemn", "denounce", "criticise", "criticize"}:
            return Frame(cue, _right(words, ahead + 1), base, Stance.ASSERTS, strong=True)
        if not words[ahead].is_word:
            break
    if base in {"accuse", "blame", "allege", "say", "report", "believe", "think", "claim"}:
        return Frame(cue, None, base, Stance.REPORTS, strong=False, hidden=True)
    return None


def _passive(words: Sequence[Token], place: int, kind: str) -> bool:
    if kind not in {"past", "participle"}:
        return False
    for back in range(place - 1, max(-1, place - 4), -1):
        lower = words[back].lower
        if lower in lexicon.BE:
            return True
        if lower not in lexicon.ADVERBS and not lower.endswith("ly"):
            return False
    return False


def _inverted(words: Sequence[Token], place: int) -> bool:
    """ "…," said X: the verb follows a quotation or a comma after the claim, its subject comes next."""
    if lexicon.SPEECH_FORMS[words[place].lower][0] not in lexicon.SAYING | {
        "warn",
        "announce",
        "note",
        "declare",
        "ask",
    }:
        return False
    if place + 1 >= len(words) or place == 0:
        return False
    previous, following = words[place - 1], words[place + 1]
    after_claim = previous.quoted or previous.text in {",", "”", '"', "—", "–", "»", "''"}
    names = following.text[0].isupper() or following.lower in lexicon.DETERMINERS | lexicon.PRONOUNS
    if not after_claim or not names or following.quoted or following.lower in {"that", "this"}:
        return False
    # "…, the agency, said on Monday" has its subject before it; a clause before the comma has a verb and a full stop.
    return previous.quoted or not _apposed(words, place)


def _apposed(words: Sequence[Token], place: int) -> bool:
    return _left(words, place) is not None and any(word.text == "," for word in words[: place - 1])


def _closes_quotation(words: Sequence[Token], place: int) -> bool:
    return place > 0 and words[place - 1].quoted and place + 1 < len(words) and not words[place + 1].quoted


def _beside_quotation(words: Sequence[Token], place: int) -> bool:
    """A quotation opens within the next tokens, or closes shortly before the subject."""
    ahead = words[place + 1 : place + 9]
    if any(word.quoted for word in ahead):
        return True
    behind = words[max(0, place - 12) : place]
    return any(word.quoted for word in behind)


def _clause_follows(words: Sequence[Token], place: int) -> bool:
    following = [word.lower for word in words[place + 1 : place + 8]]
    if "that" in following[:7]:
        return True
    return bool(following) and (following[0] in {":", ","} or following[0] in lexicon.PRONOUNS)


def _agrees(words: Sequence[Token], place: int, kind: str) -> bool:
    """A base form needs a plural before it: "officials state", not "Iranian state television"."""
    previous = words[place - 1].lower if place else ""
    plural = previous.endswith("s") or previous in {
        "they",
        "people",
        "police",
        "who",
        "media",
        "we",
        "i",
        "you",
        "also",
    }
    return kind != "base" or plural


def _noun_here(words: Sequence[Token], place: int) -> bool:
    """After a determiner, an adjective in lower case or a possessive, a form like "claims" is a noun."""
    previous = words[place - 1] if place else None
    if previous is None:
        return True
    if previous.lower in lexicon.DETERMINERS | lexicon.PREPOSITIONS | {"and", "or", "'s", "’s", "new", "no"}:
        return True
    following = words[place + 1].lower if place + 1 < len(words) else "."
    return following in lexicon.PREPOSITIONS | lexicon.AUXILIARIES | {",", ".", ";", "and", "or"}


def _left(words: Sequence[Token], place: int) -> Piece | None:
    """The subject before the verb at `place`, with an apposition where it has one."""
    last = place - 1
    while last >= 0 and not words[last].quoted and _between_subject_and_verb(words, last):
        last -= 1
    if last < 0 or words[last].quoted:
        return None
    if words[last].text == ",":
        return _before_comma(words, last, place)
    if words[last].text == ")":
        opening = next((back for back in range(last, -1, -1) if words[back].text == "("), last)
        return _noun_phrase(words, opening - 1, place)
    return _noun_phrase(words, last, place)


def _between_subject_and_verb(words: Sequence[Token], place: int) -> bool:
    lower, previous = words[place].lower, words[place - 1].lower if place else ""
    if lower in lexicon.ADVERBS or lower in lexicon.DAYS or (lower.endswith("ly") and words[place].text[0].islower()):
        return True
    if previous in lexicon.DAYS and lower in lexicon.TIME_NOUNS:
        return True
    if lower in {"on"} and place + 1 < len(words) and words[place + 1].lower in lexicon.DAYS:
        return True
    timed = previous in {"this", "last", "next", "earlier", "later", "every"}
    return (lower in lexicon.TIME_NOUNS and timed) or (
        previous != ""
        and lower in {"this", "last", "earlier", "later"}
        and words[place + 1].lower in lexicon.TIME_NOUNS
    )


def _before_comma(words: Sequence[Token], comma: int, place: int) -> Piece | None:
    """ "X, the minister, said" and "a spokesman, X, said" are whole; "X, in Brussels on Monday, said" is X."""
    start = next((back for back in range(comma - 1, -1, -1) if words[back].text == "," or words[back].quoted), -1)
    inner = words[start + 1 : comma]
    if start < 0 or not inner or words[start].quoted:
        return None  # "At the same time, accused …": an opening phrase is no subject
    outer = _noun_phrase(words, start - 1, place)
    if outer is None:
        return None
    first = inner[0]
    if first.lower in lexicon.PREPOSITIONS | lexicon.RELATIVE or first.lower.endswith("ing"):
        return outer
    return outer[0], inner[-1].end


def _noun_phrase(words: Sequence[Token], last: int, place: int) -> Piece | None:
    """The words that end at `last`, back to what can't be part of a subject."""
    first = last
    while first > 0 and place - first < _REACH and not _ends_subject(words, first - 1):
        first -= 1
    while first <= last and (
        words[first].lower in {"and", "or", "nor", "so", "-", "–", "—"} or not _may_open(words[first])
    ):
        first += 1
    if first > last or words[last].lower in lexicon.RELATIVE | lexicon.BOUNDARIES | {"and", "or"} or words[last].quoted:
        return None
    if words[first].lower.endswith("ing") or words[first].lower in lexicon.PREPOSITIONS:
        # "Following the talks the minister said": the subject begins at the last determiner.
        first = next((at for at in range(last, first + 2, -1) if words[at].lower in {"the", "a", "an", "his"}), first)
    phrase = words[first : last + 1]
    if (
        phrase[0].lower in lexicon.PREPOSITIONS
        or not any(word.is_word for word in phrase)
        or all(word.text.isdigit() for word in phrase)
    ):
        return None
    return _span(words, first, last + 1)


def _may_open(token: Token) -> bool:
    return token.is_word and token.lower not in lexicon.ADVERBS


def _ends_subject(words: Sequence[Token], place: int) -> bool:
    token = words[place]
    if token.quoted or token.lower in lexicon.BOUNDARIES | lexicon.RELATIVE:
        return True
    if token.lower in {"and", "or"}:  # joins two names, or two clauses
        return not (place and words[place - 1].text[0].isupper() and words[place + 1].text[0].isupper())
    if token.text in {"'s", "’s", "-", "&", "/", "'", "’"}:
        return False
    if not token.is_word:
        return True
    form = lexicon.SPEECH_FORMS.get(token.lower)
    return form is not None and form[1] in {"past", "third"} and token.lower not in lexicon.NOUN_LIKE


def _right(words: Sequence[Token], first: int) -> Piece | None:
    """The noun phrase that begins at `first`, with an apposition that names a person."""
    place = first
    while place < len(words):
        token = words[place]
        stops = token.quoted or (not token.is_word and token.text not in {"'s", "’s", "-", "&", "'", "’"})
        if stops or (place > first and _ends_right(words, place)):
            break
        place += 1
    if place == first or words[first].lower in lexicon.PREPOSITIONS | lexicon.BOUNDARIES:
        return None
    if place + 1 < len(words) and words[place].text == "," and words[place + 1].text[0].isupper() and words[first].lower in (
        lexicon.DETERMINERS
    ):  # fmt: skip
        named = _right(words, place + 1)
        return (words[first].start, named[1]) if named else _span(words, first, place)
    return _span(words, first, place)


def _ends_right(words: Sequence[Token], place: int) -> bool:
    lower, previous = words[place].lower, words[place - 1]
    if previous.lower in lexicon.OFFICES and lower in {"to", "for", "in", "on"}:  # the ambassador to the United States
        return False
    if lower in {"the", "a", "an"} and previous.text[0].isupper():  # according to X the plan failed
        return True
    return lower in lexicon.AFTER_SUBJECT | lexicon.AUXILIARIES | lexicon.MODALS | lexicon.DAYS | lexicon.ADVERBS


def _before(words: Sequence[Token], place: int) -> str:
    """The word before, adverbs skipped."""
    back = place - 1
    while back >= 0 and (
        words[back].lower.endswith("ly") or words[back].lower in {"also", "still", "now", "not", "n't"}
    ):
        back -= 1
    return words[back].lower if back >= 0 else ""


def _at(words: Sequence[Token], place: int) -> str:
    return words[place].lower if 0 <= place < len(words) else ""


def _span(words: Sequence[Token], first: int, after: int) -> Piece:
    return words[first].start, words[after - 1].end
