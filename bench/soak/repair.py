"""Reconciliation finds what never arrived: an operator calls for it, over the ledger's time."""

import time
from typing import Any

import httpx

from bench.soak.progress import Bar

OPERATOR = "countersign/operator"
_PATIENCE = 1800
"""Seconds that it may take."""


def reconcile(http: httpx.Client, from_at: int, to_at: int, events: int) -> dict[str, Any]:
    """Have a stretch of time reconciled in which there were so many events, wait until that is
    done, and return the run with the `seconds` it took. Raises `RuntimeError` if it does not
    succeed.
    """
    body = {"sub": "soak_operator", "scope": OPERATOR}
    token = http.post("/_local/token", json=body).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"soak-{from_at}-{to_at}"}
    stretch = {"from": from_at, "to": to_at}
    answer = http.post("/reconciliations", json=stretch, headers=headers)
    if answer.status_code != 202:
        raise RuntimeError(f"reconciliation does not begin: {answer.text}")
    run: dict[str, Any] = answer.json()
    began, bar = time.monotonic(), Bar("reconciling", events)
    while run["status"] == "running":
        if time.monotonic() - began > _PATIENCE:
            raise RuntimeError(f"reconciliation does not end: {run}")
        time.sleep(1)
        run = http.get(f"/reconciliations/{run['id']}", headers=headers).json()
        bar.set(run["found"])
    if run["status"] != "done":
        raise RuntimeError(f"reconciliation did not succeed: {run}")
    return run | {"seconds": bar.end()}
