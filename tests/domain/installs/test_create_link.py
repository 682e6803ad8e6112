"""Creating an install link, and the list of the installations that came of links."""

from typing import Any

import pytest
from msgspec.structs import replace

from countersign.aws.table import Table
from countersign.installs.access import require_holder
from countersign.installs.context import Context
from countersign.installs.create_link import Link, create_link
from countersign.installs.list_installations import list_installations_of
from tests.support.clock import START
from tests.support.installations import (
    ACCOUNT,
    ORIGIN,
    OTHER,
    SECOND_ACCOUNT,
    USER,
    connected,
    told,
)
from tests.support.logs import Log
from tests.support.processes import forget_settings
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.visits import refusal


def link(context: Context, origin: str = ORIGIN, cookies: list[str] | None = None) -> Link:
    return create_link(context, USER, origin, "", cookies or [])


def with_settings(context: Context, **members: Any) -> Context:
    return replace(context, settings=replace(context.settings, **members))


@pytest.mark.parametrize("origin", ["http://api.example.com", "http://localhost:8000", "HTTPX://a"])
def test_a_live_deployment_is_not_returned_to_without_tls(
    live: Context, quick: QuickDynamoDB, log: Log, origin: str
) -> None:
    problem = refusal(link, live, origin)
    assert (problem.status, problem.code) == (500, "install_links_misconfigured")
    assert "https" in problem.detail
    assert quick.rows == {}
    assert "misconfigured" in log.text()
    assert link(live).url


def test_a_test_deployment_may_be_returned_to_without_tls(installs: Context) -> None:
    url = link(installs, "http://localhost:8000").url
    assert "http%3A%2F%2Flocalhost%3A8000%2Fcallback%2Fstripe" in url


def listed(context: Context, user: str, limit: int = 100) -> list[str]:
    """Every account of a user's list, page by page."""
    accounts: list[str] = []
    cursor: str | None = None
    while True:
        page, cursor = list_installations_of(context, user, cursor, limit)
        assert len(page) == limit or (len(page) < limit and cursor is None)
        assert page or not accounts, "a cursor led to nothing"
        accounts += [entry.account_id for entry in page]
        if cursor is None:
            return accounts


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_installations_are_listed_newest_first_and_once_each(installs: Context, limit: int) -> None:
    assert listed(installs, USER, limit) == []
    for number, at in enumerate([3, 1, 2, 2, 5, 4, 2]):
        connected(installs, USER, f"acct_{number}", at=START + at)
    connected(installs, OTHER, SECOND_ACCOUNT)
    found = listed(installs, USER, limit)
    assert found == ["acct_4", "acct_5", "acct_0", "acct_6", "acct_3", "acct_2", "acct_1"]


def test_what_is_over_is_listed_until_another_user_has_it(installs: Context) -> None:
    connected(installs)
    told(installs, "deauthorized", START + 1)
    assert listed(installs, USER) == [ACCOUNT]
    connected(installs, OTHER, at=START + 2)
    assert listed(installs, USER) == []
    assert listed(installs, OTHER) == [ACCOUNT]


def test_an_account_that_was_installed_again_is_listed_by_its_last_time(installs: Context) -> None:
    for place, account in enumerate([ACCOUNT, SECOND_ACCOUNT, ACCOUNT]):
        connected(installs, USER, account, at=START + place)
    assert listed(installs, USER, 1) == [ACCOUNT, SECOND_ACCOUNT]


def test_a_page_that_dynamodb_serves_in_part_is_unavailable(
    installs: Context, quick: QuickDynamoDB
) -> None:
    connected(installs)

    class Partial:
        def __getattr__(self, name: str) -> Any:
            return getattr(quick, name)

        def batch_get_item(self, **request: Any) -> dict[str, Any]:
            return {"Responses": {"quick": []}, "UnprocessedKeys": request["RequestItems"]}

    partial: Any = Partial()
    served_in_part = replace(installs, table=Table("quick", partial))
    problem = refusal(list_installations_of, served_in_part, USER, None, 20)
    assert problem.code == "storage_unavailable"


def test_a_deployment_that_goes_live_holds_nothing_of_test_mode(
    installs: Context,
    quick: QuickDynamoDB,
    install_secrets: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connected(installs)
    told(installs, "authorized")
    monkeypatch.setenv("STRIPE_SECRET", install_secrets["live"])
    monkeypatch.setenv("STRIPE_MODE", "live")
    forget_settings()
    installs = replace(installs, table=Table("quick", quick, livemode=True))
    assert listed(installs, USER) == []
    assert refusal(require_holder, installs, USER, ACCOUNT).code == "installation_not_found"
    found = connected(installs, OTHER, livemode=True)
    assert (found.user, found.account_id, found.is_confirmed) == (OTHER, ACCOUNT, False)
    for item in ("account#", "holder#"):
        for prefix in ("", "live#"):
            assert sum(pk.startswith(prefix + item) for pk in quick.rows) == 1
