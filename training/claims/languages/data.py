"""Material of the claims model of other languages: annotated news, sentences written for this project, and its gold articles.

Tables in `written/` (training) and `gold/` (test) hold types, check-worthiness, mode, speaker, target, hedged and text;
in `gold/` a line `# name` begins an article and the speaker is the resolved name.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from schemas.article import Article
from schemas.entities import Entities, EntitiesEvent, SentenceSpan
from schemas.event import Processor
from schemas.language import Language
from services.claims.cues import languages
from services.claims.passage import Passage, passage
from training.claims import labels
from training.claims.data import EPOCH, Sentence, annotated, documents, text_of
from training.claims.data import articles as articles_of
from training.claims.labels import labelled, more

HERE = Path(__file__).parent
LANGUAGES = languages()
ANNOTATED = ("ar", "fr", "pt", "ru")
"""Languages of the shared annotations that have cue words."""


def written(language: str) -> list[Sentence]:
    """Sentences for training, each a document of its own."""
    return _table(HERE / "written" / f"{language}.tsv", language, alone=True)


def gold(language: str) -> list[Sentence]:
    """Sentences of the project's own test articles. Never train on them, never tune by them."""
    return _table(HERE / "gold" / f"{language}.tsv", language, alone=False)


def news(shared: Path, language: str) -> list[Sentence]:
    """The annotated news of a language, and news labelled here, all parts (`Sentence.part`); none for some languages."""
    own = [*labelled(shared, language), *more(shared, language), *labels.articles(shared, language)]
    return [*(annotated(shared, language) if language in ANNOTATED else ()), *own]


def articles(language: str) -> list[Sentence]:
    """Articles written for training."""
    return articles_of(HERE / "articles" / f"{language}.tsv")


def _table(path: Path, language: str, alone: bool) -> list[Sentence]:
    found, document = [], ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines() if path.exists() else ()):
        if line.startswith("# "):
            document = line[2:]
            continue
        types, worth, mode, speaker, target, hedged, text = (field.strip() for field in line.split("\t"))
        labels, name = tuple(types.split(",")), f"written/{language}/{number}" if alone else document
        source = "written" if alone else "gold"
        hedge, worthy = hedged == "1", worth == "2"
        found.append(Sentence(name, number, text, labels, mode, worthy, hedge, speaker, speaker, target, source=source))
    return found


def bare_event(text: str, places: Iterable[tuple[int, int]], language: str, name: str) -> EntitiesEvent:
    """An article with sentences and no entities."""
    return EntitiesEvent(
        article=Article(article_id=name, text=text),
        processor=Processor(name="training", version="0"),
        processed_at=EPOCH,
        language=Language(language=language, confidence=1.0),
        entities=Entities(sentences=[SentenceSpan(start=start, end=end) for start, end in places]),
    )


def passages(sentences: Iterable[Sentence], language: str) -> list[tuple[list[Sentence], Passage]]:
    """Documents laid out for reading with the cue words of their language, with their annotated sentences."""
    found = []
    for name, group in documents(sentences).items():
        text, places = text_of(group)
        found.append((group, passage(bare_event(text, places, language, name))))
    return found
