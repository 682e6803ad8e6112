"""Events to a bus by boto3's own client: to moto's bus, and to a server that answers as a test has it
answer.
"""

from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config

from countersign.aws.event_bus import BusUnavailable, Entry, EventBus
from tests.support.scripted_http import Reply, ScriptedServer, scripted_server

ENTRIES = [Entry("countersign", "identity.verified", f'{{"at":{at}}}') for at in range(3)]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        yield server


@pytest.fixture
def scripted(aws: None, server: ScriptedServer) -> EventBus:
    """A bus of a client that tries once, at this server."""
    config = Config(retries={"total_max_attempts": 1}, read_timeout=1)
    return EventBus("bus", boto3.client("events", endpoint_url=server.url, config=config))


def taken(*codes: str) -> Reply:
    """An answer: an id for each empty code."""
    entries = [
        {"ErrorCode": code, "ErrorMessage": "…"} if code else {"EventId": "1"} for code in codes
    ]
    return Reply(200, {"FailedEntryCount": sum(map(bool, codes)), "Entries": entries})


def test_events_are_taken_or_have_a_code_each(aws: None) -> None:
    client = boto3.client("events")
    client.create_event_bus(Name="bus")
    bus = EventBus("bus", client)
    assert bus.put([*ENTRIES, Entry("countersign", "identity.verified", "?")]) == [
        "",
        "",
        "",
        "MalformedDetail",
    ]


def test_each_event_names_the_bus_who_tells_it_and_its_type(
    scripted: EventBus, server: ScriptedServer
) -> None:
    server.will(taken(""))
    assert scripted.put(ENTRIES[:1]) == [""]
    ((_, _, headers, body),) = server.requests
    assert headers["X-Amz-Target"] == "AWSEvents.PutEvents"
    assert body == (
        '{"Entries": [{"EventBusName": "bus", "Source": "countersign",'
        ' "DetailType": "identity.verified", "Detail": "{\\"at\\":0}"}]}'
    )


@pytest.mark.parametrize(
    ("reply", "codes"),
    [
        (
            taken("InternalFailure", "", "ThrottlingException"),
            ["InternalFailure", "", "ThrottlingException"],
        ),
        (taken("", ""), ["", "", "NoAnswer"]),
        (taken("", "", "", ""), ["", "", ""]),
        (
            Reply(200, {"Entries": [{}, {"EventId": "1"}, {"EventId": ""}]}),
            ["NoAnswer", "", "NoAnswer"],
        ),
    ],
)
def test_what_the_answer_does_not_say_was_taken_has_failed(
    scripted: EventBus, server: ScriptedServer, reply: Reply, codes: list[str]
) -> None:
    server.will(reply)
    assert scripted.put(ENTRIES) == codes


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(400, {"__type": "AccessDeniedException", "message": "no"}), "AccessDeniedException"),
        (Reply(400, {"__type": "ResourceNotFoundException"}), "ResourceNotFoundException"),
        (Reply(500, {"__type": "InternalException"}), "InternalException"),
        (Reply(0), "ConnectionClosedError"),
    ],
)
def test_a_call_that_fails_says_why(
    scripted: EventBus, server: ScriptedServer, reply: Reply, code: str
) -> None:
    server.will(reply)
    with pytest.raises(BusUnavailable) as raised:
        scripted.put(ENTRIES)
    assert raised.value.code == code


@pytest.mark.parametrize("body", [{}, {"FailedEntryCount": 0}, '{"Entries": [{"Ev'])
def test_an_answer_that_is_none_means_that_nothing_was_taken(
    scripted: EventBus, server: ScriptedServer, body: object
) -> None:
    server.will(Reply(200, body))
    assert scripted.put(ENTRIES) == ["NoAnswer"] * 3


def test_the_size_of_an_event_counts_bytes() -> None:
    assert Entry("a", "bc", "dé").size == 6
