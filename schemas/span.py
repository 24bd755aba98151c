"""A place in the text of an article."""

from __future__ import annotations

from pydantic import Field

from schemas.base import Model

CONTEXT = 16
"""Code points of context kept on each side of a span."""


class Span(Model):
    """A stretch of an article's text: W3C text quote and text position selector in one.

    Offsets count Unicode code points of the text exactly as received, end-exclusive:
    ``text[span.start:span.end] == span.exact``, always. (https://www.w3.org/TR/annotation-model/#selectors)
    """

    exact: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    prefix: str = ""
    suffix: str = ""

    @classmethod
    def of(cls, text: str, start: int, end: int) -> Span:
        """The span `text[start:end]`, with its context. Raises ValueError where that is no stretch of the text."""
        if not 0 <= start <= end <= len(text):
            raise ValueError(f"span [{start}, {end}) lies outside a text of {len(text)} code points")
        return cls(
            exact=text[start:end],
            start=start,
            end=end,
            prefix=text[max(0, start - CONTEXT) : start],
            suffix=text[end : end + CONTEXT],
        )
