"""The settings of one machine: defaults, a switch to Stripe's test mode, and refusals."""

import re

import pytest

from countersign.payments.receive_event import TYPES as PAYMENT_TYPES
from countersign.webhooks.receivers import TYPES
from local.config import read_settings, stripe_listen_hint
from local.errors import SettingsError

REAL_KEYS = {
    "STRIPE_SECRET_KEY": "sk_test_51realkey",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_51realkey",
}


def test_an_empty_environment_gives_the_stand_in_on_port_8000() -> None:
    settings = read_settings({}, "x86_64")
    assert settings.public_url == "http://localhost:8000"
    assert not settings.stripe.is_real
    assert settings.stripe.webhook_secrets == ("whsec_local_account", "whsec_local_connect")
    assert settings.stripe.app_secrets == ("absec_local",)
    assert settings.values["StripeAppId"] == "com.example.countersign"
    assert settings.values["StripeAppSecrets"] == "absec_local"
    assert settings.values["StripeApplicationId"] == "ca_local"
    assert settings.values["InstallBinding"] == "on"
    assert settings.callback_url == "http://localhost:8000/callback/stripe"
    assert "http://localhost:8000/connected" in settings.values["AllowedReturnUrls"].split(",")
    assert settings.values["StripeSecretKey"] == "sk_test_local"
    assert settings.values["StripePublishableKey"] == "pk_test_local"
    assert settings.values["StripeApiBase"] == "http://localhost:8000/_local/stripe"
    assert settings.values["StripeJsUrl"] == "http://stripe.localhost:8000/v3/"
    assert settings.values["MaxVerificationAttempts"] == "5"
    assert settings.values["Stage"] == "local"


def test_every_address_of_this_machine_follows_the_port() -> None:
    values = read_settings({"PORT": "8123"}, "arm64").values
    local = [value for value in values.values() if "://" in value and "localhost" in value]
    assert len(local) >= 6
    assert all(":8123" in value and ":8000" not in value for value in local)


def test_an_empty_variable_counts_as_not_set() -> None:
    empty = dict.fromkeys(
        (
            "PORT",
            "STRIPE_SECRET_KEY",
            "STRIPE_WEBHOOK_SECRETS",
            "ALLOWED_ORIGINS",
            "STRIPE_APP_ID",
            "STRIPE_APP_SECRETS",
            "STRIPE_APPLICATION_ID",
            "INSTALL_BINDING",
            "GOOGLE_PAY_RECIPIENT_ID",
            "GOOGLE_PAY_PRIVATE_KEYS",
            "GOOGLE_PAY_ROOT_KEYS",
        ),
        "",
    )
    assert read_settings(empty, "x86_64") == read_settings({}, "x86_64")


def test_a_real_test_pair_switches_to_stripe_and_says_how_events_come() -> None:
    settings = read_settings({**REAL_KEYS, "PORT": "9000"}, "x86_64")
    assert settings.stripe.is_real
    assert settings.values["StripeSecretKey"] == REAL_KEYS["STRIPE_SECRET_KEY"]
    assert "StripeApiBase" not in settings.values
    hint = stripe_listen_hint(settings)
    assert "--forward-to localhost:9000/webhook" in hint
    assert "--forward-connect-to localhost:9000/webhook" in hint
    assert "account.application.authorized,account.application.deauthorized" in hint
    (named,) = re.findall(r"--events (\S+)", hint)
    assert set(named.split(",")) == TYPES | PAYMENT_TYPES
    assert "identity.verification_session.redacted" in hint
    assert "STRIPE_WEBHOOK_SECRETS" in hint


def test_of_a_real_app_nothing_is_presumed() -> None:
    settings = read_settings(REAL_KEYS, "x86_64")
    for name in ("StripeAppId", "StripeAppSecrets", "StripeApplicationId"):
        assert settings.values[name] == ""
    hint = stripe_listen_hint(settings)
    assert "STRIPE_APP_SECRETS" in hint
    assert "http://localhost:8000/callback/stripe" in hint


@pytest.mark.parametrize("keys", [{}, REAL_KEYS])
def test_another_app_is_used_when_it_is_given(keys: dict[str, str]) -> None:
    app = {
        "STRIPE_APP_ID": "com.acme.app",
        "STRIPE_APP_SECRETS": "absec_1, absec_2",
        "STRIPE_APPLICATION_ID": "ca_acme",
        "INSTALL_BINDING": "off",
    }
    settings = read_settings({**keys, **app}, "x86_64")
    assert settings.values["StripeAppId"] == settings.stripe.app_id == "com.acme.app"
    assert settings.values["StripeAppSecrets"] == "absec_1,absec_2"
    assert settings.stripe.app_secrets == ("absec_1", "absec_2")
    assert settings.values["StripeApplicationId"] == "ca_acme"
    assert settings.values["InstallBinding"] == "off"
    assert "STRIPE_APP_SECRETS" not in stripe_listen_hint(settings)


def test_a_secret_key_alone_leaves_no_publishable_key() -> None:
    settings = read_settings({"STRIPE_SECRET_KEY": "rk_test_51realkey"}, "x86_64")
    assert settings.stripe.is_real
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
        ({"STRIPE_APP_SECRETS": " , "}, "STRIPE_APP_SECRETS has no secret in it"),
        ({**REAL_KEYS, "STRIPE_APP_SECRETS": " "}, "STRIPE_APP_SECRETS has no secret in it"),
        ({**REAL_KEYS, "STRIPE_APP_ID": "com.acme.app"}, "not its STRIPE_APP_SECRETS"),
        ({**REAL_KEYS, "STRIPE_APP_SECRETS": "absec_1"}, "not its STRIPE_APP_ID"),
        (
            {**REAL_KEYS, "STRIPE_APP_ID": "a", "STRIPE_APP_SECRETS": "absec_1,absec_local"},
            "which everybody knows",
        ),
        ({"STRIPE_APPLICATION_ID": "com.acme.app"}, "must begin with ca_"),
        ({"INSTALL_BINDING": "yes"}, "INSTALL_BINDING must be on or off"),
        ({"INSTALL_BINDING": " "}, "INSTALL_BINDING must be on or off"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_by_name(
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
