"""Who may ask, and what a browser may do with the answer. Around the whole application.

- Host: only known names, so that a page elsewhere can't reach this one by pointing its own name at it (DNS rebinding).
- POST: JSON from a page of ours only (Origin), so that no page elsewhere can post in a user's name (CSRF).
- Token: where one is set, everything but the way in needs it: a cookie made from it, or `Authorization: Bearer`.
- Content-Security-Policy: nothing runs but the script files of this server, whatever an article's text holds.
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.stream.settings import Console

COOKIE = "claimstream"
OPEN_PATHS = ("/login", "/livez")
OPEN_FOLDER = "/static/"
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")
SECURITY_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


def same(given: str, wanted: str) -> bool:
    """Whether two secrets are equal, in a time that tells nothing of where they differ."""
    return hmac.compare_digest(given.encode(errors="surrogatepass"), wanted.encode())


def session(token: str) -> str:
    """The cookie of a user who gave the token: made from it, so that nothing need be kept; it ends when it changes."""
    return hmac.new(token.encode(), b"claimstream console", hashlib.sha256).hexdigest()


class Guard:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, settings: Console) -> None:
        self._app = app
        self._token = settings.token.get_secret_value() if settings.token else None
        named = [name.strip().lower() for name in settings.hosts.split(",") if name.strip()]
        self._hosts = {*named, settings.host.lower(), *LOOPBACK_NAMES}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers[name] = value
            await send(message)

        refusal = self._refusal(scope["method"], scope["path"], Headers(scope=scope))
        await (refusal or self._app)(scope, receive, send_guarded)

    def _refusal(self, method: str, path: str, headers: Headers) -> Response | None:
        host = headers.get("host", "")
        if _name(host) not in self._hosts:
            return _no(421, f"this console is not called {host!r}; add the name to CLAIMSTREAM_CONSOLE__HOSTS")
        if method == "POST":
            if not _ours(headers, host):
                return _no(403, "posted from another site's page")
            if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
                return _no(415, "post JSON")
        if path in OPEN_PATHS or path.startswith(OPEN_FOLDER) or self.admits(headers):
            return None
        return RedirectResponse("/login", 303) if path == "/" else _no(401, "give the token")

    def admits(self, headers: Headers) -> bool:
        """Whether a request brings the token, where one is wanted."""
        if self._token is None:
            return True
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return same(given, self._token)
        return same(cookie_parser(headers.get("cookie", "")).get(COOKIE, ""), session(self._token))


def _name(host: str) -> str:
    """The host's name without its port; empty where it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _ours(headers: Headers, host: str) -> bool:
    """Browsers send Origin with every POST; what has none (curl) is no browser, and has no user's cookie."""
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "none") in ("same-origin", "none")
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc == host


def _no(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status)
