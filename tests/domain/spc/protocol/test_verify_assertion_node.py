"""`@simplewebauthn/server` and we accept the same confirmations, as far as WebAuthn goes; where one is
stricter, a test of its own says so. Not in the quick loop, as it needs Node.js.
"""

import dataclasses
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key
from msgspec.structs import replace

from countersign.spc.protocol.authentication_response import parse_authentication_response
from countersign.spc.protocol.verify_assertion import verify_assertion
from tests.support.authenticator import (
    AT,
    BE,
    BS,
    ED,
    ES256,
    RS256,
    UP,
    UV,
    authenticator_data,
    b64,
    cose_members,
)
from tests.support.chromium import Json
from tests.support.node_verifier import NodeVerifier, node_verifier
from tests.support.spc_payments import (
    PSP,
    RP_ID,
    SHOP,
    Edit,
    Payment,
    PaymentResponse,
    put,
    signing_key,
)
from tests.support.spc_vectors import (
    ABSENT,
    FOLDER,
    Vector,
    bound_signature_of,
    credential_of,
    json_of,
    name_of,
    recorded,
    terms_of,
)

pytestmark = pytest.mark.server
ELSEWHERE = "https://elsewhere.example"
ANY = frozenset({SHOP, PSP})
RIGHT = UP | UV


@pytest.fixture(scope="module")
def node() -> Iterator[NodeVerifier]:
    with node_verifier() as verifier:
        yield verifier


def ours(answer: PaymentResponse) -> bool:
    return answer.refusal(origins=ANY, top_origins=ANY) is None


def theirs(node: NodeVerifier, answer: PaymentResponse) -> bool:
    payment = answer.payment
    terms = replace(payment.terms, origins=ANY, top_origins=ANY)
    return node.accepts(answer.credential, terms, payment.key.cose, payment.known_count)


def framed(origin: str, cross: bool | None, top: str | None) -> Edit:
    """A frame, of which SPC's own part says the same."""

    def edit(members: Json) -> None:
        del members["crossOrigin"]
        told = {"origin": origin, "crossOrigin": cross, "topOrigin": top}
        members.update({name: value for name, value in told.items() if value is not None})
        members["payment"]["topOrigin"] = top if cross else origin

    return edit


def edit_of(rng: Random) -> Edit:
    """One thing that client data may say, right or wrong."""
    origin = rng.choice([SHOP, PSP, ELSEWHERE, f"{SHOP}/", ""])
    top = rng.choice([SHOP, PSP, ELSEWHERE])
    return rng.choice(
        [
            framed(origin, cross=rng.choice([False, None]), top=rng.choice([None, None, top])),
            framed(origin, cross=True, top=top),
            put("type", to=rng.choice(["webauthn.get", "webauthn.create", "payment.get", ""])),
            put("challenge", to=rng.choice(["", "défi", b64(bytes(32)), b64(bytes(range(32)))])),
            put(rng.choice(["type", "challenge", "origin"]), to=rng.choice([None, 1, True, {}])),
            put("x", to=rng.choice([None, 1, True, {}])),
        ]
    )


MAP = cbor2.dumps({"thirdPartyPayment": True})
RIGHT_DATA = authenticator_data(RP_ID, RIGHT, 8)


def data_of(rng: Random) -> bytes:
    """One thing that an authenticator may say, right or wrong."""
    flags = rng.choice([RIGHT | BE, RIGHT | BE | BS, RIGHT | BS, RIGHT | 0x22, UP, UV, 0])
    rest = rng.choice([MAP, MAP + b"\0", MAP[:-1], b"", b"\xff", cbor2.dumps({})])
    return rng.choice(
        [
            authenticator_data(rng.choice(["example", "", RP_ID]), RIGHT, 8),
            authenticator_data(RP_ID, flags, 8),
            authenticator_data(RP_ID, RIGHT, rng.choice([0, 1, 6, 7, 8, 2**32 - 1])),
            authenticator_data(RP_ID, RIGHT | ED, 8, rest),
            authenticator_data(RP_ID, RIGHT, 8, rest),
            RIGHT_DATA[: rng.randrange(37)],
        ]
    )


def changed(rng: Random, answer: PaymentResponse) -> PaymentResponse:
    """The same with one bit or one member changed, and not signed again."""
    name = rng.choice(["authenticatorData", "clientDataJSON", "signature"])
    value: Any = rng.choice([None, 1, True, [], {}, ""])
    outer = rng.choice(["id", "rawId", "type", "response"])
    return rng.choice(
        [
            flipped(rng, answer, name),
            flipped(rng, answer, name),
            answer.otherwise("response", name, value=value),
            answer.otherwise(outer, value=rng.choice([value, b64(b"other"), "public-key"])),
        ]
    )


def flipped(rng: Random, answer: PaymentResponse, name: str) -> PaymentResponse:
    """With one bit changed, but for those in which the other reads a signature's DER loosely."""
    data = bytearray(answer.bytes_of(name)) or bytearray(1)
    first = 2 if name == "signature" else 0
    data[rng.randrange(first, len(data))] ^= 1 << rng.randrange(8)
    return answer.with_bytes(name, bytes(data))


