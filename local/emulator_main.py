"""Starts MiniStack so that it unpacks an archive once, and not for each process of each function,
and waits for no log that nobody writes.

MiniStack gives every process of a function a folder of its own and unpacks the function's code and
its layer into it. The layer has some 3,500 files: that takes seconds, in which nobody is answered,
and a run starts 15 to 20 processes. AWS unpacks a layer once too, and lets no function write into
it. Here the folder of a process has links to what was unpacked before from the same bytes.

After each answer of a function MiniStack waits 50 ms for what the function may have written to its
log. A function writes to its log before it answers, so what is in the pipe then is all there is.

The emulator's own Python runs this file as a script, with `-P`, so that the modules beside it are
not on its path: it needs nothing but the standard library. If MiniStack does either in another way
one day, this says so in its log and leaves it alone; tests/local fails then.
"""

import hashlib
import importlib
import os
import select
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

UNPACKED = "unpacked"
"""The folder, beside those of the processes, with what was unpacked, by the hash of the archive."""

_AT_ONCE = 65536
"""Bytes of a log."""
_one_at_a_time = threading.Lock()


class SharedZipFile(zipfile.ZipFile):
    """An archive that is unpacked once: each folder that it goes into gets links to it."""

    def namelist(self) -> list[str]:
        """Return the names of what an extraction puts into a folder, which are the links."""
        if self._file is None:
            return super().namelist()
        return list(dict.fromkeys(name.partition("/")[0] for name in super().namelist()))

    def extractall(
        self,
        path: "str | os.PathLike[str] | None" = None,
        members: "Iterable[str | zipfile.ZipInfo] | None" = None,
        pwd: bytes | None = None,
    ) -> None:
        if self._file is None or path is None or members is not None:
            super().extractall(path, members, pwd)
            return
        for entry in self._unpacked(self._file, pwd).iterdir():
            (Path(path) / entry.name).symlink_to(entry)

    @property
    def _file(self) -> Path | None:
        return Path(self.filename) if self.filename else None

    def _unpacked(self, archive: Path, pwd: bytes | None) -> Path:
        """Return the folder with what is in the archive: the whole of it, or there is none."""
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        folder = Path(tempfile.gettempdir()) / UNPACKED / digest
        with _one_at_a_time:
            if not folder.exists():
                folder.parent.mkdir(mode=0o700, exist_ok=True)
                begun = Path(tempfile.mkdtemp(dir=folder.parent))
                super().extractall(begun, super().namelist(), pwd)
                begun.rename(folder)
        return folder


def share_archives(runtime: ModuleType) -> bool:
    """Have the module that starts processes unpack each archive once. Return False, and change
    nothing, if it does not use `zipfile` by this name.

    Only this module's name is given another meaning: what else reads archives is as it was.
    """
    if getattr(runtime, "zipfile", None) is not zipfile:
        return False
    shared = ModuleType("zipfile")
    shared.__dict__.update(zipfile.__dict__, ZipFile=SharedZipFile)
    runtime.__dict__["zipfile"] = shared
    return True


def _read_log(worker: Any) -> None:
    """Put what a process writes to its log, line by line, into the queue of its worker."""
    pipe, rest, found = worker._proc.stderr, b"", b" "
    while found and select.select([pipe], [], []):
        with _reading(worker):
            found = os.read(pipe.fileno(), _AT_ONCE)
            *lines, rest = (rest + found).split(b"\n")
            for line in lines:
                worker._stderr_queue.put(line.decode(errors="replace"))


def _all_of_log(worker: Any) -> str:
    """Return what the queue has once all that is in the pipe is in the queue."""
    pipe = worker._proc.stderr
    while worker._stderr_thread.is_alive():
        with _reading(worker):
            if not select.select([pipe], [], [], 0)[0]:
                break
        time.sleep(0.001)  # the thread reads meanwhile
    return str(worker._drain_stderr())


def _reading(worker: Any) -> threading.Lock:
    lock: threading.Lock = vars(worker).setdefault("_reading", threading.Lock())
    return lock


def hurry_logs(runtime: ModuleType) -> bool:
    """Have no answer wait for a log. Return False, and change nothing, if the module does not read
    and wait by these names.
    """
    worker: Any = getattr(runtime, "Worker", None)
    if (
        not {"_read_stderr", "_drain_stderr", "_drain_stderr_bounded"}
        <= vars(worker or object).keys()
    ):
        return False
    patiently = worker._drain_stderr_bounded

    def drain(self: Any, *args: Any, **kwargs: Any) -> str:
        has_log = self._proc is not None and self._proc.stderr is not None
        return _all_of_log(self) if has_log else str(patiently(self, *args, **kwargs))

    worker._read_stderr, worker._drain_stderr_bounded = _read_log, drain
    return True


if __name__ == "__main__":
    app = importlib.import_module("ministack.app")
    runtime = importlib.import_module("ministack.core.lambda_runtime")
    if not share_archives(runtime):
        print("each process of a function unpacks its layer: this takes longer", file=sys.stderr)
    if not hurry_logs(runtime):
        print("each answer of a function waits for its log: this takes longer", file=sys.stderr)
    app.main()
