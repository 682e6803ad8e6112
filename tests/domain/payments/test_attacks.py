"""Whoever wants a payment to go otherwise than it was decided: a merchant, a payer, a thief."""

from dataclasses import replace

import pytest

from countersign.payments.payment_record import PaymentRecord
from countersign.problems import Problem
from countersign.spc.payer_handles import payer_at
from countersign.spc.protocol.refusals import Refused
from countersign.spc.trust import trust_in
from countersign.spc.trust_record import Scope
from tests.domain.payments.conftest import MakeWorld
from tests.support.authenticator import Passkey
from tests.support.chromium import Browser
from tests.support.crashes import FuseAt, Killed
from tests.support.ledger_cards import PlayedCard
from tests.support.payment_model import RULES
from tests.support.payment_world import PaymentWorld
from tests.support.spc_people import (
    ACCOUNT,
    FIRST,
    OTHER_ACCOUNT,
    bound_browser,
    key_id_of,
    stored,
)

CARD, OTHER_CARD = PlayedCard("0004", "challenge"), PlayedCard("0005", "challenge")
DEBIT = PlayedCard("0001", "plain", "debit")


@pytest.fixture
def world(make_world: MakeWorld) -> PaymentWorld:
    return make_world(RULES)


def authorized(world: PaymentWorld, card: PlayedCard = DEBIT) -> PaymentRecord:
    """A payment that is authorized and not settled yet."""
    payment = world.create(card=world.card(card)).record.id
    with pytest.raises(Killed):
        world.confirm(payment, contexts=world.dying(FuseAt("after stripe.confirm")))
    return world.record(payment)


def is_not_captured(world: PaymentWorld, record: PaymentRecord, reason: str) -> None:
    world.settle_down()
    ended = world.record(record.id)
    assert (ended.status, ended.reason) == ("canceled", reason)
    assert world.stripe.captures == []


def is_challenged(world: PaymentWorld, passkey: Passkey, browser: Browser, card: PlayedCard) -> str:
    """The payer confirms, the browser is new, and 3-D Secure follows, which they pass."""
    made = world.create(card=world.card(card), payer=world.payer())
    assert made.record.status == "requires_step_up"
    assert world.answer(made.record.id, passkey, browser).step_up_required
    done = world.confirm(made.record.id).record
    assert (done.status, done.proof) == ("requires_action", "3ds")
    world.stripe.authenticate(str(done.payment_intent))
    assert world.confirm(done.id).record.status == "succeeded"
    return done.id


# The first payment by SPC has its challenge, the second does not.


def test_a_browser_that_passed_a_challenge_is_enough_the_next_time(world: PaymentWorld) -> None:
    passkey, browser = world.passkey(), bound_browser()
    is_challenged(world, passkey, browser, CARD)
    made = world.create(card=world.card(CARD), payer=world.payer())
    assert made.record.status == "requires_step_up"
    assert not world.answer(made.record.id, passkey, browser).step_up_required
    done = world.confirm(made.record.id).record
    assert (done.status, done.proof) == ("succeeded", "spc")
    assert done.money.three_d_secure is None
    assert done.attempt is not None
    asked = done.attempt.params["payment_method_options"]["card"]["request_three_d_secure"]
    assert asked == "automatic"


def test_another_card_is_challenged(world: PaymentWorld) -> None:
    passkey, browser = world.passkey(), bound_browser()
    is_challenged(world, passkey, browser, CARD)
    is_challenged(world, passkey, browser, OTHER_CARD)


def test_the_same_card_at_another_merchant_is_challenged(world: PaymentWorld) -> None:
    passkey, browser = world.passkey(), bound_browser()
    is_challenged(world, passkey, browser, CARD)
    elsewhere = world.create(
        account=OTHER_ACCOUNT,
        card=world.card(CARD, OTHER_ACCOUNT),
        payer=world.payer(account=OTHER_ACCOUNT),
    ).record
    assert elsewhere.status == "requires_step_up"
    assert world.answer(elsewhere.id, passkey, browser).step_up_required
    done = world.confirm(elsewhere.id).record
    assert (done.status, done.proof) == ("requires_action", "3ds")


