"""docs/payments.md is held to the machine of payments, its words and its codes."""

import re
from typing import get_args

import pytest

from countersign.payments.machine import MOVES, Move
from countersign.payments.misfits import Misfit
from countersign.payments.status import Next, Status
from tests.support.service import ROOT
from tools.papers.error_page import read_table
from tools.papers.payment_machine import PAGE, picture, picture_of_open
from tools.papers.payment_times import shown

TEXT = (ROOT / PAGE).read_text("utf-8")
STATUSES = frozenset(get_args(Status))
_LINE = re.compile(r"^    (\S+) --> ([^\s:]+)(?:: (.+))?$", re.MULTILINE)


def rows(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading."""
    below = TEXT.partition(f"{heading}\n")[2]
    [found, *_] = re.findall(r"(?:^\|.*\n)+", below, re.MULTILINE)
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in found.splitlines()[2:]]


def words(cell: str) -> set[str]:
    return set(re.findall(r"`([a-z_]+)`", cell))


def test_each_move_is_in_one_picture_unless_it_leaves_the_payment_as_it_is() -> None:
    drawn = [
        {name for *_, names in _LINE.findall(draw(MOVES)) for name in names.split(", ") if name}
        for draw in (picture, picture_of_open)
    ]
    stays = {name for name, found in MOVES.items() if found.begins == found.ends} - {"ask"}
    assert not drawn[0] & drawn[1]
    assert drawn[0] | drawn[1] == MOVES.keys() - stays


def test_the_pictures_have_each_state_and_no_other_but_those_that_stand_for_several() -> None:
    ends = {
        end
        for draw in (picture, picture_of_open)
        for found in _LINE.findall(draw(MOVES))
        for end in found[:2]
    }
    assert ends - {"open", "[*]", "after_create"} == STATUSES


def test_a_picture_has_a_line_for_each_way_of_a_move() -> None:
    both = frozenset[Status]({"ready", "processing"})
    moves = {
        "create": Move(frozenset(), frozenset({"ready"}), ("merchant",), "It begins."),
        "decline": Move(both, frozenset({"failed"}), ("Stripe",), "It fails."),
        "record": Move(both, both, ("time",), "It waits."),
    }
    assert picture(moves).splitlines() == [
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> ready: create",
        "    ready --> failed: decline",
        "    processing --> failed: decline",
        "    failed --> [*]",
        "```",
    ]


def test_what_ends_in_many_ways_goes_through_a_diamond() -> None:
    ends = frozenset[Status]({"ready", "failed", "in_review", "requires_card"})
    found = picture({"create": Move(frozenset(), ends, ("merchant",), "It begins.")})
    assert "    state after_create <<choice>>\n    [*] --> after_create: create\n" in found
    assert {end for begin, end, _ in _LINE.findall(found) if begin == "after_create"} == ends


def test_the_table_of_moves_says_of_each_what_is_claimed_and_with_which_key() -> None:
    listed = {row[0].strip("`"): row for row in rows("<!-- moves, written by `make papers` -->")}
    assert listed.keys() == MOVES.keys()
    for name, found in MOVES.items():
        assert listed[name][5] == found.claims
        assert listed[name][7].strip("`") == found.key


def test_the_statuses_are_those_of_the_code_with_every_next_word() -> None:
    listed = rows("## Statuses")
    assert [row[0].strip("`") for row in listed] == [
        *("requires_card", "in_review", "requires_step_up", "ready", "requires_action"),
        *("processing", "succeeded", "canceled", "failed", "unreachable"),
    ]
    assert {row[0].strip("`") for row in listed} == STATUSES
    following = {word for union in get_args(Next) for word in get_args(union)}
    assert following - words(" ".join(row[2] for row in listed)) == {"stop"}


def test_every_misfit_is_said() -> None:
    listed = rows("### What is not captured")
    assert [row[0].strip("`") for row in listed] == list(get_args(Misfit))


def test_what_can_go_wrong_names_each_code_of_the_payments() -> None:
    named = words(" ".join(row[0] for row in rows("## What can go wrong")))
    codes = read_table(ROOT)["payments"]["codes"].keys()
    assert codes - named == {"payment_not_found"}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1, "1 second"), (90, "90 seconds"), (900, "15 minutes"), (3600, "1 hour"),
     (82_800, "23 hours"), (172_800, "2 days")],
)  # fmt: skip
def test_a_time_is_said_in_the_largest_unit_that_it_is_a_number_of(seconds: int, text: str) -> None:
    assert shown(seconds) == text
