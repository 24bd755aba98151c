"""Who is accused: the object of a verb of blame, the subject of a passive one, or whom the model takes for the target."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from schemas.claims import Actor
from services.claims import lexicon
from services.claims.actors import is_pronoun, resolve, same, words_of
from services.claims.classifier import RoleSpan
from services.claims.passage import ACTORS, Passage, SentenceView
from services.claims.tokens import Token

Piece = tuple[int, int]

_SURE = 0.5
_NOT_NAMED = (
    lexicon.PRONOUNS
    | lexicon.FIRST_PERSON
    | frozenset({"this", "that", "these", "those", "there", "what", "who", "if"})
)
_LONGEST_PHRASE = 12
_SHORTEST_CLAUSE = 4
# What ends the name of the accused after a verb of blame: "NATO | of being", "the rebels | for".
_ENDS = lexicon.words(
    "of for over on after as in with by to during when while who which that because at from about amid since",
    "before until and or but against into through saying",
)
_POINTING = frozenset({"the", "this", "that", "these", "those", "its", "their", "his", "her", "both"})
_JOINED = frozenset({"'s", "’s", "-", "&", "'", "’"})
# "blamed the attack on NATO": these objects are deeds, the actor follows.
_BLAMED_ON = frozenset({"on", "upon"})
_APPOSED = re.compile(r",\s+(?:the\s+)?")
_CLAIMING = frozenset({"claim", "claims", "claimed", "claiming"})


def verbs(sentence: SentenceView) -> Iterator[tuple[int, Token]]:
    """Forms of accuse, blame, condemn … in the sentence, quoted ones included, with their places."""
    for place, word in enumerate(sentence.words):
        if word.lower in lexicon.ACCUSING_FORMS and not _is_noun(sentence.words, place):
            yield place, word


def cues(sentence: SentenceView) -> Iterator[Piece]:
    """Where the verbs of blame stand, for the explanation."""
    yield from ((word.start, word.end) for _, word in verbs(sentence))


def target(
    passage: Passage,
    sentence: SentenceView,
    speaker: Actor | None,
    named: Sequence[RoleSpan] = (),
    before: Actor | None = None,
) -> Actor | None:
    """The accused actor of a sentence that accuses; None where none is sure. Never the speaker himself, unless he claims
    responsibility for a deed.

    `named`: where the model sees the accused named, in the sentence or before it. `before` is who was accused just
    before: whom "they" or "it" in the accusation means.
    """
    claimant = _claims_responsibility(sentence.words)
    if claimant is not None and _names(passage, claimant):
        return resolve(passage, sentence, claimant)
    sure = [(span.start, span.end) for span in sorted(named, key=lambda span: -span.score) if span.score >= _SURE]
    # In the sentence the first: who does harm stands before those who suffer it.
    own = [_whole(passage, sentence, piece) for piece in sorted(sure) if piece[0] >= sentence.start]
    found, pronoun = None, False
    for piece in [*own, *(piece for piece in _by_grammar(passage, sentence) if _names(passage, piece))]:
        if is_pronoun(passage, piece):
            pronoun = True  # whom it stands for is named before: no other words of this sentence
            break
        if _reciprocal(passage, piece) or _several_sentences(passage, piece) or not _says_who(passage, piece):
            continue
        actor = resolve(passage, sentence, piece)
        if actor is not None and not same(actor, speaker):
            found = actor
            break
    if found is None and not pronoun and not _opens_with_pronoun(sentence):
        found = _by_clause(passage, sentence, speaker)
    if found is None or _describes(passage, found):
        earlier = _earlier(passage, sentence, [piece for piece in sure if piece[0] < sentence.start], speaker)
        if earlier is not None:
            return earlier.model_copy(update={"span": found.span if found else None})
    if found is None and before is not None and _opens_with_pronoun(sentence) and not same(before, speaker):
        return before.model_copy(update={"span": None})
    return found


def _says_who(passage: Passage, piece: Piece) -> bool:
    return any(word not in lexicon.DETERMINERS | lexicon.PREPOSITIONS for word in words_of(passage, piece))


def _whole(passage: Passage, sentence: SentenceView, piece: Piece) -> Piece:
    """The piece to the ends of the names that it is a part of: "Org" is the Sea Org."""
    cut = [m.span for m in sentence.mentions if m.span.start < piece[1] and piece[0] < m.span.end]
    return min([piece[0], *(span.start for span in cut)]), max([piece[1], *(span.end for span in cut)])


def _describes(passage: Passage, actor: Actor) -> bool:
    """A description that stands for a name said before: "the regime", "their leaders"; not "militants", nor a name."""
    if actor.entity is not None or actor.span is None or actor.name != actor.name.lower():
        return False
    words = passage.text[max(0, actor.span.start - 6) : actor.span.end].lower().split()
    first = len(words) - len(actor.span.exact.split())
    return any(word in _POINTING for word in words[: first + 1])


def _earlier(passage: Passage, sentence: SentenceView, pieces: Sequence[Piece], speaker: Actor | None) -> Actor | None:
    """The first of the pieces, before the sentence, that names an entity."""
    for piece in pieces:
        where = next((view for view in passage.sentences if view.start <= piece[0] < view.end), sentence)
        actor = resolve(passage, where, _whole(passage, where, piece))
        if actor is not None and actor.entity is not None and not same(actor, speaker):
            return actor
    return None


def _opens_with_pronoun(sentence: SentenceView) -> bool:
    marked = any(word.quoted for word in sentence.words)
    said = [word for word in sentence.words if word.is_word and (word.quoted or not marked)]
    return any(word.lower in {"they", "it", "he", "she", "these", "this", "their", "its"} for word in said[:3])


def _named_beside(passage: Passage, sentence: SentenceView, piece: Piece) -> Piece:
    """The name after a description: "the main rebel group, the Orange Front"."""
    actors = [mention.span for mention in sentence.mentions if mention.type in ACTORS]
    if not any(piece[0] <= span.start and span.end <= piece[1] for span in actors):
        for span in actors:
            if piece[1] < span.start and _APPOSED.fullmatch(passage.text[piece[1] : span.start]):
                return span.start, span.end
    return piece


def _by_grammar(passage: Passage, sentence: SentenceView) -> Iterator[Piece]:
    words = sentence.words
    for place, word in verbs(sentence):
        piece = _by_verb(sentence, place, word)
        if piece is not None:
            yield _named_beside(passage, sentence, piece)
    for place, word in enumerate(words):
        if word.lower in lexicon.ACCUSATION_NOUNS and place + 1 < len(words) and words[place + 1].lower == "against":
            piece = _after(words, place + 2)
        elif (
            word.lower == "responsible"
            and place
            and words[place - 1].lower in lexicon.BE | {"held", "directly", "fully"}
        ):
            piece = _before(words, place)
        else:
            continue
        if piece is not None:
            yield piece


def _by_verb(sentence: SentenceView, place: int, verb: Token) -> Piece | None:
    """Whom a verb of blame blames: "blames the attack on them", or its subject where it is passive, or its object."""
    words = sentence.words
    base, kind = lexicon.ACCUSING_FORMS[verb.lower]
    piece = _blamed_on(words, place) if base == "blame" else None
    if piece is not None:
        return piece
    if verb.lower in lexicon.ACCUSED and _passive(words, place):
        return _before(words, place)
    if kind in {"past", "participle"} and place + 1 < len(words) and words[place + 1].lower in {"of", "by", "for"}:
        return _before(words, place)  # "militants accused of planning"
    return _doer(sentence, place) if base in lexicon.CONDEMNING else _after(words, place + 1)


def _claims_responsibility(words: Sequence[Token]) -> Piece | None:
    """Who "claimed responsibility"; not who is said to, nor "no group"."""
    for place in range(1, len(words) - 1):
        if words[place].lower in _CLAIMING and words[place + 1].lower == "responsibility":
            piece = _before(words, place)
            denied = piece is not None and any(
                word.lower in {"no", "nobody", "none"} for word in words if piece[0] <= word.start < piece[1]
            )
            return None if denied else piece
    return None


def _doer(sentence: SentenceView, place: int) -> Piece | None:
    """Whom "condemns …" is about: deeds are condemned more often than actors, so the doer must be named with them."""
    words, piece = sentence.words, _after(sentence.words, place + 1)
    if piece is None:
        return None
    for mention in sentence.mentions:
        if mention.type in ACTORS and piece[0] <= mention.span.start and mention.span.end <= piece[1]:
            rest = [word.text for word in words if mention.span.end <= word.start and word.end <= piece[1]]
            if not rest or rest[0] in {"'s", "’s"}:
                return mention.span.start, mention.span.end
    by = next((at for at in range(place + 1, min(place + 14, len(words))) if words[at].lower == "by"), None)
    return _after(words, by + 1) if by is not None else None


def _by_clause(passage: Passage, sentence: SentenceView, speaker: Actor | None) -> Actor | None:
    """The doer of the deed: subject of the accusing clause, the agent of a passive, or who was arrested or convicted."""
    words = _clause(sentence)
    verb = next((place for place, word in enumerate(words) if place and _is_verb(words, place)), None)
    if verb is None or words[0].lower in _NOT_NAMED:
        return None
    participle = _passive_participle(words, verb)
    if participle is not None and words[participle].lower not in lexicon.ARRESTED:
        agent = next((at for at in range(participle + 1, len(words)) if words[at].lower == "by"), None)
        piece = _after(words, agent + 1) if agent is not None else None
    elif participle is None and words[verb].lower in lexicon.ARRESTED:
        piece = _after(words, verb + 1)
    else:
        piece = (words[0].start, words[verb - 1].end)
    if piece is None or is_pronoun(passage, piece) or _several_sentences(passage, piece):
        return None
    if not (_names(passage, piece) and _says_who(passage, piece)):
        return None
    actor = resolve(passage, sentence, piece)
    return None if actor is None or same(actor, speaker) else actor


def _clause(sentence: SentenceView) -> list[Token]:
    """The words of the accusation itself: the quotation's, what follows "says that", or all; opening phrases dropped."""
    quoted = [word for word in sentence.words if word.quoted and word.is_word | (word.text == ",")]
    words = quoted if len(quoted) >= _SHORTEST_CLAUSE else list(sentence.words)
    if words is not quoted:
        cue = next((frame.cue for frame in sentence.frames if frame.strong and frame.subject), None)
        after = [word for word in words if cue and word.start >= cue[1]]
        words = after if len(after) >= _SHORTEST_CLAUSE else words
    if words and words[0].lower in lexicon.PREPOSITIONS | lexicon.BOUNDARIES - {"that"}:
        comma = next((place for place, word in enumerate(words) if word.text == ","), None)
        words = words[comma + 1 :] if comma is not None else []
    while words and (words[0].lower in {"that", "and", "but", "so"} | lexicon.DAYS or not words[0].is_word):
        words = words[1:]
    return words


