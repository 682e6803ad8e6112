"""What a call is answered with."""

from dataclasses import dataclass
from typing import Any

from local.stand_in.backend import Backend
from local.stand_in.errors import StripeError


@dataclass(frozen=True)
class Answer:
    """A status and a JSON body; `original_request` is set when an earlier answer is repeated."""

    status: int
    body: dict[str, Any]
    original_request: str | None = None


def refusal(backend: Backend, error: StripeError) -> Answer:
    return Answer(error.status, error.body(f"{backend.config.public_url}/_requests"))
