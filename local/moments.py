"""Times as people write them at a terminal."""

import re
from datetime import datetime

from local.errors import LocalError

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 24 * 3600}
_AGO = re.compile(r"-([0-9]{1,9})([smhd])")


class UnknownTimeError(LocalError):
    """A text is no time. The message says what is."""


def moment(text: str, now: int) -> int:
    """Return the Unix seconds of a time: `now`, `-90m` (so long ago; s, m, h or d), Unix seconds,
    or ISO 8601, in this machine's time zone if it names none.
    """
    text = text.strip()
    if text == "now":
        return now
    if ago := _AGO.fullmatch(text):
        return now - int(ago[1]) * _UNITS[ago[2]]
    if re.fullmatch(r"[0-9]{9,11}", text):
        return int(text)
    try:
        return int(datetime.fromisoformat(text).timestamp())
    except ValueError as error:
        raise UnknownTimeError(
            f"{text[:60]!r} is no time: write now, -90m (s, m, h or d), Unix seconds, or"
            " 2026-11-30T08:00:00Z"
        ) from error


def shown(at: int) -> str:
    """Return a time as this machine's clock shows it."""
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
