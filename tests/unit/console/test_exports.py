"""What the console gives as files."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from urllib.parse import urlencode

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from schemas import ClaimsEvent
from services.console.app import Console
from services.console.view.article import article_view
from services.export.formats import FORMATS
from services.stream.settings import Settings
from tests.unit.console.test_views import event, example, message

ID = '../a "b"\r\nx: y/статья'


@pytest.fixture
def console() -> Console:
    console = Console(Settings())
    console.store.take([message(example(), key="example-statement")])
    console.store.take([message(event(article_id=ID, title="=1+1").model_dump_json().encode(), key=ID)])
    return console


def ask(handler, **query: str) -> Response:  # type: ignore[no-untyped-def]
    request = Request({"type": "http", "method": "GET", "headers": [], "query_string": urlencode(query).encode()})
    return asyncio.run(handler(request))  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", [*FORMATS, "text"])
def test_an_article_as_a_file(console: Console, name: str) -> None:
    answer = ask(console.export, **{"id": ID, "as": name})
    suffix, kind = (".txt", "text/plain") if name == "text" else (FORMATS[name].suffix, FORMATS[name].media_type)
    stem = "a_b_x_y_%D1%81%D1%82%D0%B0%D1%82%D1%8C%D1%8F"
    assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''{stem}{suffix}"
    assert answer.headers["content-type"].startswith(kind)
    text = bytes(answer.body).decode()
    if "json" in kind:
        json.loads(text)
    assert event().claims[0].text in text or name == "text"


def test_json_is_the_message_to_the_byte(console: Console) -> None:
    for query in ({"id": "example-statement"}, {"id": "example-statement", "as": "json"}):
        assert ask(console.export, **query).body == example()


def test_what_can_not_be_exported(console: Console) -> None:
    for query, code in (({"id": ID, "as": "pdf"}, 400), ({"id": "unknown", "as": "csv"}, 404), ({}, 404)):
        with pytest.raises(HTTPException) as raised:
            ask(console.export, **query)
        assert raised.value.status_code == code
    with pytest.raises(HTTPException) as raised:
        ask(console.claims_table, sort="x")
    assert raised.value.status_code == 400


def test_all_claims_that_fit_as_a_table(console: Console) -> None:
    def rows(**asked: str) -> list[dict[str, str]]:
        answer = ask(console.claims_table, **asked)
        assert answer.headers["content-disposition"].endswith("''claims.csv")
        return list(csv.DictReader(io.StringIO(bytes(answer.body).decode("utf-8-sig"))))

    claims = event().claims
    everything = rows()
    assert len(everything) == 2 * len(claims)
    worth = [float(row["check_worthiness"]) for row in everything]
    assert worth == sorted(worth, reverse=True)
    assert {row["title"] for row in everything} == {"'=1+1", event().article.title}
    accusations = rows(type="accusation", q="sweden")
    assert 0 < len(accusations) < len(everything)
    assert {row["primary_type"] for row in accusations} == {"accusation"}
    assert rows(language="xx") == []


def test_the_page_is_told_the_formats() -> None:
    view = article_view(ClaimsEvent.model_validate_json(example()))
    assert [one["as"] for one in view["exports"]] == list(FORMATS)
