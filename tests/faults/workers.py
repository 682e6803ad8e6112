"""Kills the process of a function, found by the connection that it has opened."""

import os
import signal
from pathlib import Path


def kill_worker(port: int, emulator: int) -> None:
    """Kill the process of a function whose connection comes from this port of the machine."""
    pid = _owner(port, _children(emulator))
    assert pid is not None, f"no process of the emulator has the port {port}"
    os.kill(pid, signal.SIGKILL)


def _children(parent: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name before it may have blanks and brackets.
            ppid = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if ppid == parent:
            found.append(int(stat.parent.name))
    return found


def _owner(port: int, among: list[int]) -> int | None:
    inode = _inode(port)
    for pid in among:
        for descriptor in Path(f"/proc/{pid}/fd").glob("*"):
            try:
                if descriptor.readlink().name == f"socket:[{inode}]":
                    return pid
            except OSError:
                continue
    return None


def _inode(port: int) -> str:
    """The kernel's number of the socket whose own end has this port."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            columns = line.split()
            if columns[1].endswith(f":{port:04X}") and columns[9] != "0":
                return columns[9]
    return ""
