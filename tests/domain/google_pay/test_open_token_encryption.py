"""The key agreement and the MAC: nothing is decrypted before its MAC has passed."""

import sys
from collections.abc import Iterable
from types import FrameType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec.structs import replace

from countersign.google_pay.keys import TokenKeys
from countersign.google_pay.open_token import open_token
from countersign.google_pay.refusals import InvalidToken
from local.google.encryption import encrypt, google_json
from local.google.keys import new_key
from tests.support.google_pay import (
    INVALID,
    NOW_MS,
    Json,
    Recipient,
    b64,
    cleartext,
    refused,
    unb64,
)

OURS = Recipient()
NOT_OURS = "is not sealed to any of our keys"


def message(text: str | None = None) -> dict[str, str]:
    sealed = google_json(cleartext()) if text is None else text
    return encrypt(sealed.encode(), OURS.private_key.public_key())


def reason(signed: Json, keys: TokenKeys | None = None) -> str:
    token = OURS.sign(google_json(signed))
    found = refused(lambda: open_token(token, keys or OURS.keys, NOW_MS))
    assert found.code == INVALID
    return found.detail


def points() -> dict[str, bytes]:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    x, y = point[1:33], point[33:]
    prime = 2**256 - 2**224 + 2**192 + 2**96 - 1
    small = (5).to_bytes(32, "big")
    other = ec.generate_private_key(ec.SECP256K1()).public_key()
    return {
        "compressed": key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint),
        "infinity": b"\x00",
        "infinity, long": bytes(65),
        "zero": b"\x04" + bytes(64),
        "hybrid": bytes([6 + (y[-1] & 1)]) + x + y,
        "off the curve": b"\x04" + x + y[:-1] + bytes([y[-1] ^ 1]),
        "not on the curve at all": b"\x04" + small + small,
        "beyond the field": b"\x04" + b"\xff" * 64,
        "x not reduced": b"\x04" + (prime + 5).to_bytes(32, "big") + y,
        "of another curve": other.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
        "too short": point[:-1],
        "too long": point + b"\x00",
        "empty": b"",
        "as SubjectPublicKeyInfo": key.public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        ),
    }


@pytest.mark.parametrize("kind", points())
def test_an_ephemeral_key_that_is_not_an_uncompressed_point_of_p256_is_refused(kind: str) -> None:
    found = reason(message() | {"ephemeralPublicKey": b64(points()[kind])})
    assert "has an ephemeral key that is not" in found


def test_the_right_ephemeral_key_is_refused_in_its_compressed_form() -> None:
    sealed = message()
    point = unb64(sealed["ephemeralPublicKey"])
    compressed = bytes([2 + (point[-1] & 1)]) + point[1:33]
    assert "uncompressed" in reason(sealed | {"ephemeralPublicKey": b64(compressed)})


@pytest.mark.parametrize("length", [0, 1, 16, 31, 33, 64])
def test_a_tag_of_another_length_is_refused(length: int) -> None:
    sealed = message()
    tag = (unb64(sealed["tag"]) * 2)[:length]
    assert NOT_OURS in reason(sealed | {"tag": b64(tag)})


def test_a_changed_byte_of_the_ciphertext_or_tag_is_refused_though_it_is_signed() -> None:
    """In counter mode a changed byte would change that byte of the cleartext alone."""
    sealed = message()
    for name in ("encryptedMessage", "tag"):
        data = unb64(sealed[name])
        for at in (0, len(data) // 2, len(data) - 1):
            changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
            assert NOT_OURS in reason(sealed | {name: b64(changed)})
    cut = unb64(sealed["encryptedMessage"])[:-1]
    assert NOT_OURS in reason(sealed | {"encryptedMessage": b64(cut)})


def test_the_parts_of_two_messages_make_no_third() -> None:
    first, second = message(), message()
    for name in first:
        assert NOT_OURS in reason(first | {name: second[name]})


def agreeing(asked: list[int], *private_keys: ec.EllipticCurvePrivateKey) -> TokenKeys:
    """Keys that note which of them is used for a key agreement."""

    def shared_secrets(ephemeral: ec.EllipticCurvePublicKey) -> Iterable[bytes]:
        for number, key in enumerate(private_keys):
            asked.append(number)
            yield key.exchange(ec.ECDH(), ephemeral)

    return replace(OURS.keys, shared_secrets=shared_secrets)


def test_a_key_is_used_only_after_those_before_it_have_failed() -> None:
    others = new_key(), new_key()
    for place in range(3):
        asked: list[int] = []
        keys = agreeing(asked, *others[:place], OURS.private_key, *others[place:])
        assert open_token(OURS.seal(), keys, NOW_MS)
        assert asked == list(range(place + 1))
    asked = []
    assert NOT_OURS in reason(message(), agreeing(asked, *others))
    assert asked == [0, 1]


def test_no_key_is_used_for_what_google_has_not_signed() -> None:
    asked: list[int] = []
    for token in (OURS.seal(signer=new_key()), OURS.seal(root=new_key()), OURS.seal()[:-1]):
        refused(open_token, token, agreeing(asked, OURS.private_key), NOW_MS)
    off_curve = message() | {"ephemeralPublicKey": b64(b"\x04" + bytes(64))}
    reason(off_curve, agreeing(asked, OURS.private_key))
    assert asked == []


def steps(token: str) -> list[str]:
    """What opening a token comes to, step by step, as the interpreter sees it."""
    found: list[str] = []
    names = {"verify", "exchange", "compare_digest", "decryptor", "finalize", "parse_payload"}

    def note(frame: FrameType, event: str, argument: Any) -> None:
        name = frame.f_code.co_name if event == "call" else getattr(argument, "__name__", "")
        if event in ("call", "c_call") and name in names:
            found.append(name)

    keys = OURS.keys
    sys.setprofile(note)
    try:
        open_token(token, keys, NOW_MS)
    except InvalidToken:
        found.append("refused")
    finally:
        sys.setprofile(None)
    return found


def test_each_step_comes_after_the_check_before_it() -> None:
    checked = ["verify", "verify", "exchange", "compare_digest"]
    assert steps(OURS.seal()) == [*checked, "decryptor", "finalize", "parse_payload"]
    assert steps(OURS.sign(google_json(message() | {"tag": b64(bytes(32))}))) == [
        *checked, "refused"
    ]  # fmt: skip
    assert steps(OURS.seal(signer=new_key())) == ["verify", "verify", "refused"]
    assert steps(OURS.seal(root=new_key())) == ["verify", "refused"]


@pytest.mark.parametrize("text", ["", "not JSON", "expired", "good"])
def test_under_a_wrong_mac_every_content_gets_the_same_refusal(text: str) -> None:
    expired = google_json(cleartext(message_expiration_ms=NOW_MS - 1))
    sealed = message({"expired": expired, "good": google_json(cleartext())}.get(text, text))
    tag = bytearray(unb64(sealed["tag"]))
    tag[-1] ^= 1
    assert NOT_OURS in reason(sealed | {"tag": b64(bytes(tag))})
