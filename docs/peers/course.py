"""Everything that runs during the measurement: the contestants and what stands behind them."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from docs.peers import environments
from docs.peers.environments import Process, started
from docs.peers.events import SUBJECTS, Subject
from docs.peers.postgres import Postgres, running_postgres
from docs.peers.stand_in import StandIn, running_stand_in
from tests.support.service import Service, free_port, running_service


@dataclass(frozen=True)
class Peer:
    """A contestant, what it is sent, what it keeps the status of, and its database, if PostgreSQL
    counts its statements.
    """

    name: str
    process: Process
    subjects: tuple[Subject, ...]
    keeps: tuple[Subject, ...]
    database: str = ""


@dataclass(frozen=True)
class Course:
    """What is running. The twins are dj-stripe in two processes, for what happens at once."""

    peers: tuple[Peer, ...]
    twins: tuple[Process, Process]
    postgres: Postgres
    stand_in: StandIn
    service: Service

    def counted(self, peer: Peer) -> tuple[int, int, int]:
        """Return a peer's requests to its database until now, how many of them write, and its reads
        at Stripe.
        """
        if peer.database:
            return (*self.postgres.statements(peer.database), self.stand_in.reads)
        # An event is answered with conditional writes alone (`bench.requests`).
        asked = peer.process.requests()
        return asked, asked, len(self.service.stripe_requests())


@contextmanager
def running() -> Iterator[Course]:
    """Run it all until the end of the block."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        home.chmod(0o711)  # the database's user goes through it
        databases = "dj_stripe", "sync_engine"
        postgres = stack.enter_context(running_postgres(home / "postgres", *databases))
        stand_in = stack.enter_context(running_stand_in())
        service = stack.enter_context(running_service(home / "service", free_port()))
        reached = {"DATABASE_PORT": str(postgres.port), "STRIPE_API": stand_in.url}
        commands = (
            environments.ours(service.home / "env.json"),
            environments.dj_stripe(),
            environments.dj_stripe(),
            environments.sync_engine(),
        )
        ours, django, twin, node = (
            stack.enter_context(started(command, **reached)) for command in commands
        )
        peers = (
            Peer("Countersign", ours, SUBJECTS, ("session",)),
            Peer("dj-stripe", django, SUBJECTS, SUBJECTS, "dj_stripe"),
            Peer("stripe-sync-engine", node, ("intent",), ("intent",), "sync_engine"),
        )
        yield Course(peers, (django, twin), postgres, stand_in, service)