def _is_verb(words: Sequence[Token], place: int) -> bool:
    word = words[place]
    if word.lower in lexicon.AUXILIARIES | (lexicon.MODALS - {"to"}) | lexicon.ARRESTED:
        return True
    past = word.lower.endswith("ed") and word.text[0].islower() and words[place - 1].lower not in lexicon.DETERMINERS
    return past or word.lower in lexicon.DEEDS


def _passive_participle(words: Sequence[Token], verb: int) -> int | None:
    if words[verb].lower not in lexicon.AUXILIARIES:
        return None
    being = False
    for place in range(verb, min(verb + 5, len(words))):
        lower = words[place].lower
        being |= lower in lexicon.BE
        if lower not in lexicon.AUXILIARIES | lexicon.ADVERBS and not lower.endswith("ly"):
            passive = being and (lower.endswith(("ed", "en")) or lower in lexicon.ARRESTED)
            return place if passive else None
    return None


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
        if (not word.is_word and word.text not in _JOINED and word.text not in '“"') or (
            place > first and word.lower in _ENDS
        ):
            break
        place += 1
    if place == first or words[first].lower in lexicon.PREPOSITIONS | {"that"}:
        return None
    return words[first].start, words[place - 1].end


def _blamed_on(words: Sequence[Token], place: int) -> Piece | None:
    for ahead in range(place + 1, min(place + 14, len(words) - 1)):
        if words[ahead].lower in _BLAMED_ON and words[ahead + 1].lower not in lexicon.DAYS:
            return _after(words, ahead + 1)
        if words[ahead].lower in {"for", ",", ";"}:
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
    while (
        first > 0 and last - first < _LONGEST_PHRASE and (words[first - 1].is_word or words[first - 1].text in _JOINED)
    ):
        if words[first - 1].lower in _ENDS | lexicon.BE | lexicon.MODALS:
            break
        first -= 1
    return (words[first].start, words[last].end) if first <= last and last >= 0 else None


def _reciprocal(passage: Passage, piece: Piece) -> bool:
    return passage.text[piece[0] : piece[1]].lower() in {"each other", "one another", "others"}


def _several_sentences(passage: Passage, piece: Piece) -> bool:
    """The words run over a full stop, or end in "we": a quotation of two sentences, whose subject they are not."""
    words = words_of(passage, piece)
    text = passage.text[piece[0] : piece[1]]
    return bool(words) and (words[-1] in lexicon.FIRST_PERSON or re.search(r"[a-z]{3}[.!?]\s+\w", text) is not None)


def _names(passage: Passage, piece: Piece) -> bool:
    """True where the words name someone: a capital, or a group in more words than a pronoun."""
    words = passage.text[piece[0] : piece[1]].split()
    return any(word[:1].isupper() for word in words) or len(words) >= 2
