"""The query that Stripe's marketplace returns with: its shape, and the order of its refusals."""

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.installs.callback import Callback, CanceledCallback, is_account_id, parse_callback
from countersign.problems import Invalid, Problem

GOOD = {
    "user_id": "usr_1SQowner",
    "account_id": "acct_1SQbakery",
    "state": "s" * 43,
    "install_signature": "t=1800000000,v1=abc",
}
CANCELLED = "error=access_denied&error_description=The%20user%20denied%20your%20request"


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
    return [error["pointer"] for error in problem.errors]


def test_a_success_is_read_as_it_stands() -> None:
    found = parsed(urlencode(GOOD))
    assert (found.state, found.user_id) == (GOOD["state"], GOOD["user_id"])
    assert (found.account_id, found.signature) == (GOOD["account_id"], GOOD["install_signature"])
    assert found.livemode is True


@pytest.mark.parametrize(("text", "live"), [("false", False), ("true", True)])
def test_the_mode_is_live_unless_it_says_otherwise(text: str, live: bool) -> None:
    assert parsed(urlencode(GOOD | {"livemode": text})).livemode is live


@given(st.permutations(list(GOOD)), st.dictionaries(st.text(min_size=1, max_size=8), st.text()))
def test_the_order_and_what_is_new_to_us_do_not_matter(
    order: list[str], more: dict[str, str]
) -> None:
    more = {name: value for name, value in more.items() if name not in {*GOOD, "livemode", "error"}}
    query = urlencode({name: GOOD[name] for name in order} | more, errors="replace")
    assert parsed(query) == parsed(urlencode(GOOD))


def test_what_is_percent_encoded_is_decoded_once() -> None:
    every = "&".join(
        name + "=" + "".join(f"%{byte:02X}" for byte in value.encode())
        for name, value in GOOD.items()
    )
    assert parsed(every) == parsed(urlencode(GOOD))
    twice = urlencode(GOOD | {"user_id": quote("usr_%41", safe="")})
    assert pointers(twice) == ["/user_id"]


def test_a_cancellation_has_no_state_and_its_words_are_dropped() -> None:
    found = parse_callback(CANCELLED)
    assert found == CanceledCallback("")
    assert "denied" not in repr(found)


@pytest.mark.parametrize(
    "query",
    [CANCELLED, "error=", "error", "error=x&error=y", f"{urlencode(GOOD)}&error=access_denied",
     f"error=&{urlencode(GOOD)}", "error=a&livemode=nonsense&user_id=", "error=%ff"],
)  # fmt: skip
def test_an_error_wins_over_everything_else(query: str) -> None:
    assert isinstance(parse_callback(query), CanceledCallback)


def test_a_cancellation_that_has_its_state_keeps_it() -> None:
    assert parse_callback(f"{CANCELLED}&state=abc") == CanceledCallback("abc")


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in GOOD.items() if name not in names}


@pytest.mark.parametrize(
    "query",
    ["", "&", "=", "x", urlencode(without("state")), f"{urlencode(GOOD)}&state={'s' * 43}",
     f"{urlencode(GOOD)}&state=", urlencode(without("state", "install_signature")),
     urlencode(without("state", "account_id")), "code=ac_1&scope=stripe_apps&user_id=usr_1"],
)  # fmt: skip
def test_without_its_one_state_it_is_no_callback_of_ours(query: str) -> None:
    problem = refused(query)
    assert (problem.status, problem.code) == (400, "invalid_state")


@pytest.mark.parametrize(
    "query",
    [urlencode(without("install_signature")), urlencode(GOOD | {"install_signature": ""}),
     urlencode(without("install_signature", "account_id")),
     urlencode(without("install_signature") | {"code": "ac_1", "stripe_user_id": "acct_1"}),
     urlencode(without("install_signature") | {"livemode": "nonsense"})],
)  # fmt: skip
def test_an_app_of_the_oauth_type_is_told_what_is_the_matter(query: str) -> None:
    problem = refused(query)
    assert (problem.status, problem.code) == (400, "install_signature_missing")
    assert "OAuth" in problem.detail
    assert "stripe_api_access_type" in problem.detail


