"""The real Lambda runtime on this machine: the runtime interface emulator that ships in the SAM
CLI, with AWS's runtime client, running a function as it was built.

The runtime's own interpreter has nothing installed but that client, so that a package missing from
the layer fails here as it would in AWS.
"""

import contextlib
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import httpx

from tests.support.service import ROOT, free_port
from tools.papers.template_file import functions_of, read_template

TOOLS = ROOT / ".local"
SLOWEST_START = 20
"""Seconds that the runtime may take until it listens."""


def emulator() -> Path | None:
    """The runtime interface emulator for this machine; it exists for Linux alone."""
    if sys.platform != "linux":
        return None
    arm = platform.machine() in ("aarch64", "arm64")
    name = f"aws-lambda-rie-{'arm64' if arm else 'x86_64'}"
    found = sorted((TOOLS / "sam").glob(f"lib/python*/site-packages/samcli/local/rapid/{name}"))
    return found[0] if found else None


@contextlib.contextmanager
def running_function(
    build: Path,
    name: str,
    environment: dict[str, str],
    *,
    handler: str = "app.handler",
    beside: Path | None = None,
    log: IO[bytes] | None = None,
) -> Iterator[httpx.Client]:
    """One built function in the runtime; see `invoke`. It starts with its first invocation. A
    `handler` may come from a folder `beside` it, and a `log` gets what the emulator says of both.
    """
    program = emulator()
    assert program is not None
    address, api = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    task, layer = build / name, build / "CountersignLayer" / "python"
    command = [str(program), "--runtime-interface-emulator-address", address]
    command += ["--runtime-api-address", api, "--log-level", "info" if log else "warn"]
    command += [str(TOOLS / "runtime" / "bin" / "python"), "-m", "awslambdaric", handler]
    process = subprocess.Popen(
        command,
        cwd=task,
        env=environment
        | {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": ":".join(map(str, filter(None, (task, layer, beside)))),
            "LAMBDA_TASK_ROOT": str(task),
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(
                functions_of(read_template(ROOT)).get(name, {}).get("Timeout", 29)
            ),
        },
        stdout=log or subprocess.DEVNULL,
        stderr=log or subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _listening(address)
        with httpx.Client(base_url=f"http://{address}", timeout=60) as client:
            yield client
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def invoke(function: httpx.Client, event: dict[str, Any]) -> dict[str, Any]:
    """The function's answer to an event."""
    path = "/2015-03-31/functions/function/invocations"
    answer = function.post(path, content=json.dumps(event))
    return dict(answer.json())


def _listening(address: str) -> None:
    ends_at = time.monotonic() + SLOWEST_START
    host, port = address.split(":")
    while time.monotonic() < ends_at:
        with contextlib.suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("the runtime interface emulator does not listen")
