"""The claims that the console holds: ranked, grouped by who says them or whom they accuse, dated, and who accuses whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from services.console.view.article import View

FILTERS = ("type", "language", "source", "speaker", "target")
SORTS = ("worth", "newest")
GROUPS = ("", "speaker", "target")
ROWS, NAMED_GROUPS, ROWS_A_GROUP, PAIRS, BARS = 100, 40, 5, 24, 60
STEPS = {
    60: "minute",
    600: "10 minutes",
    3600: "hour",
    21600: "6 hours",
    86400: "day",
    604800: "week",
    2592000: "month",
}


def claims_view(rows: Sequence[View], asked: Mapping[str, str]) -> View:
    """What the page of claims shows of `rows` (see `claim_rows`).

    `asked` may hold a value for each of FILTERS, `q` (words in the claim or the names), `sort` and `group`. Raises
    ValueError where these say something else.
    """
    found, group = ranked(rows, asked), asked.get("group") or ""
    return {
        "held": len(rows),
        "total": len(found),
        "groups": _groups(found, group) if group else [{"name": "", "count": len(found), "rows": found[:ROWS]}],
        "timeline": timeline(found),
        "accusations": accusations(found),
        "languages": sorted({row["language"] for row in rows}),
        "sources": sorted({row["source"] for row in rows if row["source"]}),
    }


def ranked(rows: Sequence[View], asked: Mapping[str, str]) -> list[View]:
    """The rows that fit what is asked of `claims_view`, in the order asked. Raises ValueError as that does."""
    sort, group = asked.get("sort") or "worth", asked.get("group") or ""
    if sort not in SORTS or group not in GROUPS:
        raise ValueError(f"sort is one of {', '.join(SORTS)}; group is empty, speaker or target")
    found = [row for row in rows if _fits(row, asked)]
    found.sort(key=_when, reverse=True)
    if sort == "worth":
        found.sort(key=lambda row: -row["worth"])  # stable: the newest first among equals
    return found


def _fits(row: View, asked: Mapping[str, str]) -> bool:
    if any(asked.get(name) and row[name] != asked[name] for name in FILTERS):
        return False
    wanted = (asked.get("q") or "").strip().casefold()
    return not wanted or any(wanted in (row[name] or "").casefold() for name in ("text", "speaker", "target"))


def _when(row: View) -> datetime:
    when = datetime.fromisoformat(row["when"])
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _groups(rows: Iterable[View], by: str) -> list[View]:
    """The names with most claims, those without a name last; some rows of each."""
    groups: defaultdict[str | None, list[View]] = defaultdict(list)
    for row in rows:
        groups[row[by]].append(row)
    order = sorted(groups, key=lambda name: (name is None, -len(groups[name]), name or ""))
    shown = [name for name in order if name is not None][:NAMED_GROUPS] + [name for name in order if name is None]
    return [{"name": name, "count": len(groups[name]), "rows": groups[name][:ROWS_A_GROUP]} for name in shown]


def timeline(rows: Sequence[View]) -> View:
    """Claims by time and type in at most BARS bars of one width, which leaves some early ones out if these lie far back.

    `step` names the width, `bars` are `{at, types}` from the oldest on, `earlier` counts what lies before them.
    """
    times = sorted(_when(row).timestamp() for row in rows)
    if not times:
        return {"step": None, "bars": [], "earlier": 0}
    reach = times[-1] - times[len(times) // 20]
    width = next((width for width in STEPS if reach < (BARS - 1) * width), max(STEPS))
    last = int(times[-1] // width)
    first = max(int(times[0] // width), last - BARS + 1)
    bars: list[Counter[str]] = [Counter() for _ in range(first, last + 1)]
    earlier = 0
    for row in rows:
        place = int(_when(row).timestamp() // width) - first
        if place < 0:
            earlier += 1
        else:
            bars[place][row["type"]] += 1
    return {
        "step": STEPS[width],
        "bars": [
            {"at": datetime.fromtimestamp((first + place) * width, UTC).isoformat(), "types": dict(bar)}
            for place, bar in enumerate(bars)
        ],
        "earlier": earlier,
    }


def accusations(rows: Iterable[View]) -> list[View]:
    """Who accuses whom how often, the most frequent pairs first. `speaker` is None where nobody is named."""
    pairs = Counter(
        (row["speaker"], row["target"]) for row in rows if row["type"] == "accusation" and row["target"] is not None
    )
    ordered = sorted(pairs.items(), key=lambda item: (-item[1], item[0][0] or "", item[0][1]))
    return [{"speaker": speaker, "target": target, "count": count} for (speaker, target), count in ordered[:PAIRS]]
