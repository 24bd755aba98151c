"""Does a capital or a country stand for its government here? English."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_words = str.split

TABLE = Path(__file__).parent / "data" / "actors.tsv"

# Buildings and streets that newsrooms use for a government: folded name to the country's alpha-2 code.
METONYMS = {
    "kremlin": "RU", "white house": "US", "pentagon": "US", "capitol hill": "US", "downing street": "GB",
    "10 downing street": "GB", "whitehall": "GB", "elysee": "FR", "elysee palace": "FR", "bankova": "UA",
    "blue house": "KR", "quai dorsay": "FR",
}  # fmt: skip

# What governments do: speak, decide, press, fight, pay. Stems, with the endings that English adds.
_VERBS = _words(
    """
    say said tell told state announce declare warn accuse blame deny denie claim argue insist stress reiterate
    vow pledge promise threaten urge call demand ask request condemn denounce criticise criticize welcome
    praise reject refuse dismiss confirm acknowledge admit concede agree disagree accept approve oppose
    support back endorse propose offer suggest signal impose lift ban sanction expel recall summon sign ratify
    withdraw pull suspend halt stop resume send sent supply supplie deliver provide give gave deploy attack
    invade strike struck bomb launch fire retaliate respond react negotiate mediate broker meet met seek
    sought want hope expect fear believe think thought consider plan intend decide choose chose try tried trie
    attempt aim pursue push put press pressure force lead led allow permit let prevent block veto vote
    recognise recognize annex occupy occupie seize control fund finance arm train help aid buy bought sell
    sold spend spent violate breach break broke abandon escalate continue keep kept remain succeed fail win
    won lose lost face need use act make made take took show showed see saw view regard treat
    """
)
_BETWEEN = _words(
    """
    also now again already recently repeatedly today still never not has have had is was will would could can may might
    must should does did do later long then openly publicly reportedly formally simply even only itself been being
    """
)
_ADVERB = rf"(?:(?:{'|'.join(_BETWEEN)})\s+)"
_STEM = rf"(?:{'|'.join(sorted(set(_VERBS), key=len, reverse=True))})"
# A form in -ing acts only after an auxiliary: "Moscow is meeting", not "the Moscow meeting".
_ACTS = re.compile(
    rf"(?:\s*,[^,.;]{{1,60}},)?\s+(?:and\s+[A-Z][\w.]+\s+)?"
    rf"(?:{_ADVERB}*{_STEM}(?:s|es|d|ed|ped|ned)?|{_ADVERB}+{_STEM}(?:p|t|n)?ing)\b(?!\s+place\b)"
)
_PARTNER = re.compile(
    r"""\b(?:loyal(?:ty)?\sto|subservient\sto|hostile\sto|answer(?:able)?\sto|appeal(?:ed|s)?\sto|message\sto|demands?\s(?:of|on)
    |pressure\s(?:on|from|by)|(?:ties|relations|talks|negotiations|dialogue|agreement|deal|alliance|contacts|cooperation|war)\swith
    |relations\sbetween|talks\sbetween|war\sbetween|tensions?\sbetween|(?:blam|accus|criticis|criticiz|condemn|denounc|urg|warn|defi|press)(?:e|es|ed|ing)
    |call(?:s|ed|ing)?\s(?:on|upon)|told|angered|allied\swith|(?:backed|supported|dictated|imposed|ordered|approved|sponsored|controlled|led)\sby
    |sanctions\s(?:on|against)|orders\sfrom|on\sbehalf\sof|blamed\son|according\sto)\s+(?:both\s+|the\s+)?(?:[A-Z][\w.]+\s+and\s+)?\Z""",
    re.VERBOSE | re.IGNORECASE,
)
_LOCATED = re.compile(
    r"\b(?:in|at|near|outside|around|from|toward|towards|into|across|through|visit(?:ed|s|ing)?|reached|leaving|left|to"
    r"|(?:city|capital|town|suburbs?|outskirts|streets|west|east|north|south|residents|people|mayor|capital\scity)\s+of)"
    r"\s+(?:the\s+|downtown\s+|central\s+)?\Z",
    re.IGNORECASE,
)
_OWNS = re.compile(
    r"""['’]s?\s+(?:[\w-]+\s+){0,2}?(?:polic(?:y|ies)|decisions?|demands?|position|stance|response|reaction|sanctions|government|allies|ally
    |leaders?|leadership|interests?|accusations?|claims?|warnings?|threats?|plans?|proposals?|efforts?|aggression|invasion|role|support|troops
    |forces|military|army|ambassador|envoy|refusal|intentions?|ambitions?|actions?|diplomats?|wallet)\b""",
    re.VERBOSE,
)
_RULERS = re.compile(r"\s+(?:regime|government|authorities|administration|leadership|officials?|junta|cabinet)\b")


@cache
def _other_languages() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    """By language, what before a name makes it a place, and what after it makes it an actor."""
    table = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        language, prepositions, between, verbs = (column.replace(" ", "|") for column in line.split("\t"))
        located = re.compile(rf"\b(?:{prepositions})(?:\s+\w{{1,3}})?\s+\Z", re.IGNORECASE)
        table[language] = located, re.compile(rf"\s+(?:(?:{between})\s+){{0,2}}(?:{verbs})\b")
    return table


def acts(text: str, start: int, end: int, language: str = "en") -> bool:
    """Whether `text[start:end]`, a capital's or a country's name, acts, speaks or is addressed as a government.

    False in languages that data/actors.tsv has no verbs of.
    """
    if language != "en":
        located, verbs = _other_languages().get(language, (None, None))
        if located is None or verbs is None:
            return False
        return not located.search(text, max(0, start - 20), start) and bool(verbs.match(text, end))
    before = text[max(0, start - 60) : start]
    if _PARTNER.search(before):
        return True
    if _LOCATED.search(before):
        return False
    return bool(_ACTS.match(text, end) or _OWNS.match(text, end))


def names_rulers(text: str, end: int) -> bool:
    """Whether what follows makes it the rulers of the place: 'the Kyiv government'."""
    return bool(_RULERS.match(text, end))
