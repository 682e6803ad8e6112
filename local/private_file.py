"""Files that hold a secret of this machine."""

import os
from pathlib import Path


def write_privately(file: Path, content: bytes) -> None:
    """Write the whole file or nothing, readable only by this user from its first byte on."""
    aside = file.with_suffix(f".{os.getpid()}")
    aside.touch(mode=0o600)
    aside.write_bytes(content)
    aside.rename(file)
