"""`/_local/events`: JSON in a fixed form, or a page that loads nothing from elsewhere."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from local.events.changes import Changes
from local.events.kept import Entry, Kept
from local.events.page import Sent, events_routes
from tests.support.asgi import ask_app

DELIVERY = {"id": "whd_1", "subject": "vs_1", "type": "t", "state": "delivered", "body": "secret"}
Ask = Callable[..., httpx.Response]


def event(subject: str, revision: int) -> Entry:
    body: dict[str, Any] = {
        "id": f"{subject} {revision}",
        "account": "000000000000",
        "source": "countersign",
        "detail-type": "identity.verified",
        "detail": {"subject": subject, "revision": revision},
    }
    return Entry(body["id"], subject, body)


def asking(folder: Path, sent: Sent | None) -> Ask:
    kept = Kept(folder / "events.sqlite")
    kept.add("event", [event("vs_1", 1), event("acct_1", 4), event("vs_1", 2)])
    kept.add("change", [Entry("1", "vs_1", {"key": "1", "subject": "vs_1"})])
    app = Starlette(routes=events_routes(kept, Changes(list, kept), sent))

    def ask(path: str = "/events", accept: str = "application/json") -> httpx.Response:
        return ask_app(app, "GET", path, headers={"accept": accept})

    return ask


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    return asking(tmp_path, lambda limit: [DELIVERY | {"id": "whd_2", "subject": "x"}, DELIVERY])


def revisions(answer: httpx.Response) -> list[int]:
    return [event["detail"]["revision"] for event in answer.json()["data"]]


def test_the_events_are_listed_oldest_first_in_one_fixed_form(ask: Ask) -> None:
    data: list[dict[str, Any]] = ask().json()["data"]
    assert [set(each) for each in data] == [{"source", "detail-type", "detail"}] * 3
    assert revisions(ask()) == [1, 4, 2]


def test_those_of_one_subject_can_be_asked_for(ask: Ask) -> None:
    assert revisions(ask("/events?subject=vs_1")) == [1, 2]


@pytest.mark.parametrize("accept", ["text/html,application/xhtml+xml,*/*;q=0.8", "*/*", ""])
def test_anybody_else_gets_the_page(ask: Ask, accept: str) -> None:
    answer = ask(accept=accept)
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["vary"] == "accept"


def test_the_page_loads_nothing_and_runs_its_own_script_alone(ask: Ask) -> None:
    answer = ask(accept="text/html")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert policy.count("'sha256-") == 3
    assert "unsafe" not in policy
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", answer.text)


def test_the_timeline_has_causes_what_was_stored_and_effects(ask: Ask) -> None:
    found = ask("/events/timeline").json()
    assert [sent["id"] for sent in found["stripe"]] == ["whd_1", "whd_2"]
    assert found["stored"] == [{"key": "1", "subject": "vs_1"}]
    assert [event["detail"]["subject"] for event in found["left"]] == ["vs_1", "acct_1", "vs_1"]
    assert "secret" not in str(found)
    of_one = ask("/events/timeline?subject=vs_1").json()
    assert [sent["id"] for sent in of_one["stripe"]] == ["whd_1"]
    assert len(of_one["left"]) == 2


def test_without_a_stand_in_the_page_says_so_and_not_that_nothing_was_sent(tmp_path: Path) -> None:
    assert asking(tmp_path, None)("/events/timeline").json()["stripe"] is None
