"""One start of a built function in Lambda's runtime emulator, and the calls that follow it."""

import contextlib
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench.first_call.share import held_to
from tests.support.runtime import invoke, running_function

_INIT = re.compile(rb"INIT REPORT\(durationMs: ([\d.]+)\)")
_CALL = re.compile(rb"INVOKE RTDONE\(status: success, .*duration: ([\d.]+)ms\)")
_PROCESSOR = re.compile(rb"^PROCESSOR ([\d.]+)$", re.MULTILINE)


@dataclass(frozen=True)
class Start:
    """Seconds of a start at full speed, from the interpreter's own start on, and of each call."""

    init: float
    calls: Sequence[float]
    statuses: Sequence[Any]


def start(
    build: Path,
    name: str,
    environment: Mapping[str, str],
    events: Sequence[Mapping[str, Any]] = ({},),
    *,
    share: float = 1.0,
    prepared: bool = True,
) -> Start:
    """Start a function and call it with each event. An empty one only starts it.

    The calls have this share of a processor: held to it by a control group, or else reckoned from
    the processor time that they took. What runs in a function's folder leaves no bytecode, as in
    Lambda, where that folder is read-only.
    """
    own = {"PYTHONDONTWRITEBYTECODE": "1"}
    if prepared:  # Lambda says so to what it starts, and the emulator does not
        own["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand"
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
            responses = [_invoke(function, event) for event in events]
        log.seek(0)
        said = log.read()
    init, calls, processor = (
        [float(found) for found in pattern.findall(said)] for pattern in (_INIT, _CALL, _PROCESSOR)
    )
    counted = (len(init), len(calls))
    assert counted == (1, len(events)), said.decode(errors="replace")
    seconds = [call / 1e3 for call in calls]
    if not group and processor:
        seconds = [
            call + used * (1 / share - 1) for call, used in zip(seconds, processor, strict=True)
        ]
    return Start(init[0] / 1e3, seconds, [each.get("statusCode") for each in responses])


def _invoke(function: httpx.Client, event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the response, empty for what is none: an invocation that has timed out."""
    with contextlib.suppress(ValueError):
        return invoke(function, dict(event))
    return {}


def is_held() -> bool:
    """Return whether a control group can be made here."""
    with held_to(1) as group:
        return group is not None
