"""What must never be stored or logged, over a whole life of confirmations: see
`docs/decisions.md#never-stored-or-logged`.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.authenticator import b64, unb64
from tests.support.chromium import Json
from tests.support.gateway import HttpAnswer
from tests.support.installations import TOKEN_KEY
from tests.support.logs import Log
from tests.support.spc_bundle import (
    AUTH_REQUEST,
    AUTH_RESPONSE,
    CREDENTIALS,
    HOME,
    OPT_OUT,
    PAYERS,
    REGISTER_RESPONSE,
    SHOP,
    SpcBundle,
    browser_path,
    order,
)
from tests.support.spc_payments import put
from tests.support.spc_people import NEW, approved, bound_browser, created, new_passkey
from tests.support.stand_in import BAKERY

TOKEN, KEY = "eyJhbGciOiJub25lIn0.canary.token", "idempotency-canary"
SENT = {"authorization": f"Bearer {TOKEN}", "idempotency-key": KEY}


class Life:
    """Everything that can happen, and what of it must be found nowhere afterwards."""

    def __init__(self, spc: SpcBundle, user: str) -> None:
        self.spc, self.user = spc, user
        self.canaries = {TOKEN, KEY, TOKEN_KEY, "sk_test_local"}
        self.calls: list[Callable[[], HttpAnswer]] = []

    def keep(self, body: Json, challenge: str) -> Json:
        """The body, with what is secret in it noted."""
        response = body["credential"]["response"]
        self.canaries |= {challenge, unb64(challenge).hex()}
        signed = ("clientDataJSON", "signature", "attestationObject", "authenticatorData")
        self.canaries |= {response[name][:60] for name in signed if name in response}
        self.canaries.add(body["browser_bound_signature"])
        return body

    def live(self) -> None:
        question = self.spc.begin(self.user, headers=SENT)
        options = question["publicKey"]
        passkey = new_passkey(options)
        wrong = created(
            options, passkey, bound_browser(HOME), put("origin", to="https://canary.example")
        )
        right = created(options, passkey, bound_browser(HOME))
        for body, headers, status in (
            (wrong, SENT, 400), (right, SENT, 201), (right, SENT, 201), (right, {}, 409),
        ):  # fmt: skip
            self.keep(body, options["challenge"])
            assert self.spc.finish(self.user, question, body, headers=headers).status == status
        self._pay(passkey)
        credential = f"{CREDENTIALS}/{b64(passkey.id)}"
        payer = self.spc.payer(self.user)
        assert payer.get(CREDENTIALS, headers=SENT).status == 200
        assert payer.post(f"{credential}/browser-keys/canary/trust", headers=SENT).status == 404
        self._approve(passkey)
        assert payer.get(f"{PAYERS}/acct_canary", headers=SENT).status == 404

    def _approve(self, passkey: Any) -> None:
        home = bound_browser(HOME, "identified")
        trusted = self.spc.register(self.user, home, identified=True)
        question = self.spc.ask(self.user)
        new = approved(question, passkey, bound_browser(SHOP, "new"))
        assert (
            self.spc.answer(question, self.keep(new, question["request"]["challenge"])).status
            == 200
        )
        question = self.spc.ask_approval(self.user, passkey, NEW, headers=SENT)
        path = f"{browser_path(passkey, NEW)}/trust"
        for edit, status in ((put("payment", "payeeName", to="canary"), 400), (None, 200)):
            body = approved(question, trusted, home, edit)
            self.keep(body, question["request"]["challenge"])
            body["ceremony_id"] = question["ceremony_id"]
            assert self.spc.payer(self.user).post(path, body, headers=SENT).status == status
        browser = browser_path(passkey, NEW)
        assert self.spc.payer(self.user).delete(browser, headers=SENT).status == 204

    def _pay(self, passkey: Any) -> None:
        payer = self.spc.allow(self.user)
        asked = self.spc.server().post(AUTH_REQUEST, order(payer), headers=SENT).json
        challenge = asked["request"]["challenge"]
        edits = [put("payment", "payeeName", to="canary"), put("challenge", to="canary"), None]
        for edit, status in zip(edits, (400, 400, 200), strict=True):
            body = self.keep(approved(asked, passkey, bound_browser(SHOP), edit), challenge)
            assert self.spc.answer(asked, body).status == status
        for path, body in (
            (AUTH_RESPONSE, {"ceremony_id": "canary", "credential": {"id": "canary"}}),
            (REGISTER_RESPONSE, {"ceremony_id": "canary", "credential": "canary"}),
            (
                AUTH_REQUEST,
                order("canary", instrument={"display_name": "canary\u202e", "icon": "canary"}),
            ),
            (AUTH_REQUEST, order("canary", caller_origin="https://canary.example")),
            (PAYERS, {"account_id": BAKERY, "return_to": "https://canary.example/"}),
            (PAYERS, {"account_id": "canary", "canary": 1}),
        ):
            answer = self.spc.server().post(path, body, headers=SENT)
            assert 400 <= answer.status < 500
            assert "canary" not in answer.text.replace("/canary", "")
        other = self.spc.ask(self.user)
        self.canaries.add(other["request"]["challenge"])
        assert (
            self.spc.payer(None).post(OPT_OUT, {"ceremony_id": other["ceremony_id"]}).status == 204
        )


def test_no_challenge_signature_or_client_data_is_logged_or_stored(
    shop: SpcBundle, user: str, log: Log
) -> None:
    life = Life(shop, user)
    life.live()
    written, kept = log.text(), shop.everything_stored()
    assert "refused" in written
    assert len(life.canaries) >= 20
    for canary in life.canaries:
        assert canary not in written, f"logged: {canary}"
        assert canary not in kept, f"stored: {canary}"
    assert "canary" not in written
    assert "canary" not in kept


def test_nobody_is_named_in_the_log(shop: SpcBundle, log: Log) -> None:
    passkey = shop.register("canary-user")
    question = shop.ask("canary-user")
    payer = shop.allow("canary-user")
    shop.answer(question, approved(question | {"total": {"value": "1", "currency": "EUR"}}, passkey, bound_browser(SHOP)))  # fmt: skip
    shop.confirm(question, passkey)
    written = log.text()
    for secret in ("canary-user", payer, question["ceremony_id"], b64(passkey.id)):
        assert secret not in written


@pytest.mark.parametrize("code", ["wrong_origin", "wrong_challenge", "wrong_payee"])
def test_a_refusal_repeats_nothing_of_the_request(shop: SpcBundle, user: str, code: str) -> None:
    passkey = shop.register(user)
    question = shop.ask(user)
    edit = {
        "wrong_origin": put("origin", to="https://canary.example"),
        "wrong_challenge": put("challenge", to="canary"),
        "wrong_payee": put("payment", "payeeName", to="canary"),
    }[code]
    answer = shop.answer(question, approved(question, passkey, bound_browser(SHOP), edit))
    assert answer.code == code
    assert "canary" not in answer.text
    assert "Bakery" not in answer.text
