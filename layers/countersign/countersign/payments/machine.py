"""The states of a payment: what may happen in each, who causes it, and which call to Stripe
follows. Pure.

Each call follows a write that claims it, so that after a crash it is known what may have run, and
is repeated with the same key (docs/decisions.md#one-payment-settled-once). Every write of a payment
goes through `move`, which knows no other moves than these. docs/payments.md draws them from here.
"""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from countersign.payments.attempt import Step
from countersign.payments.due import due_at
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.status import BEFORE_CARD, ENDED, OPEN, Status

MoveName = Literal[
    "create",
    "name_card",
    "end_review",
    "ask",
    "prove",
    "give_up_spc",
    "claim_creation",
    "create_anew",
    "store_intent",
    "claim_marking",
    "store_marking",
    "claim_attempt",
    "claim_resumption",
    "require_action",
    "decline",
    "lose_token",
    "not_sent",
    "settle",
    "cancel_at_once",
    "finish",
    "record",
    "lose_account",
    "find_account",
]
Cause = Literal["merchant", "payer", "reviewer", "Stripe", "time", "Countersign"]
CallName = Literal["create", "update", "confirm", "capture", "cancel"]


class Move(Struct, frozen=True):
    """Something that may happen to a payment: in which states it begins and ends, who causes it,
    what is claimed by the write, and the call to Stripe that follows with its idempotency key.
    """

    begins: frozenset[Status]
    ends: frozenset[Status]
    by: tuple[Cause, ...]
    means: str
    claims: str = ""
    call: CallName | None = None
    key: str = ""


def _of(*statuses: Status) -> frozenset[Status]:
    return frozenset(statuses)


_DECIDED = _of("requires_card", "in_review", "requires_step_up", "ready", "failed")

