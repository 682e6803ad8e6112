"""The share of a processor that Lambda gives to a function, held with a control group."""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

FULL_CORE = 1769
"""Megabytes at which a function has one whole core
(https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html)."""
_PERIOD_US = 20_000
_ROOT = Path("/sys/fs/cgroup/cpu")


def share_of(memory: int) -> float:
    """Return the part of a core that a function of this size has, at most one."""
    return min(1.0, memory / FULL_CORE)


@contextlib.contextmanager
def held_to(share: float) -> Iterator[Path | None]:
    """Yield a control group (version 1) whose processes have this share of one core, or `None`
    where none can be made: elsewhere than on Linux, or without the right to.
    """
    group = _made()
    if group is None:
        yield None
        return
    (group / "cpu.cfs_period_us").write_text(str(_PERIOD_US), "ascii")
    (group / "cpu.cfs_quota_us").write_text(str(int(_PERIOD_US * share)), "ascii")
    try:
        yield group
    finally:
        _remove(group)


def _remove(group: Path) -> None:
    """Remove a group, which the kernel lets go of a moment after its last process has ended. No
    process that is still about to end is held any more.
    """
    (group / "cpu.cfs_quota_us").write_text("-1", "ascii")
    for _ in range(1000):
        with contextlib.suppress(OSError):
            group.rmdir()
            return
        time.sleep(0.01)
    group.rmdir()


def _made() -> Path | None:
    if not os.access(_ROOT, os.W_OK):
        return None
    try:
        return Path(tempfile.mkdtemp(prefix="countersign-bench-", dir=_ROOT))
    except OSError:
        return None


def is_held() -> bool:
    """Return whether a control group can be made here."""
    with held_to(1) as group:
        return group is not None
