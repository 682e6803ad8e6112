"""Begin a run over a stretch of time, by call or by command."""

import secrets

from countersign.aws.changes import TransactionRefused
from countersign.http.idempotency import IdempotencyKey, remember_change, resource_of
from countersign.problems import Fault, Invalid, in_progress
from countersign.reconciliation import store
from countersign.reconciliation.context import Context
from countersign.reconciliation.refusals import run_not_found, too_many_runs
from countersign.reconciliation.run_record import RunRecord
from countersign.reconciliation.windows import KEPT

AHEAD = 60
"""Seconds by which `to` may be ahead of our clock, since the caller's may be."""


def begin_run(
    context: Context, from_at: int, to_at: int, key: IdempotencyKey | None = None
) -> RunRecord:
    """Store a run and return it; a runner performs it. The same key gives the same run.

    Raises 422 `invalid_request` for a stretch that is none or is not kept by Stripe, 409
    `idempotency_key_reused`, and 429 `too_many_requests` while many runs wait.
    """
    table, now = context.table, context.now()
    known = resource_of(table, key) if key else None
    if known is not None:
        return read_run(context, known)
    if faults := _faults(from_at, to_at, now):
        raise Invalid(faults)
    record = RunRecord(f"rec_{secrets.token_urlsafe(16)}", from_at, to_at, from_at, now)
    changes = store.begin(record)
    if key:
        changes.append(remember_change(key, record.id))
    try:
        table.transact(changes)
    except TransactionRefused:
        # Another request with this key was first.
        first = resource_of(table, key) if key else None
        if first is None:
            waiting = len(store.waiting_runs(table))
            raise (too_many_runs() if waiting >= store.MOST_WAITING else in_progress()) from None
        return read_run(context, first)
    return record


def read_run(context: Context, run_id: str) -> RunRecord:
    """Return a run. Raises 404 `reconciliation_not_found`."""
    record = store.load_run(context.table, run_id)
    if record is None:
        raise run_not_found()
    return record


def _faults(from_at: int, to_at: int, now: int) -> list[Fault]:
    faults: list[Fault] = []
    if from_at < now - KEPT:
        faults.append({"pointer": "/from", "message": "must be at most 30 days ago"})
    if to_at > now + AHEAD:
        faults.append({"pointer": "/to", "message": "must not be in the future"})
    if from_at >= to_at:
        faults.append({"pointer": "/to", "message": "must be after from"})
    return faults
