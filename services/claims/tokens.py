"""Words and marks of a sentence, with their places in the article."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"(?:[A-Za-z]\.){2,}"  # U.S.
    r"|(?:Mr|Mrs|Ms|Dr|Gen|Col|Lt|Sgt|Maj|Capt|Adm|Sen|Rep|Gov|Prof|St|Sr|Jr|Rev|Hon|Pres|Brig|Cmdr|Spc|Pvt|Cpl)\."
    r"|\d+(?:[.,:]\d+)*%?"
    r"|[^\W\d_]+(?=n['’]t\b)|n['’]t\b"  # did + n't
    r"|['’]s\b"
    r"|\w+(?:[-‐‑]\w+)*"
    r"|[^\w\s]"
)


def _lower(word: str) -> str:
    return word.lower().replace("’", "'")


DASHES = frozenset("—–-―")
"""That open a turn of speech, or the reporter's words in a quotation."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark: `text[start:end]` of the article; `quoted` where it stands inside a quotation."""

    start: int
    end: int
    text: str
    lower: str
    quoted: bool

    @property
    def is_word(self) -> bool:
        """True for words and numbers, false for marks."""
        return self.text[0].isalnum()


def tokens(
    text: str,
    start: int,
    end: int,
    quotations: Sequence[tuple[int, int]],
    pattern: re.Pattern[str] = _TOKEN,
    fold: Callable[[str], str] = _lower,
) -> list[Token]:
    """Tokens of `text[start:end]`; `quotations` are the article's quoted stretches, in order and apart.

    Where a group of `pattern` matches, the token is that group: its mark of joining is dropped.
    """
    ends = [quotation[1] for quotation in quotations]
    found = []
    for match in pattern.finditer(text, start, end):
        place = bisect_left(ends, match.end())
        quoted = place < len(quotations) and quotations[place][0] <= match.start()
        group = match.lastindex or 0
        word = match.group(group)
        found.append(Token(match.start(group), match.end(), word, fold(word), quoted))
    return found
