"""The calls about installations: all for the holder, one for the clients, none for anybody else."""

import time
from collections.abc import Callable
from itertools import product
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
STRANGER = "stranger"
MEMBERS: dict[str, Any] = {
    "payee_name": "Bäckerei",
    "payee_origin": "https://localhost:8443",
    "checkout_origins": ["https://bakery.example", "https://www.bakery.example:8443"],
    "clients": ["client_1"],
}
CALLS: list[tuple[str, str, list[Any]]] = [
    ("get", PATH, []),
    ("patch", PATH, [{"payee_name": "Mine"}]),
    ("delete", PATH, []),
    ("get", f"{PATH}/account", []),
]
CONFIRM = ("post", f"{PATH}/confirm", [{"confirmation": "A" * 43}])


def call(installs: InstallBundle, user: str | None, method: str, path: str, body: list[Any]) -> Any:
    return getattr(installs.user(user), method)(path, *body)


def test_the_holder_sees_sets_and_removes_its_members(installs: InstallBundle, user: str) -> None:
    before = installs.connect(user, BAKERY)
    answer = installs.user(user).patch(PATH, MEMBERS)
    assert answer.status == 200
    assert answer.json == before | MEMBERS | {"payee_verified": False}
    assert installs.view(user, BAKERY) == answer.json
    listed = installs.user(user).get(INSTALLATIONS).json
    assert listed == {"data": [answer.json], "next_cursor": None}
    answer = installs.user(user).patch(PATH, {"payee_name": None, "clients": None})
    assert answer.json == before | MEMBERS | {"payee_name": None, "clients": []}
    assert installs.user(user).patch(PATH, {}).json == answer.json
    assert installs.user(user).patch(PATH).json == answer.json


WRONG: list[tuple[Any, list[str]]] = [
    ({"payee_name": "a\u202eb"}, ["/payee_name"]),
    ({"payee_name": 1}, ["/payee_name"]),
    ({"payee_origin": "https://bakery.example/shop"}, ["/payee_origin"]),
    ({"payee_origin": ["https://bakery.example"]}, ["/payee_origin"]),
    ({"checkout_origins": "https://bakery.example"}, ["/checkout_origins"]),
    ({"checkout_origins": ["https://a.example", "http://merchant.localhost:8000"]}, ["/checkout_origins/1"]),
    ({"checkout_origins": [None]}, ["/checkout_origins/0"]),
    ({"clients": ["", "a\nb"]}, ["/clients/0", "/clients/1"]),
    ({"clients": {"0": "a"}}, ["/clients"]),
    ({"payee_verified": True, "payee_proven": "https://bakery.example"}, ["/payee_proven", "/payee_verified"]),
    ({"user": STRANGER, "installed_at": 1, "status": "installed"}, ["/installed_at", "/status", "/user"]),
    ({"a/b~c": 1}, ["/a~1b~0c"]),
]  # fmt: skip


def test_a_wrong_member_is_named_and_nothing_is_set(
    installs: InstallBundle, user: str, subtests: pytest.Subtests
) -> None:
    installs.connect(user, BAKERY)
    before = installs.items()
    for body, pointers in WRONG:
        with subtests.test(body=body):
            answer = installs.user(user).patch(PATH, {"clients": ["client_1"]} | body)
            assert_problem(answer, 422, "invalid_request")
            assert sorted(error["pointer"] for error in answer.json["errors"]) == pointers
    assert installs.items() == before


def test_on_one_machine_checkout_origins_may_be_local(installs_with: Deploy, user: str) -> None:
    installs = installs_with(STAGE="local")
    installs.connect(user, BAKERY)
    local = {"checkout_origins": ["http://Merchant.localhost:8000/"]}
    answer = installs.user(user).patch(PATH, local)
    assert answer.json["checkout_origins"] == ["http://merchant.localhost:8000"]


def test_another_users_installation_is_not_found_whether_it_exists_or_not(
    installs: InstallBundle, user: str, subtests: pytest.Subtests
) -> None:
    missing = [call(installs, STRANGER, *each) for each in CALLS]
    installs.connect(user, BAKERY)
    before = installs.items()
    for (method, path, body), answer in zip(CALLS, missing, strict=True):
        with subtests.test(method=method, path=path):
            assert_problem(answer, 404, "installation_not_found")
            foreign = call(installs, STRANGER, method, path, body)
            assert (foreign.status, foreign.text) == (answer.status, answer.text)
    assert installs.items() == before
    assert installs.stripe.requests() == []


def test_a_call_for_a_person_is_403_for_a_machine(
    installs: InstallBundle, user: str, subtests: pytest.Subtests
) -> None:
    installs.connect(user, BAKERY)
    before = installs.items()
    claims = {"preferred_username": "service-account-till"}
    for method, path, body in (*CALLS[1:3], CONFIRM, ("post", LINKS, [])):
        with subtests.test(method=method, path=path):
            answer = getattr(installs.user(user), method)(path, *body, claims=claims)
            assert_problem(answer, 403, "person_required")
    assert installs.items() == before


def test_a_token_without_a_subject_is_refused(
    installs: InstallBundle, user: str, subtests: pytest.Subtests
) -> None:
    installs.connect(user, BAKERY)
    before = installs.items()
    for method, path, body in (*CALLS, CONFIRM, ("get", INSTALLATIONS, [])):
        with subtests.test(method=method, path=path):
            assert_problem(call(installs, None, method, path, body), 401, "invalid_token")
    assert installs.items() == before


