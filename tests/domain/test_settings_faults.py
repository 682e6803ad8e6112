"""Settings that must not go together are refused when a function starts, in one line."""

import pytest

from countersign.settings import WrongSettings, require_settings
from countersign.settings_faults import setting_faults

TEST, LIVE, LOCAL = {"STRIPE_MODE": "test"}, {"STRIPE_MODE": "live"}, {"STAGE": "local"}
VARIABLES = ("STRIPE_API_BASE", "STRIPE_JS_URL", "STRIPE_MARKETPLACE_BASE")


def faults(*settings: dict[str, str], **more: str) -> list[str]:
    environment: dict[str, str] = {"STAGE": "prod"}
    for part in settings:
        environment |= part
    return list(setting_faults(environment | more))


@pytest.mark.parametrize("settings", [
    [TEST], [LIVE], [TEST, LOCAL],
    [LIVE, {"STRIPE_API_BASE": "https://api.stripe.com/"}],
    [LIVE, {"STRIPE_JS_URL": "https://js.stripe.com/clover/stripe.js"}],
    [LIVE, {"STRIPE_PUBLISHABLE_KEY": "pk_live_1", "VERIFICATION_OPTIONS": '{"document": {}}'}],
    [TEST, {"STRIPE_API_BASE": "https://stripe-mock.example"}],
    [TEST, LOCAL, {"STRIPE_API_BASE": "http://localhost:8000/_local/stripe"}],
    [TEST, dict.fromkeys(("STRIPE_PUBLISHABLE_KEY", "VERIFICATION_OPTIONS", *VARIABLES), " ")],
])  # fmt: skip
def test_settings_that_go_together_are_taken(settings: list[dict[str, str]]) -> None:
    assert faults(*settings) == []


def test_a_live_key_is_nothing_for_one_machine() -> None:
    assert faults(LIVE, LOCAL) == ["Stage must not be local with a live StripeSecretKey"]


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize(
    "value",
    ["https://evil.example", "http://api.stripe.com", "https://api.stripe.com.evil.example/",
     "https://api.stripe.com@evil.example/", "//js.stripe.com/v3/"],
)  # fmt: skip
def test_with_a_live_key_nobody_stands_in_stripes_place(variable: str, value: str) -> None:
    (fault,) = faults(LIVE, {variable: value})
    assert "with a live StripeSecretKey" in fault
    assert value not in fault


@pytest.mark.parametrize("variable", VARIABLES)
def test_only_one_machine_speaks_plain_http(variable: str) -> None:
    assert "must begin with https://" in faults(TEST, {variable: "http://stripe.example"})[0]


@pytest.mark.parametrize(("mode", "key"), [
    ("test", "pk_live_1"), ("live", "pk_test_1"), ("live", "sk_live_1"), ("test", "pk_1"),
])  # fmt: skip
def test_the_publishable_key_is_of_the_same_mode(mode: str, key: str) -> None:
    (fault,) = faults(STRIPE_MODE=mode, STRIPE_PUBLISHABLE_KEY=key)
    assert fault.startswith(f"StripePublishableKey must begin with pk_{mode}_")


@pytest.mark.parametrize("text", ["{", "[]", "null", "3", '{"a": 1} x', "[" * 100_000])
def test_options_that_are_no_json_object_are_named(text: str) -> None:
    assert faults(TEST, VERIFICATION_OPTIONS=text) == ["VerificationOptions must be a JSON object"]


def test_a_function_with_such_settings_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_API_BASE", "http://stripe.example")
    monkeypatch.setenv("VERIFICATION_OPTIONS", "{")
    monkeypatch.delenv("STAGE", raising=False)
    require_settings("STRIPE_MODE")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "SessionCreation")
    told = r"^StripeApiBase must [^;]+; VerificationOptions must be a JSON object$"
    with pytest.raises(WrongSettings, match=told):
        require_settings("STRIPE_MODE")
