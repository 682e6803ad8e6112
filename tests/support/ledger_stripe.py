"""Stripe's PaymentIntents as a ledger in this process, for many threads: what was done, by whom,
and every way in which a call can go wrong. Written from Stripe's documents, apart from the stand-in.
"""

import threading
from collections import deque
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Any, Literal

from countersign.payments.intent import EXPAND
from countersign.problems import Problem, Unavailable, in_progress
from countersign.stripe_api.calls import (
    CLOCK_MARGIN,
    AccountUnreachable,
    PermissionMissing,
    StripeBusy,
    StripeFailed,
    StripeKeyReused,
    StripeRefused,
    StripeResponse,
)
from tests.support.clock import Clock
from tests.support.ledger_cards import Json, PlayedCard, charge_of

Fault = Literal[
    "lost",
    "unanswered",
    "late",
    "failed",
    "failed_done",
    "failed_late",
    "busy",
    "running",
    "unpermitted",
    "refused",
]
"""`lost` has not arrived, `unanswered` is carried out, `late` is within two minutes; `failed` is 500,
saved with the key, `failed_done` is 500 of what was carried out, `failed_late` of what is later; `busy` is `lock_timeout`,
`running` 409. A read may be `refused`.
"""
LATE, DAY = 100, 24 * 3600
_BEFORE: dict[Fault, Callable[[], Problem]] = {
    "busy": StripeBusy,
    "running": in_progress,
    "unpermitted": PermissionMissing,
}
_TAKES = {"latest_charge": "charge_read", "review": "review_read"}
"""The permission that each object takes that is read with a PaymentIntent."""
PAGE = 2
Call = Callable[[], Json]


