"""The sealer against real tokens, and as Google Pay's reader describes a token."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from local.google import FULL, TEST_ROOT, Sealer, payload
from local.google.encryption import encrypt_with, google_json, signed_bytes
from local.google.keys import new_key, read_private_key, read_public_key

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "google-pay"
RECIPIENT = "merchant:12345678901234567890"
NOW_MS = 1_800_000_000_000
needs_vectors = pytest.mark.skipif(not VECTORS.is_dir(), reason="the vectors are not here")


def decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def is_signed(key: str, signature: str, *parts: str) -> bool:
    try:
        read_public_key(key).verify(
            decoded(signature), signed_bytes(*parts), ec.ECDSA(hashes.SHA256())
        )
    except InvalidSignature:
        return False
    return True


def decrypt(message: dict[str, str], key: ec.EllipticCurvePrivateKey, size: int = 32) -> bytes:
    """The cleartext, once encrypting it again has given the same ciphertext and tag."""
    point = decoded(message["ephemeralPublicKey"])
    ephemeral = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    shared = key.exchange(ec.ECDH(), ephemeral)
    text, _ = encrypt_with(shared, point, decoded(message["encryptedMessage"]), size)
    again = encrypt_with(shared, point, text, size)
    assert again == (decoded(message["encryptedMessage"]), decoded(message["tag"]))
    return text


def opened(token: str, root: str, key: ec.EllipticCurvePrivateKey, recipient: str) -> Any:
    """The payload of a good ECv2 token."""
    envelope = json.loads(token)
    intermediate, message = envelope["intermediateSigningKey"], envelope["signedMessage"]
    [by_root] = intermediate["signatures"]
    assert is_signed(root, by_root, "Google", "ECv2", intermediate["signedKey"])
    signer = json.loads(intermediate["signedKey"])["keyValue"]
    assert is_signed(signer, envelope["signature"], "Google", recipient, "ECv2", message)
    return json.loads(decrypt(json.loads(message), key))


@pytest.fixture(scope="module")
def sealer() -> Sealer:
    return Sealer()


@pytest.fixture(scope="module")
def merchant() -> ec.EllipticCurvePrivateKey:
    return new_key()


@needs_vectors
def test_a_real_token_is_signed_and_encrypted_in_just_this_way() -> None:
    vector = json.loads((VECTORS / "moov_google_test_env_ecv2.json").read_text("utf-8"))
    key = read_private_key(vector["privateKey_candidate"])
    found = opened(json.dumps(vector["token"]), TEST_ROOT["keyValue"], key, vector["recipientId"])
    assert {name: found[name] for name in vector["expected"]} == vector["expected"]
    assert dict(TEST_ROOT) in vector["rootKeys"]["keys"]


@needs_vectors
def test_a_sealed_token_is_written_as_the_real_one_is(
    sealer: Sealer, merchant: ec.EllipticCurvePrivateKey
) -> None:
    vector = json.loads((VECTORS / "moov_google_test_env_ecv2.json").read_text("utf-8"))
    token = sealer.seal(payload(), recipient_id=RECIPIENT, public_key=merchant.public_key())
    ours, real = json.loads(token), vector["token"]
    assert shape(ours) == shape(real)
    for part in (real["signedMessage"], real["intermediateSigningKey"]["signedKey"]):
        assert google_json(json.loads(part)) == part


def shape(token: dict[str, Any]) -> Any:
    """The names in a token and in the texts in it, in their order where Google signs it."""
    signed_key = json.loads(token["intermediateSigningKey"]["signedKey"])
    inner = sorted(token["intermediateSigningKey"])
    return sorted(token), inner, list(signed_key), list(json.loads(token["signedMessage"]))


@pytest.mark.parametrize("auth_method", ["PAN_ONLY", "CRYPTOGRAM_3DS"])
def test_what_was_sealed_is_what_the_recipient_opens(
    sealer: Sealer, merchant: ec.EllipticCurvePrivateKey, auth_method: str
) -> None:
    message = payload(auth_method, assurance=FULL, message_id="é=&")
    token = sealer.seal(message, recipient_id=RECIPIENT, public_key=merchant.public_key())
    [root] = json.loads(sealer.root_keys)["keys"]
    assert opened(token, root["keyValue"], merchant, RECIPIENT) == message


def test_no_equals_sign_is_written_as_itself(
    sealer: Sealer, merchant: ec.EllipticCurvePrivateKey
) -> None:
    token = sealer.seal(payload(), recipient_id=RECIPIENT, public_key=merchant.public_key())
    assert "=" not in token
    assert "=" not in json.loads(token)["signedMessage"]
    assert "\\u003d" in json.loads(token)["signedMessage"]


def test_a_card_number_comes_without_a_cryptogram_and_a_device_token_with_one() -> None:
    card, device = payload("PAN_ONLY"), payload("CRYPTOGRAM_3DS", eci="05")
    assert set(card["paymentMethodDetails"]) == {
        *("authMethod", "pan", "expirationMonth", "expirationYear")
    }
    assert set(device["paymentMethodDetails"]) == {
        *("authMethod", "pan", "expirationMonth", "expirationYear", "cryptogram", "eciIndicator")
    }
    assert card["messageId"] != device["messageId"]


def test_a_forger_can_sign_in_place_of_any_signer(
    sealer: Sealer, merchant: ec.EllipticCurvePrivateKey
) -> None:
    to: dict[str, Any] = {"recipient_id": RECIPIENT, "public_key": merchant.public_key()}
    [root] = json.loads(sealer.root_keys)["keys"]
    for forgery in ({"root": new_key()}, {"signer": new_key()}, {"protocol_version": "ECv1"}):
        with pytest.raises((AssertionError, KeyError)):
            opened(sealer.seal(payload(), **to, **forgery), root["keyValue"], merchant, RECIPIENT)
    other = sealer.seal(payload(), recipient_id="merchant:1", public_key=merchant.public_key())
    with pytest.raises(AssertionError):
        opened(other, root["keyValue"], merchant, RECIPIENT)


def test_the_first_version_is_signed_by_the_root_and_has_shorter_keys(
    sealer: Sealer, merchant: ec.EllipticCurvePrivateKey
) -> None:
    token = json.loads(
        sealer.seal(
            "not JSON",
            recipient_id=RECIPIENT,
            public_key=merchant.public_key(),
            protocol_version="ECv1",
        )
    )
    assert set(token) == {"protocolVersion", "signature", "signedMessage"}
    [root] = json.loads(sealer.root_keys)["keys"]
    parts = ("Google", RECIPIENT, "ECv1", token["signedMessage"])
    assert is_signed(root["keyValue"], token["signature"], *parts)
    assert decrypt(json.loads(token["signedMessage"]), merchant, 16) == b"not JSON"


def test_a_token_that_is_only_signed_shows_its_payload(
    sealer: Sealer, merchant: ec.EllipticCurvePrivateKey
) -> None:
    message = payload()
    token = json.loads(
        sealer.seal(
            message,
            recipient_id=RECIPIENT,
            public_key=merchant.public_key(),
            protocol_version="ECv2SigningOnly",
            label="ECv2",
        )
    )
    assert json.loads(token["signedMessage"]) == message
    assert token["protocolVersion"] == "ECv2"


def test_the_intermediate_key_expires_when_the_test_says(sealer: Sealer) -> None:
    def expiration(**options: Any) -> object:
        token = json.loads(sealer.sign("{}", recipient_id=RECIPIENT, **options))
        return json.loads(token["intermediateSigningKey"]["signedKey"])["keyExpiration"]

    assert expiration(now_ms=NOW_MS) == str(NOW_MS + 8 * 24 * 3600 * 1000)
    assert expiration(key_expiration=NOW_MS) == str(NOW_MS)
    assert expiration(key_expiration="soon") == "soon"
