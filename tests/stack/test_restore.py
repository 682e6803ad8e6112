"""A run that is killed, a table that is lost, and one that is restored to an earlier point, on the
deployed stack: the steps of docs/operations.md, after which everybody knows the truth.
"""

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

from local.lock import read_run
from tests.support.merchants import Merchant
from tests.support.restarted import Restarted, killed_and_started_again
from tests.support.restored_stack import Consumer, RestoredStack
from tests.support.service import PATIENCE, Service, new_user
from tests.support.spc_service import Shop
from tests.support.step_up_service import Till
from tests.support.told_events import eventually_told

EPOCH = 10**12
CREATE = "/create-verification-session"
DAY = 24 * 3600


@pytest.fixture(scope="module")
def restarted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restarted]:
    """A service of this module's own: others do not expect their tables to be taken away."""
    with killed_and_started_again(tmp_path_factory.mktemp("restore")) as found:
        yield found


@pytest.fixture(scope="module")
def service(restarted: Restarted) -> Service:
    return restarted.service


@pytest.fixture(scope="module")
def stack(service: Service) -> RestoredStack:
    return RestoredStack(service)


@pytest.fixture(scope="module")
def consumer(service: Service) -> Consumer:
    return Consumer(service)


def opened(service: Service, user: str) -> str:
    answer = service.http.post(CREATE, headers=service.as_user(user))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def session(service: Service, user: str) -> dict[str, object]:
    """What the user sees of the session, without the time of the last word on it."""
    path = "/verification-sessions/current"
    view = service.http.get(path, headers=service.as_user(user)).json()
    return {name: value for name, value in view.items() if name != "updated"}


def test_what_is_stored_survives_a_killed_run_and_is_told(restarted: Restarted) -> None:
    assert restarted.orphan_ended
    headers = restarted.service.as_user(restarted.user)
    found = restarted.service.http.get("/verification-sessions/current", headers=headers).json()
    assert (found["id"], found["status"]) == (restarted.session_id, "verified")
    eventually_told(restarted.service, restarted.session_id, "identity.verified")


def test_an_identity_table_that_is_lost_is_rebuilt_from_stripe(
    service: Service, stack: RestoredStack, consumer: Consumer
) -> None:
    verified, failed, second = new_user("verified"), new_user("failed"), new_user("second")
    till = Till(Shop.open(service))
    decision = till.decided()
    of_verified, of_failed, first = (opened(service, user) for user in (verified, failed, second))
    service.outcome(of_verified, "verified")
    service.outcome(of_failed, "document_expired")
    cancel = f"/verification-sessions/{first}/cancel"
    assert service.http.post(cancel, headers=service.as_user(second)).status_code == 200
    of_second = opened(service, second)
    before = consumer.eventually(of_verified, "identity.verified")["revision"]
    consumer.eventually(of_failed, "identity.requires_input")
    consumer.eventually(first, "identity.canceled")
    users = (verified, failed, second)
    views = {user: session(service, user) for user in users}
    assert views[second]["attempt"] == 2

    stack.lose("IdentityTable")
    assert session(service, verified)["status"] == 404  # a problem
    heard = len(consumer.heard())
    rebuilt = stack.invoke("Reconciliation", {"rebuild": {}})
    assert rebuilt["next"] is None
    assert rebuilt["repaired"] >= 4
    now = int(time.time())
    times = {"from": now - 29 * DAY, "to": now}
    assert stack.invoke("Reconciliation", {"reconcile": times})["status"] == "done"
    assert {user: session(service, user) for user in users} == views
    stream = stack.stream("IdentityTable")
    stack.deploy(Epoch="1", IdentityStream=stream)
    assert len(consumer.heard()) == heard  # without a stream, nothing was told
    stack.invoke("EventPublication", {"republish": {}})

    told = consumer.eventually(of_verified, "identity.verified", above=EPOCH)
    assert told["replayed"] is True
    assert told["revision"] > before
    consumer.eventually(of_failed, "identity.requires_input", above=EPOCH)
    consumer.eventually(first, "identity.canceled", above=EPOCH)
    assert opened(service, second) == of_second
    assert opened(service, failed) == of_failed
    again = service.http.post(CREATE, headers=service.as_user(verified))
    assert (again.status_code, again.json()["code"]) == (409, "already_verified")
    service.outcome(of_failed, "verified")
    later = consumer.eventually(of_failed, "identity.verified", above=EPOCH)
    assert later["replayed"] is False
    assert till.read(f"/{decision['id']}").json()["id"] == decision["id"]


def test_a_table_whose_revisions_went_back_leaves_no_consumer_deaf(
    service: Service, stack: RestoredStack, consumer: Consumer
) -> None:
    merchant = Merchant(service)
    assert merchant.connect().status_code == 303
    merchant.eventually(livemode_confirmed=True)

    def sell_at(origin: str) -> None:
        path, body = f"/installations/{merchant.account}", {"checkout_origins": [origin]}
        answer = service.http.patch(path, headers=merchant.headers, json=body)
        assert answer.status_code == 200, answer.text

    def knows(origin: str) -> dict[str, Any]:
        """What the consumer knows of the account, once that is where it sells."""
        ends_at = time.monotonic() + 60
        while True:
            known = consumer.state(merchant.account).get("detail", {"data": {}})
            if known["data"].get("checkout_origins") == [origin]:
                return dict(known)
            assert time.monotonic() < ends_at, known
            time.sleep(0.3)

    sell_at("https://before.example")
    knows("https://before.example")
    backup = stack.back_up("InstallsTable")
    for number in range(5):
        sell_at(f"https://after-{number}.example")
    ahead = knows("https://after-4.example")["revision"]

    stack.restore("InstallsTable", backup)
    assert merchant.view()["checkout_origins"] == ["https://before.example"]
    assert stack.invoke("Reconciliation", {"rebuild": {}})["next"] is None
    stack.deploy(Epoch="2", InstallsStream=stack.stream("InstallsTable"))
    stack.invoke("EventPublication", {"republish": {"table": "installs"}})
    told = knows("https://before.example")
    assert told["replayed"] is True
    assert told["revision"] // EPOCH == 2
    assert told["revision"] > ahead
    assert told["revision"] % EPOCH < ahead % EPOCH  # without the epoch, it would be stale
    sell_at("https://now.example")
    assert knows("https://now.example")["replayed"] is False


def test_a_run_whose_emulator_is_killed_ends_and_says_why(service: Service) -> None:
    """The last test of these: nothing answers after it."""
    os.kill(read_run(service.home)["emulator"], signal.SIGKILL)
    assert service.process.wait(PATIENCE) == 1
    said = service.output.whole()
    assert "the AWS emulator ended (-9)" in said
    assert f"the end of {service.home}" in said
    assert read_run(service.home) == {}
