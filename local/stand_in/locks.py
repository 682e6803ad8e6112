"""Stripe's lock of an object while a request changes it
(docs.stripe.com/rate-limits#object-lock-timeouts). Stripe waits for it for a while; here a second
request is refused at once, before anything of it is carried out.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from local.stand_in.backend import Backend
from local.stand_in.errors import StripeError

CODE = "lock_timeout"


@contextmanager
def hold(backend: Backend, identifier: str | None) -> Iterator[None]:
    """Lock an object, if there is one. Raises StripeError 429 while another request has it."""
    if identifier is None:
        yield
        return
    if identifier in backend.locked:
        raise StripeError(
            "This object cannot be accessed right now because another API request or Stripe process"
            " is currently accessing it. If you see this error intermittently, retry the request.",
            status=429,
            code=CODE,
        )
    backend.locked.add(identifier)
    try:
        yield
    finally:
        backend.locked.discard(identifier)
