"""A PostgreSQL server in a folder of its own, on a free port of the loopback interface, that counts
the statements of each database (Debian's package `postgresql`).
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.service import free_port

_COUNT = """select coalesce(sum(calls), 0), coalesce(sum(calls) filter
 (where query ~* '^\\s*(insert|update|delete)'), 0) from pg_stat_statements
 where dbid = (select oid from pg_database where datname = '{}')
 and query !~ 'FOR KEY SHARE OF x$'"""
"""Without the look-ups with which PostgreSQL checks foreign keys, which nobody sends."""


@dataclass(frozen=True)
class Postgres:
    """A running server."""

    programs: Path
    port: int

    def ask(self, statement: str) -> str:
        """Return what psql prints of a statement, from a database that nobody else uses."""
        command: list[str | Path] = [self.programs / "psql", "-h", "127.0.0.1", "-U", "postgres"]
        command += ["-p", str(self.port), "-AtXq", "-v", "ON_ERROR_STOP=1", "-c", statement]
        ended = subprocess.run(command, check=True, capture_output=True, text=True)
        return ended.stdout.strip()

    def statements(self, database: str) -> tuple[int, int]:
        """Return the statements that a database was sent until now, with those that begin and end a
        transaction, and how many of them write.
        """
        statements, writes = map(int, self.ask(_COUNT.format(database)).split("|"))
        return statements, writes


@contextmanager
def running_postgres(home: Path, *databases: str) -> Iterator[Postgres]:
    """A server until the end of the block. Root may not run one, so `postgres` does then."""
    programs, port = _programs(), free_port()
    user = "postgres" if os.geteuid() == 0 else None
    home.mkdir()
    if user:
        shutil.chown(home, user)
    initdb: list[str | Path] = [programs / "initdb", "-D", home / "data", "-U", "postgres"]
    initdb += ["-A", "trust", "-E", "UTF8"]
    subprocess.run(initdb, check=True, user=user, cwd=home, stdout=subprocess.DEVNULL)
    options = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "shared_preload_libraries": "pg_stat_statements",
    }
    server: list[str | Path] = [programs / "postgres", "-D", home / "data"]
    server += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(server, user=user, cwd=home, stderr=log, stdout=log)
    try:
        postgres = Postgres(programs, port)
        _await(postgres)
        for database in databases:
            postgres.ask(f"create database {database}")
        postgres.ask("create extension pg_stat_statements")
        yield postgres
    finally:
        process.terminate()
        process.wait(60)


def _programs() -> Path:
    """The newest of the folders in which Debian puts the programs of each version."""
    return max(Path("/usr/lib/postgresql").glob("*/bin"))


def _await(postgres: Postgres) -> None:
    for _ in range(100):
        try:
            postgres.ask("select 1")
        except subprocess.CalledProcessError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("PostgreSQL does not start")
