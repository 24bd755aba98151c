"""The tagger: a small BERT with shapes, and one linear layer to BIO tags."""

from __future__ import annotations

from torch import Tensor, nn

from training.encoder import WIDTH, ShapeEncoder


class Tagger(nn.Module):
    """Logits batch x pieces x labels; a word's tag is read at its first piece."""

    def __init__(self, labels: int, encoder: ShapeEncoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.drop = nn.Dropout(encoder.dropout)
        self.tags = nn.Linear(WIDTH, labels)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, shape_ids: Tensor) -> Tensor:
        """All inputs int64, batch x pieces."""
        logits: Tensor = self.tags(self.drop(self.encoder(input_ids, attention_mask, shape_ids)))
        return logits
