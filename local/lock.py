"""One run per folder: a lock that dies with its holder, and what the last holder left behind."""

import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from botocore.exceptions import BotoCoreError, ClientError

from local.drain import drain
from local.errors import LocalError
from local.processes import kill_group, signal_process
from local.progress import step

ORPHAN_PATIENCE_S = 30.0


class AlreadyRunningError(LocalError):
    """Another run holds this folder. The message says which one and how to stop it."""


class RunLock:
    """The open lock file of this run, where the emulator's process id is noted."""

    def __init__(self, file: TextIO, marker: str, port: int) -> None:
        self._file = file
        self._noted = {"pid": os.getpid(), "port": port}
        self.marker = marker
        self._write()

    def note_emulator(self, pid: int, port: int) -> None:
        """Note the emulator of this run, so that `read_run` finds it."""
        self._noted |= {"emulator": pid, "emulator_port": port}
        self._write()

    def _write(self) -> None:
        self._file.seek(0)
        self._file.truncate()
        json.dump(self._noted, self._file)
        self._file.flush()


@contextmanager
def run_lock(home: Path, port: int) -> Iterator[RunLock]:
    """Hold the folder `home` for one run. Raises AlreadyRunningError while another run has it.

    The kernel drops the lock when its holder dies. A file that a killed run has left is taken over,
    and the emulator that it has orphaned is ended first, with time to save its state.
    """
    marker = f"countersign={home}"
    with (home / "run.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunningError(_refusal(_noted(file), home)) from error
        orphan = _noted(file).get("emulator")
        if orphan is not None and is_marked(orphan, marker):
            with step("ending what a killed run left"):
                _let_tell(_noted(file).get("emulator_port"), home / "logs" / "ministack.log")
                end_orphan(orphan, marker)
        try:
            yield RunLock(file, marker, port)
        finally:
            file.truncate(0)


def _let_tell(port: int | None, log: Path) -> None:
    """Wait until an orphaned emulator has told what was stored, if it still answers."""
    if port is not None:
        with suppress(BotoCoreError, ClientError, FileNotFoundError):
            drain(port, log)


def is_marked(pid: int, marker: str) -> bool:
    """Return whether a process is alive and its command line carries a run's marker."""
    answer = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return f"-X {marker} -" in answer.stdout


def end_orphan(pid: int, marker: str, patience: float = ORPHAN_PATIENCE_S) -> None:
    """End a process that is not our child, first by SIGTERM, which lets it save its state."""
    signal_process(pid, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while is_marked(pid, marker):
        if time.monotonic() > deadline:
            signal_process(pid, signal.SIGKILL)
        time.sleep(0.2)
    kill_group(pid)


def read_run(home: Path) -> dict[str, int]:
    """Return what the run that holds `home` has noted; empty if there is none.

    Members: `pid`, `port` (the front door's), `emulator` (its process id), `emulator_port`.
    """
    try:
        with (home / "run.lock").open(encoding="utf-8") as file:
            return _noted(file)
    except FileNotFoundError:
        return {}


def _noted(file: TextIO) -> dict[str, int]:
    file.seek(0)
    try:
        noted = json.load(file)
    except ValueError:
        return {}
    return {name: number for name, number in noted.items() if isinstance(number, int)}


def _refusal(noted: dict[str, int], home: Path) -> str:
    return (
        f"a run is already there (process {noted.get('pid')}, http://localhost:{noted.get('port')})."
        f" Stop it with Ctrl-C, or set COUNTERSIGN_LOCAL_DIR to a folder other than {home}"
        " and PORT to another port"
    )
