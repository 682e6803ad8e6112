"""What the papers name: commands, files, modules, tests, functions and parameters."""

import pytest

from tests.support.service import ROOT
from tools.papers.commands import check_commands
from tools.papers.map import PAGE, check_map
from tools.papers.markdown import Paper


def messages(text: str) -> list[str]:
    found = check_commands(ROOT, [Paper("docs/guide.md", text)])
    return [f"{finding.line}: {finding.message}" for finding in found]


@pytest.mark.parametrize(
    "text",
    ["`make run`", "`PORT=9000 make run`", "`make -s event-webhook TYPE=a.b`", "`make`",
     "make sense of it", "```sh\nmake run  # then make tea\n```", "`docs/decisions.md`",
     "`tests/domain/`", "`functions/*/app.py`", "`identity/open_session.py`", "`spc/protocol`",
     "`http/edge`", "`.local/screenshots`", "`test_a_session_without_our_marker_is_ignored`",
     "`python -m tools.openapi --check`", "`python3 -m http.server`", "`application/json`",
     "`countersign/merchant`", "```text\nmake nothing\n```", "`test_…`",
     "```sh\nsam local invoke Pages -e - \\\n  --docker-network host\n```",
     "```sh\nsam deploy --template-file examples/verified_mail/template.yaml \\\n"
     "  --parameter-overrides BusName=a\n```",
     "| parameter | x |\n|---|---|\n| `StripeAppId` | `NotOne` |\n"],
)  # fmt: skip
def test_what_is_there_is_no_finding(text: str) -> None:
    assert messages(text) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [("```sh\nmake run\nmake tea\n```", "3: the Makefile has no target tea"),
     ("```sh\ncd x && make \\\n  tea\n```", "2: the Makefile has no target tea"),
     ("`make brew`", "1: the Makefile has no target brew"),
     ("`PROT=9000 make run`", "1: `make run` reads no variable PROT"),
     ("`make rules PAYMNT=x`", "1: `make rules` reads no variable PAYMNT"),
     ("`docs/none.md`", "1: there is no docs/none.md"),
     ("See\n`functions/none/*.py`", "2: there is no functions/none/*.py"),
     ("```sh\nsam local invoke Pages -e events/none.json\n```", "2: there is no events/none.json"),
     ("```sh\nsam local invoke Nobody\n```", "2: template.yaml has no function Nobody"),
     ("```sh\nsam deploy --parameter-overrides None=1\n```",
      "2: template.yaml has no parameter None"),
     ("```sh\nsam deploy --template-file examples/verified_mail/template.yaml "
      "--parameter-overrides Stage=a\n```",
      "2: examples/verified_mail/template.yaml has no parameter Stage"),
     ("`identity/opening.py`", "1: the package has no identity/opening.py"),
     ("`python -m tools.none`", "1: there is no module tools.none to run"),
     ("`test_xyzzy`", "1: there is no test test_xyzzy"),
     ("| parameter | x |\n|---|---|\n| `None` | a |\n",
      "3: template.yaml has no parameter None")],
)  # fmt: skip
def test_what_is_not_there_is_found_with_its_line(text: str, message: str) -> None:
    assert messages(text) == [message]


@pytest.mark.exhaustive  # compared with each test
def test_a_renamed_test_is_found_with_its_new_name() -> None:
    [found] = messages("`test_a_session_without_our_marker_is_ignored_now`")
    assert found.endswith("is it test_a_session_without_our_marker_is_ignored now?")


def test_the_map_lists_every_module_of_the_package_and_no_other() -> None:
    text = "```text\nspc/       about it\n  verdicts, none  two\n  protocol/  pure\n    cose  a\n    gone\n```"
    found = [finding.message for finding in check_map(ROOT, [Paper(PAGE, text)])]
    assert [message for message in found if message.startswith("lists")] == [
        "lists spc/none, which is not in layers/countersign/countersign",
        "lists spc/protocol/gone, which is not in layers/countersign/countersign",
    ]
    assert "does not list spc/ceremonies of layers/countersign/countersign" in found
    assert not [message for message in found if "spc/verdicts" in message]
