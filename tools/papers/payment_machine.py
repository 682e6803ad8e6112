"""The pictures and tables of docs/payments.md: made from the machine of payments, from what is said
when an authorized payment is judged, and from the times that the code keeps.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

from countersign.payments.machine import MOVES, Move, MoveName
from countersign.payments.misfits import MEANINGS
from countersign.payments.status import ENDED, OPEN
from tools.papers.payment_times import times
from tools.papers.tables import code, fill_tables, table

PAGE = "docs/payments.md"
_ORDER = (
    *("requires_card", "in_review", "requires_step_up", "ready", "processing", "requires_action"),
    *("unreachable", "succeeded", "canceled", "failed"),
)
"""The states, in the order in which a payment goes through them."""
_MANY = len(OPEN) - 1
"""States that are drawn as one, since a move begins or ends in so many."""
_FEW = 3
"""States that a move ends in by lines of its own; those to more share a diamond."""
_BEGIN = "[*]"


def payments_page(root: Path) -> str:
    """Return the page, with its pictures and tables made again."""
    header = ["move", "from", "to", "by", "what happens", "claimed first", "call", "key"]
    made = {
        "picture": picture(MOVES),
        "picture of every open state": picture_of_open(MOVES),
        "moves": table(header, _rows(MOVES)),
        "misfits": table(["`reason`", "what was read"], _misfits()),
        "times": table(["for", "at"], times()),
    }
    return fill_tables(PAGE, (root / PAGE).read_text("utf-8"), made)


def picture(moves: Mapping[MoveName, Move]) -> str:
    """Return the picture of the moves between few states."""
    lines: dict[tuple[str, str], list[str]] = {}
    diamonds: dict[AbstractSet[str], str] = {}
    for name, found in moves.items():
        if _stays(found) or _is_of_all(found):
            continue
        begins: AbstractSet[str] = found.begins or {_BEGIN}
        ends: AbstractSet[str] = found.ends
        if len(ends) > _FEW:
            ends = frozenset({diamonds.setdefault(found.ends, f"after_{name}")})
        for begin in begins:
            for end in ends:
                lines.setdefault((begin, end), []).append(name)
    shared = {(node, end): list[str]() for ends, node in diamonds.items() for end in ends}
    return _drawn({**lines, **shared}, diamonds.values())


def picture_of_open(moves: Mapping[MoveName, Move]) -> str:
    """Return the picture of the moves that every open state has, drawn from one that stands for
    all of them.
    """
    lines: dict[tuple[str, str], list[str]] = {}
    for name, found in moves.items():
        if _stays(found) or not _is_of_all(found):
            continue
        for begin in _as_one(found.begins):
            for end in _as_one(found.ends):
                lines.setdefault((begin, end), []).append(name)
    return _drawn(lines)


def _stays(found: Move) -> bool:
    """Whether a move leaves a payment where it is."""
    return len(found.begins) > 1 and found.begins == found.ends


def _is_of_all(found: Move) -> bool:
    """Whether a move begins or ends in nearly every open state."""
    return max(len(found.begins), len(found.ends)) >= _MANY


def _as_one(states: AbstractSet[str]) -> AbstractSet[str]:
    return frozenset({"open"}) if len(states) >= _MANY else states


def _drawn(lines: Mapping[tuple[str, str], list[str]], diamonds: Iterable[str] = ()) -> str:
    shown = [f"    state {node} <<choice>>" for node in diamonds]
    for begin, end in sorted(lines, key=lambda line: tuple(map(_place, line))):
        names = ", ".join(lines[begin, end])
        shown.append(f"    {begin} --> {end}" + (f": {names}" if names else ""))
    ended = sorted({end for _, end in lines} & ENDED, key=_place)
    shown += [f"    {end} --> {_BEGIN}" for end in ended]
    return "\n".join(["```mermaid", "stateDiagram-v2", *shown, "```", ""])


def _place(state: str) -> tuple[int, str]:
    return (_ORDER.index(state) if state in _ORDER else -1, state)


def _rows(moves: Mapping[MoveName, Move]) -> Iterator[list[str]]:
    for name, found in moves.items():
        ends = "as it is" if _stays(found) else _named(found.ends)
        begins = _named(found.begins) or "nothing"
        by, call = ", ".join(found.by), code(found.call or "")
        yield [code(name), begins, ends, by, found.means, found.claims, call, code(found.key)]


def _named(states: AbstractSet[str]) -> str:
    """The names of states; open ones as one where they are all, or all but one."""
    missing = sorted(OPEN - states, key=_place)
    if len(missing) > 1 or not states:
        return ", ".join(code(state) for state in sorted(states, key=_place))
    others = [f"all open{''.join(f' but `{state}`' for state in missing)}"]
    if states >= ENDED:
        others.append("ended")
    return ", ".join(others)


def _misfits() -> Iterator[list[str]]:
    for name, meaning in MEANINGS.items():
        yield [code(name), meaning]
