"""The script that a text is written in."""

from __future__ import annotations

import unicodedata
from collections import Counter

# First word of a letter's Unicode name -> ISO 15924 code.
_ISO_15924 = {
    "ARABIC": "Arab", "ARMENIAN": "Armn", "BENGALI": "Beng", "BOPOMOFO": "Bopo", "CANADIAN": "Cans", "CHEROKEE": "Cher",
    "CJK": "Hani", "COPTIC": "Copt", "CYRILLIC": "Cyrl", "DEVANAGARI": "Deva", "ETHIOPIC": "Ethi", "GEORGIAN": "Geor",
    "GREEK": "Grek", "GUJARATI": "Gujr", "GURMUKHI": "Guru", "HANGUL": "Hang", "HEBREW": "Hebr", "HIRAGANA": "Hira",
    "KANNADA": "Knda", "KATAKANA": "Kana", "KHMER": "Khmr", "LAO": "Laoo", "LATIN": "Latn", "MALAYALAM": "Mlym",
    "MONGOLIAN": "Mong", "MYANMAR": "Mymr", "ORIYA": "Orya", "SINHALA": "Sinh", "SYRIAC": "Syrc", "TAMIL": "Taml",
    "TELUGU": "Telu", "THAANA": "Thaa", "THAI": "Thai", "TIBETAN": "Tibt",
}  # fmt: skip


def script(text: str) -> str | None:
    """ISO 15924 code of the script of most letters; `Jpan` and `Kore` for their mixtures; None without letters."""
    counts: Counter[str] = Counter()
    for character, times in Counter(text).items():
        if character.isalpha():
            name = unicodedata.name(character, "").partition(" ")[0]
            counts[_ISO_15924.get(name, "Zyyy")] += times
    if not counts:
        return None
    if counts["Hira"] + counts["Kana"] > 0.1 * counts["Hani"] and counts["Hira"] + counts["Kana"] > counts["Latn"] / 4:
        return "Jpan"
    first = counts.most_common(1)[0][0]
    return "Kore" if first == "Hang" else first
