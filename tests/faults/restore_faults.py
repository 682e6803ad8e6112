"""What the stream and the tables forget: an outage that is longer than the stream remembers, and a
table that was restored to an earlier time.
"""

from tests.faults.cast import Cast
from tests.faults.publisher import PUBLISHER, forget, republish, stopped
from tests.faults.reconciling import repair
from tests.faults.registry import fault
from tests.faults.stage import Stage
from tests.faults.told import heard_of
from tests.support.stand_in_servers import eventually


@fault("the publisher is down for longer than the stream remembers", forgets=True)
def forgotten(cast: Cast) -> int:
    with stopped(cast.stage):
        cast.live_through_everything()
        forget(cast.stage)
    untold = cast.subjects() - {
        e["detail"]["subject"] for e in heard_of(cast.stage, cast.subjects())
    }
    republish(cast.stage)
    return len(untold)


@fault("a table is restored, and its revisions go back", forgets=True)
def restored(cast: Cast) -> int:
    """One session is as it was before it was verified, and another is not there at all: it was begun
    after the time to which the table is restored.
    """
    early, late = cast.verifies("document_expired"), cast.verifies("document_expired")
    cast.stage.settle()
    backup = _item(cast.stage, early)
    cast.comes_to(early, "verified")
    cast.comes_to(late, "verified")
    cast.stage.settle()
    eventually(lambda: {"identity.verified"} <= _told_of(cast, early) & _told_of(cast, late))
    table = {"TableName": cast.stage.tables["IdentityTable"]}
    dynamodb = cast.stage.client("dynamodb")
    with stopped(cast.stage):
        # A restored table is a new one, whose stream begins empty.
        dynamodb.put_item(Item=backup, **table)
        dynamodb.delete_item(Key=_key(late), **table)
        forget(cast.stage)
    epoch = int(cast.stage.variables(PUBLISHER)["EPOCH"])
    with cast.stage.configured(PUBLISHER, EPOCH=str(epoch + 1)):
        repair(cast, cast.began_at)
        republish(cast.stage)
        eventually(lambda: _is_told_since(cast, epoch + 1))
    return 2


def _told_of(cast: Cast, session_id: str) -> set[str]:
    return {event["detail-type"] for event in heard_of(cast.stage, {session_id})}


def _is_told_since(cast: Cast, epoch: int) -> bool:
    """Whether all subjects were told of in an epoch."""
    told = [event["detail"] for event in heard_of(cast.stage, cast.subjects())]
    return cast.subjects() <= {e["subject"] for e in told if e["revision"] >= epoch * 10**12}


def _item(stage: Stage, session_id: str) -> dict[str, object]:
    table, key = stage.tables["IdentityTable"], _key(session_id)
    found = stage.client("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True)
    return dict(found["Item"])


def _key(session_id: str) -> dict[str, dict[str, str]]:
    return {"pk": {"S": f"session#{session_id}"}}