class LedgerStripe:
    """`StripeCalls` of payments, and those of decisions that read a card. `faults` are those of the
    next calls, whichever they are, `ordered` those of the next calls of a name. `captures` is the ledger: which PaymentIntents, and whether we
    have captured them. `watch` sees a PaymentIntent just before we capture it. `withdrawn` are the
    permissions that merchants have taken from the app, `listed` the times of the pages that were
    read.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.intents: dict[str, Json] = {}
        self.charges: dict[str, Json] = {}
        self.reviews: dict[str, Json] = {}
        self.accounts: dict[str, str] = {}
        self.cards: dict[str, PlayedCard] = {}
        self.owners: dict[str, str] = {}
        self.spent: set[str] = set()
        self.captures: list[tuple[str, bool]] = []
        self.calls: list[tuple[str, str]] = []
        self.faults: deque[Fault] = deque()
        self.ordered: dict[str, deque[Fault]] = {}
        self.unreachable: set[str] = set()
        self.withdrawn: set[str] = set()
        self.listed: list[tuple[int, int]] = []
        self.watch: Callable[[str], None] = lambda intent: None
        self._late: list[tuple[int, Callable[[], object]]] = []
        self._saved: dict[tuple[str, str], tuple[Json, Json | Exception, int]] = {}
        self._lock = threading.RLock()
        self._numbers = 0

    # Cards.

    def method(self, account: str, card: PlayedCard, kind: str = "pm") -> str:
        """A PaymentMethod of an account, or with `ctoken` a confirmation token."""
        identifier = self._id(kind)
        self.cards[identifier], self.owners[identifier] = card, account
        return identifier

    def payment_method(self, account_id: str, payment_method: str) -> StripeResponse:
        return self._read(account_id, lambda: self._shown(account_id, payment_method, "pm"))

    def confirmation_token(self, account_id: str, confirmation_token: str) -> StripeResponse:
        return self._read(account_id, lambda: self._shown(account_id, confirmation_token, "ctoken"))

    def payment_intent(self, account_id: str, payment_intent: str) -> StripeResponse:
        return self.retrieve(account_id, payment_intent)

    # The calls of payments.

    def create(self, account_id: str, params: Json, key: str) -> StripeResponse:
        return self._write(
            "create", account_id, key, params, lambda: self._create(account_id, params)
        )

    def update(self, account_id: str, intent: str, params: Json) -> StripeResponse:
        return self._write(
            "update", account_id, "", params, lambda: self._update(account_id, intent, params)
        )

    def confirm(self, account_id: str, intent: str, params: Json, key: str) -> StripeResponse:
        sent = {**params, "intent": intent}
        call = partial(self._confirm, account_id, intent, params)
        return self._write("confirm", account_id, key, sent, call, EXPAND)

    def capture(
        self,
        account_id: str,
        intent: str,
        params: Json,
        key: str,
        expand: tuple[str, ...] = EXPAND,
    ) -> StripeResponse:
        sent = {**params, "intent": intent, "expand": expand}
        call = partial(self._capture, account_id, intent, params)
        return self._write("capture", account_id, key, sent, call, expand)

    def cancel(
        self,
        account_id: str,
        intent: str,
        params: Json,
        key: str,
        expand: tuple[str, ...] = EXPAND,
    ) -> StripeResponse:
        sent = {**params, "intent": intent, "expand": expand}
        call = partial(self._cancel, account_id, intent, params)
        return self._write("cancel", account_id, key, sent, call, expand)

    def retrieve(
        self, account_id: str, intent: str, expand: tuple[str, ...] = EXPAND
    ) -> StripeResponse:
        def found() -> Json:
            self._permit("payment_intent_read", *(_TAKES[name] for name in expand))
            return self.whole(self._of(account_id, intent), expand)

        return self._read(account_id, found)

    def created_between(
        self, account_id: str, since: int, until: int, after: str | None
    ) -> StripeResponse:
        def page() -> Json:
            self._permit("payment_intent_read")
            self.listed.append((since, until))
            found = [
                one
                for name, one in reversed(self.intents.items())
                if self.accounts[name] == account_id and since <= one["created"] <= until
            ]
            ids = [one["id"] for one in found]
            rest = found[ids.index(after) + 1 :] if after else found
            return {"data": rest[:PAGE], "has_more": len(rest) > PAGE}

        return self._read(account_id, page)

    # What others do, and time.

    def fail(self, name: str, *faults: Fault) -> None:
        """The next calls of a name go wrong so; all that only read are `read`."""
        self.ordered[name] = deque(faults)

    def authenticate(self, intent: str, *, passed: bool = True) -> None:
        """The payer goes through 3-D Secure."""
        with self._lock:
            found = self.intents[intent]
            assert found["status"] == "requires_action"
            if passed:
                found |= {"status": "requires_confirmation", "next_action": None}
            else:
                self._decline(found, "payment_intent_authentication_failure", None)

    def held(self) -> Any:
        """Nothing else happens at Stripe within this."""
        return self._lock

    def merchant_captures(self, intent: str, amount: int | None = None) -> None:
        """In the Dashboard."""
        with self._lock:
            found = self.intents[intent]
            self._captured(found, found["amount"] if amount is None else amount, by_us=False)

    def merchant_cancels(self, intent: str, reason: str = "requested_by_customer") -> None:
        """In the Dashboard."""
        with self._lock:
            self._release(self.intents[intent], reason)

    def change_charge(self, intent: str, **members: Any) -> None:
        """A refund, a dispute, or whatever else happens to a charge."""
        with self._lock:
            self.charges[self.intents[intent]["latest_charge"]] |= members

    def review(self, intent: str, *, is_open: bool, reason: str = "rule") -> None:
        """Stripe's own review."""
        self.reviews[intent] = {"id": f"prv_{intent}", "open": is_open, "reason": reason}

    def pass_time(self) -> None:
        """What was late has arrived at its time, and holds that are over are released."""
        with self._lock:
            now = self.clock()
            arrived = [(at, call) for at, call in self._late if at <= now]
            self._late = [(at, call) for at, call in self._late if at > now]
            for at, call in arrived:
                self.clock.now = at
                try:
                    call()
                except (StripeRefused, StripeKeyReused, Problem):
                    continue  # nobody hears of it
            self.clock.now = now
            for found in self.intents.values():
                if found["status"] == "requires_capture" and self._hold_ends(found) <= now:
                    self._release(found, "automatic")

    def delete(self, intent: str) -> None:
        """All test data is deleted in the Dashboard."""
        with self._lock:
            del self.accounts[intent]

    def whole(self, found: Json, expand: tuple[str, ...] = EXPAND) -> Json:
        """A PaymentIntent with its charge and its review, or with their ids."""
        charge = self.charges.get(found["latest_charge"] or "")
        review = self.reviews.get(found["id"])
        shown = {
            name: one if one is None or name in expand else one["id"]
            for name, one in (("latest_charge", charge), ("review", review))
        }
        return deepcopy(found | shown)

    def card_of(self, intent: str) -> PlayedCard:
        """The card that a PaymentIntent was confirmed with last."""
        return self.cards[self.intents[intent]["payment_method"]]

    # How a call goes.

    def _read(self, account: str, call: Call) -> StripeResponse:
        with self._lock:
            self._check(account)
            fault = self._fault("read")
            if fault == "unpermitted":
                raise PermissionMissing
            if fault == "refused":
                raise StripeRefused(400, None, "unheard_of")
            if fault is not None:
                raise StripeFailed if fault.startswith("failed") else Unavailable("stripe")
            return self._response(call(), replayed=False)

    def _write(
        self,
        name: str,
        account: str,
        key: str,
        params: Json,
        call: Call,
        expand: tuple[str, ...] = (),
    ) -> StripeResponse:
        with self._lock:
            self._check(account)
            self._permit("payment_intent_write", *(_TAKES[each] for each in expand))
            self.calls.append((name, key))
            fault = self._fault(name)

            def once() -> tuple[Json, bool]:
                return self._once(account, key, params, call)

            self._fail_first(fault, (account, key), params, once, call)
            body, replayed = once()
            if fault == "failed_done":
                if not replayed:
                    self._saved.pop((account, key), None)
                    self._save(account, key, params, StripeFailed())
                raise StripeFailed
            if fault == "unanswered":
                raise Unavailable("stripe")
            return self._response(body, replayed)

    def _fault(self, name: str) -> Fault | None:
        waiting = self.ordered.get(name) or self.faults
        return waiting.popleft() if waiting else None

    def _fail_first(
        self,
        fault: Fault | None,
        key: tuple[str, str],
        params: Json,
        once: Callable[[], object],
        call: Call,
    ) -> None:
        """Raise what keeps a call from being carried out, for now or for good."""
        if fault in ("lost", "late"):
            if fault == "late":
                self._late.append((self.clock() + LATE, once))
            raise Unavailable("stripe")
        if fault in ("failed", "failed_late"):
            if fault == "failed_late" and self._known(*key) is None:
                self._late.append((self.clock() + LATE, call))
            self._save(*key, params, StripeFailed())
            raise StripeFailed
        if fault in _BEFORE:
            raise _BEFORE[fault]()

    def _once(self, account: str, key: str, params: Json, call: Call) -> tuple[Json, bool]:
        known = self._known(account, key)
        if known is not None:
            if known[0] != params:
                raise StripeKeyReused
            if isinstance(known[1], Exception):
                raise known[1].with_traceback(None)
            return known[1], True
        result: Json | Exception
        try:
            result = deepcopy(call())
        except StripeRefused as refused:
            result = refused
        self._save(account, key, params, result)
        if isinstance(result, Exception):
            raise result
        return result, False

    def _known(self, account: str, key: str) -> tuple[Json, Json | Exception] | None:
        """What is saved with a key, for a day."""
        known = self._saved.get((account, key)) if key else None
        if known is None or self.clock() >= known[2] + DAY:
            return None
        return known[:2]

    def _save(self, account: str, key: str, params: Json, result: Json | Exception) -> None:
        if key and self._known(account, key) is None:
            self._saved[account, key] = (deepcopy(params), result, self.clock())

    def _response(self, body: Json, replayed: bool) -> StripeResponse:
        return StripeResponse(deepcopy(body), self.clock() - CLOCK_MARGIN, replayed)

    def _check(self, account: str) -> None:
        if account in self.unreachable:
            raise AccountUnreachable(self.clock() - CLOCK_MARGIN)

    def _permit(self, *permissions: str) -> None:
        """Refuse what the app may not do, before anything is looked at."""
        if not self.withdrawn.isdisjoint(permissions):
            raise PermissionMissing

    # What a call does.

    def _create(self, account: str, params: Json) -> Json:
        identifier = self._id("pi")
        self.accounts[identifier] = account
        self.intents[identifier] = {
            **{"id": identifier, "object": "payment_intent", "status": "requires_payment_method"},
            **{"client_secret": f"{identifier}_secret_canary", "livemode": False},
            **{"customer": None, "application_fee_amount": None, "payment_method": None},
            **{"amount_capturable": 0, "amount_received": 0, "latest_charge": None},
            **{"last_payment_error": None, "next_action": None, "created": self.clock()},
            "cancellation_reason": None,
            **deepcopy(params),
        }
        return self.intents[identifier]

    def _update(self, account: str, intent: str, params: Json) -> Json:
        found = self._of(account, intent)
        found["metadata"] = found["metadata"] | params["metadata"]
        return found

    def _confirm(self, account: str, intent: str, params: Json) -> Json:
        found = self._of(account, intent)
        if found["status"] == "requires_confirmation":
            return self._authorize(found, "challenge")
        if found["status"] != "requires_payment_method":
            raise self._unexpected(found)
        found |= {"payment_method": self._named(account, params), "last_payment_error": None}
        card = self.card_of(intent)
        if card.plays == "declined":
            self._decline(found, "card_declined", "generic_decline")
            raise self._declined(found)
        asked = params["payment_method_options"]["card"]["request_three_d_secure"]
        result = card.played(asked)
        if result == "challenge":
            found |= {"status": "requires_action", "next_action": {"type": "use_stripe_sdk"}}
            return self.whole(found)
        if result == "failed":
            self._decline(found, "payment_intent_authentication_failure", None)
            raise self._declined(found)
        return self._authorize(found, result)

    def _authorize(self, found: Json, result: str | None) -> Json:
        identifier = self._id("ch")
        card = self.cards[found["payment_method"]]
        self.charges[identifier] = charge_of(identifier, found, card, result, self.clock())
        found |= {"status": "requires_capture", "latest_charge": identifier}
        found["amount_capturable"] = found["amount"]
        return self.whole(found)

    def _capture(self, account: str, intent: str, params: Json) -> Json:
        found = self._of(account, intent)
        if found["status"] != "requires_capture":
            raise self._unexpected(found)
        self.watch(intent)
        return self._captured(found, params["amount_to_capture"], by_us=True)

    def _captured(self, found: Json, amount: int, *, by_us: bool) -> Json:
        self.captures.append((found["id"], by_us))
        self.charges[found["latest_charge"]]["amount_captured"] = amount
        found |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
        return self.whole(found)

    def _cancel(self, account: str, intent: str, params: Json) -> Json:
        found = self._of(account, intent)
        if found["status"] in ("succeeded", "canceled"):
            raise self._unexpected(found)
        return self._release(found, params["cancellation_reason"])

    def _release(self, found: Json, reason: str) -> Json:
        if found["latest_charge"]:
            self.charges[found["latest_charge"]]["amount_refunded"] = found["amount"]
        found |= {"status": "canceled", "cancellation_reason": reason, "amount_capturable": 0}
        return self.whole(found)

    def _decline(self, found: Json, code: str, decline_code: str | None) -> None:
        charge = self._id("ch") if decline_code else None
        error = {"code": code, "decline_code": decline_code, "charge": charge}
        found |= {"status": "requires_payment_method", "last_payment_error": error}
        found |= {"payment_method": None, "next_action": None}

    def _declined(self, found: Json) -> StripeRefused:
        error = found["last_payment_error"]
        return StripeRefused(402, None, error["code"], error["decline_code"], deepcopy(found))

    def _unexpected(self, found: Json) -> StripeRefused:
        return StripeRefused(400, None, "payment_intent_unexpected_state", None, deepcopy(found))

    def _named(self, account: str, params: Json) -> str:
        """The PaymentMethod of a confirmation. A token becomes one, and is spent by that."""
        token = params.get("confirmation_token")
        if token is None:
            self._shown(account, str(params.get("payment_method")), "pm")
            return str(params["payment_method"])
        self._shown(account, token, "ctoken")
        if token in self.spent:
            raise StripeRefused(400, "confirmation_token", "resource_already_used")
        self.spent.add(token)
        return self.method(account, self.cards[token])

    def _shown(self, account: str, identifier: str, kind: str) -> Json:
        if self.owners.get(identifier) != account or not identifier.startswith(f"{kind}_"):
            raise StripeRefused(404, "id", "resource_missing")
        method = {"type": "card", "card": self.cards[identifier].details()}
        if kind == "ctoken":
            return {"id": identifier, "payment_method_preview": method}
        return {"id": identifier, **method}

    def _of(self, account: str, intent: str) -> Json:
        if self.accounts.get(intent) != account:
            raise StripeRefused(404, "intent", "resource_missing")
        return self.intents[intent]

    def _hold_ends(self, found: Json) -> int:
        charge = self.charges[found["latest_charge"]]
        return int(charge["payment_method_details"]["card"]["capture_before"])

    def _id(self, kind: str) -> str:
        with self._lock:
            self._numbers += 1
            return f"{kind}_{self._numbers}"
