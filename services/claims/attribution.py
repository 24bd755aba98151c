"""Whose claim each sentence is: quotation grammar, cues and the model's reading, carried through the article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.claims import Actor, Attribution, AttributionMode, Stance
from schemas.entities import EntityType
from schemas.span import Span
from services.claims.actors import is_impersonal, is_pronoun, of_mention, office, resolve, within, words_of
from services.claims.classifier import Reading
from services.claims.cue_frames import TOLD
from services.claims.cues import fold
from services.claims.frames import Frame
from services.claims.interviews import answers
from services.claims.modes import MOSTLY, Modes
from services.claims.nominative import body, person
from services.claims.passage import ACTORS, Passage, SentenceView
from services.claims.voices import Voices, overlap

Piece = tuple[int, int]

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
        self._modes, self._voices = Modes(passage), Voices(passage)
        self._said: list[_Said] = []
        self._answers = answers(passage)
        self._asked: Actor | None = None
        self._by_chain: dict[int, Actor] = {}
        self._offices: list[tuple[set[str], Actor]] = []
        self._heard: list[Actor] = []
        self._running: Actor | None = None
        self._focus: Actor | None = None
        self._person: Actor | None = None
        self._group: Actor | None = None
        self._block: Actor | None = None
        self._block_quoted: bool | None = None

    def attributions(self) -> list[Attribution]:
        for sentence, reading in zip(self._passage.sentences, self._readings, strict=True):
            said = self._sentence(sentence, reading)
            self._said.append(said)
            self._remember(sentence, said)
            self._tell(sentence, said)
        self._look_back()
        return [self._attribution(said, reading) for said, reading in zip(self._said, self._readings, strict=True)]

    def _sentence(self, sentence: SentenceView, reading: Reading | None) -> _Said:
        self._note_offices(sentence)
        self._note_titles(sentence)
        if sentence.number in self._answers:
            return self._answer(sentence)
        frame, subject = self._voices.frame(sentence, reading)
        signed = self._voices.signed(sentence) if frame is None else None
        mode = AttributionMode.DIRECT if signed else self._modes.mode(sentence, reading, frame)
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

    def _answer(self, sentence: SentenceView) -> _Said:
        """A sentence of an interview: its speaker is who opens the answers by name, else who was named before them."""
        name = self._answers[sentence.number]
        if name is not None and sentence.start == name[0]:
            self._asked = asked = self._named(sentence, name)
        else:
            if self._asked is None and self._person is not None:
                self._asked = self._person.model_copy(update={"span": None})
            asked = self._asked.model_copy(update={"span": None}) if self._asked else None
        return _Said(AttributionMode.DIRECT, speaker=asked)

    # --- who --------------------------------------------------------------------------------------------------------

    def _speaker(
        self,
        sentence: SentenceView,
        reading: Reading | None,
        frame: Frame | None,
        subject: Piece | None,
        mode: AttributionMode,
    ) -> Actor | None:
        if subject is not None:
            nobody = is_impersonal(self._passage, subject)
            return None if nobody else self._named(sentence, subject, self._oblique(frame, subject))
        if mode is AttributionMode.DIRECT and frame is None:
            known = next((self._by_chain[chain] for chain in sentence.chains if chain in self._by_chain), None)
            return known  # the rest is settled when the whole article has been read
        follows = self._passage.lexis.cues is not None and bool(self._said) and self._said[-1].speaker is not None
        if frame is None:  # reported speech that goes on; in English the model is too ready to see it
            return self._running if follows and mode is AttributionMode.INDIRECT else None
        return None if frame.hidden else self._running

    def _named(self, sentence: SentenceView, subject: Piece, oblique: bool = False) -> Actor | None:
        """Who the subject is. `oblique`: in another case than the first, in Russian."""
        span = Span.of(self._passage.text, *subject)
        if is_pronoun(self._passage, subject):
            before = self._first_person_mention(sentence, subject[0])
            known = before or self._focus or self._running or self._person
            return known.model_copy(update={"span": span}) if known else None
        held = office(self._passage, subject)
        actor = self._apposed(sentence, subject) or resolve(self._passage, sentence, subject)
        if actor is not None and actor.wikidata is None and oblique:
            actor = actor.model_copy(update={"name": body(person(actor.name))})
        if actor is not None and actor.entity is None and self._passage.lexis.cues is not None:
            actor = self._heard_before(actor, subject)
        if held is None and actor is not None and actor.entity is None and self._group is not None:
            own = words_of(self._passage, subject)
            articled = self._passage.lexis.is_definite(own) or not self._articles()
            if articled and self._generic([word for word in own if word not in self._passage.lexis.determiners]):
                return self._group.model_copy(update={"span": span})
        if held is not None and (actor is None or not self._names_person(sentence, subject)):
            known = self._holder(subject, held)
            if known is not None:
                return known.model_copy(update={"span": span})
        return actor

    def _oblique(self, frame: Frame | None, subject: Piece) -> bool:
        """After "according to" and in "they say in the ministry", in Russian."""
        cues = self._passage.lexis.cues
        if cues is None or cues.language != "ru" or frame is None or frame.subject is None:
            return False
        if not overlap(frame.subject, subject):
            return False
        before = self._passage.text[: subject[0]].split()[-1:]
        return frame.base == "accord" or before in (["в"], ["В"], ["во"], ["Во"])

    def _articles(self) -> bool:
        return self._passage.lexis.cues is None or self._passage.lexis.cues.articles

    def _generic(self, words: Sequence[str]) -> bool:
        """ "The company", "the ministry": a word for a body that was named before."""
        cues = self._passage.lexis.cues
        return cues is not None and len(words) == 1 and "body" in cues.kinds(words[0])

    def _heard_before(self, actor: Actor, subject: Piece) -> Actor:
        """Without an entity: the speaker named more fully before ("Quispe" after "minister Álvaro Quispe")."""
        words = {fold(word) for word in actor.name.split()} - self._passage.lexis.determiners
        for known in reversed(self._heard):
            if within(words, {fold(word) for word in known.name.split()}):
                return known.model_copy(update={"span": actor.span})
        self._heard.append(actor)
        phrase = set(words_of(self._passage, subject))
        titled = any(map(self._passage.lexis.is_office, phrase)) and not any(map(self._passage.lexis.is_office, words))
        if words < phrase and titled:
            self._offices.append((phrase, actor))
        return actor

    def _holder(self, subject: Piece, held: str) -> Actor | None:
        """Who was named with this office before: "Foreign Secretary X … the Foreign Secretary", or "the minister" alone."""
        words = {word for word in words_of(self._passage, subject) if word not in self._passage.lexis.determiners}
        for title, actor in reversed(self._offices):
            if words <= title:
                return actor
        lexis = self._passage.lexis
        if lexis.cues is None:
            alone = len(words) == 1 and held in {"spokesman", "spokeswoman", "spokesperson", "official", "leader"}
        else:
            definite = not self._articles() or lexis.is_definite(words_of(self._passage, subject))
            return self._person if len(words) == 1 and definite else None
        return self._focus if alone else None

    def _is_person(self, actor: Actor) -> bool:
        """As far as its entity tells, or its name: two words with capitals."""
        entity = self._passage.entities.get(actor.entity or "")
        if entity is not None:
            return entity.type is EntityType.PERSON
        parts = [word for word in actor.name.split() if word[:1].isupper()]
        return len(parts) >= 2 and len(parts) == len(actor.name.split())

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

    def _note_titles(self, sentence: SentenceView) -> None:
        """People whom no entity stands for, named with an office: "la ministre Ana Roche"."""
        cues, marks, words = self._passage.lexis.cues, sentence.marks, sentence.words
        if cues is None or marks is None or not cues.cased:
            return
        for place in range(len(words) - 2):
            after = place + 1
            while after < len(words) and words[after].text[0].isupper() and not words[after].quoted:
                after += 1
            if after - place < 3 or not marks.has(place, "office") or marks.has(after - 1, "office"):
                continue
            span = Span.of(self._passage.text, words[place + 1].start, words[after - 1].end)
            if not any(m.span.start < span.end and span.start < m.span.end for m in sentence.mentions):
                actor = Actor(name=span.exact, span=None)
                self._offices.append(({words[place].lower}, actor))
                self._person = actor

    def _remember(self, sentence: SentenceView, said: _Said) -> None:
        if said.speaker is not None:
            self._running = self._focus = said.speaker.model_copy(update={"span": None})
            self._note(self._running)
            for quotation in sentence.quotations:
                if said.mode is AttributionMode.DIRECT or self._ends(sentence, ":"):
                    self._by_chain[quotation.chain] = self._running
        elif said.mode is AttributionMode.AUTHOR or (
            said.mode is AttributionMode.INDIRECT and self._passage.lexis.cues is not None
        ):
            self._note_actor(sentence, said)
            mentioned = self._first_person_mention(sentence, sentence.end)
            self._focus = mentioned.model_copy(update={"span": None}) if mentioned else self._focus
        if said.opens:
            lead = said.speaker or self._lead(sentence, said.subject)
            self._block = lead.model_copy(update={"span": None}) if lead else None
            self._block_quoted = None if self._ends(sentence, ":") else False
            self._running = self._focus = self._block or self._running

    def _note(self, actor: Actor) -> None:
        if self._is_person(actor):
            self._person = actor
        elif not self._generic([fold(word) for word in actor.name.split()]):
            self._group = actor

    def _note_actor(self, sentence: SentenceView, said: _Said) -> None:
        """Who criticises, demands or declines in the author's words may be meant by a pronoun or "the company" after that."""
        if self._passage.lexis.cues is None or said.subject is None or said.frame is None or said.frame.hidden:
            return
        actor = self._named(sentence, said.subject)
        if actor is not None and actor.name[:1].isupper():
            self._note(actor.model_copy(update={"span": None}))

    def _tell(self, sentence: SentenceView, said: _Said) -> None:
        """ "Das teilte die Polizei mit": the author's sentence before is the police's."""
        if said.frame is None or said.frame.base != TOLD or said.subject is None:
            return
        actor = said.speaker or self._named(sentence, said.subject, self._oblique(said.frame, said.subject))
        if actor is None:
            return
        self._running = self._focus = actor.model_copy(update={"span": None})
        self._note(self._running)
        before = self._said[-2] if len(self._said) > 1 else None
        if before is not None and before.mode is AttributionMode.AUTHOR and before.frame is None:
            before.mode, before.speaker = AttributionMode.INDIRECT, self._running

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
            self._block_quoted = sentence.quoted >= MOSTLY
        speaks = frame is not None and frame.strong and not frame.hidden and subject is not None
        if self._block_quoted:
            ends = speaks or sentence.quoted < MOSTLY
        else:
            ends = self._ends(sentence, ":") or (speaks and self._names_person(sentence, subject))
        if ends:
            self._block = None
        return not ends

    def _names_person(self, sentence: SentenceView, subject: Piece | None) -> bool:
        if subject is None or is_pronoun(self._passage, subject):
            return subject is not None
        return any(
            m.type is EntityType.PERSON and overlap(subject, (m.span.start, m.span.end)) for m in sentence.mentions
        )

    def _look_back(self) -> None:
        """Quotations without words of saying: their own chain's speaker, the same paragraph's next one, the one before."""
        running: Actor | None = None
        for place, said in enumerate(self._said):
            sentence = self._passage.sentences[place]
            if said.speaker is None and place in self._answers and self._person is not None:
                said.speaker = self._person.model_copy(update={"span": None})  # named only where the interview ends
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
