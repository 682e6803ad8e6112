"""Have listed events acted on as the webhook would; one that fails holds up no other."""

from collections.abc import Sequence

from countersign.aws.telemetry import count, logger
from countersign.problems import Problem, Unavailable
from countersign.reconciliation.failures import Failures
from countersign.reconciliation.run import Run
from countersign.stripe_api.events import MalformedEvent, StripeEvent
from countersign.stripe_api.keys import deployment_is_live
from countersign.stripe_api.webhook import pass_on


class Actions:
    """What is done about the events of a stretch. `failure` is the first that may not stay: until
    it is none, no cursor may pass its event.
    """

    def __init__(self, run: Run) -> None:
        self.failure: Exception | None = None
        self._run = run
        self._failures = Failures()

    def on_all(self, events: Sequence[StripeEvent]) -> None:
        """Have events acted on, but those that are known to say nothing new.

        Raises what concerns more than one event (see `Failures`).
        """
        if not events:
            return
        run = self._run
        known = run.patiently(lambda: run.context.known(events))
        for event in events:
            if event.id in known and event.livemode == deployment_is_live():
                run.found()
            else:
                self._try(event)

    def _try(self, event: StripeEvent) -> None:
        try:
            self._act_on(event)
        except Exception as error:  # an event that always fails must not stop the rest
            if not self._failures.is_of_one(error):
                raise
            self._hold(event, error)
        else:
            self._failures.note_success()

    def _act_on(self, event: StripeEvent) -> None:
        run = self._run
        try:
            outcome = run.patiently(lambda: pass_on(event, run.receiver_of()))
        except MalformedEvent:
            tell_unusable(event.id)
            return
        if outcome == "ignored":
            return
        run.found()
        if outcome == "applied":
            run.repaired()
            logger.info("repaired", extra={"event": event.id, "type": event.type})

    def _hold(self, event: StripeEvent, error: Exception) -> None:
        code = error.code if isinstance(error, Problem) else type(error).__name__
        extra = {"event": event.id, "type": event.type, "code": code}
        # A refusal says all in its code; anything else is a bug, and has a trace.
        log = logger.warning if isinstance(error, Problem) else logger.exception
        log("an event cannot be acted on", extra=extra)
        if not isinstance(error, Unavailable):
            count("ReconciliationFailed")
        # What has failed for good says more than what may be served the next time.
        if self.failure is None or isinstance(self.failure, Unavailable):
            self.failure = error


def tell_unusable(event_id: object) -> None:
    """Log and count a listed event that cannot be read: it would be the same the next time."""
    logger.warning("a listed event cannot be read", extra={"event": event_id})
    count("UnusableEvent")
