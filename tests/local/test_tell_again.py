"""`make replay` and `make republish` call the publisher until it is done."""

from typing import Any

import pytest

from countersign.domain_events import publish_events
from local.tell_again import NO_TIME_LEFT, NotToldError, tell_again


class Publisher:
    """A function that answers so, and the payloads it was called with."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self._answers, self.payloads = list(answers), list[dict[str, Any]]()

    def __call__(self, payload: dict[str, Any]) -> dict[str, Any]:
        self.payloads.append(payload)
        return self._answers.pop(0)


def answer(published: int, following: str = "", reason: str = "") -> dict[str, Any]:
    return {"items": 10, "published": published, "untold": 0, "next": following, "reason": reason}


def test_it_goes_on_where_the_time_ended_and_adds_up_what_was_done() -> None:
    publisher = Publisher(
        answer(3, "identity:a", NO_TIME_LEFT), answer(4, "spc:", NO_TIME_LEFT), answer(5)
    )
    done = [dict(so_far) for so_far in tell_again(publisher, "republish")]
    assert [each["published"] for each in done] == [3, 7, 12]
    assert done[-1]["items"] == 30
    assert publisher.payloads == [
        {"republish": {}},
        {"republish": {"after": "identity:a"}},
        {"republish": {"after": "spc:"}},
    ]


def test_one_table_is_asked_for_in_every_call() -> None:
    publisher = Publisher(answer(3, "spc:a", NO_TIME_LEFT), answer(0))
    list(tell_again(publisher, "republish", "spc"))
    assert publisher.payloads == [
        {"republish": {"table": "spc"}},
        {"republish": {"table": "spc", "after": "spc:a"}},
    ]


def test_any_other_reason_ends_it_with_that_reason() -> None:
    publisher = Publisher(answer(3, "identity:a", "ThrottlingException"))
    with pytest.raises(NotToldError, match="ThrottlingException"):
        list(tell_again(publisher, "replay"))
    assert len(publisher.payloads) == 1


def test_the_end_of_the_time_is_called_as_the_publisher_calls_it() -> None:
    assert NO_TIME_LEFT == publish_events.NO_TIME_LEFT