WRONG: list[tuple[str, str]] = [
    ("user_id", ""), ("user_id", "usr_"), ("user_id", "acct_1"), ("user_id", "usr_1 "), ("user_id", "usr_é"),
    ("user_id", "usr_1\n"), ("user_id", " usr_1"), ("user_id", "USR_1"), ("user_id", "usr_a/b"),
    ("user_id", "usr_" + "a" * 251), ("user_id", "usr_\u0661"), ("user_id", 'usr_","state":"'),
    ("account_id", ""), ("account_id", "acct_"), ("account_id", "usr_1"), ("account_id", "acct_1\0"),
    ("account_id", "acct_1#a"), ("account_id", "acct_../x"), ("account_id", "acct_" + "a" * 5000),
    ("install_signature", "t=1,v1=é"), ("install_signature", "t=1, v1=a"), ("install_signature", "a\n"),
    ("install_signature", "a" * 4097),
    ("livemode", ""), ("livemode", "False"), ("livemode", "0"), ("livemode", "false "), ("livemode", "no"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), WRONG, ids=lambda text: ascii(text)[:24])
def test_a_member_that_is_not_of_its_shape_is_named(name: str, value: str) -> None:
    assert pointers(urlencode(GOOD | {name: value})) == [f"/{name}"]


@pytest.mark.parametrize("name", ["user_id", "account_id"])
def test_a_member_that_is_missing_is_named(name: str) -> None:
    assert pointers(urlencode(without(name))) == [f"/{name}"]


@pytest.mark.parametrize("name", ["user_id", "account_id", "install_signature"])
def test_a_member_that_is_given_twice_is_refused_even_if_it_says_the_same(name: str) -> None:
    for value in (GOOD[name], "", "other"):
        assert pointers(f"{urlencode(GOOD)}&{name}={quote(value)}") == [f"/{name}"]


@pytest.mark.parametrize("query", ["livemode=false&livemode=false", "livemode=true&livemode=false"])
def test_a_mode_that_is_given_twice_is_refused(query: str) -> None:
    assert pointers(f"{urlencode(GOOD)}&{query}") == ["/livemode"]


def test_everything_that_is_wrong_is_named_at_once() -> None:
    wrong = GOOD | {"user_id": "x", "account_id": "y", "livemode": "z"}
    assert sorted(pointers(urlencode(wrong))) == ["/account_id", "/livemode", "/user_id"]


def test_a_refusal_repeats_nothing_of_the_query() -> None:
    problem = refused(urlencode(GOOD | {"user_id": "<script>canary", "account_id": "canary"}))
    assert "canary" not in str(problem.as_dict())


def test_only_another_callback_has_another_use() -> None:
    first = parsed(urlencode(GOOD))
    assert first.use == parsed(urlencode(GOOD)).use
    others = [GOOD | {"user_id": "usr_2"}, GOOD | {"account_id": "acct_2"},
              GOOD | {"install_signature": "t=1800000001,v1=abc"}]  # fmt: skip
    uses = {first.use, *(parsed(urlencode(other)).use for other in others)}
    assert len(uses) == 4
    assert not any(value in first.use for value in GOOD.values())


queries = st.lists(
    st.tuples(
        st.sampled_from([*GOOD, "livemode", "error", "x", ""]),
        st.sampled_from([*GOOD.values(), "false", "true", ""])
        | st.text(st.characters(), max_size=9),
    ),
    max_size=8,
)


@given(queries | st.text(st.characters(), max_size=60))
def test_every_query_ends_in_an_answer(query: Any) -> None:
    raw = query if isinstance(query, str) else urlencode(query, errors="replace")
    try:
        found = parse_callback(raw)
    except Problem as problem:
        assert problem.code in ("invalid_state", "install_signature_missing", "invalid_request")
        return
    if isinstance(found, Callback):
        assert is_account_id(found.account_id)
        assert found.user_id.startswith("usr_")
        assert found.signature.isascii()


@given(queries)
def test_the_refusals_come_in_their_order(query: list[tuple[str, str]]) -> None:
    given_as = [name for name, _ in query]
    signatures = [value for name, value in query if name == "install_signature"]
    try:
        found: Any = parse_callback(urlencode(query, errors="replace"))
    except Problem as problem:
        found = problem.code
    if "error" in given_as:
        assert isinstance(found, CanceledCallback)
    elif given_as.count("state") != 1:
        assert found == "invalid_state"
    elif not any(signatures):
        assert found == "install_signature_missing"
    else:
        assert found == "invalid_request" or isinstance(found, Callback)


@pytest.mark.parametrize("text", ["acct_1", "acct_1SQbakery", "acct_a_b", "acct_" + "a" * 250])
def test_an_account_is_known_by_its_shape(text: str) -> None:
    assert is_account_id(text)


@pytest.mark.parametrize(
    "text", ["", "acct_", "acct", "ca_1", "acct_é", "acct_1\n", "acct_a-b", "acct_" + "a" * 251]
)
def test_what_is_no_account_is_known_by_its_shape(text: str) -> None:
    assert not is_account_id(text)
