"""Registrations that are refused, repeated, too many, at the same moment or cut short."""

from collections.abc import Callable
from functools import partial

import pytest
from msgspec.structs import replace

from countersign.problems import Problem
from countersign.spc import browsers, credentials
from countersign.spc.begin_registration import begin_credential_registration
from countersign.spc.context import Context
from tests.support.authenticator import (
    BE,
    BS,
    ES256,
    UP,
    UV,
    Passkey,
    b64,
)
from tests.support.chromium import Json
from tests.support.clock import Clock
from tests.support.crashes import Fuse, every_crash, fused
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.spc_payments import Edit, both, drop, put, signing_key
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
    identified,
    new_passkey,
    plain_browser,
    register,
    registered,
    stored,
)
from tests.support.threads import at_once
from tests.support.visits import refusal

WRONG: dict[str, tuple[Edit, str]] = {
    "a payment": (put("type", to="payment.get"), "wrong_type"),
    "a login": (put("type", to="webauthn.get"), "wrong_type"),
    "the old type": (put("type", to="payment.create"), "wrong_type"),
    "another challenge": (put("challenge", to=b64(bytes(32))), "wrong_challenge"),
    "no challenge": (put("challenge", to=""), "wrong_challenge"),
    "a shop's page": (put("origin", to=SHOP), "wrong_origin"),
    "our page without TLS": (put("origin", to="http://pay.example"), "wrong_origin"),
    "a page beneath ours": (put("origin", to="https://a.pay.example"), "wrong_origin"),
    "another port": (put("origin", to=f"{HOME}:8443"), "wrong_origin"),
    "a frame nobody asked for": (
        both(put("crossOrigin", to=True), put("topOrigin", to=SHOP)), "wrong_top_origin",
    ),
    "a frame of nobody's": (put("crossOrigin", to=True), "wrong_top_origin"),
    "a top without a frame": (put("topOrigin", to=HOME), "wrong_top_origin"),
    "a type of another kind": (put("type", to=5), "malformed_credential"),
    "no origin": (drop("origin"), "malformed_credential"),
    "a frame that is no flag": (put("crossOrigin", to="false"), "malformed_credential"),
    "no top": (put("topOrigin", to=None), "malformed_credential"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_client_data_that_is_not_what_was_asked_for_is_refused(
    spc: Context, quick: QuickDynamoDB, what: str
) -> None:
    edit, code = WRONG[what]
    begun(spc)
    assert refusal(register, spc, edit).code == code
    assert not [pk for pk in quick.rows if pk.startswith(("credential#", "browser-key#"))]


@pytest.mark.parametrize("flags", [0, UP, UV, UP | UV | BS, UP | BE | BS, UV | BE])
def test_flags_that_contradict_each_other_or_lack_the_user_are_refused(
    spc: Context, flags: int
) -> None:
    assert refusal(register, spc, flags=flags).code == "invalid_authenticator_data"


def test_a_credential_for_another_relying_party_is_refused(spc: Context) -> None:
    assert refusal(register, spc, rp_id="evil.example").code == "invalid_authenticator_data"


def test_a_registration_is_finished_by_the_user_who_began_it(spc: Context) -> None:
    question = begun(spc)
    passkey = new_passkey(question["publicKey"])
    body = created(question["publicKey"], passkey, plain_browser(HOME))
    problem = refusal(finished, spc, question, body, OTHER)
    assert (problem.status, problem.code) == (404, "unknown_ceremony")
    assert finished(spc, question, body).credential_id == b64(passkey.id)


def test_a_registration_is_finished_once_and_within_six_minutes(spc: Context, clock: Clock) -> None:
    question, late = begun(spc), begun(spc)
    body = created(question["publicKey"], new_passkey(question["publicKey"]), plain_browser(HOME))
    clock.advance(359)
    finished(spc, question, body)
    assert refusal(finished, spc, question, body).code == "ceremony_already_used"
    clock.advance(1)
    body = created(late["publicKey"], new_passkey(late["publicKey"]), plain_browser(HOME))
    assert refusal(finished, spc, late, body).code == "ceremony_expired"


@pytest.mark.parametrize("user", [USER, OTHER])
def test_a_credential_that_is_registered_already_stays_with_its_owner(
    spc: Context, user: str
) -> None:
    """The second answer has the same id and a key of its own."""
    passkey = registered(spc)
    before = stored(spc, passkey)
    question = begun(spc, user)
    copy = new_passkey(question["publicKey"], id=passkey.id)
    body = created(question["publicKey"], copy, plain_browser(HOME))
    problem = refusal(finished, spc, question, body, user)
    assert (problem.status, problem.code) == (409, "credential_exists")
    assert stored(spc, passkey) == before
    assert confirmed(spc, passkey)


def test_a_browsers_key_that_is_bound_to_another_credential_is_refused(spc: Context) -> None:
    one = identified(spc, browser=bound_browser(HOME))
    question = begun(spc, OTHER)
    body = created(question["publicKey"], new_passkey(question["publicKey"]), bound_browser(HOME))
    assert refusal(finished, spc, question, body, OTHER).code == "invalid_browser_bound_key"
    assert credentials.credential_ids(spc.table, OTHER) == []
    assert confirmed(spc, one, bound_browser(SHOP)).browser_bound == "trusted"


BOUND: dict[str, Callable[[Json], object]] = {
    "a key without a signature": lambda body: body.pop("browser_bound_signature"),
    "an empty signature": lambda body: body.update(browser_bound_signature=""),
    "another's signature": lambda body: body.update(
        browser_bound_signature=b64(signing_key(ES256, "other").sign(b"x"))
    ),
    "a signature over the key alone": lambda body: body.update(
        browser_bound_signature=b64(signing_key(ES256, "browser").sign(b"key"))
    ),
}


@pytest.mark.parametrize("what", BOUND)
def test_a_browsers_key_that_has_not_signed_is_neither_bound_nor_stored(
    spc: Context, quick: QuickDynamoDB, what: str
) -> None:
    question = begun(spc)
    passkey = new_passkey(question["publicKey"])
    body = created(question["publicKey"], passkey, bound_browser(HOME))
    BOUND[what](body)
    assert finished(spc, question, body).browser_bound is False
    assert stored(spc, passkey).browsers == {}
    assert not [pk for pk in quick.rows if pk.startswith("browser-key#")]


def test_a_registration_is_tried_five_times_at_most(spc: Context) -> None:
    question, junk = begun(spc), begun(spc)
    passkey = new_passkey(question["publicKey"])
    for _ in range(5):
        body = created(junk["publicKey"], passkey, plain_browser(HOME))
        assert refusal(finished, spc, question, body).code == "wrong_challenge"
    right = created(question["publicKey"], passkey, plain_browser(HOME))
    for _ in range(5):
        body = created(question["publicKey"], passkey, plain_browser(SHOP))
        assert refusal(finished, spc, question, body).code == "wrong_origin"
    assert refusal(finished, spc, question, right).code == "ceremony_already_used"
    assert credentials.credential_ids(spc.table, USER) == []


def test_a_wallet_holds_twenty_credentials_at_most(spc: Context) -> None:
    early = begun(spc)
    for _ in range(credentials.MOST_CREDENTIALS):
        last = registered(spc)
    problem = refusal(begun, spc)
    assert (problem.status, problem.code) == (409, "too_many_credentials")
    body = created(early["publicKey"], new_passkey(early["publicKey"]), plain_browser(HOME))
    assert refusal(finished, spc, early, body).code == "too_many_credentials"
    assert len(credentials.credential_ids(spc.table, USER)) == credentials.MOST_CREDENTIALS
    credentials.remove(spc.table, USER, b64(last.id))
    assert finished(spc, early, body)


def test_the_last_place_of_a_wallet_is_taken_once(spc: Context) -> None:
    for _ in range(credentials.MOST_CREDENTIALS - 1):
        registered(spc)
    calls = []
    for _ in range(4):
        question = begun(spc)
        body = created(
            question["publicKey"], new_passkey(question["publicKey"]), plain_browser(HOME)
        )
        calls.append(partial(finished, spc, question, body))
    results = at_once(calls)
    codes = [result.code for result in results if isinstance(result, Problem)]
    assert codes == ["too_many_credentials"] * 3
    assert len(credentials.credential_ids(spc.table, USER)) == credentials.MOST_CREDENTIALS


def test_one_answer_sent_twice_at_once_is_one_credential(spc: Context) -> None:
    for _ in range(6):
        question = begun(spc)
        body = created(
            question["publicKey"], new_passkey(question["publicKey"]), plain_browser(HOME)
        )
        results = at_once([partial(finished, spc, question, body)] * 4)
        codes = [result.code for result in results if isinstance(result, Problem)]
        assert codes == ["ceremony_already_used"] * 3


def test_a_registration_that_is_cut_short_is_stored_whole_or_not_at_all(
    spc: Context, quick: QuickDynamoDB
) -> None:
    passkeys: list[Passkey] = []
    bodies: list[tuple[Json, Json]] = []

    def work(fuse: Fuse) -> None:
        question = begun(spc)
        passkeys.append(new_passkey(question["publicKey"]))
        browser = bound_browser(HOME, f"browser {len(passkeys)}")
        bodies.append((question, created(question["publicKey"], passkeys[-1], browser)))
        finished(fused(spc, fuse), *bodies[-1])

    places = []
    for place in every_crash(work):
        places.append(place)
        whole = credentials.load_credential(spc.table, b64(passkeys[-1].id)) is not None
        assert whole is (place == "after table.transact")
        assert (b64(passkeys[-1].id) in credentials.credential_ids(spc.table, USER)) is whole
        bound = signing_key(ES256, f"browser {len(passkeys)}").cose
        assert (browsers.binding_pk(browsers.thumbprint(bound)) in quick.rows) is whole
        if whole:
            assert refusal(finished, spc, *bodies[-1]).code == "ceremony_already_used"
        else:
            assert finished(spc, *bodies[-1])
    assert {"before table.transact", "after table.transact"} <= set(places)


def test_a_beginning_that_is_cut_short_can_be_asked_for_again(spc: Context) -> None:
    for _ in every_crash(lambda fuse: begun(fused(spc, fuse))):
        assert begun(spc)["publicKey"]["user"]["id"] == credentials.user_handle(spc.table, USER)


def test_without_a_relying_party_no_registration_begins(spc: Context) -> None:
    nameless = replace(spc, settings=replace(spc.settings, spc_rp_id=""))
    problem = refusal(begin_credential_registration, nameless, USER, HOME)
    assert (problem.status, problem.code) == (500, "spc_misconfigured")
    assert "SPC_RP_ID" in problem.detail


def test_a_relying_party_without_a_name_is_called_by_its_id(spc: Context) -> None:
    unnamed = replace(spc, settings=replace(spc.settings, spc_rp_name=""))
    assert begun(unnamed)["publicKey"]["rp"] == {"id": RP_ID, "name": RP_ID}
