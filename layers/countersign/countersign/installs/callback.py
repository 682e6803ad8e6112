"""The query of Stripe's redirect back from the marketplace: its shape, checked first. Pure.

https://docs.stripe.com/stripe-apps/install-links#redirect-back
"""

import re
from urllib.parse import parse_qsl

from msgspec import Struct

from countersign.crypto.minted import fingerprint
from countersign.installs.installation import ACCOUNT_ID
from countersign.installs.refusals import invalid_state, signature_missing
from countersign.problems import Fault, Invalid

_SHAPES = {
    "user_id": (r"usr_[A-Za-z0-9_]{1,250}", "must be the id of a Stripe user, usr_…"),
    "account_id": (ACCOUNT_ID, "must be the id of an account, acct_…"),
    "install_signature": (r"[!-~]{1,4096}", "must be a signature, t=…,v1=…"),
    "livemode": (r"true|false", "must be true or false"),
}


class CanceledCallback(Struct, frozen=True):
    """The app was not installed. `state` is empty where Stripe sends none. The reason is dropped:
    anybody can write such text into an address.
    """

    state: str


class Callback(Struct, frozen=True):
    """An installation as the browser reports it; none of it is verified yet."""

    state: str
    user_id: str
    account_id: str
    signature: str
    livemode: bool

    @property
    def use(self) -> str:
        """A hash that differs for every other callback with the same state."""
        return fingerprint(self.user_id, self.account_id, self.signature)


def parse_callback(query: str) -> Callback | CanceledCallback:
    """Return the members of a raw query string. Unknown members are ignored.

    Raises 400 `invalid_state` or `install_signature_missing`, and 422 for any other member that is
    missing, given twice, or malformed.
    """
    given: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, errors="replace"):
        given.setdefault(name, []).append(value)
    if "error" in given:
        return CanceledCallback(given.get("state", [""])[0])
    if len(given.get("state", ())) != 1:
        raise invalid_state()
    if not any(given.get("install_signature", ())):
        raise signature_missing()
    faults = [fault for name in _SHAPES if (fault := _fault(name, given.get(name, [])))]
    if faults:
        raise Invalid(faults)
    return Callback(
        state=given["state"][0],
        user_id=given["user_id"][0],
        account_id=given["account_id"][0],
        signature=given["install_signature"][0],
        livemode=given.get("livemode") != ["false"],
    )


def _fault(name: str, values: list[str]) -> Fault | None:
    shape, message = _SHAPES[name]
    if not values and name == "livemode":  # Stripe omits it in live mode
        return None
    if len(values) == 1 and re.fullmatch(shape, values[0]):
        return None
    return {"pointer": f"/{name}", "message": "is given twice" if len(values) > 1 else message}