NO_ACCOUNTS = ("acct_", "acct-1", "ca_1", "acct_%00", "acct_é", "acct_" + "a" * 3000)


def test_text_that_is_no_account_id_is_not_found_without_a_read(
    installs: InstallBundle, user: str, subtests: pytest.Subtests
) -> None:
    for (method, path, body), account_id in product(CALLS, NO_ACCOUNTS):
        with subtests.test(method=method, account=account_id[:20]):
            answer = call(installs, user, method, path.replace(BAKERY, account_id), body)
            assert answer.status == 404
            assert answer.code in ("installation_not_found", "not_found")
    assert installs.client.calls == []


def test_installations_are_listed_newest_first_page_by_page(
    installs: InstallBundle, user: str
) -> None:
    now, query = int(time.time()), {"limit": "2"}
    for number in range(5):
        installs.connect(user, f"acct_{number}", at=now - number)
    installs.connect(STRANGER, "acct_theirs")
    found: list[str] = []
    while not found or "cursor" in query:
        page = installs.user(user).get(INSTALLATIONS, query=query).json
        assert set(page) == {"data", "next_cursor"}
        found += [entry["account_id"] for entry in page["data"]]
        query = {"limit": "2"} | ({"cursor": page["next_cursor"]} if page["next_cursor"] else {})
    assert found == [f"acct_{number}" for number in range(5)]


QUERIES = [
    {"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"cursor": ""}, {"cursor": "x"}, {"cursor": "1.acct_"},
    {"cursor": "99999999999.acct_1"}, {"cursor": "1.acct_1\n"}, {"cursor": "٣.acct_1"}, {"cursor": "-1.acct_1"},
]  # fmt: skip


def test_a_page_that_does_not_exist_is_refused(
    installs: InstallBundle, user: str, subtests: pytest.Subtests
) -> None:
    for query in QUERIES:
        with subtests.test(query=query):
            answer = installs.user(user).get(INSTALLATIONS, query=query)
            assert_problem(answer, 422, "invalid_request")
            pointers = [error["pointer"] for error in answer.json["errors"]]
            assert pointers == [f"/{next(iter(query))}"]


ROUTES = [("POST", LINKS), ("GET", INSTALLATIONS), ("POST", f"{PATH}/confirm"),
          *((method.upper(), path) for method, path, _ in CALLS)]  # fmt: skip


def test_no_foreign_origin_is_given_leave(
    installs: InstallBundle, user: str, subtests: pytest.Subtests
) -> None:
    for origin in FOREIGN:
        with subtests.test(origin=origin):
            event = http_event("GET", INSTALLATIONS, user=user, headers={"origin": origin})
            answer = installs.user(user).send(event)
            assert not {name for name in answer.headers if name.startswith("access-control-allow")}


def test_no_cache_keeps_an_answer_and_only_the_businesss_sites_may_read_it(
    installs: InstallBundle, user: str, subtests: pytest.Subtests
) -> None:
    names = ("access-control-allow-origin", "access-control-allow-credentials")
    allowed = {SITE: (SITE, "true"), "https://evil.example": (None, None)}
    for (method, path), origin in product(ROUTES, allowed):
        with subtests.test(method=method, path=path, origin=origin):
            installs.connect(user, BAKERY)
            event = http_event(method, path, user=user, headers={"origin": origin})
            headers = installs.user(user).send(event).headers
            assert headers["cache-control"] == "no-store"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["vary"].lower() == "origin"
            assert tuple(map(headers.get, names)) == allowed[origin]


NO_ROUTES = [
    ("GET", LINKS), ("PUT", PATH), ("POST", PATH), ("GET", f"{PATH}/confirm"), ("DELETE", INSTALLATIONS),
    ("GET", f"{INSTALLATIONS}/"), ("GET", f"{PATH}/account/x"), ("POST", f"{PATH}/account"), ("GET", "/callback"),
]  # fmt: skip


def test_another_route_is_not_found(
    installs: InstallBundle, user: str, subtests: pytest.Subtests
) -> None:
    caller = Caller(installs.user(user).handler)
    for method, path in NO_ROUTES:
        with subtests.test(method=method, path=path):
            assert_problem(caller.send(http_event(method, path, user=user)), 404, "not_found")


def test_a_live_installation_is_shown_before_it_is_confirmed_and_set_afterwards(
    installs_with: Deploy, user: str
) -> None:
    installs = installs_with(secret="live")
    view = installs.connect(user, BOOKSHOP, livemode=True)
    assert (view["livemode"], view["livemode_confirmed"]) == (True, False)
    path = f"{INSTALLATIONS}/{BOOKSHOP}"
    # The stand-in takes no live key, so Stripe cannot confirm it.
    answer = installs.user(user).patch(path, {"clients": ["x"]})
    assert_problem(answer, 500, "stripe_key_refused")
    assert "Retry-After" not in answer.headers
    installs.tell(application_body("authorized", BOOKSHOP, livemode=True))
    assert installs.view(user, BOOKSHOP)["livemode_confirmed"] is True
    assert installs.user(user).patch(path, {"clients": ["x"]}).status == 200
