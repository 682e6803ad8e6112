"""A registration is verified in the standard's steps. What is tampered with is signed again, so that
nothing but the step in question can refuse it.
"""

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from tests.support.authenticator import (
    AT,
    BE,
    BS,
    ED,
    ES256,
    MAX_COUNT,
    RS256,
    UP,
    UV,
    b64,
)
from tests.support.chromium import Browser, Json
from tests.support.spc_payments import CHALLENGE, RP_ID, SHOP, Edit, both, drop, put, signing_key
from tests.support.spc_registrations import HOME, ID, TERMS, Created, attested, created, data_of

RIGHT = UP | UV | AT
INVALID = "invalid_authenticator_data"
COSE = signing_key().cose
BOUND = Browser(HOME, browser_key=signing_key(name="browser"), grease=False)


def with_flags(flags: int) -> Created:
    return created(data=data_of(COSE, flags))


@pytest.mark.parametrize("attests", [False, True])
@pytest.mark.parametrize("flags", [RIGHT, RIGHT | BE, RIGHT | BE | BS])
@pytest.mark.parametrize("algorithm", [ES256, RS256])
def test_what_is_found_is_what_the_authenticator_signed(
    algorithm: int, flags: int, attests: bool
) -> None:
    key = signing_key(algorithm)
    data = data_of(key.cose, flags)
    found = created(key=key, data=data, signer=key if attests else None).verify()
    assert found.public_key == key.private.public_key()
    assert (found.credential_id, found.sign_count, found.browser_key) == (b64(ID), 1, None)
    assert (found.backup_eligible, found.backed_up) == (bool(flags & BE), bool(flags & BS))


@pytest.mark.parametrize("count", [0, MAX_COUNT])
def test_any_counter_is_accepted(count: int) -> None:
    digest = hashlib.sha256(RP_ID.encode()).digest()
    data = digest + bytes([RIGHT]) + count.to_bytes(4, "big") + attested(COSE)
    assert created(data=data).verify().sign_count == count


def test_the_key_of_the_browser_that_signed_is_returned() -> None:
    assert created(browser=BOUND).verify().browser_key == BOUND.browser_key.cose  # type: ignore[union-attr]


# In the standard's order.
TAMPERED: list[tuple[str, Edit]] = [
    ("wrong_type", put("type", to="webauthn.get")),
    ("wrong_challenge", put("challenge", to=b64(bytes(32)))),
    ("wrong_origin", put("origin", to=SHOP)),
    ("wrong_top_origin", put("crossOrigin", to=True)),
]


@pytest.mark.parametrize("place", range(len(TAMPERED)))
def test_of_two_faults_the_earlier_in_the_standards_order_is_named(place: int) -> None:
    code, edit = TAMPERED[place]
    assert created(edit).refusal() == code
    for _, later in TAMPERED[place:]:
        assert created(both(later, edit), data=b"").refusal() == code


@pytest.mark.parametrize("type_", ["payment.get", "payment.create", "webauthn.create ", ""])
def test_only_a_registration_is_one(type_: str) -> None:
    assert created(put("type", to=type_)).refusal() == "wrong_type"


def test_of_two_challenges_either_is_right() -> None:
    other = b64(bytes(32))
    for challenges in ((CHALLENGE, other), (other, CHALLENGE)):
        assert replace(created(), terms=TERMS._replace(challenges=challenges)).refusal() is None
    without = replace(created(), terms=TERMS._replace(challenges=()))
    assert without.refusal() == "wrong_challenge"


@pytest.mark.parametrize(("cross", "top", "code"), [
    (False, None, None), (True, SHOP, None), (True, HOME, "wrong_top_origin"),
    (True, None, "wrong_top_origin"), (False, SHOP, "wrong_top_origin"),
])  # fmt: skip
def test_a_frame_is_in_a_page_that_was_expected(
    cross: bool, top: str | None, code: str | None
) -> None:
    def edit(members: Json) -> None:
        members |= {"crossOrigin": cross} | ({"topOrigin": top} if top else {})

    assert created(edit).refusal() == code


@pytest.mark.parametrize(
    "binding", [None, "x", 5, [], {"status": "supported"}, {"status": "present"}]
)
def test_a_token_binding_of_level_2_is_accepted(binding: Any) -> None:
    assert created(put("tokenBinding", to=binding)).refusal() is None


@pytest.mark.parametrize("binding", [{}, {"id": "x"}, {"status": "not-supported"}, {"status": []}])
def test_a_token_binding_of_another_status_is_refused(binding: Any) -> None:
    assert created(put("tokenBinding", to=binding)).refusal() == INVALID


def test_it_is_for_this_relying_party_alone() -> None:
    for rp_id in ("example", f"www.{RP_ID}", RP_ID.upper(), ""):
        assert created(data=data_of(COSE, rp_id=rp_id)).refusal() == INVALID


@pytest.mark.parametrize("flags", [AT, UP | AT, UV | AT, RIGHT | BS, UP | UV, RIGHT | ED])
def test_the_flags_say_that_its_owner_was_there_and_has_a_new_credential(flags: int) -> None:
    assert with_flags(flags).refusal() == INVALID
    assert with_flags(RIGHT | 0x22).refusal() is None


@pytest.mark.parametrize("length", [1, 16, 255, 1023])
def test_an_id_of_any_length_is_accepted(length: int) -> None:
    assert created(id=bytes(length)).verify().credential_id == b64(bytes(length))


@pytest.mark.parametrize("length", [0, 1024])
def test_an_id_is_neither_empty_nor_longer_than_the_standard_allows(length: int) -> None:
    assert created(data=data_of(COSE, id=bytes(length))).refusal() == INVALID


def test_the_id_is_the_one_that_was_signed() -> None:
    other = data_of(COSE, id=b"another")
    assert created(data=other, signer=signing_key()).refusal() == "unknown_credential"


@pytest.mark.parametrize("signature", [None, "", b64(signing_key().sign(b"x"))])
def test_a_browsers_key_whose_signature_is_wrong_counts_as_none(signature: str | None) -> None:
    found = replace(created(browser=BOUND), bound_signature=signature).verify()
    assert (found.browser_key, found.is_key_ignored) == (None, True)
    other = created(browser=BOUND, data=data_of(COSE, id=b"another"))
    assert replace(other, bound_signature=signature).refusal() == "unknown_credential"


def test_unknown_members_are_ignored() -> None:
    edit = both(put("other_keys_can_be_added_here", to="x"), put("tokenBindings", to=[1]))
    assert created(both(edit, drop("crossOrigin"))).refusal() is None
