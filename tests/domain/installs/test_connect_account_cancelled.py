"""A cancelled installation: its state is used up where Stripe tells it, and nothing else happens."""

from countersign.installs.cancel_link import cancel_link
from countersign.installs.context import Context
from tests.support.installing import ACCOUNT, begun, come_back
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.visits import refusal


def test_a_cancelled_installation_uses_its_state_up_if_it_is_this_browsers(
    installs: Context, quick: QuickDynamoDB
) -> None:
    link = begun(installs)
    before = dict(quick.rows)
    for state, cookies in (
        (link.state, []),
        (link.state, ["junk"]),
        ("", link.cookies),
        ("junk", link.cookies),
    ):
        cancel_link(installs, state, cookies)
        assert quick.rows == before
    cancel_link(installs, link.state, link.cookies)
    assert refusal(come_back, installs, link).code == "invalid_state"
    after = dict(quick.rows)
    cancel_link(installs, link.state, link.cookies)
    assert quick.rows == after


def test_a_cancellation_after_a_success_takes_nothing_back(
    installs: Context, quick: QuickDynamoDB
) -> None:
    link = begun(installs)
    come_back(installs, link)
    before = dict(quick.rows)
    cancel_link(installs, link.state, link.cookies)
    assert quick.rows == before
    assert come_back(installs, link).account_id == ACCOUNT
