"""One process of the soak: the built publisher, given batches of a stream as Lambda gives them.

It is started as `worker` is. A batch is a line of standard input; the answer, on the descriptor
that its argument names, is `{failures, calls, error}`: where the batch ended, and how many calls of
`PutEvents` it took.
"""

import importlib
import json
import os
import sys
import time
from typing import Any

_app: Any = importlib.import_module("app")


class Context:
    """The context of an invocation: the publisher has a minute or more."""

    aws_request_id = "soak"
    function_name = "EventPublication"

    def __init__(self) -> None:
        self._ends_at = time.monotonic() + 60

    def get_remaining_time_in_millis(self) -> int:
        return int((self._ends_at - time.monotonic()) * 1000)


def main(answers: int) -> None:
    """Answer every batch until the input ends."""
    from countersign.aws import event_bus

    calls = 0

    def count(**_: Any) -> None:
        nonlocal calls
        calls += 1

    client: Any = event_bus._client()
    client.meta.events.register("before-call.eventbridge.PutEvents", count)
    for line in sys.stdin:
        calls, answer = 0, {}
        try:
            answer = _app.handler({"Records": json.loads(line)}, Context())
        except Exception as error:  # noqa: BLE001  as Lambda does: the batch comes again
            answer = {"error": type(error).__name__}
        failures = [each["itemIdentifier"] for each in answer.get("batchItemFailures", ())]
        told = {"failures": failures, "calls": calls, "error": answer.get("error", "")}
        os.write(answers, json.dumps(told).encode() + b"\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
