"""Nobody but Google can sign a token: each link from the root key to the message is verified."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from countersign.google_pay.keys import TokenKeys
from countersign.google_pay.open_token import open_token
from countersign.google_pay.refusals import InvalidToken
from local.google import Sealer, root_key, root_keys_document
from local.google.encryption import google_json, sign, signed_bytes
from local.google.keys import new_key, write_public_key
from tests.support.google_pay import (
    EXPIRED,
    INVALID,
    NOW_MS,
    RECIPIENT,
    Json,
    Recipient,
    altered,
    b64,
    cleartext,
    refusal,
    refused,
    unb64,
)

OURS = Recipient()
GOOGLE = OURS.sealer
STRANGER = new_key()
NOT_OF_A_ROOT = "has an intermediate key that no root key has signed"
NOT_FOR_US = "is not signed for this recipient"
OTHER_VERSION = "is not of protocol version ECv2"


def reason(token: str, keys: TokenKeys | None = None, now_ms: int = NOW_MS) -> str:
    found = refused(lambda: open_token(token, keys or OURS.keys, now_ms))
    assert found.code == INVALID
    assert isinstance(found, InvalidToken)
    return found.reason


def test_sealed_to_our_public_key_under_a_root_of_ones_own_it_is_refused() -> None:
    forger = Recipient(Sealer(), OURS.private_key)
    assert reason(forger.seal()) == NOT_OF_A_ROOT
    assert reason(forger.seal(), forger.keys_with(GOOGLE.root_keys)) == NOT_OF_A_ROOT


FORGED: dict[str, tuple[Json, str]] = {
    "an intermediate key that signs itself": ({"root": GOOGLE.intermediate}, NOT_OF_A_ROOT),
    "a stranger's signature under Google's intermediate key": ({"signer": STRANGER}, NOT_FOR_US),
    "the root's own signature": ({"signer": GOOGLE.root}, NOT_FOR_US),
    "only signed, called sealed": (
        {"protocol_version": "ECv2SigningOnly", "label": "ECv2"},
        NOT_OF_A_ROOT,
    ),
    "sealed, called only signed": ({"label": "ECv2SigningOnly"}, OTHER_VERSION),
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_token_with_a_wrong_link_is_refused(kind: str) -> None:
    forgery, why = FORGED[kind]
    assert reason(OURS.seal(**forgery)) == why


def test_a_message_signed_by_another_intermediate_key_of_the_same_root_is_refused() -> None:
    other = Sealer(GOOGLE.root)
    assert reason(OURS.seal(signer=other.intermediate)) == NOT_FOR_US
    assert reason(OURS.seal(signed_key=other.signed_key(NOW_MS))) == NOT_FOR_US
    assert OURS.open(OURS.seal(signer=other.intermediate, signed_key=other.signed_key(NOW_MS)))


def test_a_signed_message_of_another_token_does_not_fit() -> None:
    first, second = OURS.seal(), OURS.seal()
    taken = json.loads(second)
    for member in ("signature", "signedMessage"):
        mixed = altered(first, member, lambda _, name=member: taken[name])
        assert reason(mixed) == NOT_FOR_US


@pytest.mark.parametrize(
    "path", ["signature", "intermediateSigningKey.signatures"], ids=["message", "key"]
)
@pytest.mark.parametrize(
    "signature",
    [b"", b"\x30\x00", bytes(64), bytes(72), b"\x30\x06\x02\x01\x00\x02\x01\x00",
     b"\x30\x06\x02\x01\x01\x02\x01\x01", b"\x30\x84\xff\xff\xff\xff"],
    ids=bytes.hex,
)  # fmt: skip
def test_bytes_that_are_not_a_signature_are_refused(path: str, signature: bytes) -> None:
    text = b64(signature)
    value = [text] if path.endswith("s") else text
    assert reason(altered(OURS.seal(), path, lambda _: value)) in (NOT_FOR_US, NOT_OF_A_ROOT)


def test_a_signature_with_something_after_it_is_refused() -> None:
    token = OURS.seal()
    longer = altered(token, "signature", lambda text: b64(unb64(text) + b"\x00"))
    assert reason(longer) == NOT_FOR_US


def test_the_twin_of_a_signature_opens_the_same_message_and_no_other() -> None:
    """For ECDSA's (r, s) anybody can make (r, n - s): a token has many texts, so only its message id
    can show that it was used.
    """
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

    def twin(text: str) -> str:
        r, s = decode_dss_signature(unb64(text))
        return b64(encode_dss_signature(r, order - s))

    token = OURS.seal()
    other = altered(token, "signature", twin)
    other = altered(other, "intermediateSigningKey.signatures", lambda texts: [twin(texts[0])])
    assert other != token
    assert OURS.open(other).message_id == OURS.open(token).message_id


def test_a_token_to_another_recipient_is_refused() -> None:
    for other in ("merchant:BCR2DN4T263KB4B", "gateway:BCR2DN4T263KB4BO", RECIPIENT + " ", ""):
        assert reason(OURS.seal(recipient_id=other)) == NOT_FOR_US


def test_one_of_several_signatures_of_the_intermediate_key_is_enough() -> None:
    path = "intermediateSigningKey.signatures"
    others = [sign(STRANGER, "Google", "ECv2", "{}") for _ in range(3)]
    assert OURS.open(altered(OURS.seal(), path, lambda good: [*others, *good]))
    assert reason(altered(OURS.seal(), path, lambda _: others)) == NOT_OF_A_ROOT
    for signatures in ([], others * 2):
        assert reason(altered(OURS.seal(), path, lambda _, s=signatures: s)) == (
            "has no usable number of signatures on its intermediate key"
        )


def root_of(**entry: Any) -> TokenKeys:
    """The keys if Google's root were published so."""
    return OURS.keys_with(root_keys_document(root_key(GOOGLE.root.public_key(), **entry)))


