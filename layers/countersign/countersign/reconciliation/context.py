"""The context of reconciliation: its table, Stripe's list of events, who acts on an event, and the
time that is left.
"""

import time
from collections.abc import Callable, Collection, Sequence
from functools import cache
from typing import Any, TypeVar

from msgspec.structs import replace

from countersign.aws.table import table
from countersign.context import UseCaseContext
from countersign.http import deadline
from countersign.http.request_bucket import metered
from countersign.identity.context import context as identity_context
from countersign.identity.known_events import known_events
from countersign.installs.context import Context as InstallsContext
from countersign.installs.context import context as installs_context
from countersign.payments.intent_marks import context as payments_context
from countersign.payments.known_events import known_payment_events
from countersign.reconciliation.stripe_calls import StripeCalls, StripeEvents
from countersign.settings import settings
from countersign.stripe_api.events import StripeEvent
from countersign.stripe_api.webhook import ReceiverOf
from countersign.webhooks.receivers import receivers

Pace = Callable[[], None]
"""Waits until the next request to Stripe may be sent."""
AnyContext = TypeVar("AnyContext", bound=UseCaseContext[Any])


def at_pace(context: AnyContext, pace: Pace) -> AnyContext:
    """Return a context whose requests to Stripe are sent at this pace."""
    return replace(context, stripe=metered(context.stripe, pace))


def process_receivers(pace: Pace) -> ReceiverOf:
    """Return who acts on an event in this process, with requests to Stripe at this pace."""
    return receivers(
        lambda: at_pace(identity_context(), pace),
        lambda: at_pace(installs_context(), pace),
        payments_context,
    )


def process_known(events: Sequence[StripeEvent]) -> Collection[str]:
    """Return the ids of those events that say nothing new to this process's tables."""
    return known_events(identity_context().table, events) | known_payment_events(
        payments_context().table, events
    )


class Context(UseCaseContext[StripeCalls], frozen=True):
    """What a run works with. `remaining` returns the seconds that the invocation has left."""

    receivers: Callable[[Pace], ReceiverOf] = process_receivers
    known: Callable[[Sequence[StripeEvent]], Collection[str]] = process_known
    installs: Callable[[], InstallsContext] = installs_context
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    remaining: Callable[[], float] = deadline.remaining


@cache
def context() -> Context:
    """Return the context of this process."""
    return Context(table(settings().operations_table), StripeEvents(), settings())
