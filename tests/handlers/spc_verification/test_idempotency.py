"""`Idempotency-Key` on the calls that begin a ceremony: the same again, and nothing secret is kept for it."""

from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from tests.support.assertions import assert_problem
from tests.support.authenticator import BE, BS, UP, UV, b64
from tests.support.chromium import Browser
from tests.support.clock import Clock
from tests.support.gateway import HttpAnswer
from tests.support.spc_bundle import (
    AUTH_REQUEST,
    CREDENTIALS,
    HOLDER,
    HOME,
    PAYERS,
    REGISTER_REQUEST,
    SERVER,
    SHOP,
    SpcBundle,
    browser_path,
    order,
)
from tests.support.spc_people import (
    bound_browser,
    created,
    key_id_of,
    new_passkey,
    plain_browser,
)
from tests.support.stand_in import BAKERY


def ask(spc: SpcBundle, payer: str, key: str, server: str = SERVER, **members: Any) -> HttpAnswer:
    headers = {"Idempotency-Key": key}
    return spc.server(server).post(AUTH_REQUEST, order(payer, **members), headers=headers)


def begin(spc: SpcBundle, user: str, key: str, body: Any = None) -> HttpAnswer:
    return spc.payer(user).post(REGISTER_REQUEST, body, headers={"Idempotency-Key": key})


def ceremonies(spc: SpcBundle, kind: str) -> list[str]:
    return [pk for pk, item in spc.items().items() if item.get("kind") == kind]


def test_the_same_order_under_its_key_is_the_same_ceremony(shop: SpcBundle, user: str) -> None:
    passkey = shop.register(user)
    payer = shop.allow(user)
    first, second = (ask(shop, payer, "k") for _ in range(2))
    assert (first.status, second.status) == (200, 200)
    assert first.json == second.json
    assert second.headers["cache-control"] == "no-store"
    assert len(ceremonies(shop, "payment")) == 1
    assert shop.confirm(second.json, passkey).status == 200
    assert_problem(ask(shop, payer, "k"), 409, "ceremony_already_used")


def test_another_order_under_the_same_key_is_refused(shop: SpcBundle, user: str) -> None:
    shop.register(user)
    payer = shop.allow(user)
    ask(shop, payer, "k")
    assert_problem(ask(shop, payer, "k", amount=1100), 409, "idempotency_key_reused")
    assert len(ceremonies(shop, "payment")) == 1
    assert ask(shop, payer, "k2", amount=1100).status == 200


def test_a_key_counts_within_its_caller_and_route(shop: SpcBundle, user: str) -> None:
    shop.register(user)
    payer = shop.allow(user)
    first, second = ask(shop, payer, "k"), ask(shop, payer, "k", HOLDER)
    assert first.json["ceremony_id"] != second.json["ceremony_id"]
    assert begin(shop, SERVER, "k").status == 200


def test_a_registration_under_its_key_is_the_same(shop: SpcBundle, user: str) -> None:
    first, second = (begin(shop, user, "k", {}) for _ in range(2))
    assert (first.status, first.json) == (200, second.json)
    assert len(ceremonies(shop, "registration")) == 1
    assert begin(shop, f"{user}-other", "k").json["ceremony_id"] != first.json["ceremony_id"]


def test_an_empty_body_is_the_same_in_each_of_its_forms(shop: SpcBundle, user: str) -> None:
    first = begin(shop, user, "k").json
    bodies: list[Any] = ["", "{}", {}]
    for body in bodies:
        assert begin(shop, user, "k", body).json == first


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_that_is_empty_or_too_long_is_refused(shop: SpcBundle, user: str, key: str) -> None:
    shop.register(user)
    payer, before = shop.allow(user), shop.items()
    for answer in (ask(shop, payer, key), begin(shop, user, key)):
        assert (answer.status, answer.code) == (422, "invalid_request")
    assert shop.items() == before


def test_a_refused_order_frees_its_key(shop: SpcBundle, user: str) -> None:
    shop.register(user)
    assert_problem(ask(shop, "A" * 43, "k"), 404, "unknown_payer")
    assert_problem(ask(shop, shop.allow(user), "k", amount=0), 422, "invalid_request")
    assert ask(shop, shop.allow(user), "k").status == 200


def test_one_key_makes_one_ceremony_even_where_there_was_no_credential_before(
    shop: SpcBundle, user: str
) -> None:
    payer = shop.allow(user)
    for _ in range(2):
        assert ask(shop, payer, "k").json == {"available": False, "fallback": "3ds"}
    shop.register(user)
    ask(shop, payer, "k")
    ask(shop, payer, "k")
    assert len(ceremonies(shop, "payment")) <= 1


def test_a_merchant_that_may_no_longer_ask_does_not_get_the_ceremony_again(
    shop: SpcBundle, user: str
) -> None:
    shop.register(user)
    payer = shop.allow(user)
    ask(shop, payer, "k")
    shop.user(HOLDER).patch(f"/installations/{BAKERY}", {"clients": []})
    assert_problem(ask(shop, payer, "k"), 404, "installation_not_found")


def test_only_a_hash_and_the_ceremonys_id_are_stored_for_a_key(shop: SpcBundle, user: str) -> None:
    shop.register(user)
    question = ask(shop, shop.allow(user), "canary-key").json
    (record,) = [item for pk, item in shop.items().items() if pk.startswith("idempotency#")]
    assert set(record) == {
        "pk", "body_hash", "claim", "began_at", "expires_at", "resource_id",
    }  # fmt: skip
    assert record["resource_id"] == question["ceremony_id"]
    assert "canary" not in shop.everything_stored()
    assert question["request"]["challenge"] not in shop.everything_stored()


