"""Failures on the way from a table's stream to the bus."""

from tests.faults.cast import Cast
from tests.faults.publisher import PUBLISHER, invoke, stopped
from tests.faults.registry import fault
from tests.support.fault_proxy import Call, Fault, Kind, response
from tests.support.stand_in_servers import eventually

TRIES = 3
"""How often botocore sends a call at most (`countersign.aws.network`)."""


def refused(status: int, code: str) -> bytes:
    """EventBridge refuses a whole call."""
    return response(status, {"__type": code, "message": "A fault of the tests."})


def entry_refused(code: str) -> bytes:
    """EventBridge refuses the one entry of a call."""
    entry = {"ErrorCode": code, "ErrorMessage": "A fault of the tests."}
    return response(200, {"FailedEntryCount": 1, "Entries": [entry]})


_NEVER = entry_refused("MalformedDetail")


@fault("the bus is down")
def down(cast: Cast) -> int:
    return _meets(cast, Fault("answer", times=2 * TRIES, answer=refused(500, "InternalException")))


@fault("the bus throttles")
def throttles(cast: Cast) -> int:
    answer = refused(400, "ThrottlingException")
    return _meets(cast, Fault("answer", first=2, times=2 * TRIES, answer=answer))


@fault("the bus fails for single events", short=True)
def fails(cast: Cast) -> int:
    return _meets(cast, Fault("answer", times=2, answer=entry_refused("InternalFailure")))


@fault("the answer of the bus is lost")
def unheard(cast: Cast) -> int:
    return _meets(cast, Fault("lose", times=2))


@fault("the publisher is killed before it tells")
def killed_before(cast: Cast) -> int:
    return _killed(cast, "kill_before")


@fault("the publisher is killed after it has told")
def killed_after(cast: Cast) -> int:
    return _killed(cast, "kill_after")


@fault("a stream has a backlog")
def backlog(cast: Cast) -> int:
    with stopped(cast.stage):
        for _ in range(3):
            cast.verifies()
            cast.leaves(cast.connects())
        cast.stage.settle()
    return 3


@fault("the newest record of an item is put aside, and replayed")
def put_aside(cast: Cast) -> int:
    return _put_aside(cast, Fault("answer", _tells_of_a_verification, answer=_NEVER))


@fault("older records of an item are put aside, and replayed", reorders=True)
def put_aside_early(cast: Cast) -> int:
    return _put_aside(cast, Fault("answer", times=2, answer=_NEVER))


def _put_aside(cast: Cast, made: Fault) -> int:
    """Let the bus refuse events for good, and replay them when it takes them."""
    cast.stage.front(PUBLISHER, "eventbridge").order(made)
    cast.verifies()
    cast.stage.settle()
    eventually(lambda: made.injected == made.times)
    # The publisher may still be putting the last of them aside.
    eventually(lambda: invoke(cast.stage, PUBLISHER, {"replay": {}})["published"])
    return made.injected


def _tells_of_a_verification(call: Call) -> bool:
    return b"identity.verified" in call.body


def _meets(cast: Cast, made: Fault) -> int:
    cast.stage.front(PUBLISHER, "eventbridge").order(made)
    cast.verifies()
    cast.leaves(cast.connects())
    cast.stage.settle()
    eventually(lambda: made.injected == made.times)
    return made.injected


def _killed(cast: Cast, kind: Kind) -> int:
    made = cast.stage.front(PUBLISHER, "eventbridge").order(Fault(kind, first=2))
    cast.verifies()
    cast.stage.settle()
    eventually(lambda: made.injected == made.times)
    return made.injected
