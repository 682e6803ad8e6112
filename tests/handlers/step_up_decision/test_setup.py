"""Wrong settings of Google Pay or wrong rules, or a key that cannot be read: each is named, and no
token is used up.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from countersign.step_up import deployed_rules
from countersign.step_up.rules.faults import RuleFault, RuleFileError
from local.google.keys import new_key
from tests.support.assertions import assert_problem, assert_unavailable
from tests.support.logs import Log
from tests.support.quick_secrets import put_secret
from tests.support.step_up_bundle import DECISIONS, StepUpBundle, asked, claims

Deploy = Callable[..., StepUpBundle]
NOWHERE = "arn:aws:secretsmanager:eu-west-1:1:secret:none"


@pytest.mark.parametrize("private_keys", [None, ""])
def test_without_the_private_key_no_token_is_opened(
    step_up: StepUpBundle, step_up_with: Deploy, private_keys: str | None
) -> None:
    before = step_up.items()
    step_up_with(GOOGLE_PAY_SECRET=secret_of(private_keys))
    assert_unavailable(step_up.decide(google_pay={"token": step_up.google.token()}), "secrets")
    assert step_up.items() == before
    assert step_up.decided()["outcome"] == "step_up"


def secret_of(private_keys: str | None) -> str:
    """The ARN of a secret with these keys, or of none."""
    if private_keys is None:
        return NOWHERE
    name = f"google-pay-{len(private_keys)}"
    return put_secret(name, GOOGLE_PAY_PRIVATE_KEYS=private_keys)


def test_private_keys_of_which_one_is_wrong_are_named_and_not_shown(
    step_up: StepUpBundle, step_up_with: Deploy, log: Log
) -> None:
    step_up_with(GOOGLE_PAY_SECRET=secret_of(f"{step_up.google.private_key},AAAA"))
    answer = step_up.decide(google_pay={"token": step_up.google.token()})
    assert_problem(answer, 500, "google_pay_misconfigured")
    assert "GOOGLE_PAY_PRIVATE_KEYS" in answer.json["detail"]
    for text in (answer.text, log.text()):
        assert step_up.google.private_key[:20] not in text
        assert "AAAA" not in text


@pytest.mark.parametrize(("name", "value"), [
    ("GOOGLE_PAY_RECIPIENT_ID", "12345678901234567890"), ("GOOGLE_PAY_ROOT_KEYS", ""),
    ("GOOGLE_PAY_ROOT_KEYS", '{"keys": []}'),
])  # fmt: skip
def test_a_setting_of_google_pay_that_is_wrong_is_named(
    step_up: StepUpBundle, step_up_with: Deploy, name: str, value: str
) -> None:
    before = step_up.items()
    step_up_with(**{name: value})
    answer = step_up.decide(google_pay={"token": step_up.google.token()})
    assert_problem(answer, 500, "google_pay_misconfigured")
    assert name in answer.json["detail"]
    assert step_up.items() == before
    assert step_up.decided()["outcome"] == "step_up"


def test_a_deployment_without_google_pay_opens_no_token_and_believes_no_claim(
    step_up: StepUpBundle, step_up_with: Deploy
) -> None:
    token = step_up.google.token()
    step_up_with(GOOGLE_PAY_RECIPIENT_ID="")
    answer = step_up.decide(google_pay={"token": token})
    assert_problem(answer, 422, "invalid_google_pay_token")
    assert "this deployment opens none" in answer.json["detail"]
    handed = claims()
    handed["paymentMethodData"]["tokenizationData"] = {"type": "DIRECT", "token": token}
    told = step_up.decided(google_pay={"payment_data": handed})
    assert (told["evidence"], told["outcome"]) == ("claimed", "step_up")


def test_a_live_deployment_takes_nothing_of_the_test_environment(
    step_up_with: Deploy,
) -> None:
    live = step_up_with(secret="live")
    live.open_shop(livemode=True)
    token = live.google.token()
    assert_problem(live.decide(google_pay={"token": token}), 500, "google_pay_misconfigured")
    assert live.decided()["outcome"] == "step_up"


class Kms:
    """AWS KMS with one key pair, or with what it raises."""

    def __init__(self, key: ec.EllipticCurvePrivateKey | Exception) -> None:
        self.key = key
        self.asked: list[str] = []

    def derive_shared_secret(self, **request: Any) -> dict[str, bytes]:
        self.asked.append(request["KeyId"])
        if isinstance(self.key, Exception):
            raise self.key
        public = load_der_public_key(request["PublicKey"])
        assert isinstance(public, ec.EllipticCurvePublicKey)
        return {"SharedSecret": self.key.exchange(ec.ECDH(), public)}


def test_without_kms_no_token_is_opened(
    step_up: StepUpBundle, step_up_with: Deploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    throttled = {"Error": {"Code": "ThrottlingException", "Message": "canary"}}
    error = ClientError(throttled, "DeriveSharedSecret")
    monkeypatch.setattr("countersign.google_pay.kms_agreement._client", lambda: Kms(error))
    google_pay, before = {"token": step_up.google.token()}, step_up.items()
    step_up_with(GOOGLE_PAY_KMS_KEYS="arn:aws:kms:eu-west-1:1:key/1")
    answer = step_up.decide(google_pay=google_pay)
    assert_unavailable(answer, "kms")
    assert "canary" not in answer.text
    assert step_up.items() == before
    step_up_with(GOOGLE_PAY_KMS_KEYS="")
    assert step_up.decided(google_pay=google_pay)["outcome"] == "proceed"


def test_a_key_may_stay_in_kms(
    step_up: StepUpBundle, step_up_with: Deploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    kms = Kms(step_up.google.key)
    monkeypatch.setattr("countersign.google_pay.kms_agreement._client", lambda: kms)
    step_up_with(GOOGLE_PAY_KMS_KEYS="key/1", GOOGLE_PAY_SECRET=NOWHERE)
    assert step_up.decided_on(step_up.google.token())["outcome"] == "proceed"
    assert kms.asked == ["key/1"]
    kms.key = new_key()
    answer = step_up.decide(google_pay={"token": step_up.google.token()})
    assert_problem(answer, 422, "invalid_google_pay_token")


@pytest.fixture
def unread_rules() -> Iterator[None]:
    """A process that has not read the rules yet, and neither has the next."""
    deployed_rules.deployed_rules.cache_clear()
    yield
    deployed_rules.deployed_rules.cache_clear()


@pytest.mark.parametrize(("error", "logged"), [
    (RuleFileError([RuleFault("outcome: canary", ("default", "outcome"))], "\n[default]\noutcome = 5"), "rules.toml:3: outcome: canary"),
    (FileNotFoundError("rules.toml: canary"), "rules.toml: canary"),
])  # fmt: skip
@pytest.mark.usefixtures("unread_rules")
def test_rules_that_cannot_be_read_are_logged_with_their_lines_and_decide_nothing(
    step_up: StepUpBundle, monkeypatch: pytest.MonkeyPatch, log: Log, error: Exception, logged: str
) -> None:
    def failing() -> None:
        raise error

    google_pay, before = {"token": step_up.google.token()}, step_up.items()
    with monkeypatch.context() as broken:
        broken.setattr(deployed_rules, "load_rules", failing)
        for path in (DECISIONS, f"{DECISIONS}/simulate"):
            answer = step_up.decider().post(path, asked())
            assert_problem(answer, 500, "rules_misconfigured")
            assert "canary" not in answer.text
        assert_problem(step_up.decide(google_pay=google_pay), 500, "rules_misconfigured")
    assert logged in log.text()
    assert step_up.items() == before
    assert step_up.decided(google_pay=google_pay)["outcome"] == "proceed"
