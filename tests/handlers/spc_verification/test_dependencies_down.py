"""What Secure Payment Confirmation depends on is down: 503 with its name, nothing half written, and no
answer of a payer's lost.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.assertions import assert_refused, assert_unavailable
from tests.support.authenticator import b64
from tests.support.chromium import Json
from tests.support.gateway import HttpAnswer
from tests.support.spc_bundle import (
    AUTH_REQUEST,
    CEREMONIES,
    CREDENTIALS,
    FRAMED,
    HOME,
    OPT_OUT,
    PAYERS,
    REGISTER_REQUEST,
    SHOP,
    TICKETS,
    SpcBundle,
    browser_path,
    order,
)
from tests.support.spc_people import (
    NEW,
    approved,
    bound_browser,
    created,
    key_id_of,
    new_passkey,
    plain_browser,
)
from tests.support.stand_in import BAKERY

Deploy = Callable[..., SpcBundle]
Call = Callable[[], HttpAnswer]
CODE = "ThrottlingException"  # tests/domain/aws/test_table.py has the others
CHEAP = {"total": {"value": "0.01", "currency": "EUR"}}


def assert_down(answer: HttpAnswer, dependency: str = "storage") -> None:
    """503 with the name, and where it is an answer to a payer's browser, `success` is false."""
    if "success" in answer.json:
        assert_refused(answer, 503, f"{dependency}_unavailable")
        assert int(answer.headers["retry-after"]) > 0
    else:
        assert_unavailable(answer, dependency)


def assert_all_served(calls: dict[str, Call], subtests: pytest.Subtests) -> None:
    """Each call gets an answer about what it asks, one after the other."""
    for name, call in calls.items():
        with subtests.test(served=name):
            assert call().status in (200, 201, 204, 400, 403)


def calls_of(spc: SpcBundle, user: str) -> dict[str, Call]:
    """Every call, each about something that is there, with the answers made beforehand. They are in
    an order in which each can be made after the ones before it.
    """
    passkey = spc.register(user, bound_browser(HOME), identified=True)
    payer, question, begun = spc.allow(user), spc.ask(user), spc.begin(user)
    unwanted = spc.ask(user)
    spc.confirm(spc.ask(user), passkey, bound_browser(SHOP, "new"))
    approval = spc.ask_approval(user, passkey, NEW)
    home = bound_browser(HOME)
    approve = {"ceremony_id": approval["ceremony_id"], **approved(approval, passkey, home)}
    made = created(begun["publicKey"], new_passkey(begun["publicKey"]), plain_browser(HOME))
    right = approved(question, passkey, bound_browser(SHOP))
    wrong = approved(question | CHEAP, passkey, bound_browser(SHOP))
    credential, browser = f"{CREDENTIALS}/{b64(passkey.id)}", browser_path(passkey, NEW)
    known = browser_path(passkey, key_id_of("browser"))
    return {
        "begin": lambda: spc.payer(user).post(REGISTER_REQUEST),
        "make a ticket": lambda: spc.payer(user).post(TICKETS, {"account_id": BAKERY}),
        "register": lambda: spc.finish(user, begun, made),
        "credentials": lambda: spc.payer(user).get(CREDENTIALS),
        "trust": lambda: spc.payer(user).post(f"{known}/trust"),
        "ask approval": lambda: spc.payer(user).post(f"{browser}/approval-request"),
        "approve": lambda: spc.payer(user).post(f"{browser}/trust", approve),
        "remove browser": lambda: spc.payer(user).delete(browser),
        "allow": lambda: spc.payer(user).post(PAYERS, {"account_id": BAKERY}),
        "merchants": lambda: spc.payer(user).get(PAYERS),
        "merchant": lambda: spc.payer(user).get(f"{PAYERS}/{BAKERY}"),
        "ask": lambda: spc.server().post(AUTH_REQUEST, order(payer)),
        "wrong": lambda: spc.answer(question, wrong),
        "verdict": lambda: spc.server().get(f"{CEREMONIES}/{question['ceremony_id']}"),
        "answer": lambda: spc.answer(question, right),
        "opt out": lambda: spc.payer(None).post(OPT_OUT, {"ceremony_id": unwanted["ceremony_id"]}),
        "end": lambda: spc.payer(user).delete(f"{PAYERS}/{BAKERY}"),
        "remove": lambda: spc.payer(user).delete(credential),
    }


NEED_INSTALLATIONS = ["make a ticket", "allow", "merchant", "ask", "verdict", "wrong", "answer"]
NEED_KEYS = ["begin", "register", "ask", "wrong", "answer", "opt out", "ask approval", "approve"]
NEED_NO_KEYS = ["credentials", "merchants", "trust", "verdict", "remove", "end", "remove browser"]


def test_without_its_table_every_call_is_unavailable_and_changes_nothing(
    shop: SpcBundle, spc_with: Deploy, user: str, subtests: pytest.Subtests
) -> None:
    calls = calls_of(shop, user)
    before = shop.items()
    spc_with(SPC_TABLE="no-such-table")
    for name, call in calls.items():
        with subtests.test(name=name):
            assert_down(call())
            assert shop.items() == before
    spc_with(SPC_TABLE="spc")
    assert_all_served(calls, subtests)


