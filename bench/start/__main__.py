"""The start of each built function, less what it prepares for its first call, beside the least that
a function of this bundle imports.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.figures import Figure, keep
from bench.start.builds import FLOOR, floor_build
from bench.start.deployed import Deployed, deployed
from bench.start.emulated import start

ROUNDS = 11
GOAL = 1.05
TABLE = "Init, less what it prepares"
FUNCTIONS = (
    "SessionCreation",
    "InstallCallback",
    "SpcVerification",
    "StepUpDecision",
    "Payments",
    "WebhookReceipt",
    "Reconciliation",
    "EventPublication",
    "Pages",
)


@dataclass(frozen=True)
class Init:
    """Milliseconds of one start, with what it prepares and without."""

    whole: float
    bare: float


def main() -> None:
    """Print the medians of each function and of the floor."""
    with deployed() as there:
        report(measured(there))


def measured(there: Deployed) -> Mapping[str, Sequence[Init]]:
    """Return the starts of each function and of the floor, which take turns."""
    builds = dict.fromkeys(FUNCTIONS, there.build) | {FLOOR: floor_build(there.build)}
    found: dict[str, list[Init]] = {name: [] for name in builds}
    for _ in range(ROUNDS):
        for name, build in builds.items():
            whole, bare = (
                1e3 * start(build, name, there.environment(name), prepared=prepared).init
                for prepared in (True, False)
            )
            found[name].append(Init(whole, bare))
    return found


def report(found: Mapping[str, Sequence[Init]]) -> None:
    """Print and keep what is imported, beside the floor with its client, and what is prepared."""
    floor = statistics.median(each.whole for each in found[FLOOR])
    print(f"\nInit in Lambda's runtime emulator, ms, medians of {ROUNDS} [middle half]")
    print(f"  {FLOOR:<18} {floor:6.0f}, its client made")
    for name, inits in found.items():
        low, bare, high = statistics.quantiles([each.bare for each in inits], n=4)
        prepared = statistics.median(each.whole for each in inits) - bare
        ratio = bare / floor
        print(
            f"  {name:<18} {bare:6.0f} [{low:.0f} to {high:.0f}]   {ratio:.2f} of the floor"
            f" (at most {GOAL})   and prepares for {prepared:.0f}"
        )
        keep(
            [
                Figure(TABLE, name, bare, "ms", (low, high), ratio, "the floor", GOAL),
                Figure(TABLE, f"{name}, what it prepares", prepared, "ms"),
            ]
        )


if __name__ == "__main__":
    main()
