"""Calls to DynamoDB that distinguish its errors: a failed condition is a result for the caller,
everything else means that storage is unavailable.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

import random
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from msgspec import Struct, field

from countersign.aws.telemetry import count, logger
from countersign.problems import Unavailable

Result = TypeVar("Result")

_CONDITION = "ConditionalCheckFailed"
_IN_PROGRESS = "TransactionInProgressException"
_CONFLICTS = {"TransactionConflict", "TransactionConflictException", _IN_PROGRESS}
_CONFLICT_TRIES = 5
_THROTTLES = {
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingError",
    "ThrottlingException",
}


class Failed(Exception):
    """Nothing was written, because of conditions. `stored` has what is stored there, in DynamoDB's
    form, or `None`, by the position of each write whose condition did not hold; 0 for a single one.
    """

    def __init__(self, stored: Mapping[int, Any | None]) -> None:
        super().__init__("condition failed")
        self.stored = stored


class RequestToken(Struct):
    """The token of a transaction, which DynamoDB makes once for each token. botocore repeats a
    request under its token, and so do we while the transaction runs. One that was canceled has
    ended, so that it is tried again under a new token.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
    """

    value: str = field(default_factory=lambda: str(uuid.uuid4()))

    def renew(self) -> None:
        """Make the next request a transaction of its own."""
        self.value = str(uuid.uuid4())


def send(table: str, request: Callable[[], Result], token: RequestToken | None = None) -> Result:
    """Return the result of a request about a table. A conflict with another transaction is retried
    with jitter.

    Raises `Unavailable` when DynamoDB does not serve the request, and `Failed` for a write, or a
    transaction with a write, whose condition does not hold.
    """
    for attempt in range(1, _CONFLICT_TRIES + 1):
        try:
            return request()
        except ClientError as error:
            code = _code(error)
            if code.startswith(_CONDITION):
                raise _failed(error) from None
            if code not in _CONFLICTS or attempt == _CONFLICT_TRIES:
                _report(table, code)
                raise Unavailable("storage") from error
            if token is not None and code != _IN_PROGRESS:
                token.renew()
        except ParamValidationError:
            raise  # never sent: a bug here, which no retry can fix
        except BotoCoreError as error:
            reason = type(error).__name__
            logger.error("storage failed", extra={"table": table, "reason": reason})
            raise Unavailable("storage") from error
        time.sleep(random.uniform(0.01, 0.05) * 2**attempt)  # noqa: S311
    raise AssertionError("the last attempt returns or raises")


def _report(table: str, code: str) -> None:
    logger.error("storage refused", extra={"table": table, "reason": code})
    if code in _THROTTLES:
        count("StorageThrottled")


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


def _failed(error: ClientError) -> Failed:
    """DynamoDB sends an empty item, or none, where nothing is stored."""
    response: Any = error.response
    if "CancellationReasons" not in response:
        return Failed({0: response.get("Item") or None})
    reasons = enumerate(response["CancellationReasons"])
    failed = {
        at: reason.get("Item") or None for at, reason in reasons if reason["Code"] == _CONDITION
    }
    return Failed(failed)