def test_another_browser_is_challenged(world: PaymentWorld) -> None:
    passkey = world.passkey()
    is_challenged(world, passkey, bound_browser(), CARD)
    is_challenged(world, passkey, bound_browser(name="another"), CARD)


def test_a_challenge_that_failed_earns_nothing(world: PaymentWorld) -> None:
    passkey, browser = world.passkey(), bound_browser()
    made = world.create(card=world.card(CARD), payer=world.payer()).record
    world.answer(made.id, passkey, browser)
    done = world.confirm(made.id).record
    world.stripe.authenticate(str(done.payment_intent), passed=False)
    world.confirm(made.id)
    world.settle_down()
    is_challenged(world, passkey, browser, CARD)


# Trust is laundered through a stranger's card.


def test_a_challenge_on_a_strangers_card_gives_no_trust_for_mine(world: PaymentWorld) -> None:
    """A thief with a passkey of their own passes a challenge on a card that they hold: that is
    worth something for this card alone.
    """
    thief, browser = world.passkey(), bound_browser(name="thief")
    is_challenged(world, thief, browser, OTHER_CARD)
    trust = trust_in(world.spc.table, stored(world.spc, thief), key_id_of("thief"))
    assert trust.covers(Scope(ACCOUNT, FIRST, OTHER_CARD.fingerprint))
    assert not trust.covers(Scope(ACCOUNT, FIRST, CARD.fingerprint))
    assert not trust.covers(Scope(OTHER_ACCOUNT, FIRST, OTHER_CARD.fingerprint))


def test_a_card_that_is_swapped_after_the_confirmation_earns_nothing(world: PaymentWorld) -> None:
    """The payer confirms one card in a new browser, and pays with another."""
    passkey, browser = world.passkey(), bound_browser()
    made = world.create(card=world.card(CARD), payer=world.payer()).record
    world.answer(made.id, passkey, browser)
    swapped = world.confirm(made.id, world.card(OTHER_CARD), gives_up_spc=True).record
    assert (swapped.status, swapped.proof) == ("requires_action", "3ds")
    world.stripe.authenticate(str(swapped.payment_intent))
    assert world.confirm(made.id).record.status == "succeeded"
    trust = trust_in(world.spc.table, stored(world.spc, passkey), key_id_of("browser"))
    for card in (CARD, OTHER_CARD):
        assert not trust.covers(Scope(ACCOUNT, FIRST, card.fingerprint))


def test_a_payment_that_the_merchant_has_captured_earns_nothing(world: PaymentWorld) -> None:
    passkey, browser = world.passkey(), bound_browser()
    made = world.create(card=world.card(CARD), payer=world.payer()).record
    world.answer(made.id, passkey, browser)
    intent = str(world.confirm(made.id).record.payment_intent)
    world.stripe.authenticate(intent)
    with pytest.raises(Killed):
        world.confirm(made.id, contexts=world.dying(FuseAt("after stripe.confirm")))
    world.stripe.merchant_captures(intent)
    world.settle_down()
    assert world.record(made.id).unproven
    trust = trust_in(world.spc.table, stored(world.spc, passkey), key_id_of("browser"))
    assert not trust.covers(Scope(ACCOUNT, FIRST, CARD.fingerprint))


# Another card, another payment, another merchant.


def test_a_proof_is_for_the_card_that_was_confirmed(world: PaymentWorld) -> None:
    passkey, browser = world.passkey(), bound_browser()
    is_challenged(world, passkey, browser, CARD)
    made = world.create(card=world.card(CARD), payer=world.payer()).record
    world.answer(made.id, passkey, browser)
    with pytest.raises(Problem, match="card_differs"):
        world.confirm(made.id, world.card(OTHER_CARD))
    assert world.stripe.captures == [(world.stripe.captures[0][0], True)]