def test_under_a_root_key_that_has_expired_it_is_refused() -> None:
    assert reason(OURS.seal(), root_of(expiration_ms=NOW_MS)) == NOT_OF_A_ROOT
    assert reason(OURS.seal(), root_of(expiration_ms=0)) == NOT_OF_A_ROOT
    assert open_token(OURS.seal(), root_of(expiration_ms=NOW_MS + 1), NOW_MS)


@pytest.mark.parametrize(
    "entry",
    [
        {"expiration_ms": None},
        {"protocol_version": "ECv1"},
        {"protocol_version": "ECv2SigningOnly"},
        {"protocol_version": "ECv1", "expiration_ms": None},
        {"protocol_version": "ecv2"},
    ],
    ids=str,
)
def test_under_a_root_key_without_expiry_or_of_another_version_it_is_refused(entry: Json) -> None:
    assert reason(OURS.seal(), root_of(**entry)) == NOT_OF_A_ROOT


def test_one_good_root_key_among_others_is_enough() -> None:
    roots = root_keys_document(
        root_key(STRANGER.public_key()),
        root_key(GOOGLE.root.public_key(), expiration_ms=NOW_MS),
        root_key(GOOGLE.root.public_key()),
    )
    assert open_token(OURS.seal(), OURS.keys_with(roots), NOW_MS)


def test_an_intermediate_key_serves_until_the_millisecond_before_it_expires() -> None:
    assert OURS.open(OURS.seal(key_expiration=NOW_MS + 1))
    for expiration in (NOW_MS, NOW_MS - 1, 0):
        token = OURS.seal(key_expiration=expiration)
        assert refusal(OURS.open, token) == EXPIRED


@pytest.mark.parametrize("expiration", ["", "soon", "-1", "1e15", " 1900000000000", "٣" * 13, "9" * 16, None, True, 1.9e12, [], {}])  # fmt: skip
def test_an_intermediate_key_without_a_readable_expiry_is_refused(expiration: object) -> None:
    value = write_public_key(GOOGLE.intermediate.public_key())
    signed_key = google_json({"keyValue": value, "keyExpiration": expiration})
    assert "expiry" in reason(OURS.seal(signed_key=signed_key))


