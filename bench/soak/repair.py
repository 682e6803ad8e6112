"""Reconciliation finds what never arrived: an operator calls for it, over the ledger's time."""

import time
from typing import Any

import httpx

from bench.progress import Bar

OPERATOR = "countersign/operator"
_PATIENCE = 1800
"""Seconds that it may take."""


def reconcile(http: httpx.Client, from_at: int, to_at: int, events: int) -> dict[str, Any]:
    """Have a stretch of time reconciled in which there were so many events, wait until that is
    done, and return the run with the `seconds` it took. Raises `RuntimeError` if it does not
    succeed.
    """
    stretch = {"from": from_at, "to": to_at}
    headers = _token(http) | {"Idempotency-Key": f"soak-{from_at}-{to_at}"}
    answer = http.post("/reconciliations", json=stretch, headers=headers)
    if answer.status_code != 202:
        raise RuntimeError(f"reconciliation does not begin: {answer.text}")
    run: dict[str, Any] = answer.json()
    began, bar = time.monotonic(), Bar("reconciling", events)
    while run["status"] == "running":
        if time.monotonic() - began > _PATIENCE:
            raise RuntimeError(f"reconciliation does not end: {run}")
        time.sleep(2)
        # A run may take longer than a token lasts.
        found = http.get(f"/reconciliations/{run['id']}", headers=_token(http))
        if found.status_code == 200:
            run = found.json()
            bar.set(run["found"])
    if run["status"] != "done":
        raise RuntimeError(f"reconciliation did not succeed: {run}")
    return run | {"seconds": bar.end()}


def _token(http: httpx.Client) -> dict[str, str]:
    """Return the header of a fresh token of the operator."""
    body = {"sub": "soak_operator", "scope": OPERATOR}
    token = http.post("/_local/token", json=body).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}
