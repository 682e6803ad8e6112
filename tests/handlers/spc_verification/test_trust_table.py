"""The trust rule: each row of the table in docs/payment-confirmation.md happens as it says, and nothing else
makes a browser trusted.
"""

import ast
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec.structs import replace

from countersign.spc import ceremonies
from countersign.spc.context import context
from countersign.spc.payment_ceremony import PaymentCeremony
from countersign.spc.trust import earn
from countersign.spc.trust_record import Scope
from tests.support.authenticator import Passkey, b64
from tests.support.chromium import Browser, Json
from tests.support.clock import Clock
from tests.support.install_bundle import application_body
from tests.support.spc_bundle import (
    AUTH_REQUEST,
    CREDENTIALS,
    HOLDER,
    HOME,
    SHOP,
    browser_path,
    order,
)
from tests.support.spc_people import NEW, approved, bound_browser, key_id_of, plain_browser
from tests.support.stand_in import BAKERY, BOOKSHOP
from tests.support.step_up_bundle import StepUpBundle
from tests.support.step_up_cards import METHODS, PAN_CARD, at_stripe, paid, stored
from tests.support.step_up_results import CHALLENGED, told

ROOT = Path(__file__).parents[3]
LAYER = ROOT / "layers" / "countersign" / "countersign"
CARD, OTHER_CARD = {"last4": "4242"}, {"last4": "3220"}
Rows = dict[tuple[str, str], tuple[str, str]]


