"""Performs a run: its steps one after the other, each with its own failures."""

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
    or failed for good. A step that fails does not keep the later ones from their turn.

    Raises `LeaseLost`.
    """
    ended: set[Ended] = {"done"}
    for step in steps:
        ended.add(_perform(run, step))
    return "failed" if "failed" in ended else "interrupted" if "interrupted" in ended else "done"


def _perform(run: Run, step: Step) -> Ended:
    extra = {"step": step.__name__}
    try:
        step(run)
    except OutOfTime:
        return "interrupted"
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
