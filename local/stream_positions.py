"""Lets the emulator begin with the beginning of each stream after a restart.

It saves how far each stream was read, and not the records: without this, as many changes as were
told before a restart are not told after it.
"""

import json
from pathlib import Path
from typing import Any

from local.private_file import write_privately
from local.progress import complain

FORM = 2
"""The form of the emulator's saved state that this knows."""


def forget_stream_positions(state: Path) -> None:
    """Forget how far the streams were read in the state that the emulator is about to restore. Of
    another form it says so and changes nothing.
    """
    file = state / "lambda.json"
    if not file.exists():
        return
    saved = json.loads(file.read_text("utf-8"))
    positions = _positions(saved)
    if positions is None:
        complain(
            f"{file} does not have the form {FORM} that this run knows: the first changes after"
            " this start may not be told. `make republish` tells them"
        )
    elif positions:
        positions.clear()
        write_privately(file, json.dumps(saved).encode())


def _positions(saved: Any) -> dict[str, Any] | None:
    """Return the saved positions, by stream; None in another form."""
    try:
        known = saved["__ministack_format__"] == FORM
        positions = saved["payload"]["dynamodb_stream_positions"]["data"]
    except (KeyError, TypeError):
        return None
    return positions if known and isinstance(positions, dict) else None
