"""Baseline: spaCy's CNN named-entity recogniser, trained from scratch on the same English sentences.

What an engineer would try first. Trained where `make eval` runs, kept in a folder that git ignores, never shipped.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from training.entities.data import Sentence
from training.entities.evaluate import TYPES, Finder

EPOCHS = 3
BATCH = 128  # sentences

_CONFIG: dict[str, Any] = {
    "model": {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner", "extra_state_tokens": False, "hidden_width": 64, "maxout_pieces": 2, "use_upper": True,
        "tok2vec": {
            "@architectures": "spacy.Tok2Vec.v2",
            "embed": {
                "@architectures": "spacy.MultiHashEmbed.v2",
                "width": 128, "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"], "rows": [5000, 1000, 2500, 2500],
                "include_static_vectors": False,
            },
            "encode": {
                "@architectures": "spacy.MaxoutWindowEncoder.v2",
                "width": 128, "depth": 4, "window_size": 1, "maxout_pieces": 3,
            },
        },
    }
}  # fmt: skip


def finder(train: Sequence[Sentence], directory: Path) -> Finder:
    """The recogniser of `directory`, trained into it first (some twenty minutes) where it is not there."""
    import spacy

    if not (directory / "meta.json").exists():
        directory.parent.mkdir(parents=True, exist_ok=True)
        _trained(train).to_disk(directory)
    language = spacy.load(directory)
    return lambda text: {(ent.start_char, ent.end_char, ent.label_) for ent in language(text).ents}


def _trained(train: Sequence[Sentence]) -> Any:
    import spacy
    from spacy.training import Example

    language = spacy.blank("en")
    language.add_pipe("ner", config=_CONFIG)
    examples = []
    for sentence in train:
        doc = language.make_doc(sentence.text)
        # A span that is no run of spaCy's tokens can't be taught to it.
        spans = [
            (start, end, kind) for start, end, kind in sentence.spans if kind in TYPES and doc.char_span(start, end)
        ]
        examples.append(Example.from_dict(doc, {"entities": spans}))
    optimizer = language.initialize(lambda: examples[:2000])
    chance = random.Random(1)
    for epoch in range(EPOCHS):
        chance.shuffle(examples)
        losses: dict[str, float] = {}
        for start in range(0, len(examples), BATCH):
            language.update(examples[start : start + BATCH], drop=0.1, sgd=optimizer, losses=losses)
        print(f"spaCy CNN, epoch {epoch + 1} of {EPOCHS}: loss {losses['ner']:.0f}", flush=True)
    return language
