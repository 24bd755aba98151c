"""Words before a person's name that are no part of it. Honorifics that work as names (King, Pope) are left out."""

from __future__ import annotations

_words = str.split

COURTESY = frozenset(_words("mr mrs ms miss dr prof professor madam madame sir dame rev reverend hon"))

OFFICE = frozenset(
    _words(
        """
    president vice prime minister premier chancellor secretary senator sen congressman congresswoman rep
    representative governor gov mayor ambassador envoy consul commissioner chairman chairwoman chair chief
    director speaker spokesman spokeswoman spokesperson judge justice prosecutor attorney lawyer leader deputy
    former acting interim ex-president foreign defense defence interior finance health justice state press
    general gen colonel col lieutenant lt major maj captain capt admiral adm sergeant sgt brigadier commander
    marshal commodore petty officer staff analyst author correspondent journalist activist economist coach
    candidate lawmaker incumbent counterpart sheriff detective superintendent inspector constable trooper
    bishop archbishop cardinal imam ayatollah rabbi pastor
    """
    )
)

TITLES = COURTESY | OFFICE


def title_length(words: list[str]) -> int:
    """How many leading words are titles; all of them when nothing but titles is there."""
    for count, word in enumerate(words):
        if word.lower().rstrip(".,") not in TITLES:
            return count
    return len(words)
