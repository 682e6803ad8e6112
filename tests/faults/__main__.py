"""`make faults`: every fault, on a service of its own, and the harness tried on spoiled builds.

python -m tests.faults [--seed NUMBER] [--only TEXT]
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.cases import ALL, FAULTY
from tests.faults.registry import FaultCase, Row, run, table
from tests.faults.spoiled import SPOILED, Spoiled, spoiling
from tests.faults.stage import Stage, staged
from tests.support.service import free_port, running_service


def main() -> int:
    """Print the table; the status says whether anything is wrong."""
    options = _options()
    print(f"faults: seed {options.seed}", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="countersign-faults-") as home,
        running_service(Path(home), free_port()) as service,
        staged(service, FAULTY) as stage,
    ):
        stage.warm()
        rows, failures = _run_all(stage, options.seed, options.only)
        if not options.only:
            failures += _try_spoiled(stage, options.seed)
    print(table(rows) if rows else "no fault has such a name")
    print("\n".join(failures))
    return 1 if failures or not rows else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--only", default="", help="faults whose name has this")
    return parser.parse_args()


def _run_all(stage: Stage, seed: int, only: str) -> tuple[list[Row], list[str]]:
    chosen = [case for case in ALL if only in case.name]
    rows: list[Row] = []
    failures: list[str] = []
    for number, case in enumerate(chosen, 1):
        if reason := case.needs():
            print(f"[{number}/{len(chosen)}] {case.name}: left out, {reason}", flush=True)
            continue
        began_at = time.monotonic()
        row = _run(stage, case, seed, failures)
        rows += [row] if row else []
        said = f"{row.injected} times, {len(row.failures)} wrong" if row else "did not end"
        took = time.monotonic() - began_at
        print(f"[{number}/{len(chosen)}] {case.name}: {said}, {took:.0f} s", flush=True)
        for failure in row.failures if row else failures[-1:]:
            print(f"    {failure}", flush=True)
    return rows, failures


def _run(stage: Stage, case: FaultCase, seed: int, failures: list[str]) -> Row | None:
    try:
        row = run(stage, case, seed)
    except AssertionError as error:
        failures.append(f"{case.name}: {error}")
        return None
    failures += row.failures
    return row


def _try_spoiled(stage: Stage, seed: int) -> list[str]:
    """Return the spoiled builds with which nothing seems wrong."""
    unseen = []
    for spoiled in SPOILED:
        found = _found(stage, spoiled, seed)
        print(f"spoiled: {spoiled.name}: {found[0] if found else 'not found'}", flush=True)
        unseen += [] if found else [f"spoiled: {spoiled.name}: the harness found nothing"]
    return unseen


def _found(stage: Stage, spoiled: Spoiled, seed: int) -> list[str]:
    with spoiling(stage, spoiled):
        return run(stage, spoiled.case, seed).failures


if __name__ == "__main__":
    sys.exit(main())
