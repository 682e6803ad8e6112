"""A start prepares the first call, and nothing depends on it."""

import gc
import importlib
import threading
import time

import pytest

from countersign import prepare as prepare_module
from countersign.prepare import prepare
from countersign.problems import Unavailable
from tests.support.logs import Log


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lambda starts the function."""
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")


def fails() -> None:
    raise Unavailable("secrets")


def test_nothing_is_prepared_where_lambda_does_not_start_the_function(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_LAMBDA_INITIALIZATION_TYPE", raising=False)
    taken: list[int] = []
    prepare(lambda: taken.append(1))
    assert taken == []


@pytest.mark.usefixtures("started")
def test_the_steps_are_taken_in_turn() -> None:
    taken: list[int] = []
    prepare(lambda: taken.append(1), lambda: taken.append(2))
    assert taken == [1, 2]


@pytest.mark.usefixtures("started")
def test_a_step_that_fails_is_left_to_the_first_call() -> None:
    taken: list[int] = []
    prepare(fails, lambda: taken.append(2))
    assert taken == [2]


@pytest.mark.usefixtures("started")
def test_a_step_that_hangs_holds_up_no_start_and_is_the_last() -> None:
    taken: list[int] = []
    goes_on = threading.Event()
    prepare(goes_on.wait, lambda: taken.append(2), patience=0.01)
    goes_on.set()
    assert taken == []


@pytest.mark.usefixtures("started")
def test_a_rehearsal_is_over_before_the_steps_begin_however_long_it_takes() -> None:
    taken: list[str] = []
    prepare(
        lambda: taken.append("step"),
        rehearsal=lambda: (time.sleep(0.05), taken.append("rehearsal")),
        patience=0.001,
    )
    assert taken == ["rehearsal", "step"]


@pytest.mark.usefixtures("started")
def test_what_nobody_expected_of_a_step_is_named_in_the_log_and_ends_no_start(log: Log) -> None:
    def fails_by_accident() -> None:
        raise KeyError("canary")

    taken: list[int] = []
    prepare(fails_by_accident, lambda: taken.append(2), rehearsal=fails_by_accident)
    assert taken == [2]
    assert [entry["error"] for entry in log.entries()] == ["KeyError", "KeyError"]
    assert "canary" not in log.text()


@pytest.mark.parametrize("initialization", [None, "on-demand"])
def test_garbage_is_looked_for_again_once_a_start_is_over_among_what_is_new(
    monkeypatch: pytest.MonkeyPatch, initialization: str | None
) -> None:
    monkeypatch.delenv("AWS_LAMBDA_INITIALIZATION_TYPE", raising=False)
    if initialization:
        monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", initialization)
    importlib.reload(prepare_module)
    assert not gc.isenabled()
    gc.unfreeze()
    prepare_module.prepare(fails)
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    gc.unfreeze()
