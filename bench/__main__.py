"""`python -m bench [NAME ...]`: every measurement in turn, or those named, then all figures in one
table, as JSON and as a plot, in `.local/bench`.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bench.figures import RUN, kept, markdown
from bench.plot import svg
from local.progress import say

MEASUREMENTS = (
    "webhook",
    "callback",
    "spc",
    "google_pay",
    "step_up",
    "payments",
    "requests",
    "start",
    "events",
    "cost",
    "designs",
    "growth",
    "growth.memory",
    "reconciliation",
)
FOLDER = Path(__file__).parent.parent / ".local" / "bench"


def main(names: Sequence[str]) -> int:
    """Measure, and return 1 if a measurement failed or is not known."""
    unknown = set(names) - set(MEASUREMENTS)
    if unknown:
        say(f"no measurement is called {', '.join(sorted(unknown))}; there are:")
        say("  " + " ".join(MEASUREMENTS))
        return 1
    return measure(names or MEASUREMENTS, FOLDER)


def measure(names: Sequence[str], folder: Path, package: str = "bench") -> int:
    """Run these modules, each in a process of its own, and show what they kept. One that fails
    does not keep the others from being measured.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run = folder / "run.jsonl"
    run.write_text("", "utf-8")
    failed = []
    try:
        for place, name in enumerate(names, start=1):
            say(f"\n{place} of {len(names)}: {package}.{name}")
            began = time.monotonic()
            command = [sys.executable, "-m", f"{package}.{name}"]
            done = subprocess.run(command, env={**os.environ, RUN: str(run)}, check=False)
            if done.returncode:
                failed.append(name)
            how = "took" if done.returncode == 0 else "FAILED after"
            say(f"  {how} {time.monotonic() - began:.0f} s")
    finally:
        _show(run, folder)
    if failed:
        say(f"failed: {', '.join(failed)}")
    return int(bool(failed))


def _show(run: Path, folder: Path) -> None:
    figures = kept(run)
    if not figures:
        return
    run.unlink()
    table = markdown(figures)
    (folder / "figures.md").write_text(table, "utf-8")
    (folder / "figures.json").write_text(json.dumps(list(map(asdict, figures)), indent=2), "utf-8")
    (folder / "figures.svg").write_text(svg(figures), "utf-8")
    say(f"\n{table}")
    goals = [figure.is_within for figure in figures if figure.goal is not None]
    say(f"{sum(goals)} of {len(goals)} goals reached; the table, JSON and a plot are in {folder}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
