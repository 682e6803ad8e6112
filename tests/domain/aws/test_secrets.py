"""The deployment's secrets: where they come from, how long they are kept, and which are refused."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from countersign.aws import secrets as secrets_module
from countersign.aws.secrets import KEEP, REFRESH, Secret
from countersign.aws.telemetry import flush
from countersign.problems import Unavailable
from countersign.stripe_api.keys import (
    deployment_is_live,
    mode_of,
    stripe_key,
    webhook_secrets,
)
from tests.support.clock import Clock
from tests.support.logs import Log
from tests.support.processes import forget_everything
from tests.support.storage import put_secret
from tests.support.stripe_objects import DEPLOYMENT


class Manager:
    """Secrets Manager with one secret; `error` is raised instead of an answer."""

    def __init__(self, **members: str) -> None:
        self.text = json.dumps(members)
        self.error: Exception | None = None
        self.fetches = 0

    def get_secret_value(self, **_: Any) -> dict[str, str]:
        self.fetches += 1
        if self.error:
            raise self.error
        return {"SecretString": self.text}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The process's clock, in the test's hands."""
    clock = Clock()
    monkeypatch.setattr(secrets_module, "time", clock)
    return clock


def secret(manager: Manager) -> Secret:
    client: Any = manager
    return Secret("arn", client)


def test_a_secret_is_fetched_at_first_use_and_kept(clock: Clock) -> None:
    manager = Manager(A="one")
    found = secret(manager)
    assert manager.fetches == 0
    assert found.value("A") == "one"
    clock.advance(KEEP)
    assert found.value("A") == "one"
    assert manager.fetches == 1


def test_a_secret_is_fetched_again_after_minutes(clock: Clock) -> None:
    manager = Manager(A="one")
    found = secret(manager)
    found.value("A")
    manager.text = json.dumps({"A": "two"})
    clock.advance(KEEP + 1)
    assert found.value("A") == "two"
    assert manager.fetches == 2


def test_a_list_has_every_generation_in_its_order(clock: Clock) -> None:
    assert secret(Manager(A=" one ,two")).values("A") == ["one", "two"]


@pytest.mark.parametrize(
    ("text", "left"), [("one,,two", ["one", "two"]), (",one", ["one"]), ("one, ", ["one"])]
)
def test_blanks_are_dropped_and_counted(clock: Clock, log: Log, text: str, left: list[str]) -> None:
    assert secret(Manager(A=text)).values("A") == left
    flush()
    assert "a secret is blank" in log.text()
    assert "BlankSecret" in log.text()
    assert "one" not in log.text()


@pytest.mark.parametrize("text", ["", " ", ",", " , ,"])
def test_with_nothing_but_blanks_nothing_is_served(clock: Clock, log: Log, text: str) -> None:
    with pytest.raises(Unavailable) as unavailable:
        secret(Manager(A=text)).values("A")
    flush()
    assert (unavailable.value.status, unavailable.value.code) == (503, "secrets_unavailable")
    assert "BlankSecret" in log.text()


def test_a_secret_without_blanks_counts_none(clock: Clock, log: Log) -> None:
    secret(Manager(A="one,two")).values("A")
    flush()
    assert "BlankSecret" not in log.text()


def test_a_missing_value_is_as_a_blank_one(clock: Clock) -> None:
    with pytest.raises(Unavailable):
        secret(Manager(B="one")).value("A")


def test_a_refresh_tells_whether_anything_has_changed(clock: Clock) -> None:
    manager = Manager(A="one")
    found = secret(manager)
    found.value("A")
    clock.advance(REFRESH)
    assert not found.refresh()
    manager.text = json.dumps({"A": "one,two"})
    clock.advance(REFRESH)
    assert found.refresh()
    assert found.values("A") == ["one", "two"]


def test_however_many_signatures_fail_a_secret_is_fetched_once_a_minute(clock: Clock) -> None:
    manager = Manager(A="one")
    found = secret(manager)
    found.value("A")
    for _ in range(180):
        found.refresh()
        clock.advance(1)
    assert manager.fetches == 3


ERRORS: list[Exception] = [
    ClientError({"Error": {"Code": "AccessDeniedException", "Message": "m"}}, "GetSecretValue"),
    ClientError({"Error": {"Code": "ThrottlingException", "Message": "m"}}, "GetSecretValue"),
    EndpointConnectionError(endpoint_url="https://secretsmanager"),
]


@pytest.mark.parametrize("error", ERRORS, ids=str)
def test_a_secret_that_was_never_read_is_unavailable(clock: Clock, error: Exception) -> None:
    manager = Manager(A="one")
    manager.error = error
    with pytest.raises(Unavailable) as unavailable:
        secret(manager).value("A")
    assert unavailable.value.code == "secrets_unavailable"
    manager.error = None
    assert secret(manager).value("A") == "one"