MOVES: Mapping[MoveName, Move] = {
    "create": Move(
        _of(), _DECIDED, ("merchant",), "A payment is created; a card that is named is decided on."
    ),
    "name_card": Move(
        BEFORE_CARD, _DECIDED, ("merchant",), "A card is named, and it is decided on it."
    ),
    "end_review": Move(
        _of("in_review"), _DECIDED, ("reviewer",), "The review of the decision has ended."
    ),
    "ask": Move(
        _of("requires_step_up"),
        _of("requires_step_up"),
        ("payer",),
        "The payer is asked once more; the earlier confirmation is void.",
    ),
    "prove": Move(
        _of("requires_step_up"),
        _of("ready", "requires_card"),
        ("payer",),
        "The payer has confirmed the payment: in a trusted browser that is the proof, in a new one"
        " 3-D Secure follows, or another card where the first cannot do it.",
    ),
    "give_up_spc": Move(
        _of("requires_step_up"),
        _of("ready", "requires_card"),
        ("payer",),
        "The confirmation is given up and void; 3-D Secure is asked for, or another card where that"
        " is not possible.",
    ),
    "claim_creation": Move(
        _of("ready"),
        _of("processing"),
        ("merchant",),
        "The PaymentIntent is about to be created.",
        "creation",
        "create",
        "create + generation",
    ),
    "create_anew": Move(
        _of("processing", "unreachable"),
        _of("ready"),
        ("Countersign",),
        "Stripe has no PaymentIntent of the claim: the next attempt claims it again, with another"
        " key where Stripe would repeat its failure.",
        "creation, its generation raised",
    ),
    "store_intent": Move(
        _of("processing", "unreachable"),
        _of("ready"),
        ("Countersign",),
        "The PaymentIntent is known, the only one that is ever confirmed.",
    ),
    "claim_marking": Move(
        _of("ready"),
        _of("processing"),
        ("merchant",),
        "Another decision counts now, and the PaymentIntent is about to name it.",
        "marking",
        "update",
        "none: the same each time",
    ),
    "store_marking": Move(
        _of("processing", "unreachable"),
        _of("ready"),
        ("Countersign",),
        "The PaymentIntent names the decision.",
    ),
    "claim_attempt": Move(
        _of("ready"),
        _of("processing"),
        ("merchant",),
        "The card is about to be confirmed, once the earlier attempt has ended.",
        "attempt n",
        "confirm",
        "confirm + n",
    ),
    "claim_resumption": Move(
        _of("requires_action", "processing"),
        _of("processing"),
        ("payer",),
        "The payer has acted: the same card is about to be confirmed to the end.",
        "attempt n",
        "confirm",
        "confirm + n",
    ),
    "require_action": Move(
        BEFORE_CARD | {"processing", "requires_action"},
        _of("requires_action"),
        ("Stripe",),
        "Stripe asks the payer for 3-D Secure.",
    ),
    "decline": Move(
        _of("processing", "requires_action"),
        _of("ready", "requires_card", "processing"),
        ("Stripe",),
        "The issuer or 3-D Secure refused; a fifth time the payment is canceled, as failed.",
    ),
    "lose_token": Move(
        _of("processing"),
        _of("requires_card"),
        ("Stripe",),
        "An attempt came to nothing and its confirmation token is spent: a new one is needed.",
    ),
    "not_sent": Move(
        _of("processing"),
        _of("ready", "requires_card"),
        ("Countersign",),
        "The confirmation of an attempt has not reached Stripe, and does not any more.",
    ),
    "settle": Move(
        OPEN,
        _of("processing"),
        ("Countersign", "merchant", "time"),
        "It is chosen, once, whether the payment is captured or canceled.",
        "settle",
        "capture",
        "settle + kind + hours since",
    ),
    "cancel_at_once": Move(
        OPEN,
        _of("canceled", "failed"),
        ("merchant", "time", "Stripe"),
        "The payment ends; there is nothing at Stripe to cancel: Stripe does not take the order, or"
        " the account is lost for good.",
    ),
    "finish": Move(
        OPEN,
        ENDED,
        ("Stripe", "merchant"),
        "Stripe says that the PaymentIntent was captured or canceled, by us or by somebody else.",
    ),
    "record": Move(
        OPEN | ENDED,
        OPEN | ENDED,
        ("merchant", "payer", "Stripe"),
        "What has become of the money is read: a refund, a dispute, a capture by somebody else.",
    ),
    "lose_account": Move(
        OPEN - {"unreachable"},
        _of("unreachable"),
        ("merchant",),
        "The account cannot be reached, and something may be open there: somebody has to look.",
    ),
    "find_account": Move(
        _of("unreachable"),
        OPEN - {"unreachable"},
        ("merchant",),
        "The account can be reached again: the payment is what Stripe says.",
    ),
}
"""All that may happen."""


class IllegalMove(RuntimeError):
    """A move that the machine does not know: a fault of this code."""


def move(
    record: PaymentRecord,
    name: MoveName,
    to: Status,
    now: int,
    facts: Mapping[str, Any] | None = None,
    **members: Any,
) -> PaymentRecord:
    """Return a payment after a move at this time (Unix seconds), with these members changed, the
    step among its steps, its end and when it is due. Raises `IllegalMove`.
    """
    if not _is_possible(record, name, to):
        raise IllegalMove(f"{name}: {record.status if record.rev else 'nothing'} to {to}")
    if record.settle is not None and "settle" in members:
        raise IllegalMove("settled twice")
    step, steps = Step(now, name, to, dict(facts or {})), record.steps
    if name == "record" and steps and steps[-1].did == "record":
        steps = steps[:-1]  # the last of a series says all: a merchant may refund a thousand times
    ends = {"ended_at": now, "next": None} if to in ENDED and record.ended_at is None else {}
    moved = replace(
        record,
        **{**members, **ends, "status": to, "steps": (*steps, step), "rev": record.rev + 1},
    )
    return replace(moved, due_at=due_at(moved, now))


def _is_possible(record: PaymentRecord, name: MoveName, to: Status) -> bool:
    """Whether a payment can be moved so. What is only recorded leaves its status as it is."""
    known, is_stored = MOVES[name], record.rev > 0
    begins = record.status in known.begins if is_stored else not known.begins
    return begins and to in known.ends and (name != "record" or to == record.status)
