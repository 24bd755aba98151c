"""Whether two statements are the same claim. Precision before recall: what differs in one fact is another claim."""

from __future__ import annotations

from datetime import timedelta

from services.matching.statement import Statement

COVERED = 0.9  # share of the poorer statement's terms that the richer one must have
ALIKE = 0.8  # weighted Jaccard of all terms and numbers
LEAST_WEIGHT = 2.0  # of terms and numbers, for a statement to be comparable at all
LEAST_WITHOUT_ANCHOR = 4.0  # where nothing but common words says what it is about
NUMBER = 1.5
NEARBY = timedelta(hours=36)  # `on Tuesday` in two articles is the same Tuesday

_OPPOSITE = frozenset({("from", "to"), ("to", "from")})


def similarity(first: Statement, second: Statement) -> float:
    """0 where they are not the same claim, else how alike their words are: (0, 1]."""
    if first.kind != second.kind or not _same_days(first, second) or not _same_people(first, second):
        return 0.0
    if not first.worded:  # the kind holds the whole sentence
        return 1.0
    shared = sum(min(weight, second.terms[term]) for term, weight in first.terms.items() if term in second.terms)
    poorer = min(_weight(first, second), _weight(second, first))
    if poorer == 0 or shared < COVERED * poorer:
        return 0.0
    numbers = NUMBER * len(first.numbers)
    alike = (shared + numbers) / (_weight(first, second) + _weight(second, first) - shared + numbers)
    anchored = first.anchored or (first.speaker is not None and first.speaker == second.speaker)
    if shared + numbers < (LEAST_WEIGHT if anchored else LEAST_WITHOUT_ANCHOR):
        return 0.0
    return alike if alike >= ALIKE else 0.0


def _weight(statement: Statement, other: Statement) -> float:
    """Of its terms; one that is a name only here, as at the start of the other sentence, counts as it does there."""
    return sum(min(weight, other.terms.get(term, weight)) for term, weight in statement.terms.items())


def _same_days(first: Statement, second: Statement) -> bool:
    if not (_agree(first.dates, second.dates) and _agree(first.days, second.days)):
        return False
    if not (first.deictic or second.deictic) or first.published_at is None or second.published_at is None:
        return True
    return abs(first.published_at - second.published_at) <= NEARBY


def _agree(some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether each of the fewer has its like among the others; where one names none there is nothing to compare."""
    fewer, more = sorted((some, others), key=len)
    return all(any(_within(one, other) for other in more) for one in fewer)


def _within(first: str, second: str) -> bool:
    """`2024-03` and `2024-03-17` do not contradict each other."""
    return first.startswith(second) or second.startswith(first)


def _same_people(first: Statement, second: Statement) -> bool:
    if (first.bound or second.bound) and (first.speaker is None or first.speaker != second.speaker):
        return False
    if (first.accusation or second.accusation) and first.speaker != second.speaker:
        return False
    if first.target and second.target and first.target != second.target:
        return False
    if _lacks(first, second) and _lacks(second, first):
        return False
    return _same_roles(first, second)


def _lacks(one: Statement, other: Statement) -> bool:
    return any(name not in other.terms for name in one.names)


def _same_roles(first: Statement, second: Statement) -> bool:
    """Nobody who acts in the one is acted upon in the other."""
    shared = [term for term in first.roles if term in second.roles]
    pairs = {term: (first.roles[term], second.roles[term]) for term in shared}
    if _OPPOSITE & set(pairs.values()):
        return False
    for role in ("by", "to", "from"):
        here = [term for term in shared if pairs[term][0] == role and pairs[term][1] in ("", "of")]
        there = [term for term in shared if pairs[term][1] == role and pairs[term][0] in ("", "of")]
        if here and there:
            return False
    names = {*first.names, *second.names}  # a name at the start of a sentence shows only in the other
    subject, other = _subject(first, names), _subject(second, names)
    if subject is None or other is None or subject == other or not {subject, other} <= set(shared):
        return True
    return "by" in (second.roles[subject], first.roles[other])


def _subject(statement: Statement, names: set[str]) -> str | None:
    return next((term for term, role in statement.roles.items() if term in names and not role), None)
