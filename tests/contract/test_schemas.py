"""What is on the topics stays readable, and what is written about it stays true."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from schemas import generate
from schemas.topics import TOPICS
from services.stream.dead_letters import Cause
from services.stream.service import registry
from services.stream.settings import Settings
from services.stream.stage import Stage, parse

EXAMPLES = Path(generate.__file__).parent / "examples"
WITH_MODEL = [topic for topic in TOPICS.values() if topic.model is not None]


def examples(topic: str) -> list[Path]:
    return sorted((EXAMPLES / topic).glob("*.json"))


def test_generated_files_are_what_the_models_say() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in generate.FOLDER.iterdir()}
    assert committed == generate.files(), "run `make schemas` and commit what it writes"


@pytest.mark.parametrize("topic", WITH_MODEL, ids=lambda topic: topic.name)
def test_golden_examples_are_read_for_ever(topic) -> None:
    """Examples are only ever added: each was a real message once, and some consumer has it stored."""
    assert topic.model is not None
    schema = json.loads((generate.FOLDER / f"{topic.name}.schema.json").read_text(encoding="utf-8"))
    assert examples(topic.name), f"{topic.name} has no golden example"
    for path in examples(topic.name):
        data = path.read_bytes()
        message = parse(topic.model, data)
        jsonschema.validate(json.loads(data), schema)
        if topic.name != "articles.raw":  # its unknown fields move to `extra`, and its id and language are filled in
            again = json.loads(message.model_dump_json())
            assert _keeps(again, json.loads(data)), f"{path.name} loses something when read and written"


def _keeps(again: object, original: object) -> bool:
    """True where all of `original` is in `again`; a later schema may have more fields."""
    if isinstance(original, dict) and isinstance(again, dict):
        return all(name in again and _keeps(again[name], value) for name, value in original.items())
    if isinstance(original, list) and isinstance(again, list):
        return len(again) == len(original) and all(map(_keeps, again, original))
    return again == original


@pytest.mark.parametrize("topic", [t for t in WITH_MODEL if t.name != "articles.raw"], ids=lambda topic: topic.name)
def test_spans_of_examples_are_exact(topic) -> None:
    def spans(value):
        if isinstance(value, dict):
            if {"exact", "start", "end"} <= set(value):
                yield value
            for part in value.values():
                yield from spans(part)
        elif isinstance(value, list):
            for part in value:
                yield from spans(part)

    for path in examples(topic.name):
        message = json.loads(path.read_text(encoding="utf-8"))
        if "article" not in message:
            continue
        for span in spans(message):
            assert message["article"]["text"][span["start"] : span["end"]] == span["exact"]


@pytest.mark.parametrize("service", registry().values(), ids=lambda service: service.name)
def test_every_service_reads_the_examples_of_its_topic(service) -> None:
    stage = Stage(service, Settings())
    for path in examples(service.reads.name):
        done = stage(path.read_bytes())
        assert done.event.topic is service.writes
        for output in (done.event, *done.parts):
            assert output.topic.model is not None
            schema = json.loads((generate.FOLDER / f"{output.topic.name}.schema.json").read_text(encoding="utf-8"))
            jsonschema.validate(json.loads(output.value), schema)
        assert stage(path.read_bytes()).event.event_id == done.event.event_id


def test_headers_of_dead_letters_are_described() -> None:
    written = Cause("language", "articles.raw", 0, 1, "not_json", "Reject", "no", 1).headers([])
    assert [name for name, _ in written] == list(generate.DEAD_LETTER_HEADERS["properties"])


def test_services_cover_the_flow() -> None:
    written = {topic.name for service in registry().values() for topic in service.outputs}
    assert written == set(TOPICS) - {"articles.raw", "articles.dead"}
