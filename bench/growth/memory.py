"""The memory of one worker over many distinct events. Its table is here, and grows here.

An event takes 1.3 ms of the worker's processor, nearly all of it botocore's, and half a millisecond
here: 100,000 take three to four minutes.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, keep
from bench.growth.served_table import served_tables
from bench.progress import Bar
from countersign.aws.table import Table
from countersign.identity.snapshot import Snapshot
from countersign.identity.store import store_snapshot
from tests.support.service import ROOT
from tests.support.storage import without_account
from tools.signed_event import SESSION, session, signed_request

COUNTS = (10_000, 100_000)
MOST = 1.05
"""The memory after the last count, as a part of that after the first, is at most this."""
_KINDS = ("processing", "requires_input", "verified", "canceled", "redacted")
_TABLES = ("identity", "installs", "payments")
_ENVIRONMENT = {
    "DEPLOYMENT": "countersign-dev",
    "STRIPE_MODE": "test",
    "STRIPE_SECRET": "unused",
    "WEBHOOK_SECRET": "replaced by the worker",
    "IDENTITY_TABLE": "identity",
    "INSTALLS_TABLE": "installs",
    "PAYMENTS_TABLE": "payments",
    "POWERTOOLS_SERVICE_NAME": "countersign",
}


def main() -> None:
    """Print and keep what a worker has in memory after the first and after the last count."""
    found = measure_memory(COUNTS)
    first, last = (each / 1e6 for each in found)
    title = f"The memory of one worker after {COUNTS[0]:,} and {COUNTS[1]:,} events"
    print(f"\n{title}\n  {first:.1f} MB and {last:.1f} MB, {last / first:.3f} times as much")
    peer = f"that after {COUNTS[0]:,}"
    keep([Figure(title, "webhook", last, "MB", None, last / first, peer, MOST)])


def measure_memory(counts: tuple[int, ...]) -> list[int]:
    """Return the bytes that a worker has in memory after so many events."""
    with (
        without_account(),
        tempfile.TemporaryDirectory() as folder,
        served_tables(*_TABLES) as (tables, url),
    ):
        result = Path(folder) / "memory.json"
        command = [sys.executable, "-m", "bench.growth.worker", str(result), *map(str, counts)]
        environment = os.environ | _ENVIRONMENT | {"AWS_ENDPOINT_URL_DYNAMODB": url}
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        ) as worker:
            assert worker.stdin is not None
            table = Table("identity", tables)  # type: ignore[arg-type]
            worker.stdin.writelines(_requests(table, counts[-1]))
            worker.stdin.close()
            assert worker.wait() == 0
        assert len(tables.tables["identity"]) == counts[-1]
        return list(json.loads(result.read_text("ascii")))


def _requests(table: Table, count: int) -> Iterator[str]:
    """Each is about another session, which is stored as one that was just created."""
    now, bar = int(time.time()), Bar("events to the worker", count)
    for number in range(count):
        kind, session_id = _KINDS[number % len(_KINDS)], f"vs_1SQ{number:07d}"
        store_snapshot(table, Snapshot.from_read(session("created", session_id, now - 60), None))
        yield json.dumps(signed_request(SESSION + kind, session_id, int(time.time()))) + "\n"
        bar.set(number + 1)
    bar.end()


if __name__ == "__main__":
    main()
