"""A good response to a payment, and responses that differ from it in any way."""

import json
from typing import Any

from hypothesis import strategies as st

from tests.support.authenticator import b64
from tests.support.chromium import write
from tests.support.fuzz import json_values
from tests.support.spc_payments import LOGOS, REQUEST, Payment, PaymentResponse, signing_key

MALFORMED = "malformed_credential"
PAYMENT = Payment(
    request=REQUEST | {"paymentEntitiesLogos": LOGOS}, browser_key=signing_key(name="browser")
)
CLIENT_DATA = PAYMENT.client_data()
GOOD = PAYMENT.sign(CLIENT_DATA)
WRONG_TYPES: list[Any] = [None, True, 1, 1.5, [], {}, ["x"], {"x": "y"}]


NAMED: dict[str, str | None] = {
    "type": MALFORMED, "challenge": MALFORMED, "origin": MALFORMED,
    "payment": MALFORMED, "payment.rpId": MALFORMED, "payment.topOrigin": MALFORMED,
    "payment.payeeName": "wrong_payee", "payment.payeeOrigin": "wrong_payee",
    "payment.paymentEntitiesLogos": None,
    "payment.total": MALFORMED, "payment.total.value": MALFORMED,
    "payment.total.currency": MALFORMED, "payment.instrument": MALFORMED,
    "payment.instrument.displayName": MALFORMED, "payment.instrument.icon": MALFORMED,
}  # fmt: skip
"""What the lack of each member of the client data is refused with, if it is."""


def client_data_with(path: str, value: Any) -> bytes:
    """The good response's client data with one member replaced, or left out: `...`."""
    members = json.loads(CLIENT_DATA)
    *outer, name = path.split(".")
    inner = members
    for step in outer:
        inner = inner[int(step) if step.isdigit() else step]
    if value is Ellipsis:
        del inner[name]
    else:
        inner[name] = value
    return write(members)


def response_with(credential: Any, bound: Any = GOOD.bound_signature) -> PaymentResponse:
    """This credential as a response to the payment of the good one."""
    return PaymentResponse(PAYMENT, credential, bound)


@st.composite
def mutations(draw: st.DrawFn) -> PaymentResponse:
    """The good response with a few of its parts replaced, at any depth, signed again or not."""
    credential, client_data = dict(GOOD.credential), CLIENT_DATA
    if draw(st.booleans()):
        paths = [*NAMED, "crossOrigin", "topOrigin", "payment.browserBoundPublicKey", "payment.rp"]
        path = draw(st.sampled_from(paths))
        client_data = client_data_with(path, draw(json_values))
    client_data = draw(_edited(client_data))
    if draw(st.booleans()):
        credential = dict(PAYMENT.sign(client_data, flags=draw(st.integers(0, 255))).credential)
    response = dict(credential["response"])
    for name in draw(st.lists(st.sampled_from(sorted(response)), max_size=2)):
        raw = GOOD.bytes_of(name)
        response[name] = draw(json_values | st.text() | _edited(raw).map(b64))
    credential["response"] = response
    for name in draw(st.lists(st.sampled_from(sorted(credential)), max_size=1)):
        credential[name] = draw(json_values)
    bound = draw(st.just(GOOD.bound_signature) | json_values | st.binary(max_size=80).map(b64))
    return response_with(credential, bound)


@st.composite
def _edited(draw: st.DrawFn, data: bytes) -> bytes:
    """The bytes, with one run of them replaced by another now and then."""
    if draw(st.booleans()):
        return data
    at = draw(st.integers(0, 400)) % len(data)
    cut = draw(st.integers(0, 6))
    return data[:at] + draw(st.binary(max_size=6)) + data[at + cut :]
