"""ninjs out and in. The schema is what ninjs 3.3 allows of the properties that we use, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from schemas import Article, ClaimsEvent
from services.cli.articles import Refused, read, read_bytes
from services.export.from_ninjs import is_ninjs, raw_article
from services.export.ninjs import item
from tests.unit.export.conftest import Enrich

TEXT: dict[str, Any] = {"type": "string"}
URI = {"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+$"}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
PERCENT = {"type": "integer", "minimum": 0, "maximum": 100}


def only(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": list(required), "properties": properties}


def several(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "items": items}


NAMED = {"name": TEXT, "rel": TEXT, "uri": URI, "literal": TEXT}
POINT = only(
    ("type", "coordinates"),
    type={"const": "Point"},
    coordinates={
        "type": "array",
        "prefixItems": [{"minimum": -180, "maximum": 180}, {"minimum": -90, "maximum": 90}],
        "items": False,
        "minItems": 2,
    },
)
PROPERTIES = {
    "uri": URI,
    "type": {"enum": ["text"]},
    "representationType": {"enum": ["full", "partial"]},
    "version": TEXT,
    "firstCreated": TIME,
    "versionCreated": TIME,
    "contentCreated": TIME,
    "embargoedUntil": TIME,
    "pubStatus": {"enum": ["usable", "withheld", "canceled"]},
    "urgency": {"type": "integer", "minimum": 1, "maximum": 9},
    "copyrightHolder": TEXT,
    "language": TEXT,
    "by": TEXT,
    "bodies": several(only(("value",), role=TEXT, contentType=TEXT, value=TEXT, charCount={"type": "integer"})),
    "headlines": several(only(("value",), role=TEXT, contentType=TEXT, value=TEXT)),
    "people": several(only(**NAMED)),
    "organisations": several(only(**NAMED)),
    "places": several(only(**NAMED, geoJSON=POINT)),
    "events": several(only(**NAMED, id=TEXT)),
    "subjects": several(only(**NAMED, creator=TEXT, relevance=PERCENT, confidence=PERCENT)),
    "infoSources": several(only(name=TEXT, role=TEXT, uri=URI, literal=TEXT)),
    "renditions": several(only(("name",), name=TEXT, href=URI, contentType=TEXT)),
    "altIds": several(only(role=TEXT, value=TEXT)),
    "standard": only(name=TEXT, version=TEXT, schema=URI),
}
ASSOCIATED = only(("name", "uri"), **PROPERTIES, name=TEXT, rel=TEXT)
NINJS = only(("uri",), **PROPERTIES, associations=several(ASSOCIATED))

WIRE = {
    "uri": "http://wire.example/item/7",
    "standard": {"name": "ninjs", "version": "3.0"},
    "version": "3",
    "type": "text",
    "versionCreated": "2026-03-04T10:00:00Z",
    "firstCreated": "2026-03-03T10:00:00Z",
    "language": "en-GB",
    "by": "Anna Holm",
    "copyrightHolder": "Example Wire",
    "urgency": 2,
    "embargoedUntil": "2026-03-05T00:00:00Z",
    "headlines": [{"role": "subhead", "value": "Below"}, {"role": "main", "value": "Minister accuses company"}],
    "people": [{"name": "Anna Holm", "rel": "mentions", "uri": "http://wire.example/people/1"}],
    "subjects": [{"name": "bribery", "uri": "http://cv.iptc.org/newscodes/mediatopic/20000107", "rel": "about"}],
    "bodies": [
        {
            "role": "html",
            "contentType": "text/html",
            "value": "<h1>Minister</h1><p>The minister <b>accused</b> the\n company&nbsp;of bribery &amp; theft.<br>It denied"
            " it.</p><script>alert(1)</script><figure>A caption</figure><p>قالت 😀</p>",
        },
    ],
}
WIRE_TEXT = "Minister\n\nThe minister accused the company of bribery & theft.\nIt denied it.\n\nقالت 😀"


def only_article(found: list[Article | Refused]) -> Article:
    (one,) = found
    assert isinstance(one, Article), one
    return one


def taken(value: object, name: str = "x.json") -> Article:
    return only_article(list(read_bytes(json.dumps(value).encode(), name)))


def test_items_are_valid(events: list[ClaimsEvent]) -> None:
    for event in events:
        jsonschema.validate(item(event), NINJS)


def test_an_item_has_the_names_and_the_claims(events: list[ClaimsEvent]) -> None:
    for event in events:
        made = item(event)
        (body,) = made["bodies"]
        assert body["value"] == event.article.text and body["charCount"] == len(event.article.text)
        claims = made.get("associations", [])
        assert [claim["bodies"][0]["value"] for claim in claims] == [claim.text for claim in event.claims]
        for shown, claim in zip(claims, event.claims, strict=True):
            speaker = claim.attribution.speaker
            assert [source["name"] for source in shown.get("infoSources", [])] == ([speaker.name] if speaker else [])
            (worth,) = [one for one in shown["subjects"] if one["rel"] == "checkWorthiness"]
            assert worth["confidence"] == round(100 * claim.check_worthiness)
        lists = [one for name in ("people", "organisations", "places", "events") for one in made.get(name, [])]
        named = {entity.name for entity in event.entities.entities}
        assert {one["name"] for one in made.get("subjects", [])} == named
        assert {one["name"] for one in lists} == {
            entity.name for entity in event.entities.entities if entity.type.value != "other"
        }


def test_out_and_in_again(events: list[ClaimsEvent]) -> None:
    for event in events:
        article = event.article
        again = taken(item(event))
        same = {"article_id", "version", "title", "text", "authors", "source", "published_at"}
        assert again.model_dump(include=same) == article.model_dump(include=same)
        assert again.url == (article.url if article.url and article.url.startswith("https:") else None)


def test_in_and_out_again(enrich: Enrich) -> None:
    """What we have no field for comes out as it came in; what we found in an earlier version of it is ours to replace."""
    event = enrich(taken(WIRE))
    made = item(event)
    jsonschema.validate(made, NINJS)
    assert made["uri"] == WIRE["uri"] and made["version"] == "3"
    for name in ("urgency", "embargoedUntil", "firstCreated", "copyrightHolder"):
        assert made[name] == WIRE[name]
    assert WIRE["people"][0] in made["people"] and WIRE["subjects"][0] in made["subjects"]  # type: ignore[index]
    again = item(enrich(taken(made)))
    jsonschema.validate(again, NINJS)
    assert len(again["associations"]) == len(event.claims)
    assert again["subjects"] == made["subjects"] and again["people"] == made["people"]


def test_an_item_of_another_house(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(json.dumps(WIRE), encoding="utf-8")
    article = only_article(list(read([str(tmp_path / "x.json")])))
    assert article.article_id == WIRE["uri"] and article.version == 3 and article.url is None
    assert article.title == "Minister accuses company" and article.text == WIRE_TEXT
    assert article.language == "en-GB" and article.authors == ["Anna Holm"] and article.source == "Example Wire"
    assert article.published_at is not None and article.published_at.isoformat() == "2026-03-03T10:00:00+00:00"
    kept = article.extra["ninjs"]
    assert kept["urgency"] == 2 and kept["subjects"] == WIRE["subjects"] and len(kept["headlines"]) == 2
    assert "bodies" not in kept and "uri" not in kept


def test_plain_text_goes_before_markup_and_stays_to_the_letter() -> None:
    text = " a  <b>\r\n😀 x < y &amp; z "
    bodies = [*WIRE["bodies"], {"role": "text", "contentType": "text/plain", "value": text}]  # type: ignore[misc]
    article = taken(WIRE | {"bodies": bodies})
    assert article.text == text and article.extra["ninjs"]["bodies"] == WIRE["bodies"]
    assert taken(WIRE | {"bodies": [{"value": text}]}).text == text
    assert taken(WIRE | {"bodies": [{"value": "<p>a</p><p>b"}]}).text == "a\n\nb"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (WIRE, True),
        ({"uri": "a:b", "bodies": []}, True),
        ({"uri": "a:b", "$schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.3.json#"}, True),
        ({"uri": "a:b", "standard": {"name": "NINJS"}}, True),
        ({"uri": "a:b", "standard": "x"}, False),
        ({"uri": "a:b", "text": "ours", "bodies": []}, False),
        ({"uri": 5, "bodies": []}, False),
        ({"bodies": []}, False),
        (["uri", "bodies"], False),
    ],
)
def test_what_is_an_item(value: object, expected: bool) -> None:
    assert is_ninjs(value) is expected


def test_an_item_without_text_is_refused_in_one_line() -> None:
    for bodies in ([], None, [{"role": "x"}], [{"value": 5}], ["x"]):
        (refused,) = read_bytes(json.dumps(WIRE | {"bodies": bodies}).encode(), "x.json")
        assert isinstance(refused, Refused) and "ninjs item without text" in refused.why
    (refused,) = read_bytes(json.dumps(WIRE | {"firstCreated": "soon"}).encode(), "x.jsonl")
    assert isinstance(refused, Refused) and "published_at" in refused.why


def test_odd_items_do_no_harm() -> None:
    odd: dict[str, Any] = {name: [5, None, {}] for name in ("headlines", "infoSources", "altIds", "renditions")}
    body = [{"value": "x"}]
    assert raw_article({"uri": "a:b", "bodies": body} | odd)["text"] == "x"
    assert taken({"uri": "a:b", "bodies": body, "version": "2.1"}).version == 1
    assert taken({"uri": "a:b", "bodies": body, "version": "2.1"}).extra["ninjs"]["version"] == "2.1"
    assert "extra" in raw_article({"uri": "a:b", "bodies": body, "standard": "x"})


def test_what_extra_says_can_not_make_an_item_invalid(enrich: Enrich) -> None:
    for extra in ("x", {"people": "x", "urgency": "high", "desk": 1, "subjects": [5]}):
        article = Article(
            article_id="1", text="NATO accused Russia of a lie in Geneva on Monday.", extra={"ninjs": extra}
        )
        jsonschema.validate(item(enrich(article)), NINJS)
