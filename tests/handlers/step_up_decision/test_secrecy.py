"""The card's number and its cryptogram are never stored, logged or returned, by any kind of call."""

import base64
import json
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from countersign.step_up.rules import RuleBook
from local.google import FULL
from tests.support.assertions import assert_problem
from tests.support.chromium import Json
from tests.support.clock import Clock
from tests.support.gateway import HttpAnswer
from tests.support.google_pay_vectors import ABSENT, FOLDER, of_google
from tests.support.logs import Log
from tests.support.quick_secrets import put_secret
from tests.support.spc_bundle import MERCHANT_SCOPE, SERVER
from tests.support.step_up_bundle import (
    DECISIONS,
    OPERATOR_SCOPE,
    PARTIAL,
    StepUpBundle,
    asked,
    claims,
)
from tests.support.step_up_cards import DEVICE_CARD, METHODS, PAN_CARD, at_stripe, details, paid

BEARER = "eyJhbGciOiJub25lIn0.canary.token"
SENT = {"authorization": f"Bearer {BEARER}", "cookie": "canary=cookie"}
RULES = """
[default]
outcome = "step_up"
[[rule]]
name = "wholesale"
outcome = "review"
[rule.when]
metadata = { customer_group = ["wholesale"] }
"""


class Life:
    """Everything that can happen to a token, and the secrets that must be nowhere afterwards."""

    def __init__(self, step_up: StepUpBundle) -> None:
        self.step_up = step_up
        self.secrets: set[str] = {BEARER, "canary=cookie", step_up.google.private_key}
        self.told: list[str] = []
        self._numbers = count(4_111_000_000_000_000)

    def details(self, auth_method: str = "CRYPTOGRAM_3DS", **members: Any) -> Json:
        """A cleartext of a card that no other token has, always with the same last four digits."""
        pan = str(next(self._numbers) * 10_000 + 3478)[-16:]
        cryptogram = base64.b64encode(pan.encode() + b"sixteen").decode()
        self.secrets |= {pan, cryptogram}
        own = {"pan": pan, "assuranceDetails": dict(FULL)}
        own |= {"cryptogram": cryptogram} if auth_method == "CRYPTOGRAM_3DS" else {}
        return details(auth_method, **own | members)

    def token(self, cleartext: Json | str, **options: Any) -> str:
        sealed = self.step_up.google.seal(cleartext, **options)
        inner = json.loads(json.loads(sealed)["signedMessage"])
        self.secrets |= {inner["encryptedMessage"][:40], inner["tag"]}
        return sealed

    def decide(self, status: int, **members: Any) -> HttpAnswer:
        key = {"idempotency-key": members.pop("key")} if "key" in members else {}
        answer = self.step_up.decider().post(DECISIONS, asked(**members), headers=SENT | key)
        return self.heard(answer, status)

    def heard(self, answer: HttpAnswer, status: int) -> HttpAnswer:
        assert answer.status == status, answer
        self.told.append(answer.text + json.dumps(answer.headers))
        return answer

    def use(self) -> str:
        """Tokens that are opened; returns the id of the last decision."""
        decision = ""
        for number, (auth_method, assurance) in enumerate(
            (("CRYPTOGRAM_3DS", FULL), ("PAN_ONLY", FULL), ("CRYPTOGRAM_3DS", PARTIAL), ("CRYPTOGRAM_3DS", "true"))
        ):  # fmt: skip
            token = self.token(self.details(auth_method, assuranceDetails=assurance))
            google_pay = {"token": token, "payment_data": claims()}
            answer = self.decide(201, google_pay=google_pay, key=f"canary-key-{number}")
            decision = answer.json["id"]
            self.decide(409, google_pay=google_pay)
        return decision

    def refuse(self) -> None:
        """Tokens that are refused."""
        device = self.details()
        late = device | {"messageExpiration": "1700000000000"}
        for cleartext in (
            late, device | {"messageId": 5}, device | {"paymentMethod": "TOKENIZED_CARD"},
            device | {"messageExpiration": "canary"}, self.details("PAN_ONLY", cryptogram="canary-cryptogram"),
            self.details(cryptogram=...), self.details(expirationMonth=13), self.details(authMethod="3DS"),
            self.details(pan=" 4111 1111 1111 1111"), json.dumps(self.details())[:-2], json.dumps([self.details()]),
            json.dumps(self.details()) + json.dumps(self.details()), "\ufeff" + json.dumps(self.details()),
        ):  # fmt: skip
            self.decide(422, google_pay={"token": self.token(cleartext)})
        sealed = self.token(self.details())
        for token in (sealed[:-5], sealed.replace("ECv2", "ECv1", 1), sealed + "x"):
            self.decide(422, google_pay={"token": token})
        forged = self.token(self.details(), root=self.step_up.google.key)
        self.decide(422, google_pay={"token": forged})
        plain = {"protocolVersion": "ECv2SigningOnly", "signedMessage": json.dumps(self.details())}
        self.decide(422, google_pay={"token": plain})

    def differ(self) -> None:
        """Tokens of another card than the one at Stripe, and what fails on the way."""
        step_up, token = self.step_up, self.token(self.details())
        card = at_stripe(step_up, METHODS, card=PAN_CARD)
        self.decide(409, google_pay={"token": token}, payment_method=card)
        self.decide(422, google_pay={"token": token}, payment_method="pm_1none")
        self.decide(404, google_pay={"token": token}, payer="canary-payer")
        step_up.client.failures["TransactWriteItems"] = deque(["InternalServerError"])
        self.decide(503, google_pay={"token": token})
        step_up.stripe.fault(path="/v1/payment_methods/*", status=503, times=2)
        self.decide(503, google_pay={"token": token}, payment_method=card)

    def crash(self) -> None:
        """An unexpected error in the middle: a trace is logged."""
        client: Any = self.step_up.client
        stored = client.transact_write_items

        def broken(**request: Any) -> None:
            raise RuntimeError("unexpected")

        client.transact_write_items = broken
        self.decide(500, google_pay={"token": self.token(self.details())})
        client.transact_write_items = stored

    def read(self, decision: str) -> None:
        server, operator = self.step_up.decider(), self.step_up.decider("op", OPERATOR_SCOPE)
        card = {"last4": "0000"}
        self.heard(server.get(f"{DECISIONS}/{decision}", headers=SENT), 200)
        self.heard(server.get(DECISIONS, query={"account_id": asked()["account_id"]}), 200)
        self.heard(operator.get(DECISIONS, query={"day": "2030-01-02"}), 200)
        path, payment = f"{DECISIONS}/{decision}/result", paid(self.step_up, card=card)
        self.heard(server.post(path, {"payment_intent": payment}), 409)
        payment = paid(self.step_up, card=DEVICE_CARD)
        self.heard(server.post(path, {"payment_intent": payment}), 200)

    def misplace(self) -> None:
        """Card numbers where none belong."""
        pan = self.details()["paymentMethodDetails"]["pan"]
        elsewhere = claims(cardNetwork=pan, cardDetails=pan, cardFundingSource=pan)
        elsewhere["paymentMethodData"]["description"] = f"Visa {pan}"
        self.decide(
            201, google_pay={"payment_data": elsewhere}, metadata={"order": pan, "note": pan}
        )
        for members in (
            {"card": {"network": pan}}, {"card": {"funding": pan}}, {"card": {"issuer_country": pan}}, {"amount": pan},
            {"currency": pan}, {"google_pay": {"token": [pan]}}, {"metadata": {"a": [pan]}}, {"payment_method": pan},
            {"off_session": pan}, {"acquirer_country": pan},
        ):  # fmt: skip
            self.decide(422, **members)
        self.decide(404, payer=pan)
        self.decide(404, account_id=pan)
        broken = self.step_up.decider().post(DECISIONS, f'{{"amount": {pan},,}}')
        self.heard(broken, 400)


