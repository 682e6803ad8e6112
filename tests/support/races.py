"""Something else that happens in between, at a chosen moment."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.quick_dynamodb import QuickDynamoDB


def overtaken(
    monkeypatch: pytest.MonkeyPatch,
    happens: Callable[[], object],
    operation: str = "transact_write_items",
) -> None:
    """It happens just before the first such call: after all was read and checked, unless another
    operation is named.
    """
    plain, waiting = getattr(QuickDynamoDB, operation), [happens]

    def call(self: QuickDynamoDB, **request: Any) -> Any:
        if waiting:
            waiting.pop()()
        return plain(self, **request)

    monkeypatch.setattr(QuickDynamoDB, operation, call)
