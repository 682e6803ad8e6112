"""What the holder of an account sets: every member, right and wrong, and what becomes of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from countersign.installs.context import Context
from countersign.installs.edit_installation import edit_members
from countersign.installs.installation import Installation, view
from countersign.installs.store import load
from countersign.problems import Invalid
from tests.support.installing import ACCOUNT, connected
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.visits import refusal

BAKERY = "https://bakery.example"


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
    return view(load(context.table, ACCOUNT), livemode=False)


def set_to(
    context: Context, held: Installation, prove: Prover | None = None, **wanted: Any
) -> dict[str, Any]:
    """The installation as it is shown once these members are set, in the answer as in the table."""
    found = edit_members(context, held, wanted, prove or Prover())
    assert view(found, livemode=False) == shown(context)
    return shown(context)


NAMES = {
    "Bakery": "Bakery", "  Bäckerei  ": "Bäckerei", "Cafe\u0301": "Café", "日本のパン屋": "日本のパン屋",
    "a": "a", "x" * 64: "x" * 64, "🥐": "🥐", "O'Neil & Söhne, <b>": "O'Neil & Söhne, <b>",
    "نان\u200cوایی": "نان\u200cوایی", "مخبز": "مخبز", "e\u0301" * 64: "é" * 64,
    "👩\u200d🍳": "👩\u200d🍳",
}  # fmt: skip
WRONG_NAMES = [
    "", " ", "\u3000", "x" * 65, "x" * 10_000, "a\x00b", "a\nb", "a\tb", "a\x7fb", "a\x85b", "a\u2028b", "a\u2029b",
    "a\u202eb", "a\u202ab", "a\u202bb", "a\u202cb", "a\u202db", "a\u2066b", "a\u2067b", "a\u2068b", "a\u2069b",
    "a\u200eb", "a\u200fb", "a\u061cb", "a\u00adb", "a\ufeffb", "a\u200bb", "a\u2060b", "a\ue000b", "a\ud800b",
    "a\U000e0041b", "a\uffffb", "\u200d", "\u200c\u200d", "\u3164", "\u115f\u1160", "\uffa0", "\u2800",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_payee_has_a_name(installs: Context, held: Installation, name: str) -> None:
    assert set_to(installs, held, payee_name=name)["payee_name"] == NAMES[name]


@pytest.mark.parametrize("name", WRONG_NAMES, ids=lambda name: ascii(name)[:20])
def test_a_name_that_hides_something_is_refused(
    installs: Context, held: Installation, name: str
) -> None:
    assert pointers(installs, held, payee_name=name) == ["/payee_name"]


def pointers(context: Context, held: Installation, **wanted: Any) -> list[str]:
    """What is wrong with members; nothing was stored and nobody asked for a proof."""
    before, prove = load(context.table, ACCOUNT), Prover()
    problem = refusal(edit_members, context, held, wanted, prove)
    assert isinstance(problem, Invalid)
    assert (problem.status, problem.code) == (422, "invalid_request")
    assert load(context.table, ACCOUNT) == before
    assert prove.asked == []
    return [error["pointer"] for error in problem.errors]


def test_a_payee_origin_is_https_and_as_browsers_write_it(
    installs: Context, held: Installation
) -> None:
    assert (
        set_to(installs, held, payee_origin="HTTPS://Bakery.Example:443/")["payee_origin"] == BAKERY
    )
    for wrong in (
        "http://bakery.example",
        "http://localhost:8000",
        "bakery.example",
        f"{BAKERY}/x",
        "",
    ):
        assert pointers(installs, held, payee_origin=wrong) == ["/payee_origin"]


def test_a_payee_origin_that_is_proven_is_verified(installs: Context, held: Installation) -> None:
    prove = Prover()
    found = set_to(installs, held, prove, payee_origin="https://BAKERY.example")
    assert (found["payee_origin"], found["payee_verified"]) == (BAKERY, True)
    assert prove.asked == [(BAKERY, ACCOUNT)]


def test_one_that_is_not_proven_is_kept_and_not_verified(
    installs: Context, held: Installation
) -> None:
    found = set_to(installs, held, Prover(False), payee_origin=BAKERY)
    assert (found["payee_origin"], found["payee_verified"]) == (BAKERY, False)


def test_a_proof_is_of_one_origin_at_one_time(installs: Context, held: Installation) -> None:
    assert set_to(installs, held, payee_origin=BAKERY)["payee_verified"] is True
    assert set_to(installs, held, Prover(False), payee_name="Bakery")["payee_verified"] is True
    other = set_to(installs, held, Prover(False), payee_origin="https://other.example")
    assert other["payee_verified"] is False
    assert set_to(installs, held, payee_origin=BAKERY)["payee_verified"] is True
    again = set_to(installs, held, Prover(False), payee_origin=BAKERY)
    assert again["payee_verified"] is False


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


def test_checkout_origins_are_kept_once_each_in_their_order(
    installs: Context, held: Installation
) -> None:
    wanted = [
        "https://b.example",
        "https://A.example:443",
        "https://a.example/",
        "https://b.example:8443",
    ]
    found = set_to(installs, held, checkout_origins=wanted)
    assert found["checkout_origins"] == [
        "https://b.example",
        "https://a.example",
        "https://b.example:8443",
    ]


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


SUBJECTS = ["client_1", "auth0|abc", "a" * 255, "google-oauth2|1", "x y"]
WRONG_SUBJECTS = ["", "a" * 256, "é", "a\nb", "a\x00", "\ud800", "\u202e"]


def test_clients_are_subjects_of_tokens(installs: Context, held: Installation) -> None:
    assert set_to(installs, held, clients=[*SUBJECTS, "client_1"])["clients"] == SUBJECTS


@pytest.mark.parametrize("subject", WRONG_SUBJECTS, ids=lambda text: ascii(text)[:10])
def test_what_no_token_can_name_is_no_client(
    installs: Context, held: Installation, subject: str
) -> None:
    assert pointers(installs, held, clients=[subject]) == ["/clients/0"]


ALL: dict[str, Any] = {
    "payee_name": "Bakery",
    "payee_origin": BAKERY,
    "checkout_origins": [BAKERY],
    "clients": ["client_1"],
}


@pytest.mark.parametrize("name", ALL)
def test_a_member_that_is_not_given_stays_and_null_removes_it(
    installs: Context, held: Installation, name: str
) -> None:
    full = set_to(installs, held, **ALL)
    assert ALL.items() <= full.items()
    without = set_to(installs, held, **{name: None})
    empty: Any = [] if isinstance(ALL[name], list) else None
    changed = {name: empty} | ({"payee_verified": False} if name == "payee_origin" else {})
    assert without == full | changed
    assert set_to(installs, load(installs.table, ACCOUNT), Prover(False)) == without


def test_removing_what_is_not_there_is_no_fault(installs: Context, held: Installation) -> None:
    before = shown(installs)
    assert set_to(installs, held, **dict.fromkeys(ALL)) == before


def test_an_empty_list_is_a_list(installs: Context, held: Installation) -> None:
    set_to(installs, held, **ALL)
    found = set_to(installs, held, checkout_origins=[], clients=[])
    assert (found["checkout_origins"], found["clients"]) == ([], [])


def test_nothing_to_set_changes_nothing(
    installs: Context, held: Installation, quick: QuickDynamoDB
) -> None:
    before = dict(quick.rows)
    assert edit_members(installs, held, {}) == held
    assert quick.rows == before
