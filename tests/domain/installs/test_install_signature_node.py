"""Stripe's JavaScript SDK signs install links' callbacks, and the bundle accepts them and nothing else.

Not in the quick loop, as it needs Node.js.
"""

import string
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.installs.install_signature import signed_text
from countersign.stripe_api.signature import TOLERANCE
from tests.support.clock import START
from tests.support.install_links import MEMBERS, SignedCallback
from tests.support.node_signer import NodeSigner, node_signer

pytestmark = pytest.mark.server

ALPHANUMERIC = string.ascii_letters + string.digits
states = st.text(ALPHANUMERIC + "-_", min_size=43, max_size=43)
user_ids = st.text(ALPHANUMERIC, min_size=1, max_size=32).map("usr_{}".format)
account_ids = st.text(ALPHANUMERIC, min_size=1, max_size=32).map("acct_{}".format)
secrets = st.text(ALPHANUMERIC + "_", min_size=1, max_size=96).map("absec_{}".format)
# Half a character is not text, and JavaScript and Python write it differently.
any_text = st.text(st.characters(codec="utf-8"))
ODD = [
    "", "a/b+c=d&e", 'a"b\\c', "</script>", "\t\n\r\b\f\v", "\0\x01\x1f\x7f\x80", "\u2028\u2029",
    "café-Ω-日本-😀", "\ufeff\u202e", '","user_id":"usr_2', "__proto__",
]  # fmt: skip


@pytest.fixture(scope="module")
def stripe() -> Iterator[NodeSigner]:
    with node_signer() as signer:
        yield signer


def signed_by(
    stripe: NodeSigner, state: str, user: str, account: str, secret: str
) -> SignedCallback:
    """A callback as Stripe makes it."""
    signed = stripe.sign(state, user, account, secret, START)
    return SignedCallback(state, user, account, signed.header, secret)


@given(states, user_ids, account_ids, secrets)
def test_whatever_stripe_signs_is_accepted_while_it_is_new(
    stripe: NodeSigner, state: str, user: str, account: str, secret: str
) -> None:
    callback = signed_by(stripe, state, user, account, secret)
    for off in (0, TOLERANCE, -TOLERANCE):
        assert callback.is_accepted(now=START + off)
    for off in (TOLERANCE + 1, -TOLERANCE - 1):
        assert not callback.is_accepted(now=START + off)
    for scheme in ("v0", "v2", "V1"):
        other = replace(callback, header=callback.header.replace("v1=", f"{scheme}="))
        assert not other.is_accepted()


@pytest.mark.parametrize("odd", ODD)
@given(any_text, any_text)
def test_the_text_of_any_values_is_the_one_that_javascript_writes(
    stripe: NodeSigner, odd: str, first: str, second: str
) -> None:
    for values in ((odd, first, second), (first, odd, second), (first, second, odd)):
        signed = stripe.sign(*values, secret="absec_1", at=START)
        assert signed_text(*values) == signed.text.encode()
        assert SignedCallback(*values, signed.header, "absec_1").is_accepted()


@pytest.mark.parametrize("member", MEMBERS)
@given(states, user_ids, account_ids, secrets, st.data())
def test_every_change_of_one_character_of_what_stripe_signed_is_refused(
    stripe: NodeSigner, member: str, state: str, user: str, account: str, secret: str, data: st.DataObject,
) -> None:  # fmt: skip
    callback = signed_by(stripe, state, user, account, secret)
    assert callback.is_accepted()
    for edit in data.draw(st.lists(callback.edits(member), min_size=1, max_size=20)):
        assert not edit.is_accepted(), edit


@given(states, user_ids, account_ids, st.lists(secrets, min_size=2, max_size=4, unique=True))
def test_a_signature_for_each_of_several_secrets_is_accepted_with_any_of_them(
    stripe: NodeSigner, state: str, user: str, account: str, several: list[str]
) -> None:
    made = [signed_by(stripe, state, user, account, secret).header for secret in several]
    header = ",".join([made[0], *(one.partition(",")[2] for one in made[1:])])
    callback = SignedCallback(state, user, account, header, several[0])
    assert all(callback.is_accepted([secret]) for secret in several)
    assert callback.is_accepted(["absec_", several[-1]])
    assert not callback.is_accepted(["absec_"])
    alone = replace(callback, header=made[0])
    assert not alone.is_accepted(several[1:])
