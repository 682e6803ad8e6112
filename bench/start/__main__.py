"""The init of each built function, its first call, and what a person waits for and a million calls
cost at each memory size: all from the same starts, in which the functions take turns.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from bench.figures import keep
from bench.progress import Bar
from bench.start.builds import floor_build, usual_build
from bench.start.deployed import Deployed, deployed
from bench.start.emulated import start
from bench.start.emulator_log import Start
from bench.start.plan import Build, Found, Wanted, a_round
from bench.start.prices import memory_sizes
from bench.start.share import is_held, share_of
from bench.start.tables import first_calls, inits, waits
from bench.start.traffic import Event, traffic

ROUNDS = 7
_PRICES = Path(__file__).parents[1] / "prices.toml"


def main() -> None:
    """Print and keep the tables."""
    with deployed() as there:
        found = measured(there)
    prices = tomllib.loads(_PRICES.read_text("utf-8"))
    how = "held by a control group" if is_held() else "reckoned from their processor time"
    print(f"\nMedians of {ROUNDS} [middle half]. Inits have a whole core, calls a share, {how}.")
    for table in (inits(found), first_calls(found, how), waits(found), memory_sizes(found, prices)):
        print(f"\n{table.heading}", *table.lines, sep="\n  ")
        keep(table.figures)


def measured(there: Deployed) -> Found:
    """Return the starts of all rounds."""
    there.make_usual_tables()
    builds = {
        Build.OURS: there.build,
        Build.USUAL: usual_build(),
        Build.FLOOR: floor_build(there.build),
    }
    requests = traffic(there.service, there.issuer)
    there.drop_webhooks()
    one = list(a_round())
    found: dict[Wanted, list[Start]] = {wanted: [] for wanted in one}
    bar = Bar("starts", ROUNDS * len(one))
    for _ in range(ROUNDS):
        for wanted in one:
            found[wanted].append(_start(there, builds[wanted.build], wanted, requests))
            bar.set(bar.done + 1)
    bar.end()
    return found


def _start(
    there: Deployed, build: Path, wanted: Wanted, requests: Mapping[str, Callable[[], Event]]
) -> Start:
    """Return one start, with its calls and with what Stripe was asked."""
    events = [requests[wanted.folder]() for _ in range(wanted.calls)]
    before = len(there.service.stripe_requests())
    found = start(
        build,
        wanted.name,
        there.environment(wanted.name),
        events,
        share=share_of(wanted.memory),
        prepared=wanted.prepared,
    )
    asked = there.service.stripe_requests()[before:]
    # A start opens its connection by a request without a key, and no call makes one of this kind.
    by_init = sum(request["method"] == "HEAD" for request in asked)
    return replace(found, asked_by_init=by_init, asked_by_calls=len(asked) - by_init)


if __name__ == "__main__":
    main()
