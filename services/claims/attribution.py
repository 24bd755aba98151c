"""Whose claim each sentence is: quotation grammar, cues and the model's reading, carried through the article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.claims import Actor, Attribution, AttributionMode, Stance
from schemas.entities import EntityType
from schemas.span import Span
from services.claims.actors import is_pronoun, of_mention, office, resolve, words_of
from services.claims.classifier import Reading
from services.claims.cues import fold
from services.claims.frames import Frame
from services.claims.passage import ACTORS, Passage, SentenceView

Piece = tuple[int, int]

# A share of quoted letters from which a sentence is a quotation, with and without words of saying.
_MOSTLY, _PARTLY = 0.55, 0.3
_STRONG_FRAME = 0.25  # a clear cue of saying makes indirect speech unless the model is surer than this of the opposite
_SURE = 0.5
_OPENING = re.compile(r"\W*(?:at|in|on|during|after|before|over|within|since|with)\s+(?:the\s+)?", re.IGNORECASE)
_LEAD_WORDS = 8  # between a verb of saying and its colon: "said in a statement on Monday:"


@dataclass(slots=True)
class _Said:
    """A sentence's attribution while the article is being read."""

    mode: AttributionMode
    frame: Frame | None = None
    subject: Piece | None = None
    speaker: Actor | None = None
    opens: bool = False


def attribute(passage: Passage, readings: Sequence[Reading | None]) -> list[Attribution]:
    """An attribution for every sentence, in order."""
    return _Reader(passage, readings).attributions()


