"""What a name may be without its ending of case, by language: "rossii" may be "rossiya". Only a table can tell which is one.

Words are folded (services.entities.names.fold). Nothing here says that a form exists: who looks up the forms believes
those alone that a table of names has, and only where they agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import product

_words = str.split

SHORTEST_STEM = 3
MOST_FORMS = 48  # of a name of several words

# Ending, and what the nominative may have in its place ("-": nothing).
_EAST_SLAVIC = """
    ii=iya iyu=iya iey=iya iyeyu=iya iieyu=iia,iya yi=iya,ya iyi=iya ei=eya eyu=eya eey=eya
    a=-,o u=-,a e=-,a,y,ya i=-,a,ya,y om=- em=-,y oy=a,aya y=a,- oyu=a,aya eyu=ya ieyu=ya ya=-,y yu=ya,-,y ey=ya,- yam=y
    ogo=iy,yy,oe,oy omu=iy,yy,oe,oy ym=iy,yy im=iy,yy uyu=aya oi=a ovi=- evi=- iv=y ov=y,i ax=y akh=y am=y ami=y
    oho=yi,yy,iy omu=yi,yy ti=t oji=a
"""
_WEST_SLAVIC = """
    ii=ia,ie iu=ia,ie ie=ia,a,- ia=ie,ia ji=ja je=ja,- ja=ja,- jo=ja jou=ja y=a,- i=a,-,ie e=a,-,o a=-,o u=-,o,a em=-,o
    iem=- owi=- ovi=- ech=y,o ach=y om=-,y ami=y,a ou=a o=a cji=cja ce=ka,k ze=ga dze=ga sce=ska,sko sku=sko,ska
    skiego=ski skiemu=ski skim=ski ske=sko skem=sko ska=sko ego=y,i emu=y,i ym=y im=i ej=a
"""
_SOUTH_SLAVIC = """
    ije=ija iji=ija iju=ija ijom=ija ijo=ija a=-,o u=-,a,o e=-,a i=-,a,ija om=-,a,o em=- oj=a,ska skoj=ska sku=ska
    ske=ska skom=ska o=a og=i,ki oga=i ome=i im=i ega=i emu=i
"""
_FINNIC_CASES = """
    n ssa sta an en in on un yn lla lta lle ksi na ta a seen
    s st le l lt ga ks ni sse t de
"""
_HUNGARIAN_CASES = """
    ban ben bol rol tol nak nek val vel hoz hez ra re ba be on en nal nel ert ot et at t ig kent i
"""
_TURKIC_CASES = """
    nin nun in un de da te ta den dan ten tan ye ya e a yi yu i u la le yla yle nde nda nden ndan ne na
"""
_BALTIC = """
    os=a oje=a ai=a,- as=a,as aus=us ui=as,us o=as u=as,us,a e=as,a,e es=e eje=e ei=e us=us,a is=is a=s,is,a am=s ams=as
    iuje=ius yje=is,ys eje=e ija=ija ijas=ija iju=ija ijai=ija ijos=ija ijoje=ija
"""
_ROMANIAN = "ei=a,ea iei=ia ului=-,ul ul=- elor=e lui=- i=e"
_GENITIVE_S = "s=-"

_RULES = {
    "ru uk be": _EAST_SLAVIC, "pl cs sk": _WEST_SLAVIC, "hr sr bs sl mk": _SOUTH_SLAVIC, "lt lv": _BALTIC,
    "ro": _ROMANIAN, "de sv da nb nn nl el": _GENITIVE_S,
}  # fmt: skip
_CASES = {"fi et": _FINNIC_CASES, "hu": _HUNGARIAN_CASES, "tr az kk": _TURKIC_CASES}
# "and", "in", "to", "from" stick to the word.
_PREFIXES = {"ar": "وبلفك", "he": "בלמוהשכ"}
_SEPARATED = re.compile(r"(?<=\w)['’:‘ʼ](?P<case>[^\W\d_]{1,7})\Z")
_SEPARATING = frozenset(_words("tr az kk fi sv hu et"))


def _rules() -> dict[str, dict[str, tuple[str, ...]]]:
    table: dict[str, dict[str, tuple[str, ...]]] = {}
    for languages, text in _RULES.items():
        rules: dict[str, tuple[str, ...]] = {}
        for rule in text.split():
            ending, _, instead = rule.partition("=")
            rules[ending] = rules.get(ending, ()) + tuple(each.strip("-") for each in instead.split(","))
        table |= dict.fromkeys(languages.split(), rules)
    for languages, text in _CASES.items():
        table |= dict.fromkeys(languages.split(), dict.fromkeys(text.split(), ("",)))
    return table


RULES = _rules()


def bare(surface: str, language: str) -> str:
    """The name before an apostrophe or colon that sets an ending apart: "Rusya'nın" is "Rusya", "EU:n" is "EU"."""
    match = _SEPARATED.search(surface) if language in _SEPARATING else None
    return surface[: match.start()] if match and match.group("case").islower() else surface


@lru_cache(maxsize=16384)
def nominatives(name: str, language: str) -> tuple[str, ...]:
    """What a folded name may be in the nominative, itself left out; nothing for languages whose names do not change."""
    if language in _PREFIXES:
        return tuple(_without_prefix(name, _PREFIXES[language]))
    rules = RULES.get(language)
    words = name.split()
    if not rules or not words or len(words) > 4:
        return ()
    forms = [(word, *_forms(word, rules)) for word in words]
    count = 1
    for each in forms:
        count *= len(each)
    if count > MOST_FORMS:
        forms = [each[: max(2, MOST_FORMS // (4 * len(words)))] for each in forms]
    found = dict.fromkeys(" ".join(each) for each in product(*forms))
    return tuple(each for each in found if each != name)


def prefix_length(surface: str, language: str, is_name: Callable[[str], bool]) -> int:
    """How many letters before a name are "and", "to", "by": "وموسكو" is "and Moscow" where the rest, and it alone, is a name."""
    first = surface.split(maxsplit=1)[0]
    lengths = (len(first) - len(form) for form in _without_prefix(first, _PREFIXES.get(language, "")))
    return next((length for length in lengths if length and is_name(surface[length:])), 0)


def _without_prefix(name: str, prefixes: str) -> Iterator[str]:
    if len(name) > SHORTEST_STEM and name[0] in prefixes:
        yield name[1:]
        if name.startswith("لل"):  # "to the"
            yield f"ال{name[2:]}"
        if name[1] in prefixes and len(name) > SHORTEST_STEM + 1:
            yield name[2:]


def _forms(word: str, rules: dict[str, tuple[str, ...]]) -> Iterator[str]:
    for cut in range(min(6, len(word) - SHORTEST_STEM), 0, -1):
        for instead in rules.get(word[-cut:], ()):
            yield word[:-cut] + instead
