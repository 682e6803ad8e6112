"""`make reconcile`: the times that people write, and what they see of a run."""

import io
import time
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from local.moments import UnknownTimeError, moment
from local.reconcile import Bar, NotReconciledError, line, main, reconcile

NOW = 1_800_000_000
RUN = {
    "id": "rec_1", "from": NOW - 100, "to": NOW, "status": "running", "found": 0, "repaired": 0,
    "read_to": NOW - 100,
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("now", NOW),
        ("-1h", NOW - 3600),
        ("-90m", NOW - 5400),
        ("-2d", NOW - 2 * 86400),
        ("-5s", NOW - 5),
        (" 1799999999 ", NOW - 1),
        (datetime.fromtimestamp(NOW, UTC).isoformat(), NOW),
        ("2027-01-15T08:00:00Z", NOW),
        ("2027-01-15T09:00:00+01:00", NOW),
    ],
)
def test_a_time_can_be_written_in_many_ways(text: str, at: int) -> None:
    assert moment(text, NOW) == at


@pytest.mark.parametrize("text", ["", "yesterday", "-1", "-1y", "1h", "2027-13-01", "12"])
def test_what_is_no_time_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(UnknownTimeError, match="-90m"):
        moment(text, NOW)


def test_a_naive_time_is_this_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert moment("2027-01-15T17:00:00", NOW) == NOW
    finally:
        monkeypatch.undo()
        time.tzset()


def deployment(*answers: dict[str, Any], status: int = 200) -> httpx.Client:
    """A front door whose runs are these, one after the other."""
    left = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/_local/token":
            return httpx.Response(200, json={"access_token": "a token"})
        assert request.headers["authorization"] == "Bearer a token"
        return httpx.Response(status, json=left.pop(0))

    return httpx.Client(transport=httpx.MockTransport(answer), base_url="http://localhost:1")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_how_far_a_run_is() -> None:
    half = RUN | {"read_to": NOW - 50, "found": 7}
    done = RUN | {"status": "done", "read_to": NOW, "found": 9, "repaired": 2}
    terminal = Terminal()
    assert reconcile(deployment(RUN, half, done), NOW - 100, NOW, Bar(terminal)) == done
    shown = terminal.getvalue().split("\r")
    assert [text[43:47] for text in shown[1:]] == ["  0%", " 50%", "100%"]
    assert "9 found, 2 repaired" in shown[-1]


def test_a_log_file_gets_no_moving_line() -> None:
    file = io.StringIO()
    reconcile(deployment(RUN | {"status": "failed"}), NOW - 100, NOW, Bar(file))
    assert file.getvalue() == ""


def test_a_run_that_has_all_events_and_still_reads_objects_is_not_shown_beyond_its_end() -> None:
    assert " 100%  " in line(RUN | {"read_to": NOW})


def test_a_refusal_is_shown_in_its_own_words() -> None:
    refused = deployment({"detail": "/from: must be at most 30 days ago"}, status=422)
    with pytest.raises(NotReconciledError, match="at most 30 days ago"):
        reconcile(refused, 1, 2, Bar(io.StringIO()))


def test_without_a_run_of_the_bundle_it_says_what_to_do(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COUNTERSIGN_LOCAL_DIR", str(tmp_path))
    assert main(["", ""]) == 1
    assert "make run" in capsys.readouterr().err