class _Reader:
    """One pass through an article. `running` is who spoke last, `focus` whom a pronoun would mean."""

    def __init__(self, passage: Passage, readings: Sequence[Reading | None]) -> None:
        self._passage = passage
        self._readings = readings
        self._said: list[_Said] = []
        self._by_chain: dict[int, Actor] = {}
        self._offices: list[tuple[set[str], Actor]] = []
        self._heard: list[Actor] = []
        self._running: Actor | None = None
        self._focus: Actor | None = None
        self._block: Actor | None = None
        self._block_quoted: bool | None = None

    def attributions(self) -> list[Attribution]:
        for sentence, reading in zip(self._passage.sentences, self._readings, strict=True):
            said = self._sentence(sentence, reading)
            self._said.append(said)
            self._remember(sentence, said)
        self._look_back()
        return [self._attribution(said, reading) for said, reading in zip(self._said, self._readings, strict=True)]

    def _sentence(self, sentence: SentenceView, reading: Reading | None) -> _Said:
        self._note_offices(sentence)
        frame, subject = self._frame(sentence, reading)
        signed = self._signed(sentence) if frame is None else None
        mode = AttributionMode.DIRECT if signed else self._mode(sentence, reading, frame)
        subject = signed or subject
        if self._in_block(sentence, frame, subject):
            return _Said(AttributionMode.DIRECT, speaker=self._block)
        said = _Said(mode, frame, subject)
        if self._opens_block(sentence, frame):
            said.mode = mode = mode if self._ends(sentence, ":") else AttributionMode.DIRECT
            said.opens = True
        if mode in {AttributionMode.AUTHOR, AttributionMode.UNKNOWN}:
            return said
        said.speaker = self._speaker(sentence, reading, frame, subject, mode)
        return said

    # --- mode -------------------------------------------------------------------------------------------------------

    def _mode(self, sentence: SentenceView, reading: Reading | None, frame: Frame | None) -> AttributionMode:
        marked = bool(sentence.quotations)
        if marked and frame is None and sentence.quoted >= 0.9:
            return AttributionMode.DIRECT
        if marked and sentence.quoted >= (_PARTLY if self._whole(sentence, frame) else _MOSTLY):
            guess = reading.mode[AttributionMode.AUTHOR] if reading else 0.0
            return AttributionMode.DIRECT if frame is not None or guess < _SURE else AttributionMode.AUTHOR
        if reading is None:
            return AttributionMode.INDIRECT if frame and frame.strong and not frame.hidden else AttributionMode.AUTHOR
        best = max(reading.mode, key=lambda mode: reading.mode[mode])
        if frame is None:
            quotes = best is AttributionMode.DIRECT and not marked
            return AttributionMode.AUTHOR if quotes else best
        if frame.hidden:
            return best
        if best is AttributionMode.DIRECT and sentence.quoted < _PARTLY:
            return AttributionMode.INDIRECT
        if frame.strong and best is not AttributionMode.INDIRECT and best is not AttributionMode.DIRECT:
            return AttributionMode.INDIRECT if 1 - reading.mode[best] >= _STRONG_FRAME else best
        return best

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

    # --- who --------------------------------------------------------------------------------------------------------

    def _frame(self, sentence: SentenceView, reading: Reading | None) -> tuple[Frame | None, Piece | None]:
        """The frame that says whose sentence it is, with its subject's words (the model's where they differ)."""
        candidates = [frame for frame in sentence.frames if not frame.first_person]
        tagged = [(span.start, span.end) for span in reading.speakers if span.score >= _SURE] if reading else []
        tagged = [
            piece for piece in tagged if not self._quoted(sentence, piece) and not self._adverbial(sentence, piece)
        ]
        first = next((frame for frame in candidates if not frame.hidden), None)
        if first is not None and first.clause and first.strong and first.subject is not None:
            return first, first.subject
        for frame in candidates:
            matching = next((piece for piece in tagged if frame.subject and _overlap(frame.subject, piece)), None)
            if matching is not None and frame.subject is not None:
                return frame, self._closer(frame.subject, matching)
        open_frames = [frame for frame in candidates if not frame.hidden]
        named = [frame for frame in open_frames if frame.subject is not None and frame.strong]
        chosen = next(iter(named or open_frames or candidates), None)
        if tagged and (chosen is None or chosen.subject is None or not chosen.strong or self._foreign(chosen, tagged)):
            return chosen, tagged[0]
        return chosen, chosen.subject if chosen else None

    def _closer(self, grammar: Piece, model: Piece) -> Piece:
        """The model's words where they end the grammar's longer ones: "Following the talks the minister said"."""
        text = self._passage.text
        ends = grammar[0] < model[0] and abs(grammar[1] - model[1]) <= 1
        return model if ends and any(word[:1].isupper() for word in text[model[0] : model[1]].split()) else grammar

    def _foreign(self, frame: Frame, tagged: Sequence[Piece]) -> bool:
        """The grammar's subject has no capital and the model's has: an apposition or a clause between the two."""
        assert frame.subject is not None
        own = self._passage.text[frame.subject[0] : frame.subject[1]]
        other = self._passage.text[tagged[0][0] : tagged[0][1]]
        return own.islower() and not other.islower() and own.lower() not in self._passage.lexis.pronouns

    def _signed(self, sentence: SentenceView) -> Piece | None:
        """The name under a quotation: "“…” — Ana Petrescu"."""
        words = [word for word in sentence.words if not word.quoted]
        dash = bool(words) and words[0].text in {"-", "–", "—", "~"} and sentence.quoted >= _MOSTLY
        if not dash or not 2 <= len(words) <= 7 or any(word.is_word and not word.text[0].isupper() for word in words):
            return None
        return (words[1].start, words[-1].end) if sentence.words[0].quoted else None

    def _adverbial(self, sentence: SentenceView, piece: Piece) -> bool:
        """Words of an opening phrase that says when or where, not who: "At the same time, accused …"."""
        text = self._passage.text
        return text[piece[0] : piece[1]].islower() and bool(_OPENING.fullmatch(text[sentence.start : piece[0]]))

    def _quoted(self, sentence: SentenceView, piece: Piece) -> bool:
        return any(quotation.start <= piece[0] and piece[1] <= quotation.end for quotation in sentence.quotations)

    def _speaker(
        self,
        sentence: SentenceView,
        reading: Reading | None,
        frame: Frame | None,
        subject: Piece | None,
        mode: AttributionMode,
    ) -> Actor | None:
        if subject is not None:
            return self._named(sentence, subject)
        if mode is AttributionMode.DIRECT and frame is None:
            known = next((self._by_chain[chain] for chain in sentence.chains if chain in self._by_chain), None)
            return known  # the rest is settled when the whole article has been read
        follows = self._passage.lexis.cues is not None and bool(self._said) and self._said[-1].speaker is not None
        if frame is None:  # reported speech that goes on; in English the model is too ready to see it
            return self._running if follows and mode is AttributionMode.INDIRECT else None
        return None if frame.hidden else self._running

    def _named(self, sentence: SentenceView, subject: Piece) -> Actor | None:
        span = Span.of(self._passage.text, *subject)
        if is_pronoun(self._passage, subject):
            before = self._first_person_mention(sentence, subject[0])
            known = before or self._focus or self._running
            return known.model_copy(update={"span": span}) if known else None
        held = office(self._passage, subject)
        actor = self._apposed(sentence, subject) or resolve(self._passage, sentence, subject)
        if actor is not None and actor.entity is None and self._passage.lexis.cues is not None:
            actor = self._heard_before(actor, subject)
        if held is not None and (actor is None or not self._names_person(sentence, subject)):
            known = self._holder(subject, held)
            if known is not None:
                return known.model_copy(update={"span": span})
        return actor

    def _heard_before(self, actor: Actor, subject: Piece) -> Actor:
        """Without an entity: the speaker named more fully before ("Quispe" after "minister Álvaro Quispe")."""
        words = {fold(word) for word in actor.name.split()} - self._passage.lexis.determiners
        for known in reversed(self._heard):
            if words < {fold(word) for word in known.name.split()}:
                return known.model_copy(update={"span": actor.span})
        self._heard.append(actor)
        phrase = set(words_of(self._passage, subject))
        if words < phrase and any(map(self._passage.lexis.is_office, phrase)):
            self._offices.append((phrase, actor))
        return actor

    def _holder(self, subject: Piece, held: str) -> Actor | None:
        """Who was named with this office before: "Foreign Secretary X … the Foreign Secretary", or "the minister" alone."""
        words = {word for word in words_of(self._passage, subject) if word not in self._passage.lexis.determiners}
        for title, actor in reversed(self._offices):
            if words <= title:
                return actor
        alone = len(words) == 1 and held in {"spokesman", "spokeswoman", "spokesperson", "official", "leader"}
        return self._focus if alone else None

    def _apposed(self, sentence: SentenceView, subject: Piece) -> Actor | None:
        """The person whose apposition the grammar took for the subject: "X, head of the institute, in Boston, said"."""
        people = [m for m in sentence.mentions if m.type is EntityType.PERSON and m.span.end <= subject[0]]
        if not people or any(
            subject[0] <= m.span.start < subject[1] for m in sentence.mentions if m.type is EntityType.PERSON
        ):
            return None
        person, text = people[0], self._passage.text
        between = [word for word in sentence.words if person.span.end <= word.start and word.end <= subject[0]]
        opens = all(
            word.text[0].isupper() or not word.is_word for word in sentence.words if word.end <= person.span.start
        )
        comma = text[person.span.end : person.span.end + 1] == ","
        verbs = any(word.quoted or word.lower in self._passage.lexis.verbs for word in between)
        own = words_of(self._passage, subject)
        another = text[subject[0]].isupper() and len(between) < 2 and not {"of", "for", "in"} & set(own)
        if not (opens and comma) or verbs or (another and not self._passage.lexis.offices & set(own)):
            return None
        return of_mention(self._passage, person)

    def _first_person_mention(self, sentence: SentenceView, before: int) -> Actor | None:
        """The person who opens the sentence, for a pronoun later in it ("Lavrov left for Beijing, he said" keeps Lavrov)."""
        for mention in sentence.mentions:
            opens = mention.type is EntityType.PERSON and mention.span.end <= before
            if opens and self._is_subject(sentence, mention.span.start):
                return of_mention(self._passage, mention)
        return None

    def _is_subject(self, sentence: SentenceView, place: int) -> bool:
        ahead = [word for word in sentence.words if word.end <= place and word.is_word and not word.quoted]
        return len(ahead) <= 5 and not any(
            word.lower in self._passage.lexis.prepositions - {"of", "for"} for word in ahead[-2:]
        )

    # --- memory -----------------------------------------------------------------------------------------------------

    def _note_offices(self, sentence: SentenceView) -> None:
        for mention in sentence.mentions:
            if mention.type is not EntityType.PERSON:
                continue
            title = [word for word in sentence.words if word.end <= mention.span.start][-6:]
            after = [word for word in sentence.words if word.start >= mention.span.end][:7]
            title += after if after and after[0].text == "," else []
            words = {word.lower for word in title}
            if words & self._passage.lexis.offices:
                self._offices.append((words, of_mention(self._passage, mention)))

    def _remember(self, sentence: SentenceView, said: _Said) -> None:
        if said.speaker is not None:
            self._running = self._focus = said.speaker.model_copy(update={"span": None})
            for quotation in sentence.quotations:
                if said.mode is AttributionMode.DIRECT or self._ends(sentence, ":"):
                    self._by_chain[quotation.chain] = self._running
        elif said.mode is AttributionMode.AUTHOR:
            person = self._first_person_mention(sentence, sentence.end)
            self._focus = person.model_copy(update={"span": None}) if person else self._focus
        if said.opens:
            lead = said.speaker or self._lead(sentence, said.subject)
            self._block = lead.model_copy(update={"span": None}) if lead else None
            self._block_quoted = None if self._ends(sentence, ":") else False
            self._running = self._focus = self._block or self._running

    def _lead(self, sentence: SentenceView, subject: Piece | None) -> Actor | None:
        if subject is not None:
            return self._named(sentence, subject)
        actors = [mention for mention in sentence.mentions if mention.type in ACTORS]
        people = [mention for mention in actors if mention.type is EntityType.PERSON]
        first = next(iter(people or actors), None)
        return of_mention(self._passage, first) if first else None

    def _opens_block(self, sentence: SentenceView, frame: Frame | None) -> bool:
        """ "X said:", "X issued the following statement:": what follows is X's, in the same sentence or after it."""
        words = sentence.words
        if self._ends(sentence, ":"):
            return frame is not None or any(word.lower in self._passage.lexis.statements for word in words)
        if frame is None or sentence.quotations or self._passage.lexis.cues is not None:
            return False
        after = [word for word in words if word.start >= frame.cue[1]][:_LEAD_WORDS]
        colon = next((place for place, word in enumerate(after) if not word.is_word), None)
        return colon is not None and after[colon].text == ":" and frame.base != ":"

    def _ends(self, sentence: SentenceView, mark: str) -> bool:
        return self._passage.text[sentence.end - 1] == mark

    def _in_block(self, sentence: SentenceView, frame: Frame | None, subject: Piece | None) -> bool:
        """After "X said:" all is X's: while the marks last where it is quoted, else until a person is named as saying."""
        if self._block is None:
            return False
        if self._block_quoted is None:
            self._block_quoted = sentence.quoted >= _MOSTLY
        speaks = frame is not None and frame.strong and not frame.hidden and subject is not None
        if self._block_quoted:
            ends = speaks or sentence.quoted < _MOSTLY
        else:
            ends = self._ends(sentence, ":") or (speaks and self._names_person(sentence, subject))
        if ends:
            self._block = None
        return not ends

    def _names_person(self, sentence: SentenceView, subject: Piece | None) -> bool:
        if subject is None or is_pronoun(self._passage, subject):
            return subject is not None
        return any(
            m.type is EntityType.PERSON and _overlap(subject, (m.span.start, m.span.end)) for m in sentence.mentions
        )

    def _look_back(self) -> None:
        """Quotations without words of saying: their own chain's speaker, the same paragraph's next one, the one before."""
        running: Actor | None = None
        for place, said in enumerate(self._said):
            sentence = self._passage.sentences[place]
            if said.mode is AttributionMode.DIRECT and said.speaker is None and said.frame is None:
                said.speaker = (
                    next((self._by_chain[chain] for chain in sentence.chains if chain in self._by_chain), None)
                    or self._next_in_paragraph(place)
                    or running
                )
                if said.speaker is not None:
                    said.speaker = said.speaker.model_copy(update={"span": None})
            running = said.speaker or running

    def _next_in_paragraph(self, place: int) -> Actor | None:
        here = self._passage.sentences[place]
        previous = self._said[place - 1] if place else None
        if previous and self._passage.sentences[place - 1].paragraph == here.paragraph and previous.speaker:
            return previous.speaker
        for later in range(place + 1, min(place + 3, len(self._said))):
            if self._passage.sentences[later].paragraph != here.paragraph:
                return None
            if self._said[later].speaker is not None and self._said[later].frame is not None:
                return self._said[later].speaker
        return None

    def _attribution(self, said: _Said, reading: Reading | None) -> Attribution:
        frame = said.frame if said.mode is not AttributionMode.AUTHOR else None
        confidence = reading.mode[said.mode] if reading else None
        speaker = said.speaker if said.mode in {AttributionMode.DIRECT, AttributionMode.INDIRECT} else None
        return Attribution(
            mode=said.mode,
            speaker=speaker,
            cue=Span.of(self._passage.text, *frame.cue) if frame else None,
            stance=frame.stance if frame else Stance.ASSERTS,
            confidence=round(confidence, 4) if confidence is not None else None,
        )


def _overlap(left: Piece, right: Piece) -> bool:
    return left[0] < right[1] and right[0] < left[1]
