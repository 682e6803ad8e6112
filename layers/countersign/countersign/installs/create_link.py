"""Create an install link: https://docs.stripe.com/stripe-apps/install-links#create-install-link."""

from urllib.parse import urlencode

from msgspec import Struct

from countersign.aws.telemetry import logger
from countersign.installs.context import Context
from countersign.installs.link_state import browser_cookie, store_state
from countersign.installs.one_time import LASTS
from countersign.problems import Problem
from countersign.stripe_api.keys import deployment_is_live

CALLBACK = "/callback/stripe"


class Link(Struct, frozen=True):
    """A link, when it expires (Unix seconds), and the cookie of the browser that may use it; no
    cookie while INSTALL_BINDING is off.
    """

    url: str
    expires_at: int
    cookie: str | None


def create_link(
    context: Context, user: str, origin: str, return_to: str, cookies: list[str]
) -> Link:
    """Return a new link for a user. `origin` is this deployment's own, `cookies` are those that
    the browser sent.

    Raises 500 `install_links_misconfigured` where the deployment has no app, or is live and not
    reached over https.
    """
    _check_deployment(context, origin)
    cookie = browser_cookie(cookies) if context.settings.install_binding else None
    now = context.now()
    state = store_state(context.table, user, return_to, cookie, now)
    query = urlencode({"redirect_uri": origin + CALLBACK, "state": state})
    base = context.settings.stripe_marketplace_base
    app = context.settings.stripe_install_link_id or context.settings.stripe_app_id
    return Link(f"{base}/apps/install/link/{app}?{query}", now + LASTS, cookie)


def _check_deployment(context: Context, origin: str) -> None:
    fault = None
    if not context.settings.stripe_app_id:
        fault = "no Stripe App is configured (STRIPE_APP_ID)"
    elif not origin.startswith("https://") and deployment_is_live():
        fault = "a live deployment must be reached over https (PUBLIC_URL)"
    if fault:
        logger.error("install links are misconfigured", extra={"reason": fault})
        detail = f"Install links cannot be created: {fault}. Ask the operator of this deployment."
        raise Problem(500, "install_links_misconfigured", detail)
