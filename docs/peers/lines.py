"""A contestant's side of the measurement: requests as lines of JSON on stdin, answers on stdout.

Only the standard library, since each contestant runs in an environment of its own.
"""

import json
import os
import sys
import time
from typing import Protocol


class Contestant(Protocol):
    """What a contestant can do, in its own process."""

    def begin(self, subject: str, subject_id: str) -> None:
        """Store what is stored before the first event of an object, if anything is."""

    def deliver(self, body: str, signature: str) -> int:
        """Handle a webhook and return the status of the response."""

    def status(self, subject: str, subject_id: str) -> str:
        """Return the status that is stored of an object."""

    def requests(self) -> int:
        """Return the requests to the database until now, if this process counts them."""


def serve(contestant: Contestant) -> None:
    """Answer until stdin ends. What else is printed goes nowhere, at its usual cost."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    print("{}", file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(_answer(contestant, json.loads(line))), file=answers, flush=True)


def _answer(contestant: Contestant, asked: dict[str, str]) -> dict[str, object]:
    if "body" in asked:
        began = time.process_time_ns()
        status = contestant.deliver(asked["body"], asked["signature"])
        return {"status": status, "us": (time.process_time_ns() - began) / 1000}
    if "begin" in asked:
        contestant.begin(asked["begin"], asked["id"])
        return {}
    if "read" in asked:
        return {"read": contestant.status(asked["read"], asked["id"])}
    return {"requests": contestant.requests()}
