"""Where an install link leads back to (docs.stripe.com/stripe-apps/install-links). Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from stripe import WebhookSignature


@dataclass(frozen=True)
class Installed:
    """Who installed the app where; `state` is None when the link had none."""

    user: str
    account: str
    state: str | None
    livemode: bool


def success_url(redirect_uri: str, done: Installed, secrets: Sequence[str], now: int) -> str:
    """Return the callback's address after an installation; `livemode` is not signed, and is left
    out in live mode.
    """
    state = {} if done.state is None else {"state": done.state}
    query = {
        "user_id": done.user,
        "account_id": done.account,
        **state,
        "install_signature": install_signature(done, secrets, now),
        **({} if done.livemode else {"livemode": "false"}),
    }
    return _with_query(redirect_uri, query)


def canceled_url(redirect_uri: str) -> str:
    """Return the callback's address when the person would not install; it carries no state."""
    description = "The user denied your request"
    return _with_query(redirect_uri, {"error": "access_denied", "error_description": description})


def install_signature(done: Installed, secrets: Sequence[str], now: int) -> str:
    """Return the scheme of webhook signatures over compact JSON, with one `v1` for each secret of
    the app that is active.
    """
    state = {} if done.state is None else {"state": done.state}
    members = {**state, "user_id": done.user, "account_id": done.account}
    payload = json.dumps(members, separators=(",", ":"), ensure_ascii=False)
    headers = (WebhookSignature.generate_signature_header(payload, one, now) for one in secrets)
    return ",".join((f"t={now}", *(header.partition(",")[2] for header in headers)))


def _with_query(address: str, query: dict[str, str]) -> str:
    """Return the address with more in its query, which it may have already."""
    parts = urlsplit(address)
    added = urlencode(query, quote_via=quote)
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))
