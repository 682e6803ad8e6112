"""Payments over tables and a Stripe in this process: merchants, payers and their browsers, and time."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from msgspec.structs import replace

from countersign.aws.table import Table
from countersign.http import deadline
from countersign.http.idempotency import IdempotencyKey
from countersign.installs.context import Context as InstallsContext
from countersign.installs.installation import Installation
from countersign.installs.store import load, set_members
from countersign.payments import store
from countersign.payments.ask_again import ask_again
from countersign.payments.cancel_payment import cancel_payment
from countersign.payments.confirm_payment import ConfirmedPayment, confirm_payment
from countersign.payments.context import Context, Contexts
from countersign.payments.create_payment import CreatedPayment, create_payment
from countersign.payments.metadata import PAYMENT
from countersign.payments.order import PaymentOrder
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.read_named_card import CardRequest
from countersign.payments.receive_event import receive_payment_event
from countersign.payments.spc_ceremony import shown_again
from countersign.payments.status import ENDED
from countersign.payments.sweep_payments import Swept, sweep_payments
from countersign.settings import Settings
from countersign.spc import payer_handles
from countersign.spc.context import Context as SpcContext
from countersign.spc.finish_confirmation import finish_confirmation
from countersign.spc.payment_ceremony import Confirmation
from countersign.spc.protocol.authentication_response import parse_authentication_response
from countersign.step_up.context import Context as StepUpContext
from countersign.step_up.context import Contexts as StepUpContexts
from countersign.step_up.merchant import merchant_of
from countersign.step_up.rules import RuleBook
from countersign.stripe_api.events import EventOutcome, StripeEvent
from tests.support.authenticator import Passkey
from tests.support.chromium import Browser
from tests.support.clock import Clock
from tests.support.crashes import Fuse, Fused
from tests.support.fake_accounts import FakeAccounts
from tests.support.installations import APP_ID, USER, connected
from tests.support.ledger_cards import PlayedCard
from tests.support.ledger_stripe import LedgerStripe
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.spc_people import (
    ACCOUNT,
    OTHER_ACCOUNT,
    RP_ID,
    SHOP,
    approved,
    ceremony_of,
    registered,
)
from tests.support.stripe_objects import DEPLOYMENT

TABLES = ("payments", "step-up", "spc", "installs")
TABLE_WRITES = ("put", "update", "delete", "transact")
STRIPE_WRITES = ("create", "update", "confirm", "capture", "cancel")
SHOPS = {"payee_name": "Bakery", "checkout_origins": [SHOP]}
_numbers = count(1)


@dataclass
class PaymentWorld:
    """A deployment with two merchants in the same country. `book` may be changed at any time."""

    book: RuleBook
    country: str = "US"
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.dynamodb: Any = QuickDynamoDB(*TABLES)
        self.stripe = LedgerStripe(self.clock)
        self.accounts = FakeAccounts(self.clock)
        self.accounts.country = self.country
        self.installs = InstallsContext(
            self._table("installs"),
            self.accounts,
            Settings(DEPLOYMENT, stripe_app_id=APP_ID, stripe_application_id="ca_ours"),
            self.clock,
        )
        rp = Settings(DEPLOYMENT, spc_rp_id=RP_ID, spc_rp_name="Countersign")
        self.spc = SpcContext(self._table("spc"), None, rp, self.clock)
        self.contexts = self._contexts(self._table("payments"), self.stripe)
        for account in (ACCOUNT, OTHER_ACCOUNT):
            self.accounts.install(account, APP_ID)
            connected(self.installs, USER, account)
            set_members(self.installs.table, self.installation(account), dict(SHOPS))

    # What merchants call.

    def create(
        self,
        reference: str | None = None,
        *,
        contexts: Contexts | None = None,
        key: str | None = None,
        replaces: bool = False,
        account: str = ACCOUNT,
        card: CardRequest | None = None,
        **order: Any,
    ) -> CreatedPayment:
        """A payment of 10.99 dollars, under a reference of its own unless one is given."""
        installation = self.installation(account)
        wanted = PaymentOrder(
            account, installation.id, reference or f"order-{next(_numbers)}", 1099, "usd"
        )
        return create_payment(
            contexts or self.contexts,
            self.book,
            installation,
            replace(wanted, **order),
            card or CardRequest(),
            self._key(key),
            replaces=replaces,
        )

    def confirm(
        self,
        payment: str,
        card: CardRequest | None = None,
        *,
        contexts: Contexts | None = None,
        key: str | None = None,
        gives_up_spc: bool = False,
        seconds: float = 29,
    ) -> ConfirmedPayment:
        """A card is confirmed, or the payer goes on, in a request that may take so many seconds."""
        record = self.record(payment)
        sent = self._key(key)
        deadline.start(seconds)
        return confirm_payment(
            contexts or self.contexts,
            self.book,
            self.installation(record.order.account_id),
            record,
            card or CardRequest(),
            sent,
            gives_up_spc=gives_up_spc,
        )

    def cancel(self, payment: str, contexts: Contexts | None = None) -> PaymentRecord:
        record = self.record(payment)
        installation = self.installation(record.order.account_id)
        return cancel_payment(contexts or self.contexts, installation, record, "merchant")

    def ask(self, payment: str, contexts: Contexts | None = None) -> CreatedPayment:
        record = self.record(payment)
        installation = self.installation(record.order.account_id)
        return ask_again(contexts or self.contexts, installation, record)

    def card(self, card: PlayedCard, account: str = ACCOUNT) -> CardRequest:
        """A card that is named by a PaymentMethod."""
        return CardRequest(payment_method=self.stripe.method(account, card))

    def token(self, card: PlayedCard, account: str = ACCOUNT) -> CardRequest:
        """A card that is named by a confirmation token."""
        return CardRequest(confirmation_token=self.stripe.method(account, card, "ctoken"))

    # What payers do.

    def payer(self, user: str = "user_1", account: str = ACCOUNT) -> str:
        """A user's handle at a merchant."""
        installation = self.installation(account).id
        return payer_handles.handle_for(self.spc.table, user, account, installation, self.clock())

    def passkey(self, user: str = "user_1") -> Passkey:
        """A credential of a user's."""
        return registered(self.spc, user)

    def answer(self, payment: str, passkey: Passkey, browser: Browser) -> Confirmation:
        """The payer confirms a payment by what they are shown."""
        return self.sent(payment, self.answer_body(payment, passkey, browser))

    def answer_body(
        self, payment: str, passkey: Passkey, browser: Browser, **shown: Any
    ) -> dict[str, Any]:
        """What the browser sends, where the page shows what we have said, but for these members."""
        record = self.record(payment)
        installation = self.installation(record.order.account_id)
        question = shown_again(self.contexts, installation, record)
        assert question is not None, "nobody is asked"
        return approved(question | shown, passkey, browser)

    def sent(self, payment: str, body: dict[str, Any], ceremony: str | None = None) -> Confirmation:
        """An answer is sent for the present ceremony of a payment, or for another."""
        record = self.record(payment)
        question = {"ceremony_id": ceremony or record.ceremony}
        return finish_confirmation(
            self.spc,
            ceremony_of(self.spc, question),
            parse_authentication_response(body["credential"], body.get("browser_bound_signature")),
            merchant_of(self.installation(record.order.account_id)),
        )

    # What happens by itself.

    def sweep(self, contexts: Contexts | None = None) -> Swept:
        return sweep_payments(contexts or self.contexts)

    def event(self, intent: str, kind: str = "payment_intent.succeeded") -> EventOutcome:
        """Stripe tells of a PaymentIntent."""
        found: dict[str, Any] = self.stripe.intents[intent]
        if not kind.startswith("payment_intent"):
            found = {"object": "refund", "payment_intent": intent}
        account = self.stripe.accounts[intent]
        event = StripeEvent(f"evt_{next(_numbers)}", kind, self.clock(), False, account, found)
        return receive_payment_event(self.contexts.payments, event)

    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)
        self.stripe.pass_time()

    def settle_down(self) -> None:
        """Nothing goes wrong any more and time passes, at first by the minute; the sweep runs."""
        self.stripe.faults.clear()
        self.stripe.unreachable.clear()
        self.stripe.withdrawn.clear()
        for seconds in [60] * 40 + [900] * 30 + [3000] * 240:
            self.sweep()
            if all(record.status in ENDED for record in self.records()):
                return
            self.wait(max(seconds, min(self._due(), default=0) - self.clock()))
        raise AssertionError([(record.status, record.steps) for record in self.records()])

    # What is there then.

    def records(self) -> list[PaymentRecord]:
        """All payments as they are stored."""
        plain = self.contexts.payments.table.form.plain
        rows = list(self.dynamodb.tables["payments"].items())
        return [
            PaymentRecord.from_item(plain(row)) for pk, row in rows if pk.startswith("payment#")
        ]

    def record(self, payment: str) -> PaymentRecord:
        found = store.load(self.contexts.payments.table, payment)
        assert found is not None
        return found

    def installation(self, account: str = ACCOUNT) -> Installation:
        return load(self.installs.table, account)

    def intents_of(self, payment: str) -> list[dict[str, Any]]:
        """The PaymentIntents at Stripe that name a payment."""
        intents = self.stripe.intents.values()
        return [found for found in intents if found["metadata"].get(PAYMENT) == payment]

    def dying(self, fuse: Fuse) -> Contexts:
        """The contexts of a process that dies before or after one of its writes and calls."""
        plain, decisions = self.contexts, self.contexts.decisions

        def fused(context: Any) -> Any:
            table: Any = Fused(context.table, fuse, TABLE_WRITES, "table")
            stripe: Any = Fused(context.stripe, fuse, STRIPE_WRITES, "stripe")
            return replace(context, table=table, stripe=stripe)

        payments = fused(plain.payments)
        return Contexts(
            payments, replace(decisions, step_up=fused(decisions.step_up), spc=fused(decisions.spc))
        )

    def _contexts(self, table: Table, stripe: Any) -> Contexts:
        settings = Settings(DEPLOYMENT)
        step_up = StepUpContext(self._table("step-up"), stripe, settings, self.clock)
        return Contexts(
            Context(table, stripe, settings, self.clock),
            StepUpContexts(step_up, self.installs, self.spc),
        )

    def _table(self, name: str) -> Table:
        return Table(name, self.dynamodb)

    def _due(self) -> list[int]:
        rows = list(self.dynamodb.tables["payments"].values())
        return [int(row["due_at"]["N"]) for row in rows if "due_at" in row]

    def _key(self, key: str | None) -> IdempotencyKey:
        deadline.start(29)
        return IdempotencyKey(USER, "payments", key or f"key-{next(_numbers)}", b"")
