"""A processor that does what the article tells it, run as a real worker: `python -m tests.broker.trial`.

The text is a word and a number: `sleep 0.2`, `flaky 0` (fails once), `raise 0`, `exit 3`, `hang 0`, `grow 0`.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from schemas import Article, Language, LanguageEvent, Processor
from schemas.topics import ARTICLES_LANGUAGE, ARTICLES_RAW
from services.stream.run import run
from services.stream.service import Service
from services.stream.settings import Settings

failed_once: set[str] = set()
BIG = 20 * 1024 * 1024


def load(settings: Settings) -> None:
    if Path(os.environ.get("TRIAL_BROKEN", "nothing")).exists():
        raise FileNotFoundError("no such model")


def process(tool: None, article: Article) -> LanguageEvent:
    word, _, number = article.text.partition(" ")
    match word:
        case "sleep":
            time.sleep(float(number))
        case "flaky" if article.article_id not in failed_once:
            failed_once.add(article.article_id)
            raise ConnectionError("only the first time")
        case "raise":
            raise ZeroDivisionError("a bug in the processor")
        case "exit":
            os._exit(int(number))
        case "hang":
            time.sleep(3600)
    extra = {"filler": os.urandom(BIG // 2).hex()} if word == "grow" else article.extra
    return LanguageEvent(
        article=article.model_copy(update={"extra": extra}),
        language=Language(language="en", confidence=0.5),
        processor=Processor(name="trial", version="1"),
        processed_at=datetime.now(UTC),
    )


service = Service(
    name="trial",
    summary="Does what the article says",
    reads=ARTICLES_RAW,
    writes=ARTICLES_LANGUAGE,
    load=load,
    process=process,
)

if __name__ == "__main__":
    from tests.broker import trial  # under its real name, so that the reading process can import it

    settings = Settings()
    run(trial.service, settings, settings.metrics.port or 9460)
