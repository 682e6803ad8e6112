"""Step-up decisions in this process, as a merchant's server sees them, and Google Pay."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from countersign.installs import context as installs
from countersign.installs.store import learn, load
from local.google import FULL, Sealer, payload
from local.google.keys import new_key, write_private_key
from tests.support.chromium import Json
from tests.support.gateway import Caller, HttpAnswer
from tests.support.spc_bundle import MERCHANT_SCOPE, SERVER, SpcBundle, spc_environment
from tests.support.stand_in import BAKERY
from tools.functions import load_function

DECISIONS = "/step-up-decisions"
OPERATOR_SCOPE = "countersign/operator"
RECIPIENT_ID = "merchant:12345678901234567890"
PARTIAL = {"cardHolderAuthenticated": False, "accountVerified": True}
PAN, CRYPTOGRAM = "4895370012003478", "AgAAAAAABk4DWZ4C28yUQAAAAAA="
"""The card of the tokens that are sealed here, unless a test gives another number."""


class GooglePay:
    """Google, under a root of its own, and the key pair that tokens to us are sealed to."""

    def __init__(self) -> None:
        self.sealer, self.key = Sealer(), new_key()
        self.private_key = write_private_key(self.key)
        self.root_keys = self.sealer.root_keys

    def token(self, auth_method: str = "CRYPTOGRAM_3DS", **members: Any) -> str:
        """A token with both flags true, unless the test says otherwise."""
        cleartext = payload(auth_method, **{"assurance": FULL, **members})
        return self.seal(cleartext)

    def seal(self, cleartext: Any, **options: Any) -> str:
        return self.sealer.seal(
            cleartext,
            recipient_id=RECIPIENT_ID,
            public_key=self.key.public_key(),
            **options,
        )


def claims(assurance: Any = FULL, **info: Any) -> Json:
    """What a browser hands over, which anybody could have made up."""
    said = {"cardNetwork": "VISA", "cardDetails": "1234", "assuranceDetails": assurance, **info}
    return {"apiVersion": 2, "paymentMethodData": {"type": "CARD", "info": said}}


def step_up_environment(
    stripe: str, arns: Mapping[str, str], google_secret: str, google: GooglePay
) -> dict[str, str]:
    """What `template.yaml` sets for the functions that decisions need."""
    return spc_environment(stripe, arns) | {
        "STEP_UP_TABLE": "step-up",
        "GOOGLE_PAY_RECIPIENT_ID": RECIPIENT_ID,
        "GOOGLE_PAY_ROOT_KEYS": google.root_keys,
        "GOOGLE_PAY_SECRET": google_secret,
        "GOOGLE_PAY_KMS_KEYS": "",
    }


@dataclass
class StepUpBundle(SpcBundle):
    """A deployment with empty tables."""

    google: GooglePay = field(default_factory=GooglePay)

    def open_shop(self, account: str = BAKERY, *, livemode: bool = False, **settings: Any) -> None:
        """A merchant's shop, where Stripe could not be asked for the country a moment ago. So it is
        unknown, and no decision reads it, unless the test says otherwise.
        """
        super().open_shop(account, livemode=livemode, **settings)
        self.learn(account, country_tried_at=int(time.time()))

    def learn(self, account: str = BAKERY, **members: str | int | None) -> None:
        """What Stripe has said of an account; `None` leaves a member out."""
        table = installs.context().table
        installation = load(table, account)
        assert installation is not None
        learn(table, installation, members)

    def decider(self, subject: str | None = SERVER, scope: str = MERCHANT_SCOPE) -> Caller:
        """A merchant's server, or another caller."""
        return Caller(load_function("step_up_decision").handler, subject, scope)

    def decide(self, **members: Any) -> HttpAnswer:
        """The answer for 10.99 euros, unless the test says otherwise."""
        headers = {"idempotency-key": members.pop("key")} if "key" in members else {}
        return self.decider().post(DECISIONS, asked(**members), headers=headers)

    def decided(self, **members: Any) -> Json:
        """The decision."""
        answer = self.decide(**members)
        assert answer.status == 201, answer
        return dict(answer.json)

    def decided_on(self, token: str, **members: Any) -> Json:
        """The decision on a token."""
        return self.decided(google_pay={"token": token}, **members)


def asked(**members: Any) -> Json:
    """10.99 euros at the bakery; `...` leaves a member out."""
    body = {"account_id": BAKERY, "amount": 1099, "currency": "eur"} | members
    return {name: value for name, value in body.items() if value is not Ellipsis}
