"""The whole service as `make run` gives it: in its own process and folder, on a free port, and reached
only over HTTP.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import httpx

ROOT = Path(__file__).parents[2]
PATIENCE = 600
"""Seconds that building, deploying and starting may take on a busy machine, or ending."""


class Output:
    """What a process prints, read as it comes: one that nobody reads would stop at a full pipe."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.lines: list[str] = []
        self._stream = process.stdout
        self._reader = threading.Thread(target=self._read, daemon=True)

    def until(self, beginning: str, ends_at: float) -> str:
        """Return the first line that begins so; then go on reading aside."""
        assert self._stream is not None
        for line in self._stream:
            self.lines.append(line)
            if line.startswith(beginning):
                self._reader.start()
                return line
            if time.monotonic() > ends_at:
                break
        raise AssertionError(f"there is no line {beginning!r}:\n" + "".join(self.lines))

    def whole(self) -> str:
        """Return all that was printed, once the process has ended."""
        self._reader.join(PATIENCE)
        return "".join(self.lines)

    def _read(self) -> None:
        assert self._stream is not None
        for line in self._stream:
            self.lines.append(line)


@dataclass(frozen=True)
class Service:
    """A running service: its address, its folder, and what a test needs to ask of it."""

    url: str
    home: Path
    http: httpx.Client
    process: "subprocess.Popen[str]"
    output: Output

    def token(self, sub: str, scope: str = "") -> str:
        """An access token of the local issuer."""
        body = {"sub": sub} | ({"scope": scope} if scope else {})
        return str(self.http.post("/_local/token", json=body).json()["access_token"])

    def as_user(self, sub: str, scope: str = "") -> dict[str, str]:
        """The header that speaks for this user."""
        return {"Authorization": f"Bearer {self.token(sub, scope)}"}

    def outcome(self, session_id: str, outcome: str, *, force: bool = False) -> None:
        """Drive a session to an outcome, as a person on Stripe's page would; with `force` a verified
        one too, as an operator may at Stripe.
        """
        body = {"session": session_id, "outcome": outcome, "force": force}
        assert self.http.post("/_local/stripe/_outcome", json=body).is_success

    def fault(self, path: str, times: int, **members: Any) -> None:
        """Let the next calls of the stand-in's API fail or wait."""
        body = {"path": path, "times": times, **members}
        assert self.http.post("/_local/stripe/_faults", json=body).is_success

    def stripe_requests(self) -> list[dict[str, Any]]:
        """What the bundle has asked of Stripe, oldest first."""
        return list(self.http.get("/_local/stripe/_requests").json()["data"])

    def eventually(self, session_id: str, user: str, status: str) -> dict[str, Any]:
        """The session once it has this status; fails when it does not come to it."""
        headers = self.as_user(user)
        view: dict[str, Any] = {}
        for _ in range(150):
            view = self.http.get(f"/verification-sessions/{session_id}", headers=headers).json()
            if view.get("status") == status:
                return view
            time.sleep(0.1)
        raise AssertionError(f"{session_id} is {view}, not {status}")


def new_user(name: str = "user") -> str:
    """A subject that nobody else has."""
    return f"{name}_{uuid4().hex[:12]}"


def free_port() -> int:
    """A port of the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def client(service: Service, name: str) -> Any:
    """A client of the emulator that runs the service, for one of AWS's services."""
    environment = json.loads((service.home / "env.json").read_text())["Pages"]
    return boto3.client(
        name,  # type: ignore[call-overload]
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        region_name=environment["AWS_DEFAULT_REGION"],
    )


@contextlib.contextmanager
def running_service(home: Path, port: int, **environment: str) -> Iterator[Service]:
    """`python -m local`, from its line `ready` to its end by SIGTERM. It builds nothing where
    `python -m local.build` has built the same sources.
    """
    own = {"PORT": str(port), "COUNTERSIGN_LOCAL_DIR": str(home)}
    process = subprocess.Popen(
        [sys.executable, "-m", "local"],
        cwd=ROOT,
        env=dict(os.environ) | own | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output = Output(process)
        url = output.until("ready ", time.monotonic() + PATIENCE).split()[1]
        with httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False) as http:
            yield Service(url, home, http, process, output)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
