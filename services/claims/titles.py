"""What stands between quotation marks and quotes nobody: names («Коммерсантъ»), and the reporter's words in a quotation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.claims.cues import Marks
from services.claims.tokens import DASHES, Token

_LONGEST = 5  # words
_SPEECH = ("say", "report", "deny", "doubt", "accuse")
_BEFORE = (*_SPEECH, "according", "group", "office", "of")
_AFTER = (*_SPEECH, "auxiliary", "be", "postposed")
_ENDS = frozenset(",.!?…")
_NAME_MARKS = frozenset("«»„“”\"‚‘’'`—–-&.")


def unquoted_names(words: Sequence[Token], marks: Marks) -> tuple[Token, ...]:
    """The words with names in quotation marks taken for words of the sentence; their marks are then of kind `title`."""
    found = list(words)
    for first, after in _quoted_runs(words):
        inner = [word for word in words[first:after] if word.is_word]
        named = 0 < len(inner) <= _LONGEST and inner[0].text[0].isupper() and after < len(words) + (first > 0)
        if not named or any(not word.is_word and word.text not in _NAME_MARKS for word in words[first:after]):
            continue
        beside = (
            marks.has(first - 1, *_BEFORE) or marks.has(first - 2, *_SPEECH, "according") or marks.has(after, *_AFTER)
        )
        if words[after - 2].text in ".!?…" or not beside:
            continue
        for place in range(first, after):
            found[place] = replace(words[place], quoted=False)
            if not words[place].is_word:
                marks.at[place] |= {"title"}
    return tuple(found)


def _quoted_runs(words: Sequence[Token]) -> list[tuple[int, int]]:
    """Stretches of quoted words that a mark opens and another closes."""
    runs, first = [], -1
    for place, word in enumerate(words):
        if word.quoted and first < 0:
            first = place
        ends = first >= 0 and (place + 1 == len(words) or not words[place + 1].quoted)
        if ends:
            marked = not words[first].is_word and not words[place].is_word and place > first
            if marked:
                runs.append((first, place + 1))
            first = -1
    return runs


def unquoted_asides(words: Sequence[Token], marks: Marks) -> tuple[Token, ...]:
    """The words with the reporter's own taken out of the quotation: «…, — сказал он. — …», « …, dit-il, … »."""
    found = list(words)
    place = 1
    while place + 1 < len(words):
        after = _aside(words, marks, place) if words[place].quoted else place
        for at in range(place, after):
            found[at] = replace(words[at], quoted=False)
        place = max(after, place + 1)
    return tuple(found)


def _aside(words: Sequence[Token], marks: Marks, place: int) -> int:
    """Where the aside ends that opens with the mark at `place`; `place` itself where none does."""
    dash = words[place].text in DASHES and words[place - 1].text in _ENDS and marks.has(place + 1, *_SPEECH)
    clitic = words[place].text == "," and _clitic(words, marks, place + 1)
    if not dash and not clitic:
        return place
    for at in range(place + 2, len(words)):
        if not words[at].quoted:
            return at
        closes = words[at].text in DASHES and words[at - 1].text in _ENDS if dash else words[at].text == ","
        if closes or (at + 1 == len(words) and words[at].text in _ENDS):
            return at + 1
    return place if clitic else len(words)


def _clitic(words: Sequence[Token], marks: Marks, place: int) -> bool:
    """ "dit-il", "a-t-il ajouté": a verb and a pronoun after it, joined by a hyphen."""
    if not (marks.has(place + 1, "pronoun") and words[place].end < words[place + 1].start <= words[place].end + 3):
        return False
    return marks.has(place, "say", "report") or (
        marks.has(place, "auxiliary") and marks.has(place + 2, "say", "report")
    )
