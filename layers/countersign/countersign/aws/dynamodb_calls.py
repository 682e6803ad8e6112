"""Calls to DynamoDB that distinguish its errors: a failed condition is a result for the caller,
everything else means that storage is unavailable.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

import random
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from countersign.aws.changes import ConditionFailed
from countersign.aws.items import Item, plain
from countersign.aws.telemetry import count, logger
from countersign.problems import Unavailable

Result = TypeVar("Result")

_CONDITION = "ConditionalCheckFailed"
_CONFLICTS = {
    "TransactionConflict",
    "TransactionConflictException",
    "TransactionInProgressException",
}
_CONFLICT_TRIES = 5
_THROTTLES = {
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingError",
    "ThrottlingException",
}


class Canceled(Exception):
    """A transaction was canceled because of conditions. `failed` has what is stored, or `None`, by
    the position of each write whose condition did not hold.
    """

    def __init__(self, failed: Mapping[int, Item | None]) -> None:
        super().__init__("canceled")
        self.failed = failed


def send(table: str, request: Callable[[], Result]) -> Result:
    """Return the result of a request about a table. A conflict with another transaction is retried
    with jitter.

    Raises `Unavailable` when DynamoDB does not serve the request, `ConditionFailed` for a write
    whose condition does not hold, and `Canceled` for a transaction with such a write.
    """
    for attempt in range(1, _CONFLICT_TRIES + 1):
        try:
            return request()
        except ClientError as error:
            code = _code(error)
            if code.startswith(_CONDITION):
                raise _condition_failed(error) from None
            if code not in _CONFLICTS or attempt == _CONFLICT_TRIES:
                logger.error("storage refused", extra={"table": table, "reason": code})
                if code in _THROTTLES:
                    count("StorageThrottled")
                raise Unavailable("storage") from error
        except ParamValidationError:
            raise  # never sent: a bug here, which no retry can fix
        except BotoCoreError as error:
            reason = type(error).__name__
            logger.error("storage failed", extra={"table": table, "reason": reason})
            raise Unavailable("storage") from error
        time.sleep(random.uniform(0.01, 0.05) * 2**attempt)  # noqa: S311
    raise AssertionError("the last attempt returns or raises")


def _code(error: ClientError) -> str:
    """Return the code of an error. A canceled transaction has one for each item: a failed condition
    decides, and any other failure comes before a conflict.
    """
    response: Any = error.response
    codes = {reason.get("Code") for reason in response.get("CancellationReasons", ())} - {"None"}
    if not codes:
        return str(response["Error"]["Code"])
    if _CONDITION in codes:
        return _CONDITION
    return str(next(iter(codes - _CONFLICTS or codes)))


def _condition_failed(error: ClientError) -> Exception:
    response: Any = error.response
    if "CancellationReasons" not in response:
        return ConditionFailed(_stored(response))
    reasons = enumerate(response["CancellationReasons"])
    return Canceled({at: _stored(reason) for at, reason in reasons if reason["Code"] == _CONDITION})


def _stored(reason: Mapping[str, Any]) -> Item | None:
    """Return what is stored where a condition failed. DynamoDB sends an empty item for none."""
    return plain(reason["Item"]) if reason.get("Item") else None
