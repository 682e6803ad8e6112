"""What the holder of an account sets: every member, right and wrong, and how long it lasts."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from countersign.installs.context import Context
from countersign.installs.edit_installation import edit_members
from countersign.installs.installation import SETTABLE, Installation
from countersign.installs.installation_view import view
from countersign.installs.renew_proof import renew_proof
from countersign.installs.store import load
from countersign.problems import Invalid
from tests.support.clock import START, Clock
from tests.support.fake_accounts import FakeAccounts
from tests.support.installations import ACCOUNT, APP_ID, OTHER, USER, connected, members_set, told
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.visits import refusal

BAKERY = "https://bakery.example"
ALL: dict[str, Any] = {
    "payee_name": "Bakery",
    "payee_origin": BAKERY,
    "checkout_origins": [BAKERY],
    "clients": ["client_1"],
}
NOTHING = {"payee_name": None, "payee_origin": None, "checkout_origins": [], "clients": []}

HIDDEN = (
    "\0\n\x85\ud800\uffff\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""Characters that are not seen, or that turn text around."""


class Prover:
    """The proofs that were asked for, and the answer to all of them."""

    def __init__(self, proven: bool = True, meanwhile: Callable[[], object] | None = None) -> None:
        self.proven, self.asked, self.meanwhile = proven, list[tuple[str, str]](), meanwhile

    def __call__(self, origin: str, account_id: str) -> bool:
        self.asked.append((origin, account_id))
        if self.meanwhile:
            self.meanwhile()
        return self.proven


@pytest.fixture
def held(installs: Context) -> Installation:
    return connected(installs)


def shown(context: Context) -> dict[str, Any]:
    return view(load(context.table, ACCOUNT), livemode=False, now=START)


def set_to(
    context: Context, held: Installation, prove: Prover | None = None, **wanted: Any
) -> dict[str, Any]:
    """The installation as it is shown once these members are set, in the answer as in the table."""
    found = edit_members(context, held, wanted, prove or Prover())
    assert view(found, livemode=False, now=START) == shown(context)
    return shown(context)


def pointers(context: Context, held: Installation, **wanted: Any) -> list[str]:
    """What is wrong with members; nothing is stored, and no proof is asked for."""
    before, prove = load(context.table, ACCOUNT), Prover()
    problem = refusal(edit_members, context, held, wanted, prove)
    assert isinstance(problem, Invalid)
    assert (problem.status, problem.code) == (422, "invalid_request")
    assert load(context.table, ACCOUNT) == before
    assert prove.asked == []
    return [error["pointer"] for error in problem.errors]


def test_a_payee_name_is_text_that_hides_nothing(installs: Context, held: Installation) -> None:
    for name, stored in {
        "  Bäckerei  ": "Bäckerei",
        "Cafe\u0301": "Café",
        "🥐" * 64: "🥐" * 64,
    }.items():
        assert set_to(installs, held, payee_name=name)["payee_name"] == stored
    hidden = (f"a{character}b" for character in HIDDEN)
    for wrong in ("", "\u3000", "x" * 65, "\u200d", "\u115f\u1160", *hidden):
        assert pointers(installs, held, payee_name=wrong) == ["/payee_name"]


def test_a_payee_origin_is_https_and_verified_once_it_is_proven(
    installs: Context, held: Installation
) -> None:
    prove = Prover()
    found = set_to(installs, held, prove, payee_origin="HTTPS://Bakery.Example:443/")
    assert (found["payee_origin"], found["payee_verified"]) == (BAKERY, True)
    assert prove.asked == [(BAKERY, ACCOUNT)]
    for wrong in (
        "http://bakery.example",
        "http://localhost:8000",
        "bakery.example",
        f"{BAKERY}/x",
        "",
    ):
        assert pointers(installs, held, payee_origin=wrong) == ["/payee_origin"]


def test_a_proof_is_of_one_origin_at_one_time(installs: Context, held: Installation) -> None:
    unproven = Prover(False)
    assert set_to(installs, held, payee_origin=BAKERY)["payee_verified"] is True
    assert set_to(installs, held, unproven, payee_name="Bakery")["payee_verified"] is True
    other = set_to(installs, held, unproven, payee_origin="https://other.example")
    assert (other["payee_origin"], other["payee_verified"]) == ("https://other.example", False)
    assert set_to(installs, held, payee_origin=BAKERY)["payee_verified"] is True
    assert set_to(installs, held, unproven, payee_origin=BAKERY)["payee_verified"] is False


