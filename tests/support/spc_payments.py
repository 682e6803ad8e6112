"""One payment that a payer confirms, and the response with any of its parts made otherwise."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ada_url import URL
from msgspec.structs import replace

from countersign.spc.protocol.authentication_response import parse_authentication_response
from countersign.spc.protocol.credential import Credential
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.terms import (
    Instrument,
    Logo,
    Terms,
    Total,
)
from countersign.spc.protocol.verify_assertion import VerifiedAssertion, verify_assertion
from tests.support.authenticator import BE, ES256, Passkey, SigningKey, b64, unb64
from tests.support.chromium import Browser, Json, write

RP_ID = "pay.example"
SHOP, PSP = "https://shop.example", "https://psp.example"
CHALLENGE = b64(bytes(range(32)))
HANDLE = b"handle of the payer, 32 bytes ok"
REQUEST: Json = {
    "rpId": RP_ID,
    "challenge": CHALLENGE,
    "credentialIds": [b64(b"credential")],
    "instrument": {"displayName": "Card ••42", "icon": "https://pay.example/card.png"},
    "payeeName": "Shop, Inc.",
    "payeeOrigin": SHOP,
    "timeout": 360_000,
}
TOTAL = {"value": "12.34", "currency": "EUR"}
LOGOS = [{"url": f"https://pay.example/{name}.png", "label": name} for name in ("Bank", "Network")]

Edit = Callable[[Json], object]


@cache
def signing_key(algorithm: int = ES256, name: str = "passkey") -> SigningKey:
    """The key of this name; a test run makes each once, since RSA keys take their time."""
    return SigningKey.new(algorithm)


def terms(
    request: Mapping[str, Any],
    total: Mapping[str, str],
    *,
    origin: str = SHOP,
    top_origin: str | None = None,
) -> Terms:
    """The terms behind a request that this origin may call, in this page."""
    instrument = request["instrument"]
    return Terms(
        challenges=(request["challenge"],),
        rp_id=request["rpId"],
        origins=frozenset({origin}),
        top_origins=frozenset({top_origin or origin}),
        payee_name=request.get("payeeName"),
        payee_origin=request.get("payeeOrigin") and URL(request["payeeOrigin"]).origin,
        logos=tuple(
            Logo(URL(logo["url"]).href, logo["label"])
            for logo in request.get("paymentEntitiesLogos", [])
        ),
        total=Total(total["value"], total["currency"]),
        instrument=Instrument(
            display_name=instrument["displayName"],
            icon=URL(instrument["icon"]).href,
            icon_must_be_shown=instrument.get("iconMustBeShown", True),
            details=instrument.get("details"),
        ),
    )


@dataclass(frozen=True)
class Payment:
    """A request, the browser that shows it, what the payer signs with, and what we know of it."""

    request: Json = field(default_factory=lambda: dict(REQUEST))
    origin: str = SHOP
    top_origin: str | None = None
    browser_key: SigningKey | None = None
    key: SigningKey = field(default_factory=signing_key)
    flags: int = 0x05
    count: int = 8
    known_count: int = 7
    known_eligible: bool | None = None
    counted: tuple[int, ...] = ()

    @property
    def terms(self) -> Terms:
        return terms(self.request, TOTAL, origin=self.origin, top_origin=self.top_origin)

    @property
    def credentials(self) -> dict[str, Credential]:
        eligible = bool(self.flags & BE) if self.known_eligible is None else self.known_eligible
        known = Credential(
            id=b64(b"credential"),
            user_handle=b64(HANDLE),
            public_key=self.key.spki,
            algorithm=self.key.algorithm,
            sign_count=self.known_count,
            backup_eligible=eligible,
            counted=self.counted,
        )
        return {known.id: known}

    @property
    def passkey(self) -> Passkey:
        """One that reports `count` next."""
        count = self.count - 1
        return Passkey(self.request["rpId"], HANDLE, self.key, b"credential", self.flags, count)

    @property
    def browser(self) -> Browser:
        return Browser(self.origin, self.top_origin, self.browser_key, grease=False)

    def client_data(self, edit: Edit | None = None, *, shown: bool = True) -> bytes:
        """What the browser collects, or what it would after an edit."""
        members = self.browser.payment(self.request, TOTAL, shown=shown)
        if edit is not None:
            edit(members)
        return write(members)

    def answer(self, edit: Edit | None = None, **changed: Any) -> "PaymentResponse":
        """The response over edited client data: signed with the right keys."""
        return self.sign(self.client_data(edit), **changed)

    def sign(self, client_data: bytes, **changed: Any) -> "PaymentResponse":
        """The response over any bytes: signed with the right keys."""
        credential = self.passkey.answer(client_data, **changed)
        return PaymentResponse(self, credential, self.browser.bound_signature(client_data))


@dataclass(frozen=True)
class PaymentResponse:
    """A response and the payment that it is verified against."""

    payment: Payment
    credential: Any
    bound_signature: Any = None

    def verify(self, **terms: Any) -> VerifiedAssertion:
        """Read and verify it, under other terms where these are named."""
        expected = replace(self.payment.terms, **terms)
        answer = parse_authentication_response(self.credential, self.bound_signature)
        return verify_assertion(answer, expected, self.payment.credentials)

    def refusal(self, **terms: Any) -> str | None:
        """The code that it is refused with, or nothing."""
        try:
            self.verify(**terms)
        except Refused as refused:
            return refused.code
        return None

    def otherwise(self, *path: str, value: Any) -> "PaymentResponse":
        """The same with one member of the credential replaced, and nothing signed again."""
        return dataclasses.replace(self, credential=put_in(self.credential, path, value))

    def bytes_of(self, name: str) -> bytes:
        return unb64(self.credential["response"][name])

    def with_bytes(self, name: str, data: bytes) -> "PaymentResponse":
        return self.otherwise("response", name, value=b64(data))


def put_in(members: Any, path: tuple[str, ...], value: Any) -> Any:
    """The same with the member at this path replaced."""
    if not path:
        return value
    return members | {path[0]: put_in(members.get(path[0]), path[1:], value)}


def with_request(**members: Any) -> Payment:
    """A payment for which these are asked of the browser too, or not at all: `None`."""
    request = {name: value for name, value in (REQUEST | members).items() if value is not None}
    return Payment(request=request)


PLAIN = Payment()
DETAILED = with_request(instrument=REQUEST["instrument"] | {"details": "exp. 01/29"})
OPTIONAL = with_request(instrument=REQUEST["instrument"] | {"iconMustBeShown": False})
WITH_LOGOS = with_request(paymentEntitiesLogos=LOGOS)
NAMELESS = with_request(payeeName=None)
SITELESS = with_request(payeeOrigin=None)


def put(*path: str, to: Any) -> Edit:
    def edit(members: Json) -> None:
        for name in path[:-1]:
            members = members[name]
        members[path[-1]] = to

    return edit


def drop(*path: str) -> Edit:
    def edit(members: Json) -> None:
        for name in path[:-1]:
            members = members[name]
        del members[path[-1]]

    return edit


def both(*edits: Edit) -> Edit:
    return lambda members: [edit(members) for edit in edits]
