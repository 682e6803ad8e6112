"""The authenticator of the tests writes what a browser writes, as recorded of Chromium."""

import json
from functools import partial
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key
from webauthn import verify_registration_response

from tests.support.authenticator import (
    AT,
    ED,
    Passkey,
    SigningKey,
    authenticator_data,
    cose_members,
    unb64,
)
from tests.support.chromium import GREASE, Browser, Json, write
from tests.support.spc_vectors import ABSENT, FOLDER, Vector, json_of, name_of, recorded, total_of

by_name = partial(pytest.mark.parametrize, ids=name_of)
needs_vectors = pytest.mark.skipif(not FOLDER.exists(), reason=ABSENT)


def members(value: Any) -> Any:
    """The names of a value's members in their order, at every depth."""
    if isinstance(value, dict):
        return [(name, members(inner)) for name, inner in value.items()]
    if isinstance(value, list):
        return [members(inner) for inner in value]
    return type(value)


def written(vector: Vector, collected: Json) -> bytes:
    """The client data with the recorded browser's key, of which only the public half is known."""
    told = json.loads(vector["clientDataJSON_text"]).get("payment", {})
    if "browserBoundPublicKey" in told:
        collected["payment"]["browserBoundPublicKey"] = told["browserBoundPublicKey"]
    return write(collected)


def browser_of(vector: Vector) -> Browser:
    """A browser in the place of the recorded one."""
    origin, top = vector["caller_origin"], vector["top_origin"]
    told = json.loads(vector["clientDataJSON_text"])
    bound = "browserBoundPublicKey" in told.get("payment", {})
    return Browser(
        origin,
        top if top != origin else None,
        SigningKey.new() if bound else None,
        grease=set(GREASE) <= set(told),
    )


@needs_vectors
@by_name("vector", recorded("authentication"))
def test_a_payment_is_written_as_the_browser_wrote_it(vector: Vector) -> None:
    told = vector["clientDataJSON_text"]
    shown = json.loads(told)["payment"]["instrument"]["icon"] != ""
    made = browser_of(vector).payment(vector["options"], total_of(vector), shown=shown)
    assert members(made) == members(json.loads(told))
    assert written(vector, made) == told.encode()


@needs_vectors
@by_name("vector", recorded("registration"))
def test_a_registration_is_written_as_the_browser_wrote_it(vector: Vector) -> None:
    made = browser_of(vector).registration(vector["options"])
    assert written(vector, made) == vector["clientDataJSON_text"].encode()


@needs_vectors
@by_name("vector", recorded("login"))
def test_a_login_is_written_as_the_browser_wrote_it(vector: Vector) -> None:
    made = write(browser_of(vector).login(vector["options"]["challenge"]))
    assert made == vector["clientDataJSON_text"].encode()


@needs_vectors
@by_name("vector", recorded("authentication"))
def test_a_response_has_the_members_of_the_browsers(vector: Vector) -> None:
    passkey = Passkey(vector["rp_id"], b"handle")
    answer = passkey.answer(vector["clientDataJSON_text"].encode())
    recorded_one = json_of(vector)
    assert members(answer) == members(recorded_one)
    data, told = (unb64(one["response"]["authenticatorData"]) for one in (answer, recorded_one))
    assert data[:32] == told[:32]
    assert len(data) == len(told)


@needs_vectors
@by_name("vector", recorded("registration"))
def test_a_registration_has_the_members_and_the_cbor_of_the_browsers(vector: Vector) -> None:
    answer = Passkey(vector["rp_id"], b"handle").register(b"{}")
    recorded_one = json_of(vector)
    assert members(answer) == members(recorded_one)
    made, told = (unb64(one["response"]["attestationObject"]) for one in (answer, recorded_one))
    assert members(cbor2.loads(made)) == members(cbor2.loads(told))
    assert len(made) == len(told)
    data = cbor2.loads(told)["authData"]
    assert cbor2.loads(made)["authData"][:37] == data[:37]
    assert data[55:87] == unb64(recorded_one["id"])
    assert cbor2.dumps(cbor2.loads(data[87:])) == data[87:]


@needs_vectors
@by_name("vector", recorded("registration"))
def test_a_key_is_written_in_cose_as_the_browsers_is(vector: Vector) -> None:
    told = json_of(vector)["response"]
    public = load_der_public_key(unb64(told["publicKey"]))
    data = unb64(told["authenticatorData"])
    assert data.endswith(cbor2.dumps(cose_members(public)))  # type: ignore[arg-type]


def test_what_is_registered_is_the_key_that_signs() -> None:
    passkey = Passkey("pay.example", b"handle", sign_count=4)
    browser = Browser("https://pay.example", browser_key=SigningKey.new())
    client_data = write(browser.registration({"challenge": "AAAA"}))
    answer = passkey.register(client_data, extensions={"credProtect": 2})
    found = verify_registration_response(
        credential=answer,
        expected_challenge=bytes(3),
        expected_rp_id="pay.example",
        expected_origin="https://pay.example",
    )
    assert found.credential_id == passkey.id
    assert found.credential_public_key == passkey.key.cose
    assert found.sign_count == 5
    data = authenticator_data("pay.example", passkey.flags | AT | ED, 5)
    assert unb64(answer["response"]["authenticatorData"]).startswith(data)
