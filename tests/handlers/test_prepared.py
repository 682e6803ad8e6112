"""What each function prepares at its start succeeds, and what it rehearses touches nothing."""

import ast
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest

from countersign import prepare
from countersign.aws import secrets, table
from tests.support.logs import Log
from tests.support.payments_bundle import PaymentsBundle
from tests.support.processes import forget_everything, forget_settings
from tools.functions import FUNCTIONS, load_function

Step = Callable[[], object]
RESOLVERS = (
    "install_callback",
    "payments",
    "reconciliation",
    "session_creation",
    "spc_verification",
    "step_up_decision",
)
"""The functions with a resolver that a person or a payment waits for."""


@dataclass(frozen=True)
class Prepared:
    steps: Sequence[Step]
    rehearsal: Step | None


@pytest.fixture
def prepared_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Prepared]:
    """What a function gives to `prepare` when it is loaded."""

    def load(name: str) -> Prepared:
        found: list[Prepared] = []

        def keep(*steps: Step, rehearsal: Step | None = None) -> None:
            found.append(Prepared(steps, rehearsal))

        with monkeypatch.context() as patch:
            patch.setattr(prepare, "prepare", keep)
            # The module that others have stays what it is: its role is known by it.
            module = f"functions_{name}_app"
            patch.setitem(sys.modules, module, ModuleType(module))
            load_function.__wrapped__(name)
        return found[0]

    return load


@pytest.fixture
def without_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has neither tables nor secrets."""

    def none() -> Any:
        raise AssertionError("AWS was asked")

    forget_everything()
    monkeypatch.setattr(table, "_client", none)
    monkeypatch.setattr(secrets, "_client", none)


@pytest.mark.usefixtures("without_aws")
@pytest.mark.parametrize("function", RESOLVERS)
def test_a_rehearsal_is_refused_before_anything_is_read_or_logged(
    prepared_by: Callable[[str], Prepared], log: Log, function: str
) -> None:
    rehearsal = prepared_by(function).rehearsal
    assert rehearsal is not None
    assert rehearsal() in ("invalid_token", "invalid_request")
    assert log.text() == ""


@pytest.mark.parametrize("function", [*RESOLVERS, "pages", "webhook_receipt"])
def test_everything_that_is_prepared_succeeds(
    payments: PaymentsBundle,
    prepared_by: Callable[[str], Prepared],
    monkeypatch: pytest.MonkeyPatch,
    function: str,
) -> None:
    monkeypatch.setenv("OPERATIONS_TABLE", "identity")  # any one that is there
    forget_settings()
    before = payments.items()
    for step in prepared_by(function).steps:
        step()
    assert payments.items() == before


@pytest.mark.parametrize("function", [*RESOLVERS, "pages", "webhook_receipt"])
def test_the_first_import_of_a_function_ends_the_look_for_garbage(function: str) -> None:
    """And `prepare`, at its end, begins it again."""
    first = next(
        node
        for node in ast.parse((FUNCTIONS / function / "app.py").read_text()).body
        if isinstance(node, ast.Import | ast.ImportFrom)
    )
    assert ast.unparse(first) == "from countersign.prepare import prepare"
