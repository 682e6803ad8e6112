"""Making an install link, and the list of what came of them."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from countersign.aws.table import Table
from countersign.installs.access import require_holder
from countersign.installs.context import Context
from countersign.installs.create_link import Link, create_link
from countersign.installs.list_installations import list_installations_of
from countersign.problems import Problem, Unavailable
from tests.support.clock import START
from tests.support.installing import (
    ACCOUNT,
    APP_ID,
    ORIGIN,
    OTHER,
    SECOND_ACCOUNT,
    USER,
    connected,
    state_of,
    told,
)
from tests.support.logs import Log
from tests.support.processes import forget_settings
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.visits import refusal


def link(context: Context, origin: str = ORIGIN, **options: Any) -> Link:
    return create_link(context, USER, origin, "", options.get("cookies", []))


def with_settings(context: Context, **members: Any) -> Context:
    return replace(context, settings=replace(context.settings, **members))


def test_a_link_has_exactly_where_to_return_to_and_the_state(installs: Context) -> None:
    made = link(installs)
    parts = urlsplit(made.url)
    assert f"{parts.scheme}://{parts.netloc}" == "https://marketplace.stripe.com"
    assert parts.path == f"/apps/install/link/{APP_ID}"
    query = parse_qsl(parts.query, strict_parsing=True)
    assert query == [("redirect_uri", f"{ORIGIN}/callback/stripe"), ("state", state_of(made.url))]
    assert len(state_of(made.url)) == 43
    assert made.expires_at == START + 900
    assert not parts.fragment


def test_a_link_of_an_external_test_and_another_marketplace_are_settings(installs: Context) -> None:
    elsewhere = with_settings(installs, stripe_marketplace_base="http://stripe.localhost:8000")
    assert link(elsewhere).url.startswith("http://stripe.localhost:8000/apps/install/link/")


def test_without_a_binding_there_is_no_cookie(unbound: Context) -> None:
    assert link(unbound).cookie is None
    assert link(unbound, cookies=["any"]).cookie is None


@pytest.mark.parametrize(
    "origin", ["http://api.example.com", "http://localhost:8000", "HTTPX://a", ""]
)
def test_a_live_deployment_refuses_to_be_returned_to_without_tls(
    live: Context, quick: QuickDynamoDB, log: Log, origin: str
) -> None:
    problem = refusal(link, live, origin)
    assert (problem.status, problem.code) == (500, "install_links_misconfigured")
    assert "https" in problem.detail
    assert quick.rows == {}
    assert "misconfigured" in log.text()


def test_a_live_deployment_over_tls_and_a_test_deployment_without_are_served(
    installs: Context, live: Context
) -> None:
    assert link(live).url


def test_a_test_deployment_may_be_returned_to_without_tls(installs: Context) -> None:
    assert (
        "http%3A%2F%2Flocalhost%3A8000%2Fcallback%2Fstripe"
        in link(installs, "http://localhost:8000").url
    )


def test_without_an_app_there_is_no_link(installs: Context, quick: QuickDynamoDB) -> None:
    problem = refusal(link, with_settings(installs, stripe_app_id=""))
    assert (problem.status, problem.code) == (500, "install_links_misconfigured")
    assert "STRIPE_APP_ID" in problem.detail
    assert quick.rows == {}


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


def test_what_is_over_is_listed_until_somebody_else_has_it(installs: Context) -> None:
    connected(installs)
    told(installs, "deauthorized", START + 1)
    assert listed(installs, USER) == [ACCOUNT]
    connected(installs, OTHER, at=START + 2)
    assert listed(installs, USER) == []
    assert listed(installs, OTHER) == [ACCOUNT]


def test_an_account_that_was_installed_again_is_listed_by_its_last_time(installs: Context) -> None:
    connected(installs, USER, ACCOUNT, at=START)
    connected(installs, USER, SECOND_ACCOUNT, at=START + 1)
    connected(installs, USER, ACCOUNT, at=START + 2)
    assert listed(installs, USER, 1) == [ACCOUNT, SECOND_ACCOUNT]


def test_a_page_costs_two_reads(installs: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        connected(installs, USER, f"acct_{number}")
    calls: list[str] = []
    plain = QuickDynamoDB._admit

    def admit(self: QuickDynamoDB, operation: str, request: dict[str, Any]) -> str:
        calls.append(operation)
        return plain(self, operation, request)

    monkeypatch.setattr(QuickDynamoDB, "_admit", admit)
    list_installations_of(installs, USER, None, 100)
    assert calls == ["GetItem", "BatchGetItem"]


def test_a_page_that_dynamodb_serves_in_part_is_not_passed_off_as_whole(
    installs: Context, quick: QuickDynamoDB
) -> None:
    connected(installs)

    class Partial:
        def __getattr__(self, name: str) -> Any:
            return getattr(quick, name)

        def batch_get_item(self, **request: Any) -> dict[str, Any]:
            return {"Responses": {"quick": []}, "UnprocessedKeys": request["RequestItems"]}

    partial: Any = Partial()
    with pytest.raises(Problem) as refused:
        list_installations_of(replace(installs, table=Table("quick", partial)), USER, None, 20)
    assert isinstance(refused.value, Unavailable)


def test_a_deployment_that_goes_live_holds_nothing_of_test_mode(
    installs: Context, install_secrets: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    connected(installs)
    told(installs, "authorized")
    monkeypatch.setenv("STRIPE_SECRET", install_secrets["live"])
    forget_settings()
    assert listed(installs, USER) == []
    assert refusal(require_holder, installs, USER, ACCOUNT).code == "installation_not_found"
    found = connected(installs, OTHER, livemode=True)
    assert (found.user, found.account_id, found.is_confirmed) == (OTHER, ACCOUNT, False)
    assert listed(installs, OTHER) == [ACCOUNT]
    monkeypatch.setenv("STRIPE_SECRET", install_secrets["test"])
    forget_settings()
    assert require_holder(installs, USER, ACCOUNT).is_confirmed
    assert listed(installs, OTHER) == []
