"""An operator has the sessions, slots and installs rebuilt, in the role of reconciliation."""

from typing import Any

import pytest

from tests.support.bundle import CREATE
from tests.support.gateway import Caller, LambdaContext
from tests.support.reconciliation_bundle import ReconciliationBundle
from tests.support.roles import acting_as
from tests.support.stand_in import BAKERY
from tools.functions import load_function


def invoke(payload: Any, seconds: float = 300) -> Any:
    handler = load_function("reconciliation").handler
    with acting_as(handler):
        return handler({"rebuild": payload}, LambdaContext(milliseconds=int(seconds * 1000)))


def lose(bundle: ReconciliationBundle) -> None:
    for name in ("identity", "installs"):
        bundle.client.tables[name].clear()


def test_what_stripe_knows_is_rebuilt(
    reconciliation: ReconciliationBundle, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = reconciliation.verified(user)
    reconciliation.stripe.install(BAKERY)
    lose(reconciliation)
    rebuilt = invoke({})
    assert rebuilt["next"] is None
    assert rebuilt["found"] == rebuilt["repaired"] > 1
    assert reconciliation.status(session_id) == "verified"
    assert f"account#{BAKERY}" in reconciliation.client.tables["installs"]
    again = Caller(load_function("session_creation").handler, user).post(CREATE)
    assert (again.status, again.code) == (409, "already_verified")
    assert invoke({}) == rebuilt | {"repaired": 0}


def test_a_rebuild_without_time_says_where_it_goes_on(
    reconciliation: ReconciliationBundle, user: str
) -> None:
    session_id = reconciliation.verified(user)
    lose(reconciliation)
    begun = invoke({}, seconds=20)
    assert begun == {"found": 0, "repaired": 0, "next": {"part": "sessions", "after": None}}
    assert invoke(begun["next"])["next"] is None
    assert reconciliation.status(session_id) == "verified"


@pytest.mark.parametrize("payload", [{"part": "decisions"}, {"after": 1}, {"more": True}])
def test_a_cursor_that_is_none_is_refused(
    reconciliation: ReconciliationBundle, payload: dict[str, object]
) -> None:
    refused = invoke(payload)
    assert (refused["status"], refused["code"]) == (422, "invalid_request")
