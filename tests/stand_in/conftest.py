import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page

from local.stand_in import execution
from tests.stand_in.site import site_page
from tests.support.browser import Profiles
from tests.support.stand_in import StandIn
from tests.support.stand_in_servers import FrontDoor, Mailroom, Receiver


@pytest.fixture(scope="session")
def door() -> Iterator[FrontDoor]:
    door = FrontDoor()
    door.open()
    yield door
    door.close()


@pytest.fixture(scope="session")
def mailroom() -> Iterator[Mailroom]:
    mailroom = Mailroom()
    yield mailroom
    mailroom.close()


@pytest.fixture
def receiver(mailroom: Mailroom) -> Receiver:
    return mailroom.receiver()


@pytest.fixture
def make_stand_in(
    door: FrontDoor, receiver: Receiver, tmp_path: Path
) -> Iterator[Callable[..., StandIn]]:
    made: list[StandIn] = []

    def make(**settings: Any) -> StandIn:
        stand_in = StandIn(door, receiver, tmp_path, **settings)
        stand_in.start()
        made.append(stand_in)
        return stand_in

    yield make
    for stand_in in made:
        stand_in.stop()


@pytest.fixture
def stand_in(make_stand_in: Callable[..., StandIn]) -> StandIn:
    return make_stand_in()


@pytest.fixture
def released(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """What calls that a test has delayed wait for, in place of the seconds that it named: however slow
    the machine is, such a call runs until the test sets this.
    """
    event = Event()

    async def wait(_: float) -> None:
        await asyncio.to_thread(event.wait, 60)

    monkeypatch.setattr(execution, "asyncio", SimpleNamespace(sleep=wait))
    yield event
    event.set()


@pytest.fixture
def shop(stand_in: StandIn) -> StandIn:
    """A stand-in in which the bakery has the app."""
    stand_in.install()
    return stand_in


@pytest.fixture
def page(profiles: Profiles, stand_in: StandIn) -> Iterator[Page]:
    """A site's page in a browser."""
    with site_page(profiles, stand_in) as page:
        yield page
