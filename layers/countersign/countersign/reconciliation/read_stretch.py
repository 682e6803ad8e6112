"""Read a stretch of time, window after window, and have its events acted on."""

from collections.abc import Callable, Collection

from msgspec import Struct
from msgspec.structs import replace

from countersign.reconciliation.act_on_events import Actions, tell_unusable
from countersign.reconciliation.list_window import EventObject, GetPage, list_window
from countersign.reconciliation.run import Run
from countersign.reconciliation.windows import HOUR, Window, next_length
from countersign.stripe_api.calls import StripeResponse
from countersign.stripe_api.events import MalformedEvent, StripeEvent, event_of


class Source(Struct, frozen=True):
    """Where events are listed: our own account, or a connected one. Stripe lists the events of a
    connected account without its id, which its webhooks have.
    """

    types: Collection[str]
    get_page: GetPage
    account_id: str | None = None


class Stretch(Struct, frozen=True):
    """The time from `begin` to `end` (Unix seconds), less what is younger than `delay` seconds by
    Stripe's clock. `save` is called when all events before a time have been acted on, with that
    time and Stripe's when they were listed.
    """

    begin: int
    end: int
    delay: int
    save: Callable[[int, int], None]


def read_stretch(run: Run, source: Source, stretch: Stretch) -> None:
    """Act on all events of a stretch. An event that fails keeps those behind it from nothing but
    from being saved, so that it is read again.

    Raises `OutOfTime`, `LeaseLost`, what asking Stripe raises and, in the end, what acting on an
    event has raised: everything before the last `save` is then done.
    """
    begin, length, actions = stretch.begin, HOUR, Actions(run)
    while begin < stretch.end:
        window = Window(begin, min(begin + length, stretch.end))
        listed = list_window(window, source.types, lambda params: _page(run, source, params))
        length = next_length(window, length, listed.pages if listed else None)
        if listed is None:
            continue
        actions.on_all([event for body in listed.events if (event := _event_of(source, body))])
        clock = run.now() if listed.clock is None else listed.clock
        run.clock = max(run.clock, clock)
        end = min(window.end, clock - stretch.delay) if stretch.delay else window.end
        if end > begin and actions.failure is None:
            stretch.save(end, clock)
        if end < window.end:  # the rest is too young
            break
        begin = end
    if actions.failure is not None:
        raise actions.failure


def _page(run: Run, source: Source, params: EventObject) -> StripeResponse:
    def request() -> StripeResponse:
        run.pace()
        return source.get_page(params)

    return run.patiently(request)


def _event_of(source: Source, body: EventObject) -> StripeEvent | None:
    """Return a listed event with the account that it is of, or `None` if it cannot be read."""
    try:
        event = event_of(body)
    except MalformedEvent:
        tell_unusable(body.get("id"))
        return None
    return event if source.account_id is None else replace(event, account=source.account_id)
