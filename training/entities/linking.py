"""Score linking, merging and names on the gold set, article by article, from raw text.

    python -m training.entities.linking --shared SHARED --split dev --errors

Needs only the run-time environment. What is counted, and how, is told in training/entities/gold/GUIDELINES.md.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from services.entities.gazetteer import Gazetteer
from services.entities.read import MODEL, EntityReader
from services.text.sentences import split as sentences_of
from training.entities.gold import GoldArticle, GoldMention, read_gold

REPOSITORY = Path(__file__).parents[2]
TYPES = ("person", "organisation", "place")
DRAWS = 2000  # of the bootstrap over articles

_LEAD = re.compile(r"(?:the|an?|les?|la|l['’])\s*\b(?=\w)", re.IGNORECASE)
_TAIL = re.compile(r"(?:['’]s|['’]|\.|,)+\Z")
_TOKEN = re.compile(r"[^\W_]+(?:[.'’\-][^\W_]+)*\.?")
_UNSPACED = frozenset({"ja", "zh"})
_KINDS = {"person": "person", "body": "organisation"}


@dataclass(frozen=True, slots=True)
class Found:
    """A mention as a system gives it; `entity` is the system's own number or name of the thing."""

    start: int
    end: int
    type: str
    entity: str
    wikidata: str | None


System = Callable[[GoldArticle], list[Found] | None]
"""None: the system does not serve the article's language."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One link or miss, for the list of errors."""

    article: str
    verdict: str
    surface: str
    given: str
    wanted: str


def reader_system(reader: EntityReader) -> System:
    """The stage as it runs: sentences, names, links and merging."""

    def read(article: GoldArticle) -> list[Found] | None:
        if article.language not in reader.languages:
            return None
        result = reader.read(article.text, sentences_of(article.text, article.language), None, article.language)
        links = {entity.id: entity.wikidata for entity in result.entities}
        return [Found(m.span.start, m.span.end, m.type.value, m.entity, links[m.entity]) for m in result.mentions]

    return read


def abstaining_system(model: Path = MODEL) -> System:
    """What a user gets who turns on the languages that abstain, in these only."""
    served = EntityReader.load(model).languages
    willing = EntityReader.load(model, also=("fr", "de", "uk", "ja", "zh", "sw", "ru", "ar", "es", "pt"))
    read = reader_system(willing)
    return lambda article: None if article.language in served else read(article)


def gazetteer_system(gazetteer: Gazetteer, longest: int = 7) -> System:
    """Baseline: the table of names alone, longest match from the left, each name its most common thing, no evidence."""

    def read(article: GoldArticle) -> list[Found]:
        if article.language in _UNSPACED:
            words = [(place, place + 1) for place in range(len(article.text))]
        else:
            words = [match.span() for match in _TOKEN.finditer(article.text)]
        found: list[Found] = []
        place = 0
        while place < len(words):
            span, step = _longest(article.text, words[place : place + longest], gazetteer)
            if span:
                found.append(span)
            place += step
        return found

    return read


