"""`make eval`: scores everything on held-out data and writes docs/accuracy.md and docs/accuracy.json.

    python -m training.report --shared ../shared [--only language entities entities-multilingual quantities linking claims
        claims-languages matching]

Downloads nothing. Each part is scored beside its baselines in one run; a part not asked for keeps its last figures.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from services.entities.gazetteer import Gazetteer
from services.entities.read import MODEL as ENTITIES_MODEL
from services.entities.read import EntityReader
from services.entities.recognise import PieceTagger
from training.claims import evaluate as claims
from training.claims.baseline import bag_of_words_worth
from training.claims.data import annotated, claimbuster
from training.claims.languages import evaluate as claims_in_languages
from training.claims.scores import plain, reliability
from training.entities import counted, linking, spacy_cnn
from training.entities import evaluate as names
from training.entities.data import corpus
from training.entities.gold import read_gold
from training.entities.multilingual import evaluate as multilingual
from training.entities.multilingual.data import corpus as multilingual_corpus
from training.language.evaluate import SYSTEMS
from training.matching import evaluate as matching

Section = dict[str, Any]
REPOSITORY = Path(__file__).resolve().parents[1]
SCRATCH = REPOSITORY / ".claimstream" / "eval"  # baselines trained here, kept between runs
LIBRARIES = {"lingua": "lingua", "langdetect": "langdetect"}  # what a system needs, by the start of its name


def language(shared: Path) -> Section:
    """Every detector in a process of its own, so that memory is its own."""
    rows = {}
    for system in SYSTEMS:
        library = next((module for name, module in LIBRARIES.items() if system.startswith(name)), None)
        if library is not None and find_spec(library) is None:
            print(f"{system}: not installed, left out (training/README.md)", flush=True)
            continue
        command = [sys.executable, "-m", "training.language.evaluate", "--shared", str(shared), "--system", system]
        rows[system] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return rows


def entities(shared: Path) -> Section:
    """The English tagger on each held-out set, beside spaCy's CNN, names seen in training and the table of names alone."""
    found = corpus(shared / "data" / "ner")
    tagger = PieceTagger.load(ENTITIES_MODEL)
    finders = {
        "claimstream": names.model_finder(tagger),
        "names seen in training": names.majority_finder(found.train),
        "table of names only": names.gazetteer_finder(Gazetteer.load()),
    }
    if find_spec("spacy"):
        finders["spaCy CNN, same sentences"] = spacy_cnn.finder(found.train, SCRATCH / "spacy-cnn")
    else:
        print("spaCy: not installed, left out (training/README.md)", flush=True)
    sets = {
        title: {system: names.score(sentences, finder) for system, finder in finders.items()}
        for title, sentences in found.held_out.items()
    }
    web = found.held_out["web (EWT dev)"]
    return {
        "model": f"{tagger.info.name} {tagger.info.version}",
        "sets": sets,
        "words_a_second": round(names.speed(tagger, web)),
        "calibration_error": round(names.calibration_error(names.judged(tagger, web)), 3),
    }


def other_languages(shared: Path) -> Section:
    """The taggers of other languages, beside the same two baselines; languages that are not served included."""
    found, by = multilingual_corpus(shared / "data" / "ner"), multilingual.taggers()
    results = multilingual.scores(found, by, Gazetteer.load())
    groups = multilingual.by_language(found)
    served = sorted(code for code in groups if code in by[code].info.languages)
    pairs = [pair for code in served for pair in names.judged(by[code], groups[code], code)]
    return {
        "models": sorted({f"{tagger.info.name} {tagger.info.version}" for tagger in by.values()}),
        "served": served,
        "mean_f1": round(sum(float(str(results[code][multilingual.SYSTEM]["f1"])) for code in served) / len(served), 1),
        "calibration_error": round(names.calibration_error(pairs), 3),
        "languages": results,
    }


