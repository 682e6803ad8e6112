"""Signed bytes become an event, in either style, or `MalformedEvent`."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.stripe_api.events import (
    MalformedEvent,
    StripeEvent,
    is_id,
    is_time,
    parse_event,
)
from tests.support.stripe_objects import identity_event, thin

SAMPLES = Path(__file__).parents[4] / "shared" / "vectors" / "stripe" / "events"
VALID = identity_event("verified")
THIN = thin(VALID)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def read(event: Any) -> StripeEvent:
    return parse_event(json.dumps(event).encode())


def test_an_event_is_read() -> None:
    event = read(VALID | {"account": "acct_1"})
    assert event == StripeEvent(
        id=VALID["id"],
        type="identity.verification_session.verified",
        created=VALID["created"],
        livemode=False,
        account="acct_1",
        object=VALID["data"]["object"],
    )
    assert read(VALID).account is None


def test_members_that_are_new_at_stripe_do_not_matter() -> None:
    assert read(VALID | {"context": {"a": [1]}, "data": VALID["data"] | {"b": 2}}) == read(VALID)


@pytest.mark.parametrize(
    ("members", "account"),
    [({"user_id": "acct_1"}, "acct_1"), ({"user_id": "acct_2", "account": "acct_1"}, "acct_1"),
     ({"user_id": "acct_1", "account": None}, "acct_1"), ({"user_id": None}, None)],
)  # fmt: skip
def test_an_old_event_names_the_account_in_user_id(members: Any, account: str | None) -> None:
    assert read(VALID | members).account == account


def test_a_thin_event_names_its_object_and_its_type_is_that_of_the_snapshot() -> None:
    assert read(THIN | {"context": "acct_1"}) == StripeEvent(
        id=THIN["id"],
        type="identity.verification_session.verified",
        created=VALID["created"],
        livemode=False,
        account="acct_1",
        object={"id": "vs_1", "object": "identity.verification_session"},
        is_thin=True,
    )
    for context, account in ((None, None), ("", None), ("org_6/acct_1", "acct_1")):
        assert read(THIN | {"context": context}).account == account
    for related in (None, "vs_1", [], {}):
        assert read(THIN | {"related_object": related}).object["id"] is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-11-29T09:00:00Z", 1795942800), ("2026-11-29T09:00:00.000Z", 1795942800),
        ("2026-11-29t09:00:00.999999999z", 1795942800), ("2026-11-29T10:30:00.5+01:30", 1795942800),
        ("1970-01-01T00:00:00Z", 0),
    ],
)  # fmt: skip
def test_the_time_of_a_thin_event_is_in_whole_seconds(text: str, seconds: int) -> None:
    assert read(THIN | {"created": text}).created == seconds


@pytest.mark.parametrize(
    "created",
    [1795942800, None, "", "1795942800", "2026-11-29", "2026-11-29T09:00:00", "2026-11-29 09:00:00Z",
     "20261129T090000Z", "2026-W48-7T09:00:00Z", "2026-13-29T09:00:00Z", "1969-12-31T23:59:59Z",
     "2026-11-29T09:00:00Z\n", "٢٠٢٦-11-29T09:00:00Z", "9999-12-31T23:59:59-23:59"],
)  # fmt: skip
def test_a_thin_event_without_a_time_is_malformed(created: object) -> None:
    with pytest.raises(MalformedEvent):
        read(THIN | {"created": created})


@pytest.mark.parametrize(
    "payload",
    [
        b"", b" ", b"[]", b'[{"id": "evt_1"}]', b"42", b"NaN", b"null", b"true", b'"evt_1"', b"{}",
        b"{", b"{'id': 1}", b'{"id": "evt_1"} trailing', b"\xff\xfe\xfa", b'{"id": "\xff"}', b"\x00",
        b"\xef\xbb\xbf{}", b"[" * 200_000, b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"9" * 10_000, b'{"created": ' + b"9" * 10_000 + b"}",
    ],
)  # fmt: skip
def test_a_payload_that_is_not_an_event_is_malformed(payload: bytes) -> None:
    with pytest.raises(MalformedEvent):
        parse_event(payload)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("id", None), ("id", 1), ("id", ""), ("id", "evt 1"), ("id", "evt_1\n"), ("id", "é"),
        ("id", "e" * 256), ("id", ["evt_1"]),
        ("object", "account"), ("object", None), ("object", ["event"]),
        ("type", None), ("type", ""), ("type", 5), ("type", {}), ("type", "t" * 256),
        ("created", None), ("created", True), ("created", "1800000000"), ("created", 1.5),
        ("created", 1.8e9), ("created", -1), ("created", 10**10), ("created", 10**400),
        ("livemode", None), ("livemode", 0), ("livemode", 1), ("livemode", "false"),
        ("account", ""), ("account", 7), ("account", False), ("account", {}),
        ("account", "acct 1"),
        ("data", None), ("data", []), ("data", "x"), ("data", {}), ("data", {"object": None}),
        ("data", {"object": []}), ("data", {"object": "vs_1"}), ("data", {"object": 3}),
    ],
)  # fmt: skip
def test_a_member_of_another_type_or_out_of_range_is_malformed(member: str, value: object) -> None:
    with pytest.raises(MalformedEvent):
        read(VALID | {member: value})


@pytest.mark.parametrize("member", ["id", "object", "type", "created", "livemode", "data"])
def test_a_missing_member_is_malformed(member: str) -> None:
    with pytest.raises(MalformedEvent):
        read({name: value for name, value in VALID.items() if name != member})


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_and_any_json_end_in_an_answer(payload: bytes) -> None:
    with contextlib.suppress(MalformedEvent):
        parse_event(payload)


@given(st.sampled_from([VALID, THIN]), st.sampled_from([*VALID, *THIN, "account"]), json_values)
def test_any_member_of_any_kind_ends_in_an_answer(body: Any, member: str, value: Any) -> None:
    try:
        event = read(body | {member: value})
    except MalformedEvent:
        return
    assert is_id(event.id)
    assert is_time(event.created)
    assert type(event.livemode) is bool
    assert event.account is None or is_id(event.account)
    assert isinstance(event.object, dict)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="Stripe's samples are not on this machine")
def test_stripes_samples_are_events() -> None:
    found = 0
    for path in sorted(SAMPLES.glob("*.json")):
        if path.name.startswith("eventbridge."):
            continue
        event = parse_event(path.read_bytes())
        assert event.is_thin == path.name.startswith("thin."), path.name
        found += 1
    assert found >= 8
