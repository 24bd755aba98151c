"""What all models share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Confidence = Annotated[float, Field(ge=0, le=1)]
"""A probability in [0, 1]."""


class Model(BaseModel):
    """A part of a message. Later versions may add fields, so readers of today keep what they do not know."""

    model_config = ConfigDict(extra="allow", frozen=True, protected_namespaces=())
