"""Registering a payment credential: what is asked for, and what is stored of the answer."""

import hashlib
from typing import Any

import pytest
from msgspec.structs import asdict

from countersign.spc.begin_registration import registration_options
from countersign.spc.context import Context
from tests.support.authenticator import (
    BE,
    BS,
    ES256,
    MAX_COUNT,
    RS256,
    UP,
    UV,
    b64,
    unb64,
)
from tests.support.chromium import write
from tests.support.clock import Clock
from tests.support.spc_payments import both, put, signing_key
from tests.support.spc_people import (
    HOME,
    OTHER,
    RP_ID,
    SHOP,
    USER,
    begun,
    bound_browser,
    confirmed,
    created,
    finished,
    new_passkey,
    plain_browser,
    register,
    registered,
    stored,
)


def test_the_options_are_those_that_spc_asks_for(spc: Context) -> None:
    question = begun(spc)
    options = question["publicKey"]
    assert options["rp"] == {"id": RP_ID, "name": "Countersign"}
    assert options["authenticatorSelection"] == {
        "authenticatorAttachment": "platform",
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert options["pubKeyCredParams"] == [
        {"type": "public-key", "alg": ES256},
        {"type": "public-key", "alg": RS256},
    ]
    assert options["attestation"] == "none"
    assert options["extensions"] == {"payment": {"isPayment": True}}
    assert options["timeout"] == 360_000
    assert options["excludeCredentials"] == []
    assert len(unb64(options["challenge"])) == 32


def test_the_users_handle_is_opaque_and_the_same_each_time(spc: Context) -> None:
    one, other = begun(spc), begun(spc)
    assert one["publicKey"]["user"]["id"] == other["publicKey"]["user"]["id"]
    assert one["publicKey"]["challenge"] != other["publicKey"]["challenge"]
    theirs = begun(spc, OTHER)["publicKey"]["user"]["id"]
    assert theirs != one["publicKey"]["user"]["id"]
    assert USER not in str(one)
    assert hashlib.sha256(USER.encode()).digest() != unb64(one["publicKey"]["user"]["id"])


def test_credentials_that_are_registered_already_are_excluded(spc: Context) -> None:
    known = [registered(spc) for _ in range(2)]
    registered(spc, OTHER)
    excluded = begun(spc)["publicKey"]["excludeCredentials"]
    assert {entry["id"] for entry in excluded} == {b64(passkey.id) for passkey in known}
    assert {entry["type"] for entry in excluded} == {"public-key"}


def test_the_options_are_the_same_when_they_are_asked_for_again(spc: Context) -> None:
    question = begun(spc)
    registered(spc)
    assert registration_options(spc, question["ceremony_id"]) == question


@pytest.mark.parametrize("algorithm", [ES256, RS256])
@pytest.mark.parametrize("flags", [UP | UV, UP | UV | BE, UP | UV | BE | BS])
def test_a_credential_is_stored_as_its_authenticator_says(
    spc: Context, clock: Clock, algorithm: int, flags: int
) -> None:
    key = signing_key(algorithm)
    question = begun(spc)
    passkey = new_passkey(question["publicKey"], key=key, flags=flags, sign_count=41)
    body = created(question["publicKey"], passkey, plain_browser(HOME))
    clock.advance(5)
    registration = finished(spc, question, body)
    assert asdict(registration) == {
        "credential_id": b64(passkey.id), "created": clock(), "backed_up": bool(flags & BS), "browser_bound": False,
    }  # fmt: skip
    item = stored(spc, passkey)
    known = item.verifiable(item.sign_count)
    assert (known.public_key, known.algorithm, known.sign_count) == (key.spki, algorithm, 42)
    assert (known.backup_eligible, item.backed_up) == (bool(flags & BE), bool(flags & BS))
    assert known.user_handle == question["publicKey"]["user"]["id"]
    assert (item.user, item.browsers, item.last_used) == (USER, {}, None)
    assert confirmed(spc, passkey).backed_up is bool(flags & BS)


@pytest.mark.parametrize("count", [0, MAX_COUNT - 1])
def test_any_counter_is_kept(spc: Context, count: int) -> None:
    passkey = registered(spc, sign_count=count)
    item = stored(spc, passkey)
    assert item.sign_count == count + 1


@pytest.mark.parametrize("length", [1, 16, 255, 1023])
def test_an_id_of_any_length_is_kept(spc: Context, length: int) -> None:
    passkey = registered(spc, id=bytes(range(256))[:length].ljust(length, b"x"))
    assert stored(spc, passkey)
    assert confirmed(spc, passkey).credential_id == b64(passkey.id)


@pytest.mark.parametrize("algorithm", [ES256, RS256])
def test_the_browser_that_a_credential_was_made_in_is_known_and_new_like_any(
    spc: Context, algorithm: int
) -> None:
    browser = bound_browser(HOME, algorithm=algorithm)
    question = begun(spc)
    passkey = new_passkey(question["publicKey"])
    assert (
        finished(spc, question, created(question["publicKey"], passkey, browser)).browser_bound
        is True
    )
    again = confirmed(spc, passkey, bound_browser(SHOP, algorithm=algorithm))
    assert (again.browser_bound, again.step_up_required) == ("new", True)


def test_extensions_of_the_authenticator_are_tolerated(spc: Context) -> None:
    question = begun(spc)
    passkey = new_passkey(question["publicKey"])
    client_data = write(plain_browser(HOME).registration(question["publicKey"]))
    credential = passkey.register(client_data, extensions={"thirdPartyPayment": True})
    finished(spc, question, {"credential": credential})
    item = stored(spc, passkey)
    assert item.public_key == passkey.key.spki


def test_unknown_members_are_ignored(spc: Context) -> None:
    edit = both(put("other_keys_can_be_added_here", to="x"), put("tokenBindings", to=[1]))
    assert register(spc, edit).credential_id


CONVENIENCE: dict[str, Any] = {
    "publicKey": b64(signing_key(ES256, "another").spki),
    "publicKeyAlgorithm": RS256,
    "authenticatorData": b64(b"\0" * 37),
    "transports": ["usb", "\ud800", 5],
    "id": "x",
}


@pytest.mark.parametrize("member", CONVENIENCE)
@pytest.mark.parametrize("value", ["another", "nonsense", "missing"])
def test_what_is_stored_is_what_was_signed_and_not_what_comes_beside_it(
    spc: Context, member: str, value: str
) -> None:
    question = begun(spc)
    passkey = new_passkey(question["publicKey"])
    body = created(question["publicKey"], passkey, plain_browser(HOME))
    response = body["credential"]["response"]
    if value == "missing":
        response.pop(member, None)
    else:
        response[member] = CONVENIENCE[member] if value == "another" else {"x": [1, None]}
    body["credential"] |= {"authenticatorAttachment": [], "clientExtensionResults": 5, "more": 1}
    finished(spc, question, body)
    item = stored(spc, passkey)
    known = item.verifiable(item.sign_count)
    assert (known.public_key, known.algorithm, known.sign_count) == (passkey.key.spki, ES256, 1)
    assert confirmed(spc, passkey)
