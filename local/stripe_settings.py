"""The settings that concern Stripe: the stand-in's, else those of a real account's test mode."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from local.errors import SettingsError

STRIPE_PATH = "/_local/stripe"

STAND_IN_SECRET_KEY = "sk_test_local"  # noqa: S105 - the stand-in's, worth nothing elsewhere
STAND_IN_PUBLISHABLE_KEY = "pk_test_local"
STAND_IN_WEBHOOK_SECRETS = "whsec_local_account,whsec_local_connect"
STAND_IN_APP_ID = "com.example.countersign"
STAND_IN_APP_SECRETS = "absec_local"
STAND_IN_APPLICATION_ID = "ca_local"

_TEST_KEYS = ("sk_test_", "rk_test_")
_LIVE_KEYS = ("sk_live_", "rk_live_", "pk_live_")
_ADDRESSES = {
    "StripeApiBase": "STRIPE_API_BASE",
    "StripeJsUrl": "STRIPE_JS_URL",
    "StripeMarketplaceBase": "STRIPE_MARKETPLACE_BASE",
}


@dataclass(frozen=True)
class StripeSettings:
    """`is_real` says whether Stripe itself is used; `values` holds the template's parameters.

    A real app has no defaults, so `app_id` and `app_secrets` may be empty: no install links.
    """

    is_real: bool
    webhook_secrets: tuple[str, ...]
    app_id: str
    app_secrets: tuple[str, ...]
    application_id: str
    values: Mapping[str, str]


def read_stripe_settings(environ: Mapping[str, str], port: int) -> StripeSettings:
    """Raise SettingsError naming the variable that is wrong."""
    secret_key = environ.get("STRIPE_SECRET_KEY", "")
    publishable_key = environ.get("STRIPE_PUBLISHABLE_KEY", "")
    is_real = _talks_to_stripe(secret_key, publishable_key)
    webhook_secrets = _secrets(environ, "STRIPE_WEBHOOK_SECRETS", STAND_IN_WEBHOOK_SECRETS)
    app_id, app_secrets = _app(environ, is_real=is_real)
    application_id = _application_id(environ, is_real=is_real)
    values = {
        "StripeSecretKey": secret_key if is_real else STAND_IN_SECRET_KEY,
        "StripePublishableKey": publishable_key if is_real else STAND_IN_PUBLISHABLE_KEY,
        "StripeWebhookSecrets": ",".join(webhook_secrets),
        "StripeAppId": app_id,
        "StripeInstallLinkId": environ.get("STRIPE_INSTALL_LINK_ID", ""),
        "StripeAppSecrets": ",".join(app_secrets),
        "StripeApplicationId": application_id,
        **({} if is_real else _stand_in_addresses(port)),
        **_addresses_set(environ),
    }
    return StripeSettings(is_real, webhook_secrets, app_id, app_secrets, application_id, values)


def stand_in_url(port: int) -> str:
    """Return the stand-in's own origin."""
    return f"http://stripe.localhost:{port}"


def _secrets(environ: Mapping[str, str], variable: str, default: str) -> tuple[str, ...]:
    text = environ.get(variable) or default
    secrets = tuple(part.strip() for part in text.split(",") if part.strip())
    if text and not secrets:
        raise SettingsError(f"{variable} has no secret in it")
    return secrets


def _app(environ: Mapping[str, str], *, is_real: bool) -> tuple[str, tuple[str, ...]]:
    """Return the app's id and secrets; the stand-in's secret is public, so it is never used for
    Stripe.
    """
    app_id = environ.get("STRIPE_APP_ID") or ("" if is_real else STAND_IN_APP_ID)
    default = "" if is_real else STAND_IN_APP_SECRETS
    secrets = _secrets(environ, "STRIPE_APP_SECRETS", default)
    if app_id and not secrets:
        raise SettingsError("STRIPE_APP_ID is set, but not its STRIPE_APP_SECRETS")
    if secrets and not app_id:
        raise SettingsError("STRIPE_APP_SECRETS is set, but not its STRIPE_APP_ID")
    if is_real and STAND_IN_APP_SECRETS in secrets:
        raise SettingsError("STRIPE_APP_SECRETS has the stand-in's secret, which everybody knows")
    return app_id, secrets


def _application_id(environ: Mapping[str, str], *, is_real: bool) -> str:
    value = environ.get("STRIPE_APPLICATION_ID") or ("" if is_real else STAND_IN_APPLICATION_ID)
    if value and not value.startswith("ca_"):
        raise SettingsError("STRIPE_APPLICATION_ID must begin with ca_")
    return value


def _talks_to_stripe(secret_key: str, publishable_key: str) -> bool:
    """Return whether the keys are a real test pair (a secret key alone is enough)."""
    if secret_key.startswith(_LIVE_KEYS) or publishable_key.startswith(_LIVE_KEYS):
        raise SettingsError(
            "that is a live Stripe key; on one machine use test keys (sk_test_..., pk_test_...)"
        )
    if secret_key in ("", STAND_IN_SECRET_KEY):
        if publishable_key not in ("", STAND_IN_PUBLISHABLE_KEY):
            raise SettingsError("STRIPE_PUBLISHABLE_KEY is set, but not its STRIPE_SECRET_KEY")
        return False
    if not secret_key.startswith(_TEST_KEYS):
        raise SettingsError("STRIPE_SECRET_KEY must begin with sk_test_ or rk_test_")
    if publishable_key and not publishable_key.startswith("pk_test_"):
        raise SettingsError("STRIPE_PUBLISHABLE_KEY must begin with pk_test_")
    return True


def _stand_in_addresses(port: int) -> dict[str, str]:
    return {
        # Called by the functions, where the system's resolver need not know *.localhost.
        "StripeApiBase": f"http://localhost:{port}{STRIPE_PATH}",
        "StripeJsUrl": f"{stand_in_url(port)}/v3/",
        "StripeMarketplaceBase": stand_in_url(port),
    }


def _addresses_set(environ: Mapping[str, str]) -> dict[str, str]:
    chosen = {}
    for parameter, variable in _ADDRESSES.items():
        if value := environ.get(variable):
            parts = urlsplit(value)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise SettingsError(f"{variable} must be an http or https address")
            chosen[parameter] = value
    return chosen
