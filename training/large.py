"""A teacher of base size: all-mpnet-base-v2 (Apache-2.0) with a case-shape input, over the word pieces of the small models."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import MPNetConfig, MPNetModel

from services.text.encoder import SHAPE_COUNT
from training.encoder import VOCABULARY

# Its vocabulary is BERT's, moved up by four pieces of its own; three of those took the place of BERT's.
_MOVED = 4
_OWN = {0: 1, 101: 0, 102: 2}  # [PAD], [CLS], [SEP]


class LargeEncoder(nn.Module):
    """Same inputs as `ShapeEncoder`; output batch x pieces x 768."""

    width = 768

    def __init__(self, model: MPNetModel) -> None:
        super().__init__()
        self.model = model
        self.shapes = nn.Embedding(SHAPE_COUNT, self.width)
        nn.init.normal_(self.shapes.weight, std=0.02)
        pieces = torch.arange(VOCABULARY) + _MOVED
        for theirs, ours in _OWN.items():
            pieces[theirs] = ours
        self.register_buffer("pieces", pieces, persistent=False)

    @classmethod
    def pretrained(cls, directory: Path) -> LargeEncoder:
        """From a folder as transformers writes it."""
        return cls(MPNetModel.from_pretrained(directory, add_pooling_layer=False))

    @classmethod
    def empty(cls, directory: Path) -> LargeEncoder:
        """Of the same shape, for weights that are loaded afterwards."""
        return cls(MPNetModel(MPNetConfig.from_pretrained(directory), add_pooling_layer=False))

    def forward(self, input_ids: Tensor, attention_mask: Tensor, shape_ids: Tensor) -> Tensor:
        """All three int64, batch x pieces; the mask is 1 for pieces and 0 for padding."""
        words = self.model.embeddings.word_embeddings(self.pieces[input_ids])
        found = self.model(inputs_embeds=words + self.shapes(shape_ids), attention_mask=attention_mask)
        hidden: Tensor = found.last_hidden_state
        return hidden
