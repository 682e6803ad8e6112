"""Each decision can be found, and says why it was made and what was tried or weighed instead."""

import re
from pathlib import Path

import pytest

PAPER = (Path(__file__).parents[2] / "docs" / "decisions.md").read_text("utf-8")
TOP, *SECTIONS = re.split(r"^## ", PAPER, flags=re.MULTILINE)
TITLES = {section.partition("\n")[0]: section for section in SECTIONS}


def test_the_list_at_the_top_has_each_decision_once() -> None:
    assert len(TITLES) > 40
    assert sorted(re.findall(r"^\[([^\]]+)\]\(#", TOP, flags=re.MULTILINE)) == sorted(TITLES)


@pytest.mark.parametrize("title", TITLES)
def test_a_decision_has_its_reason_and_what_it_was_chosen_over(title: str) -> None:
    assert re.search(r"^\*\*Why\.\*\* ", TITLES[title], flags=re.MULTILINE)
    assert re.search(r"^\*\*Instead\.\*\* ", TITLES[title], flags=re.MULTILINE)
