"""The stored session is the same for every order and number of deliveries.

See docs/decisions.md#one-conditional-write-per-event.

`tests/support/histories.py` says what the histories are, and what is left out of them.
"""

from hypothesis import given
from hypothesis import strategies as st

from countersign.aws.table import Table
from countersign.identity.context import Context
from countersign.identity.store import load
from countersign.settings import Settings
from tests.support.clock import Clock
from tests.support.fake_stripe import FakeStripe
from tests.support.fuzz import more
from tests.support.histories import FOREIGN, Command, History, histories
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.stripe_objects import DEPLOYMENT

STYLES = st.lists(st.sampled_from(["snapshot", "thin", "both"]), min_size=1, max_size=4)


@more(3)
@given(
    histories(),
    st.lists(st.integers(0, 60), max_size=60),
    st.integers(0, 2**32),
    st.just(["snapshot"]) | STYLES,
)
def test_every_history_ends_in_what_is_true_at_stripe(
    deployment: None,
    commands: list[Command],
    order: list[int],
    seed: int,
    styles: list[str],
) -> None:
    clock = Clock()
    table = Table("quick", QuickDynamoDB())  # type: ignore[arg-type]
    stripe = FakeStripe(clock, seed)
    history = History(Context(table, stripe, Settings(DEPLOYMENT), clock), stripe, clock)
    history.styles = styles
    history.run(commands, order)
    for number in (0, 1):
        known, truth = history.known(number), history.truth(number)
        checks, true_checks = known.pop("checks"), truth.pop("checks")
        assert known == truth
        if "thin" in styles:  # a late read does not show the reports of earlier checks
            assert checks.keys() <= true_checks.keys()
        else:
            assert checks == true_checks
    foreign = load(table, history.sessions[FOREIGN])
    assert foreign is None or (foreign.status == "redacted" and foreign.user is None)
