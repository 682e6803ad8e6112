"""An installation ends with its payments: what is being paid meanwhile is found or does not begin."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from countersign.payments import store
from countersign.payments.attempt import Creation
from countersign.payments.close_payments import end_with_payments
from countersign.payments.closing import begin_closing
from countersign.payments.context import Contexts
from countersign.payments.machine import move
from countersign.payments.make_intent import resolve_creation
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.refusals import OpenPayments
from countersign.payments.requests import create_params
from countersign.problems import Problem, Unavailable
from tests.domain.payments.conftest import MakeWorld
from tests.support.crashes import Fuse, Fused
from tests.support.ledger_cards import PlayedCard
from tests.support.payment_model import RULES
from tests.support.payment_world import PaymentWorld

PLAIN, CHALLENGED = PlayedCard(), PlayedCard("3155", "challenge")


@pytest.fixture
def world(make_world: MakeWorld) -> PaymentWorld:
    return make_world(RULES)


class Meanwhile(Fuse):
    """Nobody dies: something happens before each call, and after it."""

    def __init__(self, act: Callable[[str, Any], object]) -> None:
        super().__init__(1, after=False)
        self._act = act

    def pass_through(self, name: str, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self._act(f"before {name}", args)
        result = call(*args, **kwargs)
        self._act(f"after {name}", args)
        return result


def closed(world: PaymentWorld, contexts: Contexts | None = None, *, force: bool = False) -> None:
    end_with_payments(contexts or world.contexts, world.installation(), lambda: None, force=force)


def listing(world: PaymentWorld, act: Callable[[str], object]) -> Contexts:
    """Contexts in which something happens before each status is listed."""

    def before(place: str, args: Any) -> None:
        if place.startswith("before"):
            act(str(args[2]).partition("#")[2])

    table: Any = Fused(world.contexts.payments.table, Meanwhile(before), ("newest",), "table")
    return replace(world.contexts, payments=replace(world.contexts.payments, table=table))


def ready(world: PaymentWorld, card: PlayedCard = PLAIN) -> str:
    return world.create(card=world.card(card)).record.id


def test_a_payment_that_goes_to_and_fro_while_it_is_listed_is_found(world: PaymentWorld) -> None:
    payment = ready(world)
    table, moves = world.contexts.payments.table, []

    def act(status: str) -> None:
        record, now = world.record(payment), world.clock()
        if status == "ready" and not moves:
            claim = Creation(now, create_params(record))
            claimed = move(record, "claim_creation", "processing", now, creation=claim)
            moves.append(store.save(table, record, claimed).status)
        if status == "processing" and len(moves) == 1:
            made = resolve_creation(world.contexts, world.installation(), record)
            moves.append(made.status)

    closed(world, listing(world, act))
    assert moves == ["processing", "ready"]
    ended = world.record(payment)
    assert (ended.status, ended.reason) == ("canceled", "uninstalled")


def test_a_payment_that_is_created_while_others_are_listed_is_closed(world: PaymentWorld) -> None:
    made: list[str] = []
    first = world.record(ready(world))

    def stores(status: str) -> None:
        if status == "unreachable" and not made:
            # Its request began before the installation was marked.
            new = PaymentRecord.new(replace(first.order, reference="late"), world.clock())
            late = move(new, "create", "requires_card", world.clock())
            store.create(world.contexts.payments.table, late)
            made.append(late.id)

    closed(world, listing(world, stores))
    assert world.record(made[0]).status == "canceled"


def test_nothing_is_begun_while_an_installation_ends(world: PaymentWorld) -> None:
    payment = ready(world)
    begin_closing(world.contexts, world.installation())
    for call in (world.create, lambda: world.confirm(payment)):
        with pytest.raises(Problem) as refused:
            call()
        assert refused.value.code == "not_installed"
    assert world.stripe.calls == []


def test_an_attempt_that_was_about_to_begin_is_not_sent(world: PaymentWorld) -> None:
    payment = ready(world)

    def act(place: str, _: Any) -> None:
        attempt = world.record(payment).attempt
        if attempt is not None and not attempt.ended:
            begin_closing(world.contexts, world.installation())

    with pytest.raises(Problem) as refused:
        world.confirm(payment, contexts=world.dying(Meanwhile(act)))
    assert refused.value.code == "not_installed"
    assert "confirm" not in [name for name, _ in world.stripe.calls]
    assert world.record(payment).status == "ready"
    closed(world)
    assert world.record(payment).status == "canceled"


def test_a_payer_who_comes_back_meanwhile_pays_nothing(world: PaymentWorld) -> None:
    payment = ready(world, CHALLENGED)
    world.confirm(payment)
    world.stripe.authenticate(str(world.record(payment).payment_intent))
    begin_closing(world.contexts, world.installation())
    with pytest.raises(Problem) as refused:
        world.confirm(payment)
    assert refused.value.code == "not_installed"
    closed(world)
    assert world.record(payment).status == "canceled"
    assert world.stripe.captures == []


def test_an_installation_that_does_not_end_goes_on(world: PaymentWorld) -> None:
    stuck, payment = ready(world, CHALLENGED), ready(world)
    world.confirm(stuck)
    world.stripe.fail("cancel", "lost")
    with pytest.raises(OpenPayments) as refused:
        closed(world)
    assert refused.value.payment_ids == [stuck]
    assert world.record(payment).status == "canceled"
    assert world.confirm(ready(world)).record.status == "succeeded"


def test_an_uninstallation_that_fails_lets_payments_go_on(world: PaymentWorld) -> None:
    def fails() -> None:
        raise Unavailable("stripe")

    with pytest.raises(Unavailable):
        end_with_payments(world.contexts, world.installation(), fails, force=False)
    assert world.confirm(ready(world)).record.status == "succeeded"


def test_one_whose_end_was_cut_off_goes_on_after_a_minute(world: PaymentWorld) -> None:
    payment = ready(world)
    begin_closing(world.contexts, world.installation())
    world.wait(60)
    assert world.confirm(payment).record.status == "succeeded"
