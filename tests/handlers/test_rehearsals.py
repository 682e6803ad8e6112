"""What a function rehearses at its start is refused, and touches nothing."""

from typing import Any

import pytest

from countersign.aws import secrets, table
from countersign.http.rehearse import rehearse
from tests.support.logs import Log
from tests.support.processes import forget_everything
from tools.functions import load_function

REHEARSED = {
    ("session_creation", "/create-verification-session"): "invalid_token",
    ("install_callback", "/install-links"): "invalid_token",
    ("payments", "/payments"): "invalid_request",
    ("spc_verification", "/spc-auth-response"): "invalid_request",
    ("step_up_decision", "/step-up-decisions"): "invalid_request",
}


@pytest.fixture
def nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has neither tables nor secrets."""

    def none() -> Any:
        raise AssertionError("AWS was asked")

    forget_everything()
    monkeypatch.setattr(table, "_client", none)
    monkeypatch.setattr(secrets, "_client", none)


@pytest.mark.usefixtures("nothing_else")
def test_a_rehearsal_is_refused_before_anything_is_read_or_logged(log: Log) -> None:
    for (function, path), code in REHEARSED.items():
        assert rehearse(load_function(function).api, "POST", path) == code, function
    assert log.text() == ""
