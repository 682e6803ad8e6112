"""When something is read again, and where it stands in the index `Due`."""

from hypothesis import given
from hypothesis import strategies as st

from countersign.aws.due_index import DAY, HOUR, SHARDS, next_read, shard_of


def reads(days: int) -> list[int]:
    """All reads of what began at 0 and stays as it is, each made a second after it was due."""
    found: list[int] = []
    at = next_read(0, 0, days)
    while at is not None:
        found.append(at)
        at = next_read(0, at + 1, days)
    return found


def test_what_stays_open_is_read_after_1_6_and_24_hours_then_daily() -> None:
    assert reads(4) == [HOUR, 6 * HOUR, DAY, 2 * DAY, 3 * DAY, 4 * DAY]
    assert reads(30)[-1] == 30 * DAY


@given(st.integers(0, 10**10), st.integers(-10, 40 * DAY), st.sampled_from([7, 30]))
def test_the_next_read_is_later_and_within_a_day(begun: int, elapsed: int, days: int) -> None:
    at = next_read(begun, begun + elapsed, days)
    if at is None:
        assert elapsed >= days * DAY
    else:
        assert elapsed < at - begun <= min(days * DAY, max(elapsed, 0) + DAY)


@given(st.text())
def test_each_key_has_one_shard(pk: str) -> None:
    assert shard_of(pk) == shard_of(pk)
    assert shard_of(pk) in SHARDS


def test_keys_are_spread_over_all_shards() -> None:
    counts = [0] * len(SHARDS)
    for number in range(3200):
        counts[SHARDS.index(shard_of(f"session#vs_{number}"))] += 1
    assert min(counts) > 100
