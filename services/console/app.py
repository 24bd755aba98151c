"""The web application: pages, their data, and what a user may send."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from rich.console import Console as Terminal
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from schemas import Article, ClaimsEvent
from services.cli.articles import Refused, read_bytes
from services.cli.render import event_text
from services.console.feed import Feed
from services.console.guard import COOKIE, Guard, same, session
from services.console.pipeline import Pipeline, stages
from services.console.store import Store, followed
from services.console.view.article import View, article_view
from services.console.view.claims import claims_view, ranked
from services.console.view.pipeline import pipeline_view
from services.export.formats import FORMATS, Kind, file_name
from services.export.rows import Row, table
from services.export.rows import row as cells_of
from services.stream import replay
from services.stream.clients import BrokerAway
from services.stream.follow import Follower, Message
from services.stream.produce import produce
from services.stream.settings import Settings

audit = logging.getLogger("claimstream.audit")

STATIC = Path(__file__).with_name("static")
LIVE_LINES = 300
ARTICLES_A_FILE = 100
WRONG_TOKEN_SECONDS = 1.0
REPLAYS, REPLAYED_AT_ONCE = 50, 200
TEXT = "text"
FIELDS = ("title", "text", "language", "source", "url")


class Console:
    """What the handlers share."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.console.articles)
        self.feed = Feed()
        self.pipeline = Pipeline(settings)
        self.replays: deque[View] = deque(maxlen=REPLAYS)

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Follows Kafka while the server runs."""
        loop = asyncio.get_running_loop()

        def deliver(messages: list[Message]) -> None:
            if changes := self.store.take(messages):
                loop.call_soon_threadsafe(self.feed.publish, changes)

        topics = followed(self.settings.console.articles, self.settings.kafka.partitions)
        follower = Follower(self.settings, topics, deliver)
        follower.start()
        self.pipeline.start()
        try:
            yield
        finally:
            await run_in_threadpool(follower.close)
            await run_in_threadpool(self.pipeline.close)

    async def index(self, _: Request) -> Response:
        """The page."""
        return FileResponse(STATIC / "index.html")

    async def login_page(self, _: Request) -> Response:
        """Where a user gives the token."""
        return FileResponse(STATIC / "login.html")

    async def login(self, request: Request) -> Response:
        """Takes the token, gives a cookie."""
        token = self.settings.console.token
        given = (await self._json(request)).get("token")
        if token is not None and not (isinstance(given, str) and same(given, token.get_secret_value())):
            await asyncio.sleep(WRONG_TOKEN_SECONDS)
            raise HTTPException(401, "this is not the token")
        response = JSONResponse({})
        if token is not None:
            response.set_cookie(COOKIE, session(token.get_secret_value()), httponly=True, samesite="lax")
        return response

    async def stream(self, _: Request) -> Response:
        """News as they come."""
        return EventSourceResponse(self.feed.listen(), ping=15)

    async def lines(self, _: Request) -> Response:
        """The newest articles, for a page that was just opened."""
        return JSONResponse(self.store.lines(LIVE_LINES))

    async def claims(self, request: Request) -> Response:
        """All claims of the articles in memory, ranked, with a timeline and who accuses whom."""
        try:
            view = await run_in_threadpool(claims_view, self.store.rows(), request.query_params)
        except ValueError as error:
            raise HTTPException(400, str(error)) from error
        for group in view["groups"]:
            group["rows"] = [row | {"said": self.store.said(row["id"])} for row in group["rows"]]
        return JSONResponse(view)

    async def article(self, request: Request) -> Response:
        """One article with everything found in it."""
        event = ClaimsEvent.model_validate_json(self._event(request))
        view = article_view(event)
        for claim in view["claims"]:
            claim["said"] = self.store.said(claim["id"])
        return JSONResponse(view)

    async def export(self, request: Request) -> Response:
        """One article as a file: text for people, or one of FORMATS; as JSON, to the byte as it is on the topic."""
        data, asked = self._event(request), request.query_params.get("as") or Kind.JSON
        if asked not in (TEXT, *FORMATS):
            raise HTTPException(400, f"as is one of {', '.join((TEXT, *FORMATS))}")
        id = request.query_params["id"]
        if asked == Kind.JSON:
            return _file(data, FORMATS[asked].media_type, file_name(id, FORMATS[asked].suffix))
        event = await run_in_threadpool(ClaimsEvent.model_validate_json, data)
        if asked == TEXT:
            terminal = Terminal(file=io.StringIO(), width=100, color_system=None)
            terminal.print(event_text(event))
            assert isinstance(terminal.file, io.StringIO)
            return _file(terminal.file.getvalue(), "text/plain", file_name(id, ".txt"))
        return _document(asked, FORMATS[asked].write([event]), id)

    async def claims_table(self, request: Request) -> Response:
        """The claims that fit what is asked, all of them, as CSV."""
        try:
            claims = await run_in_threadpool(self._claims_table, request.query_params)
        except ValueError as error:
            raise HTTPException(400, str(error)) from error
        return _document(Kind.CSV, table([claims]), "claims")

    def _claims_table(self, asked: Mapping[str, str]) -> list[Row]:
        found = ranked(self.store.rows(), asked)
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        for row in found:
            wanted[row["article"]].add(row["id"])
        cells: dict[tuple[str, str], Row] = {}
        for article, ids in wanted.items():  # one event in memory at a time
            data = self.store.event(article)
            if data is None:
                continue
            event = ClaimsEvent.model_validate_json(data)
            cells |= {
                (article, claim.claim_id): cells_of(event, claim) for claim in event.claims if claim.claim_id in ids
            }
        places = ((row["article"], row["id"]) for row in found)
        return [cells[place] for place in places if place in cells]

    def _event(self, request: Request) -> bytes:
        event = self.store.event(request.query_params.get("id", ""))
        if event is None:
            raise HTTPException(404, "this article is not among the recent ones that the console holds")
        return event

    async def send(self, request: Request) -> Response:
        """Takes an article's fields, or a file as `{name, content}`; sends what is valid to articles.raw."""
        asked = await self._json(request)
        articles, refused = _articles(asked)
        if articles:
            self.store.expect(articles)
            try:
                refused += await run_in_threadpool(self._produce, articles)
            except BrokerAway as error:
                raise HTTPException(503, str(error)) from error
        if not articles:
            return JSONResponse({"error": "; ".join(why["why"] for why in refused) or "no article in it"}, 422)
        failed = {why["place"] for why in refused}
        sent = [article.article_id for article in articles if article.article_id not in failed]
        audit.info("produced %s", json.dumps({"by": _client(request), "articles": sent}))
        return JSONResponse({"sent": sent, "refused": refused})

    def _produce(self, articles: list[Article]) -> list[View]:
        return [{"place": id, "why": why} for id, why in produce(self.settings, articles) if why]

    async def journey(self, request: Request) -> Response:
        """How far an article that was sent from here has come."""
        journey = self.store.journey(request.query_params.get("id", ""))
        if journey is None:
            raise HTTPException(404, "no such article was sent from here lately")
        return JSONResponse(journey)

    async def state(self, _: Request) -> Response:
        """Whether all is well: `up`, `warn` or `down`, and why it is not."""
        view = await run_in_threadpool(pipeline_view, stages(), self.pipeline.snapshots())
        return JSONResponse({"state": view["state"], "why": view["why"]})

    async def stages(self, _: Request) -> Response:
        """The pipeline, its newest dead letters, and what was sent again from here."""
        view = await run_in_threadpool(pipeline_view, stages(), self.pipeline.snapshots())
        return JSONResponse(view | {"letters": self.store.dead_letters(), "replays": list(self.replays)})

    async def replay(self, request: Request) -> Response:
        """Sends dead letters, given as `{letters: [[partition, offset], …], confirmed: true}`, to where they died."""
        asked = await self._json(request)
        if asked.get("confirmed") is not True:
            raise HTTPException(400, "not confirmed")
        places = [(p, o) for p, o in _pairs(asked.get("letters")) if p >= 0 and o >= 0]
        if not 0 < len(places) <= REPLAYED_AT_ONCE:
            raise HTTPException(400, f"letters is 1 to {REPLAYED_AT_ONCE} pairs of partition and offset")
        try:
            sent = await run_in_threadpool(self._replay, places)
        except LookupError as error:
            raise HTTPException(404, str(error.args[0] if error.args else error)) from error
        except BrokerAway as error:
            raise HTTPException(503, str(error)) from error
        done = {"at": datetime.now(UTC).isoformat(), "by": _client(request), "letters": places, "sent": sent}
        self.replays.appendleft(done)
        audit.info("replayed %s", json.dumps(done))
        return JSONResponse(done)

    def _replay(self, places: list[tuple[int, int]]) -> dict[str, int]:
        return dict(replay.replay(self.settings, replay.letters_at(self.settings, places)))

    async def livez(self, _: Request) -> Response:
        """The event loop turns."""
        return PlainTextResponse("ok\n")

    async def _json(self, request: Request) -> dict[str, Any]:
        limit, body = self.settings.console.max_input_bytes, bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise HTTPException(413, f"larger than {limit} bytes (CLAIMSTREAM_CONSOLE__MAX_INPUT_BYTES)")
        try:
            value = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise HTTPException(400, "no JSON") from error
        if not isinstance(value, dict):
            raise HTTPException(400, "no JSON object")
        return value


