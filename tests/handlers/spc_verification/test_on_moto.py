"""The ways through Secure Payment Confirmation once more, with their storage on moto."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from countersign.aws import table
from tests.support import storage
from tests.support.assertions import assert_refused
from tests.support.authenticator import b64
from tests.support.spc_bundle import (
    CREDENTIALS,
    HOME,
    OPT_OUT,
    PAYERS,
    SHOP,
    SpcBundle,
    browser_path,
)
from tests.support.spc_people import approved, bound_browser, plain_browser
from tests.support.stand_in import BAKERY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CHEAP = {"total": {"value": "0.01", "currency": "EUR"}}


@pytest.fixture
def on_moto(
    dynamodb: "DynamoDBClient", spc: SpcBundle, spc_with: Callable[..., SpcBundle], monkeypatch: pytest.MonkeyPatch
) -> SpcBundle:  # fmt: skip
    monkeypatch.setattr(table, "_client", lambda: dynamodb)
    names = {name: storage.create_table(dynamodb) for name in ("SPC_TABLE", "INSTALLS_TABLE")}
    spc_with(**names)
    spc.open_shop()
    return spc


def browsers(spc: SpcBundle, user: str) -> list[tuple[str, str]]:
    (credential,) = spc.payer(user).get(CREDENTIALS).json["data"]
    return [(key["id"], key["status"]) for key in credential["browser_keys"]]


def test_a_payer_confirms_trusts_a_browser_opts_out_and_comes_back(
    on_moto: SpcBundle, user: str
) -> None:
    passkey = on_moto.register(user, bound_browser(HOME), identified=True)
    question = on_moto.ask(user)
    wrong = approved(question | CHEAP, passkey, plain_browser(SHOP))
    assert_refused(on_moto.answer(question, wrong), 400, "wrong_total")
    answer = on_moto.confirm(question, passkey, bound_browser(SHOP, "phone"))
    assert (answer.status, answer.json["browser_bound"]) == (200, "new")
    assert_refused(on_moto.confirm(question, passkey), 409, "ceremony_already_used")
    (phone,) = [key for key, status in browsers(on_moto, user) if status == "pending"]
    path = browser_path(passkey, phone)
    assert on_moto.payer(user).post(f"{path}/trust").code == "trusted_browser_required"
    assert on_moto.approve(user, passkey, phone, bound_browser(HOME)).status == 200
    answer = on_moto.confirm(on_moto.ask(user), passkey, bound_browser(SHOP, "phone"))
    assert answer.json["browser_bound"] == "trusted"
    assert on_moto.payer(user).delete(path).status == 204
    assert [status for _, status in browsers(on_moto, user)] == ["trusted"]
    first, question = on_moto.allow(user), on_moto.ask(user)
    assert on_moto.payer(None).post(OPT_OUT, {"ceremony_id": question["ceremony_id"]}).status == 204
    assert on_moto.verdict(question)["status"] == "failed"
    assert on_moto.allow(user) == first
    assert on_moto.payer(user).delete(f"{PAYERS}/{BAKERY}").status == 204
    assert on_moto.allow(user) != first


def test_a_credential_is_registered_once_and_removed(on_moto: SpcBundle, user: str) -> None:
    passkeys = [on_moto.register(user), on_moto.register(user, bound_browser(HOME))]
    question: Any = on_moto.ask(user)
    assert len(question["request"]["credentialIds"]) == 2
    for passkey in passkeys:
        assert on_moto.payer(user).delete(f"{CREDENTIALS}/{b64(passkey.id)}").status == 204
    assert on_moto.payer(user).get(CREDENTIALS).json["data"] == []
    assert_refused(on_moto.confirm(question, passkeys[0]), 400, "unknown_credential")
    assert on_moto.register(user)
