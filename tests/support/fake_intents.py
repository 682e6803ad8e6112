"""Stripe's PaymentIntents in this process, with manual capture and manual confirmation: idempotency
keys, declines, 3-D Secure, and whatever can go wrong with a call. The cards are the stand-in's.
"""

import itertools
import time
from collections import defaultdict, deque
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from countersign.problems import Problem, Unavailable, in_progress
from countersign.stripe_api.calls import StripeResponse
from countersign.stripe_api.refusals import StripeBusy, StripeFailed, StripeKeyReused, StripeRefused
from local.stand_in import three_d_secure
from local.stand_in.backend import Backend
from local.stand_in.charge_objects import Response
from local.stand_in.charge_objects import charge as new_charge
from local.stand_in.payment_objects import acting, charged, of_token
from tests.support.chromium import Json

AUTHENTICATION_FAILURE = "payment_intent_authentication_failure"
_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action", "requires_capture")
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Call:
    """A call as it was made."""

    name: str
    account: str
    intent: str | None
    params: Json
    key: str | None = None


@dataclass(frozen=True)
class Fault:
    """What a call ends in: `done` once it was carried out, `saved` for its key, too."""

    error: Exception
    done: bool = False
    saved: bool = False


def timed_out(*, done: bool = False) -> Fault:
    """Stripe has not answered in time."""
    return Fault(Unavailable("stripe"), done)


def failed(*, done: bool = False) -> Fault:
    """Stripe has answered 500, and does so for this key from now on."""
    return Fault(StripeFailed(), done, saved=True)


def locked() -> Fault:
    """429 `lock_timeout`."""
    return Fault(StripeBusy())


def running() -> Fault:
    """409: a request with the same key is running."""
    return Fault(in_progress())


def refused(code: str, param: str | None = None, status: int = 400) -> Fault:
    """Stripe does not take the request, and says so for this key from now on."""
    return Fault(StripeRefused(status, param, code), saved=True)


def problem(error: Problem) -> Fault:
    """A refusal of the account, of a permission or of the key."""
    return Fault(error)


