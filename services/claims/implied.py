"""Accusations without a verb of blame: ill intent or a culpable omission laid on a named actor by someone else.

"The vote proves the contempt of X for …", "X has not made any attempt to …": grammar, because such sentences are rare
in the training material.
"""

from __future__ import annotations

from collections.abc import Sequence

from schemas.claims import Actor
from services.claims import lexicon
from services.claims.accusation import Piece
from services.claims.actors import of_mention, same
from services.claims.passage import ACTORS, Passage, SentenceView
from services.claims.tokens import Token

# Nouns for what is held against the actor that follows with "of".
_INTENT = lexicon.words(
    "interest intention intentions intent desire unwillingness complicity hypocrisy aggression guilt contempt",
    "cynicism indifference involvement aggressiveness ambitions duplicity bias impunity weakness incompetence",
    "failure",
)
_SHOWING = frozenset(
    f"{verb}{ending}" for verb in ("show", "demonstrate", "prove", "confirm", "reveal", "expose", "betray", "reflect")
    for ending in ("", "s", "d", "ed")
)  # fmt: skip
# What the actor "has not made" or "has not shown".
_OWED = lexicon.words(
    "attempt attempts effort efforts step steps intention willingness desire interest remorse respect",
)
_KNOWINGLY = frozenset(
    ["deliberately", "knowingly", "cynically", "brazenly", "systematically", "intentionally", "purposely"]
)
_DEEDS = lexicon.words(
    "attacked killed bombed shelled violated sabotaged destroyed targeted misled lied undermined blocked",
)
_REACH = 9


def accused(passage: Passage, sentence: SentenceView, speaker: Actor | None) -> Actor | None:
    """Whom a quoted or reported sentence accuses without a verb of blame; None where it does not."""
    for mention in sentence.mentions:
        if mention.type not in ACTORS:
            continue
        actor = of_mention(passage, mention)
        if speaker is None or same(actor, speaker):
            continue
        before = [word for word in sentence.words if word.end <= mention.span.start]
        after = [word for word in sentence.words if word.start >= mention.span.end][:_REACH]
        if _intent(before) or _omission(after) or _knowing(after):
            return actor
    return None


def cues(sentence: SentenceView) -> list[Piece]:
    """The words that show such an accusation, for the explanation."""
    marks = _INTENT | _OWED | _KNOWINGLY
    return [(word.start, word.end) for word in sentence.words if word.lower in marks]


def _intent(before: Sequence[Token]) -> bool:
    """… shows the interest of (the) X."""
    words = [word.lower for word in before]
    while words and words[-1] in lexicon.DETERMINERS:
        words.pop()
    return len(words) >= 3 and words[-1] == "of" and words[-2] in _INTENT and bool(_SHOWING & set(words[-8:-2]))


def _omission(after: Sequence[Token]) -> bool:
    """X has not made a single attempt; X has done nothing; X refuses to."""
    words = [word.lower for word in after]
    if not words:
        return False
    if words[0] in {"has", "have", "had", "did", "does", "do"}:
        absolute = {"single", "any", "slightest", "least"} & set(words)
        nothing = words[1:3] == ["done", "nothing"]
        return nothing or (words[1:2] in (["not"], ["n't"]) and bool(absolute) and bool(_OWED & set(words)))
    return False


def _knowing(after: Sequence[Token]) -> bool:
    """X deliberately attacked …"""
    words = [word.lower for word in after[:4]]
    return bool(_KNOWINGLY & set(words)) and bool(_DEEDS & set(words))
