"""Carrying a call out: under its idempotency key, through the fault that was ordered for it."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from local.stand_in import accounts, faults, forms, idempotency, locks, parameters, payments
from local.stand_in.answers import Answer, refusal
from local.stand_in.backend import Backend
from local.stand_in.books import Books
from local.stand_in.calls import Call
from local.stand_in.errors import CarriedOut, StripeError
from local.stand_in.events import Cause
from local.stand_in.faults import Fault
from local.stand_in.idempotency import Claim
from local.stand_in.operations import Operation


@dataclass(frozen=True)
class Accepted:
    """A call with a good key for an operation that exists; its parameters are not read yet."""

    operation: Operation
    ids: dict[str, str]
    path: str
    pairs: list[tuple[str, str]]
    restricted: bool
    cause: Cause
    account: str | None

    @property
    def locked(self) -> str | None:
        """The object that nothing else may change meanwhile."""
        return self.ids.get("intent") if self.operation.method == "POST" else None

    def run(self, backend: Backend) -> Answer:
        params = parameters.read(forms.parse(self.pairs), self.operation.params)
        call = Call(self.ids, params, self.restricted, self.cause, self.account)
        return Answer(200, self.operation.run(backend, call))


async def perform(backend: Backend, call: Accepted) -> Answer:
    """Return the answer of a call. Raises StripeError when it is refused."""
    with idempotency.claim(backend, call.cause, call.path, call.pairs) as claim:
        answer, late = await _locked(backend, call, claim)
    if late:  # carried out already: only its answer is late
        await asyncio.sleep(late)
    return answer


async def _locked(backend: Backend, call: Accepted, claim: Claim) -> tuple[Answer, float]:
    """Return the answer, and after how many seconds it is sent."""
    # What repeats an answer changes nothing.
    with locks.hold(backend, None if claim.saved else call.locked):
        with backend.store.transaction():
            fault = faults.take(backend, call.operation.method, call.path)
        if fault and not fault.after:
            await asyncio.sleep(fault.delay_s)
            if error := fault.error():
                return _fail(backend, call, claim, fault, error), 0
        late = fault.delay_s if fault and fault.after else 0
        return _execute(backend, call, claim, fault), late


def _fail(
    backend: Backend, call: Accepted, claim: Claim, fault: Fault, error: StripeError
) -> Answer:
    """Refuse before anything is carried out; what crashes has spent its confirmation token."""
    answer = refusal(backend, error)
    if fault.is_kept:
        with backend.store.transaction():
            claim.save(answer)
            _spend(backend, call)
    return answer


def _spend(backend: Backend, call: Accepted) -> None:
    identifier = dict(call.pairs).get("confirmation_token")
    intent = call.ids.get("intent")
    if identifier is None or intent is None:
        return
    with suppress(StripeError):
        books = Books(backend, call.account or accounts.OWN.id)
        payments.spend_token(books, identifier, intent)


def _execute(backend: Backend, call: Accepted, claim: Claim, fault: Fault | None) -> Answer:
    """Do it, or repeat the saved answer; the change and its answer are saved together.

    A refusal that comes from the operation itself is saved too; one of its parameters is not.
    """
    try:
        with backend.store.transaction():
            answer = claim.saved or _run(backend, call)
            if fault and (lost := fault.error()):
                answer = refusal(backend, lost)
            claim.save(answer)
            return answer
    except StripeError as error:
        if not error.is_validation:
            with backend.store.transaction():
                claim.save(refusal(backend, error))
        raise


def _run(backend: Backend, call: Accepted) -> Answer:
    try:
        return call.run(backend)
    except CarriedOut as refused:
        return refusal(backend, refused)
