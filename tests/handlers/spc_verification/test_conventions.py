"""What holds for every call of Secure Payment Confirmation: who is served, what no cache keeps, and which
pages may read an answer.
"""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from tests.handlers.session_creation.test_conventions import FOREIGN
from tests.support.assertions import assert_problem, assert_refused
from tests.support.bundle import SITE
from tests.support.gateway import HttpAnswer, http_event
from tests.support.install_bundle import INSTALLATIONS, application_body
from tests.support.spc_bundle import (
    AUTH_REQUEST,
    AUTH_RESPONSE,
    CEREMONIES,
    CREDENTIALS,
    FRAMED,
    HOLDER,
    OPT_OUT,
    OTHER_SHOP,
    PAYERS,
    REGISTER_REQUEST,
    REGISTER_RESPONSE,
    SERVER,
    SHOP,
    TICKETS,
    SpcBundle,
    order,
)
from tests.support.spc_people import approved, plain_browser
from tests.support.stand_in import BAKERY, BOOKSHOP

Deploy = Callable[..., SpcBundle]
EVIL = "https://evil.example"
UNKNOWN = "A" * 43
WITH_TOKEN: list[tuple[str, str]] = [
    ("POST", REGISTER_REQUEST),
    ("POST", REGISTER_RESPONSE),
    ("POST", TICKETS),
    ("GET", CREDENTIALS),
    ("DELETE", f"{CREDENTIALS}/AAAA"),
    ("DELETE", f"{CREDENTIALS}/AAAA/browser-keys/BBBB"),
    ("POST", f"{CREDENTIALS}/AAAA/browser-keys/BBBB/approval-request"),
    ("POST", f"{CREDENTIALS}/AAAA/browser-keys/BBBB/trust"),
    ("POST", PAYERS),
    ("GET", PAYERS),
    ("GET", f"{PAYERS}/{BAKERY}"),
    ("DELETE", f"{PAYERS}/{BAKERY}"),
    ("POST", AUTH_REQUEST),
    ("GET", f"{CEREMONIES}/{UNKNOWN}"),
]
PUBLIC: list[tuple[str, str]] = [("POST", AUTH_RESPONSE), ("POST", OPT_OUT)]
BODIES: dict[str, Any] = {
    REGISTER_RESPONSE: {"ceremony_id": UNKNOWN, "credential": {}},
    PAYERS: {"account_id": BAKERY},
    AUTH_REQUEST: order(UNKNOWN),
    AUTH_RESPONSE: {"ceremony_id": UNKNOWN, "credential": {}},
    OPT_OUT: {"ceremony_id": UNKNOWN},
}


def call(
    spc: SpcBundle, method: str, path: str, subject: str | None = None, **options: Any
) -> HttpAnswer:
    caller = spc.payer(subject)
    if method == "POST":
        return caller.post(path, options.pop("body", BODIES.get(path)), **options)
    return caller.delete(path, **options) if method == "DELETE" else caller.get(path, **options)


def test_a_call_without_a_subject_is_refused(shop: SpcBundle, subtests: pytest.Subtests) -> None:
    before = shop.items()
    for (method, path), subject in product(WITH_TOKEN, (None, "", "x" * 256, "é")):
        with subtests.test(method=method, path=path, subject=subject):
            assert_problem(call(shop, method, path, subject), 401, "invalid_token")
    assert shop.items() == before


OF_SERVERS = (AUTH_REQUEST, f"{CEREMONIES}/{UNKNOWN}")


def test_a_call_for_a_person_is_403_for_a_machine(
    shop: SpcBundle, subtests: pytest.Subtests
) -> None:
    before = shop.items()
    calls = [each for each in WITH_TOKEN if each[1] not in OF_SERVERS]
    scopes = (None, "countersign/merchant", "countersign/operator")
    for (method, path), scope in product(calls, scopes):
        with subtests.test(method=method, path=path, scope=scope):
            options = {"scope": scope, "claims": {"azp": "till_1"}}
            answer = call(shop, method, path, "till_1", **options)
            assert_problem(answer, 403, "person_required")
    assert shop.items() == before


def test_no_cache_keeps_a_response(shop: SpcBundle, user: str, subtests: pytest.Subtests) -> None:
    for method, path in WITH_TOKEN + PUBLIC:
        with subtests.test(method=method, path=path):
            answer = call(shop, method, path, user)
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["vary"].lower() == "origin"


