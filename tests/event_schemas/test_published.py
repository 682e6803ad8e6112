"""What was published is kept: a change that would break a consumer needs a new version."""

from dataclasses import make_dataclass
from pathlib import Path

import pytest

from tests.event_schemas.shapes import shape
from tools.event_schemas.json_schema import Shape, schema_of
from tools.event_schemas.published import find_broken_promises, text_of

BROKEN = make_dataclass("ParcelData", [("status", str)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which one event is published, beside a file that is no schema."""
    publish(tmp_path, shape())
    (tmp_path / "package.json").write_text("{}")
    return tmp_path


def publish(folder: Path, *shapes: Shape) -> None:
    for one in shapes:
        (folder / one.file_name).write_text(text_of(schema_of(one)))


def test_what_has_not_changed_keeps_its_promise(folder: Path) -> None:
    assert list(find_broken_promises(folder, [shape()])) == []


def test_another_kind_of_event_may_be_added(folder: Path) -> None:
    assert list(find_broken_promises(folder, [shape(), shape("parcel.lost")])) == []


def test_a_break_says_which_version_it_needs(folder: Path) -> None:
    found = list(find_broken_promises(folder, [shape(data=BROKEN)]))
    assert any(text.startswith("parcel.sent: detail.data.title is gone.") for text in found)
    assert all(text.endswith("raise the event's version in the catalog to 2.") for text in found)


def test_a_break_with_a_new_version_is_allowed(folder: Path) -> None:
    second = shape(version=2, data=BROKEN)
    assert list(find_broken_promises(folder, [second])) == []
    publish(folder, second)
    assert list(find_broken_promises(folder, [second])) == []


def test_a_version_never_goes_back(folder: Path) -> None:
    publish(folder, shape(version=2, data=BROKEN))
    [found] = find_broken_promises(folder, [shape()])
    assert found.startswith("parcel.sent was published as version 2, and the catalog says 1")


def test_the_tenth_version_is_newer_than_the_ninth(folder: Path) -> None:
    publish(folder, shape(version=10), shape(version=9))
    assert list(find_broken_promises(folder, [shape(version=10)])) == []
    assert list(find_broken_promises(folder, [shape(version=9)])) != []


def test_an_event_that_is_told_no_more_is_found(folder: Path) -> None:
    [found] = find_broken_promises(folder, [shape("parcel.lost")])
    assert found.startswith("parcel.sent was published and is not told any more")
