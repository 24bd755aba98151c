"""Real events: what `enrich` finds in the samples, and in an article that wants to break things."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from schemas import Article, ClaimsEvent, RawArticle
from services.cli.articles import read
from services.cli.enrich import pipeline
from services.stream.settings import Settings

SAMPLES = Path(__file__).parents[3] / "samples"
HOSTILE = RawArticle(
    article_id="../=1+1 <b>\"'\r\nSet-Cookie: x=1;%2F😀",
    url="javascript:alert(1)",
    title='=HYPERLINK("http://evil.example","click")',
    source="@SUM(1)",
    authors=["-Anna", "+Bo"],
    text=(
        "😀👩‍👩‍👧‍👦 The minister accused the company of bribery.\r\n\r\n"
        "=1+1 The ministry said on Tuesday that 12 villages had been evacuated \u202eelagive\u202c.\n"
        "اتهمت الحكومة الشركة بالرشوة يوم الثلاثاء، وقالت إن 12 قرية أخليت.\n"
        'The mayor of Geneva\u0000 said "Russia" had broken the ceasefire 17 times. 🇲🇩 NATO denied it.'
    ),
)

Enrich = Callable[[Article], ClaimsEvent]


@pytest.fixture(scope="session")
def enrich() -> Enrich:
    return pipeline(Settings())


@pytest.fixture(scope="session")
def samples() -> list[Article]:
    found = read(sorted(str(path) for path in SAMPLES.iterdir() if path.suffix in (".json", ".txt")))
    return [article for article in found if isinstance(article, Article)]


@pytest.fixture(scope="session")
def hostile(enrich: Enrich) -> ClaimsEvent:
    event = enrich(HOSTILE.identified())
    assert event.claims and event.entities.mentions
    return event


@pytest.fixture(scope="session")
def events(enrich: Enrich, samples: list[Article], hostile: ClaimsEvent) -> list[ClaimsEvent]:
    return [*map(enrich, samples), hostile]
