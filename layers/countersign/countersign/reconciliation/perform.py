"""Perform a run: its steps one after the other, each with its own failures and its own time."""

from collections.abc import Callable, Sequence
from typing import Literal

from countersign.aws.telemetry import count, logger
from countersign.problems import Problem, Unavailable
from countersign.reconciliation.run import OutOfTime, Run
from countersign.reconciliation.store import LeaseLost

Step = Callable[[Run], None]
"""One part of the work. It raises `OutOfTime` when the invocation's time is used up."""
Ended = Literal["done", "interrupted", "failed"]


def perform(run: Run, steps: Sequence[Step]) -> Ended:
    """Perform the steps and return how that ended: all done, interrupted (the next runner goes on),
    or failed for good. A step that fails, or that always has more to do, does not keep the later
    ones from their turn: it leaves half of the time to them, and gets what they have left of it.

    Raises `LeaseLost`.
    """
    kept = run.reserve
    ended: dict[Step, Ended | Literal["paused"]] = {}
    for step in steps:
        run.leave_to_others(kept, 0.0 if step is steps[-1] else 0.5)
        ended[step] = _perform(run, step)
    run.reserve = kept
    for step in steps[:-1]:
        if ended[step] == "paused":
            ended[step] = _perform(run, step)
    found = set(ended.values())
    return "failed" if "failed" in found else "done" if found <= {"done"} else "interrupted"


def _perform(run: Run, step: Step) -> Ended | Literal["paused"]:
    extra = {"step": step.__name__}
    try:
        step(run)
    except OutOfTime:
        return "paused"
    except Unavailable as unavailable:
        logger.warning("reconciliation was interrupted", extra=extra | {"code": unavailable.code})
        return "interrupted"
    except LeaseLost:
        raise
    except Exception as error:  # noqa: BLE001  a step that always fails must not stop the rest
        code = error.code if isinstance(error, Problem) else None
        logger.exception("reconciliation failed", extra=extra | {"code": code})
        count("ReconciliationFailed")
        return "failed"
    return "done"