def test_nothing_is_proven_unless_an_origin_is_set(installs: Context, held: Installation) -> None:
    prove = Prover()
    for members in (
        {"payee_name": "x"},
        {"payee_origin": None},
        {},
        {"checkout_origins": [BAKERY]},
    ):
        edit_members(installs, held, members, prove)
    assert prove.asked == []


def test_checkout_origins_are_stored_once_each_in_their_order(
    installs: Context, held: Installation
) -> None:
    wanted = ["https://b.example", "https://A.example:443", "https://a.example/", f"{BAKERY}:8443"]
    found = set_to(installs, held, checkout_origins=wanted)["checkout_origins"]
    assert found == ["https://b.example", "https://a.example", f"{BAKERY}:8443"]


def test_a_wrong_entry_is_named_by_its_place(installs: Context, held: Installation) -> None:
    wanted = [BAKERY, "http://bakery.example", BAKERY, "nonsense"]
    found = pointers(installs, held, checkout_origins=wanted, payee_name="", clients=["a", ""])
    assert sorted(found) == [
        "/checkout_origins/1",
        "/checkout_origins/3",
        "/clients/1",
        "/payee_name",
    ]


def test_origins_of_one_machine_are_for_a_deployment_on_one_machine(
    installs: Context, held: Installation
) -> None:
    local = "http://merchant.localhost:8000"
    assert pointers(installs, held, checkout_origins=[local]) == ["/checkout_origins/0"]
    here = replace(installs, settings=replace(installs.settings, on_one_machine=True))
    assert set_to(here, held, checkout_origins=[local])["checkout_origins"] == [local]
    assert pointers(here, held, payee_origin=local) == ["/payee_origin"]


@pytest.mark.parametrize("name", ["checkout_origins", "clients"])
def test_there_are_at_most_twenty_entries(installs: Context, held: Installation, name: str) -> None:
    entries: Any = [f"https://{number}.example" for number in range(21)]
    assert pointers(installs, held, **{name: entries}) == [f"/{name}"]
    assert set_to(installs, held, **{name: entries[:20]})[name] == entries[:20]


def test_clients_are_subjects_of_tokens(installs: Context, held: Installation) -> None:
    subjects = ["client_1", "auth0|abc", "a" * 255, "x y"]
    assert set_to(installs, held, clients=[*subjects, "client_1"])["clients"] == subjects
    for wrong in ("", "a" * 256, "é", "a\nb", "\ud800", "\u202e"):
        assert pointers(installs, held, clients=[wrong]) == ["/clients/0"]


@pytest.mark.parametrize("name", ALL)
def test_a_member_that_is_not_given_stays_and_null_removes_it(
    installs: Context, held: Installation, name: str
) -> None:
    full = set_to(installs, held, **ALL)
    assert ALL.items() <= full.items()
    without = set_to(installs, held, **{name: None})
    changed = {name: NOTHING[name]} | ({"payee_verified": False} if name == "payee_origin" else {})
    assert without == full | changed
    left = set(SETTABLE) - {name} | (set() if name == "payee_origin" else {"payee_proven"})
    assert members_set(load(installs.table, ACCOUNT)) == left
    assert set_to(installs, held, **{name: None}) == without
    assert set_to(installs, load(installs.table, ACCOUNT), Prover(False)) == without


def test_an_empty_list_is_a_list_and_no_members_change_nothing(
    installs: Context, held: Installation, quick: QuickDynamoDB
) -> None:
    set_to(installs, held, **ALL)
    found = set_to(installs, held, checkout_origins=[], clients=[])
    assert (found["checkout_origins"], found["clients"]) == ([], [])
    before = dict(quick.rows)
    assert edit_members(installs, held, {}) == held
    assert quick.rows == before


@pytest.mark.parametrize("at", [START, START + 1])
def test_members_of_an_installation_that_is_over_cannot_be_set(
    installs: Context, held: Installation, at: int
) -> None:
    told(installs, "deauthorized", at)
    prove = Prover()
    for members in (ALL, {"payee_name": None}, {}):
        problem = refusal(edit_members, installs, load(installs.table, ACCOUNT), members, prove)
        assert (problem.status, problem.code) == (409, "not_installed")
    assert prove.asked == []
    assert refusal(edit_members, installs, held, ALL, prove).code == "not_installed"


@pytest.mark.parametrize("again", [False, True])
def test_an_uninstallation_while_the_origin_is_being_proven_wins(
    installs: Context, held: Installation, again: bool
) -> None:
    def during() -> None:
        told(installs, "deauthorized", START + 1)
        if again:
            connected(installs, OTHER, at=START + 2)

    problem = refusal(edit_members, installs, held, ALL, Prover(meanwhile=during))
    assert problem.code == "not_installed"
    assert members_set(load(installs.table, ACCOUNT)) == set()