def rows() -> Rows:
    """The result and the scope of each row, by the state before and the event."""
    text = (ROOT / "docs" / "payment-confirmation.md").read_text("utf-8")
    table = text.partition("| state before |")[2].partition("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table]
    return {(state, event): (result, scope) for state, event, _, result, scope in cells}


@dataclass
class Payer:
    """A person with one credential, and the two browsers that they use it in."""

    shop: StepUpBundle
    clock: Clock
    name: str
    passkey: Passkey = field(init=False)

    def register(self, name: str | None = "old", *, identified: bool = False) -> None:
        browser = bound_browser(HOME, name) if name else plain_browser(HOME)
        self.passkey = self.shop.register(self.name, browser, identified=identified)

    def confirm(self, name: str | None = "new", card: Json = CARD, account: str = BAKERY) -> Json:
        """A payment with this card that is confirmed in a browser: the answer to the page."""
        method = at_stripe(self.shop, METHODS, account, card=card)
        question = self.shop.ask(self.name, account, payment_method=method)
        browser = bound_browser(SHOP, name) if name else plain_browser(SHOP)
        answer = self.shop.confirm(question, self.passkey, browser)
        assert answer.status == 200, answer
        return dict(answer.json) | {"payment_method": method}

    def challenge(self, confirmed: Json, account: str = BAKERY) -> bool:
        """The issuer's challenge is passed in this payment."""
        card = stored(self.shop, "payment_method", confirmed["payment_method"])["card"]
        table = context().table
        ceremony = ceremonies.load(table, PaymentCeremony, confirmed["ceremony_id"])
        scope = replace(ceremony.scope, fingerprint=card["fingerprint"])
        assert scope == ceremony.scope
        return earn(table, ceremony, scope, self.clock())

    def approve(self, browser: Browser) -> int:
        """An approval of the new browser, in this one: the status of the answer."""
        path, caller = browser_path(self.passkey, NEW), self.shop.payer(self.name)
        asked = caller.post(f"{path}/approval-request")
        if asked.status != 200:
            return asked.status
        body = approved(asked.json, self.passkey, browser)
        answer = caller.post(f"{path}/trust", {"ceremony_id": asked.json["ceremony_id"], **body})
        return answer.status

    def remove(self, name: str) -> None:
        path = browser_path(self.passkey, key_id_of(name))
        assert self.shop.payer(self.name).delete(path).status == 204

    @property
    def scopes(self) -> list[Json]:
        """What is trusted, as the wallet shows it: the credential itself, and each browser."""
        found = self.shop.payer(self.name).get(CREDENTIALS).json["data"]
        return [each for one in found for each in (one["trusted"], *one["browser_keys"])]

    @property
    def is_trusted_with_anything(self) -> bool:
        return any(each["everywhere"] or each["accounts"] for each in self.scopes)


def needs_no_more(found: Json) -> bool:
    assert found["step_up_required"] is (found["browser_bound"] != "trusted")
    return not found["step_up_required"]


def identified(payer: Payer) -> str:
    payer.register(identified=True)
    assert needs_no_more(payer.confirm("old")), "not trusted where it was registered"
    assert needs_no_more(payer.confirm("old", OTHER_CARD))
    return "everywhere"


def registered(payer: Payer) -> str:
    payer.register()
    assert not needs_no_more(payer.confirm("old"))
    return "none"


def confirmed(payer: Payer) -> str:
    payer.register()
    for _ in range(2):
        assert not needs_no_more(payer.confirm())
    return "none"


def challenged(payer: Payer) -> str:
    payer.register()
    assert payer.challenge(payer.confirm())
    assert needs_no_more(payer.confirm())
    for other in (payer.confirm("old"), payer.confirm(card=OTHER_CARD)):
        assert not needs_no_more(other)
    assert not needs_no_more(payer.confirm(account=BOOKSHOP))
    return "this card at this installation"


def challenged_again(payer: Payer) -> str:
    payer.register()
    payer.challenge(payer.confirm())
    payer.challenge(payer.confirm(card=OTHER_CARD))
    assert needs_no_more(payer.confirm())
    assert needs_no_more(payer.confirm(card=OTHER_CARD))
    return "that one as well, 50 in all, the oldest dropped"


def approved_in_a_trusted_one(payer: Payer) -> str:
    payer.register()
    payer.challenge(payer.confirm("old"))
    payer.confirm()
    assert payer.approve(bound_browser(HOME, "old")) == 200
    assert needs_no_more(payer.confirm())
    assert not needs_no_more(payer.confirm(card=OTHER_CARD))
    assert not needs_no_more(payer.confirm(account=BOOKSHOP))
    return "what that browser has, never more"


def approved_in_a_new_one(payer: Payer) -> str:
    payer.register()
    payer.confirm()
    assert payer.approve(bound_browser(HOME, "old")) == 409, "there is none to approve with"
    return "none"


def signed_in(payer: Payer) -> str:
    payer.register()
    payer.confirm()
    for body in (None, {}):
        answer = payer.shop.payer(payer.name).post(
            f"{browser_path(payer.passkey, NEW)}/trust", body
        )
        assert (answer.status, answer.code) == (403, "trusted_browser_required")
    return "none"


def told_a_result(payer: Payer) -> str:
    payer.register()
    token = payer.shop.google.token("PAN_ONLY")
    decision = payer.shop.decided_on(token, payer=payer.shop.allow(payer.name))
    payment = paid(payer.shop, card=PAN_CARD, three_d_secure=CHALLENGED)
    ceremony = payer.confirm()["ceremony_id"]
    told(payer.shop, decision, ceremony_id=ceremony, payment_intent=payment)
    return "none"


def removed(payer: Payer) -> str:
    payer.register()
    payer.challenge(payer.confirm())
    payer.remove("new")
    assert not needs_no_more(payer.confirm())
    return "none"


def credential_removed(payer: Payer) -> str:
    payer.register(identified=True)
    path = f"{CREDENTIALS}/{b64(payer.passkey.id)}"
    assert payer.shop.payer(payer.name).delete(path).status == 204
    payer.register()
    assert not needs_no_more(payer.confirm("old"))
    return "none"


def uninstalled(payer: Payer) -> str:
    payer.register()
    payer.challenge(payer.confirm())
    over = application_body("deauthorized", BAKERY, at=time.time() - 1)
    over["created"] = max(over["created"], payer.shop.view(HOLDER, BAKERY)["installed_at"])
    assert payer.shop.tell(over) == "applied"
    assert not payer.is_trusted_with_anything
    while time.time() < over["created"] + 1:  # a new installation is later than the end of the last
        time.sleep(0.05)
    payer.shop.open_shop()
    assert not needs_no_more(payer.confirm())
    return "none"


def suspended(payer: Payer) -> str:
    payer.register(identified=True)
    payer.confirm("old")
    question = payer.shop.ask(payer.name)
    payer.passkey.sign_count -= 1
    answer = payer.shop.confirm(question, payer.passkey, bound_browser(SHOP, "old"))
    assert answer.code == "counter_regressed"
    (credential,) = payer.shop.payer(payer.name).get(CREDENTIALS).json["data"]
    assert credential["suspended"] is True
    assert payer.shop.ask(payer.name) == {"available": False, "fallback": "3ds"}
    payer.register("again")
    assert not needs_no_more(payer.confirm("again"))
    return "none"


def a_key_is_shown(payer: Payer) -> str:
    payer.register(None, identified=True)
    assert payer.confirm(None)["step_up_required"] is False
    payer.confirm()
    assert payer.confirm(None)["step_up_required"] is True
    payer.remove("new")
    assert payer.confirm(None)["step_up_required"] is True, "a removal gave it back"
    return "none"


HAPPENS: dict[str, Callable[[Payer], str]] = {
    "a registration under a ticket that says `identified`": identified,
    "a registration on a sign-in, or under any other ticket": registered,
    "a confirmation of a payment": confirmed,
    "the issuer's challenge passed, in a payment that Countersign made and this browser had confirmed": challenged,
    "the same for another card, or at another installation": challenged_again,
    "an approval in a browser that is trusted": approved_in_a_trusted_one,
    "an approval in a browser that is not": approved_in_a_new_one,
    "the sign-in alone, in the wallet or with an access token": signed_in,
    "the result of a decision is told": told_a_result,
    "a removal of the browser, and its next use": removed,
    "a removal of the credential, and its next registration": credential_removed,
    "the merchant uninstalls, or its account is installed again": uninstalled,
    "the credential is suspended": suspended,
    "a browser that binds a key is used with it": a_key_is_shown,
}  # fmt: skip


@pytest.fixture
def payer(step_up: StepUpBundle, user: str, clock: Clock) -> Payer:
    step_up.open_shop(BOOKSHOP)
    return Payer(step_up, clock, user)


def test_the_table_has_the_rows_that_happen_here_and_no_other() -> None:
    assert {event for _, event in rows()} == set(HAPPENS)
    assert len(rows()) == len(HAPPENS)


@pytest.mark.parametrize("event", HAPPENS)
def test_what_happens_is_what_the_table_says(payer: Payer, event: str) -> None:
    ((result, scope),) = [row for (_, each), row in rows().items() if each == event]
    assert HAPPENS[event](payer) == scope
    if result == "new":
        still = [each for each in payer.scopes if each["everywhere"] or each["accounts"]]
        assert still == [] or event == "the credential is suspended", still


@pytest.mark.exhaustive  # forty steps
def test_no_other_way_to_be_trusted(payer: Payer) -> None:
    """Whatever is done without the issuer and without a business's word, in whatever order."""
    payer.register()
    steps: list[Callable[[], object]] = [
        payer.confirm,
        lambda: payer.confirm("old"),
        lambda: payer.confirm(None),
        lambda: payer.approve(bound_browser(HOME, "old")),
        lambda: payer.approve(plain_browser(HOME)),
        lambda: payer.shop.payer(payer.name).post(f"{browser_path(payer.passkey, NEW)}/trust"),
        lambda: payer.shop.payer(payer.name).delete(browser_path(payer.passkey, NEW)),
        lambda: payer.shop.payer(payer.name).delete(browser_path(payer.passkey, key_id_of("old"))),
    ]
    chosen = random.Random(7)
    for _ in range(40):
        chosen.choice(steps)()
        assert not payer.is_trusted_with_anything
        assert payer.confirm(chosen.choice(["new", None]))["step_up_required"] is True


@pytest.mark.exhaustive  # reads the whole package
def test_three_places_write_what_is_trusted() -> None:
    """Another one would need a row of the table."""
    found = set()
    for path in [*LAYER.rglob("*.py"), *(ROOT / "functions").rglob("*.py")]:
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call):
                name = getattr(call.func, "attr", getattr(call.func, "id", ""))
                if name in ("record_change", "everywhere_change"):
                    found.add((path.stem, name))
    assert found == {
        ("trust", "record_change"),
        ("approve_browser", "record_change"),
        ("finish_registration", "everywhere_change"),
    }


