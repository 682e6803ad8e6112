"""What Chromium has an authenticator sign, written as Chromium writes it (clientDataJSON). It is kept
honest by recorded answers of the browser, in `test_authenticator.py`.
"""

import json
import random
import re
from dataclasses import dataclass
from typing import Any

from ada_url import URL

from tests.support.authenticator import SigningKey, b64

GREASE = {
    "other_keys_can_be_added_here": "do not compare clientDataJSON against a template."
    " See https://goo.gl/yabPex"
}
MAX_LOGOS = 2
Json = dict[str, Any]


@dataclass(frozen=True)
class Browser:
    """A page's browser, at `origin`, within a frame of `top_origin` where that is another; with
    `browser_key` it binds what it signs to itself. `grease` adds a member that nobody knows, as
    Chromium does now and then.
    """

    origin: str
    top_origin: str | None = None
    browser_key: SigningKey | None = None
    grease: bool | None = None

    def payment(self, request: Json, total: Json, *, shown: bool = True) -> Json:
        """SPC section 5.2's client data for the `data` of a PaymentRequest, in the form of JSON, and
        for the amount of its total. `shown` says whether the images could be loaded.
        """
        members: Json = {"rpId": request["rpId"], "topOrigin": self.top_origin or self.origin}
        if "payeeName" in request:
            members["payeeName"] = request["payeeName"]
        if "payeeOrigin" in request:
            members["payeeOrigin"] = URL(request["payeeOrigin"]).origin
        logos = request.get("paymentEntitiesLogos", [])[:MAX_LOGOS]
        members["paymentEntitiesLogos"] = [
            {"url": _image(logo["url"], shown), "label": logo["label"]} for logo in logos
        ]
        members["total"] = {"value": total["value"], "currency": total["currency"].upper()}
        members["instrument"] = _instrument(request["instrument"], shown)
        return self._client_data("payment.get", request["challenge"], members | self._bound())

    def registration(self, options: Json) -> Json:
        """The client data of `navigator.credentials.create()` for these options."""
        return self._client_data("webauthn.create", options["challenge"], self._bound())

    def login(self, challenge: str) -> Json:
        """The client data of `navigator.credentials.get()`, which is no payment."""
        return self._client_data("webauthn.get", challenge, {})

    def bound_signature(self, client_data: bytes) -> str | None:
        """What a page reads from `getClientExtensionResults()`, since `toJSON()` drops it."""
        return b64(self.browser_key.sign(client_data)) if self.browser_key else None

    def _bound(self) -> Json:
        key = self.browser_key
        return {"browserBoundPublicKey": b64(key.cose)} if key else {}

    def _client_data(self, type_: str, challenge: str, payment: Json) -> Json:
        data: Json = {"type": type_, "challenge": challenge, "origin": self.origin}
        data["crossOrigin"] = self.top_origin is not None
        if self.top_origin is not None:
            data["topOrigin"] = self.top_origin
        if payment:
            data["payment"] = payment
        greased = random.random() < 0.2 if self.grease is None else self.grease
        return data | (GREASE if greased else {})


def _image(url: str, shown: bool) -> str:
    return URL(url).href if shown else ""


def _instrument(instrument: Json, shown: bool) -> Json:
    made = {"icon": _image(instrument["icon"], shown), "displayName": instrument["displayName"]}
    return made | ({"details": instrument["details"]} if "details" in instrument else {})


def write(value: Any) -> bytes:
    """The value as JSON: WebAuthn L3 section 5.8.1.2's escapes, no space, members in their order."""
    return _text(value).encode()


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{_string(k)}:{_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, str):
        return _string(value)
    return json.dumps(value)


def _string(text: str) -> str:
    return '"' + re.sub(r'["\\\x00-\x1f\ud800-\udfff]', _escape, text) + '"'


def _escape(found: re.Match[str]) -> str:
    return f"\\{found[0]}" if found[0] in '"\\' else f"\\u{ord(found[0]):04x}"
