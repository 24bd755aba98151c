"""What the claims models learn by: losses over what is annotated, and the distance from the outputs of teachers."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from training.claims.batches import IGNORED, UNKNOWN, Batch
from training.claims.data import TYPES, Sentence
from training.claims.model import OUTPUTS, ClaimsModel

Outputs = dict[str, Tensor]

WEIGHTS = {"primary": 1.0, "types": 2.0, "mode": 0.5, "worthy": 1.0, "hedged": 0.25, "roles": 0.7}
ONE_OF = ("primary", "mode", "roles")
"""Outputs of which one label is right; the others' labels are right or wrong each by itself."""
SMOOTHING = 0.05
ROLE_WEIGHTS = (1.0, 1.0, 2.0)


def loss(found: Outputs, data: Batch, class_weights: Tensor) -> Tensor:
    """The weighted sum of the heads' losses over what is annotated; `found` are logits as the model gives them."""
    role_weights = torch.tensor(ROLE_WEIGHTS, device=class_weights.device)
    heads = {
        "primary": _one_of(found["primary"], data.primary, class_weights),
        "mode": _one_of(found["mode"], data.mode),
        "roles": _one_of(found["roles"].flatten(0, 1), data.roles.flatten(), role_weights),
        "types": _yes_no(found["types"], data.types),
        "worthy": _yes_no(found["worthy"][:, 0], data.worthy),
        "hedged": _yes_no(found["hedged"][:, 0], data.hedged),
    }
    return torch.stack([WEIGHTS[name] * value for name, value in heads.items()]).sum()


def _one_of(logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
    known = (labels != IGNORED).float()
    if weights is not None:
        known = known * weights[labels.clamp(min=0)]
    total = functional.cross_entropy(
        logits, labels, weights, ignore_index=IGNORED, label_smoothing=SMOOTHING, reduction="sum"
    )
    return total / known.sum().clamp(min=1e-6)  # without a known label the sum is 0


def _yes_no(logits: Tensor, labels: Tensor) -> Tensor:
    known = (labels != UNKNOWN).float()
    values = functional.binary_cross_entropy_with_logits(logits, labels.clamp(min=0), reduction="none")
    return (values * known).sum() / known.sum().clamp(min=1)


def class_weights(sentences: Sequence[Sentence]) -> Tensor:
    """Rare primary types weigh more, by the cube root of their rarity; the mean over sentences is 1."""
    counts = torch.tensor([sum(s.types is not None and s.types[0] == label for s in sentences) for label in TYPES])
    weights = counts.clamp(min=1).float() ** (-1 / 3)
    return weights * counts.sum() / (weights * counts).sum()


def taught(teachers: Sequence[ClaimsModel], inputs: dict[str, Tensor]) -> Outputs:
    """The mean of the teachers' probabilities."""
    with torch.no_grad():
        answers = [dict(zip(OUTPUTS, teacher(**inputs), strict=True)) for teacher in teachers]
    logits = {name: torch.stack([answer[name].float() for answer in answers]) for name in OUTPUTS}
    return {name: (each.softmax(-1) if name in ONE_OF else each.sigmoid()).mean(0) for name, each in logits.items()}


def distance(found: Outputs, target: Outputs, mask: Tensor) -> Tensor:
    """How far the outputs are from the teachers' probabilities, weighed as the losses (Hinton et al. 2015).

    `mask` is batch x pieces, 1 for pieces.
    """
    values = []
    for name, by_piece in OUTPUTS.items():
        logits = found[name]
        if name in ONE_OF:
            near = -(target[name] * logits.log_softmax(-1)).sum(-1)
        else:
            near = functional.binary_cross_entropy_with_logits(logits, target[name], reduction="none").mean(-1)
        mean = (near * mask).sum() / mask.sum() if by_piece else near.mean()
        values.append(WEIGHTS[name] * mean)
    return torch.stack(values).sum()
