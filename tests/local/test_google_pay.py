"""Google Pay on one machine: its settings, its keys, and the tokens that can be asked for."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from starlette.applications import Starlette
from starlette.routing import Route

from countersign.google_pay.keys import TokenKeys, local_agreement, parse_root_keys
from countersign.google_pay.open_token import open_token
from countersign.google_pay.payload import OpenedToken
from countersign.google_pay.refusals import TokenExpired
from local.config import read_settings
from local.errors import LocalError, SettingsError
from local.google import TEST_ROOT, root_key, root_keys_document
from local.google.keys import new_key, write_private_key
from local.google.machine import GooglePay, google_pay, load_keys
from local.google.token_endpoint import token_endpoint
from local.google_settings import TEST_RECIPIENT_ID, read_google_settings
from tests.support.asgi import ask_app

KEYS = (write_private_key(new_key()), write_private_key(new_key()))
ROOT = root_key(new_key().public_key())
ED25519 = base64.b64encode(
    Ed25519PrivateKey.generate().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
).decode()


def machine(folder: Path, **environ: str) -> GooglePay:
    return google_pay(read_google_settings(environ), load_keys(folder / "google-pay.json"))


def ask(google: GooglePay, content: Any) -> httpx.Response:
    """What the endpoint answers to a body, which is sent as JSON unless it is bytes."""
    app = Starlette(routes=[Route("/token", token_endpoint(google), methods=["POST"])])
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return ask_app(app, "POST", "/token", content=body)


def opened(google: GooglePay, token: str) -> OpenedToken:
    """The token as the bundle opens it, with the parameters that the bundle is given."""
    values = google.values
    agreement = local_agreement(tuple(values["GooglePayPrivateKeys"].split(",")))
    roots = parse_root_keys(values["GooglePayRootKeys"])
    keys = TokenKeys(values["GooglePayRecipientId"], roots, agreement)
    return open_token(token, keys, int(time.time() * 1000))


def test_what_is_not_set_is_made_at_the_first_run_and_kept(tmp_path: Path) -> None:
    first, second = machine(tmp_path), machine(tmp_path)
    assert first.values == second.values
    assert (tmp_path / "google-pay.json").stat().st_mode & 0o777 == 0o600
    assert first.values["GooglePayRecipientId"] == "merchant:12345678901234567890"
    assert json.loads(first.values["GooglePayRootKeys"]) == {"keys": [TEST_ROOT, first.own_root]}
    assert len(base64.b64decode(first.values["GooglePayPrivateKeys"], validate=True)) == 138
    assert first.values["GooglePayKmsKeys"] == ""


def test_another_machine_has_other_keys(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    mine, other = machine(tmp_path), machine(tmp_path / "other")
    assert mine.private_keys != other.private_keys
    assert mine.own_root != other.own_root


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"merchant": 1, "root": 2}', "\x00"])
def test_a_broken_file_of_keys_is_named_with_what_to_do(tmp_path: Path, content: str) -> None:
    (tmp_path / "google-pay.json").write_text(content)
    with pytest.raises(LocalError, match=r"google-pay\.json does not hold two keys; remove it"):
        machine(tmp_path)


def test_what_is_set_is_what_the_bundle_gets(tmp_path: Path) -> None:
    given = {
        "GOOGLE_PAY_RECIPIENT_ID": "gateway:acme",
        "GOOGLE_PAY_PRIVATE_KEYS": f" {KEYS[0]} ,{KEYS[1]},",
        "GOOGLE_PAY_ROOT_KEYS": json.dumps({"keys": [ROOT]}, indent=4),
    }
    values = machine(tmp_path, **given).values
    assert values["GooglePayRecipientId"] == "gateway:acme"
    assert values["GooglePayPrivateKeys"].split(",") == list(KEYS)
    assert values["GooglePayRootKeys"] == root_keys_document(ROOT)


def test_the_keys_that_were_made_become_parameters_of_the_template(tmp_path: Path) -> None:
    settings = read_settings({}, "x86_64").with_values(machine(tmp_path).values)
    declared: dict[str, dict[str, object]] = {"GooglePayRootKeys": {"Default": ""}, "Stage": {}}
    given = settings.parameters(declared)
    assert given == {"GooglePayRootKeys": machine(tmp_path).root_keys, "Stage": "local"}


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("GOOGLE_PAY_RECIPIENT_ID", "12345678901234567890", "must be merchant:"),
        ("GOOGLE_PAY_RECIPIENT_ID", "merchant:", "must be merchant:"),
        ("GOOGLE_PAY_PRIVATE_KEYS", " , ", "has no key in it"),
        ("GOOGLE_PAY_PRIVATE_KEYS", f"{KEYS[0]},c2VjcmV0", "key 2 is not the PKCS#8"),
        ("GOOGLE_PAY_PRIVATE_KEYS", "-----BEGIN PRIVATE KEY-----", "key 1 is not the PKCS#8"),
        ("GOOGLE_PAY_PRIVATE_KEYS", ED25519, "key 1 is not the PKCS#8"),
        ("GOOGLE_PAY_ROOT_KEYS", "keys", "GOOGLE_PAY_ROOT_KEYS"),
        ("GOOGLE_PAY_ROOT_KEYS", "[]", "that Google publishes"),
        ("GOOGLE_PAY_ROOT_KEYS", '{"keys": {}}', "that Google publishes"),
        ("GOOGLE_PAY_ROOT_KEYS", '{"keys": ["MFk"]}', "that Google publishes"),
        ("GOOGLE_PAY_ROOT_KEYS", '{"keys": []}', "no ECv2 key with a keyExpiration"),
        (
            "GOOGLE_PAY_ROOT_KEYS",
            root_keys_document(ROOT | {"protocolVersion": "ECv1"}),
            "no ECv2 key with a keyExpiration",
        ),
        ("GOOGLE_PAY_ROOT_KEYS", root_keys_document(ROOT | {"keyValue": "MFk="}), "not the SPKI"),
        (
            "GOOGLE_PAY_ROOT_KEYS",
            root_keys_document(ROOT | {"keyExpiration": "tomorrow"}),
            "milliseconds since 1970",
        ),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_by_name(
    variable: str, value: str, words: str
) -> None:
    with pytest.raises(SettingsError, match=words) as refusal:
        read_settings({variable: value}, "x86_64")
    assert variable in str(refusal.value)
    assert "c2VjcmV0" not in str(refusal.value)
    assert KEYS[0] not in str(refusal.value)


def test_a_token_opens_in_the_bundle_to_what_was_asked_for(tmp_path: Path) -> None:
    google = machine(tmp_path)
    asked = {
        "auth_method": "CRYPTOGRAM_3DS",
        "card_holder_authenticated": True,
        "account_verified": True,
        "eci": "05",
        "pan": "5204240250197840",
        "message_id": "once",
        "expires_in_s": 60,
    }
    answer = ask(google, asked)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    token = opened(google, answer.json()["token"])
    assert token.message_id == "once"
    card = token.card
    assert (card.auth_method, card.eci) == ("CRYPTOGRAM_3DS", "05")
    assert card.assurance
    assert card.assurance.is_full
    assert card.facts
    assert (card.facts.network, card.facts.last4) == ("mastercard", "7840")


def test_each_flag_is_in_the_token_only_when_it_is_given(tmp_path: Path) -> None:
    google = machine(tmp_path)
    none = ask(google, {"auth_method": "PAN_ONLY"}).json()["token"]
    assert opened(google, none).card.assurance is None
    one = opened(google, ask(google, {"account_verified": False}).json()["token"]).card.assurance
    assert one is not None
    assert (one.account_verified, one.card_holder_authenticated) == (False, None)


def test_the_newest_of_the_keys_given_is_the_one_sealed_to(tmp_path: Path) -> None:
    google = machine(tmp_path, GOOGLE_PAY_PRIVATE_KEYS=",".join(KEYS))
    token = ask(google, {}).json()["token"]
    newest = machine(tmp_path, GOOGLE_PAY_PRIVATE_KEYS=KEYS[0])
    assert opened(newest, token).message_id == opened(google, token).message_id


def test_a_token_can_be_asked_for_that_is_too_late(tmp_path: Path) -> None:
    google = machine(tmp_path)
    with pytest.raises(TokenExpired):
        opened(google, ask(google, {"expires_in_s": -1}).json()["token"])


@pytest.mark.parametrize(
    ("auth_method", "last4"), [("PAN_ONLY", "1111"), ("CRYPTOGRAM_3DS", "1234")]
)
def test_the_payment_data_says_unsigned_what_the_token_says(
    tmp_path: Path, auth_method: str, last4: str
) -> None:
    asked = {"auth_method": auth_method, "card_holder_authenticated": False}
    answer = ask(machine(tmp_path), asked).json()
    data = answer["payment_data"]
    method = data["paymentMethodData"]
    assert (data["apiVersion"], data["apiVersionMinor"], method["type"]) == (2, 0, "CARD")
    assert method["tokenizationData"] == {"type": "DIRECT", "token": answer["token"]}
    assert method["info"]["assuranceDetails"] == {"cardHolderAuthenticated": False}
    assert method["info"]["cardNetwork"] == "VISA"
    assert method["info"]["cardDetails"] == last4
    assert auth_method not in json.dumps(method["info"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "body: Invalid JSON"),
        (b"\xff", "body: Invalid JSON"),
        ([], "body: "),
        ({"authMethod": "PAN_ONLY"}, "authMethod: Extra inputs are not permitted"),
        ({"auth_method": "3DS"}, "auth_method: "),
        ({"account_verified": "true"}, "account_verified: "),
        ({"card_holder_authenticated": 1}, "card_holder_authenticated: "),
        ({"eci": 5}, "eci: "),
        ({"pan": "4111 1111 1111 1111"}, "pan: "),
        ({"expires_in_s": 1.5}, "expires_in_s: "),
        ({"expires_in_s": 10**12}, "expires_in_s: "),
        ({"message_id": ""}, "message_id: "),
    ],
)
def test_an_order_that_is_not_right_is_refused_saying_what_is_wrong(
    tmp_path: Path, content: Any, words: str
) -> None:
    answer = ask(machine(tmp_path), content)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "invalid_request"
    assert answer.json()["detail"].startswith(words)


def test_a_run_that_would_refuse_the_stand_ins_tokens_says_so(tmp_path: Path) -> None:
    googles_alone = machine(tmp_path, GOOGLE_PAY_ROOT_KEYS=root_keys_document(TEST_ROOT))
    answer = ask(googles_alone, {})
    assert answer.status_code == 409
    assert answer.json()["code"] == "root_key_not_trusted"
    assert json.dumps(googles_alone.own_root) in answer.json()["detail"]
    both = root_keys_document(TEST_ROOT, googles_alone.own_root)
    trusting = machine(tmp_path, GOOGLE_PAY_ROOT_KEYS=both)
    token = ask(trusting, {}).json()["token"]
    assert opened(trusting, token).card.auth_method == "CRYPTOGRAM_3DS"
    assert trusting.recipient_id == TEST_RECIPIENT_ID


def test_a_root_that_is_not_for_this_version_does_not_count(tmp_path: Path) -> None:
    key = machine(tmp_path).sealer.root.public_key()
    entry = root_key(key, protocol_version="ECv2SigningOnly")
    document = root_keys_document(TEST_ROOT, entry)
    assert not machine(tmp_path, GOOGLE_PAY_ROOT_KEYS=document).is_trusted
