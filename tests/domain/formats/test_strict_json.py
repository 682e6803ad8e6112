"""Whatever JSON can say is read; what is ambiguous or malformed is refused, as client data shows."""

import json
from typing import Any

from hypothesis import given

from countersign.formats import strict_json
from tests.support.chromium import write
from tests.support.fuzz import json_values


@given(json_values)
def test_whatever_json_writes_is_read(value: Any) -> None:
    assert strict_json.loads(json.dumps(value).encode()) == value
    assert strict_json.loads(write(value)) == value
