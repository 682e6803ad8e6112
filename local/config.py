"""The settings of one machine: from its environment, with defaults that need no account."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from local.errors import SettingsError
from local.google_settings import GoogleSettings, read_google_settings
from local.stripe_settings import StripeSettings, read_stripe_settings

CLIENT_ID = "countersign-local"
"""The client id of the pages, which is also the audience of the tokens."""
ALTERNATIVE_PATH = "/_local/alternative"
ISSUER_PATH = "/_local/issuer"
SHOP_HOST = "merchant.localhost"
"""The merchant's site. To a browser it is another site than ours."""

_OWN_PAGES = ("/", "/verify", "/confirmation", "/connect", "/connected")
_SESSION_EVENTS = ("created", "processing", "requires_input", "verified", "canceled", "redacted")
_PAYMENT_EVENTS = {
    "payment_intent": (
        *("amount_capturable_updated", "canceled", "created", "partially_funded"),
        *("payment_failed", "processing", "requires_action", "succeeded"),
    ),
    "charge": (
        *("captured", "expired", "failed", "pending", "refund.updated", "refunded", "succeeded"),
        *("updated", "dispute.closed", "dispute.created", "dispute.funds_reinstated"),
        *("dispute.funds_withdrawn", "dispute.updated"),
    ),
    "refund": ("created", "failed", "updated"),
    "review": ("closed", "opened"),
}
_EVENTS = (
    *(f"identity.verification_session.{name}" for name in _SESSION_EVENTS),
    "account.application.authorized",
    "account.application.deauthorized",
    *(f"{kind}.{name}" for kind, names in _PAYMENT_EVENTS.items() for name in names),
)


@dataclass(frozen=True)
class Settings:
    """What `make run` was asked for.

    `values` holds the template's parameters that this machine decides. Any other keeps the
    default of the template.
    """

    port: int
    stripe: StripeSettings
    google: GoogleSettings
    values: Mapping[str, str]

    @property
    def public_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def callback_url(self) -> str:
        """Where an install link leads back to."""
        return self.public_url + "/callback/stripe"

    @property
    def issuer(self) -> str:
        return self.public_url + ISSUER_PATH

    @property
    def shop_origin(self) -> str:
        return f"http://{SHOP_HOST}:{self.port}"

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins on this machine whose pages may sign a visitor in."""
        return (self.public_url, self.shop_origin)

    def with_values(self, values: Mapping[str, str]) -> "Settings":
        """Return these settings with parameters that were made on this machine."""
        return replace(self, values={**self.values, **values})

    def parameters(self, declared: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
        """Return the value of every parameter that a template declares.

        All are named, since a missing one would keep its value of the last deployment.
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
    """Return the settings in an environment, for a machine of the given Lambda architecture.

    Raises SettingsError naming the variable that is wrong.
    """
    port = _port(environ.get("PORT") or "8000")
    public_url = f"http://localhost:{port}"
    stripe = read_stripe_settings(environ, port)
    values = {
        **stripe.values,
        "AllowedReturnUrls": environ.get("ALLOWED_RETURN_URLS") or own_pages(public_url),
        "AllowedOrigins": environ.get("ALLOWED_ORIGINS") or public_url,
        "AlternativeVerificationUrl": environ.get("ALTERNATIVE_VERIFICATION_URL")
        or public_url + ALTERNATIVE_PATH,
        "MaxVerificationAttempts": _attempts(environ.get("MAX_VERIFICATION_ATTEMPTS") or "5"),
        "InstallBinding": _binding(environ.get("INSTALL_BINDING") or "on"),
        "SpcRpId": environ.get("SPC_RP_ID") or "localhost",
        "SpcRpName": environ.get("SPC_RP_NAME") or "Countersign",
        "JwtIssuer": public_url + ISSUER_PATH,
        "JwtAudience": CLIENT_ID,
        "PublicUrl": public_url,
        "Stage": "local",
        "Architecture": architecture,
    }
    return Settings(port, stripe, read_google_settings(environ), values)


def stripe_listen_hint(settings: Settings) -> str:
    """Return how to let Stripe's test mode deliver its events here."""
    webhook = f"localhost:{settings.port}/webhook"
    hint = (
        "this run talks to Stripe's test mode. To receive its events, run\n"
        f"  stripe listen --events {','.join(_EVENTS)}"
        f" --forward-to {webhook} --forward-connect-to {webhook}\n"
        "and set STRIPE_WEBHOOK_SECRETS to the whsec_... that it prints"
    )
    if settings.stripe.app_secrets:
        return hint
    return (
        f"{hint}. To use install links, set STRIPE_APP_ID, STRIPE_APP_SECRETS (absec_...)"
        f" and STRIPE_APPLICATION_ID (ca_...), and add {settings.callback_url} to the"
        " allowed_redirect_uris of the app's manifest"
    )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise SettingsError(f"PORT must be a number from 1 to 65535, not {text!r}")
    return int(text)


def _attempts(text: str) -> str:
    if not (text.isascii() and text.isdigit() and int(text) >= 1):
        raise SettingsError("MAX_VERIFICATION_ATTEMPTS must be a whole number, 1 or more")
    return text


def _binding(text: str) -> str:
    if text not in ("on", "off"):
        raise SettingsError(f"INSTALL_BINDING must be on or off, not {text!r}")
    return text


def own_pages(public_url: str) -> str:
    """Return the addresses of our pages that a visitor may come back to, as a list."""
    return ",".join(public_url + path for path in _OWN_PAGES)
