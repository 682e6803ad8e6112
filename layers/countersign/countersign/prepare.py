"""What a function does at its start, so that its first call need not.

Lambda starts a function with a whole processor, and calls it with the share that its memory buys:
the same work takes a few times longer in the first call, where somebody waits for it
(docs/decisions.md#a-start-prepares-the-first-call).
"""

import contextlib
import os
from collections.abc import Callable
from threading import Thread

from botocore.exceptions import BotoCoreError, ClientError

from countersign.problems import Problem

PATIENCE = 1.0
"""Seconds for which a start waits for each step."""


def prepare(*steps: Callable[[], object], patience: float = PATIENCE) -> None:
    """Take these steps in turn where Lambda starts the function, and do nothing elsewhere.

    A step opens a connection, reads a secret or imports a module. Each has one try, and nothing
    depends on it: what fails is left to the first call, which reports it. A step that takes longer
    than `patience` goes on beside that call, and no further one begins.
    """
    if "AWS_LAMBDA_INITIALIZATION_TYPE" not in os.environ:
        return
    for step in steps:
        thread = Thread(target=_try, args=(step,), daemon=True)
        thread.start()
        thread.join(patience)
        if thread.is_alive():
            return


def _try(step: Callable[[], object]) -> None:
    with contextlib.suppress(Problem, ClientError, BotoCoreError, ImportError):
        step()