def test_no_card_number_or_cryptogram_is_stored_logged_or_returned(
    step_up: StepUpBundle, log: Log
) -> None:
    life = Life(step_up)
    decision = life.use()
    life.refuse()
    life.differ()
    life.crash()
    life.read(decision)
    life.misplace()
    written, kept, told = log.text(), step_up.everything_stored(), "\n".join(life.told)
    assert "refused" in written
    assert "Traceback" in written
    assert '"3478"' in kept
    assert len(life.secrets) >= 60
    for secret in life.secrets:
        assert secret not in written, f"logged: {secret}"
        assert secret not in kept, f"stored: {secret}"
        assert secret not in told, f"told: {secret}"
    for text in (written, kept, told):
        assert "canary" not in text


def test_nobody_is_named_in_the_log(step_up: StepUpBundle, user: str, log: Log) -> None:
    payer = step_up.allow(user)
    told = step_up.decided_on(step_up.google.token(), payer=payer, key="canary-key")
    assert_problem(step_up.decide(payer="A" * 43), 404, "unknown_payer")
    written = log.text()
    for secret in (
        user,
        payer,
        told["id"],
        told["account_id"],
        SERVER,
        MERCHANT_SCOPE,
        "canary-key",
    ):
        assert secret not in written


def test_only_the_metadata_that_a_rule_names_is_stored(
    step_up: StepUpBundle, with_rules: Callable[[str], RuleBook]
) -> None:
    version = with_rules(RULES).version
    metadata = {
        "customer_group": "wholesale",
        "email": "canary@example.com",
        "CUSTOMER_GROUP": "canary",
        "": "canary",
    }
    told = step_up.decided(metadata=metadata)
    assert (told["outcome"], told["rule"]) == ("review", "wholesale")
    assert told["rules_version"] == version
    assert told["inputs"]["metadata"] == {"customer_group": "wholesale"}
    assert step_up.decided(metadata={"email": "canary"})["inputs"]["metadata"] == {}
    assert "canary" not in step_up.everything_stored()
    answer = step_up.decider().post(f"{DECISIONS}/simulate", asked(metadata=metadata))
    assert answer.json["inputs"]["metadata"] == {"customer_group": "wholesale"}
    assert "canary" not in answer.text


