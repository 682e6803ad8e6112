"""What one of Stripe's webhooks costs two other projects and us: docs/peers.md says how to run it.

Events are delivered object by object to one contestant after the other, so that a busy machine
slows all of them. Each measures the processor time of its own process: what a database, an emulator
or the stand-in for Stripe spends is not counted. It prints Markdown.
"""

import statistics
from collections import defaultdict
from collections.abc import Iterator
from operator import sub

from docs.peers.course import Course, Peer, running
from docs.peers.events import SUBJECTS, Kind, Subject, delivery
from docs.peers.orders import CASES, ends_as, judged, new_id, older_read_last

WARM, OBJECTS, COUNTED = 40, 150, 15
LATE = "an older one, late"
STEPS: dict[str, tuple[Kind, int]] = {
    "the first of an object": ("created", 1),
    "a new one": ("done", 3),
    "the same again": ("done", 3),
    LATE: ("processing", 2),
}
Cell = tuple[str, Subject, str]
"""A contestant, what the event is of, and the step."""


def walk(course: Course, peer: Peer, subject: Subject) -> Iterator[tuple[str, float]]:
    """Deliver the events of one new object, and yield each with its milliseconds of processor."""
    subject_id = new_id(subject)
    peer.process.begin(subject, subject_id)
    for step, (kind, second) in STEPS.items():
        if step != LATE:
            course.stand_in.become(subject, kind, subject_id)
        yield step, peer.process.deliver(delivery(subject, kind, subject_id, second)) / 1000


def times(course: Course) -> None:
    """Print the processor time of each kind of event."""
    found: dict[Cell, list[float]] = defaultdict(list)
    for number in range(WARM + OBJECTS):
        for peer in course.peers:
            for subject in peer.subjects:
                for step, spent in walk(course, peer, subject):
                    if number >= WARM:
                        found[peer.name, subject, step].append(spent)
    print(f"\nMilliseconds of processor, median of {OBJECTS} (middle half)\n")
    _table(course, {cell: _spread(spent) for cell, spent in found.items()})


def requests(course: Course) -> None:
    """Print what each kind of event asks of the database and of Stripe."""
    found: dict[Cell, str] = {}
    for peer in course.peers:
        for subject in peer.subjects:
            counted: dict[str, list[tuple[int, ...]]] = defaultdict(list)
            for _ in range(COUNTED):
                before = course.counted(peer)
                for step, _spent in walk(course, peer, subject):
                    after = course.counted(peer)
                    counted[step].append(tuple(map(sub, after, before)))
                    before = after
            for step, rows in counted.items():
                found[peer.name, subject, step] = _asked(rows)
    print(f"\nRequests to the database (of them writes) + reads at Stripe, median of {COUNTED}\n")
    _table(course, found)


def orders(course: Course) -> None:
    """Print what is stored in the end."""
    print("\nWhat is stored in the end\n")
    _row("events of", "which arrive", *(peer.name for peer in course.peers))
    _row(*["---"] * (2 + len(course.peers)))
    for subject in SUBJECTS:
        for case in CASES:
            ends = (
                judged(ends_as(peer.process, course.stand_in, subject, case), subject)
                if subject in peer.keeps
                else "–"
                for peer in course.peers
            )
            _row(subject, case, *ends)
        end = judged(older_read_last(*course.twins, course.stand_in, subject), subject)
        _row(subject, "at once, and the older read last", "no read", end, "no read")


def _asked(rows: list[tuple[int, ...]]) -> str:
    asked, writes, reads = (int(statistics.median(column)) for column in zip(*rows, strict=True))
    return f"{asked} ({writes}) + {reads}"


def _spread(spent: list[float]) -> str:
    low, median, high = statistics.quantiles(spent, n=4)
    return f"{median:.2f} ({low:.2f} to {high:.2f})"


def _table(course: Course, found: dict[Cell, str]) -> None:
    _row("event of", "which is", *(peer.name for peer in course.peers))
    _row(*["---"] * (2 + len(course.peers)))
    for subject in SUBJECTS:
        for step in STEPS:
            cells = (found.get((peer.name, subject, step), "–") for peer in course.peers)
            _row(subject, step, *cells)


def _row(*cells: str) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)


def main() -> None:
    with running() as course:
        for part in (orders, requests, times):
            part(course)


if __name__ == "__main__":
    main()
