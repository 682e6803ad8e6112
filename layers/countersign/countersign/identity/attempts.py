"""The completed checks of a user, counted by distinct verification report. Pure.

A mark notes a report: `vr_…:e<time>` from an event, whose time is the check's own, or
`vr_…:r<time>` from a read, which only knows that the check was completed before. Marks are only
ever added, so every order of deliveries ends in the same count.
"""

from collections.abc import Iterable

WINDOW = 24 * 3600
"""Seconds for which a check counts toward the limit."""


def completed_at(marks: Iterable[str]) -> dict[str, int]:
    """Return when each report's check was completed, in Unix seconds. An event's time wins over a
    read's.
    """
    times: dict[str, tuple[bool, int]] = {}
    for mark in marks:
        report, _, seen = mark.rpartition(":")
        found = (seen[0] == "r", int(seen[1:]))
        times[report] = min(times.get(report, found), found)
    return {report: time for report, (_, time) in times.items()}


def recent_marks(marks: Iterable[str], now: int) -> set[str]:
    """Return the marks of the checks that still count."""
    kept = list(marks)
    counting = {report for report, time in completed_at(kept).items() if time > now - WINDOW}
    return {mark for mark in kept if mark.rpartition(":")[0] in counting}


def wait_before_next(marks: Iterable[str], allowed: int, now: int) -> int:
    """Return the seconds until another check is allowed, 0 if it is allowed now."""
    times = sorted(completed_at(recent_marks(marks, now)).values())
    if len(times) < allowed:
        return 0
    return times[-allowed] + WINDOW - now
