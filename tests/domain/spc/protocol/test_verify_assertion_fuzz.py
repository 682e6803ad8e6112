"""Whatever a browser sends, it is refused, or says and proves the right terms."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.formats import base64url
from countersign.spc.protocol.authentication_response import parse_authentication_response
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.registration_response import parse_registration_response
from tests.support.fuzz import fuzzed
from tests.support.spc_payments import PaymentResponse
from tests.support.spc_responses import (
    CLIENT_DATA,
    GOOD,
    MALFORMED,
    PAYMENT,
    json_values,
    mutations,
)

Reader = Callable[[Any, Any], object]


def is_good(found: PaymentResponse) -> bool:
    """Whether it says and proves what the good one does."""
    response = found.credential["response"]
    told = {"crossOrigin": False} | json.loads(base64url.decode(response["clientDataJSON"]))
    good = json.loads(CLIENT_DATA)
    return found.credential["id"] == GOOD.credential["id"] and all(
        told[name] == value or (name == "payment" and told[name].items() >= value.items())
        for name, value in good.items()
    )


@fuzzed
@given(mutations())
def test_no_response_is_accepted_on_other_terms(found: PaymentResponse) -> None:
    try:
        found.verify()
    except Refused as refused:
        assert refused.status == 400
    else:
        assert is_good(found)


OUTER = st.dictionaries(st.sampled_from(["id", "rawId", "type", "response"]), json_values)


@pytest.mark.parametrize("read", [parse_authentication_response, parse_registration_response])
@fuzzed
@given(json_values | OUTER, json_values)
def test_no_json_breaks_a_reader(read: Reader, credential: Any, bound: Any) -> None:
    with pytest.raises(Refused, match=MALFORMED):
        read(credential, bound)


@fuzzed
@given(st.binary(max_size=300))
def test_no_client_data_breaks_the_reader(data: bytes) -> None:
    assert PAYMENT.sign(data).refusal() == MALFORMED
