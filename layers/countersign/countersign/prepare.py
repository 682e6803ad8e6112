"""What a function does at its start, so that its first call need not.

Lambda starts a function with a whole processor, and calls it with the share that its memory buys:
the same work takes a few times longer in the first call, where somebody waits for it
(docs/decisions.md#a-start-prepares-the-first-call).

A function imports this before anything else: from then on until `prepare` has ended, Python does
not look for garbage. What imports make stays, and to look through it took a tenth of a start.
"""

import contextvars
import gc
import os
from collections.abc import Callable, Sequence
from threading import Thread

PATIENCE = 1.0
"""Seconds for which a start waits for each step."""

gc.disable()


def prepare(
    *steps: Callable[[], object],
    rehearsal: Callable[[], object] | None = None,
    patience: float = PATIENCE,
) -> None:
    """Take these steps in turn where Lambda starts the function; there and elsewhere, have Python
    look for garbage again, among what is made from now on.

    A step opens a connection, reads a secret or imports a module. Each has one try, and nothing
    depends on it: what fails is left to the first call, which reports it. A step that takes longer
    than `patience` goes on beside that call, and no further one begins: those that ask somebody far
    away come last. The `rehearsal` (`http.rehearse`) asks nobody, and is over before the steps
    begin: a resolver has one current request, which must not be the rehearsal's while somebody's
    is answered.
    """
    if "AWS_LAMBDA_INITIALIZATION_TYPE" in os.environ:
        if rehearsal is not None:
            contextvars.copy_context().run(_try, rehearsal)
        _take(steps, patience)
    gc.freeze()  # or the next object that is made would have all of it looked through
    gc.enable()


def _take(steps: Sequence[Callable[[], object]], patience: float) -> None:
    for step in steps:
        thread = Thread(target=_try, args=(step,), daemon=True)
        thread.start()
        thread.join(patience)
        if thread.is_alive():
            return


def _try(step: Callable[[], object]) -> None:
    try:
        step()
    except Exception as error:  # noqa: BLE001  a start without it is as good, and the call reports it
        from countersign.aws.telemetry import logger

        logger.warning("not prepared", extra={"error": type(error).__name__})
