"""`python held.py EVENTS GROUP`: one function, as Lambda starts and calls it.

It runs in the runtime's own interpreter, with nothing but the function's folder and its layer. The
start runs at full speed, as in Lambda. Before the first call the process joins the control group
`GROUP`, where there is one: from then on it is held to the share that the memory size buys. Prints
one JSON object: the seconds of the start and of each call, and their statuses.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any


class Invocation:
    """What a handler reads of Lambda's context."""

    aws_request_id = "bench"
    function_name = "bench"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:bench"

    def get_remaining_time_in_millis(self) -> int:
        """Return the time that is left for this call."""
        return 29_000


def main(events: str, group: str) -> None:
    """Start the function in the working directory, call it with each event, and print the times."""
    requests: list[dict[str, Any]] = json.loads(Path(events).read_text("utf-8"))
    began = time.perf_counter()
    sys.path[0] = str(Path.cwd())
    import app  # type: ignore[import-not-found]

    started = time.perf_counter() - began
    if group:
        (Path(group) / "cgroup.procs").write_text(str(os.getpid()), "ascii")
    calls, statuses = [], []
    for request in requests:
        began = time.perf_counter()
        response = app.handler(request, Invocation())
        calls.append(time.perf_counter() - began)
        statuses.append(response["statusCode"])
    print(json.dumps({"start": started, "calls": calls, "statuses": statuses}))


if __name__ == "__main__":
    main(*sys.argv[1:])