def quantities(shared: Path) -> Section:
    """Quantities and dates in other languages, beside the English rules; "" is all languages."""
    sentences = counted.marked(shared, "test")
    languages = ["", *sorted({each.language for each in sentences})]
    return {
        language: {
            name: plain(counted.scores([each for each in sentences if language in ("", each.language)], finder))
            for name, finder in counted.FINDERS.items()
        }
        for language in languages
    }


def links(shared: Path) -> Section:
    """Linking and merging on the gold articles; the test split is scored and never looked at."""
    systems = {
        "claimstream": linking.reader_system(EntityReader.load()),
        "claimstream, in languages that abstain": linking.abstaining_system(),
        "table of names only": linking.gazetteer_system(Gazetteer.load()),
    }
    splits = {}
    for split in ("dev", "test"):
        articles = read_gold(split, shared, REPOSITORY)
        splits[split] = {name: linking.evaluate(articles, system)[0] for name, system in systems.items()}
    return splits


def claim_scores(shared: Path) -> Section:
    """The claims reader from raw text on held-out documents, majority and bag of words beside it."""
    news = annotated(shared)
    held_out = [sentence for sentence in news if sentence.part == "test"]
    debates = claimbuster(shared)
    reader = claims.ClaimReader.load()
    found = claims.cases(reader, claims.entities_annotator(), held_out)
    scores = claims.scores(found)
    baselines = claims.baselines([each for each in news if each.part == "train"], held_out)
    words_worth = bag_of_words_worth([each for each in debates if each.part == "train"])
    cut = claims.debate_cut(lambda sentences: claims.debate_worth(reader, sentences)[0], debates)
    words_cut = claims.debate_cut(words_worth, debates)
    worth: dict[str, claims.Worth] = {}
    for readers, sentences in claims.debate_sets(debates).items():
        worth[readers] = claims.debate_worth(reader, sentences)
        scores |= claims.debate_scores(sentences, worth[readers], readers, None if readers else cut)
        baseline = words_worth(sentences), worth[readers][1]
        baselines["bag of words"] |= claims.debate_scores(sentences, baseline, readers, None if readers else words_cut)
    info = reader.classifier.info
    return {
        "model": f"{info.name} {info.version}",
        "debate_cuts": {"claimstream": cut, "bag of words": words_cut},
        "systems": {name: plain(row) for name, row in ({"claimstream": scores} | baselines).items()},
        "reliability": {
            "news": reliability(*claims.news_worth(found)),
            "debates": reliability(*worth[""]),
        },
    }


def other_claims(shared: Path) -> Section:
    """The claims reader in other languages, beside majority, rules and bag of words."""
    return claims_in_languages.section(shared)


def matches(shared: Path) -> Section:
    """Matching on the pairs written for it, beside both baselines; word lists were made with `dev` alone."""
    return {
        split: {system: plain(figures) for system, figures in matching.scores(split).items()}
        for split in ("test", "dev")
    }


PARTS: dict[str, Callable[[Path], Section]] = {
    "language": language,
    "entities": entities,
    "entities-multilingual": other_languages,
    "quantities": quantities,
    "linking": links,
    "claims": claim_scores,
    "claims-languages": other_claims,
    "matching": matches,
}


def main() -> None:
    """Score what is asked for, then write both files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--shared", type=Path, default=REPOSITORY.parent / "shared", help="directory of data/ and articles/"
    )
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    arguments = parser.parse_args()
    if not (arguments.shared / "data").is_dir():
        parser.error(f"{arguments.shared} has no data/: say --shared, or make eval SHARED=…")
    figures = REPOSITORY / "docs" / "accuracy.json"
    results = json.loads(figures.read_text(encoding="utf-8")) if figures.exists() else {}
    for part in arguments.only:
        print(f"scoring {part} …", flush=True)
        results[part] = {
            "scored": datetime.now(UTC).date().isoformat(),
            "machine": f"{platform.machine()}, Python {platform.python_version()}",
            "figures": PARTS[part](arguments.shared),
        }
        figures.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    from training.tables import page

    (REPOSITORY / "docs" / "accuracy.md").write_text(page(results), encoding="utf-8")
    print("wrote docs/accuracy.md and docs/accuracy.json")


if __name__ == "__main__":
    main()