def spki(key: Any) -> str:
    return b64(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def test_an_intermediate_key_that_is_not_a_p256_key_is_refused() -> None:
    others = [
        spki(ec.generate_private_key(ec.SECP384R1())),
        spki(ec.generate_private_key(ec.SECP256K1())),
        spki(ed25519.Ed25519PrivateKey.generate()),
        spki(rsa.generate_private_key(65537, 1024)),  # noqa: S505  quick to make
        spki(GOOGLE.intermediate)[:-4],
        b64(b"\x30\x00"),
        "",
    ]
    for value in others:
        signed_key = google_json({"keyValue": value, "keyExpiration": str(NOW_MS + 1)})
        assert reason(OURS.seal(signed_key=signed_key)) == (
            "has an intermediate key that is not a P-256 key"
        )


def test_an_intermediate_key_that_is_signed_but_cannot_be_read_is_refused() -> None:
    expiration = str(NOW_MS + 1)
    good = write_public_key(GOOGLE.intermediate.public_key())
    twice = f'{{"keyValue":"{good}","keyValue":"{good}","keyExpiration":"{expiration}"}}'
    for signed_key in ("[]", "null", "1", "{", "{}", twice, f'{{"keyExpiration":"{expiration}"}}'):
        assert reason(OURS.seal(signed_key=signed_key))
    more = google_json({"keyValue": good, "keyExpiration": expiration, "keyId": 7})
    assert OURS.open(OURS.seal(signed_key=more))


def test_a_token_that_is_wholly_of_another_version_is_refused() -> None:
    for version in ("ECv1", "ECv2SigningOnly"):
        assert reason(OURS.seal(protocol_version=version)) == OTHER_VERSION
        assert reason(OURS.seal(protocol_version=version), root_of(protocol_version=version)) == (
            OTHER_VERSION
        )


def test_cleartext_in_a_signed_message_of_the_sealed_version_is_refused() -> None:
    """Even if Google signed it so, what is not encrypted is not read."""
    signed = OURS.sign(google_json(cleartext()))
    assert reason(signed) == "does not have exactly the members of its version"


@pytest.mark.parametrize("label", ["", "ecv2", "ECv2 ", "ECv1"])
def test_no_other_name_of_a_version_is_accepted(label: str) -> None:
    assert reason(altered(OURS.seal(), "protocolVersion", lambda _: label)) == OTHER_VERSION


def test_the_first_version_called_the_second_is_refused() -> None:
    token = json.loads(OURS.seal(protocol_version="ECv1", label="ECv2"))
    assert reason(json.dumps(token)) == "does not have exactly the members of its version"
    token["intermediateSigningKey"] = json.loads(OURS.seal())["intermediateSigningKey"]
    assert reason(json.dumps(token)) == NOT_FOR_US


def test_a_signature_over_lengths_that_are_counted_in_characters_is_refused() -> None:
    """Each part is preceded by its length in bytes, so that no two lists of parts are one text."""
    shifted = signed_bytes("Google", RECIPIENT, "ECv2") + b"\x00\x00\x00\x00"
    assert shifted != signed_bytes("Google", RECIPIENT, "ECv2", "")[:-4]
    message = json.loads(OURS.seal())["signedMessage"]
    for parts in (
        ("Google", RECIPIENT + "ECv2", "", message),
        ("Google", RECIPIENT, "ECv2" + message),
        ("Google" + RECIPIENT, "ECv2", message),
        ("google", RECIPIENT, "ECv2", message),
        ("Google", "ECv2", RECIPIENT, message),
        (RECIPIENT, "ECv2", message),
    ):
        forged = sign(GOOGLE.intermediate, *parts)
        assert reason(altered(OURS.sign(message), "signature", lambda _, f=forged: f)) == NOT_FOR_US
    good = sign(GOOGLE.intermediate, "Google", RECIPIENT, "ECv2", message)
    assert OURS.open(altered(OURS.sign(message), "signature", lambda _: good))
