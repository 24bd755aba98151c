"""The multilingual tagger, for training, and its export: n-gram embeddings, two bidirectional LSTM layers, BIO tags."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from services.entities.words import BUCKETS, GRAMS, LISTS
from services.text.encoder import SHAPE_COUNT

INPUTS = {
    "grams": {0: "distinct"},
    "words": {0: "batch", 1: "length"},
    "shapes": {0: "batch", 1: "length"},
    "listed": {0: "batch", 1: "length"},
    "lengths": {0: "batch"},
    "languages": {0: "batch"},
}


class Tagger(nn.Module):
    """Inputs as services.entities.words.collate gives them; logits batch x length x labels."""

    def __init__(self, labels: int, languages: int, *, gram: int = 128, width: int = 320, hidden: int = 256) -> None:
        super().__init__()
        self.grams = nn.Embedding(BUCKETS, gram, padding_idx=0, sparse=True)
        nn.init.normal_(self.grams.weight, std=0.1)
        self.shapes = nn.Embedding(SHAPE_COUNT, 16)
        self.languages = nn.Embedding(languages + 1, 24)
        self.enter = nn.Linear(gram + 16 + 24 + len(LISTS), width)
        self.norm = nn.LayerNorm(width)
        self.first = nn.LSTM(width, hidden, batch_first=True, bidirectional=True)
        self.second = nn.LSTM(2 * hidden, hidden, batch_first=True, bidirectional=True)
        self.leave = nn.Linear(4 * hidden, width)
        self.tags = nn.Linear(width, labels)
        self.dropout = 0.35
        self.gram_dropout = 0.15

    def forward(
        self, grams: Tensor, words: Tensor, shapes: Tensor, listed: Tensor, lengths: Tensor, languages: Tensor
    ) -> Tensor:
        """A word is the mean of its n-grams (scaled by the root of their number), its shape, lists and language."""
        if self.training:
            keep = (torch.rand(grams.shape) > self.gram_dropout).to(grams.dtype)
            grams = grams * keep
        count = (grams > 0).sum(dim=1, keepdim=True).clamp(min=1)
        bags = self.grams(grams).sum(dim=1) / count.to(torch.float32).sqrt()
        spoken = self.languages(languages)[:, None, :].expand(-1, words.shape[1], -1)
        seen = torch.cat([bags[words], self.shapes(shapes), spoken, listed], dim=-1)
        hidden = self._drop(self.norm(functional.gelu(self.enter(seen))))
        once = self._run(self.first, hidden, lengths)
        twice = self._run(self.second, self._drop(once), lengths)
        left = functional.gelu(self.leave(self._drop(torch.cat([once, twice], dim=-1))))
        logits: Tensor = self.tags(left)
        return logits

    def _drop(self, hidden: Tensor) -> Tensor:
        """One mask a sentence (Gal and Ghahramani 2016)."""
        if not self.training:
            return hidden
        mask = torch.rand(hidden.shape[0], 1, hidden.shape[2]) > self.dropout
        return hidden * mask / (1 - self.dropout)

    @staticmethod
    def _run(lstm: nn.LSTM, hidden: Tensor, lengths: Tensor) -> Tensor:
        packed = pack_padded_sequence(hidden, lengths, batch_first=True, enforce_sorted=True)
        start = hidden.new_zeros((2, hidden.shape[0], lstm.hidden_size))  # stated, or the export fixes the batch's size
        output: Tensor = pad_packed_sequence(lstm(packed, (start, start))[0], batch_first=True)[0]
        return output


def export(model: Tagger, directory: Path, lists: Path, description: dict[str, Any]) -> None:
    """Write model.onnx (opset 17, int8), lists.npz and model.json."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    directory.mkdir(parents=True, exist_ok=True)
    length = 8
    example = (
        torch.ones((17, GRAMS), dtype=torch.int64), torch.ones((2, length), dtype=torch.int64),
        torch.ones((2, length), dtype=torch.int64), torch.zeros((2, length, len(LISTS))),
        torch.tensor([length, length - 1]), torch.ones(2, dtype=torch.int64),
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as scratch, torch.no_grad():
        full = Path(scratch) / "full.onnx"
        torch.onnx.export(
            model.eval().float(), example, str(full), input_names=list(INPUTS), output_names=["tags"],
            dynamic_axes={**INPUTS, "tags": {0: "batch", 1: "length"}}, opset_version=17, dynamo=False,
        )  # fmt: skip
        target = directory / "model.onnx"
        quantize_dynamic(full, target, weight_type=QuantType.QInt8, reduce_range=True)
    if lists.resolve() != (directory / "lists.npz").resolve():
        shutil.copyfile(lists, directory / "lists.npz")
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    text = json.dumps({**description, "sha256": digest}, ensure_ascii=False, indent=1)
    (directory / "model.json").write_text(text + "\n", encoding="utf-8")
