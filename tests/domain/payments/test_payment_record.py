"""A stored payment is read as it was written; and what its parts say of it."""

from collections.abc import Mapping
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from countersign.aws.items import StoredForm
from countersign.payments.attempt import (
    Attempt,
    Creation,
    Money,
    Settlement,
    Step,
    attempt_from,
    stored,
)
from countersign.payments.metadata import ID
from countersign.payments.named_card import NamedCard
from countersign.payments.order import Instrument, PaymentOrder
from countersign.payments.payment_record import (
    LASTS,
    PaymentRecord,
    new_id,
    payment_key,
)
from countersign.payments.status import ENDED, Status
from countersign.step_up.decided_card import DecidedCard
from tests.support.clock import START
from tests.support.payment_objects import DECIDED, NAMED, ORDER, new_payment

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
moments = st.integers(0, 4_000_000_000)
amounts = st.integers(0, 999_999_999_999)
maybe_text, maybe_moment = st.none() | texts, st.none() | moments
SPECIAL = ("exp_month", "exp_year", "networks")
flat = st.dictionaries(texts, texts | st.booleans() | amounts, max_size=3)
params = st.dictionaries(texts, texts | amounts | flat, max_size=3)


def of(kind: Any, /, **members: Any) -> st.SearchStrategy[Any]:
    """Values of a dataclass, with these members drawn so."""
    return st.builds(kind, **members)


orders = of(
    PaymentOrder,
    account_id=texts,
    installation=texts,
    reference=texts,
    amount=amounts,
    currency=texts,
    payer=maybe_text,
    customer=maybe_text,
    application_fee_amount=st.none() | amounts,
    description=maybe_text,
    instrument=of(Instrument, icon=maybe_text, details=maybe_text),
    metadata=st.dictionaries(texts, texts, max_size=3),
)
cards = of(
    NamedCard,
    card=of(
        DecidedCard,
        **{each.name: maybe_text for each in fields(DecidedCard) if each.name not in SPECIAL},
        networks=st.lists(texts, max_size=2).map(tuple),
        exp_month=st.none() | st.integers(1, 12),
        exp_year=st.none() | st.integers(2020, 2060),
    ),
    payment_method=maybe_text,
    confirmation_token=maybe_text,
)
attempts = of(
    Attempt,
    n=st.integers(1, 99),
    kind=st.sampled_from(["card", "resume"]),
    at=moments,
    params=params,
    fingerprint=maybe_text,
    ended=st.booleans(),
    ended_at=maybe_moment,
    code=maybe_text,
    decline_code=maybe_text,
    failed_charge=maybe_text,
    seen=maybe_text,
)
monies = of(
    Money,
    captured=amounts,
    refunded=amounts,
    disputed=st.booleans(),
    three_d_secure=maybe_text,
    authentication_flow=maybe_text,
    eci=maybe_text,
    wallet=maybe_text,
    capture_before=maybe_moment,
    charge=maybe_text,
)
settlements = of(
    Settlement,
    kind=st.sampled_from(["capture", "cancel"]),
    at=moments,
    reason=texts,
    ends_as=st.sampled_from(sorted(ENDED)),
)
statuses: st.SearchStrategy[Status] = st.sampled_from(get_args(Status))
steps = of(Step, at=moments, did=texts, status=texts, facts=st.dictionaries(texts, texts))
records = of(
    PaymentRecord,
    id=st.builds(new_id),
    order=orders,
    created=moments,
    status=statuses,
    next=maybe_text,
    proof=maybe_text,
    card=st.none() | cards,
    decision=maybe_text,
    decided=st.dictionaries(texts, texts, max_size=3),
    ceremony=maybe_text,
    asked_at=maybe_moment,
    ceremonies=st.integers(0, 5),
    creation=st.none()
    | of(Creation, at=moments, params=params, generation=st.integers(1, 9), over=st.booleans()),
    payment_intent=maybe_text,
    marked=maybe_text,
    attempt=st.none() | attempts,
    settle=st.none() | settlements,
    reason=maybe_text,
    money=monies,
    unproven=st.booleans(),
    steps=st.lists(steps, max_size=3).map(tuple),
    ended_at=maybe_moment,
    due_at=maybe_moment,
    rev=st.integers(0, 99),
)


@given(records, st.booleans())
def test_a_payment_is_read_as_it_was_written(record: PaymentRecord, livemode: bool) -> None:
    form = StoredForm(livemode=livemode)
    assert PaymentRecord.from_item(form.plain(form.typed(record.to_item()))) == record


@given(records)
def test_what_a_later_version_adds_is_ignored(record: PaymentRecord) -> None:
    item = record.to_item() | {"later": 1}
    for name in ("order", "attempt", "money", "creation", "settle", "card"):
        if item.get(name):
            item[name] = item[name] | {"later": 1}
    assert PaymentRecord.from_item(item) == record


@given(params)
def test_a_request_is_repeated_byte_for_byte(given: Mapping[str, Any]) -> None:
    read = attempt_from(stored(Attempt(1, "card", START, given)))
    assert read is not None
    assert repr(read.params) == repr(dict(given))


def test_a_payment_that_has_ended_is_in_no_place_of_what_is_due() -> None:
    item = new_payment(status="succeeded").to_item()
    assert not {"due_at", "by_due"} & item.keys()
    assert {"due_at", "by_due"} <= new_payment(due_at=START).to_item().keys()


def test_ids_are_unguessable_and_of_one_form() -> None:
    made = {new_id() for _ in range(100)}
    assert len(made) == 100
    assert all(ID.fullmatch(one) for one in made)
    assert payment_key("pay_1") == "payment#pay_1"


def test_a_payment_is_open_for_23_hours() -> None:
    assert new_payment().expires_at == START + LASTS == START + 23 * 3600


def test_a_card_is_the_same_by_its_fingerprint_else_by_its_id() -> None:
    unprinted = replace(DECIDED, fingerprint=None)
    other_id = NamedCard(DECIDED, confirmation_token="ctoken_1")
    assert NAMED.is_same(other_id)
    assert not NAMED.is_same(NamedCard(replace(DECIDED, fingerprint="fp_2"), "pm_1"))
    assert NamedCard(unprinted, "pm_1").is_same(NAMED)
    assert not NamedCard(unprinted, "pm_2").is_same(NAMED)
    assert not NamedCard(unprinted).is_same(NamedCard(unprinted))


def test_the_card_of_a_token_that_is_not_at_stripe_names_none() -> None:
    assert NamedCard(DECIDED).param == {}
    assert NAMED.param == {"payment_method": "pm_1"}


def test_declines_are_counted_by_the_steps() -> None:
    steps = (Step(START, "decline", "ready"), Step(START, "claim_attempt", "processing"))
    assert new_payment(steps=steps * 2).declines == 2


def test_an_attempt_is_declined_once_it_has_ended_with_a_code() -> None:
    running = Attempt(1, "card", START, {"confirmation_token": "ctoken_1"})
    assert not replace(running, code="card_declined").is_declined
    assert not replace(running, ended=True).is_declined
    assert replace(running, ended=True, code="card_declined").is_declined


def test_the_order_is_stored_whole() -> None:
    assert PaymentOrder.from_item(ORDER.to_item()) == ORDER
