"""Publish what was put aside, and remove it from the bucket.

Both kinds of object are read: those of `put_aside`, and those that Lambda wrote when it gave up on
a batch. What still cannot be told stays.
"""

from msgspec import Struct

from countersign.aws.bucket import BucketUnavailable
from countersign.aws.telemetry import logger
from countersign.domain_events.context import Context
from countersign.domain_events.publish_batch import publish_records
from countersign.domain_events.publish_events import LEAST_TIME, NO_TIME_LEFT, SecondsLeft
from countersign.domain_events.put_aside import read_put_aside

_OF_AN_OBJECT = ("AccessDenied", "InvalidObjectState", "KMS")
"""How S3's codes begin for an object that cannot be read while others can: it was put there by
somebody else, was archived, or its key is disabled.
"""


class Replay(Struct):
    """What a replay has done. `kept` counts the changes that still cannot be told, and `unknown`
    the objects that cannot be read, or are none of ours or of Lambda's. If it did not come to the
    end, `next` is where to go on and `reason` says why.
    """

    objects: int = 0
    published: int = 0
    removed: int = 0
    kept: int = 0
    unknown: int = 0
    next: str = ""
    reason: str = ""


def replay(context: Context, left: SecondsLeft, after: str = "") -> Replay:
    """Replay the objects whose keys come after `after`, as far as the time allows."""
    done = Replay()
    last = after
    try:
        for key in context.bucket.keys(after):
            if left() < LEAST_TIME:
                done.reason = NO_TIME_LEFT
            else:
                done.reason = _replay_object(context, key, left, done)
            if done.reason:
                break
            last = key
    except BucketUnavailable as error:
        done.reason = error.code
    if done.reason:
        # A place before every key, where not even the first was done.
        done.next = last or " "
    return done


def _pass_over(key: str, reason: str, done: Replay) -> str:
    logger.error("unknown object", extra={"key": key, "reason": reason})
    done.unknown += 1
    return ""


def _replay_object(context: Context, key: str, left: SecondsLeft, done: Replay) -> str:
    """Replay one object, and return the reason if it has to be done later."""
    try:
        body = context.bucket.get(key)
        if body is None:
            return ""  # another replay has done it
        done.objects += 1
        found = read_put_aside(body)
    except BucketUnavailable as error:
        if not error.code.startswith(_OF_AN_OBJECT):
            raise
        return _pass_over(key, error.code, done)
    except (LookupError, TypeError, ValueError) as error:
        return _pass_over(key, type(error).__name__, done)
    result = publish_records(context, found.records, left, found.table, found.epoch)
    done.published += result.published
    if result.stopped_at is not None:
        return result.reason
    done.kept += len(result.put_aside)
    if key not in result.put_aside:
        context.bucket.delete(key)
        done.removed += 1
    return ""
