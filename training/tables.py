"""docs/accuracy.md from the figures of `training.report`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from training.entities import linking

Figures = dict[str, Any]


def page(results: Figures) -> str:
    """The whole page."""
    head = """# Accuracy

Written by `make eval`; do not edit. Held-out data, from raw text, 95 % intervals in brackets, baselines in the same run.
What the sets are, and what the models learnt from: the model cards in `training/`. Figures as JSON: `accuracy.json`.
"""
    return "\n".join([head, *(_section(name, results[name]) for name in WRITERS if name in results)])


def _section(name: str, result: Figures) -> str:
    title, write = WRITERS[name]
    return f"## {title}\n\n{write(result['figures'])}\nScored {result['scored']}, {result['machine']}.\n"


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(header)} |", "|" + "---|" * len(header)]
    return "\n".join([*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows), ""])


def _per_cent(value: float, interval: Sequence[float]) -> str:
    return f"{100 * value:.1f} [{100 * interval[0]:.1f}, {100 * interval[1]:.1f}]"


def _language(figures: Figures) -> str:
    sets = ("sentences", "single words", "other sources", "articles")
    some = next(iter(figures.values()))
    return "% right, `und` counted as wrong; in brackets 95 %, then the share of `und`.\n\n" + _table(
        [
            "",
            *(f"{name} (n={some[name]['n']:,})" for name in sets),
            "calibration error",
            "ms an article",
            "to load",
            "MB",
        ],
        (
            [
                system,
                *(
                    f"{_per_cent(row[name]['accuracy'], row[name]['interval'])} {100 * row[name]['undetermined']:.1f}"
                    for name in sets
                ),
                f"{row['sentences']['calibration_error']:.3f}",
                f"{row['articles']['milliseconds']:.1f}",
                f"{row['load_seconds']:.1f} s",
                row["megabytes"],
            ]
            for system, row in figures.items()
        ),
    )


_NAME_COLUMNS = ["n", "F1", "precision", "recall", "person (n)", "organisation (n)", "place (n)"]


def _names(row: Figures) -> list[object]:
    """The cells of one system on one set (`training.entities.evaluate.score`)."""
    return [
        row["gold"],
        f"{row['f1']} [{row['interval'][0]}, {row['interval'][1]}]",
        row["precision"],
        row["recall"],
        *(f"{value} ({n})" for value, n in row["by_type"].values()),
    ]


def _entities(figures: Figures) -> str:
    rows = (
        [title, system, *_names(row)] for title, systems in figures["sets"].items() for system, row in systems.items()
    )
    return (
        f"English, {figures['model']}: exact spans and types. {figures['words_a_second']:,} words/s a core tagging alone,"
        f" calibration error {figures['calibration_error']} on EWT.\n\n"
        + _table(["set", "system", *_NAME_COLUMNS], rows)
    )


def _other_languages(figures: Figures) -> str:
    served = set(figures["served"])
    rows = (
        [code if place else f"**{code}**" if code in served else f"{code}, abstains", system, *_names(row)]
        for code, systems in figures["languages"].items()
        for place, (system, row) in enumerate(systems.items())
    )
    return (
        f"{', '.join(figures['models'])}: exact spans and types. {len(served)} languages are served (bold), mean F1"
        f" {figures['mean_f1']}, calibration error {figures['calibration_error']}; which, was decided on these figures,"
        " so the mean is slightly flattered. The others, and those not listed, abstain unless a setting says otherwise.\n\n"
        + _table(["language", "system", *_NAME_COLUMNS], rows)
    )


def _quantities(figures: Figures) -> str:
    systems = list(figures[""])
    return (
        "F1 of sentences marked for this project; right where the place overlaps and the value is the same.\n\n"
        + _table(
            ["language", *(f"{kind}, {system}" for kind in ("quantities", "dates") for system in systems)],
            (
                [
                    language or "all",
                    *(
                        f"{_per_cent(row[system][kind]['value'], row[system][kind]['interval'])} n={row[system][kind]['n']}"
                        for kind in ("quantity", "date")
                        for system in systems
                    ),
                ]
                for language, row in figures.items()
            ),
        )
    )


def _linking(figures: Figures) -> str:
    return "\n".join(f"### {split}\n\n{linking.markdown(systems)}\n" for split, systems in figures.items())


def _claims(figures: Figures) -> str:
    systems = figures["systems"]

    def cell(row: Figures | None) -> str:
        return f"{row['value']:.3f} [{row['interval'][0]:.3f}, {row['interval'][1]:.3f}]" if row else ""

    rows = (
        [name, *(cell(each.get(name)) for each in systems.values()), row["n"]]
        for name, row in systems["claimstream"].items()
    )
    diagrams = (_reliability(name, bins) for name, bins in figures["reliability"].items())
    cuts = ", ".join(f"{name} {cut:.2f}" for name, cut in figures["debate_cuts"].items())
    return "\n".join(
        [
            _table([f"English, held-out documents: {figures['model']}", *systems, "n"], rows),
            f"Thresholds of check-worthiness whose F1 is best on the dev debates: {cuts}.\n",
            *diagrams,
        ]
    )


def _reliability(name: str, bins: Sequence[Figures]) -> str:
    """A diagram that GitHub draws: bars for what was check-worthy in fact, a line for what was said."""
    heading = f"Check-worthiness of sentences in held-out {name}: bars, how many were check-worthy; line, what was said"
    labels = ", ".join(f'"{row["predicted"]:.2f} (n={row["n"]})"' for row in bins)
    return f"""```mermaid
xychart-beta
  title "{heading}"
  x-axis "mean said" [{labels}]
  y-axis "share that was check-worthy" 0 --> 1
  bar [{", ".join(str(row["observed"]) for row in bins)}]
  line [{", ".join(str(row["predicted"]) for row in bins)}]
```
"""


_CLAIM_COLUMNS = {
    "primary accuracy": "primary type",
    "primary macro-F1": "macro-F1",
    "accusation (any) F1": "accusation F1",
    "target right (of accusations found)": "target",
    "mode accuracy": "mode",
    "speaker right (of quoted and reported)": "speaker",
    "check-worthy F1": "check-worthy F1",
    "check-worthy ECE": "its calibration error",
}


def _claims_in_languages(figures: Figures) -> str:
    def cell(row: Figures, name: str) -> str:
        score = row.get(name)
        if score is None:
            return ""
        low, high = score["interval"]
        return f"{score['value']:.2f} [{low:.2f}, {high:.2f}]"

    rows = [
        [
            f"**{code}**" if served else f"{code}, abstains",
            f"{part}, {row['n']}",
            system,
            *(cell(row, name) for name in _CLAIM_COLUMNS),
        ]
        for code, (served, parts) in figures["languages"].items()
        for part, systems in parts.items()
        for system, row in systems.items()
    ]
    return (
        f"{figures['model']}: {figures['words_a_second']:,} words/s a core with the grammar. *gold*: articles written for this"
        " project; *news*: held-out news by others, annotated or labelled here. The model learnt from sentences by the hand that"
        " wrote the gold, so"
        f" *news* is the harder and truer test. A language is served (bold) when the lower bound of primary accuracy over both is"
        f" at least {figures['bound']:.2f} (.60 where there is no news); the others abstain.\n\n"
        + _table(["language", "test, sentences", "system", *_CLAIM_COLUMNS.values()], rows)
    )


def _matching(figures: Figures) -> str:
    def cell(row: Figures) -> str:
        low, high = row["interval"]
        return f"{row['value']:.3f} [{max(0.0, low):.3f}, {high:.3f}] n={row['n']}" if row["n"] else "none joined"

    names = ["precision", "recall", "different, but joined"]
    rows = (
        [split, system, *(cell(row[name]) for name in names)]
        for split, systems in figures.items()
        for system, row in systems.items()
    )
    return (
        "English: pairs of sentences that say the same in other words, and of sentences that differ in one fact (a number, a name,"
        " who did it, whether, when). All was made with `dev` alone. No pair has equal sentences, so the exact"
        " fingerprint finds none: what it joins in real news, reprints, all systems join.\n\n"
        + _table(["pairs", "system", *names], rows)
    )


WRITERS = {
    "language": ("Language", _language),
    "entities": ("Entities", _entities),
    "entities-multilingual": ("Entities in other languages", _other_languages),
    "quantities": ("Quantities and dates in other languages", _quantities),
    "linking": ("Links and merging", _linking),
    "claims": ("Claims", _claims),
    "claims-languages": ("Claims in other languages", _claims_in_languages),
    "matching": ("The same claim in other words", _matching),
}
