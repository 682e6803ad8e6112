"""What each contestant has stored in the end, when events come twice, late, or in one second."""

from threading import Thread
from uuid import uuid4

from docs.peers.environments import Process
from docs.peers.events import Kind, Subject, delivery, status_of
from docs.peers.stand_in import StandIn

Arrival = tuple[Kind, int]
"""An event in the order of arrival, and the second at which it happened."""
_PREFIX = {"session": "vs_1SQ", "intent": "pi_3SQ"}
_RANK = ("created", "processing", "done")

CASES: dict[str, tuple[Arrival, ...]] = {
    "in order, the last one twice": (("created", 1), ("processing", 2), ("done", 3), ("done", 3)),
    "an older event last": (("created", 1), ("done", 3), ("processing", 2)),
    "all in reverse": (("done", 3), ("processing", 2), ("created", 1)),
    "two of one second, in order": (("created", 1), ("done", 1)),
    "two of one second, in reverse": (("done", 1), ("created", 1)),
}
"""At Stripe, the object is `done` at the end of each."""


def new_id(subject: Subject) -> str:
    """Return an id that no other object has."""
    return _PREFIX[subject] + uuid4().hex[:16]


def ends_as(process: Process, stand_in: StandIn, subject: Subject, case: str) -> str:
    """Return the status that a contestant has stored at the end of a case. A read at Stripe finds
    the newest of the events that have been delivered.
    """
    subject_id = new_id(subject)
    process.begin(subject, subject_id)
    newest: Kind = "created"
    for kind, second in CASES[case]:
        newest = max(newest, kind, key=_RANK.index)
        stand_in.become(subject, newest, subject_id)
        process.deliver(delivery(subject, kind, subject_id, second))
    return process.status(subject, subject_id)


def older_read_last(first: Process, second: Process, stand_in: StandIn, subject: Subject) -> str:
    """Return the status that is stored after two events at once, of which the older one's read at
    Stripe was answered first and arrives last. For a contestant that reads the object.
    """
    subject_id = new_id(subject)

    def deliver(process: Process, kind: Kind, second: int) -> None:
        process.deliver(delivery(subject, kind, subject_id, second))

    stand_in.become(subject, "created", subject_id)
    deliver(first, "created", 1)
    stand_in.become(subject, "processing", subject_id)
    stand_in.hold_next(subject, subject_id)
    older = Thread(target=deliver, args=(first, "processing", 2))
    older.start()
    assert stand_in.is_held.wait(30)
    stand_in.become(subject, "done", subject_id)
    deliver(second, "done", 3)
    stand_in.may_answer.set()
    older.join()
    return first.status(subject, subject_id)


def judged(status: str, subject: Subject) -> str:
    """Return a status as the table shows it, with whether it is Stripe's."""
    return f"`{status}`" + ("" if status == status_of(subject, "done") else ", **wrong**")
