"""The settings of one machine: defaults, a switch to Stripe's test mode, and refusals."""

import pytest

from local.config import SettingsError, read_settings, stripe_listen_hint

REAL_KEYS = {
    "STRIPE_SECRET_KEY": "sk_test_51realkey",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_51realkey",
}


def test_an_empty_environment_gives_the_stand_in_on_port_8000() -> None:
    settings = read_settings({}, "x86_64")
    assert settings.public_url == "http://localhost:8000"
    assert not settings.stripe
    assert settings.webhook_secrets == ("whsec_local_account", "whsec_local_connect")
    assert settings.values["StripeSecretKey"] == "sk_test_local"
    assert settings.values["StripePublishableKey"] == "pk_test_local"
    assert settings.values["StripeApiBase"] == "http://localhost:8000/_local/stripe"
    assert settings.values["StripeJsUrl"] == "http://stripe.localhost:8000/v3/"
    assert settings.values["MaxVerificationAttempts"] == "5"
    assert settings.values["Stage"] == "local"


def test_every_address_of_this_machine_follows_the_port() -> None:
    values = read_settings({"PORT": "8123"}, "arm64").values
    local = [value for value in values.values() if "localhost" in value]
    assert len(local) >= 6
    assert all(":8123" in value and ":8000" not in value for value in local)


def test_an_empty_variable_counts_as_not_set() -> None:
    empty = dict.fromkeys(
        ("PORT", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS", "ALLOWED_ORIGINS"), ""
    )
    assert read_settings(empty, "x86_64") == read_settings({}, "x86_64")


def test_a_real_test_pair_switches_to_stripe_and_says_how_events_come() -> None:
    settings = read_settings({**REAL_KEYS, "PORT": "9000"}, "x86_64")
    assert settings.stripe
    assert settings.values["StripeSecretKey"] == REAL_KEYS["STRIPE_SECRET_KEY"]
    assert "StripeApiBase" not in settings.values
    hint = stripe_listen_hint(settings)
    assert "--forward-to localhost:9000/webhook" in hint
    assert "identity.verification_session.redacted" in hint
    assert "STRIPE_WEBHOOK_SECRETS" in hint


def test_a_secret_key_alone_leaves_no_publishable_key() -> None:
    settings = read_settings({"STRIPE_SECRET_KEY": "rk_test_51realkey"}, "x86_64")
    assert settings.stripe
    assert settings.values["StripePublishableKey"] == ""


def test_an_address_that_is_set_wins_over_either_default() -> None:
    named = {"STRIPE_API_BASE": "http://localhost:12111"}
    assert read_settings(named, "x86_64").values["StripeApiBase"] == "http://localhost:12111"
    real = read_settings({**named, **REAL_KEYS}, "x86_64")
    assert real.values["StripeApiBase"] == "http://localhost:12111"


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"STRIPE_SECRET_KEY": "sk_live_1"}, "live Stripe key"),
        ({"STRIPE_SECRET_KEY": "rk_live_1"}, "live Stripe key"),
        ({**REAL_KEYS, "STRIPE_PUBLISHABLE_KEY": "pk_live_1"}, "live Stripe key"),
        ({"STRIPE_SECRET_KEY": "nonsense"}, "must begin with sk_test_"),
        ({**REAL_KEYS, "STRIPE_PUBLISHABLE_KEY": "x"}, "must begin with pk_test_"),
        ({"STRIPE_PUBLISHABLE_KEY": "pk_test_51"}, "not its STRIPE_SECRET_KEY"),
        ({"PORT": "http"}, "PORT must be a number"),
        ({"PORT": "0"}, "PORT must be a number"),
        ({"PORT": "65536"}, "PORT must be a number"),
        ({"PORT": "８０００"}, "PORT must be a number"),
        ({"MAX_VERIFICATION_ATTEMPTS": "0"}, "MAX_VERIFICATION_ATTEMPTS"),
        ({"STRIPE_API_BASE": "localhost:1"}, "STRIPE_API_BASE"),
        ({"STRIPE_WEBHOOK_SECRETS": " , "}, "STRIPE_WEBHOOK_SECRETS"),
    ],
)
def test_a_setting_that_can_not_be_used_is_refused_by_name(
    environ: dict[str, str], words: str
) -> None:
    with pytest.raises(SettingsError, match=words) as refusal:
        read_settings(environ, "x86_64")
    assert "51realkey" not in str(refusal.value)


def test_a_template_gets_the_parameters_it_declares_and_all_of_them() -> None:
    settings = read_settings({}, "x86_64")
    declared: dict[str, dict[str, object]] = {
        "Stage": {},
        "LogRetentionDays": {"Default": 30},
        "JwtAudience": {"Default": ""},
    }
    assert settings.parameters(declared) == {
        "Stage": "local",
        "LogRetentionDays": "30",
        "JwtAudience": "countersign-local",
    }


def test_a_parameter_without_value_and_default_is_named() -> None:
    with pytest.raises(SettingsError, match="HostedZone"):
        read_settings({}, "x86_64").parameters({"HostedZone": {"Type": "String"}})