def test_a_payment_whose_card_is_not_named_is_trusted_only_everywhere(payer: Payer) -> None:
    payer.register()
    payer.challenge(payer.confirm())
    question = payer.shop.ask(payer.name)
    found = payer.shop.confirm(question, payer.passkey, bound_browser(SHOP, "new")).json
    assert (found["browser_bound"], found["step_up_required"]) == ("new", True)
    table = context().table
    ceremony = ceremonies.load(table, PaymentCeremony, question["ceremony_id"])
    assert ceremony.scope == Scope(BAKERY, ceremony.scope.installation, None)
    payer.name = f"{payer.name}-identified"
    payer.register("theirs", identified=True)
    question = payer.shop.ask(payer.name)
    found = payer.shop.confirm(question, payer.passkey, bound_browser(SHOP, "theirs")).json
    assert (found["browser_bound"], found["step_up_required"]) == ("trusted", False)


def test_a_card_that_is_not_the_accounts_is_refused(payer: Payer) -> None:
    payer.register()
    method = at_stripe(payer.shop, METHODS, BOOKSHOP, card=CARD)
    handle = payer.shop.allow(payer.name)
    for unknown in (method, "pm_none"):
        answer = payer.shop.server().post(AUTH_REQUEST, order(handle, payment_method=unknown))
        assert (answer.status, answer.code) == (422, "invalid_request")
        assert answer.json["errors"][0]["pointer"] == "/payment_method"
