"""What the tagger, which sees one sentence at a time, misses, mended by the table of names and by the whole article."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from services.entities.demonyms import demonyms
from services.entities.endings import prefix_length
from services.entities.gazetteer import HYPHENED, Gazetteer, Match, is_english_word
from services.entities.names import fold
from services.entities.recognise import Name
from services.entities.titles import title_length

_words = str.split

TYPE_OF_KIND = {
    "country": "place", "capital": "place", "region": "place", "city": "place", "body": "organisation",
    "firm": "organisation", "event": "event", "person": "person",
}  # fmt: skip

# Probabilities given to what no model scored: set so that they agree with the share right on held-out news.
TABLE_CONFIDENCE = 0.8
REPEAT_FACTOR = 0.9
SURE = 0.65

_NEXT_CAPITAL = re.compile(r"[ \u00a0\-–]['’]?([A-Z][\w’'\u0300-\u036f-]*)")
_LAST_WORD = re.compile(r"(\w[\w.’'-]*)[ \u00a0\-–]\Z")
_GIVEN_TAIL = re.compile(r"-([a-z]{2,6})\b(?!-)")
_SHORTEST_REPEAT = 4
_AND = re.compile(r",? and |, | ?/ ?| & ")
_COURTESY = re.compile(r"\b(?:Mr|Mrs|Ms|Dr)\.?[ \u00a0]\Z")
_SIGNS = ("$", "€", "£", "¥")
_CURRENCY = re.compile(r"\s?[$€£¥](?=\s?\d)")
# A place or its adjective and its forces, office, house of parliament, school or newspaper, which are one name.
_BRANCH = re.compile(
    r"""(?<=[ ])(?:(?:Royal[ ])?(?:Coast[ ]Guard|Navy|Army|Air[ ]Force|Marine[ ]Corps|National[ ]Guard|Armed[ ]Forces)
    |State[ ]Department|Treasury[ ]Department|Justice[ ]Department|Department[ ]of[ ](?:the[ ])?[A-Z]\w+(?:[ ]and[ ][A-Z]\w+)?
    |(?:Foreign|Defen[cs]e|Interior|Finance|Health|Justice|Energy|Economy|Education|Culture)[ ]Ministry
    |Ministry[ ]of[ ](?:the[ ])?[A-Z]\w+(?:[ ]and[ ][A-Z]\w+)?
    |Security[ ]Council|Supreme[ ]Court|Central[ ]Bank|National[ ]Bank|Federal[ ]Reserve|Senate|Congress
    |House[ ]of[ ]Representatives|Parliament
    |(?:State[ ])?University|Institute[ ]of[ ][A-Z]\w+|(?:Orthodox|Catholic|Lutheran)[ ]Church|Stock[ ]Exchange
    |(?:City|County)[ ]Council|(?:Police|Fire)[ ]Department|Herald|Times|Post|Gazette|Tribune|Chronicle)\b""",
    re.VERBOSE,
)
# Capitalised words that may stand before a name and be no part of it.
_NO_PART_OF_NAMES = frozenset(
    _words(
        """
    the a an this that these those in on at of to for from by with and or but as if when while while after
    before since until over under against between among both he she they we it his her their our its there
    here what why how who where not no yes also even only then now new today yesterday monday tuesday
    wednesday thursday friday saturday sunday
    """
    )
)
_HEAD = re.compile(
    r"\b(?:University|College|Institute|Municipality|Bank|Archdiocese|Diocese|Patriarchate|Parliament|Church|Museum) of (?:the )?\Z"
)


def complete(
    text: str, sentences: Sequence[tuple[int, int]], names: Sequence[Name], gazetteer: Gazetteer
) -> list[Name]:
    """`names` with those of the table added, one type a spelling, and repeats found; in text order."""
    found = [
        kept for name in names if (kept := _without_symbols(text, name)) and not is_money(text, kept.start, kept.end)
    ]
    found = [part for name in found for part in _parted(text, name, gazetteer)]
    found = [
        replace(name, type="person") if _COURTESY.search(text, max(0, name.start - 5), name.start) else name
        for name in found
    ]
    if gazetteer.language == "en":
        found = _with_table(text, sentences, _with_surnames(text, sentences, found), gazetteer)
        found = _with_branches(text, sentences, found, gazetteer)
    else:
        found = _with_table(text, sentences, _unprefixed(text, found, gazetteer), gazetteer)
    found = _one_type(text, found, gazetteer)
    return _with_repeats(text, sentences, found)


def _without_symbols(text: str, name: Name) -> Name | None:
    """No name begins or ends with emoji, spaces or invisible characters; nothing where nothing else is there."""
    start, end = name.start, name.end
    while start < end and unicodedata.category(text[end - 1])[0] in "SZC":
        end -= 1
    while start < end and unicodedata.category(text[start])[0] in "SZC":
        start += 1
    return replace(name, start=start, end=end) if start < end else None


def _unprefixed(text: str, names: Sequence[Name], gazetteer: Gazetteer) -> list[Name]:
    """Names without the "and", "to", "by" that Arabic writes together with them."""
    heads = {text[name.start : name.end].split(maxsplit=1)[0] for name in names}

    def is_name(surface: str) -> bool:
        return surface.split(maxsplit=1)[0] in heads or gazetteer.find(surface) is not None

    return [
        replace(name, start=name.start + prefix_length(text[name.start : name.end], gazetteer.language, is_name))
        for name in names
    ]


def _parted(text: str, name: Name, gazetteer: Gazetteer) -> list[Name]:
    """ "GM and Chrysler" in one are two where the table has both, and not the whole."""
    joint = _AND.search(text, name.start, name.end)
    if joint is None or gazetteer.find(text[name.start : name.end]):
        return [name]
    if not gazetteer.find(text[name.start : joint.start()]) or not gazetteer.find(text[joint.end() : name.end]):
        return [name]
    return [replace(name, end=joint.start()), replace(name, start=joint.end())]


def is_money(text: str, start: int, end: int) -> bool:
    """The "US" of "US$14 billion" names a currency, and no country; so does "US$" itself."""
    return bool(_CURRENCY.match(text, end)) or text[start:end].endswith(_SIGNS)


def _with_branches(
    text: str, sentences: Sequence[tuple[int, int]], names: Sequence[Name], gazetteer: Gazetteer
) -> list[Name]:
    """What holds a place's name may be a body: "US" to "US State Department", "Sheffield" to "University of Sheffield"."""
    whole: list[Name] = []
    for start, end in _branches(text, names, gazetteer):
        number = bisect_right(sentences, (start, len(text))) - 1
        inside = [name for name in names if name.start < end and start < name.end]
        if number < 0 or end > sentences[number][1] or any(name.start < start or name.end > end for name in inside):
            continue
        if any(other.start < end and start < other.end for other in whole):
            continue
        sure = max((name.confidence for name in inside), default=TABLE_CONFIDENCE)
        whole.append(Name(start, end, "organisation", number, sure))
    free = [name for name in names if not any(other.start < name.end and name.start < other.end for other in whole)]
    return sorted([*free, *whole], key=lambda name: name.start)