def mutated(rng: Random) -> PaymentResponse:
    """An answer with one or two of its parts made otherwise, by right or by wrong."""
    parts = rng.sample(["edit", "data", "key", "change"], rng.choice([0, 1, 1, 1, 2]))
    data = data_of(rng) if "data" in parts else RIGHT_DATA
    key = signing_key(rng.choice([ES256, ES256, RS256]))
    eligible = len(data) > 32 and bool(data[32] & BE)
    payment = Payment(key=key, known_count=rng.choice([0, 7]), known_eligible=eligible)
    signer = signing_key(name="another") if "key" in parts else key
    edit = edit_of(rng) if "edit" in parts else None
    signed = dataclasses.replace(payment, key=signer).answer(edit, data=data)
    answer = PaymentResponse(payment, signed.credential)
    return changed(rng, answer) if "change" in parts else answer


@pytest.mark.parametrize("seed", range(2))
def test_both_accept_the_same_responses(node: NodeVerifier, seed: int) -> None:
    answers = [mutated(rng) for rng in [Random(seed)] for _ in range(500)]
    verdicts = [ours(answer) for answer in answers]
    differing = [
        answer
        for answer, verdict in zip(answers, verdicts, strict=True)
        if theirs(node, answer) is not verdict
    ]
    assert [(one.refusal(origins=ANY, top_origins=ANY), one.credential) for one in differing] == []
    assert 0.2 < sum(verdicts) / len(verdicts) < 0.8


@pytest.mark.skipif(not FOLDER.exists(), reason=ABSENT)
@pytest.mark.parametrize("vector", recorded("authentication"), ids=name_of)
def test_both_accept_what_a_browser_sent(node: NodeVerifier, vector: Vector) -> None:
    known, terms = credential_of(vector), terms_of(vector)
    answer = parse_authentication_response(json_of(vector), bound_signature_of(vector))
    key = cose_of_registered(known.public_key)
    assert verify_assertion(answer, terms, {known.id: known}).credential_id == known.id
    assert node.accepts(json_of(vector), terms, key, known.sign_count)
    other = replace(terms, challenges=(b64(bytes(32)),))
    assert not node.accepts(json_of(vector), other, key, known.sign_count)


def cose_of_registered(spki: bytes) -> bytes:
    return cbor2.dumps(cose_members(load_der_public_key(spki)))  # type: ignore[arg-type]


PLAIN = Payment()
GOOD = PLAIN.answer()
TEXT = PLAIN.client_data()
ATTESTED = bytes(16) + b"\x00\x04" + b"cred" + signing_key().cose


def spelled(name: str, spell: Callable[[str], str]) -> PaymentResponse:
    """The good answer with one of its texts written otherwise."""
    return GOOD.otherwise("response", name, value=spell(GOOD.credential["response"][name]))


def with_head(head: Callable[[int], bytes]) -> PaymentResponse:
    """The good answer with another head of its signature's DER, which takes the length."""
    der = GOOD.bytes_of("signature")
    return GOOD.with_bytes("signature", head(der[1]) + der[2:])


def saying(flags: int, rest: bytes = b"") -> PaymentResponse:
    return PLAIN.answer(data=authenticator_data(RP_ID, flags, 8, rest))


WE_ARE_STRICTER: dict[str, dict[str, Callable[[], PaymentResponse]]] = {
    "malformed_credential": {
        "padding": lambda: spelled("authenticatorData", lambda t: t + "=="),
        "a character that is not base64url": lambda: PLAIN.sign(TEXT).otherwise(
            "response", "clientDataJSON", value=b64(TEXT).replace("A", "\u00e9", 1)
        ),
        "a member twice, the right one last": lambda: PLAIN.sign(TEXT.replace(b'"challenge":', b'"challenge":"x","challenge":', 1)),
        "half a character in an unknown member": lambda: PLAIN.sign(TEXT[:-1] + b',"x":"\xed\xa0\x80"}'),
        "very long client data": lambda: PLAIN.sign(TEXT[:-1] + b',"x":"' + b"x" * 2**17 + b'"}'),
        "whether it is framed as a number": lambda: PLAIN.answer(put("crossOrigin", to=0)),
    },
    "wrong_top_origin": {
        "an empty page around no frame": lambda: PLAIN.answer(put("topOrigin", to="")),
    },
    "invalid_authenticator_data": {
        "attested data in an assertion": lambda: saying(RIGHT | AT, ATTESTED),
        "a credential that became one that is backed up": lambda: saying(RIGHT | BE),
    },
    "unknown_credential": {
        "another person's handle": lambda: GOOD.with_bytes("userHandle", b"somebody else"),
        "another credential's id": lambda: GOOD.otherwise("id", value="AAAA").otherwise("rawId", value="AAAA"),
    },
    "invalid_signature": {
        "a signature with a length of two bytes": lambda: with_head(lambda length: bytes([0x30, 0x81, length])),
        "a signature that is no sequence": lambda: with_head(lambda length: bytes([0xB0, length])),
        "a signature with a wrong length": lambda: with_head(lambda length: bytes([0x30, length ^ 4])),
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "name"), [(code, name) for code, made in WE_ARE_STRICTER.items() for name in made]
)
def test_here_we_refuse_what_the_other_accepts(node: NodeVerifier, code: str, name: str) -> None:
    answer = WE_ARE_STRICTER[code][name]()
    assert answer.refusal(origins=ANY, top_origins=ANY) == code
    assert theirs(node, answer)


def test_the_other_still_checks_a_member_that_webauthn_has_given_up(node: NodeVerifier) -> None:
    answer = PLAIN.answer(put("tokenBinding", to={"status": "new"}))
    assert ours(answer)
    assert not theirs(node, answer)


def test_what_the_payer_was_shown_is_checked_by_us_alone(node: NodeVerifier) -> None:
    answer = PLAIN.answer(put("payment", "total", "value", to="1234.00"))
    assert answer.refusal() == "wrong_total"
    assert theirs(node, answer)
