"""`python -m local.tell_again replay|republish [table]`: what an operator has the publisher do,
on this machine (docs/operations.md#events-that-did-not-leave).
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local import aws
from local.errors import LocalError
from local.lock import read_run
from local.places import find_places
from local.progress import complain, say
from local.stack_resources import resource_id

FUNCTION = "EventPublication"
"""The publisher in the template."""
NO_TIME_LEFT = "NoTimeLeft"
_PATIENCE_S = 150.0
"""Longer than the function may run."""
_FAILED = ("kept", "unknown", "untold")
_SUMS = ("objects", "items", "published", "removed", *_FAILED)

Invoke = Callable[[dict[str, Any]], dict[str, Any]]
"""Calls the function with a payload, and returns its answer."""


class NotToldError(LocalError):
    """The function stopped before the end. The message says why."""


def tell_again(invoke: Invoke, command: str, table: str | None = None) -> Iterator[dict[str, int]]:
    """Have the function go on until it is done, and yield after each call what was done so far.

    Raises NotToldError when it stops for anything but the end of its time.
    """
    options = {} if table is None else {"table": table}
    done: dict[str, int] = {}
    while True:
        answer = invoke({command: options})
        for name in _SUMS:
            if name in answer:
                done[name] = done.get(name, 0) + answer[name]
        yield done
        if not answer["next"]:
            return
        if answer["reason"] != NO_TIME_LEFT:
            raise NotToldError(f"stopped by {answer['reason']}: run it again when that is mended")
        options = options | {"after": answer["next"]}


def invoker(port: int) -> Invoke:
    """Return how the function of a running bundle is called. A call raises NotToldError where the
    function fails.
    """
    functions = aws.client("lambda", port, patience_s=_PATIENCE_S)
    name = resource_id(port, FUNCTION)

    def invoke(payload: dict[str, Any]) -> dict[str, Any]:
        answer = functions.invoke(FunctionName=name, Payload=json.dumps(payload))
        body: dict[str, Any] = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise NotToldError(f"{body.get('errorMessage')} (`make logs` shows more)")
        return body

    return invoke


def main(arguments: list[str]) -> int:
    command, table = arguments[0], next(iter(arguments[1:]), None)
    port = read_run(find_places(os.environ).home).get("emulator_port")
    if port is None:
        complain("nothing is running: start it with `make run`")
        return 1
    try:
        done: dict[str, int] = {}
        for done in tell_again(invoker(port), command, table):
            say(f"{command}: {', '.join(f'{count} {name}' for name, count in done.items())}")
        if any(done.get(name) for name in _FAILED):
            complain("`make logs` names what could not be told: correct that, and run it again")
    except (LocalError, BotoCoreError, ClientError) as error:
        complain(f"make {command}: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
