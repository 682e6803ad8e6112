"""An example of each type of event."""

from dataclasses import asdict, replace
from typing import Any

from countersign.domain_events.app_events import AccountState, AppType, ChangedAccount
from countersign.domain_events.confirmation_events import (
    ConfirmationState,
    ConfirmationType,
    PayerState,
)
from countersign.domain_events.credential_events import (
    CredentialState,
    CredentialType,
    TrustState,
)
from countersign.domain_events.domain_event import DomainEvent
from countersign.domain_events.identity_events import IdentityType, SessionState
from countersign.domain_events.payment_events import PaymentState, PaymentType
from countersign.domain_events.step_up_events import DecisionResult, DecisionState, StepUpType

_AT = 1796000000
_PERSON = "user_42"
_SESSION = "vs_1QexampleSessionabcdefgh"
_ACCOUNT = "acct_1QexampleBakery"
_CREDENTIAL = "mK3RyCz0T2exampleCredential4w"
_CEREMONY = "r0EAexampleCeremony5pXqk0c2rA4exampleMAC8gI"
_PAYER = "4pGnexamplePayerHandle6xkD2mVq9sT0yL1bW3cZ8"
_DECISION = "dec_exampleDecision7Qw1Er5"
_INTENT = "pi_3QexamplePaymentabcdefgh"
_PAYMENT = "pay_examplePayment4Tz8Rm2Wq"


def _session(
    type_: IdentityType, revision: int, status: str, error: str | None = None
) -> DomainEvent:
    state = SessionState(user_id=_PERSON, status=status, error=error, attempt=1)
    return DomainEvent(type_, _SESSION, revision, _AT + 60 * revision, state)


_CONNECTED = AccountState(
    account_id=_ACCOUNT,
    user_id=_PERSON,
    status="installed",
    installation="first",
    confirmed=True,
    reachable=True,
    payee_version=1,
    payee_verified=True,
    checkout_origins=("https://shop.example",),
    clients=("bakery-server",),
)
_CHANGED = ChangedAccount(**asdict(_CONNECTED), changed=("checkout_origins",))
_UNSET: dict[str, Any] = {"payee_verified": False, "checkout_origins": (), "clients": ()}
_NEW = replace(_CONNECTED, **_UNSET, payee_version=0)
_OVER = replace(
    _CONNECTED,
    **_UNSET,
    status="uninstalled",
    installation=None,
    confirmed=False,
    reachable=False,
)


def _account(type_: AppType, revision: int, state: AccountState) -> DomainEvent:
    return DomainEvent(type_, _ACCOUNT, revision, _AT + 60 * revision, state)


_REGISTERED = CredentialState(
    user_id=_PERSON, status="active", suspended_for=None, registered_at=_AT, trust=None
)
_TRUST = TrustState(
    browser="V8exampleBrowser", everywhere=False, accounts=(_ACCOUNT,), given_at=_AT + 180
)
_CONFIRMED = ConfirmationState(
    user_id=_PERSON,
    account_id=_ACCOUNT,
    installation="first",
    payer=_PAYER,
    amount=1099,
    currency="eur",
    status="authenticated",
    authenticated_at=_AT + 120,
    credential_id=_CREDENTIAL,
    browser_bound="trusted",
    step_up_required=False,
)
_UNCONFIRMED = replace(
    _CONFIRMED,
    status="failed",
    authenticated_at=None,
    credential_id=None,
    browser_bound=None,
    step_up_required=None,
)
_OPTED_OUT = PayerState(
    user_id=_PERSON, account_id=_ACCOUNT, installation="first", status="suspended"
)


def _credential(type_: CredentialType, revision: int, **changed: Any) -> DomainEvent:
    state = replace(_REGISTERED, **changed)
    return DomainEvent(type_, _CREDENTIAL, _AT + revision, _AT + 60 * revision, state)


def _ceremony(type_: ConfirmationType, state: ConfirmationState) -> DomainEvent:
    return DomainEvent(type_, _CEREMONY, 2, _AT + 120, state)