def test_an_older_uninstallation_that_arrives_late_removes_nothing(
    installs: Context, held: Installation
) -> None:
    set_to(installs, held, **ALL)
    told(installs, "deauthorized", START - 1)
    assert ALL.items() <= set_to(installs, held, payee_name="Bakery").items()


@pytest.mark.parametrize("user", [USER, OTHER])
def test_an_uninstallation_removes_all_and_a_new_installation_starts_without_any(
    installs: Context, held: Installation, user: str
) -> None:
    set_to(installs, held, **ALL)
    told(installs, "deauthorized", START + 1)
    assert (NOTHING | {"payee_verified": False}).items() <= shown(installs).items()
    found = connected(installs, user, at=START + 2)
    assert found.stands
    assert members_set(found) == set()
    # Nor does the proof come back with the origin.
    assert set_to(installs, found, Prover(False), payee_origin=BAKERY)["payee_verified"] is False


def test_in_live_mode_stripe_confirms_the_installation_first(
    live: Context, accounts: FakeAccounts, clock: Clock
) -> None:
    held = connected(live, livemode=True)
    accounts.fails("installs", "down")
    accounts.fails("account", "down")
    accounts.install(ACCOUNT, APP_ID)
    assert refusal(edit_members, live, held, ALL, Prover()).code == "stripe_unavailable"
    assert members_set(load(live.table, ACCOUNT)) == set()
    found = edit_members(live, load(live.table, ACCOUNT), ALL, Prover())
    assert found.is_confirmed


def test_in_live_mode_a_payees_name_is_one_that_stripe_has_of_the_account(
    live: Context, accounts: FakeAccounts
) -> None:
    accounts.install(ACCOUNT, APP_ID)
    held = connected(live, livemode=True)
    told(live, "authorized")
    for name in ("Bakery", "Bäckerei am Markt", "BAKERY"):
        held = edit_members(live, held, {"payee_name": name}, Prover())
        assert held.payee_name == name
    for name in ("Amazon", "bakery", "Bakery."):
        problem = refusal(edit_members, live, held, {"payee_name": name}, Prover())
        assert isinstance(problem, Invalid)
        assert (problem.status, problem.code) == (422, "payee_name_unknown")
        assert [error["pointer"] for error in problem.errors] == ["/payee_name"]
    asked = accounts.called("account")
    # neither a name that stays nor another member needs Stripe
    assert edit_members(live, held, {"payee_name": "BAKERY", "clients": ["c"]}).clients == ("c",)
    assert accounts.called("account") == asked
    accounts.fails("account", "unpermitted")
    assert refusal(edit_members, live, held, {"payee_name": "Bakery"}).code == "permission_missing"
    found = edit_members(live, held, {"payee_name": None, "payee_origin": BAKERY}, Prover())
    assert found.payee(livemode=True, now=START) == (None, BAKERY)


def test_the_payees_version_rises_with_each_change_of_what_payers_are_shown(
    installs: Context, held: Installation
) -> None:
    def version(**wanted: Any) -> int:
        return edit_members(installs, load(installs.table, ACCOUNT), wanted, Prover()).payee_version

    assert version(**ALL) == 1
    assert version(**ALL) == version(clients=["c"], checkout_origins=[]) == 1
    assert version(payee_name="Other") == 2
    assert version(payee_origin=None) == 3
    told(installs, "deauthorized", START + 1)
    assert connected(installs, at=START + 2).payee_version == 3


def test_a_proof_is_renewed_after_a_week_and_lapses_three_days_later(
    installs: Context, held: Installation, clock: Clock
) -> None:
    hours, days = 3600, 24 * 3600

    def renewed(prove: Prover) -> bool:
        found = renew_proof(installs, load(installs.table, ACCOUNT), prove)
        assert found == load(installs.table, ACCOUNT)
        return found.is_payee_proven(clock())

    gone, there = Prover(False), Prover()
    set_to(installs, held, payee_origin=BAKERY)
    clock.advance(7 * days - 1)
    assert renewed(gone)
    assert gone.asked == []
    clock.advance(1)
    for asked in (1, 1, 2):  # once an hour at most
        assert renewed(gone)
        assert len(gone.asked) == asked
        clock.advance(hours // 2)
    clock.advance(3 * days)
    assert not renewed(gone)
    clock.advance(hours)
    assert renewed(there)
    clock.advance(7 * days - 1)
    assert renewed(gone)
    assert len(gone.asked) == 3
