"""What a run remembers of its events."""

from pathlib import Path

from local.events.kept import Entry, Kept


def entry(number: int, subject: str = "vs_1") -> Entry:
    return Entry(f"key {number}", subject, {"number": number})


def numbers(kept: Kept, subject: str | None = None) -> list[int]:
    return [body["number"] for body in kept.newest("event", 100, subject)]


def test_entries_are_given_oldest_first_and_the_last_of_them_if_they_are_many(
    tmp_path: Path,
) -> None:
    kept = Kept(tmp_path / "events.sqlite")
    kept.add("event", map(entry, range(5)))
    assert numbers(kept) == [0, 1, 2, 3, 4]
    assert [body["number"] for body in kept.newest("event", 2)] == [3, 4]


def test_an_entry_that_comes_twice_is_kept_once_and_told_to_be_known(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "events.sqlite")
    assert kept.add("event", [entry(1)]) == [entry(1)]
    assert kept.add("event", [entry(1), entry(2)]) == [entry(2)]
    assert numbers(kept) == [1, 2]


def test_what_was_kept_survives_a_restart(tmp_path: Path) -> None:
    first = Kept(tmp_path / "events.sqlite")
    first.add("event", [entry(1)])
    first.close()
    again = Kept(tmp_path / "events.sqlite")
    assert again.add("event", [entry(1)]) == []
    again.add("event", [entry(2)])
    assert numbers(again) == [1, 2]


def test_the_oldest_of_each_kind_are_forgotten(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "events.sqlite", most=3)
    kept.add("change", [entry(0)])
    kept.add("event", map(entry, range(5)))
    kept.add("event", [entry(5)])
    assert numbers(kept) == [3, 4, 5]
    assert kept.newest("change", 100) == [{"number": 0}]


def test_the_entries_of_one_subject_can_be_asked_for(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "events.sqlite")
    kept.add("event", [entry(1), entry(2, "acct_1"), entry(3)])
    assert numbers(kept, "vs_1") == [1, 3]
    assert numbers(kept, "nobody") == []
