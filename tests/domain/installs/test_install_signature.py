"""The signature of an install link's callback, against headers that Stripe's JavaScript SDK has made;
`test_install_signature_node.py` has it make new ones.
"""

import hmac
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.installs.install_signature import signed_text
from countersign.stripe_api.signature import TOLERANCE
from tests.support.clock import START
from tests.support.install_links import MEMBERS, Callback

GENUINE = Callback(
    state="ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1-f4CBgoM",
    user_id="usr_RK7nTq2bWm",
    account_id="acct_1SQnstall0Example",
    header="t=1800000000,v1=5abc600703cf051db8ad5d84d563b2c11963a8bacee7738c73c01e5ee82e474e",
    secret="absec_Zm9yX3Rlc3Rz",
)
OTHER = "absec_rolled"
BY_OTHER = "v1=274cdf425ee70705a9a543ebde402dd6b3fcb6a6da2fdd2853490ae478f735fa"
"""The same values at the same time, under the other secret."""
BY_BLANK = {
    "": "v1=086aa240054e42a26328b4800b52aebf14185074cdd0e4855ac983adaf1aa83e",
    " ": "v1=5429a75a9cc7f403bafaf1e705cb27e81814ce9c2a7f37822722e06b3ee4b9e4",
}


def test_what_stripe_has_signed_is_accepted() -> None:
    assert GENUINE.is_accepted()


@pytest.mark.parametrize("member", MEMBERS)
def test_every_change_of_one_character_is_refused(member: str) -> None:
    edits = list(GENUINE.all_edits(member))
    assert len(edits) > 1000
    assert [edit for edit in edits if edit.is_accepted()] == []


def test_values_that_have_changed_places_are_refused() -> None:
    swapped = replace(GENUINE, user_id=GENUINE.account_id, account_id=GENUINE.user_id)
    assert not swapped.is_accepted()
    assert not replace(GENUINE, state=GENUINE.user_id, user_id=GENUINE.state).is_accepted()


@pytest.mark.parametrize("secrets", [[OTHER], [GENUINE.secret], [OTHER, GENUINE.secret]])
def test_while_a_secret_is_rolled_either_one_will_do(secrets: list[str]) -> None:
    both = replace(GENUINE, header=f"{GENUINE.header},{BY_OTHER}")
    assert both.is_accepted(secrets)
    assert replace(GENUINE, header=f"t={START},{BY_OTHER}").is_accepted(["absec_new", OTHER])


@pytest.mark.parametrize("secrets", [[], [OTHER], [OTHER, "absec_new"]])
def test_a_secret_that_is_not_the_apps_is_refused(secrets: list[str]) -> None:
    assert not GENUINE.is_accepted(secrets)


@pytest.mark.parametrize("blank", BY_BLANK)
def test_what_anybody_can_sign_with_a_blank_secret_is_refused(blank: str) -> None:
    text = signed_text(GENUINE.state, GENUINE.user_id, GENUINE.account_id)
    made = hmac.digest(blank.encode(), f"{START}.".encode() + text, "sha256").hex()
    assert BY_BLANK[blank] == f"v1={made}"
    forged = replace(GENUINE, header=f"t={START},{BY_BLANK[blank]}")
    assert not forged.is_accepted([blank])
    assert not forged.is_accepted([blank, GENUINE.secret])


def test_only_scheme_v1_counts() -> None:
    for scheme in ("v0", "v2"):
        assert not replace(GENUINE, header=GENUINE.header.replace("v1", scheme)).is_accepted()
    assert replace(GENUINE, header=f"{GENUINE.header},v0={'a' * 64}").is_accepted()


@pytest.mark.parametrize("off", [0, 1, -1, TOLERANCE, -TOLERANCE])
def test_a_clock_that_differs_a_little_is_fine(off: int) -> None:
    assert GENUINE.is_accepted(now=START + off)


@pytest.mark.parametrize("off", [TOLERANCE + 1, -TOLERANCE - 1, 86400, -86400])
def test_a_signature_that_is_old_or_from_the_future_is_refused(off: int) -> None:
    assert not GENUINE.is_accepted(now=START + off)


def test_the_text_is_written_as_javascript_writes_it() -> None:
    odd = 'é/\u2028\x7f"\x01</'
    text = '{"state":"é/\u2028\x7f\\"\\u0001</","user_id":"usr_1","account_id":"acct_1"}'
    assert signed_text(odd, "usr_1", "acct_1") == text.encode()


@given(st.text(), st.text(), st.text())
def test_no_value_can_be_taken_for_another_within_the_text(
    state: str, user_id: str, account_id: str
) -> None:
    text = signed_text(state, user_id, account_id)
    assert json.loads(text, object_pairs_hook=list) == [
        ("state", state),
        ("user_id", user_id),
        ("account_id", account_id),
    ]