def test_the_response_to_a_call_with_a_token_is_read_by_the_businesss_own_sites_alone(
    shop: SpcBundle, user: str, subtests: pytest.Subtests
) -> None:
    for (method, path), origin in product(WITH_TOKEN, (SITE, SHOP, EVIL, "null")):
        with subtests.test(method=method, path=path, origin=origin):
            answer = call(shop, method, path, user, headers={"origin": origin})
            found = [name for name in answer.headers if name.startswith("access-control-allow")]
            assert bool(found) == (origin == SITE)
            if origin == SITE:
                assert answer.headers["access-control-allow-origin"] == SITE


def test_no_other_spelling_of_a_site_is_accepted(shop: SpcBundle, user: str) -> None:
    for origin in FOREIGN:
        answer = call(shop, "GET", CREDENTIALS, user, headers={"origin": origin})
        assert answer.status == 200
        assert not [name for name in answer.headers if name.startswith("access-control-allow")]


def test_a_preflight_of_a_call_with_a_token_allows_our_sites_alone(
    shop: SpcBundle, subtests: pytest.Subtests
) -> None:
    for (_, path), origin in product(WITH_TOKEN, (SITE, SHOP)):
        with subtests.test(path=path, origin=origin):
            answer = shop.payer(None).send(http_event("OPTIONS", path, headers={"origin": origin}))
            assert (answer.status, answer.text) == (204, "")
            allowed = answer.headers.get("access-control-allow-origin")
            assert allowed == (SITE if origin == SITE else None)
            methods = set(answer.headers["access-control-allow-methods"].split(", "))
            assert {"GET", "POST", "DELETE"} <= methods
            headers = set(answer.headers["access-control-allow-headers"].split(", "))
            assert {"authorization", "content-type", "idempotency-key"} <= headers


def test_a_preflight_of_a_payers_browser_allows_any_page(
    shop: SpcBundle, subtests: pytest.Subtests
) -> None:
    """Which ceremony it is about is not known yet."""
    for path, origin in product((AUTH_RESPONSE, OPT_OUT), (SHOP, OTHER_SHOP, EVIL, SITE)):
        with subtests.test(path=path, origin=origin):
            answer = shop.payer(None).send(http_event("OPTIONS", path, headers={"origin": origin}))
            assert answer.status == 204
            assert answer.headers["access-control-allow-origin"] == origin
            assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("origin", [SHOP, OTHER_SHOP, SITE, EVIL, f"{SHOP}/", "http://bakery.example", "null"])  # fmt: skip
def test_the_response_to_an_answer_is_read_by_the_ceremonys_checkout_origins_alone(
    shop: SpcBundle, user: str, origin: str
) -> None:
    shop.open_shop(BOOKSHOP, checkout_origins=[EVIL])
    passkey = shop.register(user)
    question = shop.ask(user)
    may = origin in (SHOP, OTHER_SHOP, SITE)
    cheap = question | {"total": {"value": "0.01", "currency": "EUR"}}
    wrong = approved(cheap, passkey, plain_browser(SHOP))
    right = approved(question, passkey, plain_browser(SHOP))
    for body, status in ((wrong, 400), (right, 200), (right, 409)):
        answer = shop.answer(question, body, origin)
        assert answer.status == status
        assert answer.headers.get("access-control-allow-origin") == (origin if may else None)
        assert "access-control-allow-credentials" not in answer.headers
    answer = shop.payer(None).post(OPT_OUT, {"ceremony_id": question["ceremony_id"]}, headers={"origin": origin})  # fmt: skip
    assert answer.headers.get("access-control-allow-origin") == (origin if may else None)


def test_a_page_that_is_no_checkout_origin_any_more_is_refused_and_may_read_why(
    shop: SpcBundle, user: str
) -> None:
    passkey = shop.register(user)
    question = shop.ask(user)
    path = f"{INSTALLATIONS}/{BAKERY}"
    shop.user(HOLDER).patch(path, {"checkout_origins": ["https://new.example"]})
    answer = shop.confirm(question, passkey)
    assert_refused(answer, 400, "wrong_origin")
    assert answer.headers["access-control-allow-origin"] == SHOP
    shop.user(HOLDER).patch(path, {"checkout_origins": [SHOP]})
    assert shop.confirm(question, passkey).status == 200


def test_a_call_of_a_merchants_server_needs_its_scope(
    shop: SpcBundle, user: str, subtests: pytest.Subtests
) -> None:
    shop.register(user)
    body, caller = order(shop.allow(user)), shop.payer(SERVER)
    for scope in (None, "", "countersign/operator", "countersign/merchants"):
        with subtests.test(scope=scope):
            caller.scope = scope
            assert_problem(caller.post(AUTH_REQUEST, body), 403, "missing_scope")
            assert_problem(caller.get(f"{CEREMONIES}/{UNKNOWN}"), 403, "missing_scope")


