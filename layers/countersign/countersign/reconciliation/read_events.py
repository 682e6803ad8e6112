"""Read the events of our own account, and of connected accounts."""

from msgspec.structs import replace

from countersign.aws.telemetry import logger
from countersign.installs.installation import Installation
from countersign.installs.reach_account import reach_account
from countersign.problems import Problem
from countersign.reconciliation.context import at_pace
from countersign.reconciliation.read_stretch import Source, Stretch, read_stretch
from countersign.reconciliation.run import Run
from countersign.reconciliation.run_record import RunRecord
from countersign.reconciliation.store import (
    load_account_progress,
    save_account_progress,
    save_progress,
    save_run,
)
from countersign.reconciliation.windows import DELAY, Progress
from countersign.stripe_api.calls import StripeResponse
from countersign.webhooks.receivers import CONNECTED_TYPES, TYPES

_REFUSED = ("account_unreachable", "not_installed", "permission_missing")


def read_own_events(run: Run) -> None:
    """Act on the events of our own account: the schedule on those since its cursor, a run that
    somebody called for on those of its time.
    """
    source = Source(TYPES, run.context.stripe.events)
    read_stretch(run, source, _called(run, run.record) if run.record else _scheduled(run))


def _scheduled(run: Run) -> Stretch:
    now = run.now()
    before = run.progress or Progress.first(now)

    def save(end: int, clock: int) -> None:
        progress = (run.progress or before).after(end, clock)
        save_progress(run.context.table, run.fence, progress, run.now())
        run.progress = progress

    return Stretch(before.resumed(now), now - DELAY, DELAY, save)


def _called(run: Run, record: RunRecord) -> Stretch:
    def save(end: int, clock: int) -> None:
        members, counts = {"read_to": end}, run.new_counts()
        save_run(run.context.table, run.fence, record.id, members, counts, run.now())
        run.record = replace(run.record or record, read_to=end)

    return Stretch(record.read_to, record.to_at, 0, save)


def read_account_events(run: Run, installation: Installation, *, every: int = 0) -> None:
    """Act on the events of a connected account, unless the schedule has read them less than `every`
    seconds ago. An account that Stripe refuses is left out, which is stored with its installation.

    An account may list the events of every app that was ever installed on it, while webhooks tell
    of our own alone. Where it is not configured which that is, nothing is read.
    """
    if not run.context.settings.stripe_application_id:
        return
    stretch = _called_of(run.record) if run.record else _scheduled_of(run, installation, every)
    if stretch is None:
        return
    installs = at_pace(run.context.installs(), run.pace)

    def get_page(params: dict[str, object]) -> StripeResponse:
        return reach_account(
            installs, installation, lambda named: run.context.stripe.events(params, named)
        )

    source = Source(CONNECTED_TYPES, get_page, installation.account_id)
    try:
        read_stretch(run, source, stretch)
    except Problem as refused:
        if refused.code not in _REFUSED:
            raise
        extra = {"account": installation.account_id, "code": refused.code}
        logger.info("the events of an account cannot be read", extra=extra)


def _called_of(record: RunRecord) -> Stretch:
    """Return the stretch of a run: an account at which it was interrupted is read again."""

    def save(end: int, clock: int) -> None:
        return

    return Stretch(record.from_at, record.to_at, 0, save)


def _scheduled_of(run: Run, installation: Installation, every: int) -> Stretch | None:
    now, account_id = run.now(), installation.account_id
    progress = load_account_progress(run.context.table, account_id) or Progress.first(now)
    if now - progress.read_to < every:
        return None

    def save(end: int, clock: int) -> None:
        nonlocal progress
        progress = progress.after(end, clock)
        save_account_progress(run.context.table, run.fence, account_id, progress, run.now())

    return Stretch(progress.resumed(now), now - DELAY, DELAY, save)