def test_without_a_rule_on_metadata_none_is_stored(step_up: StepUpBundle) -> None:
    assert step_up.decided(metadata={"customer_group": "canary"})["inputs"]["metadata"] == {}
    assert "canary" not in step_up.everything_stored()


def test_what_is_stored_is_this_and_no_more(step_up: StepUpBundle) -> None:
    """Think about each new member: does it show a card or a name?"""
    step_up.decided_on(step_up.google.token(), key="k")
    rows = step_up.client.tables["step-up"]
    (decision,) = [row for pk, row in rows.items() if pk.startswith("decision#")]
    assert set(decision) == {
        "pk", "account_id", "amount", "currency", "payer", "outcome", "reasons", "rule", "rules_version", "evidence",
        "methods", "auth_method", "assurance", "request_three_d_secure", "after_confirmation", "next", "installation",
        "captures", "captures_after_confirmation", "card", "inputs", "created", "ends_at",
        "expires_at", "listed", "by_account", "by_day", "by_due", "due_at", "results", "rev",
    }  # fmt: skip
    assert set(decision["card"]["M"]) == {
        "network",
        "last4",
        "dynamic_last4",
        "chosen_network",
        "networks",
        "exp_month",
        "exp_year",
        "fingerprint",
        "wallet",
    }
    (record,) = [row for pk, row in rows.items() if pk.startswith("idempotency#")]
    assert set(record) == {"pk", "body_hash", "began_at", "expires_at", "resource_id"}
    assert {pk.partition("#")[0] for pk in rows} == {"decision", "idempotency", "google-pay-token"}


@pytest.mark.skipif(not FOLDER.exists(), reason=ABSENT)
def test_a_token_of_googles_own_is_decided_on_in_its_time_and_leaves_no_number(
    step_up: StepUpBundle, step_up_with: Callable[..., StepUpBundle], clock: Clock, log: Log
) -> None:
    recorded, expected = of_google()
    secret = put_secret("google-pay-recorded", GOOGLE_PAY_PRIVATE_KEYS=recorded.private_key)
    step_up_with(
        GOOGLE_PAY_SECRET=secret,
        GOOGLE_PAY_ROOT_KEYS=recorded.root_keys,
        GOOGLE_PAY_RECIPIENT_ID=recorded.recipient_id,
    )
    expires = int(expected["messageExpiration"]) // 1000
    clock.now = expires
    late = step_up.decide(google_pay={"token": recorded.token}, key="late")
    assert_problem(late, 422, "google_pay_token_expired")
    clock.now = expires - 1
    told = step_up.decided_on(recorded.token)
    assert (told["outcome"], told["auth_method"]) == ("step_up", "PAN_ONLY")
    assert told["assurance"] == {"account_verified": True, "card_holder_authenticated": False}
    assert_problem(
        step_up.decide(google_pay={"token": recorded.token}), 409, "google_pay_token_replayed"
    )
    pan = expected["paymentMethodDetails"]["pan"]
    assert told["card"]["last4"] == pan[-4:]
    for text in (log.text(), step_up.everything_stored(), json.dumps(told)):
        assert pan not in text
