"""When are two spellings one name? Folding, consonant skeletons, edit distance. Knows strings only."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

_APOSTROPHES = re.compile(r"['’‘ʼ`´.\u200b-\u200f\u2060\ufeff]+")
_POSSESSIVE = re.compile(r"['’]s\b|(?<=s)['’](?=\s|$)")
_OTHER = re.compile(r"[^0-9a-z]+")
_KEPT = re.compile(r"[\u0590-\u06ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_POINTS = re.compile(r"[\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\"“”״׳]")
_ALIKE = str.maketrans("أإآٱةىکی", "ااااهيكي")
_NO_LETTER = re.compile(r"[\W_]+")
_ARTICLE = re.compile(r"^the\s+")

# Letters that romanisations of one sound share. Spanish writes kh as j, German and Polish y as j: hence two skeletons.
_DIGRAPHS = (
    ("shch", "S"), ("sch", "S"), ("tch", "C"), ("tsch", "C"), ("kh", "h"), ("zh", "Z"), ("sh", "S"), ("ch", "C"),
    ("ph", "f"), ("th", "t"), ("gh", "g"), ("dj", "Z"), ("dzh", "Z"), ("cz", "C"), ("sz", "S"), ("rz", "Z"),
    ("ts", "c"), ("tz", "c"), ("ck", "k"), ("ks", "x"), ("ou", "u"),
)  # fmt: skip
_SINGLE = str.maketrans({"w": "v", "q": "k", "x": "k"})
_VOWELS = frozenset("aeiouy")
# A woman's form of a Slavic surname names another person than the man's.
_MALE = ("ov", "ev", "in", "yn", "sky", "ski", "skiy", "skyi", "skii")
_FEMALE = ("ova", "eva", "ina", "yna", "ska", "skaya", "skaia")


@lru_cache(maxsize=65536)
def fold(surface: str) -> str:
    """Lower-case ASCII words, no article, possessive, apostrophe or dot: 'The U.S.' is 'us', 'Zajárova' 'zajarova'.

    Arabic and Hebrew letters stay as they are, without points, and so do Chinese, Japanese and Korean ones: romanised,
    their words are too much alike.
    """
    if _KEPT.search(surface):
        bare = _POINTS.sub("", unicodedata.normalize("NFKC", surface)).translate(_ALIKE)
        return _NO_LETTER.sub(" ", _APOSTROPHES.sub("", bare)).strip().lower()
    plain = anyascii(_POSSESSIVE.sub("", surface)).lower()
    return _ARTICLE.sub("", _OTHER.sub(" ", _APOSTROPHES.sub("", plain)).strip())


def script(surface: str) -> str:
    """Of the first letter: the first word of its Unicode name, as LATIN, CYRILLIC, ARABIC, CJK; empty without letters."""
    letter = next((character for character in surface if character.isalpha()), None)
    return unicodedata.name(letter, "").split(" ", 1)[0].split("-", 1)[0] if letter else ""


@lru_cache(maxsize=65536)
def skeletons(word: str) -> frozenset[str]:
    """The consonants of a folded word with romanisation evened out, under each reading of j and c."""
    readings = {word.replace("j", "kh"), word.replace("j", "y"), word.replace("j", "zh")}
    return frozenset(_skeleton(reading) for reading in readings)


def _skeleton(word: str) -> str:
    for digraph, letter in _DIGRAPHS:
        word = word.replace(digraph, letter)
    word = word.translate(_SINGLE).replace("c", "k").replace("C", "c")
    letters = [letter for letter in word if letter not in _VOWELS]
    doubled = [letter for place, letter in enumerate(letters) if not place or letter != letters[place - 1]]
    head = word[:1] if word[:1] in _VOWELS else ""
    return head + "".join(doubled)


def distance(left: str, right: str) -> int:
    """Levenshtein's edit distance."""
    row = list(range(len(right) + 1))
    for number, letter in enumerate(left, 1):
        before, row[0] = row[0], number
        for place, other in enumerate(right, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != other))
    return row[-1]


def similar(left: str, right: str) -> bool:
    """May two folded words spell one name? Same skeleton, few letters apart, not man's and woman's form."""
    if left == right:
        return True
    if min(len(left), len(right)) < 4 or _gendered(left, right):
        return False
    near = distance(left, right) <= max(1, max(len(left), len(right)) // 3)
    return near and bool(skeletons(left) & skeletons(right))


def _gendered(left: str, right: str) -> bool:
    return (left.endswith(_MALE) and right.endswith(_FEMALE)) or (left.endswith(_FEMALE) and right.endswith(_MALE))


def initials(name: str) -> str:
    """The capitals of a name's words: 'Islamic Revolutionary Guard Corps' is 'IRGC'."""
    return "".join(word[0] for word in re.findall(r"[^\W\d_]+", name) if word[0].isupper())
