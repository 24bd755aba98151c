"""What a model sees in its epochs: sentences drawn and varied by a seed, in batches of like length."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from torch.utils.data import IterableDataset

from training.claims.batches import Batch, Example, Reader, shuffled
from training.claims.data import Sentence, quoted

QUOTED = 0.15  # of the plain sentences, drawn anew each epoch
ALONE = 0.5  # of the accusations outside documents: how many stand after sentences that have nothing to do with them


@dataclass(frozen=True, slots=True)
class Material:
    """Labelled sentences, all seen in an epoch, and others of which each epoch draws a share (0 to 1) anew.

    Those drawn may lack labels: debates have check-worthiness alone, plain texts what the teachers say.
    """

    sentences: Sequence[Sentence]
    drawn: Sequence[tuple[Sequence[Sentence], float]] = ()
    in_context: bool = True
    """Accusations are read after the text before them as well."""

    def __len__(self) -> int:
        """Examples in an epoch, at most."""
        accusing = sum(map(_accuses_someone, self.sentences)) if self.in_context else 0
        return len(self.sentences) + sum(int(share * len(group)) for group, share in self.drawn) + accusing


class Epochs(IterableDataset[Batch]):
    """All batches of all epochs in turn."""

    def __init__(self, material: Material, reader: Reader, count: int, size: int, seed: int) -> None:
        self._material, self._reader = material, reader
        self._count, self._size, self._seed = count, size, seed

    def __iter__(self) -> Iterator[Batch]:
        chance, material = random.Random(self._seed), self._material
        for _ in range(self._count):
            chosen = list(material.sentences)
            for group, share in material.drawn:
                chosen += chance.sample(list(group), int(share * len(group)))
            examples = [self._reader.example(varied(sentence, chance), chance) for sentence in chosen]
            examples += contexts(material.sentences, self._reader, chance) if material.in_context else []
            yield from shuffled(examples, self._size, chance)


def varied(sentence: Sentence, chance: random.Random) -> Sentence:
    """Now and then a reporter's plain sentence as someone's quotation, so that quoting alone says nothing of the type."""
    plain = sentence.mode == "author" and not set("\"“”«»'‘’") & set(sentence.text) and sentence.text.endswith(".")
    claims = sentence.types is not None and sentence.types[0] not in {"not_claim", "personal_experience"}
    return quoted(sentence, chance) if plain and claims and chance.random() < QUOTED else sentence


def contexts(sentences: Sequence[Sentence], reader: Reader, chance: random.Random) -> list[Example]:
    """Accusations after the text before them, from which the pieces that name the accused are learnt."""
    found = []
    for sentence in filter(_accuses_someone, sentences):
        if not sentence.before and chance.random() < ALONE:
            sentence = replace(sentence, before=" ".join(other.text for other in chance.sample(sentences, 3)))
        example = reader.in_context(sentence)
        found += [example] if example else []
    return found


def _accuses_someone(sentence: Sentence) -> bool:
    return bool("accusation" in (sentence.types or ()) and sentence.target)
