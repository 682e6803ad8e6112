"""What every suite may use. AWS's fixtures are asked for by name: without them boto3 is untouched."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from countersign.table import Table
    from tests.support.logs import Log

settings.register_profile(
    "quick",
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.register_profile("brief", settings.get_profile("quick"), max_examples=10)
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=3000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    """AWS in this process for one module, so that suites with an emulator are not touched."""
    from tests.support import storage

    with storage.aws():
        yield


@pytest.fixture(scope="module")
def dynamodb(aws: None) -> "DynamoDBClient":
    """A client of the DynamoDB in this process."""
    from tests.support import storage

    return storage.dynamodb()


@pytest.fixture
def table(dynamodb: "DynamoDBClient") -> "Table":
    """An empty table of this test's own."""
    from countersign.table import Table
    from tests.support import storage

    return Table(storage.create_table(dynamodb), dynamodb)


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator["Log"]:
    """Everything that a function writes to its log, metrics and other people's loggers included."""
    from tests.support.logs import recording

    with recording(capsys) as log:
        yield log


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is about the run on one machine starts servers, and is no part of the quick loop."""
    for item in items:
        if item.path.parent.name in ("local", "stand_in"):
            item.add_marker(pytest.mark.server)