def test_an_answer_is_for_the_payment_that_was_shown(world: PaymentWorld) -> None:
    """The answer to one payment is sent for another of the same payer and card."""
    passkey, browser = world.passkey(), bound_browser()
    is_challenged(world, passkey, browser, CARD)
    mine = world.create(card=world.card(CARD), payer=world.payer()).record
    other = world.create(card=world.card(CARD), payer=world.payer()).record
    world.answer(other.id, passkey, browser)
    with pytest.raises(Problem, match="step_up_required"):
        world.confirm(mine.id)
    assert world.confirm(other.id).record.status == "succeeded"
    assert world.record(mine.id).attempt is None


def test_an_answer_that_is_replayed_for_another_payment_is_refused(world: PaymentWorld) -> None:
    passkey, browser = world.passkey(), bound_browser()
    mine = world.create(card=world.card(CARD), payer=world.payer()).record
    other = world.create(card=world.card(CARD), payer=world.payer()).record
    body = world.answer_body(other.id, passkey, browser)
    with pytest.raises(Refused, match="wrong_challenge"):
        world.sent(mine.id, body)
    assert world.record(mine.id).status == "requires_step_up"


def test_an_answer_to_another_amount_is_refused(world: PaymentWorld) -> None:
    """The page of the merchant shows the payer less than is charged."""
    passkey, browser = world.passkey(), bound_browser()
    made = world.create(card=world.card(CARD), payer=world.payer()).record
    body = world.answer_body(made.id, passkey, browser, total={"value": "0.01", "currency": "USD"})
    with pytest.raises(Refused, match="wrong_total"):
        world.sent(made.id, body)


def test_an_answer_that_was_voided_is_worth_nothing(world: PaymentWorld) -> None:
    passkey, browser = world.passkey(), bound_browser()
    is_challenged(world, passkey, browser, CARD)
    made = world.create(card=world.card(CARD), payer=world.payer()).record
    old = world.answer_body(made.id, passkey, browser)
    world.ask(made.id)
    with pytest.raises(Refused):
        world.sent(made.id, old, ceremony=str(made.ceremony))
    with pytest.raises(Problem, match="step_up_required"):
        world.confirm(made.id)


def test_an_answer_after_spc_was_given_up_is_worth_nothing(world: PaymentWorld) -> None:
    passkey, browser = world.passkey(), bound_browser()
    made = world.create(card=world.card(CARD), payer=world.payer()).record
    body = world.answer_body(made.id, passkey, browser)
    done = world.confirm(made.id, gives_up_spc=True).record
    with pytest.raises(Refused):
        world.sent(made.id, body)
    assert (done.status, done.proof) == ("requires_action", "3ds")


def test_a_card_of_another_merchant_is_not_there(world: PaymentWorld) -> None:
    stolen = world.card(DEBIT, OTHER_ACCOUNT)
    with pytest.raises(Problem, match="invalid_request"):
        world.create(card=stolen)
    payment = world.create().record.id
    with pytest.raises(Problem, match="invalid_request"):
        world.confirm(payment, stolen)


def test_the_payer_of_another_merchant_is_unknown(world: PaymentWorld) -> None:
    handle = world.payer(account=OTHER_ACCOUNT)
    assert payer_at(world.spc.table, "user_1", ACCOUNT) is None
    with pytest.raises(Problem, match="unknown_payer"):
        world.create(card=world.card(CARD), payer=handle)


def test_the_reference_of_another_merchant_is_free(world: PaymentWorld) -> None:
    world.create("order", card=world.card(DEBIT))
    elsewhere = world.create(
        "order", account=OTHER_ACCOUNT, card=world.card(DEBIT, OTHER_ACCOUNT)
    ).record
    assert elsewhere.status == "ready"


