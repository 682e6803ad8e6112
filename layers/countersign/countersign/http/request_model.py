"""The requests of calls, as types that the resolver checks.

Only functions with several calls import it, as they do `api`: Pydantic takes its part of a cold
start.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Flag = Annotated[bool, Field(strict=True)]
"""True or false, and no word or number that could mean one."""


class Request(BaseModel):
    """A request without unknown members."""

    model_config = ConfigDict(extra="forbid")