def _articles(asked: dict[str, Any]) -> tuple[list[Article], list[View]]:
    """The valid articles of what was posted, and why the others are not."""
    if "content" in asked:
        name, content = str(asked.get("name", "")), asked["content"]
        data = content.encode(errors="surrogatepass") if isinstance(content, str) else b""
    else:
        fields = {name: asked[name] for name in FIELDS if asked.get(name) not in (None, "")}
        name, data = "the article.json", json.dumps(fields).encode()
    found = list(read_bytes(data, name))
    if len(found) > ARTICLES_A_FILE:
        return [], [{"place": name, "why": f"{len(found)} articles; at most {ARTICLES_A_FILE} at once"}]
    articles = {item.article_id: item for item in found if isinstance(item, Article)}
    return list(articles.values()), [
        {"place": item.place, "why": item.why} for item in found if isinstance(item, Refused)
    ]


def _pairs(value: object) -> list[tuple[int, int]]:
    """The pairs of whole numbers in what was posted; a pair that is none is an empty list."""
    try:
        pairs = [(partition, offset) for partition, offset in value]  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        return []
    return list(dict.fromkeys(pairs)) if all(type(number) is int for pair in pairs for number in pair) else []


def _client(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _document(kind: str, pieces: Iterable[str], name: str) -> Response:
    """A document as a file. CSV begins with a byte order mark: without it Excel reads no UTF-8."""
    mark = "\ufeff" if kind == Kind.CSV else ""
    return _file(mark + "".join(pieces), FORMATS[kind].media_type, file_name(name, FORMATS[kind].suffix))


def _file(content: str | bytes, media_type: str, name: str) -> Response:
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, media_type=media_type, headers=headers)


async def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code)


def make_app(settings: Settings) -> Starlette:
    """The application for `settings`."""
    console = Console(settings)
    return Starlette(
        routes=[
            Route("/", console.index),
            Route("/login", console.login_page),
            Route("/login", console.login, methods=["POST"]),
            Route("/livez", console.livez),
            Route("/api/stream", console.stream),
            Route("/api/articles", console.lines),
            Route("/api/articles", console.send, methods=["POST"]),
            Route("/api/article", console.article),
            Route("/api/claims", console.claims),
            Route("/api/state", console.state),
            Route("/api/pipeline", console.stages),
            Route("/api/replay", console.replay, methods=["POST"]),
            Route("/api/export", console.export),
            Route("/api/export/claims", console.claims_table),
            Route("/api/journey", console.journey),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(Guard, settings=settings.console)],
        exception_handlers={HTTPException: _problem},
        lifespan=console.lifespan,
    )
