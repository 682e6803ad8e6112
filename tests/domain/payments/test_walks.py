"""Payments on random walks through whatever may happen: one order is charged once, as it was decided,
and every payment ends as Stripe has it. `make soak` takes thousands, from a seed of its own.
"""

import os
import random

import pytest

from tests.domain.payments.conftest import MakeWorld
from tests.support.exhaustive import some
from tests.support.payment_machine import FAULTS, PERMISSIONS, USERS, WAITS, PaymentMachine
from tests.support.payment_model import CARDS, RULES

WALKS, STEPS = int(os.environ.get("WALKS", "16")), 40
FIRST = int(os.environ.get("SEED", "0"))
AT_STRIPE = ("capture", "part", "cancel", "refund", "dispute", "review", "end")


class Walk:
    """One walk; `drawn` says what was done, so that a failure can be read."""

    def __init__(self, machine: PaymentMachine, seed: int) -> None:
        self.machine, self.random = machine, random.Random(seed)
        self.drawn: list[str] = []

    def run(self) -> None:
        self.do("begin", self.random.choice(CARDS), self.by())
        likely = {
            "create": 8, "go_on": 37, "review": 5, "act": 15, "wait": 17, "fail": 8, "crash": 5,
            "account": 4, "at_stripe": 3,
        }  # fmt: skip
        for name in self.random.choices(list(likely), list(likely.values()), k=STEPS):
            self.do(name, *getattr(self, name)())
            self.machine.check()
        self.machine.end()

    def do(self, name: str, *given: object) -> None:
        self.drawn.append(f"{name}{given}")
        getattr(self.machine, name)(*given)

    def create(self) -> tuple[object, ...]:
        card, payer = self.card(2), self.random.choice([None, *USERS])
        number = self.random.choice([1, 2])
        return number, card, self.by(), payer, self.chance(0.15), self.chance(0.2)

    def go_on(self) -> tuple[object, ...]:
        act = self.random.choice(["confirm"] * 12 + ["cancel", "ask"])
        return act, self.number(), self.card(1), self.by(), self.chance(0.3)

    def review(self) -> tuple[object, ...]:
        return self.number(), self.random.choice(["proceed", "proceed", "step_up", "decline"])

    def act(self) -> tuple[object, ...]:
        acts = ["pass", "pass", "fail", "answer", "answer", "elsewhere"]
        return self.number(), self.random.choice(acts)

    def wait(self) -> tuple[object, ...]:
        return self.random.choice(WAITS[:-2] * 3 + WAITS), self.number(), self.chance(0.5)

    def fail(self) -> tuple[object, ...]:
        return (self.random.choices(FAULTS, k=self.random.randint(1, 3)),)

    def crash(self) -> tuple[object, ...]:
        return self.random.randint(1, 8), self.chance(0.5)

    def account(self) -> tuple[object, ...]:
        acts = ["lose", "find", "find", "take", "take", "give", "give", "leave"]
        taken = {name for name in PERMISSIONS if self.chance(0.4)}
        return self.random.choice(acts), taken

    def at_stripe(self) -> tuple[object, ...]:
        return self.number(), self.random.choice(AT_STRIPE), self.chance(0.5)

    def card(self, weight: int) -> object:
        """A card, or none for once in so many."""
        return self.random.choice([None, None][: 3 - weight] + [self.random.choice(CARDS)] * weight)

    def by(self) -> str:
        return self.random.choice(["method", "token"])

    def number(self) -> int:
        return self.random.randrange(21)

    def chance(self, of: float) -> bool:
        return self.random.random() < of


@pytest.mark.parametrize("block", some(1, range(4)))
def test_payments_end_as_stripe_has_them_on_every_walk(
    make_world: MakeWorld, strict: None, block: int
) -> None:
    for seed in range(FIRST + block, FIRST + WALKS, 4):
        walk = Walk(PaymentMachine(make_world(RULES)), seed)
        try:
            walk.run()
        except Exception as error:
            error.add_note("\n".join([f"walk {seed}:", *walk.drawn]))
            raise
