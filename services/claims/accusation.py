"""Who is accused: the object of a verb of blame, the subject of a passive one, or whom the model takes for the target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from schemas.claims import Actor
from schemas.entities import EntityType, Mention
from services.claims import lexicon
from services.claims.actors import is_pronoun, of_mention, resolve, same
from services.claims.classifier import Reading
from services.claims.passage import ACTORS, Passage, SentenceView
from services.claims.tokens import Token

Piece = tuple[int, int]

_SURE = 0.5
_LONGEST_PHRASE = 12
# What ends the name of the accused after a verb of blame: "NATO | of being", "the rebels | for".
_ENDS = frozenset(
    "of for over on after as in with by to during when while who which that because at from about amid since before until "
    "and or but against into through saying".split()
)
_JOINED = frozenset({"'s", "’s", "-", "&", "'", "’"})
# "blamed the attack on NATO": these objects are deeds, the actor follows.
_BLAMED_ON = frozenset({"on", "upon"})


def verbs(sentence: SentenceView) -> Iterator[tuple[int, Token]]:
    """Forms of accuse, blame, condemn … in the sentence, quoted ones included, with their places."""
    for place, word in enumerate(sentence.words):
        if word.lower in lexicon.ACCUSING_FORMS and not _is_noun(sentence.words, place):
            yield place, word


def target(passage: Passage, sentence: SentenceView, reading: Reading | None, speaker: Actor | None) -> Actor | None:
    """The accused actor of a sentence that accuses; None where none is sure. Never the speaker himself."""
    for piece in [*_by_grammar(sentence), *_by_model(reading)]:
        if is_pronoun(passage, piece) or not _names(passage, piece):
            continue
        actor = resolve(passage, sentence, piece)
        if actor is not None and not same(actor, speaker):
            return actor
    return _by_subject(passage, sentence, speaker)


def _by_grammar(sentence: SentenceView) -> Iterator[Piece]:
    words = sentence.words
    for place, word in verbs(sentence):
        base, kind = lexicon.ACCUSING_FORMS[word.lower]
        if word.lower in lexicon.ACCUSED and _passive(words, place):
            piece = _before(words, place)
        elif kind in {"past", "participle"} and place + 1 < len(words) and words[place + 1].lower in {"of", "by", "for"}:
            piece = _before(words, place)  # "militants accused of planning"
        else:
            piece = _blamed_on(words, place) if base == "blame" else None
            piece = piece or _after(words, place + 1)
        if piece is not None:
            yield piece
    for place, word in enumerate(words):
        if word.lower in lexicon.ACCUSATION_NOUNS and place + 1 < len(words) and words[place + 1].lower == "against":
            piece = _after(words, place + 2)
        elif word.lower == "responsible" and place and words[place - 1].lower in lexicon.BE | {"held", "directly", "fully"}:
            piece = _before(words, place)
        else:
            continue
        if piece is not None:
            yield piece


def _by_model(reading: Reading | None) -> Iterator[Piece]:
    spans = sorted(reading.targets, key=lambda span: -span.score) if reading else []
    yield from ((span.start, span.end) for span in spans if span.score >= _SURE)


def _by_subject(passage: Passage, sentence: SentenceView, speaker: Actor | None) -> Actor | None:
    """The first actor named as a subject in the accusing words: of the quotation, where there is one."""
    marked = any(word.quoted for word in sentence.words)
    for mention in sentence.mentions:
        inside = [word for word in sentence.words if word.start >= mention.span.start and word.end <= mention.span.end]
        if mention.type not in ACTORS or not inside or (marked and not inside[0].quoted) or _in_frame(sentence, mention):
            continue
        actor = of_mention(passage, mention)
        if same(actor, speaker) or not _subject_like(passage, sentence, mention):
            continue
        return actor
    return None


def _subject_like(passage: Passage, sentence: SentenceView, mention: Mention) -> bool:
    """Not behind a preposition or possessive, and followed by a verb: "X has not made", "X continues to"."""
    before = [word for word in sentence.words if word.end <= mention.span.start]
    after = [word for word in sentence.words if word.start >= mention.span.end][:1]
    lead = [word.lower for word in before[-3:] if word.lower not in lexicon.DETERMINERS]
    if lead and (lead[-1] in lexicon.PREPOSITIONS or lead[-1] in _JOINED):
        return False
    if not after or not after[0].is_word:
        return False
    follows = after[0].lower
    known = follows in lexicon.AUXILIARIES | lexicon.MODALS - {"to"} or follows in {"not", "n't", "also"}
    verbal = follows.endswith(("ed", "es")) or (follows.endswith("s") and mention.type is not EntityType.PERSON)
    return known or (verbal and after[0].text[0].islower())


def _in_frame(sentence: SentenceView, mention: Mention) -> bool:
    return any(f.subject and f.subject[0] <= mention.span.start and mention.span.end <= f.subject[1] for f in sentence.frames)


def _is_noun(words: Sequence[Token], place: int) -> bool:
    lower = words[place].lower
    previous = words[place - 1].lower if place else ""
    if lower in {"charge", "charges", "blame", "fault", "faults", "sanction", "sanctions", "convict", "convicts"}:
        return previous not in lexicon.MODALS and not (previous and words[place - 1].text[0].isupper())
    return previous in lexicon.DETERMINERS


def _passive(words: Sequence[Token], place: int) -> bool:
    for back in range(place - 1, max(-1, place - 4), -1):
        if words[back].lower in lexicon.BE | {"stand", "stands"}:
            return True
        if words[back].lower not in lexicon.ADVERBS and not words[back].lower.endswith("ly"):
            return False
    return False


def _after(words: Sequence[Token], first: int) -> Piece | None:
    place = first
    while place < len(words) and place - first < _LONGEST_PHRASE:
        word = words[place]
        if (not word.is_word and word.text not in _JOINED and word.text not in "“\"") or (place > first and word.lower in _ENDS):
            break
        place += 1
    if place == first or words[first].lower in lexicon.PREPOSITIONS | {"that"}:
        return None
    return words[first].start, words[place - 1].end


def _blamed_on(words: Sequence[Token], place: int) -> Piece | None:
    for ahead in range(place + 1, min(place + 14, len(words) - 1)):
        if words[ahead].lower in _BLAMED_ON and words[ahead + 1].lower not in lexicon.DAYS:
            return _after(words, ahead + 1)
        if words[ahead].lower in {"for", "of", ",", ";"}:
            return None
    return None


def _before(words: Sequence[Token], place: int) -> Piece | None:
    """The subject of a passive, or the noun that a participle follows."""
    last = place - 1
    while last >= 0 and (words[last].lower in lexicon.ADVERBS | lexicon.BE or words[last].lower.endswith("ly")):
        last -= 1
    if last >= 0 and words[last].text == ",":  # "X, a former leader, is accused of", "X, accused of"
        commas = [back for back in range(last) if words[back].text == ","]
        last = commas[-1] - 1 if commas and last - commas[-1] > 1 else last - 1
    if last >= 0 and words[last].lower in lexicon.RELATIVE:
        last -= 1
        last -= last >= 0 and words[last].text == ","
    first = last
    while first > 0 and last - first < _LONGEST_PHRASE and (words[first - 1].is_word or words[first - 1].text in _JOINED):
        if words[first - 1].lower in _ENDS | lexicon.BE | lexicon.MODALS:
            break
        first -= 1
    return (words[first].start, words[last].end) if first <= last and last >= 0 else None


def _names(passage: Passage, piece: Piece) -> bool:
    """True where the words name someone: a capital, or a group in more words than a pronoun."""
    words = passage.text[piece[0] : piece[1]].split()
    return any(word[:1].isupper() for word in words) or len(words) >= 2