def test_without_the_table_of_installations_a_call_is_unavailable_and_changes_nothing(
    shop: SpcBundle, spc_with: Deploy, user: str, subtests: pytest.Subtests
) -> None:
    calls = calls_of(shop, user)
    before = shop.items()
    spc_with(INSTALLS_TABLE="no-such-table")
    for name in NEED_INSTALLATIONS:
        with subtests.test(name=name):
            assert_down(calls[name]())
            assert shop.items() == before


@pytest.mark.parametrize("tokens", ["no_tokens", "arn:aws:secretsmanager:eu-west-1:1:secret:none"])
def test_without_the_token_key_no_ceremony_is_begun_or_answered(
    shop: SpcBundle, spc_with: Deploy, user: str, tokens: str, subtests: pytest.Subtests
) -> None:
    calls = calls_of(shop, user)
    before = shop.items()
    spc_with(tokens=tokens)
    for name in NEED_KEYS:
        with subtests.test(name=name):
            assert_down(calls[name](), "secrets")
            assert shop.items() == before
    spc_with()
    assert_all_served(calls, subtests)


def test_calls_that_need_no_token_key_are_served_without_it(
    shop: SpcBundle, spc_with: Deploy, user: str, subtests: pytest.Subtests
) -> None:
    calls = calls_of(shop, user)
    spc_with(tokens="no_tokens")
    for name in calls:
        if name in NEED_NO_KEYS:
            with subtests.test(name=name):
                assert calls[name]().status in (200, 204, 403)


def test_without_the_stripe_key_confirmations_go_on(
    shop: SpcBundle, spc_with: Deploy, user: str
) -> None:
    calls = calls_of(shop, user)
    spc_with(secret="arn:aws:secretsmanager:eu-west-1:1:secret:none")
    for name in ("ask", "answer", "allow"):
        assert calls[name]().status in (200, 201), name


@pytest.mark.parametrize("operation", ["GetItem", "TransactWriteItems"])
def test_a_right_answer_whose_table_refuses_once_may_be_sent_again(
    shop: SpcBundle, user: str, operation: str
) -> None:
    call = calls_of(shop, user)["answer"]
    before = shop.items()
    shop.client.failures[operation] = deque([CODE])
    assert_down(call())
    assert shop.items() == before
    answer = call()
    assert (answer.status, answer.json["browser_bound"]) == (200, "trusted")


def test_a_wrong_answer_that_cannot_be_counted_does_not_learn_what_was_wrong(
    shop: SpcBundle, user: str
) -> None:
    """Otherwise guesses would be free while the table is throttled."""
    call = calls_of(shop, user)["wrong"]
    before = shop.items()
    shop.client.failures["UpdateItem"] = deque([CODE])
    answer = call()
    assert_down(answer)
    assert "amount" not in answer.text
    assert shop.items() == before
    assert_refused(call(), 400, "wrong_total")


@pytest.mark.parametrize("headers", [{}, {"idempotency-key": "k"}])
def test_a_registration_whose_table_refuses_once_may_be_sent_again(
    shop: SpcBundle, user: str, headers: dict[str, str]
) -> None:
    question = shop.begin(user)
    made = created(question["publicKey"], new_passkey(question["publicKey"]), bound_browser(HOME))
    before = shop.items()
    shop.client.failures["TransactWriteItems"] = deque([CODE])
    assert_down(shop.finish(user, question, made, headers=headers))
    assert shop.items() == before
    assert shop.finish(user, question, made, headers=headers).status == 201


@pytest.mark.parametrize("name", ["begin", "ask"])
@pytest.mark.parametrize("fails", [0, 1])
def test_a_ceremony_that_cannot_be_stored_frees_its_key(
    shop: SpcBundle, user: str, name: str, fails: int
) -> None:
    """First the record of the key is put, then the ceremony."""
    shop.register(user)
    body: Json = {} if name == "begin" else order(shop.allow(user))
    caller = shop.payer(user) if name == "begin" else shop.server()
    path = REGISTER_REQUEST if name == "begin" else AUTH_REQUEST
    before, key = shop.items(), {"idempotency-key": "k"}
    put: Any = shop.client.put_item
    left = [fails]

    def refusing(**request: Any) -> Any:
        if not left[0]:
            shop.client.failures["PutItem"] = deque([CODE])
        left[0] -= 1
        return put(**request)

    shop.client.put_item = refusing  # type: ignore[method-assign]
    assert_down(caller.post(path, body, headers=key))
    assert shop.items() == before
    assert caller.post(path, body, headers=key).status == 200


def test_a_conflict_with_another_write_is_waited_for(
    shop: SpcBundle, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("countersign.aws.dynamodb_calls.time.sleep", lambda _: None)
    calls = calls_of(shop, user)
    for name in ("register", "answer"):
        shop.client.failures["TransactWriteItems"] = deque(["TransactionConflict"] * 3)
        assert calls[name]().status in (200, 201)
    shop.client.failures["UpdateItem"] = deque(["TransactionConflictException"] * 3)
    assert calls["opt out"]().status == 204


def test_no_call_asks_anything_of_stripe(shop: SpcBundle, user: str) -> None:
    shop.stripe.backend.store.clear("request")
    shop.stripe.fault(path="/v1/*", status=503, times=9)
    for call in calls_of(shop, user).values():
        assert call().status in (200, 201, 204, 400, 403)
    assert shop.payer(None).get(FRAMED, query={"account_id": BAKERY}).status == 200
    assert shop.stripe.requests() == []
