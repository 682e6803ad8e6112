"""What the quick loop leaves to `make test`, of functions with many cases."""

from dataclasses import dataclass
from typing import Any

from tests.support.exhaustive import between_first_and_last


@dataclass
class Case:
    """A case as pytest collects it, as far as the choice looks at it."""

    nodeid: str
    marked: bool = False

    def get_closest_marker(self, name: str) -> bool | None:
        assert name == "exhaustive"
        return self.marked or None


def left_out(*cases: Case) -> list[str]:
    listed: Any = cases
    return [item.nodeid for item in between_first_and_last(listed)]


def test_the_first_and_the_last_case_of_a_function_are_tried() -> None:
    cases = [Case(f"tests/test_a.py::test_b[{case}]") for case in ("en", "fr", "ja", "x[1]")]
    assert left_out(*cases) == ["tests/test_a.py::test_b[fr]", "tests/test_a.py::test_b[ja]"]


def test_two_cases_are_tried_of_each_function_wherever_its_cases_are() -> None:
    names = [f"test_a.py::{test}[{case}]" for case in range(3) for test in ("test_b", "test_c")]
    assert left_out(*map(Case, names)) == ["test_a.py::test_b[1]", "test_a.py::test_c[1]"]
    assert left_out(Case("test_a.py::test_b"), Case("test_b.py::test_b")) == []


def test_a_case_that_is_exhaustive_already_is_not_the_last_one() -> None:
    cases = [Case(f"t[{n}]", marked=n > 2) for n in range(5)]
    assert left_out(*cases) == ["t[1]"]
