"""The choices of a deployment, read once from the environment that `template.yaml` sets."""

import json
import os
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from msgspec import Struct, field

from countersign.settings_faults import setting_faults

STRIPE_JS_URL = "https://js.stripe.com/v3/"
OPERATOR_SCOPE = "countersign/operator"
MERCHANT_SCOPE = "countersign/merchant"
_OWN_SIGN_IN_PARAMETERS = frozenset(
    {
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "nonce",
        "redirect_uri",
        "request",
        "request_uri",
        "response_mode",
        "response_type",
        "state",
    }
)
"""What the pages' own sign-in decides: a setting that changed it would break it."""
STRIPE_MARKETPLACE_BASE = "https://marketplace.stripe.com"
_MODES = {"test": False, "live": True}


class Settings(Struct, frozen=True):
    """The choices of one deployment. Lists keep their order, and URLs have no trailing slash, but
    for `issuer`, which is as the issuer writes it.

    `deployment` marks this deployment's objects at Stripe: its AWS account, its region and the name
    of its stack. `livemode` is the deployment's mode, that of its Stripe key. `public_url` is empty
    when the deployment is reached under the API's own domain name. `epoch` counts the restores of
    a table, so that the revisions of domain events rise even then.
    """

    deployment: str
    livemode: bool = False
    identity_table: str = ""
    installs_table: str = ""
    spc_table: str = ""
    step_up_table: str = ""
    operations_table: str = ""
    payments_table: str = ""
    event_bus: str = ""
    put_aside_bucket: str = ""
    epoch: int = 0
    stripe_secret: str = ""
    webhook_secret: str = ""
    app_secret: str = ""
    token_secret: str = ""
    stripe_api_base: str = ""
    stripe_js_url: str = STRIPE_JS_URL
    stripe_publishable_key: str = ""
    public_url: str = ""
    allowed_return_urls: frozenset[str] = frozenset()
    allowed_origins: frozenset[str] = frozenset()
    alternative_verification_url: str = ""
    max_verification_attempts: int = 5
    verification_flow: str = ""
    verification_options: dict[str, Any] = field(default_factory=dict)
    stripe_app_id: str = ""
    stripe_install_link_id: str = ""
    stripe_application_id: str = ""
    stripe_marketplace_base: str = STRIPE_MARKETPLACE_BASE
    install_binding: bool = True
    on_one_machine: bool = False
    spc_rp_id: str = ""
    spc_rp_name: str = ""
    spc_accepts_new_browsers: bool = False
    google_pay_recipient_id: str = ""
    google_pay_root_keys: str = ""
    google_pay_secret: str = ""
    google_pay_kms_keys: tuple[str, ...] = ()
    issuer: str = ""
    operator_scope: str = OPERATOR_SCOPE
    merchant_scope: str = MERCHANT_SCOPE
    sign_in_client_id: str = ""
    sign_in_parameters: dict[str, str] = field(default_factory=dict)
    sign_in_origins: tuple[str, ...] = ()

    @property
    def scope_names(self) -> dict[str, str]:
        """What the issuer calls the operator's and a merchant's scope."""
        return {"operator": self.operator_scope, "merchant": self.merchant_scope}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read every setting. Raises `KeyError` or `ValueError` for a mistake in the template."""
        text = {name: value.strip() for name, value in environment.items()}
        return cls(
            deployment=text["DEPLOYMENT"],
            livemode=_MODES[text["STRIPE_MODE"]],
            identity_table=text.get("IDENTITY_TABLE", ""),
            installs_table=text.get("INSTALLS_TABLE", ""),
            spc_table=text.get("SPC_TABLE", ""),
            step_up_table=text.get("STEP_UP_TABLE", ""),
            operations_table=text.get("OPERATIONS_TABLE", ""),
            payments_table=text.get("PAYMENTS_TABLE", ""),
            event_bus=text.get("EVENT_BUS", ""),
            put_aside_bucket=text.get("PUT_ASIDE_BUCKET", ""),
            epoch=int(text.get("EPOCH") or 0),
            stripe_secret=text.get("STRIPE_SECRET", ""),
            webhook_secret=text.get("WEBHOOK_SECRET", ""),
            app_secret=text.get("APP_SECRET", ""),
            token_secret=text.get("TOKEN_SECRET", ""),
            stripe_api_base=text.get("STRIPE_API_BASE", "").rstrip("/"),
            stripe_js_url=text.get("STRIPE_JS_URL") or STRIPE_JS_URL,
            stripe_publishable_key=text.get("STRIPE_PUBLISHABLE_KEY", ""),
            public_url=_origin(text.get("PUBLIC_URL", "")),
            allowed_return_urls=frozenset(
                url.partition("?")[0] for url in split_list(text.get("ALLOWED_RETURN_URLS", ""))
            ),
            allowed_origins=frozenset(map(_origin, split_list(text.get("ALLOWED_ORIGINS", "")))),
            alternative_verification_url=text.get("ALTERNATIVE_VERIFICATION_URL", ""),
            max_verification_attempts=int(text.get("MAX_VERIFICATION_ATTEMPTS") or 5),
            verification_flow=text.get("VERIFICATION_FLOW", ""),
            verification_options=json.loads(text.get("VERIFICATION_OPTIONS") or "{}"),
            stripe_app_id=text.get("STRIPE_APP_ID", ""),
            stripe_install_link_id=text.get("STRIPE_INSTALL_LINK_ID", ""),
            stripe_application_id=text.get("STRIPE_APPLICATION_ID", ""),
            stripe_marketplace_base=(
                text.get("STRIPE_MARKETPLACE_BASE") or STRIPE_MARKETPLACE_BASE
            ).rstrip("/"),
            install_binding=text.get("INSTALL_BINDING") != "off",
            on_one_machine=text.get("STAGE") == "local",
            spc_rp_id=text.get("SPC_RP_ID", ""),
            spc_rp_name=text.get("SPC_RP_NAME", ""),
            spc_accepts_new_browsers=text.get("SPC_NEW_BROWSERS") == "accept",
            google_pay_recipient_id=text.get("GOOGLE_PAY_RECIPIENT_ID", ""),
            google_pay_root_keys=text.get("GOOGLE_PAY_ROOT_KEYS", ""),
            google_pay_secret=text.get("GOOGLE_PAY_SECRET", ""),
            google_pay_kms_keys=tuple(split_list(text.get("GOOGLE_PAY_KMS_KEYS", ""))),
            issuer=text.get("ISSUER", ""),
            operator_scope=text.get("OPERATOR_SCOPE") or OPERATOR_SCOPE,
            merchant_scope=text.get("MERCHANT_SCOPE") or MERCHANT_SCOPE,
            sign_in_parameters=_sign_in_parameters(text.get("SIGN_IN_PARAMETERS", "")),
            sign_in_client_id=text.get("SIGN_IN_CLIENT_ID", ""),
            sign_in_origins=tuple(split_list(text.get("SIGN_IN_ORIGINS", ""))),
        )


def _sign_in_parameters(query: str) -> dict[str, str]:
    """Return the further parameters of the sign-in. Raises `ValueError` for one that the pages send
    themselves.
    """
    found = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
    if own := sorted(_OWN_SIGN_IN_PARAMETERS.intersection(found)):
        raise ValueError(f"SIGN_IN_PARAMETERS may not name {', '.join(own)}")
    return found


def _origin(text: str) -> str:
    """Return an origin as browsers write it, in lower case and without a slash, to be compared as
    text.
    """
    return text.rstrip("/").lower()


def split_list(text: str) -> list[str]:
    """Return the entries of a comma-separated setting, without blanks."""
    return [entry for part in text.split(",") if (entry := part.strip())]


@cache
def settings() -> Settings:
    """Return the settings of this process."""
    return Settings.from_environment(os.environ)


class MissingSettings(RuntimeError):
    """The deployment does not set what a function cannot work without; the message names it."""


class WrongSettings(RuntimeError):
    """The deployment has settings that must not go together; the message names the parameters."""


def require_settings(*names: str) -> None:
    """Check at init that these environment variables are set, and that all settings may go
    together, where Lambda runs the function.

    Raises `MissingSettings` or `WrongSettings`, which Lambda writes to the log in one line and
    counts as an error of the function. An alarm fires then, and no caller is asked to try again in
    vain (docs/decisions.md#a-function-names-the-settings-it-needs).
    """
    if "AWS_LAMBDA_FUNCTION_NAME" not in os.environ:
        return
    missing = [name for name in names if not os.environ.get(name, "").strip()]
    if missing:
        raise MissingSettings(f"not set in this function's environment: {', '.join(missing)}")
    if faults := list(setting_faults(os.environ)):
        raise WrongSettings("; ".join(faults))