def test_a_registration_whose_response_was_lost_gets_it_again_under_its_key(
    shop: SpcBundle, user: str, clock: Clock
) -> None:
    clock.ticks = 1  # no two readings within a second
    question = shop.begin(user)
    passkey = new_passkey(question["publicKey"])
    body = created(question["publicKey"], passkey, bound_browser(HOME))
    key = {"Idempotency-Key": "k"}
    first, second = (shop.finish(user, question, body, headers=key) for _ in range(2))
    assert (first.status, first.json) == (201, second.json)
    assert second.status == 201
    assert_problem(shop.finish(user, question, body), 409, "ceremony_already_used")
    other = created(question["publicKey"], passkey, bound_browser(HOME))
    assert_problem(shop.finish(user, question, other, headers=key), 409, "idempotency_key_reused")
    assert shop.payer(user).delete(f"{CREDENTIALS}/{b64(passkey.id)}").status == 204
    assert_problem(shop.finish(user, question, body, headers=key), 404, "credential_not_found")


@pytest.mark.parametrize("browser", [plain_browser(HOME), bound_browser(HOME)])
def test_the_response_to_a_registration_stays_the_same_whatever_happens_to_its_credential(
    shop: SpcBundle, user: str, browser: Browser
) -> None:
    question = shop.begin(user)
    passkey = new_passkey(question["publicKey"], flags=UP | UV | BE)
    body = created(question["publicKey"], passkey, browser)
    key = {"Idempotency-Key": "k"}
    first = shop.finish(user, question, body, headers=key)
    is_bound = browser.browser_key is not None
    assert (first.json["browser_bound"], first.json["backed_up"]) == (is_bound, False)
    passkey.flags |= BS
    assert shop.confirm(shop.ask(user), passkey, bound_browser(SHOP, "new")).status == 200
    if is_bound:
        path = browser_path(passkey, key_id_of("browser"))
        assert shop.payer(user).delete(path).status == 204
    again = shop.finish(user, question, body, headers=key)
    assert (again.status, again.json) == (201, first.json)


def test_a_registration_whose_table_did_not_answer_is_found_under_its_key(
    shop: SpcBundle, user: str
) -> None:
    """The credential and the key are stored together, or neither."""
    question = shop.begin(user)
    passkey = new_passkey(question["publicKey"])
    body = created(question["publicKey"], passkey, plain_browser(HOME))
    write: Any = shop.client.transact_write_items

    def unheard(**request: Any) -> Any:
        write(**request)
        raise ConnectTimeoutError(endpoint_url="dynamodb")

    shop.client.transact_write_items = unheard  # type: ignore[method-assign]
    answers = [
        shop.finish(user, question, body, headers={"Idempotency-Key": "k"}) for _ in range(2)
    ]
    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert shop.payer(user).get(CREDENTIALS).json["data"][0]["credential_id"] == b64(passkey.id)


def test_a_registration_that_the_same_request_overtakes_gets_its_response(
    shop: SpcBundle, user: str
) -> None:
    question = shop.begin(user)
    passkey = new_passkey(question["publicKey"])
    body = created(question["publicKey"], passkey, bound_browser(HOME))
    write: Any = shop.client.transact_write_items

    def overtaken(**request: Any) -> Any:
        write(**request)  # by another instance, in the same second
        return write(**request)

    shop.client.transact_write_items = overtaken  # type: ignore[method-assign]
    answer = shop.finish(user, question, body, headers={"Idempotency-Key": "k"})
    assert (answer.status, answer.json["credential_id"]) == (201, b64(passkey.id))
    assert answer.json["browser_bound"] is True
    assert len(shop.payer(user).get(CREDENTIALS).json["data"]) == 1


def test_a_key_that_stands_for_a_registration_stands_for_no_other(
    shop: SpcBundle, user: str
) -> None:
    key = {"Idempotency-Key": "k"}
    question, other = shop.begin(user), shop.begin(user)
    body = created(question["publicKey"], new_passkey(question["publicKey"]), plain_browser(HOME))
    assert shop.finish(user, question, body, headers=key).status == 201
    body = created(other["publicKey"], new_passkey(other["publicKey"]), plain_browser(HOME))
    assert_problem(shop.finish(user, other, body, headers=key), 409, "idempotency_key_reused")
    assert len(shop.payer(user).get(CREDENTIALS).json["data"]) == 1
    assert shop.finish(user, other, body).status == 201


def test_a_refused_registration_frees_its_key(shop: SpcBundle, user: str) -> None:
    question = shop.begin(user)
    passkey = new_passkey(question["publicKey"])
    wrong = created(question["publicKey"], passkey, plain_browser("https://evil.example"))
    right = created(question["publicKey"], passkey, plain_browser(HOME))
    key = {"Idempotency-Key": "k"}
    assert_problem(shop.finish(user, question, wrong, headers=key), 400, "wrong_origin")
    assert shop.finish(user, question, right, headers=key).status == 201


def test_a_payer_who_has_ended_the_handle_since_is_unknown_under_the_key_too(
    shop: SpcBundle, user: str
) -> None:
    shop.register(user)
    payer = shop.allow(user)
    ask(shop, payer, "k")
    shop.payer(user).delete(f"{PAYERS}/{BAKERY}")
    assert_problem(ask(shop, payer, "k"), 404, "unknown_payer")
