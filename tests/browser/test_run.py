"""A run of `python -m local` of its own, in which install links are not tied to a browser
(INSTALL_BINDING=off): the token of the person who began finishes the connection. What the run stores
survives, and nothing of it stays behind.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import expect

from local.lock import is_marked, read_run
from tests.browser.conftest import Visit
from tests.browser.merchant import (
    COOKIE,
    connections,
    go_to_stripe,
    new_account,
    ready_to_connect,
    redirect_of,
)
from tests.support.service import PATIENCE, ROOT, Service, free_port, new_user, running_service
from tests.support.told_events import eventually_told, told, types_of

Run = Callable[[], AbstractContextManager[Service]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all runs of this file."""
    return tmp_path_factory.mktemp("own")


@pytest.fixture(scope="module")
def run(home: Path) -> Run:
    return partial(running_service, home, free_port(), INSTALL_BINDING="off")


@pytest.fixture(scope="class")
def service(run: Run) -> Iterator[Service]:
    with run() as running:
        yield running


class TestOwnRun:
    """The last of these tests ends the run that the others share."""

    def test_the_person_who_began_finishes_in_any_browser(self, visit: Visit) -> None:
        beginner, elsewhere = visit(), visit()
        elsewhere.name = beginner.name
        account_id = new_account(beginner.service)
        ready_to_connect(beginner)
        address = redirect_of(beginner.service, account_id, go_to_stripe(beginner))
        assert COOKIE not in str(beginner.page.context.cookies())
        elsewhere.page.goto(address)
        elsewhere.sees("signed_out")
        expect(elsewhere.page.locator("#heading")).to_have_text("Sign in to finish connecting")
        assert elsewhere.page.url.endswith(f"/connected?account_id={account_id}")
        assert connections(beginner) == []
        elsewhere.sign_in()
        elsewhere.sees("installed")
        elsewhere.page.reload()
        elsewhere.sees("installed")
        assert connections(beginner) == [account_id]
        assert "confirmation" not in elsewhere.page.evaluate("JSON.stringify(sessionStorage)")

    def test_nobody_else_can_finish_it(self, visit: Visit) -> None:
        beginner, other = visit(), visit()
        account_id = new_account(beginner.service)
        ready_to_connect(beginner)
        address = redirect_of(beginner.service, account_id, go_to_stripe(beginner))
        ready_to_connect(other)
        other.page.goto(address)
        other.sees("refused")
        expect(other.page.locator("#heading")).to_have_text("The connection was not completed")
        assert connections(other) == connections(beginner) == []

    def test_what_is_stored_survives_a_restart_and_a_killed_run_and_is_told(
        self, service: Service, home: Path, run: Run
    ) -> None:
        user, other, marker = new_user(), new_user(), f"countersign={home}"
        first = verified(service, user)
        assert f"a run is already there (process {read_run(home)['pid']}" in refused(home)
        stopped = read_run(home)["emulator"]
        service.process.send_signal(signal.SIGTERM)
        service.process.wait(PATIENCE)
        assert not is_marked(stopped, marker)
        with run() as again:
            assert current(again, user) == first
            eventually_told(again, first, "identity.verified")
            second = verified(again, other)
            killed = read_run(home)
            os.kill(killed["pid"], signal.SIGKILL)
        assert is_marked(killed["emulator"], marker)
        with run() as last:
            assert not is_marked(killed["emulator"], marker)
            assert (current(last, user), current(last, other)) == (first, second)
            eventually_told(last, second, "identity.verified")
            assert "identity.verified" in types_of(told(last, first))
            os.kill(read_run(home)["emulator"], signal.SIGKILL)
            assert last.process.wait(PATIENCE) == 1
            said = last.output.whole()
        assert "the AWS emulator ended (-9)" in said
        assert f"the end of {home}" in said
        assert read_run(home) == {}


def current(service: Service, user: str) -> object:
    headers = service.as_user(user)
    return service.http.get("/verification-sessions/current", headers=headers).json().get("id")


def verified(service: Service, user: str) -> str:
    """The id of the user's session, which is stored as verified, and may not be told yet."""
    created = service.http.post("/create-verification-session", headers=service.as_user(user))
    session_id = str(created.json()["id"])
    service.outcome(session_id, "verified")
    service.eventually(session_id, user, "verified")
    return session_id


def refused(home: Path) -> str:
    """What a second run in the same folder says."""
    own = {"PORT": str(free_port()), "COUNTERSIGN_LOCAL_DIR": str(home)}
    second = subprocess.run(
        [sys.executable, "-m", "local"],
        cwd=ROOT,
        env=dict(os.environ) | own,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert second.returncode == 1
    return second.stderr
