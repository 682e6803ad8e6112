"""A service whose first run is killed and which is started again, with what the first one stored."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.lock import is_marked, read_run
from tests.support.service import Service, free_port, new_user, running_service


@dataclass(frozen=True)
class Restarted:
    """The second run, and the user and session that the killed one had stored just before."""

    service: Service
    user: str
    session_id: str
    orphan_ended: bool
    """Whether the emulator went on after the first run and was gone when the second was ready."""


@contextmanager
def killed_and_started_again(home: Path) -> Iterator[Restarted]:
    """The second run for as long as the block lasts."""
    port, user = free_port(), new_user()
    with running_service(home, port) as first:
        session_id = _verified(first, user)
        killed = read_run(home)
        os.kill(killed["pid"], signal.SIGKILL)
        first.process.wait()
    left = is_marked(killed["emulator"], f"countersign={home}")
    with running_service(home, port) as again:
        ended = left and not is_marked(killed["emulator"], f"countersign={home}")
        yield Restarted(again, user, session_id, ended)


def _verified(service: Service, user: str) -> str:
    """The id of the user's session, which is stored as verified, and may not be told yet."""
    created = service.http.post("/create-verification-session", headers=service.as_user(user))
    session_id = str(created.json()["id"])
    service.outcome(session_id, "verified")
    service.eventually(session_id, user, "verified")
    return session_id
