"""`python -m local` as a whole: what it stores survives, and nothing of it stays behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local.lock import is_marked, read_run
from tests.support.service import ROOT, Service, free_port, new_user, running_service

pytestmark = pytest.mark.server


def current(service: Service, user: str) -> object:
    headers = service.as_user(user)
    return service.http.get("/verification-sessions/current", headers=headers).json().get("id")


def create(service: Service, user: str) -> object:
    headers = service.as_user(user)
    return service.http.post("/create-verification-session", headers=headers).json()["id"]


def refused(home: Path) -> str:
    """What a second run in the same folder is told."""
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


def test_what_is_stored_survives_a_restart_and_a_killed_run(tmp_path: Path) -> None:
    port, user, other, marker = free_port(), new_user(), new_user(), f"countersign={tmp_path}"
    with running_service(tmp_path, port) as service:
        first = create(service, user)
        assert f"a run is already there (process {read_run(tmp_path)['pid']}" in refused(tmp_path)
        stopped = read_run(tmp_path)["emulator"]
    assert not is_marked(stopped, marker)
    with running_service(tmp_path, port) as service:
        assert current(service, user) == first
        second = create(service, other)
        run = read_run(tmp_path)
        os.kill(run["pid"], signal.SIGKILL)
    assert is_marked(run["emulator"], marker)
    with running_service(tmp_path, port) as service:
        assert not is_marked(run["emulator"], marker)
        assert (current(service, user), current(service, other)) == (first, second)
    assert read_run(tmp_path) == {}


def test_an_emulator_that_dies_ends_the_run_with_the_end_of_its_log(tmp_path: Path) -> None:
    own = {"PORT": str(free_port()), "COUNTERSIGN_LOCAL_DIR": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "local"],
        cwd=ROOT,
        env=dict(os.environ) | own,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("ready "):
            break
    os.kill(read_run(tmp_path)["emulator"], signal.SIGKILL)
    rest = process.stdout.read()
    assert process.wait(timeout=60) == 1
    assert "the AWS emulator ended (-9)" in rest
    assert f"the end of {tmp_path}" in rest
