"""Sets of payments as boxes: for each condition, the bits of the values in the set. Pure."""

from collections.abc import Iterator, Sequence
from operator import and_

Bits = int
Box = tuple[Bits, ...]
"""A payment is in a box when it has one of the values of every condition."""


class TooMuch(Exception):
    """The question needs more steps than allowed."""


class Steps:
    """A limit on the work for a question; raises `TooMuch` when it is used up."""

    def __init__(self, allowed: int) -> None:
        self.left = allowed

    def take(self) -> None:
        """Use one step."""
        if not self.left:
            raise TooMuch
        self.left -= 1


def meets(one: Box, other: Box) -> bool:
    """Whether some payment is in both."""
    return all(map(and_, one, other))


def shared(one: Box, other: Box) -> Box:
    """Return the payments that are in both."""
    return tuple(map(and_, one, other))


def contains(outer: Box, inner: Box) -> bool:
    """Whether every payment of `inner` is in `outer`."""
    return not any(mine & ~theirs for mine, theirs in zip(inner, outer, strict=True))


def without(box: Box, other: Box) -> Iterator[Box]:
    """Yield the payments of a box that are not in the other, in boxes that share none."""
    for at, theirs in enumerate(other):
        if rest := box[at] & ~theirs:
            yield (*box[:at], rest, *box[at + 1 :])
        box = (*box[:at], box[at] & theirs, *box[at + 1 :])


def is_possible(box: Box, families: Sequence[Sequence[Box]]) -> bool:
    """Whether a box has payments that are of one of the kinds of each family."""
    return all(any(meets(box, kind) for kind in kinds) for kinds in families)


def remainder(
    box: Box, others: Sequence[Box], families: Sequence[Sequence[Box]], steps: Steps
) -> Box | None:
    """Return a part of a box that meets none of the others and has payments of one of the kinds of
    each family; `None` when there is none. Each comparison with one of the others is a step.
    """
    waiting = [(box, 0)]
    while waiting:
        piece, number = waiting.pop()
        if not is_possible(piece, families):
            continue
        while number < len(others) and not meets(piece, others[number]):
            number += 1
            steps.take()
        if number == len(others):
            return piece
        steps.take()
        waiting += [(rest, number + 1) for rest in without(piece, others[number])]
    return None
