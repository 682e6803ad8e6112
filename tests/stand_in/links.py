"""An install link of the app, and what the site gets back from it."""

import json
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import stripe

from tests.support.stand_in import (
    APP_ID,
    APP_SECRETS,
    BAKERY,
    CALLBACK,
    StandIn,
)

STATE = "q" * 43


def link(state: str | None = STATE, redirect_uri: str = CALLBACK, app_id: str = APP_ID) -> str:
    query = {"redirect_uri": redirect_uri} | ({} if state is None else {"state": state})
    return f"/apps/install/link/{app_id}?{urlencode(query)}"


def submit(stand_in: StandIn, path: str, **form: str) -> httpx.Response:
    return stand_in.http.post(path, data={"account": BAKERY, "mode": "test", **form})


def returned(address: str) -> list[tuple[str, str]]:
    """The callback's query, as a server reads it."""
    return parse_qsl(urlsplit(address).query, keep_blank_values=True, strict_parsing=True)


def check_signature(address: str, secrets: tuple[str, ...] = APP_SECRETS) -> None:
    """By the vendor's own package, as its documentation shows."""
    query = dict(returned(address))
    names = [name for name in ("state", "user_id", "account_id") if name in query]
    payload = json.dumps(
        {name: query[name] for name in names}, separators=(",", ":"), ensure_ascii=False
    )
    for secret in secrets:
        stripe.WebhookSignature.verify_header(payload, query["install_signature"], secret, 300)
    assert query["install_signature"].count("v1=") == len(APP_SECRETS)
