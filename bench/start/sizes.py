"""What a start and a first call make a person wait for at each memory size, beside handlers of the
same jobs that are written and built in the usual way.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench.first_call.share import share_of
from bench.first_call.traffic import Event, events_of
from bench.start.builds import USUAL, usual_build
from bench.start.deployed import Deployed, deployed, function_name
from bench.start.emulated import Start, start

SIZES = (256, 512, 1024, 1769)
"""Megabytes. At the last one a function has a whole core."""
ROUNDS = 5
CALLS = 2
"""The first call, and the second, which stands for all that follow."""


@dataclass(frozen=True)
class Contestant:
    """A function in a build, and the folder of the function whose requests it gets."""

    build: Path
    name: str
    folder: str


@dataclass(frozen=True)
class Measured:
    """The starts of one function at one size, and what one of its calls asks of Stripe."""

    starts: Sequence[Start]
    stripe: float

    @cached_property
    def waits(self) -> Sequence[float]:
        """Seconds from nothing to the first response, for each start."""
        return [each.init + each.calls[0] for each in self.starts]

    @property
    def wait(self) -> float:
        return statistics.median(self.waits)

    @property
    def second(self) -> float:
        return statistics.median(each.calls[1] for each in self.starts)


Found = Mapping[str, Mapping[int, Measured]]
"""What was measured, by the contestant's label and by size."""


def measured(there: Deployed) -> Found:
    """Return what was measured of each function and of the usual handlers, which take turns."""
    there.make_usual_tables()
    usual = usual_build()
    found: dict[str, dict[int, list[Start]]] = {}
    stripe: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        there.deliver_webhooks(True)
        events = events_of(there.service, there.issuer, CALLS * len(SIZES) * 2)
        there.deliver_webhooks(False)
        for label, contestant in _contestants(there.build, usual, events).items():
            for size in SIZES:
                before = len(there.service.stripe_requests())
                began = _start(there, contestant, size, events)
                asked = len(there.service.stripe_requests()) - before
                stripe.setdefault(label, []).append(asked / CALLS)
                found.setdefault(label, {}).setdefault(size, []).append(began)
    return {
        label: {
            size: Measured(starts, statistics.median(stripe[label]))
            for size, starts in sizes.items()
        }
        for label, sizes in found.items()
    }


def _start(
    there: Deployed, contestant: Contestant, size: int, events: Mapping[str, list[Event]]
) -> Start:
    requests = [events[contestant.folder].pop() for _ in range(CALLS)]
    began = start(
        contestant.build,
        contestant.name,
        there.environment(contestant.name),
        requests,
        share=share_of(size),
    )
    assert all(status in (200, 201) for status in began.statuses), (contestant, began)
    return began


def _contestants(
    build: Path, usual: Path, events: Mapping[str, list[Event]]
) -> Mapping[str, Contestant]:
    ours = {folder: Contestant(build, function_name(folder), folder) for folder in events}
    theirs = {
        usual_label(folder): Contestant(usual, name, folder) for name, folder in USUAL.items()
    }
    return ours | theirs


def usual_label(folder: str) -> str:
    """Return what the usual handler of a function's job is called in the tables."""
    return f"usual {folder}"


def main() -> None:
    """Measure, print and keep the tables."""
    from bench.start.sizes_report import report

    with deployed() as there:
        report(measured(there))


if __name__ == "__main__":
    main()
