"""The query of Stripe's redirect back from the marketplace: its shape, and the order of refusals."""

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.installs.callback import (
    Callback,
    CanceledCallback,
    parse_callback,
)
from countersign.installs.installation import is_account_id
from countersign.problems import Invalid, Problem

GOOD = {
    "user_id": "usr_1SQowner",
    "account_id": "acct_1SQbakery",
    "state": "s" * 43,
    "install_signature": "t=1800000000,v1=abc",
}
QUERY = urlencode(GOOD)
CANCELED = "error=access_denied&error_description=The%20user%20denied%20your%20request"


def parsed(query: str) -> Callback:
    found = parse_callback(query)
    assert isinstance(found, Callback)
    return found


def refused(query: str) -> Problem:
    with pytest.raises(Problem) as problem:
        parse_callback(query)
    return problem.value


def pointers(query: str) -> list[str]:
    problem = refused(query)
    assert isinstance(problem, Invalid), problem.code
    assert (problem.status, problem.code) == (422, "invalid_request")
    assert "canary" not in str(problem.as_dict())
    return [error["pointer"] for error in problem.errors]


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in GOOD.items() if name not in names}


def test_the_mode_is_live_unless_the_query_says_otherwise() -> None:
    members = (GOOD["state"], GOOD["user_id"], GOOD["account_id"], GOOD["install_signature"])
    assert parsed(QUERY) == parsed(f"{QUERY}&livemode=true") == Callback(*members, livemode=True)
    assert parsed(f"{QUERY}&livemode=false") == Callback(*members, livemode=False)


names = st.text(min_size=1, max_size=8).filter(
    lambda name: name not in {*GOOD, "livemode", "error"}
)


@given(st.permutations(list(GOOD)), st.dictionaries(names, st.text()))
def test_the_order_and_unknown_members_do_not_matter(
    order: list[str], more: dict[str, str]
) -> None:
    query = urlencode({name: GOOD[name] for name in order} | more, errors="replace")
    assert parsed(query) == parsed(QUERY)


def test_percent_encoding_is_decoded_once() -> None:
    every = "&".join(
        f"{name}=" + "".join(f"%{byte:02X}" for byte in value.encode())
        for name, value in GOOD.items()
    )
    assert parsed(every) == parsed(QUERY)
    assert pointers(urlencode(GOOD | {"user_id": quote("usr_%41", safe="")})) == ["/user_id"]


@pytest.mark.parametrize(
    ("query", "state"),
    [(CANCELED, ""), (f"{CANCELED}&state=abc", "abc"), ("error=", ""), ("error", ""), ("error=x&error=y", ""),
     (f"{QUERY}&error=access_denied", GOOD["state"]), ("error=a&livemode=nonsense&user_id=", ""), ("error=%ff", "")],
)  # fmt: skip
def test_an_error_wins_over_everything_else_and_its_words_are_dropped(
    query: str, state: str
) -> None:
    assert parse_callback(query) == CanceledCallback(state)


@pytest.mark.parametrize(
    "query",
    ["", "&", "=", "x", urlencode(without("state")), f"{QUERY}&state={'s' * 43}", f"{QUERY}&state=",
     urlencode(without("state", "install_signature")), "code=ac_1&scope=stripe_apps&user_id=usr_1"],
)  # fmt: skip
def test_a_callback_without_exactly_one_state_is_none_of_ours(query: str) -> None:
    problem = refused(query)
    assert (problem.status, problem.code) == (400, "invalid_state")


@pytest.mark.parametrize(
    "members",
    [without("install_signature"), GOOD | {"install_signature": ""}, without("install_signature", "account_id"),
     without("install_signature") | {"code": "ac_1", "stripe_user_id": "acct_1"}],
)  # fmt: skip
def test_the_refusal_of_an_oauth_app_says_what_to_do(members: dict[str, str]) -> None:
    problem = refused(urlencode(members))
    assert (problem.status, problem.code) == (400, "install_signature_missing")
    assert "OAuth" in problem.detail
    assert "stripe_api_access_type" in problem.detail


WRONG: list[tuple[str, str]] = [
    ("user_id", ""), ("user_id", "usr_"), ("user_id", "acct_1"), ("user_id", "usr_1 "), ("user_id", "usr_é"),
    ("user_id", "usr_1\n"), ("user_id", "USR_1"), ("user_id", "usr_" + "a" * 251), ("user_id", "usr_\u0661"),
    ("user_id", 'usr_","state":"'), ("user_id", "<script>canary"),
    ("account_id", ""), ("account_id", "usr_1"), ("account_id", "acct_1#a"), ("account_id", "acct_../x"),
    ("install_signature", "t=1,v1=é"), ("install_signature", "t=1, v1=a"), ("install_signature", "a\n"),
    ("install_signature", "a" * 4097),
    ("livemode", ""), ("livemode", "False"), ("livemode", "0"), ("livemode", "false "),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), WRONG, ids=lambda text: ascii(text)[:24])
def test_a_malformed_member_is_named(name: str, value: str) -> None:
    assert pointers(urlencode(GOOD | {name: value})) == [f"/{name}"]


def test_every_member_that_is_missing_or_malformed_is_named_at_once() -> None:
    wrong = without("user_id") | {"account_id": "y", "livemode": "z"}
    assert sorted(pointers(urlencode(wrong))) == ["/account_id", "/livemode", "/user_id"]
    assert pointers(urlencode(without("account_id"))) == ["/account_id"]


@pytest.mark.parametrize("name", ["user_id", "account_id", "install_signature", "livemode"])
def test_a_member_given_twice_is_refused_even_with_the_same_value(name: str) -> None:
    query = f"{QUERY}&livemode=false"
    for value in ((GOOD | {"livemode": "false"})[name], "", "other"):
        assert pointers(f"{query}&{name}={quote(value)}") == [f"/{name}"]


def test_only_another_callback_has_another_use() -> None:
    first = parsed(QUERY).use
    assert first == parsed(f"{QUERY}&livemode=false").use
    others = [GOOD | {"user_id": "usr_2"}, GOOD | {"account_id": "acct_2"},
              GOOD | {"install_signature": "t=1800000001,v1=abc"}]  # fmt: skip
    assert len({first, *(parsed(urlencode(other)).use for other in others)}) == 4
    assert not any(value in first for value in GOOD.values())


queries = st.lists(
    st.tuples(
        st.sampled_from([*GOOD, "livemode", "error", "x", ""]),
        st.sampled_from([*GOOD.values(), "false", "true", ""]) | st.text(max_size=9),
    ),
    max_size=8,
)


@given(queries | st.text(max_size=60))
def test_every_query_is_answered_and_the_refusals_come_in_their_order(query: Any) -> None:
    raw = query if isinstance(query, str) else urlencode(query, errors="replace")
    try:
        found: Any = parse_callback(raw)
    except Problem as problem:
        found = problem.code
        assert found in ("invalid_state", "install_signature_missing", "invalid_request")
    if isinstance(found, Callback):
        assert is_account_id(found.account_id)
        assert found.user_id.startswith("usr_")
        assert found.signature.isascii()
    if isinstance(query, str):
        return
    given_as = [name for name, _ in query]
    if "error" in given_as:
        assert isinstance(found, CanceledCallback)
    elif given_as.count("state") != 1:
        assert found == "invalid_state"
    elif not any(value for name, value in query if name == "install_signature"):
        assert found == "install_signature_missing"
    else:
        assert found == "invalid_request" or isinstance(found, Callback)
