from contextlib import suppress
from typing import Any

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st
from stripe.params.identity import VerificationSessionCreateParams

from local.stand_in import forms, parameters
from local.stand_in.errors import StripeError
from tests.support.stand_in import SESSIONS, StandIn


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("color", "red", "parameter_unknown"),
        ("api_key", "sk_test_other", "parameter_unknown"),
        ("options[color]", "red", "parameter_unknown"),
        ("options[document][color]", "red", "parameter_unknown"),
        ("options[email][require_verification]", "true", "parameter_unknown"),
        ("options[document][require_live_capture]", "maybe", None),
        ("options[document]", "all", None),
        ("options", "all", None),
        ("metadata", "all", None),
        ("metadata[a][b]", "c", None),
        ("expand", "verified_outputs", None),
        ("client_reference_id", "", "parameter_invalid_empty"),
        ("client_reference_id[a]", "b", None),
        ("client_reference_id", "x" * 5001, "parameter_invalid_string"),
        ("return_url", "javascript:alert(1)", "url_invalid"),
        ("return_url", "/back", "url_invalid"),
        ("return_url", "http://[", "url_invalid"),
        ("related_customer", "cus_1", "resource_missing"),
        ("related_person[account]", "acct_1", "parameter_missing"),
        ("a[b", "c", None),
        ("[a]", "b", None),
    ],
)
def test_a_bad_parameter_is_refused_by_name(
    stand_in: StandIn, name: str, value: str, code: str | None
) -> None:
    refused = stand_in.call("POST", SESSIONS, data={"type": "document", name: value})
    error = refused.json()["error"]
    assert refused.status_code == 400
    assert error["type"] == "invalid_request_error"
    assert error.get("code") == code
    assert error["param"].startswith(name.partition("[")[0])
    assert stand_in.get(SESSIONS)["data"] == []


def test_the_refusal_names_the_nested_parameter(stand_in: StandIn) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stand_in.create(options={"document": {"require_everything": True}})
    assert refused.value.param == "options[document][require_everything]"
    assert refused.value.code == "parameter_unknown"


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({}, "type"),
        ({"type": "passport"}, "type"),
        ({"type": "verification_flow"}, "type"),
        ({"type": "document", "verification_flow": "vf_1"}, "type"),
        ({"verification_flow": "flow"}, "verification_flow"),
        ({"type": "document", "options": {"document": {"allowed_types": ["visa"]}}}, "options"),
        ({"type": "document", "metadata": {str(n): "x" for n in range(51)}}, "metadata"),
        ({"type": "document", "metadata": {"k" * 41: "x"}}, "metadata"),
        ({"type": "document", "metadata": {"k": "x" * 501}}, "metadata"),
        ({"type": "document", "provided_details": {"name": "Jenny"}}, "provided_details"),
    ],
)
def test_a_kind_of_check_that_stripe_does_not_have_is_refused(
    stand_in: StandIn, params: Any, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stand_in.sessions.create(params)
    assert refused.value.param
    assert refused.value.param.startswith(param)


def test_the_return_url_cannot_be_changed(stand_in: StandIn) -> None:
    session = stand_in.create(return_url="https://example.com/a")
    refused = stand_in.call(
        "POST", f"{SESSIONS}/{session.id}", data={"return_url": "https://example.com/b"}
    )
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "parameter_unknown"


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b'{"type": "document"}', "application/json"),
        (b"type=%ff", "application/x-www-form-urlencoded"),
        (b"\xff=1", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % n for n in range(1001)), "application/x-www-form-urlencoded"),
        (b"a" + b"[b]" * 5000 + b"=1", "application/x-www-form-urlencoded"),
        (b"a[b]=1&a=2&a[c]=3", "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_form_is_refused(
    stand_in: StandIn, content: bytes, content_type: str
) -> None:
    refused = stand_in.call(
        "POST", SESSIONS, content=content, headers={"Content-Type": content_type}
    )
    assert refused.status_code == 400
    assert refused.json()["error"]["type"] == "invalid_request_error"


def test_a_body_that_is_too_large_is_refused(stand_in: StandIn) -> None:
    refused = stand_in.call("POST", SESSIONS, content=b"a" * (1024 * 1024 + 1))
    assert refused.status_code == 413


def test_arrays_come_with_and_without_an_index() -> None:
    for form in ("expand[]=a&expand[]=b", "expand[0]=a&expand[1]=b", "expand[1]=b&expand[0]=a"):
        parsed = forms.parse(forms.decode(form.encode()))
        read = parameters.read(parsed, VerificationSessionCreateParams)
        assert read["expand"] == ["a", "b"]


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=10)), max_size=5))
def test_no_form_does_anything_but_parse_or_be_refused(pairs: list[tuple[str, str]]) -> None:
    with suppress(StripeError):
        parameters.read(forms.parse(pairs), VerificationSessionCreateParams)


_NAMES = st.sampled_from(
    ["type", "options", "document", "metadata", "expand", "0", "", "999999999999999999999", "é"]
)


@given(st.lists(st.tuples(st.lists(_NAMES, min_size=1, max_size=4), _NAMES), max_size=6))
def test_no_nesting_does_anything_but_parse_or_be_refused(
    fields: list[tuple[list[str], str]],
) -> None:
    pairs = [(path[0] + "".join(f"[{part}]" for part in path[1:]), v) for path, v in fields]
    with suppress(StripeError):
        parameters.read(forms.parse(pairs), VerificationSessionCreateParams)
