"""`python -m local.logs`: what the functions of the running bundle wrote, oldest first."""

import os
import sys
import time
from collections.abc import Iterator
from typing import Any

from local import aws
from local.lock import read_run
from local.places import find_places
from local.progress import complain, say

HOUR_MS = 3_600_000
_PLATFORM_LINES = ("START RequestId:", "END RequestId:", "REPORT RequestId:")


def function_lines(logs: Any, since_ms: int) -> Iterator[str]:
    """Return the functions' own log lines from a time on (Unix milliseconds), in order."""
    events = [
        event
        for group in logs.describe_log_groups()["logGroups"]
        for page in logs.get_paginator("filter_log_events").paginate(
            logGroupName=group["logGroupName"], startTime=since_ms
        )
        for event in page["events"]
    ]
    for event in sorted(events, key=lambda event: event["timestamp"]):
        if not event["message"].startswith(_PLATFORM_LINES):
            yield event["message"]


def main() -> int:
    port = read_run(find_places(os.environ).home).get("emulator_port")
    if port is None:
        complain("nothing is running: start it with `make run`")
        return 1
    for line in function_lines(aws.client("logs", port), int(time.time() * 1000) - HOUR_MS):
        say(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
