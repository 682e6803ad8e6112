"""`python -m local.reconcile FROM TO`: asks the running bundle for what was missed in that time, as
an operator does, and shows how far it is.
"""

import os
import sys
import time
from typing import Any, TextIO

import httpx

from local.errors import LocalError
from local.lock import read_run
from local.moments import moment, shown
from local.places import find_places
from local.progress import complain, say

DAY_AGO = "-1d"
OPERATOR = "countersign/operator"
PAUSE_S = 0.5
PATIENCE_S = 1800.0
"""Another runner may have to end first, or its lease has to, if it was killed."""
_WIDTH = 40


class NotReconciledError(LocalError):
    """The run could not be begun, or did not end well. The message says why."""


def reconcile(http: httpx.Client, begin: int, end: int, bar: "Bar") -> dict[str, Any]:
    """Begin a run and return it when it has ended. Raises NotReconciledError."""
    run = _asked(http, "POST", "/reconciliations", json={"from": begin, "to": end})
    ends_at = time.monotonic() + PATIENCE_S
    while run["status"] == "running":
        bar.show(run)
        if time.monotonic() > ends_at:
            raise NotReconciledError(f"{run['id']} still runs: the schedule goes on with it")
        time.sleep(PAUSE_S)
        run = _asked(http, "GET", f"/reconciliations/{run['id']}")
    bar.show(run)
    bar.end()
    return run


class Bar:
    """One line that says how far a run is, which a terminal sees move."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._moves = stream, stream.isatty()

    def show(self, run: dict[str, Any]) -> None:
        """Show a run as it is now."""
        if self._moves:
            self._stream.write(f"\r{line(run)}\x1b[K")
            self._stream.flush()

    def end(self) -> None:
        """Leave the line as it is."""
        if self._moves:
            self._stream.write("\n")


def line(run: dict[str, Any]) -> str:
    """Return what the bar shows of a run."""
    part = (run["read_to"] - run["from"]) / (run["to"] - run["from"])
    done = 1.0 if run["status"] == "done" else min(part, 1.0)
    filled = round(done * _WIDTH)
    counts = f"{run['found']} found, {run['repaired']} repaired"
    return f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {done:4.0%}  {counts}"


def _asked(http: httpx.Client, method: str, path: str, **options: Any) -> dict[str, Any]:
    """Return the answer to a call as the operator, whose token lives only for some minutes."""
    try:
        token = http.post("/_local/token", json={"sub": "operator", "scope": OPERATOR})
        headers = {"Authorization": f"Bearer {token.raise_for_status().json()['access_token']}"}
        answer = http.request(method, path, headers=headers, **options)
        found: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise NotReconciledError(f"{http.base_url} does not answer: {error}") from error
    if answer.is_success:
        return found
    raise NotReconciledError(str(found.get("detail") or found.get("message") or answer.text))


def main(arguments: list[str]) -> int:
    port = read_run(find_places(os.environ).home).get("port")
    if port is None:
        complain("nothing is running: start it with `make run`")
        return 1
    now = int(time.time()) + 1  # what happened in this second is before that
    begin, end = (text or usual for text, usual in zip(arguments, (DAY_AGO, "now"), strict=True))
    try:
        since, until = moment(begin, now), moment(end, now)
        say(f"reconciling from {shown(since)} to {shown(until)}")
        with httpx.Client(base_url=f"http://localhost:{port}", timeout=35, trust_env=False) as http:
            run = reconcile(http, since, until, Bar(sys.stdout))
    except LocalError as error:
        complain(str(error))
        return 1
    say(f"{run['status']}: {run['found']} found, {run['repaired']} repaired ({run['id']})")
    if run["status"] == "done":
        return 0
    complain("a part of it failed, which `make logs` names: correct that, and run it again")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
