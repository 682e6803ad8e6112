"""The events of connected accounts: on their behalf, as their webhooks would tell them."""

from functools import partial

from countersign.installs import store as installations
from countersign.installs.installation import Installation, account_key
from countersign.reconciliation import store
from countersign.reconciliation.open_accounts import WEEK
from countersign.reconciliation.read_events import read_account_events
from countersign.reconciliation.run import Run
from countersign.reconciliation.windows import DELAY, HOUR
from tests.support.install_bundle import application_body
from tests.support.reconciling import Reconciling
from tests.support.stand_in import BAKERY, BOOKSHOP


def read(run: Run, *, account: str = BAKERY, every: int = 0) -> None:
    table = run.context.installs().table
    read_account_events(run, installations.load(table, account), every=every)


def stored(reconciling: Reconciling, account: str = BAKERY) -> Installation:
    return installations.load(reconciling.installs.table, account)


def authorized(reconciling: Reconciling, account: str = BAKERY) -> None:
    """The app is installed at Stripe, of which no webhook has told."""
    body = application_body("authorized", account, at=reconciling.clock())
    reconciling.connected.append(body)


def test_an_event_is_acted_on_as_one_of_its_account(reconciling: Reconciling) -> None:
    authorized(reconciling)
    authorized(reconciling, BOOKSHOP)
    reconciling.clock.advance(HOUR)
    reconciling.steps = (read,)
    reconciling.tick()
    assert stored(reconciling).confirmed is not None
    assert stored(reconciling, BOOKSHOP).confirmed is None
    assert {asked["account"] for asked in reconciling.events.asked} == {BAKERY}


def test_each_account_has_a_cursor_of_its_own(reconciling: Reconciling) -> None:
    reconciling.steps = (read,)
    reconciling.tick()
    progress = store.load_account_progress(reconciling.context().table, BAKERY)
    assert progress is not None
    assert progress.read_to <= reconciling.clock() - DELAY
    assert reconciling.progress() is None


def test_what_has_nothing_open_is_read_once_a_week(reconciling: Reconciling) -> None:
    weekly = partial(read, every=WEEK)
    weekly.__name__ = "weekly"  # type: ignore[attr-defined]
    reconciling.steps = (weekly,)
    reconciling.tick()
    authorized(reconciling)
    reconciling.events.asked.clear()
    reconciling.clock.advance(WEEK - HOUR)
    reconciling.tick()
    assert reconciling.events.asked == []
    reconciling.clock.advance(HOUR)
    reconciling.tick()
    assert stored(reconciling).confirmed is not None


def test_an_account_that_stripe_refuses_is_left_out_which_is_stored_with_it(
    reconciling: Reconciling,
) -> None:
    table, values = reconciling.installs.table, {":at": reconciling.clock()}
    table.update(account_key(BAKERY), "SET installed_at = :at", "", values)
    reconciling.clock.advance(HOUR)
    done = []

    def later(run: Run) -> None:
        done.append(run)

    reconciling.steps = (read, later)
    for fault in ("unreachable", "unpermitted"):
        reconciling.events.faults.append(fault)
        reconciling.tick()
    assert len(done) == 2
    assert not stored(reconciling).reachable
    reconciling.clock.advance(HOUR)
    reconciling.tick()
    assert stored(reconciling).reachable, "it has answered"


def test_a_run_that_is_called_for_reads_its_own_time_and_moves_no_cursor(
    reconciling: Reconciling,
) -> None:
    authorized(reconciling)
    reconciling.steps = (read,)
    run = reconciling.call(reconciling.clock() - HOUR, reconciling.clock() + 1)
    assert (run.status, run.found, run.repaired) == ("done", 1, 1)
    assert store.load_account_progress(reconciling.context().table, BAKERY) is None


def test_the_events_of_another_app_on_the_account_are_not_acted_on(
    reconciling: Reconciling,
) -> None:
    """As when a merchant removes another platform's app: ours stays."""
    body = application_body("deauthorized", BAKERY, at=reconciling.clock())
    body["data"]["object"]["id"] = "ca_another"
    reconciling.connected.append(body)
    reconciling.clock.advance(HOUR)
    reconciling.steps = (read,)
    reconciling.tick()
    assert len(reconciling.events.asked) > 0
    assert stored(reconciling).uninstalled is None


def test_where_our_own_app_is_not_configured_no_account_is_read(reconciling: Reconciling) -> None:
    """Whose app was removed could not be told then."""
    reconciling.world.configure(stripe_application_id="")
    authorized(reconciling)
    reconciling.clock.advance(HOUR)
    reconciling.steps = (read,)
    reconciling.tick()
    assert reconciling.events.asked == []
    assert stored(reconciling).confirmed is None