class FakeIntents:
    """`StripeCalls` of payments. `faults` are those of the next calls of a name, `declines` the
    decline codes of the next confirmations.
    """

    def __init__(self, backend: Backend, now: Callable[[], float] = time.time) -> None:
        self.intents: dict[str, Json] = {}
        self.charges: dict[str, Json] = {}
        self.reviews: dict[str, Json] = {}
        self.calls: list[Call] = []
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.declines: deque[str] = deque()
        self.before: dict[str, Callable[[], object]] = {}
        self.now = now
        self._backend = backend
        self._accounts: dict[str, str] = {}
        self._saved: dict[tuple[str, str], tuple[Json, Json | Exception]] = {}

    # The calls.

    def create(self, account_id: str, params: Json, key: str) -> StripeResponse:
        return self._call(Call("create", account_id, None, params, key), self._create)

    def update(self, account_id: str, intent: str, params: Json) -> StripeResponse:
        return self._call(Call("update", account_id, intent, params), self._update)

    def confirm(self, account_id: str, intent: str, params: Json, key: str) -> StripeResponse:
        return self._call(Call("confirm", account_id, intent, params, key), self._confirm)

    def capture(self, account_id: str, intent: str, params: Json, key: str) -> StripeResponse:
        return self._call(Call("capture", account_id, intent, params, key), self._capture)

    def cancel(self, account_id: str, intent: str, params: Json, key: str) -> StripeResponse:
        return self._call(Call("cancel", account_id, intent, params, key), self._cancel)

    def retrieve(self, account_id: str, intent: str) -> StripeResponse:
        return self._call(
            Call("retrieve", account_id, intent, {}), lambda call: self.whole(self._of(call))
        )

    def created_since(self, account_id: str, since: int, after: str | None) -> StripeResponse:
        return self._call(
            Call("list", account_id, after, {"since": since}),
            lambda call: {"data": self._newest(call, since), "has_more": False},
        )

    # What others do.

    def authenticate(self, intent: str, *, passed: bool = True) -> None:
        """The payer goes through 3-D Secure."""
        found = self.intents[intent]
        assert found["status"] == "requires_action", found["status"]
        if passed:
            self.intents[intent] = found | {"status": "requires_confirmation", "next_action": None}
        else:
            self._decline(found, AUTHENTICATION_FAILURE, None)

    def merchant_captures(self, intent: str) -> None:
        """In the Dashboard."""
        self._captured(self.intents[intent], self.intents[intent]["amount"])

    def merchant_cancels(self, intent: str, reason: str | None = "requested_by_customer") -> None:
        """In the Dashboard; with `automatic` it is the end of the hold."""
        self._canceled(self.intents[intent], reason)

    def change(self, intent: str, **members: Any) -> None:
        """Somebody has edited a PaymentIntent."""
        self.intents[intent] |= members

    def change_charge(self, intent: str, **members: Any) -> None:
        """Something happened to its charge."""
        self.charges[self.intents[intent]["latest_charge"]] |= members

    def review(self, intent: str, *, is_open: bool, reason: str = "rule") -> None:
        """Stripe's own review of a payment."""
        review = {"id": f"prv_{intent}", "open": is_open, "reason": reason}
        self.reviews[intent] = review
        self.intents[intent]["review"] = review["id"]

    def names(self) -> list[str]:
        """The calls so far, by name."""
        return [call.name for call in self.calls]

    def only(self) -> Json:
        """The one PaymentIntent that there is, with its charge."""
        (found,) = self.intents.values()
        return self.whole(found)

    def whole(self, intent: Json) -> Json:
        """A PaymentIntent with its charge and its review."""
        charge, review = intent["latest_charge"], self.reviews.get(intent["id"])
        return deepcopy(
            intent
            | {"latest_charge": self.charges[charge] if charge else None}
            | ({"review": review} if review else {})
        )

    # How each call is carried out.

    def _call(self, call: Call, do: Callable[[Call], Json]) -> StripeResponse:
        self.calls.append(call)
        if waits := self.before.pop(call.name, None):
            waits()
        waiting = self.faults[call.name]
        fault = waiting.popleft() if waiting else None
        if fault and not fault.done:
            if fault.saved and call.key:
                self._saved[call.account, call.key] = (call.params, fault.error)
            raise fault.error
        known = self._saved.get((call.account, call.key)) if call.key else None
        body = self._again(call, known) if known else self._first(call, do)
        if fault:
            if fault.saved and call.key:
                self._saved[call.account, call.key] = (call.params, fault.error)
            raise fault.error
        return StripeResponse(deepcopy(body), int(self.now()), known is not None)

    def _again(self, call: Call, known: tuple[Json, Json | Exception]) -> Json:
        params, result = known
        if params != call.params:
            raise StripeKeyReused
        if isinstance(result, Exception):
            raise result
        return result

    def _first(self, call: Call, do: Callable[[Call], Json]) -> Json:
        result: Json | Exception
        try:
            result = do(call)
        except StripeRefused as refusal:
            result = refusal
        if call.key:
            self._saved[call.account, call.key] = (call.params, deepcopy(result))
        if isinstance(result, Exception):
            raise result
        return result

    def _create(self, call: Call) -> Json:
        given, identifier = call.params, f"pi_{next(_numbers)}"
        made: Json = {
            **{"id": identifier, "object": "payment_intent", "status": "requires_payment_method"},
            **{"client_secret": f"{identifier}_secret_x", "livemode": False, "review": None},
            **{"amount": given["amount"], "currency": given["currency"]},
            **{"capture_method": given["capture_method"], "metadata": dict(given["metadata"])},
            **{"confirmation_method": given["confirmation_method"], "latest_charge": None},
            **{"customer": given.get("customer"), "description": given.get("description")},
            **{"application_fee_amount": given.get("application_fee_amount")},
            **{"amount_capturable": 0, "amount_received": 0, "payment_method": None},
            **{"last_payment_error": None, "next_action": None, "created": int(self.now())},
            **{"on_behalf_of": None, "transfer_data": None, "transfer_group": None},
            **{"cancellation_reason": None, "application": None},
            "payment_method_options": {"card": {"network": None}},
        }
        self.intents[identifier], self._accounts[identifier] = made, call.account
        return made

    def _update(self, call: Call) -> Json:
        found = self._of(call)
        found["metadata"] |= call.params["metadata"]
        return found

    def _confirm(self, call: Call) -> Json:
        found = self._of(call)
        if found["status"] == "requires_confirmation":
            return self._charge(found, self._method(found["payment_method"]), "challenge")
        if found["status"] != "requires_payment_method":
            raise self._unexpected(found)
        method = self._named(call.params)
        found |= {"payment_method": method["id"], "last_payment_error": None}
        if self.declines:
            self._decline(found, "card_declined", self.declines.popleft())
            raise self._declined(found["id"])
        request = call.params["payment_method_options"]["card"]["request_three_d_secure"]
        plays = (self._backend.store.get("payment_method", method["id"]) or {}).get("plays")
        played = three_d_secure.play(method["card"], plays, request)
        if played == "challenge":
            self.intents[found["id"]] = acting(found, {"type": "use_stripe_sdk"})
            return self.whole(self.intents[found["id"]])
        if played == "failed":
            self._decline(found, AUTHENTICATION_FAILURE, None)
            raise self._declined(found["id"])
        return self._charge(found, method, played)

    def _charge(self, found: Json, method: Json, played: Any) -> Json:
        made = new_charge(
            found, method, three_d_secure.shown(played), None, Response(), int(self.now())
        )
        made["payment_method_details"]["card"]["capture_before"] = int(self.now()) + 7 * 86400
        self.charges[made["id"]] = made
        self.intents[found["id"]] = charged(found, made)
        return self.whole(self.intents[found["id"]])

    def _capture(self, call: Call) -> Json:
        found = self._of(call)
        if found["status"] != "requires_capture":
            raise self._unexpected(found)
        return self._captured(found, call.params["amount_to_capture"])

    def _captured(self, found: Json, amount: int) -> Json:
        self.charges[found["latest_charge"]] |= {"captured": True, "amount_captured": amount}
        found |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
        return self.whole(found)

    def _cancel(self, call: Call) -> Json:
        found = self._of(call)
        if found["status"] not in _OPEN:
            raise self._unexpected(found)
        return self._canceled(found, call.params["cancellation_reason"])

    def _canceled(self, found: Json, reason: str | None) -> Json:
        if found["latest_charge"]:
            released = {"amount_refunded": found["amount"], "refunded": True}
            self.charges[found["latest_charge"]] |= released
        members = {"status": "canceled", "cancellation_reason": reason, "amount_capturable": 0}
        found |= members
        return self.whole(found)

    def _decline(self, found: Json, code: str, decline_code: str | None) -> None:
        charge = f"ch_{next(_numbers)}" if decline_code else None
        error = {"type": "card_error", "code": code, "decline_code": decline_code, "charge": charge}
        members = {"status": "requires_payment_method", "last_payment_error": error}
        found |= members | {"payment_method": None, "next_action": None}
        self.intents[found["id"]] = found

    def _declined(self, intent: str) -> StripeRefused:
        found = self.intents[intent]
        error = found["last_payment_error"]
        return StripeRefused(402, None, error["code"], error["decline_code"], deepcopy(found))

    def _unexpected(self, found: Json) -> StripeRefused:
        return StripeRefused(400, None, "payment_intent_unexpected_state", None, deepcopy(found))

    def _of(self, call: Call) -> Json:
        if self._accounts.get(str(call.intent)) != call.account:
            raise StripeRefused(404, "intent", "resource_missing")
        return self.intents[str(call.intent)]

    def _newest(self, call: Call, since: int) -> list[Json]:
        return [
            found
            for identifier, found in reversed(self.intents.items())
            if self._accounts[identifier] == call.account and found["created"] >= since
        ]

    def _named(self, params: Json) -> Json:
        """The PaymentMethod of a confirmation; a token becomes one, once."""
        token = params.get("confirmation_token")
        if token is None:
            return self._method(params["payment_method"])
        stored = self._backend.store.get("confirmation_token", token)
        if stored is None:
            raise StripeRefused(404, "confirmation_token", "resource_missing")
        if stored.get("used"):
            raise StripeRefused(400, "confirmation_token", "token_already_used")
        self._backend.store.put("confirmation_token", token, stored | {"used": True})
        made = of_token(stored["object"], int(self.now()))
        kept = {"account": stored["account"], "object": made, "plays": stored.get("plays")}
        self._backend.store.put("payment_method", made["id"], kept)
        return made

    def _method(self, identifier: str) -> Json:
        stored = self._backend.store.get("payment_method", identifier)
        if stored is None:
            raise StripeRefused(404, "payment_method", "resource_missing")
        return dict(stored["object"])
