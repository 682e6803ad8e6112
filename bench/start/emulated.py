"""One start of a built function in Lambda's runtime emulator, and the calls that follow it."""

import contextlib
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from bench.start.emulator_log import Start, read_start
from bench.start.share import held_to
from tests.support.runtime import invoke, running_function

_REST = 0.1
"""Seconds after each call, so that none begins with a share that another has used up."""
_NOTHING: Mapping[str, Any] = {}
"""An event that only starts a function."""


def start(
    build: Path,
    name: str,
    environment: Mapping[str, str],
    events: Sequence[Mapping[str, Any]] = (),
    *,
    share: float = 1.0,
    prepared: bool = True,
) -> Start:
    """Start a function and call it with each event, or only start it.

    The calls have this share of a processor: held to it by a control group, or else reckoned from
    the processor time that they took. What runs in a function's folder leaves no bytecode, as in
    Lambda, where that folder is read-only.
    """
    own = {"PYTHONDONTWRITEBYTECODE": "1"}
    if prepared:  # Lambda says so to what it starts, and the emulator does not
        own["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand"
    sent = events or (_NOTHING,)
    with tempfile.TemporaryFile() as log, held_to(share) as group:
        running = running_function(
            build,
            name,
            {**environment, **own, "BENCH_GROUP": str(group or "")},
            handler="held_app.handler",
            beside=Path(__file__).parent / "held",
            log=log,
        )
        with running as function:
            statuses = [_rested(function, event).get("statusCode") for event in sent]
        log.seek(0)
        found = read_start(log.read(), len(sent), None if group else share)
    assert not events or all(status in (200, 201, 202) for status in statuses), (name, statuses)
    return found


def _rested(function: httpx.Client, event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the response, empty for what is none: an invocation that has timed out."""
    response: Mapping[str, Any] = {}
    with contextlib.suppress(ValueError):
        response = invoke(function, dict(event))
    time.sleep(_REST)
    return response
