"""Carrying a call out: under its idempotency key, through the fault that was ordered for it."""

import asyncio
from dataclasses import dataclass

from local.stand_in import faults, forms, idempotency, parameters
from local.stand_in.answers import Answer, refusal
from local.stand_in.backend import Backend
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

    def run(self, backend: Backend) -> Answer:
        params = parameters.read(forms.parse(self.pairs), self.operation.params)
        call = Call(self.ids, params, self.restricted, self.cause, self.account)
        return Answer(200, self.operation.run(backend, call))


async def perform(backend: Backend, call: Accepted) -> Answer:
    """Return the answer of a call. Raises StripeError when it is refused."""
    with idempotency.claim(backend, call.cause, call.path, call.pairs) as claim:
        with backend.store.transaction():
            fault = faults.take(backend, call.path)
        if fault and not fault.after:
            await asyncio.sleep(fault.delay_s)
            if error := fault.error():
                return _fail(backend, claim, fault, error)
        answer = _execute(backend, call, claim, fault)
    if fault and fault.after:  # carried out already: only its answer is late
        await asyncio.sleep(fault.delay_s)
    return answer


def _fail(backend: Backend, claim: Claim, fault: Fault, error: StripeError) -> Answer:
    answer = refusal(backend, error)
    if fault.is_kept:
        with backend.store.transaction():
            claim.save(answer)
    return answer


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