_RESULT = DecisionResult(
    fulfilled=True,
    reasons=(),
    payment_intent=_INTENT,
    payment_status="succeeded",
    amount_captured=1099,
    amount_refunded=0,
    disputed=False,
    ceremony_id=_CEREMONY,
    ceremony_status="authenticated",
)
_DECIDED = DecisionState(
    account_id=_ACCOUNT,
    installation="first",
    payer=_PAYER,
    amount=1099,
    currency="eur",
    outcome="step_up",
    next="confirm",
    rule="everything-else",
    reviewed=False,
    usable_until=_AT + 1860,
    result=None,
)


def _decision(type_: StepUpType, revision: int, **changed: Any) -> DomainEvent:
    return DomainEvent(
        type_, _DECISION, revision, _AT + 60 * revision, replace(_DECIDED, **changed)
    )


_BEGUN = PaymentState(
    account_id=_ACCOUNT,
    installation="first",
    reference="order-1042",
    payer=_PAYER,
    amount=1099,
    currency="eur",
    status="requires_card",
    reason=None,
    decision=None,
    proof=None,
    payment_intent=None,
    amount_captured=0,
    amount_refunded=0,
    disputed=False,
    liability="unknown",
    unproven=False,
)
_DECIDED_ON = replace(_BEGUN, decision=_DECISION, proof="3ds")
_AT_STRIPE = replace(_DECIDED_ON, payment_intent=_INTENT)
_PAID = replace(_AT_STRIPE, status="succeeded", amount_captured=1099, liability="issuer")


def _payment(type_: PaymentType, revision: int, state: PaymentState, **changed: Any) -> DomainEvent:
    return DomainEvent(type_, _PAYMENT, revision, _AT + 60 * revision, replace(state, **changed))


_ALL = (
    _session("identity.verified", 5, "verified"),
    _session("identity.requires_input", 3, "requires_input", "document_expired"),
    _session("identity.processing", 4, "processing"),
    _session("identity.canceled", 6, "canceled"),
    _session("identity.redacted", 7, "redacted"),
    _session("identity.revoked", 6, "requires_input", "under_supported_age"),
    _account("app.installed", 1, replace(_NEW, confirmed=False)),
    _account("app.confirmed", 2, _NEW),
    _account("app.settings_changed", 4, _CHANGED),
    _account("app.unreachable", 5, replace(_CONNECTED, reachable=False)),
    _account("app.uninstalled", 6, _OVER),
    _credential("spc.credential_registered", 0),
    _credential("spc.browser_trusted", 3, trust=_TRUST),
    _credential("spc.credential_suspended", 5, status="suspended", suspended_for="counter"),
    _credential("spc.credential_removed", 6, status="removed"),
    _ceremony("spc.authenticated", _CONFIRMED),
    _ceremony("spc.failed", _UNCONFIRMED),
    DomainEvent("spc.opted_out", _PAYER, 2, _AT + 120, _OPTED_OUT),
    _decision("step_up.decided", 1),
    _decision("step_up.review_needed", 1, outcome="review", next="wait_for_review"),
    _decision("step_up.result", 2, result=_RESULT),
    _payment("payment.created", 1, _BEGUN),
    _payment("payment.requires_action", 6, _AT_STRIPE, status="requires_action"),
    _payment("payment.succeeded", 9, _PAID),
    _payment("payment.failed", 2, _DECIDED_ON, status="failed", reason="decided"),
    _payment("payment.canceled", 8, _AT_STRIPE, status="canceled", reason="abandoned"),
    _payment("payment.unproven", 7, _PAID, liability="merchant", unproven=True),
    _payment("payment.refunded", 10, _PAID, amount_refunded=500),
    _payment("payment.disputed", 11, _PAID, disputed=True),
    _payment("payment.unreachable", 8, _AT_STRIPE, status="unreachable"),
)
EXAMPLES = {event.type: event for event in _ALL}
"""The examples by the type of their event."""