def _branches(text: str, names: Sequence[Name], gazetteer: Gazetteer) -> Iterator[tuple[int, int]]:
    places = {name.end: name.start for name in names if name.type == "place"}
    for match in _BRANCH.finditer(text):
        before = _LAST_WORD.search(text, max(0, match.start() - 40), match.start())
        start = places.get(match.start() - 1)
        if start is None and before and before.group(1)[0].isupper():
            entry = gazetteer.find(before.group(1))
            if before.group(1).lower() in demonyms() or (entry and TYPE_OF_KIND[entry.kind] == "place"):
                start = before.start(1)
        if start is not None:
            yield start, match.end()
    for start, end in ((name.start, name.end) for name in names if name.type in ("place", "organisation")):
        head = _HEAD.search(text, max(0, start - 40), start)
        before = _LAST_WORD.search(text, max(0, head.start() - 40), head.start()) if head else None
        if head and (before is None or before.group(1)[0].islower() or before.group(1) == "The"):
            yield head.start(), end


def _with_surnames(text: str, sentences: Sequence[tuple[int, int]], names: Sequence[Name]) -> list[Name]:
    """A person of one word goes on through the capitalised word right after it: "Rodaba" to "Rodaba Noori".

    And any person through the hyphened rest of a given name: "Kim Jong" to "Kim Jong-un".
    """
    starts = {name.start for name in names}
    whole = []
    for name in names:
        tail = _GIVEN_TAIL.match(text, name.end) if name.type == "person" else None
        if tail and tail.group(1) not in HYPHENED:
            name = replace(name, end=tail.end())
        after = _NEXT_CAPITAL.match(text, name.end)
        single = name.type == "person" and not re.search(r"\s", text[name.start : name.end])
        if (
            single
            and after
            and not any(name.end <= start < after.end() for start in starts)
            and after.end() <= sentences[name.sentence][1]
        ):
            word = after.group(1).removesuffix("'s").removesuffix("’s").rstrip("'’-_")
            if word.lower() not in _NO_PART_OF_NAMES and word.lower() not in demonyms() and not title_length([word]):
                name = replace(name, end=after.start(1) + len(word))
        whole.append(name)
    return whole


