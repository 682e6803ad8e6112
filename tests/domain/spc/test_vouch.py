"""A payment's 3-D Secure vouches for the browser that this very payment was confirmed in."""

from countersign.spc import ceremonies, credentials
from countersign.spc.context import Context
from countersign.spc.credential_record import MOST_PENDING
from countersign.spc.payment_ceremony import PaymentCeremony
from countersign.spc.vouch import vouch
from tests.support.authenticator import Passkey, b64
from tests.support.chromium import Browser
from tests.support.crashes import Fuse, every_crash, fused
from tests.support.spc_people import (
    HOME,
    NEW,
    USER,
    answered,
    approved,
    asked,
    bound_browser,
    browsers_of,
    ceremony_of,
    confirmed,
    plain_browser,
    registered,
    wrongly,
)

NEW_BROWSER = bound_browser(name="new")


def paid(context: Context, passkey: Passkey, browser: Browser = NEW_BROWSER) -> PaymentCeremony:
    """The finished ceremony of a payment that was confirmed in this browser."""
    question = asked(context)
    answered(context, question, approved(question, passkey, browser))
    return ceremony_of(context, question)


def test_the_browser_of_the_payment_is_trusted_and_no_other(spc: Context) -> None:
    passkey = registered(spc, browser=bound_browser(HOME))
    confirmed(spc, passkey, bound_browser(name="another"))
    payment = paid(spc, passkey)
    assert payment.confirmation is not None
    assert payment.confirmation.browser_key == NEW
    assert browsers_of(spc, passkey) == ["pending", "pending", "trusted"]
    assert vouch(spc.table, payment) is True
    assert browsers_of(spc, passkey) == ["pending", "trusted", "trusted"]
    assert confirmed(spc, passkey, NEW_BROWSER).browser_bound == "trusted"


def test_vouching_again_changes_nothing(spc: Context) -> None:
    passkey = registered(spc)
    payment = paid(spc, passkey)
    assert [vouch(spc.table, payment) for _ in range(2)] == [True, True]
    assert browsers_of(spc, passkey) == ["trusted"]


def test_a_payment_that_was_not_confirmed_vouches_for_nothing(spc: Context) -> None:
    passkey = registered(spc)
    paid(spc, passkey)
    question = asked(spc)
    assert vouch(spc.table, ceremony_of(spc, question)) is False
    wrongly(spc, question, passkey)
    ceremonies.fail(spc.table, ceremony_of(spc, question))
    assert vouch(spc.table, ceremony_of(spc, question)) is False
    assert browsers_of(spc, passkey) == ["pending"]


def test_a_payment_in_a_browser_that_binds_no_key_vouches_for_none(spc: Context) -> None:
    passkey = registered(spc)
    paid(spc, passkey)
    payment = paid(spc, passkey, plain_browser())
    assert payment.confirmation is not None
    assert payment.confirmation.browser_key is None
    assert vouch(spc.table, payment) is False
    assert browsers_of(spc, passkey) == ["pending"]


def test_a_browser_that_its_owner_has_removed_is_not_trusted(spc: Context) -> None:
    passkey = registered(spc)
    payment = paid(spc, passkey)
    assert credentials.remove_browser(spc.table, USER, b64(passkey.id), NEW)
    assert vouch(spc.table, payment) is False
    assert browsers_of(spc, passkey) == []


def test_a_credential_that_is_removed_is_not_brought_back(spc: Context) -> None:
    passkey = registered(spc)
    payment = paid(spc, passkey)
    credentials.remove(spc.table, USER, b64(passkey.id))
    assert vouch(spc.table, payment) is False
    assert credentials.load_credential(spc.table, b64(passkey.id)) is None


def test_a_browser_that_was_not_kept_is_not_trusted(spc: Context) -> None:
    passkey = registered(spc)
    for number in range(MOST_PENDING):
        confirmed(spc, passkey, bound_browser(name=f"phone {number}"))
    payment = paid(spc, passkey)
    assert vouch(spc.table, payment) is False
    assert browsers_of(spc, passkey) == ["pending"] * MOST_PENDING


def test_vouching_is_one_write(spc: Context) -> None:
    passkey = registered(spc)

    def work(fuse: Fuse) -> None:
        vouch(fused(spc, fuse).table, paid(spc, passkey))

    places = list(every_crash(work))
    assert places == ["before table.update", "after table.update"]
    assert browsers_of(spc, passkey) == ["trusted"]