@pytest.mark.parametrize("error", ERRORS, ids=str)
def test_a_secret_that_was_read_before_goes_on_and_is_asked_for_once_a_minute(
    clock: Clock, error: Exception
) -> None:
    manager = Manager(A="one")
    found = secret(manager)
    found.value("A")
    manager.error = error
    clock.advance(KEEP + 1)
    for _ in range(121):
        assert found.value("A") == "one"
        assert not found.refresh()
        clock.advance(1)
    assert manager.fetches <= 4
    manager.error, manager.text = None, json.dumps({"A": "two"})
    clock.advance(REFRESH + 1)
    assert found.value("A") == "two"


@pytest.mark.parametrize("text", ["", "sk_test_1", "[]", "null", "3", '{"A"'])
def test_a_secret_of_another_shape_is_unavailable_and_not_told(
    clock: Clock, log: Log, text: str
) -> None:
    manager = Manager()
    manager.text = text
    with pytest.raises(Unavailable):
        secret(manager).value("A")
    assert "sk_test_1" not in log.text()


@pytest.mark.parametrize("mode", ["test", "live"])
def test_a_secret_or_restricted_key_names_its_mode(mode: str) -> None:
    assert [mode_of(f"{kind}_{mode}_1") for kind in ("sk", "rk")] == [mode, mode]


@pytest.mark.parametrize(
    "key",
    ["pk_live_1", "", "xsk_live_1", "sk_org_live_1", "sk_live_", "sk_test_1\n", "sk_livetest_1"],
)
def test_any_other_key_names_none(key: str) -> None:
    assert mode_of(key) is None


@pytest.fixture
def deploy(aws: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Deploy with these secrets: a cold start, with Secrets Manager behind it."""

    def with_secrets(key: str, webhooks: str, mode: str = "test") -> None:
        webhook = put_secret("mode-webhook", STRIPE_WEBHOOK_SECRETS=webhooks)
        monkeypatch.setenv("DEPLOYMENT", DEPLOYMENT)
        monkeypatch.setenv("STRIPE_MODE", mode)
        monkeypatch.setenv("STRIPE_SECRET", put_secret("mode", STRIPE_SECRET_KEY=key))
        monkeypatch.setenv("WEBHOOK_SECRET", webhook)
        forget_everything()

    yield with_secrets
    forget_everything()


def test_a_deployment_has_the_mode_of_its_key(deploy: Any) -> None:
    deploy("sk_test_1", "whsec_1")
    assert (stripe_key(), deployment_is_live()) == ("sk_test_1", False)
    deploy("rk_live_1", "whsec_1", "live")
    assert (stripe_key(), deployment_is_live()) == ("rk_live_1", True)


@pytest.mark.parametrize(
    ("key", "mode"),
    [("sk_live_1", "test"), ("sk_test_1", "live"), ("sk_org_live_1", "test"),
     ("sk_org_live_1", "live"), ("pk_test_1", "test")],
)  # fmt: skip
def test_a_key_of_another_mode_than_the_deployments_is_never_used(
    deploy: Any, log: Log, key: str, mode: str
) -> None:
    deploy(key, "whsec_1", mode)
    with pytest.raises(Unavailable) as unavailable:
        stripe_key()
    assert unavailable.value.code == "secrets_unavailable"
    assert deployment_is_live() == (mode == "live")
    flush()
    assert "not of this deployment's mode" in log.text()
    assert log.metrics()["StripeKeyOfOtherMode"] == 1
    assert key not in log.text()


def test_every_endpoint_and_generation_has_its_signing_secret(deploy: Any) -> None:
    deploy("sk_test_1", "whsec_1, whsec_2,whsec_3")
    assert webhook_secrets().values() == ["whsec_1", "whsec_2", "whsec_3"]
    assert webhook_secrets() == webhook_secrets()


@pytest.mark.parametrize("webhooks", ["whsec_local_account", "whsec_1,whsec_local_connect"])
def test_a_live_key_with_the_webhook_secrets_of_a_local_run_is_refused(
    deploy: Any, webhooks: str
) -> None:
    deploy("sk_live_1", webhooks, "live")
    with pytest.raises(Unavailable) as unavailable:
        webhook_secrets().values()
    assert unavailable.value.code == "secrets_unavailable"


def test_a_test_key_may_go_with_the_webhook_secrets_of_a_local_run(deploy: Any) -> None:
    deploy("sk_test_1", "whsec_local_account,whsec_local_connect")
    assert len(webhook_secrets().values()) == 2
