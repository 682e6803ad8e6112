"""The calls to Stripe about PaymentIntents, watched: each goes to the stand-in, unless a test says
that it goes wrong.
"""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from countersign.payments.intent import EXPAND
from countersign.payments.stripe_calls import StripeIntents
from countersign.problems import Problem, Unavailable, in_progress
from countersign.stripe_api.calls import StripeResponse
from countersign.stripe_api.refusals import StripeBusy, StripeFailed, StripeRefused
from tests.support.chromium import Json


@dataclass(frozen=True)
class Call:
    """A call as it was made."""

    name: str
    account: str
    intent: str | None = None
    params: Json = field(default_factory=dict)
    key: str | None = None


@dataclass(frozen=True)
class Fault:
    """What a call ends in: with `done` it was carried out first, with `saved` Stripe says so for
    its key from now on.
    """

    error: Exception
    done: bool = False
    saved: bool = False


def timed_out(*, done: bool = False) -> Fault:
    """Stripe has not answered in time."""
    return Fault(Unavailable("stripe"), done)


def failed(*, done: bool = False) -> Fault:
    """500, and so for this key from now on."""
    return Fault(StripeFailed(), done, saved=True)


def locked() -> Fault:
    """429 `lock_timeout`."""
    return Fault(StripeBusy())


def running() -> Fault:
    """409: a request with the same key is running."""
    return Fault(in_progress())


def refused(code: str, param: str | None = None) -> Fault:
    """400, and so for this key from now on."""
    return Fault(StripeRefused(400, param, code), saved=True)


def problem(error: Problem) -> Fault:
    """A refusal of the account, of a permission or of our own key."""
    return Fault(error)


class WatchedIntents:
    """`StripeCalls` of payments. `faults` are those of the next calls of a name; `before` is what
    happens just before one.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.before: dict[str, Callable[[], object]] = {}
        self._saved: dict[str, Exception] = {}
        self._stripe = StripeIntents()

    def fail(self, name: str, *faults: Fault) -> None:
        """The next calls of this name end so."""
        self.faults[name] += faults

    def names(self) -> list[str]:
        """The calls so far, by name."""
        return [call.name for call in self.calls]

    def create(self, account_id: str, params: Json, key: str) -> StripeResponse:
        call = Call("create", account_id, None, params, key)
        return self._send(call, lambda: self._stripe.create(account_id, params, key))

    def update(self, account_id: str, intent: str, params: Json) -> StripeResponse:
        call = Call("update", account_id, intent, params)
        return self._send(call, lambda: self._stripe.update(account_id, intent, params))

    def confirm(self, account_id: str, intent: str, params: Json, key: str) -> StripeResponse:
        call = Call("confirm", account_id, intent, params, key)
        return self._send(call, lambda: self._stripe.confirm(account_id, intent, params, key))

    def capture(
        self,
        account_id: str,
        intent: str,
        params: Json,
        key: str,
        expand: tuple[str, ...] = EXPAND,
    ) -> StripeResponse:
        call = Call("capture", account_id, intent, params, key)
        return self._send(
            call, lambda: self._stripe.capture(account_id, intent, params, key, expand)
        )

    def cancel(
        self,
        account_id: str,
        intent: str,
        params: Json,
        key: str,
        expand: tuple[str, ...] = EXPAND,
    ) -> StripeResponse:
        call = Call("cancel", account_id, intent, params, key)
        return self._send(
            call, lambda: self._stripe.cancel(account_id, intent, params, key, expand)
        )

    def retrieve(
        self, account_id: str, intent: str, expand: tuple[str, ...] = EXPAND
    ) -> StripeResponse:
        call = Call("retrieve", account_id, intent)
        return self._send(call, lambda: self._stripe.retrieve(account_id, intent, expand))

    def created_between(
        self, account_id: str, since: int, until: int, after: str | None
    ) -> StripeResponse:
        call = Call("list", account_id, None, {"since": since, "until": until})
        return self._send(
            call, lambda: self._stripe.created_between(account_id, since, until, after)
        )

    def _send(self, call: Call, send: Callable[[], StripeResponse]) -> StripeResponse:
        self.calls.append(call)
        if happens := self.before.pop(call.name, None):
            happens()
        if call.key in self._saved:
            raise self._saved[call.key]
        fault = self.faults[call.name].popleft() if self.faults[call.name] else None
        if fault is None:
            return send()
        if fault.done:
            send()
        if fault.saved and call.key:
            self._saved[call.key] = fault.error
        raise fault.error
