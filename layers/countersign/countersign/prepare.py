"""Do at a function's start what its first call would have to do.

Lambda starts a function at full speed, and calls it at the share of a processor that its memory buys
(https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html): the same work takes
a few times longer in the first call, where somebody waits for it. See
docs/decisions.md#a-start-prepares-the-first-call.
"""

import contextlib
import os
from collections.abc import Callable
from threading import Thread

from botocore.exceptions import BotoCoreError, ClientError

from countersign.problems import Problem

PATIENCE = 1.0
"""Seconds for which a start waits for each step."""


def prepare(*steps: Callable[[], object]) -> None:
    """Take these steps in turn where Lambda starts the function, and do nothing elsewhere.

    A step opens a connection, reads a secret or imports a module, so that the first call finds it
    at hand. Each has one try. What fails is left to the first call, which reports it; what takes
    longer than `PATIENCE` goes on beside that call, and no further step begins.
    """
    if "AWS_LAMBDA_INITIALIZATION_TYPE" not in os.environ:
        return
    for step in steps:
        thread = Thread(target=_try, args=(step,), daemon=True)
        thread.start()
        thread.join(PATIENCE)
        if thread.is_alive():
            return


def _try(step: Callable[[], object]) -> None:
    with contextlib.suppress(Problem, ClientError, BotoCoreError, ImportError):
        step()
