"""The generated pages are held to what they are made from."""

import ast
import re
import shutil
from pathlib import Path

import pytest

from tests.support.service import ROOT
from tools import openapi
from tools.papers.__main__ import PAGES, findings, stale
from tools.papers.alarms import check_alarms
from tools.papers.client_codes import CLIENT, client_codes
from tools.papers.configuration_page import configuration_page
from tools.papers.error_page import TABLE, check_table, error_page, read_table
from tools.papers.known_names import PACKAGE
from tools.papers.markdown import Paper, read_papers
from tools.papers.named_codes import check_named_codes
from tools.papers.settings import SETTINGS, check_settings
from tools.papers.template_file import read_template, secrets_of
from tools.problem_codes import problem_codes, said

CODES = problem_codes()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A project with all that the pages are made from, to change."""
    for name in ("template.yaml", str(TABLE), str(SETTINGS), *PAGES):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / CLIENT, tmp_path / CLIENT)
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_pages_that_ship_are_those_that_would_be_written() -> None:
    assert list(stale(ROOT)) == []


def test_the_description_of_the_api_that_ships_is_the_one_that_would_be_written() -> None:
    assert openapi.TARGET.read_text() == openapi.text(), "run `make openapi`"


def test_nothing_is_wrong_in_the_papers_that_ship() -> None:
    assert [str(finding) for finding in findings(ROOT)] == []


@pytest.mark.parametrize(
    ("source", "old", "page"),
    [(str(TABLE), "Ask the payer to pay again", "docs/errors.md"),
     ("template.yaml", "Description: The signing secrets", "docs/configuration.md"),
     (str(SETTINGS), "stripe_app_id=text", "docs/configuration.md")],
)  # fmt: skip
def test_a_page_whose_source_has_changed_is_stale(
    copy: Path, source: str, old: str, page: str
) -> None:
    assert list(stale(copy)) == []
    read_table.cache_clear()
    change(
        copy / source, old, old.replace("A", "An").replace("The", "All").replace("=text", "_=text")
    )
    assert [finding.path for finding in stale(copy)] == [page]


@pytest.mark.parametrize(
    ("codes", "message"),
    [({**CODES, "new_code": 409}, "new_code is a code without an entry: say what it means"),
     ({**CODES, "card_differs": 422}, "card_differs has the status 422, not 409"),
     ({code: CODES[code] for code in CODES if code != "wrong_mode"},
      "wrong_mode is no code any more: remove its entry")],
)  # fmt: skip
def test_the_table_of_codes_is_held_to_the_code_in_both_directions(
    codes: dict[str, int], message: str
) -> None:
    assert [finding.message for finding in check_table(ROOT, codes)] == [message]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("| 409 `card_differs`, `not_installed` | x |", 0), ("409 `card_differs` or `wrong_mode`", 1),
     ("(422 `card_differs`)", 1), ("404 `none_such`", 1), ("`card_differs` is 1 of 404 `all`", 1)],
)  # fmt: skip
def test_a_code_that_a_guide_names_has_the_status_that_it_says(text: str, wrong: int) -> None:
    found = list(check_named_codes(ROOT, [Paper("docs/guide.md", f"# A\n\n{text}\n")]))
    assert [finding.line for finding in found] == [3] * wrong


def test_a_code_of_the_browser_module_needs_an_entry_too(copy: Path) -> None:
    change(copy / CLIENT / "calls.js", '"token_unavailable"', '"lost_in_space"')
    found = {finding.message for finding in check_table(copy, CODES)}
    assert found == {
        "client.js: lost_in_space is a code without an entry: say what it means",
        "client.js: token_unavailable is no code any more: remove its entry",
    }


def test_every_literal_that_the_browser_module_refuses_with_is_seen() -> None:
    texts = [path.read_text() for path in (ROOT / CLIENT).glob("*.js")]
    refused = {code for text in texts for code in re.findall(r'Refusal\(\s*"(\w+)', text)}
    assert refused < client_codes(ROOT)
    assert {"rate_limited", "dialog_open", "no_platform_authenticator"} <= client_codes(ROOT)


def test_a_refusal_whose_code_is_not_written_out_is_not_left_out() -> None:
    with pytest.raises(ValueError, match="line 1"):
        list(said(ast.parse("raise Problem(409, code, detail)")))


def test_every_code_of_the_functions_is_on_the_page_with_its_status() -> None:
    page = error_page(ROOT)
    assert [code for code, status in CODES.items() if f"| {status} | `{code}` |" not in page] == []


def test_every_parameter_and_every_secrets_member_is_on_the_page() -> None:
    template, page = read_template(ROOT), configuration_page(ROOT)
    names = [
        *template["Parameters"],
        *(key for *_, members in secrets_of(template) for key in members),
    ]
    assert [name for name in names if f"| `{name}` |" not in page] == []


def test_a_setting_that_the_template_gives_to_nobody_is_found(copy: Path) -> None:
    change(copy / SETTINGS, '"SPC_RP_NAME"', '"SPC_RP_TITLE"')
    found = {finding.message for finding in check_settings(copy)}
    assert found == {
        "reads SPC_RP_TITLE, which template.yaml gives to no function",
        "gives SPC_RP_NAME, which settings.py does not read",
    }


def test_no_function_reads_the_table_of_codes() -> None:
    files = [*(ROOT / PACKAGE).rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    assert [path for path in files if "problem_codes" in path.read_text()] == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [("WEBHOOK_SECRET: !GetAtt WebhookSecret.Id", "WEBHOOK_SECRET: none",
      "WebhookReceipt: its role and its environment differ about WebhookSecret"),
     ("!GetAtt AppSecret.Id, !GetAtt TokenSecret.Id", "!GetAtt TokenSecret.Id",
      "InstallCallback: its role and its environment differ about AppSecret")],
)  # fmt: skip
def test_a_function_is_told_of_the_secrets_that_its_role_opens_and_of_no_other(
    copy: Path, old: str, new: str, message: str
) -> None:
    change(copy / "template.yaml", old, new)
    assert [finding.message for finding in check_settings(copy)] == [message]


@pytest.mark.parametrize(
    ("path", "old", "new", "message"),
    [("template.yaml", "MetricName: BlankSecret", "MetricName: EventReceived",
      "metric BlankSecret: no alarm watches it"),
     ("template.yaml", "MetricName: BlankSecret", "MetricName: BlankWord",
      "metric BlankWord: the code never counts it"),
     ("docs/operations.md", "`SlowWebhooks`", "`SlowOnes`", "does not list SlowWebhooks"),
     ("docs/operations.md", "| `EventReceived`", "| `Events`", "does not list EventReceived")],
)  # fmt: skip
def test_the_alarms_the_metrics_and_their_page_are_held_to_one_another(
    copy: Path, path: str, old: str, new: str, message: str
) -> None:
    for name in ("layers/countersign/countersign", "functions", "docs"):
        shutil.copytree(ROOT / name, copy / name, dirs_exist_ok=True)
    change(copy / path, old, new)
    assert message in {one.message for one in check_alarms(copy, read_papers(copy))}
