"""Start and first call of each built function, at the processor share of a memory size."""

import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.figures import Figure, keep
from bench.first_call.share import held_to, share_of
from bench.first_call.traffic import events_of
from bench.start.deployed import deployed, function_name
from tests.support.service import ROOT

MEMORY = 512
ROUNDS = 5
MOST = 3
"""How many times as long as the second the first call may take."""
CALLS = 2
"""The first call, and the second, which it is compared with."""

Times = Mapping[str, Any]
"""The seconds of a start and of each call, and the statuses of the responses."""


def main() -> None:
    """Print the medians of each function."""
    rounds: dict[str, list[Times]] = {}
    with deployed() as there:
        for _ in range(ROUNDS):
            for folder, events in events_of(there.service, there.issuer, CALLS).items():
                name = function_name(folder)
                times = measured(there.build, name, there.environments[name], events)
                rounds.setdefault(folder, []).append(times)
    report(rounds)


def measured(
    build: Path, name: str, environment: Mapping[str, str], events: Sequence[Mapping[str, Any]]
) -> Times:
    """Start a function in a process of its own, call it with these events, and return the times."""
    task, layer = build / name, build / "CountersignLayer" / "python"
    own = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(layer),
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    }
    with (
        tempfile.NamedTemporaryFile("w", suffix=".json") as file,
        held_to(share_of(MEMORY)) as group,
    ):
        json.dump(list(events), file)
        file.flush()
        script = Path(__file__).with_name("held.py")
        python = ROOT / ".local" / "runtime" / "bin" / "python"
        done = subprocess.run(
            [python, script, file.name, str(group or "")],
            cwd=task,
            env={**environment, **own},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def report(rounds: Mapping[str, Sequence[Times]]) -> None:
    """Print the start, the first and the second call, and how they compare."""
    with held_to(1) as group:
        how = "held by a control group" if group else "not held: no control group can be made here"
    title = f"Start and first call at the share of {MEMORY} MB ({how})"
    print(f"\n{title}: ms, medians of {ROUNDS}")
    for folder, found in rounds.items():
        start = statistics.median(each["start"] for each in found)
        first = statistics.median(each["calls"][0] for each in found)
        second = statistics.median(each["calls"][1] for each in found)
        statuses = sorted({status for each in found for status in each["statuses"]})
        print(
            f"  {folder:<18} start {start * 1e3:6.0f}   first {first * 1e3:6.0f}"
            f"   second {second * 1e3:6.1f}   {first / second:5.1f} times   {statuses}"
        )
        keep(
            [
                Figure(title, f"{folder}, start", start * 1e3, "ms"),
                Figure(
                    title,
                    f"{folder}, first call",
                    first * 1e3,
                    "ms",
                    ratio=first / second,
                    peer="the second",
                    goal=MOST,
                ),
            ]
        )


if __name__ == "__main__":
    main()
