"""The functions of Secure Payment Confirmation in this process, as a payer's browser, a shop's page and a
merchant's server see them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.authenticator import Passkey, b64
from tests.support.chromium import Browser, Json
from tests.support.gateway import DOMAIN, Caller, HttpAnswer
from tests.support.install_bundle import (
    INSTALLATIONS,
    InstallBundle,
    application_body,
    install_environment,
)
from tests.support.spc_people import ICON, approved, created, new_passkey, plain_browser
from tests.support.stand_in import BAKERY
from tests.support.users import ISSUER
from tools.functions import load_function

REGISTER_REQUEST, REGISTER_RESPONSE = "/spc-register-request", "/spc-register-response"
TICKETS = "/spc-registration-tickets"
FRAMED_REQUEST = "/spc-framed-register-request"
FRAMED_RESPONSE = "/spc-framed-register-response"
CREDENTIALS, PAYERS, CEREMONIES = "/spc-credentials", "/spc-payers", "/spc-ceremonies"
AUTH_REQUEST, AUTH_RESPONSE, OPT_OUT = "/spc-auth-request", "/spc-auth-response", "/spc-opt-out"
FRAMED = "/wallet/register"
MERCHANT_SCOPE, OPERATOR_SCOPE = "countersign/merchant", "countersign/operator"
RP_ID, HOME = DOMAIN, f"https://{DOMAIN}"
SHOP, OTHER_SHOP = "https://bakery.example", "https://www.bakery.example"
HOLDER, SERVER, STRANGER, BUSINESS = "holder", "shop-server", "stranger", "business-server"
SHOWN: dict[str, Any] = {
    "payee_name": "Bakery",
    "checkout_origins": [SHOP, OTHER_SHOP],
    "clients": [SERVER],
}


def spc_environment(stripe: str, arns: Mapping[str, str]) -> dict[str, str]:
    """What `template.yaml` sets for the functions that confirmations need."""
    return install_environment(stripe, arns) | {
        "ISSUER": ISSUER,
        "SPC_TABLE": "spc",
        "SPC_RP_ID": RP_ID,
        "SPC_RP_NAME": "Countersign",
        "SPC_NEW_BROWSERS": "step_up",
    }


@dataclass
class SpcBundle(InstallBundle):
    """A deployment with empty tables."""

    def payer(self, subject: str | None) -> Caller:
        """A caller with a token of this subject, or without any."""
        return Caller(load_function("spc_verification").handler, subject)

    def server(self, subject: str | None = SERVER) -> Caller:
        """A merchant's server."""
        return Caller(load_function("spc_verification").handler, subject, MERCHANT_SCOPE)

    def open_shop(self, account: str = BAKERY, *, livemode: bool = False, **settings: Any) -> None:
        """A merchant who has installed the app and said what payers are shown; in live mode Stripe
        has confirmed it by an event.
        """
        self.connect(HOLDER, account, livemode=livemode)
        if livemode:
            self.tell(application_body("authorized", account, livemode=True))
        wanted = SHOWN | settings
        name = wanted.pop("payee_name") if livemode else None
        answer = self.user(HOLDER).patch(f"{INSTALLATIONS}/{account}", wanted)
        assert answer.status == 200, answer
        if name is not None:  # the stand-in takes no live key to read the account's names with
            self.keep(account, payee_name={"S": name})

    def keep(self, account: str, **members: Any) -> None:
        """Members of an installation, stored as if its holder had set them."""
        rows = self.client.tables["installs"]
        *_, pk = [pk for pk in rows if pk.endswith(f"account#{account}")]
        rows[pk] = rows[pk] | members

    def begin(self, user: str, body: Any = None, **options: Any) -> Json:
        """A registration that has begun."""
        answer = self.payer(user).post(REGISTER_REQUEST, body, **options)
        assert answer.status == 200, answer
        return dict(answer.json)

    def finish(self, user: str | None, question: Json, body: Json, **options: Any) -> HttpAnswer:
        """The response to what the browser has created."""
        body = {"ceremony_id": question["ceremony_id"], **body}
        return self.payer(user).post(REGISTER_RESPONSE, body, **options)

    def register(
        self, user: str, browser: Browser | None = None, *, identified: bool = False, **members: Any
    ) -> Passkey:
        """A registration from beginning to end; `identified` as under a ticket that says so."""
        ticket = self.ticket_of_the_business(user) if identified else None
        question = self.begin_framed(ticket).json if ticket else self.begin(user)
        passkey = new_passkey(question["publicKey"], **members)
        body = created(question["publicKey"], passkey, browser or plain_browser(HOME))
        if ticket:
            answer = self.finish_framed(ticket, question, body)
        else:
            answer = self.finish(user, question, body)
        assert answer.status == 201, answer
        return passkey

    def ticket_of_the_business(self, user: str) -> str:
        """A ticket that says that the business has just identified this person."""
        asked = {"user_id": user, "identified": True}
        answer = self.business().post(TICKETS, asked)
        assert answer.status == 201, answer
        return str(answer.json["ticket"])

    def business(self) -> Caller:
        """The business's own server, with the operator's scope."""
        return Caller(load_function("spc_verification").handler, BUSINESS, OPERATOR_SCOPE)

    def ticket(self, user: str, account: str | None = BAKERY) -> str:
        """A registration ticket that the user has made for a merchant's pages."""
        answer = self.payer(user).post(TICKETS, {"account_id": account} if account else {})
        assert answer.status == 201, answer
        return str(answer.json["ticket"])

    def begin_framed(self, ticket: str, **options: Any) -> HttpAnswer:
        """What our own page in a frame asks for with a ticket."""
        return self.payer(None).post(FRAMED_REQUEST, {"ticket": ticket}, **options)

    def finish_framed(self, ticket: str, question: Json, body: Json, **options: Any) -> HttpAnswer:
        """The response to what the browser has created there."""
        body = {"ticket": ticket, "ceremony_id": question["ceremony_id"], **body}
        return self.payer(None).post(FRAMED_RESPONSE, body, **options)

    def allow(self, user: str, account: str = BAKERY) -> str:
        """The user's handle at a merchant."""
        answer = self.payer(user).post(PAYERS, {"account_id": account})
        assert answer.status == 201, answer
        return str(answer.json["payer"])

    def ask(self, user: str, account: str = BAKERY, **members: Any) -> Json:
        """A payment that this user is to confirm."""
        answer = self.server().post(
            AUTH_REQUEST, order(self.allow(user, account), account, **members)
        )
        assert answer.status == 200, answer
        return dict(answer.json)

    def answer(self, question: Json, body: Json, origin: str | None = SHOP) -> HttpAnswer:
        """The response to the payer's browser, on a page of this origin."""
        headers = {"origin": origin} if origin else {}
        body = {"ceremony_id": question["ceremony_id"], **body}
        return self.payer(None).post(AUTH_RESPONSE, body, headers=headers)

    def confirm(
        self, question: Json, passkey: Passkey, browser: Browser | None = None
    ) -> HttpAnswer:
        """The payer approves in the shop."""
        return self.answer(question, approved(question, passkey, browser or plain_browser(SHOP)))

    def ask_approval(self, user: str, passkey: Passkey, key_id: str, **options: Any) -> Json:
        """What the wallet's page shows, so that this user trusts a browser."""
        path = f"{browser_path(passkey, key_id)}/approval-request"
        answer = self.payer(user).post(path, **options)
        assert answer.status == 200, answer
        return dict(answer.json)

    def approve(self, user: str, passkey: Passkey, key_id: str, browser: Browser) -> HttpAnswer:
        """The user approves it in the browser that they have at hand."""
        question = self.ask_approval(user, passkey, key_id)
        body = {"ceremony_id": question["ceremony_id"], **approved(question, passkey, browser)}
        return self.payer(user).post(f"{browser_path(passkey, key_id)}/trust", body)

    def verdict(self, question: Json) -> Json:
        """What the merchant's server reads."""
        answer = self.server().get(f"{CEREMONIES}/{question['ceremony_id']}")
        assert answer.status == 200, answer
        return dict(answer.json)


def browser_path(passkey: Passkey, key_id: str) -> str:
    """The path of the calls about one of a passkey's browsers."""
    return f"{CREDENTIALS}/{b64(passkey.id)}/browser-keys/{key_id}"


def order(payer: Any, account: str = BAKERY, **members: Any) -> Json:
    """10.99 euros with a card, unless the test says otherwise; `...` leaves a member out."""
    body = {
        "payer": payer,
        "account_id": account,
        "amount": 1099,
        "currency": "eur",
        "instrument": {"display_name": "Visa 4242", "icon": ICON},
    }
    return {name: value for name, value in (body | members).items() if value is not Ellipsis}
