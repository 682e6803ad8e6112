"""The signature of an install link's callback, against headers that Stripe's JavaScript SDK has made;
`test_install_signature_node.py` has it make new ones.
"""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.installs.install_signature import signed_text
from countersign.stripe_api.signature import TOLERANCE
from tests.support.clock import START
from tests.support.install_links import MEMBERS, SignedCallback

GENUINE = SignedCallback(
    state="ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1-f4CBgoM",
    user_id="usr_RK7nTq2bWm",
    account_id="acct_1SQnstall0Example",
    header="t=1800000000,v1=5abc600703cf051db8ad5d84d563b2c11963a8bacee7738c73c01e5ee82e474e",
    secret="absec_Zm9yX3Rlc3Rz",
)
OTHER = "absec_rolled"
BY_OTHER = "v1=274cdf425ee70705a9a543ebde402dd6b3fcb6a6da2fdd2853490ae478f735fa"
"""The same values at the same time, under the other secret."""


@pytest.mark.exhaustive  # each character
@pytest.mark.parametrize("member", MEMBERS)
def test_every_change_of_one_character_is_refused(member: str) -> None:
    assert GENUINE.is_accepted()
    edits = list(GENUINE.all_edits(member))
    assert len(edits) > 1000
    assert [edit for edit in edits if edit.is_accepted()] == []


def test_values_that_have_changed_places_are_refused() -> None:
    swapped = replace(GENUINE, user_id=GENUINE.account_id, account_id=GENUINE.user_id)
    assert not swapped.is_accepted()
    assert not replace(GENUINE, state=GENUINE.user_id, user_id=GENUINE.state).is_accepted()


def test_while_a_secret_is_rolled_either_one_works_and_no_other() -> None:
    both = replace(GENUINE, header=f"{GENUINE.header},{BY_OTHER}")
    for secrets in ([OTHER], [GENUINE.secret], [OTHER, GENUINE.secret]):
        assert both.is_accepted(secrets)
    assert replace(GENUINE, header=f"t={START},{BY_OTHER}").is_accepted(["absec_new", OTHER])
    for secrets in ([], [OTHER], [OTHER, "absec_new"]):
        assert not GENUINE.is_accepted(secrets)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_signature_is_accepted_within_the_tolerance_of_the_clock(sign: int) -> None:
    for off in (0, 1, TOLERANCE):
        assert GENUINE.is_accepted(now=START + sign * off)
    for off in (TOLERANCE + 1, 86400):
        assert not GENUINE.is_accepted(now=START + sign * off)


def test_the_text_is_written_as_javascript_writes_it() -> None:
    odd = 'é/\u2028\x7f"\x01</'
    text = '{"state":"é/\u2028\x7f\\"\\u0001</","user_id":"usr_1","account_id":"acct_1"}'
    assert signed_text(odd, "usr_1", "acct_1") == text.encode()


@given(st.text(), st.text(), st.text())
def test_no_value_can_be_taken_for_another_within_the_text(
    state: str, user_id: str, account_id: str
) -> None:
    members = json.loads(signed_text(state, user_id, account_id), object_pairs_hook=list)
    assert members == [("state", state), ("user_id", user_id), ("account_id", account_id)]
