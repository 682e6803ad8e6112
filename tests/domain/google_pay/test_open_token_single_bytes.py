"""No token opens once any one byte of it has been changed."""

import json
from collections.abc import Callable, Iterator

import pytest

from countersign.google_pay.open_token import open_token
from countersign.google_pay.payload import OpenedToken
from countersign.google_pay.refusals import InvalidToken
from tests.support.exhaustive import exhaustive, some
from tests.support.google_pay import NOW_MS, Recipient
from tests.support.google_pay_vectors import ABSENT, FOLDER, of_google

OURS = Recipient()
COMPACT = json.dumps(json.loads(OURS.seal()), separators=(",", ":"))
"""As most JSON writers have it; Google's writes `=` as an escape."""
BITS = [0x01, exhaustive(0x20), exhaustive(0x80)]
"""The next letter, its other case, and what is not ASCII."""
SIGNIFICANT = some(1, '"\\ ,')

Opening = Callable[[str], OpenedToken]


def flipped(token: str, bit: int) -> Iterator[str]:
    """The token with this bit flipped in each byte."""
    data = token.encode()
    for at, byte in enumerate(data):
        yield (data[:at] + bytes([byte ^ bit]) + data[at + 1 :]).decode("latin-1")


def replaced(token: str, character: str) -> Iterator[str]:
    """The token with this character in place of each other one."""
    for at, found in enumerate(token):
        if character != found:
            yield token[:at] + character + token[at + 1 :]


def survivors(changed: Iterator[str], opening: Opening) -> tuple[int, list[str]]:
    """How many were tried, and those that were opened; a refusal is of an invalid token."""
    tried, opened = 0, []
    for token in changed:
        tried += 1
        try:
            opening(token)
        except InvalidToken:
            continue
        opened.append(token)
    return tried, opened


def ours() -> Opening:
    keys = OURS.keys
    return lambda token: open_token(token, keys, NOW_MS)


@pytest.mark.exhaustive  # each byte
@pytest.mark.parametrize("bit", BITS)
def test_no_flipped_bit_leaves_a_token_that_opens(bit: int) -> None:
    assert ours()(COMPACT)
    tried, opened = survivors(flipped(COMPACT, bit), ours())
    assert tried == len(COMPACT) > 1000
    assert opened == []


@pytest.mark.parametrize("character", SIGNIFICANT)
def test_no_character_of_json_in_anothers_place_leaves_a_token_that_opens(character: str) -> None:
    tried, opened = survivors(replaced(COMPACT, character), ours())
    assert tried > 0.9 * len(COMPACT)
    assert opened == []


@pytest.mark.exhaustive
def test_without_any_one_character_no_token_opens() -> None:
    without = (COMPACT[:at] + COMPACT[at + 1 :] for at in range(len(COMPACT)))
    assert survivors(without, ours())[1] == []
    assert survivors((COMPACT[:at] for at in range(len(COMPACT))), ours())[1] == []


@pytest.mark.exhaustive
def test_the_only_change_that_opens_is_one_that_json_does_not_see() -> None:
    """In Google's own spelling `=` is an escape, whose hexadecimal digits have two cases."""
    token = OURS.seal()
    _, opened = survivors(flipped(token, 0x20), ours())
    escapes = token.count("\\u003d") - token.count("\\\\u003d")
    assert len(opened) == escapes
    for other in opened:
        assert json.loads(other) == json.loads(token)
        assert ours()(other).message_id == ours()(token).message_id


@pytest.mark.exhaustive
@pytest.mark.skipif(not FOLDER.exists(), reason=ABSENT)
def test_no_changed_byte_leaves_a_token_of_googles_that_opens() -> None:
    recorded, expected = of_google()
    keys, now_ms = recorded.keys, int(expected["messageExpiration"]) - 1

    def opening(token: str) -> OpenedToken:
        return open_token(token, keys, now_ms)

    assert opening(recorded.token)
    for changed in (flipped(recorded.token, 0x01), replaced(recorded.token, '"')):
        tried, opened = survivors(changed, opening)
        assert tried > 0.9 * len(recorded.token)
        assert opened == []
