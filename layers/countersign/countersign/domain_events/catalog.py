"""Every type of domain event: what it means, the version of its form, and its data. Pure.

Within a version, members are only ever added. A change that would break a consumer is a new
version (docs/decisions.md#a-published-schema-only-grows).
"""

from collections.abc import Mapping

from msgspec import Struct

from countersign.domain_events.app_events import AccountState, ChangedAccount
from countersign.domain_events.confirmation_events import ConfirmationState, PayerState
from countersign.domain_events.credential_events import CredentialState
from countersign.domain_events.identity_events import SessionState
from countersign.domain_events.payment_events import PaymentState
from countersign.domain_events.step_up_events import DecisionState


class EventType(Struct, frozen=True):
    """A type of event. `data` is the dataclass of its data."""

    meaning: str
    data: type
    version: int = 1


CATALOG: Mapping[str, EventType] = {
    "identity.verified": EventType(
        "Stripe has verified this person's identity.",
        SessionState,
    ),
    "identity.requires_input": EventType(
        "A check of this person's documents failed, for the reason in `error`.",
        SessionState,
    ),
    "identity.processing": EventType(
        "The person has submitted their documents, and Stripe is checking them.",
        SessionState,
    ),
    "identity.canceled": EventType(
        "The session has ended without a verification.",
        SessionState,
    ),
    "identity.redacted": EventType(
        "Stripe has erased what it collected in this session: erase what you hold of it.",
        SessionState,
    ),
    "identity.revoked": EventType(
        "The person was verified by this session, and is no more.",
        SessionState,
    ),
    "app.installed": EventType(
        "A user has connected a merchant's account; `confirmed` says whether Stripe has confirmed"
        " the app there.",
        AccountState,
    ),
    "app.confirmed": EventType(
        "Stripe has confirmed the app on an account that was connected before.",
        AccountState,
    ),
    "app.uninstalled": EventType(
        "The app was uninstalled, and what belongs to this installation has ended.",
        AccountState,
    ),
    "app.unreachable": EventType(
        "Stripe refuses us this account, which may pass: nobody can act for it meanwhile.",
        AccountState,
    ),
    "app.settings_changed": EventType(
        "What payers are shown, where they can pay, or who may act for the account has changed.",
        ChangedAccount,
    ),
    "spc.credential_registered": EventType(
        "A person has registered a credential to confirm payments with; `trust` says whether it is"
        " trusted everywhere from the start.",
        CredentialState,
    ),
    "spc.credential_removed": EventType(
        "A person has removed a credential: it confirms nothing any more.",
        CredentialState,
    ),
    "spc.credential_suspended": EventType(
        "A credential can never answer again, since it may have been copied.",
        CredentialState,
    ),
    "spc.browser_trusted": EventType(
        "A credential has become trusted in a browser, for what `trust` says.",
        CredentialState,
    ),
    "spc.authenticated": EventType(
        "A payer has confirmed a payment.",
        ConfirmationState,
    ),
    "spc.failed": EventType(
        "A payer was asked to confirm a payment, and has not: they opted out, or the responses were"
        " wrong too often.",
        ConfirmationState,
    ),
    "spc.opted_out": EventType(
        "A payer wants no more confirmations from this merchant.",
        PayerState,
    ),
    "step_up.decided": EventType(
        "It is decided whether a payment needs a stronger proof, by the rules or by a review.",
        DecisionState,
    ),
    "step_up.review_needed": EventType(
        "A payment waits until somebody reviews it.",
        DecisionState,
    ),
    "step_up.result": EventType(
        "What became of a decision's payment or confirmation is known, or has changed.",
        DecisionState,
    ),
    "payment.created": EventType(
        "A merchant has begun a payment.",
        PaymentState,
    ),
    "payment.requires_action": EventType(
        "Stripe asks the payer for 3-D Secure: they have a quarter of an hour.",
        PaymentState,
    ),
    "payment.succeeded": EventType(
        "The money was captured, with the proof that was asked for.",
        PaymentState,
    ),
    "payment.failed": EventType(
        "The payment has ended without money, for the reason in `reason`: it was not to be paid, or"
        " was declined too often.",
        PaymentState,
    ),
    "payment.canceled": EventType(
        "The payment has ended without money, for the reason in `reason`: a hold on the card is"
        " released.",
        PaymentState,
    ),
    "payment.unproven": EventType(
        "The money was captured, but not by Countersign or not as it was decided: look at it before"
        " you deliver.",
        PaymentState,
    ),
    "payment.refunded": EventType(
        "What was given back to the payer has changed: `amount_refunded` is all of it.",
        PaymentState,
    ),
    "payment.disputed": EventType(
        "The payer disputes the payment.",
        PaymentState,
    ),
    "payment.unreachable": EventType(
        "The account was lost while something of this payment may be open there: a person has to"
        " look.",
        PaymentState,
    ),
}
"""The types by their names, which are the `detail-type` on the bus."""
