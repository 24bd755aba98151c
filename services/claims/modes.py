"""How a sentence is put into the text: quoted, reported, or the author's own."""

from __future__ import annotations

from schemas.claims import AttributionMode
from services.claims.classifier import Reading
from services.claims.frames import Frame
from services.claims.passage import Passage, SentenceView

# A share of quoted letters from which a sentence is a quotation, with and without words of saying.
MOSTLY, PARTLY = 0.55, 0.3
SURE = 0.5
# A clear cue of saying makes indirect speech unless the model is surer than this of the opposite: English, other languages.
_STRONG_FRAME = 0.25, 0.15
_CLOSING = ("»", "”", "“", '"')  # marks that a quotation from before leaves in a sentence


class Modes:
    """The modes of one article's sentences."""

    def __init__(self, passage: Passage) -> None:
        self._passage = passage

    def mode(self, sentence: SentenceView, reading: Reading | None, frame: Frame | None) -> AttributionMode:
        """The mode by the marks of quotation, the frame of saying and the model, in that order."""
        marked = bool(sentence.quotations)
        if marked and frame is None and sentence.quoted >= 0.9:
            return AttributionMode.DIRECT
        if marked and sentence.quoted >= (PARTLY if self._whole(sentence, frame) else MOSTLY):
            guess = reading.mode[AttributionMode.AUTHOR] if reading else 0.0
            return AttributionMode.DIRECT if frame is not None or guess < SURE else AttributionMode.AUTHOR
        if reading is None:
            return AttributionMode.INDIRECT if frame and frame.strong and not frame.hidden else AttributionMode.AUTHOR
        best = max(reading.mode, key=lambda mode: reading.mode[mode])
        cued = self._passage.lexis.cues is not None
        if frame is None or (cued and not frame.strong):
            stray = cued and any(mark in self._passage.text[sentence.start : sentence.end] for mark in _CLOSING)
            quotes = best is AttributionMode.DIRECT and not marked and not stray
            return AttributionMode.AUTHOR if frame is None and quotes else best
        if frame.hidden:
            return best
        if best is AttributionMode.DIRECT and sentence.quoted < PARTLY:
            quotes = cued and (self._ends_quotation(sentence, frame) or self._whole(sentence, frame))
            return best if quotes else AttributionMode.INDIRECT
        if cued and (frame.apart or (frame.base == "accord" and self._of_actor(sentence, frame))):
            return best if best is AttributionMode.DIRECT else AttributionMode.INDIRECT
        if frame.strong and best is not AttributionMode.INDIRECT and best is not AttributionMode.DIRECT:
            return AttributionMode.INDIRECT if 1 - reading.mode[best] >= _STRONG_FRAME[cued] else best
        return best

    def _of_actor(self, sentence: SentenceView, frame: Frame) -> bool:
        """ "According to" somebody: not to a law, which tells what it says, nor to age or rank."""
        assert frame.subject is not None and sentence.marks is not None
        lexis, marks = self._passage.lexis, sentence.marks
        inside = [at for at, word in enumerate(sentence.words) if frame.subject[0] <= word.start < frame.subject[1]]
        if lexis.cues is None or not lexis.cues.cased or any(marks.has(at, "rule") for at in inside):
            return False
        if lexis.cues.nouns:
            return True
        named = any(sentence.words[at].text[0].isupper() for at in inside)
        return named or any(marks.has(at, "office", "group", "pronoun") for at in inside)

    def _ends_quotation(self, sentence: SentenceView, frame: Frame) -> bool:
        """ "… ", said X": the mark that closes a quotation from before, with none that opens it here."""
        before = self._passage.text[sentence.start : frame.cue[0]].rstrip(" ,—–-")
        return before.endswith(_CLOSING)

    def _whole(self, sentence: SentenceView, frame: Frame | None) -> bool:
        """True where a quotation is a statement of its own, not a phrase within the reporter's sentence."""
        if frame is None:
            return False
        text = self._passage.text
        for quotation in sentence.quotations:
            inner = text[quotation.start : quotation.end].strip("“”\"„«»'‘’` ")
            before = text[sentence.start : quotation.start].rstrip()
            if len(inner.split()) >= 4 and (inner[-1:] in ",.!?…" or not before or before[-1] in ":,"):
                return True
        return False
