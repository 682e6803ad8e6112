"""Links between the papers, and the anchors that they lead to."""

from pathlib import Path

import pytest

from tools.papers.links import check_links
from tools.papers.markdown import Paper, slug

GUIDE = Paper("docs/guide.md", "# A guide\n\n## Pay & be paid\n\n## Again\n\n## Again\n")


def messages(root: Path, text: str, path: str = "README.md") -> list[str]:
    for folder in ("docs", "layers"):
        (root / folder).mkdir()
    (root / "docs/guide.md").write_text(GUIDE.text)
    (root / path).write_text(text)
    return [str(finding) for finding in check_links(root, [GUIDE, Paper(path, text)])]


@pytest.mark.parametrize(
    "text",
    ["[a](docs/guide.md)", "[a](docs/guide.md#pay--be-paid)", "[a](layers/)", "[a](#here)\n# Here",
     "[a](docs/guide.md#again-1)", "[words\nof two lines](docs/guide.md)", "[a]: docs/guide.md",
     "[a](https://example.com/none)", "[a](mailto:a@example.com)", "`[a](none.md)`",
     "```sh\n[a](none.md)\n```"],
)  # fmt: skip
def test_a_link_that_leads_somewhere_is_no_finding(tmp_path: Path, text: str) -> None:
    assert messages(tmp_path, text) == []


def test_a_link_to_a_file_that_is_not_there_is_found_with_its_line(tmp_path: Path) -> None:
    assert messages(tmp_path, "# A\n\nSee `x` and\n[this](docs/none.md).\n") == [
        "README.md:4: links to docs/none.md, and there is no docs/none.md"
    ]


def test_a_link_is_read_from_the_page_that_it_stands_on(tmp_path: Path) -> None:
    found = messages(tmp_path, "[a](guide.md) [b](docs/guide.md) [c](../layers)", "docs/other.md")
    assert found == ["docs/other.md:1: links to docs/guide.md, and there is no docs/docs/guide.md"]


@pytest.mark.parametrize("anchor", ["again-2", "pay-be-paid", "Again", "guide"])
def test_a_link_to_a_heading_that_is_not_there_is_found(tmp_path: Path, anchor: str) -> None:
    assert messages(tmp_path, f"[a](docs/guide.md#{anchor})") == [
        f"README.md:1: links to docs/guide.md#{anchor}: docs/guide.md has no such heading"
    ]


def test_a_heading_within_a_block_is_no_heading(tmp_path: Path) -> None:
    assert len(messages(tmp_path, "[a](#not-this)\n```sh\n# Not this\n```\n")) == 1


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [("Stripe's clock orders everything", "stripes-clock-orders-everything"),
     ("`make run`, and more", "make-run-and-more"), ("1. Get a token", "1-get-a-token"),
     ("Stored forms may change before 0.2", "stored-forms-may-change-before-02"),
     ("[A link](a.md) in it", "a-link-in-it"), ("snake_case", "snake_case")],
)  # fmt: skip
def test_an_anchor_is_made_as_github_makes_it(heading: str, anchor: str) -> None:
    assert slug(heading) == anchor