def _longest(text: str, words: Sequence[tuple[int, int]], gazetteer: Gazetteer) -> tuple[Found | None, int]:
    start = words[0][0]
    if text[start].islower():
        return None, 1
    for count in range(len(words), 0, -1):
        end = words[count - 1][1]
        entry = gazetteer.find(text[start:end])
        if entry:
            kind = _KINDS.get(entry.kind, "place")
            return Found(start, end, kind, entry.identity, entry.wikidata), count
    return None, 1


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without leading article, possessive ending or full stop, about which annotators differ."""
    lead = _LEAD.match(text, start, end)
    if lead and lead.end() < end:
        start = lead.end()
    tail = _TAIL.search(text, start, end)
    return (start, tail.start()) if tail and tail.start() > start else (start, end)


Counts = defaultdict[str, float]


def judge(article: GoldArticle, found: Sequence[Found]) -> tuple[Counts, list[Judged]]:
    """All counts of an article, and its errors."""
    kept = [each for each in found if each.start < article.until]
    gold = {trimmed(article.text, each.start, each.end): each for each in article.mentions}
    matched = [(each, gold.get(trimmed(article.text, each.start, each.end))) for each in kept]
    counts: Counts = defaultdict(float)
    errors = list(_links(article, matched, counts))
    errors += _misses(article, matched, counts)
    _names(article, kept, counts)
    _merging(article, matched, counts)
    return counts, errors


Matched = Sequence[tuple[Found, GoldMention | None]]


def verdict(found: Found, mention: GoldMention | None, article: GoldArticle) -> str:
    """What a link is worth: right, unjudged, or one of four ways to be wrong."""
    if mention is None:
        overlaps = any(each.start < found.end and found.start < each.end for each in article.mentions)
        return "wrong span" if overlaps else "no mention"
    if mention.nil:
        return "has no item"
    if mention.accepted:
        return "right" if found.wikidata in mention.accepted else "wrong item"
    return "wrong item" if found.wikidata in mention.rejected else "unjudged"


def _links(article: GoldArticle, matched: Matched, counts: Counts) -> Iterator[Judged]:
    for found, mention in matched:
        if not found.wikidata:
            continue
        worth = verdict(found, mention, article)
        counts[f"link {worth}"] += 1
        if worth == "unjudged":
            continue
        counts["linked"] += 1
        if worth != "right":
            wanted = ",".join(sorted(mention.accepted)) if mention else ""
            yield Judged(article.identity, worth, article.text[found.start : found.end], found.wikidata, wanted)


def _misses(article: GoldArticle, matched: Matched, counts: Counts) -> Iterator[Judged]:
    given = {mention: found for found, mention in matched if mention}
    for mention in article.mentions:
        if not mention.required or not mention.accepted:
            continue
        counts["linkable"] += 1
        found = given.get(mention)
        if found and found.wikidata in mention.accepted:
            counts["linkable linked"] += 1
        elif not found or not found.wikidata:
            reason = "not linked" if found else "not found"
            yield Judged(article.identity, reason, mention.surface, "", ",".join(sorted(mention.accepted)))


def _names(article: GoldArticle, kept: Sequence[Found], counts: Counts) -> None:
    """Exact spans and types. What overlaps a mention of no requirement, or an event or other thing, is not counted."""
    gold = {(each.start, each.end, each.type.value) for each in article.mentions if each.required}
    gold = {span for span in gold if span[2] in TYPES}
    free = [each for each in article.mentions if not each.required or each.type.value not in TYPES]
    spans = {(each.start, each.end, each.type) for each in kept if each.type in TYPES}
    spans = {span for span in spans if not any(f.start < span[1] and span[0] < f.end for f in free)}
    counts["names right"] += len(spans & gold)
    counts["names found"] += len(spans)
    counts["names gold"] += len(gold)
    counts["names untyped right"] += len({span[:2] for span in spans} & {span[:2] for span in gold})


def _merging(article: GoldArticle, matched: Matched, counts: Counts) -> None:
    """Pairs over all required mentions, found or not; B-cubed over those found."""
    system = {mention: found.entity for found, mention in matched if mention and mention.required}
    wanted = [each for each in article.mentions if each.required]
    for one, other in combinations(wanted, 2):
        same = one.entity == other.entity
        merged = one in system and other in system and system[one] == system[other]
        counts["pairs gold"] += same
        counts["pairs found"] += merged
        counts["pairs right"] += same and merged
    ours: dict[str, set[GoldMention]] = defaultdict(set)
    theirs: dict[int, set[GoldMention]] = defaultdict(set)
    for mention, entity in system.items():
        ours[entity].add(mention)
        theirs[mention.entity].add(mention)
    for mention, entity in system.items():
        shared = len(ours[entity] & theirs[mention.entity])
        counts["cubed precision"] += shared / len(ours[entity])
        counts["cubed recall"] += shared / len(theirs[mention.entity])
        counts["cubed"] += 1


KEYS = (
    "linked", "link right", "linkable", "linkable linked", "names right", "names found", "names gold",
    "names untyped right", "pairs right", "pairs found", "pairs gold", "cubed precision", "cubed recall", "cubed",
)  # fmt: skip
Measures = dict[str, float]


def measures(row: np.ndarray) -> Measures:
    """The measures, 0 to 1, of sums in the order of KEYS; NaN where there is nothing to measure."""
    c = dict(zip(KEYS, (float(value) for value in row), strict=True))

    def ratio(part: float, whole: float) -> float:
        return part / whole if whole else float("nan")

    return {
        "link_precision": ratio(c["link right"], c["linked"]),
        "link_recall": ratio(c["linkable linked"], c["linkable"]),
        "names_f1": ratio(2 * c["names right"], c["names found"] + c["names gold"]),
        "names_precision": ratio(c["names right"], c["names found"]),
        "names_recall": ratio(c["names right"], c["names gold"]),
        "names_untyped_f1": ratio(2 * c["names untyped right"], c["names found"] + c["names gold"]),
        "merging_pairs_f1": ratio(2 * c["pairs right"], c["pairs found"] + c["pairs gold"]),
        "merging_b_cubed_f1": ratio(
            2 * c["cubed precision"] * c["cubed recall"], c["cubed"] * (c["cubed precision"] + c["cubed recall"])
        ),
    }


def summary(rows: Sequence[Counts]) -> dict[str, object]:
    """Measures with 95 % intervals (bootstrap over articles; None for a single article) and the counts behind them."""
    table = np.array([[float(row[key]) for key in KEYS] for row in rows])
    point = measures(table.sum(axis=0))
    weights = np.random.default_rng(0).multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=DRAWS)
    drawn = [measures(sums) for sums in weights @ table]
    total: Counts = defaultdict(float)
    for row in rows:
        for key, value in row.items():
            total[key] += value
    scores: dict[str, object] = {}
    for name, exact in point.items():
        values = np.array([each[name] for each in drawn])
        usual = values[~np.isnan(values)]
        edges = [round(float(edge), 3) for edge in np.percentile(usual, [2.5, 97.5])] if len(usual) else None
        scores[name] = {
            "value": None if np.isnan(exact) else round(exact, 3),
            "interval": edges if len(rows) > 1 else None,
        }
    return {"articles": len(rows), **scores, "counts": {key: round(total[key], 1) for key in sorted(total)}}


def evaluate(articles: Sequence[GoldArticle], system: System) -> tuple[dict[str, object], list[Judged]]:
    """Scores by language and over all (`all`, and `unseen` without the tagger's training texts), and the errors.

    Languages that the system does not serve: under `abstained`, with their number of articles, and nowhere else.
    """
    rows: list[tuple[GoldArticle, Counts]] = []
    errors: list[Judged] = []
    abstained: Counter[str] = Counter()
    for article in articles:
        found = system(article)
        if found is None:
            abstained[article.language] += 1
            continue
        counts, wrong = judge(article, found)
        rows.append((article, counts))
        errors += wrong
    groups: dict[str, list[Counts]] = {"all": [counts for _, counts in rows]}
    groups["unseen"] = [counts for article, counts in rows if not article.seen]
    for article, counts in rows:
        groups.setdefault(article.language, []).append(counts)
    scores: dict[str, object] = {name: summary(group) for name, group in groups.items() if group}
    return {"scores": scores, "abstained": dict(sorted(abstained.items()))}, errors


def markdown(results: dict[str, dict[str, object]]) -> str:
    """One table of all systems: a row a group of articles."""
    lines = [
        "| system | articles | n | links judged | precision | 95 % | linkable | recall | 95 % "
        "| merging, pairs F1 | B³ F1 | names F1 | 95 % |",
        "|" + "---|" * 13,
    ]
    for system, result in results.items():
        for name, group in result["scores"].items():  # type: ignore[attr-defined]
            counts = group["counts"]
            precision, recall, names = (group[key] for key in ("link_precision", "link_recall", "names_f1"))
            cells = [
                system, name, group["articles"], counts.get("linked", 0), *_cell(precision), counts.get("linkable", 0),
                *_cell(recall), _cell(group["merging_pairs_f1"])[0], _cell(group["merging_b_cubed_f1"])[0], *_cell(names),
            ]  # fmt: skip
            lines.append("| " + " | ".join(str(int(c) if isinstance(c, float) else c) for c in cells) + " |")
        if result["abstained"]:
            gone = ", ".join(f"{code} {n}" for code, n in result["abstained"].items())  # type: ignore[attr-defined]
            lines.append(f"| {system} | abstained: {gone} |" + " |" * 11)
    return "\n".join(lines)


def _cell(score: dict[str, object]) -> tuple[str, str]:
    value, interval = score["value"], score["interval"]
    shown = "-" if value is None else f"{100 * float(value):.1f}"  # type: ignore[arg-type]
    return shown, f"{100 * interval[0]:.1f}-{100 * interval[1]:.1f}" if interval else "-"  # type: ignore[index]


def listed(errors: Iterable[Judged]) -> str:
    """The errors, one a line: verdict, article, name, item given, items wanted."""
    return "\n".join("\t".join((e.verdict, e.article, e.surface, e.given, e.wanted)) for e in errors)


def main() -> None:
    """Print the table; with --json write the figures, with --errors list what is wrong (dev only)."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=REPOSITORY.parent / "shared")
    parser.add_argument("--split", choices=("dev", "test"), default="dev")
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--errors", action="store_true")
    arguments = parser.parse_args()
    if arguments.errors and arguments.split == "test":
        parser.error("the test split gives figures only: who mends the system must not see its errors")
    articles = read_gold(arguments.split, arguments.shared, REPOSITORY)
    systems = {
        "claimstream": reader_system(EntityReader.load(arguments.model)),
        "gazetteer only": gazetteer_system(Gazetteer.load()),
    }
    results = {}
    for name, system in systems.items():
        results[name], errors = evaluate(articles, system)
        if arguments.errors and name == "claimstream":
            print(listed(errors))
    print(markdown(results))
    if arguments.json:
        arguments.json.write_text(json.dumps({arguments.split: results}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
