"""The peers' own environments, made once in `.local/peers` from pinned versions, and the processes
that the contestants run in.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from docs.peers.events import Delivery, Subject
from tests.support.service import ROOT

_HERE = Path(__file__).parent
_HOME = ROOT / ".local" / "peers"


class Process:
    """A contestant in its own process, asked one thing at a time."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._answer()

    def begin(self, subject: Subject, subject_id: str) -> None:
        """Have stored what comes before the first event."""
        self._ask({"begin": subject, "id": subject_id})

    def deliver(self, delivery: Delivery) -> float:
        """Have a webhook handled, and return the microseconds of processor that this took."""
        answer = self._ask({"body": delivery.body, "signature": delivery.signature})
        assert answer["status"] == 200, answer
        return float(answer["us"])

    def status(self, subject: Subject, subject_id: str) -> str:
        """Return the stored status of an object."""
        return str(self._ask({"read": subject, "id": subject_id})["read"])

    def requests(self) -> int:
        """Return the requests to the database that the process has counted until now."""
        return int(self._ask({"count": ""})["requests"])

    def _ask(self, question: Mapping[str, str]) -> dict[str, Any]:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "a contestant has ended"
        return dict(json.loads(line))


@contextmanager
def started(command: Sequence[str | Path], **environment: str) -> Iterator[Process]:
    """A contestant until the end of the block."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=dict(os.environ) | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Process(process)
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait(60)


def dj_stripe() -> list[str | Path]:
    """The command of dj-stripe's contestant."""
    python = _HOME / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", _HOME / "venv"], check=True)
        install: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "-r"]
        subprocess.run([*install, _HERE / "requirements.txt"], check=True)
    return [python, "-m", "docs.peers.dj_stripe"]


def sync_engine() -> list[str | Path]:
    """The command of stripe-sync-engine's contestant. Node.js looks for packages beside a script,
    so it runs from where they are.
    """
    folder = _HOME / "node"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "sync_engine.mjs"):
        shutil.copy(_HERE / name, folder)
    if not (folder / "node_modules").exists():
        subprocess.run(["npm", "install", "--silent", "--no-audit"], cwd=folder, check=True)
    return ["node", folder / "sync_engine.mjs"]


def ours(environment: Path) -> list[str | Path]:
    """The command of our own contestant, in the project's environment."""
    return [sys.executable, "-m", "docs.peers.ours", environment]
