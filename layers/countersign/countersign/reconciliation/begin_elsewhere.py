"""Have a run performed by another invocation of the function, which begins at once."""

import json
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from countersign.aws.network import create_client
from countersign.aws.telemetry import logger


def begin_elsewhere(function: str, run_id: str) -> None:
    """Invoke a function with a run, and do not wait for it. If Lambda does not take that now, the
    next tick of the schedule performs the run.
    """
    payload = json.dumps({"reconcile": {"run": run_id}})
    try:
        lambda_client().invoke(FunctionName=function, InvocationType="Event", Payload=payload)
    except (BotoCoreError, ClientError) as error:
        logger.warning("a run waits for the schedule", extra={"reason": type(error).__name__})


@cache
def lambda_client() -> Any:
    """Return the client, which takes a while to make."""
    return create_client("lambda")