def _with_table(
    text: str, sentences: Sequence[tuple[int, int]], names: Sequence[Name], gazetteer: Gazetteer
) -> list[Name]:
    kept = list(names)
    for number, (start, end) in enumerate(sentences):
        for match in gazetteer.scan(text, start, end):
            overlapping = [name for name in kept if name.start < match.end and match.start < name.end]
            several = " " in text[match.start : match.end]
            covered = all(match.start <= name.start and name.end <= match.end for name in overlapping)
            same = any((name.start, name.end) == (match.start, match.end) for name in overlapping)
            if same or not covered or (overlapping and not several) or is_money(text, match.start, match.end):
                continue
            if not overlapping and not several and not _stands_alone(text, match):
                continue
            kept = [name for name in kept if name not in overlapping]
            kind = TYPE_OF_KIND[match.entry.kind]
            kept.append(Name(match.start, match.end, kind, number, TABLE_CONFIDENCE))
    return sorted(kept, key=lambda name: name.start)


def _stands_alone(text: str, match: Match) -> bool:
    """Not an everyday word, nor a part of a longer name, like the "Paris" of "Paris Hilton"."""
    return not is_english_word(text[match.start : match.end]) and _free(text, match.start, match.end)


def _free(text: str, start: int, end: int) -> bool:
    after = _NEXT_CAPITAL.match(text, end)
    if after and not title_length([after.group(1)]):
        return False
    before = _LAST_WORD.search(text, max(0, start - 40), start)
    if before is None or not before.group(1)[0].isupper():
        return True
    word = before.group(1)
    return word.lower() in _NO_PART_OF_NAMES or bool(title_length([word]))


def _one_type(text: str, names: Sequence[Name], gazetteer: Gazetteer) -> list[Name]:
    votes: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for name in names:
        votes[fold(text[name.start : name.end])][name.type] += name.confidence
    for spelling, types in votes.items():
        entry = gazetteer.find(spelling) or gazetteer.find(spelling.upper())
        if entry and entry.kind in ("country", "capital", "body") and "person" not in types:
            types[TYPE_OF_KIND[entry.kind]] += 1.0
    winners = {spelling: max(sorted(types), key=lambda kind: types[kind]) for spelling, types in votes.items()}
    return [replace(name, type=winners[fold(text[name.start : name.end])]) for name in names]


def _with_repeats(text: str, sentences: Sequence[tuple[int, int]], names: Sequence[Name]) -> list[Name]:
    """A name found surely once is found wherever it stands, and so is the surname of a full name."""
    known = _repeatable(text, names)
    if not known:
        return list(names)
    alternatives = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    pattern = re.compile(rf"(?<!\w)(?:{alternatives})(?![\w\u0300-\u036f])")
    starts = [start for start, _ in sentences]
    taken = [(name.start, name.end) for name in names]
    added = []
    for match in pattern.finditer(text):
        start, end = match.span()
        number = bisect_right(starts, start) - 1
        inside = number >= 0 and end <= sentences[number][1]
        if inside and not _overlaps(taken, start, end) and _free(text, start, end):
            kind, confidence = known[match.group()]
            added.append(Name(start, end, kind, number, REPEAT_FACTOR * confidence))
    return sorted([*names, *added], key=lambda name: name.start)


def _repeatable(text: str, names: Iterable[Name]) -> dict[str, tuple[str, float]]:
    known: dict[str, tuple[str, float]] = {}
    for name in names:
        surface = text[name.start : name.end]
        if name.confidence < SURE or name.type not in ("person", "organisation", "place"):
            continue
        spellings = [surface]
        if name.type == "person" and len(surface.split()) > 1:
            spellings.append(surface.split()[-1])
        for spelling in spellings:
            usual = spelling[:1].isupper() and len(spelling) >= _SHORTEST_REPEAT
            if usual and not re.search(rf"(?<!\w){re.escape(spelling.lower())}(?!\w)", text):
                known[spelling] = max(known.get(spelling, (name.type, 0.0)), (name.type, name.confidence))
    return known


def _overlaps(taken: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    place = bisect_right(taken, (start, end))
    return any(s < end and start < e for s, e in taken[max(0, place - 1) : place + 1])