def test_a_return_that_is_replayed_changes_nothing(world: PaymentWorld) -> None:
    payment = world.create(card=world.card(PlayedCard("0003", "always", "debit"))).record.id
    intent = str(world.confirm(payment).record.payment_intent)
    for _ in range(3):
        assert world.confirm(payment).record.status == "requires_action"
    world.stripe.authenticate(intent)
    world.confirm(payment)
    for _ in range(3):
        with pytest.raises(Problem, match="payment_ended"):
            world.confirm(payment)
    assert world.stripe.captures == [(intent, True)]


# A PaymentIntent of the merchant's own making.


def test_an_event_of_a_payment_intent_with_our_marks_copied_wakes_nothing(
    world: PaymentWorld,
) -> None:
    record = authorized(world)
    ours = world.stripe.intents[str(record.payment_intent)]
    fake = world.stripe.create(ACCOUNT, {**_params(ours), "amount": 1}, "theirs").body["id"]
    before = dict(world.dynamodb.tables["payments"])
    assert world.event(fake) == "ignored"
    assert world.dynamodb.tables["payments"] == before


def test_an_event_of_another_account_with_our_payment_intent_wakes_nothing(
    world: PaymentWorld,
) -> None:
    record = authorized(world)
    world.stripe.accounts[str(record.payment_intent)] = OTHER_ACCOUNT
    assert world.event(str(record.payment_intent)) == "ignored"


def test_a_payment_intent_whose_marks_name_another_payment_is_not_captured(
    world: PaymentWorld,
) -> None:
    mine, other = authorized(world), world.create().record
    metadata = {"countersign_payment": other.id, "countersign_decision": ""}
    world.stripe.intents[str(mine.payment_intent)]["metadata"] = metadata
    is_not_captured(world, mine, "another_payment")


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"amount": 1, "amount_capturable": 1}, "amount_differs"),
        ({"currency": "eur"}, "amount_differs"),
        ({"customer": "cus_1"}, "customer_differs"),
        ({"application_fee_amount": 1000}, "fee_differs"),
        ({"transfer_data": {"destination": "acct_2"}}, "another_account"),
        ({"capture_method": "automatic"}, "capture_method_differs"),
        ({"livemode": True}, "mode_differs"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_what_the_merchant_changes_at_stripe_is_not_captured(
    world: PaymentWorld, members: dict[str, object], reason: str
) -> None:
    record = authorized(world)
    world.stripe.intents[str(record.payment_intent)] |= members
    is_not_captured(world, record, reason)


def test_a_charge_of_another_card_than_was_decided_about_is_not_captured(
    world: PaymentWorld,
) -> None:
    record = authorized(world)
    charge = world.stripe.charges[world.stripe.intents[str(record.payment_intent)]["latest_charge"]]
    details = charge["payment_method_details"]["card"]
    charge["payment_method_details"]["card"] = details | replace(DEBIT, last4="9999").details()
    is_not_captured(world, record, "card_differs")


def test_what_the_merchant_confirms_without_the_proof_is_not_captured(world: PaymentWorld) -> None:
    """The merchant's own key skips 3-D Secure for a card that has to be authenticated."""
    made = world.create(card=world.card(CARD)).record
    with pytest.raises(Killed):
        world.confirm(made.id, contexts=world.dying(FuseAt("before stripe.confirm")))
    record = world.record(made.id)
    assert record.attempt is not None
    skipped = {"card": {"request_three_d_secure": "automatic"}}
    params = {**record.attempt.params, "payment_method_options": skipped}
    world.stripe.confirm(ACCOUNT, str(record.payment_intent), params, "theirs")
    is_not_captured(world, record, "proof_missing")


def _params(found: dict[str, object]) -> dict[str, object]:
    """A request that makes the same again."""
    names = ("amount", "currency", "metadata", "capture_method", "confirmation_method")
    return {name: found[name] for name in names}
