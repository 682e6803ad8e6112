"""Reads a stretch of time, window after window, and has its events acted on."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from countersign.aws.telemetry import count, logger
from countersign.reconciliation.list_window import EventObject, GetPage, list_window
from countersign.reconciliation.run import Run
from countersign.reconciliation.windows import HOUR, Window, next_length
from countersign.stripe_api.calls import StripeResponse
from countersign.stripe_api.events import MalformedEvent, StripeEvent, event_of
from countersign.stripe_api.keys import deployment_is_live
from countersign.stripe_api.webhook import pass_on


@dataclass(frozen=True, slots=True)
class Source:
    """Where events are listed: our own account, or a connected one. Stripe lists the events of a
    connected account without its id, which its webhooks have.
    """

    types: Collection[str]
    get_page: GetPage
    account_id: str | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """The time from `begin` to `end` (Unix seconds), less what is younger than `delay` seconds by
    Stripe's clock. `save` is called when all events before a time have been acted on, with that
    time and Stripe's when they were listed.
    """

    begin: int
    end: int
    delay: int
    save: Callable[[int, int], None]


def read_stretch(run: Run, source: Source, stretch: Stretch) -> None:
    """Act on all events of a stretch.

    Raises `OutOfTime`, `LeaseLost`, and what asking Stripe and acting on an event raise: everything
    before the last `save` is then done.
    """
    begin, length = stretch.begin, HOUR
    while begin < stretch.end:
        window = Window(begin, min(begin + length, stretch.end))
        listed = list_window(window, source.types, lambda params: _page(run, source, params))
        length = next_length(window, length, listed.pages if listed else None)
        if listed is None:
            continue
        _act_on_all(run, [event for body in listed.events if (event := _event_of(source, body))])
        clock = run.now() if listed.clock is None else listed.clock
        run.clock = max(run.clock, clock)
        end = min(window.end, clock - stretch.delay) if stretch.delay else window.end
        if end > begin:
            stretch.save(end, clock)
        if end < window.end:  # the rest is too young
            return
        begin = end


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
        _tell_unusable(body.get("id"))
        return None
    return event if source.account_id is None else replace(event, account=source.account_id)


def _act_on_all(run: Run, events: Sequence[StripeEvent]) -> None:
    """Have events acted on, but those that are known to say nothing new."""
    if not events:
        return
    known = run.patiently(lambda: run.context.known(events))
    for event in events:
        if event.id in known and event.livemode == deployment_is_live():
            run.found()
        else:
            _act_on(run, event)


def _act_on(run: Run, event: StripeEvent) -> None:
    """Have an event acted on as if it had come to the webhook."""
    try:
        outcome = run.patiently(lambda: pass_on(event, run.receiver_of()))
    except MalformedEvent:
        _tell_unusable(event.id)
        return
    if outcome == "ignored":
        return
    run.found()
    if outcome == "applied":
        run.repaired()
        logger.info("repaired", extra={"event": event.id, "type": event.type})


def _tell_unusable(event_id: object) -> None:
    logger.warning("a listed event cannot be read", extra={"event": event_id})
    count("UnusableEvent")
