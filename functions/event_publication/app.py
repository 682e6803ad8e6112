"""Domain events: what the streams of the tables tell, and an operator's replay and republish.

It uses no resolver, no model and no SDK: a batch needs a few calls of `PutEvents`
(docs/decisions.md#a-cold-start-loads-what-it-needs).
"""

from typing import Any

from countersign.aws.telemetry import flush, logger
from countersign.domain_events.context import context as publishing
from countersign.domain_events.publish_batch import publish_batch
from countersign.domain_events.publish_events import SecondsLeft
from countersign.domain_events.replay import replay
from countersign.domain_events.republish import republish
from countersign.formats.records import to_members
from countersign.settings import require_settings

require_settings(
    "DEPLOYMENT",
    "STRIPE_MODE",
    "IDENTITY_TABLE",
    "INSTALLS_TABLE",
    "SPC_TABLE",
    "STEP_UP_TABLE",
    "PAYMENTS_TABLE",
    "EVENT_BUS",
    "PUT_ASIDE_BUCKET",
    "EPOCH",
)

UNKNOWN = (
    'This payload is none that the function knows. Send {"replay": {}} or {"republish": {}}, with'
    ' "after" to go on, or with "table" to republish one: see docs/operations.md.'
)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Publish a batch of a stream; or, for `{"replay": {"after"?}}` and `{"republish": {"table"?,
    "after"?}}`, do as far as the time allows and return what was done, with `next` for `after` if
    there is more.

    Raises `NotPublished` when a batch has to come again, and `ValueError` for any other payload.
    """

    def left() -> float:
        return float(context.get_remaining_time_in_millis()) / 1000

    try:
        if "Records" in event:
            return publish_batch(publishing(), event["Records"], left)
        return _command(event, left)
    finally:
        flush()


def _command(event: dict[str, Any], left: SecondsLeft) -> dict[str, Any]:
    match event:
        case {"replay": dict(options)} if options.keys() <= {"after"}:
            done = to_members(replay(publishing(), left, **options))
        case {"republish": dict(options)} if options.keys() <= {"table", "after"}:
            done = to_members(republish(publishing(), left, **options))
        case _:
            raise ValueError(UNKNOWN)
    logger.info("told again", extra=done)
    return done
