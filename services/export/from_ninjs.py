"""ninjs 3 items as raw articles."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from services.export.ninjs import EXTRA, ID_ROLE, Item

AUTHORS = {"author", "writer", "reporter", "journalist", "byline"}
SOURCES = {"publisher", "provider", "source"}
TAKEN = {"$schema", "standard", "uri", "type", "representationType", "by", "language", "contentCreated", "headlines"}
BLOCK = re.compile(
    "address|article|aside|blockquote|body|d[dt]|div|figure|footer|h[1-6]|header|hl[12]|hr|li|main|nav|ol|p|pre|"
    "section|table|t[dhr]|title|ul"
)
UNSEEN = {"head", "script", "style", "figure", "template"}


def is_ninjs(value: object) -> bool:
    """Whether an object says that it is a ninjs item, or looks like one: it has a `uri` and `bodies`, and no `text`."""
    if not isinstance(value, dict) or not isinstance(value.get("uri"), str) or "text" in value:
        return False
    standard = value.get("standard")
    named = [standard.get("name"), standard.get("schema")] if isinstance(standard, dict) else []
    names = " ".join(str(name) for name in (*named, value.get("$schema")))
    return isinstance(value.get("bodies"), list) or "ninjs" in names.lower()


def raw_article(item: Item) -> dict[str, Any]:
    """The fields of a raw article; no `text` where the item has no body. What has no field is in `extra`, under `ninjs`."""
    bodies, headlines, sources = (_objects(item, name) for name in ("bodies", "headlines", "infoSources"))
    body, headline = _main(bodies), _main(headlines)
    authors = [name for source in sources if _role(source) in AUTHORS and (name := source.get("name"))]
    publishers = [name for source in sources if _role(source) in SOURCES and (name := source.get("name"))]
    ids = [other.get("value") for other in _objects(item, "altIds") if other.get("role") == ID_ROLE]
    pages = [page.get("href") for page in _objects(item, "renditions") if page.get("contentType") == "text/html"]
    version = str(item.get("version", ""))
    dating = (
        ["contentCreated"] if ids else ["contentCreated", "firstCreated", "versionCreated"]
    )  # ours has its own times
    dates = [item[name] for name in dating if item.get(name)]
    fields = {
        "article_id": next(iter(ids), None) or item["uri"],
        "version": int(version) if re.fullmatch("[1-9][0-9]{0,8}", version) else None,
        "url": next(iter(pages), None),
        "title": _plain(headline) if headline else item.get("title"),
        "text": _plain(body) if body else None,
        "language": item.get("language"),
        "authors": authors or ([item["by"]] if item.get("by") else None),
        "source": next(iter(publishers), None) or item.get("copyrightHolder"),
        "published_at": next(iter(dates), None),
    }
    rest = {name: value for name, value in item.items() if name not in TAKEN and name != "bodies"}
    rest |= {"headlines": headlines} if len(headlines) > 1 else {}
    rest |= {"bodies": others} if (others := [other for other in bodies if other is not body]) else {}
    return {name: value for name, value in fields.items() if value is not None} | {"extra": {EXTRA: rest}}


def _objects(item: Item, name: str) -> list[Item]:
    values = item.get(name)
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _role(source: Item) -> str:
    """The last part of a role, which may be a URI."""
    return re.split("[/#:]", str(source.get("role", "")))[-1].lower()


def _main(parts: list[Item]) -> Item | None:
    """Of bodies or headlines, one with a value: plain text before markup, then the main one, then the first."""
    valued = [part for part in parts if isinstance(part.get("value"), str)]
    return min(valued, key=lambda part: (_marked_up(part), _role(part) not in ("main", "")), default=None)


def _marked_up(part: Item) -> bool:
    kind = str(part.get("contentType") or "")
    return "html" in kind or "xml" in kind or (not kind and part["value"].lstrip().startswith("<"))


def _plain(part: Item) -> str:
    value: str = part["value"]
    if not _marked_up(part):
        return value
    reader = _Text()
    reader.feed(value)
    reader.close()
    return reader.text()


class _Text(HTMLParser):
    """The text of a document, a blank line between its blocks; scripts and figures are left out."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks, self._unseen = [""], 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._unseen += tag in UNSEEN
        if BLOCK.fullmatch(tag):
            self._blocks.append("")
        elif tag == "br":
            self._blocks[-1] += "\0"

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in UNSEEN))
        if BLOCK.fullmatch(tag):
            self._blocks.append("")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._blocks[-1] += data

    def text(self) -> str:
        """White space folded, but for the breaks of lines and blocks."""
        blocks = ("\n".join(" ".join(line.split()) for line in block.split("\0")).strip() for block in self._blocks)
        return "\n\n".join(block for block in blocks if block)
