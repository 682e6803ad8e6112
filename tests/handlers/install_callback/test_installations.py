"""The calls about installations: the holder's own, the clients' one, and nobody else's."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.handlers.session_creation.test_conventions import FOREIGN
from tests.support.assertions import assert_problem
from tests.support.bundle import SITE
from tests.support.gateway import Caller, http_event
from tests.support.install_bundle import (
    INSTALLATIONS,
    LINKS,
    InstallBundle,
    application_body,
)
from tests.support.stand_in import BAKERY, BOOKSHOP

Deploy = Callable[..., InstallBundle]
PATH = f"{INSTALLATIONS}/{BAKERY}"
CLIENT, STRANGER = "client_1", "stranger"
SETTINGS: dict[str, Any] = {
    "payee_name": "Bäckerei",
    "payee_origin": "https://localhost:8443",
    "checkout_origins": ["https://bakery.example", "https://www.bakery.example:8443"],
    "clients": [CLIENT],
}
CALLS: list[tuple[str, str, Any]] = [
    ("GET", PATH, None),
    ("PATCH", PATH, {"payee_name": "Mine"}),
    ("DELETE", PATH, None),
    ("GET", f"{PATH}/account", None),
]


def call(
    installs: InstallBundle, user: str | None, method: str, path: str, body: Any = None
) -> Any:
    caller = installs.user(user)
    if method in ("POST", "PATCH"):
        return getattr(caller, method.lower())(path, body)
    return getattr(caller, method.lower())(path)


def test_the_holder_sees_and_sets_it(installs: InstallBundle, user: str) -> None:
    before = installs.connect(user, BAKERY)
    answer = installs.user(user).patch(PATH, SETTINGS)
    assert answer.status == 200
    assert answer.json == before | SETTINGS | {"payee_verified": False}
    assert installs.view(user, BAKERY) == answer.json
    assert installs.user(user).get(INSTALLATIONS).json == {
        "data": [answer.json],
        "next_cursor": None,
    }


def test_null_removes_a_member_and_the_others_stay(installs: InstallBundle, user: str) -> None:
    before = installs.connect(user, BAKERY)
    installs.user(user).patch(PATH, SETTINGS)
    answer = installs.user(user).patch(PATH, {"payee_name": None, "clients": None})
    assert answer.json == before | SETTINGS | {"payee_name": None, "clients": []}
    assert installs.user(user).patch(PATH, {}).json == answer.json
    assert installs.user(user).patch(PATH).json == answer.json


WRONG: list[tuple[Any, list[str]]] = [
    ({"payee_name": ""}, ["/payee_name"]),
    ({"payee_name": "x" * 65}, ["/payee_name"]),
    ({"payee_name": "a\u202eb"}, ["/payee_name"]),
    ({"payee_name": 1}, ["/payee_name"]),
    ({"payee_origin": "http://bakery.example"}, ["/payee_origin"]),
    ({"payee_origin": "https://bakery.example/shop"}, ["/payee_origin"]),
    ({"payee_origin": ["https://bakery.example"]}, ["/payee_origin"]),
    ({"checkout_origins": "https://bakery.example"}, ["/checkout_origins"]),
    (
        {"checkout_origins": ["https://a.example", "http://merchant.localhost:8000"]},
        ["/checkout_origins/1"],
    ),
    ({"checkout_origins": [None]}, ["/checkout_origins/0"]),
    ({"checkout_origins": [f"https://{n}.example" for n in range(21)]}, ["/checkout_origins"]),
    ({"clients": ["", "a\nb"]}, ["/clients/0", "/clients/1"]),
    ({"clients": {"0": "a"}}, ["/clients"]),
    ({"payee_verified": True}, ["/payee_verified"]),
    ({"payee_proven": "https://bakery.example"}, ["/payee_proven"]),
    ({"user": STRANGER}, ["/user"]),
    ({"installed_at": 1, "status": "installed"}, ["/installed_at", "/status"]),
    ({"a/b~c": 1}, ["/a~1b~0c"]),
]


@pytest.mark.parametrize(("body", "pointers"), WRONG, ids=range(len(WRONG)))
def test_a_member_that_is_wrong_is_named_and_nothing_is_set(
    installs: InstallBundle, user: str, body: Any, pointers: list[str]
) -> None:
    installs.connect(user, BAKERY)
    before = installs.items()
    answer = installs.user(user).patch(PATH, {"clients": [CLIENT]} | body)
    assert_problem(answer, 422, "invalid_request")
    assert sorted(error["pointer"] for error in answer.json["errors"]) == pointers
    assert installs.items() == before


def test_on_one_machine_checkout_origins_may_be_local(installs_with: Deploy, user: str) -> None:
    installs = installs_with(STAGE="local")
    installs.connect(user, BAKERY)
    local = {"checkout_origins": ["http://Merchant.localhost:8000/"]}
    answer = installs.user(user).patch(PATH, local)
    assert answer.json["checkout_origins"] == ["http://merchant.localhost:8000"]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_somebody_elses_is_not_found_whether_it_is_there_or_not(
    installs: InstallBundle, user: str, method: str, path: str, body: Any
) -> None:
    missing = call(installs, STRANGER, method, path, body)
    assert_problem(missing, 404, "installation_not_found")
    installs.connect(user, BAKERY)
    before = installs.items()
    foreign = call(installs, STRANGER, method, path, body)
    assert (foreign.status, foreign.text) == (missing.status, missing.text)
    assert installs.items() == before
    assert installs.stripe.requests() == []


@pytest.mark.parametrize(("method", "path", "body"), [*CALLS, ("GET", INSTALLATIONS, None),
                         ("POST", f"{PATH}/confirm", {"confirmation": "A" * 43})])  # fmt: skip
def test_without_a_subject_nobody_is_served(
    installs: InstallBundle, user: str, method: str, path: str, body: Any
) -> None:
    installs.connect(user, BAKERY)
    before = installs.items()
    assert_problem(call(installs, None, method, path, body), 401, "invalid_token")
    assert installs.items() == before


@pytest.mark.parametrize(
    "account_id",
    ["acct_", "acct-1", "ca_1", "x", "acct_%00", "acct_é", "a" * 3000, "acct_" + "a" * 3000],
)
def test_what_is_no_account_is_not_found_without_a_read(
    installs: InstallBundle, user: str, account_id: str
) -> None:
    for method, path, body in CALLS:
        answer = call(installs, user, method, path.replace(BAKERY, account_id), body)
        assert (answer.status, answer.code) in ((404, "installation_not_found"), (404, "not_found"))
    assert installs.client.calls == []


def test_what_is_free_again_starts_anew(installs: InstallBundle, user: str) -> None:
    installs.connect(user, BAKERY)
    installs.user(user).patch(PATH, SETTINGS)
    now = int(time.time())
    assert installs.tell(application_body("deauthorized", BAKERY, at=now + 1)) == "applied"
    view = installs.connect(STRANGER, BAKERY, at=now + 2)
    assert view["status"] == "installed"
    assert [view[name] for name in SETTINGS] == [None, None, [], []]
    assert_problem(installs.user(user).get(PATH), 404, "installation_not_found")
    assert installs.user(user).get(INSTALLATIONS).json["data"] == []


def test_installations_are_listed_newest_first_page_by_page(
    installs: InstallBundle, user: str
) -> None:
    now = int(time.time())
    for number in range(5):
        installs.connect(user, f"acct_{number}", at=now - number)
    installs.connect(STRANGER, "acct_theirs")
    found: list[str] = []
    query = {"limit": "2"}
    while True:
        page = installs.user(user).get(INSTALLATIONS, query=query).json
        assert set(page) == {"data", "next_cursor"}
        found += [entry["account_id"] for entry in page["data"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert found == [f"acct_{number}" for number in range(5)]


QUERIES = [
    {"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"limit": "-1"}, {"limit": "1.5"}, {"cursor": ""},
    {"cursor": "x"}, {"cursor": "1.acct_"}, {"cursor": "99999999999.acct_1"}, {"cursor": "1.acct_1\n"},
    {"cursor": "٣.acct_1"}, {"cursor": "-1.acct_1"},
]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_a_page_that_is_none_is_refused(
    installs: InstallBundle, user: str, query: dict[str, str]
) -> None:
    answer = installs.user(user).get(INSTALLATIONS, query=query)
    assert_problem(answer, 422, "invalid_request")
    assert [error["pointer"] for error in answer.json["errors"]] == [f"/{next(iter(query))}"]


ROUTES = [("POST", LINKS), ("GET", INSTALLATIONS), *((method, path) for method, path, _ in CALLS),
          ("POST", f"{PATH}/confirm")]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_cache_keeps_an_answer_and_only_our_sites_may_read_it(
    installs: InstallBundle, user: str, method: str, path: str
) -> None:
    installs.connect(user, BAKERY)
    for origin in (SITE, "https://evil.example"):
        event = http_event(method, path, user=user, headers={"origin": origin})
        answer = installs.user(user).send(event)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        ours = origin == SITE
        assert answer.headers.get("access-control-allow-origin") == (SITE if ours else None)
        allowed = answer.headers.get("access-control-allow-credentials")
        assert allowed == ("true" if ours else None)
        assert answer.headers["vary"].lower() == "origin"


@pytest.mark.parametrize("origin", FOREIGN)
def test_no_foreign_origin_is_given_leave(installs: InstallBundle, user: str, origin: str) -> None:
    event = http_event("GET", INSTALLATIONS, user=user, headers={"origin": origin})
    answer = installs.user(user).send(event)
    assert not {name for name in answer.headers if name.startswith("access-control-allow")}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", LINKS), ("PUT", PATH), ("POST", PATH), ("GET", f"{PATH}/confirm"), ("DELETE", INSTALLATIONS),
     ("GET", f"{INSTALLATIONS}/"), ("GET", f"{PATH}/account/x"), ("POST", f"{PATH}/account"), ("GET", "/callback")],
)  # fmt: skip
def test_another_route_is_not_found(
    installs: InstallBundle, user: str, method: str, path: str
) -> None:
    assert_problem(
        Caller(installs.user(user).handler).send(http_event(method, path, user=user)),
        404,
        "not_found",
    )


def test_a_live_installation_is_read_before_it_is_confirmed_and_shown_so(
    installs_with: Deploy, user: str
) -> None:
    installs = installs_with(secret="live")
    view = installs.connect(user, BOOKSHOP, livemode=True)
    assert (view["livemode"], view["livemode_confirmed"], view["status"]) == (
        True,
        False,
        "installed",
    )
    path = f"{INSTALLATIONS}/{BOOKSHOP}"
    # The stand-in takes no live key, so Stripe can not confirm it.
    answer = installs.user(user).patch(path, {"payee_name": "x"})
    assert_problem(answer, 503, "stripe_unavailable")
    installs.tell(application_body("authorized", BOOKSHOP, livemode=True))
    assert installs.view(user, BOOKSHOP)["livemode_confirmed"] is True
    assert installs.user(user).patch(path, {"payee_name": "x"}).status == 200