@pytest.mark.parametrize("before", [None, SHOP, EVIL])
def test_a_refusal_about_no_ceremony_is_read_by_any_page_whatever_was_served_before(
    shop: SpcBundle, user: str, before: str | None
) -> None:
    passkey = shop.register(user)
    for path in (AUTH_RESPONSE, OPT_OUT):
        question = shop.ask(user)
        shop.answer(question, approved(question, passkey, plain_browser(SHOP)), before)
        answer = shop.payer(None).post(path, BODIES[path], headers={"origin": EVIL})
        assert (answer.status, answer.code) == (404, "unknown_ceremony")
        assert answer.headers["access-control-allow-origin"] == EVIL


def test_a_response_to_a_request_without_an_origin_allows_none(shop: SpcBundle, user: str) -> None:
    passkey = shop.register(user)
    question = shop.ask(user)
    answer = shop.answer(question, approved(question, passkey, plain_browser(SHOP)), None)
    assert answer.status == 200
    assert not [name for name in answer.headers if name.startswith("access-control-allow")]


NO_CALLS = [
    ("GET", AUTH_REQUEST), ("PUT", PAYERS), ("DELETE", CREDENTIALS), ("POST", CREDENTIALS),
    ("GET", f"{CREDENTIALS}/AAAA"), ("POST", f"{CREDENTIALS}/AAAA/browser-keys"), ("DELETE", f"{CEREMONIES}/{UNKNOWN}"),
    ("GET", CEREMONIES), ("POST", FRAMED), ("GET", "/wallet"), ("GET", f"{CREDENTIALS}/"), ("POST", "/spc"),
]  # fmt: skip


def test_another_route_is_not_found(shop: SpcBundle, user: str, subtests: pytest.Subtests) -> None:
    for method, path in NO_CALLS:
        with subtests.test(method=method, path=path):
            answer = shop.payer(user).send(http_event(method, path, user=user))
            assert_problem(answer, 404, "not_found")


def test_after_the_uninstallation_nothing_is_asked_for_the_merchant(
    shop: SpcBundle, user: str
) -> None:
    passkey = shop.register(user)
    question, payer = shop.ask(user), shop.allow(user)
    shop.tell(application_body("deauthorized", BAKERY, at=2_000_000_000))
    before = shop.items()
    for caller in (HOLDER, SERVER):
        assert_problem(shop.server(caller).post(AUTH_REQUEST, order(payer)), 409, "not_installed")
        read = shop.server(caller).get(f"{CEREMONIES}/{question['ceremony_id']}")
        assert_problem(read, 409, "not_installed")
    assert_problem(shop.server("stranger").post(AUTH_REQUEST, order(payer)), 404, "installation_not_found")  # fmt: skip
    for answer in (
        shop.payer(user).post(PAYERS, {"account_id": BAKERY}),
        shop.payer(user).post(TICKETS, {"account_id": BAKERY}),
    ):
        assert_problem(answer, 404, "installation_not_found")
    assert shop.items() == before
    body = approved(question, passkey, plain_browser(SHOP))
    assert_refused(shop.answer(question, body), 410, "ceremony_expired")
    assert shop.payer(user).get(PAYERS).json["data"] == []
    assert shop.payer(user).delete(f"{PAYERS}/{BAKERY}").status == 204


@pytest.mark.parametrize(("settings", "code"), [
    ({"payee_name": None}, "payee_missing"), ({"checkout_origins": None}, "checkout_origins_missing"),
    ({"checkout_origins": []}, "checkout_origins_missing"),
])  # fmt: skip
def test_a_merchant_that_cannot_be_shown_to_payers_learns_what_to_set(
    spc: SpcBundle, user: str, settings: dict[str, Any], code: str
) -> None:
    spc.open_shop(**settings)
    spc.register(user)
    answer = spc.server().post(AUTH_REQUEST, order(spc.allow(user)))
    assert_problem(answer, 409, code)
    assert next(iter(settings)) in answer.json["detail"]
    assert not [
        pk for pk in spc.items() if pk.startswith("ceremony#") and "terms" in spc.items()[pk]
    ]


def test_a_refused_answer_is_a_problem_and_says_that_it_has_no_success(shop: SpcBundle) -> None:
    answer = shop.payer(None).post(AUTH_RESPONSE, BODIES[AUTH_RESPONSE])
    assert_refused(answer, 404, "unknown_ceremony")
