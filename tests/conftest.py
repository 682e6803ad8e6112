"""What every suite may use. What takes long to import is imported by the fixture that needs it."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.support.exhaustive import between_first_and_last

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from playwright.sync_api import Browser

    from countersign.aws.table import Table
    from tests.support.browser import Profiles
    from tests.support.logs import Log
    from tests.support.quick_secrets import QuickSecrets
    from tests.support.service import Service

HERE = Path(__file__).parent
SERVED = ("browser", "faults", "local", "runtime", "stack", "stand_in")
"""Folders all of whose tests need a server, a browser or the emulator."""
_SERVED = {(name,) for name in SERVED}
LATER = ("races", "crashes", "histories", "walks", "fuzz", "soak", "on_moto", "dependencies_down")
"""How the names of files end that are left to `make test`: they try with threads, deaths, drawn input,
a second DynamoDB and each thing that can fail what other files hold case by case.
"""
LONGEST_NAME = 60
"""Characters of a parameter that names its test."""

# As the template names a deployment in its log and its metrics.
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "countersign")

# A deployment of the tests is in test mode unless one says otherwise.
os.environ.setdefault("STRIPE_MODE", "test")

# The servers of the tests are on this machine, whatever proxy it has. Whether there is one, requests
# would look up twice for each call, which takes a quarter of the call.
os.environ["no_proxy"] = "127.0.0.1"

# Each run of these draws other examples.
settings.register_profile(
    "brief",
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.register_profile("thorough", settings.get_profile("brief"), max_examples=3000)
# The same examples in every run of `make test`: what it says is of the code, and not of the draw.
settings.register_profile(
    "quick", settings.get_profile("brief"), max_examples=20, derandomize=True, database=None
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    """AWS in this process for one module, so that suites with an emulator are not touched."""
    from tests.support import storage

    with storage.aws():
        yield


@pytest.fixture(scope="module")
def secrets_manager() -> Iterator["QuickSecrets"]:
    """The secrets of this process's functions, for one module."""
    from tests.support import quick_secrets

    with quick_secrets.serving() as manager:
        yield manager


@pytest.fixture(scope="module")
def dynamodb(aws: None) -> "DynamoDBClient":
    """A client of the DynamoDB in this process."""
    from tests.support import storage

    return storage.dynamodb()


@pytest.fixture
def table(dynamodb: "DynamoDBClient") -> "Table":
    """An empty table of this test's own."""
    from countersign.aws.table import Table
    from tests.support import storage

    return Table(storage.create_table(dynamodb), dynamodb)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """A real Chromium, which takes seconds to start."""
    from tests.support.browser import launched_browser

    with launched_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def profiles(browser: "Browser") -> "Profiles":
    """The browser's profiles: no two visitors of a test have the same."""
    from tests.support.browser import Profiles

    return Profiles(browser)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Service"]:
    """The whole service as `make run` gives it with the settings of the guides, one for all tests of
    a process. Every domain event that has left it in the end is as its schema says, and nothing of
    the run is left.
    """
    from local.lock import is_marked, read_run
    from tests.papers.guide import allowed
    from tests.support.service import free_port, running_service
    from tests.support.told_events import assert_in_order, told

    port = free_port()
    asked = allowed(f"http://localhost:{port}")
    with running_service(tmp_path_factory.mktemp("service"), port, **asked) as running:
        emulator = read_run(running.home)["emulator"]
        yield running
        assert_in_order(told(running))
    assert not is_marked(emulator, f"countersign={running.home}")


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator["Log"]:
    """Everything that a function writes to its log, metrics and other people's loggers included."""
    from tests.support.logs import recording

    with recording(capsys) as log:
        yield log


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The quick loop does not read what it would not run: that costs more than many tests."""
    expression = config.option.markexpr
    unread = expression.startswith("not server") and _starts_servers(collection_path)
    unread |= expression.endswith("not exhaustive") and collection_path.stem.endswith(LATER)
    return True if unread else None


def pytest_collection_finish() -> None:
    """What was collected stays to the end, so the garbage collector need not look at it again."""
    gc.freeze()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A long value is no name, and a generated key differs in each process of a run."""
    return argname if isinstance(val, str | bytes) and len(val) > LONGEST_NAME else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is about the run on one machine starts servers, and is no part of the quick loop. Nor are
    the cases between the first and the last of what has many.
    """
    for item in items:
        if _starts_servers(item.path):
            item.add_marker(pytest.mark.server)
        if item.path.stem.endswith(LATER):
            item.add_marker(pytest.mark.exhaustive)
    for item in between_first_and_last(items):
        item.add_marker(pytest.mark.exhaustive)


def _starts_servers(path: Path) -> bool:
    return path.is_relative_to(HERE) and path.relative_to(HERE).parts[:1] in _SERVED
