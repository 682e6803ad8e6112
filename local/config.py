"""The settings of one machine: its environment, else defaults that need no account."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from local.errors import LocalError

CLIENT_ID = "countersign-local"
"""The client id of the pages, which is also the audience of the tokens."""
ALTERNATIVE_PATH = "/_local/alternative"
ISSUER_PATH = "/_local/issuer"
STRIPE_PATH = "/_local/stripe"

STAND_IN_SECRET_KEY = "sk_test_local"  # noqa: S105 - the stand-in's, worth nothing elsewhere
STAND_IN_PUBLISHABLE_KEY = "pk_test_local"
STAND_IN_WEBHOOK_SECRETS = "whsec_local_account,whsec_local_connect"

_TEST_KEYS = ("sk_test_", "rk_test_")
_LIVE_KEYS = ("sk_live_", "rk_live_", "pk_live_")
_ADDRESSES = {
    "StripeApiBase": "STRIPE_API_BASE",
    "StripeJsUrl": "STRIPE_JS_URL",
    "StripeMarketplaceBase": "STRIPE_MARKETPLACE_BASE",
}
_EVENTS = ("created", "processing", "requires_input", "verified", "canceled", "redacted")


class SettingsError(LocalError):
    """A setting of this machine that can not be used; the message says what to set."""


@dataclass(frozen=True)
class Settings:
    """What `make run` was asked for.

    `values` holds the template's parameters that this machine decides; one that is absent
    keeps the template's own default.
    """

    port: int
    stripe: bool
    webhook_secrets: tuple[str, ...]
    values: Mapping[str, str]

    @property
    def public_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def stand_in_url(self) -> str:
        return f"http://stripe.localhost:{self.port}"

    @property
    def issuer(self) -> str:
        return self.public_url + ISSUER_PATH

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins on this machine whose pages may sign a visitor in."""
        return (self.public_url, f"http://merchant.localhost:{self.port}")

    def parameters(self, declared: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
        """The value of every parameter that a template declares.

        All are named, since one left out would keep its value of the last deployment.
        Raises SettingsError for a parameter with neither a value here nor a default.
        """
        chosen = {}
        for name, declaration in declared.items():
            value = self.values.get(name, declaration.get("Default"))
            if value is None:
                raise SettingsError(f"the template's parameter {name} has no value on one machine")
            chosen[name] = str(value)
        return chosen


def read_settings(environ: Mapping[str, str], architecture: str) -> Settings:
    """The settings in an environment, for a machine of the given Lambda architecture.

    Raises SettingsError naming the variable that is wrong.
    """
    port = _port(environ.get("PORT") or "8000")
    public_url = f"http://localhost:{port}"
    secret_key = environ.get("STRIPE_SECRET_KEY", "")
    publishable_key = environ.get("STRIPE_PUBLISHABLE_KEY", "")
    stripe = _talks_to_stripe(secret_key, publishable_key)
    secrets = _listed(environ.get("STRIPE_WEBHOOK_SECRETS") or STAND_IN_WEBHOOK_SECRETS)
    if not secrets:
        raise SettingsError("STRIPE_WEBHOOK_SECRETS has no secret in it")
    values = {
        "StripeSecretKey": secret_key if stripe else STAND_IN_SECRET_KEY,
        "StripePublishableKey": publishable_key if stripe else STAND_IN_PUBLISHABLE_KEY,
        "StripeWebhookSecrets": ",".join(secrets),
        "AllowedReturnUrls": environ.get("ALLOWED_RETURN_URLS") or _own_pages(public_url),
        "AllowedOrigins": environ.get("ALLOWED_ORIGINS") or public_url,
        "AlternativeVerificationUrl": environ.get("ALTERNATIVE_VERIFICATION_URL")
        or public_url + ALTERNATIVE_PATH,
        "MaxVerificationAttempts": _attempts(environ.get("MAX_VERIFICATION_ATTEMPTS") or "5"),
        **({} if stripe else _stand_in_addresses(port)),
        **_addresses_set(environ),
        "JwtIssuer": public_url + ISSUER_PATH,
        "JwtAudience": CLIENT_ID,
        "PublicUrl": public_url,
        "Stage": "local",
        "Architecture": architecture,
    }
    return Settings(port, stripe, secrets, values)


def stripe_listen_hint(settings: Settings) -> str:
    """How to have Stripe's test mode deliver its events here."""
    events = ",".join(f"identity.verification_session.{event}" for event in _EVENTS)
    return (
        "this run talks to Stripe's test mode. To receive its events, run\n"
        f"  stripe listen --events {events} --forward-to localhost:{settings.port}/webhook\n"
        "and set STRIPE_WEBHOOK_SECRETS to the whsec_... that it prints"
    )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise SettingsError(f"PORT must be a number from 1 to 65535, not {text!r}")
    return int(text)


def _attempts(text: str) -> str:
    if not (text.isascii() and text.isdigit() and int(text) >= 1):
        raise SettingsError("MAX_VERIFICATION_ATTEMPTS must be a whole number, 1 or more")
    return text


def _own_pages(public_url: str) -> str:
    return ",".join(public_url + path for path in ("/", "/verify", "/confirmation"))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _talks_to_stripe(secret_key: str, publishable_key: str) -> bool:
    """Whether the keys are a real test pair (a secret key alone will do), or the stand-in's."""
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
    origin = f"http://stripe.localhost:{port}"
    return {
        # Called by the functions, where the system's resolver need not know *.localhost.
        "StripeApiBase": f"http://localhost:{port}{STRIPE_PATH}",
        "StripeJsUrl": f"{origin}/v3/",
        "StripeMarketplaceBase": origin,
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
