"""Processes and folders of a run: nothing outlives it, and a killed one is taken over."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.aws import emulator_environment, without_aws
from local.lock import AlreadyRunningError, is_marked, read_run, run_lock
from local.places import find_places, lambda_architecture
from local.processes import CommandError, run
from local.progress import step
from local.server import PortInUseError, listening
from tests.support.threads import run_loop

PATIENCE = 20.0
# Says who it is in a file, then waits; the shell's child shows whether the group is ended.
STAYING = 'sleep 100 & echo "$$ $!" > pids; wait'


def assert_ended(pid: int) -> None:
    """A process that was killed is there for a moment more; a zombie counts as ended."""
    ends_at = time.monotonic() + 5
    while is_running(pid):
        assert time.monotonic() < ends_at, f"{pid} still runs"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    answer = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return bool(answer.stdout.strip()) and not answer.stdout.startswith("Z")


def eventually(file: Path) -> str:
    """What somebody else writes into a file, once it is there."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if file.exists() and (text := file.read_text()).endswith("\n"):
            return text
        time.sleep(0.05)
    raise AssertionError(f"{file} did not appear")


def shell(script: str, folder: Path) -> None:
    environment = {"PATH": os.environ["PATH"]}
    run_loop(run(["sh", "-c", script], env=environment, cwd=folder, log=folder / "log"))


def test_a_command_that_fails_shows_the_end_of_its_log(tmp_path: Path) -> None:
    script = "i=0; while [ $i -lt 50 ]; do echo line $i; i=$((i+1)); done; echo why >&2; exit 3"
    with pytest.raises(CommandError) as error:
        shell(script, tmp_path)
    message = str(error.value)
    assert "why" in message
    assert "line 49" in message
    assert "line 5\n" not in message
    assert str(tmp_path / "log") in message


def test_a_command_that_succeeds_leaves_no_child_behind(tmp_path: Path) -> None:
    shell('sleep 100 & echo "$!" > pids', tmp_path)
    assert_ended(int((tmp_path / "pids").read_text()))


def test_a_canceled_command_ends_with_all_its_group(tmp_path: Path) -> None:
    async def canceled() -> None:
        environment = {"PATH": os.environ["PATH"]}
        command = ["sh", "-c", STAYING]
        task = asyncio.create_task(
            run(command, env=environment, cwd=tmp_path, log=tmp_path / "log")
        )
        await asyncio.to_thread(eventually, tmp_path / "pids")
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    run_loop(canceled())
    for pid in (tmp_path / "pids").read_text().split():
        assert_ended(int(pid))


def test_a_folder_has_one_run_at_a_time(tmp_path: Path) -> None:
    with run_lock(tmp_path, 8000):
        assert read_run(tmp_path) == {"pid": os.getpid(), "port": 8000}
        with pytest.raises(AlreadyRunningError) as error, run_lock(tmp_path, 8001):
            pass
    assert f"process {os.getpid()}" in str(error.value)
    assert "http://localhost:8000" in str(error.value)
    assert read_run(tmp_path) == {}
    with run_lock(tmp_path, 8001):
        pass


def test_a_folder_without_a_run_says_so(tmp_path: Path) -> None:
    assert read_run(tmp_path) == {}
    (tmp_path / "run.lock").write_text("[not ours]")
    assert read_run(tmp_path) == {}


def test_the_emulator_of_a_killed_run_is_ended_with_time_to_save(tmp_path: Path) -> None:
    saving = (
        "import signal, sys, pathlib\n"
        "def save(*_): pathlib.Path('saved').write_text('yes\\n'); sys.exit()\n"
        "signal.signal(signal.SIGTERM, save)\n"
        "pathlib.Path('up').write_text('up\\n')\n"
        "signal.pause()\n"
    )
    orphan = subprocess.Popen(
        [sys.executable, "-X", f"countersign={tmp_path}", "-c", saving],
        cwd=tmp_path,
        start_new_session=True,
    )
    try:
        eventually(tmp_path / "up")
        noted = {"pid": 1, "port": 8000, "emulator": orphan.pid, "emulator_port": 1}
        (tmp_path / "run.lock").write_text(json.dumps(noted))
        with run_lock(tmp_path, 8000):
            assert (tmp_path / "saved").read_text() == "yes\n"
            assert not is_marked(orphan.pid, f"countersign={tmp_path}")
    finally:
        orphan.kill()
        orphan.wait()


def test_a_process_that_only_has_the_number_of_the_orphan_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "100"], start_new_session=True)
    try:
        noted = {"pid": 1, "port": 8000, "emulator": stranger.pid, "emulator_port": 1}
        (tmp_path / "run.lock").write_text(json.dumps(noted))
        with run_lock(tmp_path, 8000):
            assert stranger.poll() is None
    finally:
        stranger.send_signal(signal.SIGKILL)
        stranger.wait()


def test_a_port_in_use_says_what_to_set() -> None:
    with listening(0) as sockets:
        taken = sockets[0].getsockname()[1]
        with (
            pytest.raises(PortInUseError, match=f"port {taken} is in use.*PORT="),
            listening(taken),
        ):
            pass


def test_a_step_says_how_long_it_took_or_that_it_was_not_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with step("building"):
        pass
    with pytest.raises(ValueError, match="x"), step("deploying"):
        raise ValueError("x")
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("building ... ")
    assert first.endswith(" s")
    assert second.startswith("deploying ... not done (")


def test_the_users_own_account_is_out_of_reach() -> None:
    mine = {"AWS_PROFILE": "prod", "AWS_SECRET_ACCESS_KEY": "real", "HOME": "/home/me"}
    environment = emulator_environment(mine, 4566)
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert environment["AWS_SECRET_ACCESS_KEY"] != "real"
    assert "AWS_PROFILE" not in environment
    assert without_aws(mine)["HOME"] == "/home/me"
    assert without_aws(mine)["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull


@pytest.mark.parametrize(
    ("machine", "name"),
    [("x86_64", "x86_64"), ("AMD64", "x86_64"), ("aarch64", "arm64"), ("arm64", "arm64")],
)
def test_a_machine_has_lambdas_name(machine: str, name: str) -> None:
    assert lambda_architecture(machine) == name


def test_a_run_can_have_a_folder_of_its_own(tmp_path: Path) -> None:
    project = tmp_path / "project"
    assert find_places({}, project).home == project / ".local"
    moved = find_places({"COUNTERSIGN_LOCAL_DIR": str(tmp_path / "other")}, project)
    assert moved.home == tmp_path / "other"
    assert moved.shared == project / ".local"
