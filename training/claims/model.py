"""The claims model: a small BERT with case shapes, one forward pass, seven outputs."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from training.claims.data import MODES, ROLES, TYPES
from training.encoder import ShapeEncoder
from training.large import LargeEncoder

OUTPUTS = {"primary": False, "types": False, "mode": False, "worthy": False, "hedged": False, "roles": True}
"""Name of each output, in order; True where it has a row a piece."""

LABELS = {
    "primary": TYPES, "types": TYPES, "mode": MODES, "worthy": ("worthy",), "hedged": ("hedged",), "roles": ROLES,
}  # fmt: skip
SENTENCE_OUTPUTS = tuple(name for name, by_piece in OUTPUTS.items() if not by_piece)


class ClaimsModel(nn.Module):
    """Logits of `LABELS`. Sentence outputs read the mean of the pieces beside an attention pool of their own."""

    def __init__(self, encoder: ShapeEncoder | LargeEncoder, dropout: float = 0.15) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.width
        self.pool = nn.Linear(width, len(SENTENCE_OUTPUTS))
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.ModuleDict({name: nn.Linear(2 * width, len(LABELS[name])) for name in SENTENCE_OUTPUTS})
        self.roles = nn.Linear(width, len(ROLES))

    def forward(self, input_ids: Tensor, attention_mask: Tensor, shape_ids: Tensor) -> tuple[Tensor, ...]:
        """Outputs in the order of `OUTPUTS`: batch x labels, roles batch x pieces x labels."""
        hidden = self.encoder(input_ids, attention_mask, shape_ids)
        mask = attention_mask[:, :, None].to(hidden.dtype)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        weights = torch.softmax(self.pool(hidden) + (1.0 - mask) * -1e4, dim=1)
        pooled = torch.matmul(weights.transpose(1, 2), hidden)
        results = []
        for place, name in enumerate(SENTENCE_OUTPUTS):
            results.append(self.heads[name](self.dropout(torch.cat((mean, pooled[:, place]), dim=-1))))
        return (*results, self.roles(self.dropout(hidden)))
