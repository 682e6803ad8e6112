"""A guide as a script: the commands of its shell blocks, and what it says that they print."""

import re
import shlex
import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from local.config import own_pages
from tests.support.service import ROOT
from tools.papers.markdown import Paper, read_papers

PAPERS = {paper.path: paper for paper in read_papers(ROOT)}
ADDRESS = "localhost:8000"
_CONNECTED = ("docs/payment-confirmation.md", '"clients"')
BEFORE = {"docs/step-up.md": _CONNECTED, "docs/payments.md": _CONNECTED}
"""A guide that begins with the steps of another, up to the one that has these words in it."""

_RUN = re.compile(r"^\s*((?:[A-Z_]+=\S*\s+)*)make run\b")
_ELSEWHERE = re.compile(
    r"http\.server|\bsam |\baws |\bstripe |\bcurl (?:-\S+ )*https:|^ *GOOGLE_PAY_\w+="
)
_PERSON = f"PYTHONPATH={shlex.quote(str(ROOT))} {shlex.quote(sys.executable)} -m tests.papers.payer"
_DONE_BY_HAND = {
    "/spc-auth-request": f'{_PERSON} register {ADDRESS} "$PAYER"',
    "/spc-ceremonies/": f"{_PERSON} confirm {ADDRESS} http://localhost:3000 site/confirmation.json",
}
"""What a person does in the browser before a block with such a call in it."""
_REFUSAL = '# {"type":"about:blank"'
_BEGIN = """set -euo pipefail
curl() { command curl --fail-with-body --show-error "$@" | tee -a told; }
step() { printf '\\n== %s\\n' "$1" | tee -a told; }
"""


class Step(NamedTuple):
    """One block: its line in the guide, its commands, and the outputs that its comments show."""

    line: int
    script: str
    outputs: list[str]


def guides() -> list[str]:
    """The papers whose commands call a local run."""
    return [path for path, paper in PAPERS.items() if any(map(_calls, _texts(paper)))]


def environment(papers: Iterable[Paper]) -> dict[str, str]:
    """What guides set for `make run`, in one: these settings are lists."""
    found: dict[str, list[str]] = {}
    for line in (line for paper in papers for text in _texts(paper) for line in text.splitlines()):
        for pair in run[1].split() if (run := _RUN.match(line)) else []:
            name, value = pair.split("=", 1)
            found.setdefault(name, []).append(value)
    return {name: ",".join(dict.fromkeys(values)) for name, values in found.items()}


def allowed(url: str) -> dict[str, str]:
    """What all guides set, for a service at this address that its own pages go on using."""
    own = {"ALLOWED_ORIGINS": url, "ALLOWED_RETURN_URLS": own_pages(url)}
    asked = environment(PAPERS[path] for path in guides())
    return {name: ",".join((value, asked.pop(name))) for name, value in own.items()} | asked


def steps(paper: Paper) -> list[Step]:
    """The blocks in order, without the commands that start something or that reach a cloud."""
    found = list(_before(*BEFORE[paper.path])) if paper.path in BEFORE else []
    for block in paper.shell_blocks():
        by_hand = [done for call, done in _DONE_BY_HAND.items() if call in block.text]
        lines = _as_refused(block.text.replace("\\\n", " ").splitlines())
        kept = [line for line in lines if not (_RUN.match(line) or _ELSEWHERE.search(line))]
        found.append(Step(block.line, "\n".join([*by_hand, *kept]), list(_outputs(block.text))))
    return found


def script(found: list[Step], address: str) -> str:
    """All steps as one script, which ends at the first command that fails or is refused. It leaves
    all that the service said in a file, `told`.
    """
    marked = (f"step {step.line}\n{step.script}\n" for step in found)
    return _BEGIN + "".join(marked).replace(ADDRESS, address)


def parts(printed: str) -> dict[int, str]:
    """What each step printed, by its line."""
    _, *found = re.split(r"^== (\d+)\n", printed, flags=re.MULTILINE)
    return dict(zip(map(int, found[::2]), found[1::2], strict=True))


def _texts(paper: Paper) -> list[str]:
    return [block.text for block in paper.shell_blocks()]


def _calls(text: str) -> bool:
    return f"curl -s {ADDRESS}" in text or f"{ADDRESS}/_local/token" in text


def _as_refused(lines: list[str]) -> list[str]:
    """The lines, in which a call may and must be refused where a refusal is shown below it: curl
    then ends with 22.
    """
    below = [*lines[1:], ""]
    return [
        f"{line} && exit 1 || test $? = 22" if shown.startswith(_REFUSAL) else line
        for line, shown in zip(lines, below, strict=True)
    ]


def _before(path: str, last: str) -> Iterator[Step]:
    for step in steps(PAPERS[path]):
        yield step._replace(outputs=[])
        if last in step.script:
            return


def _outputs(text: str) -> Iterator[str]:
    """The JSON that a comment below a command shows, however many lines it takes."""
    for shown in re.finditer(r"^# [{\[].*(?:\n#  .*)*", text, re.MULTILINE):
        if shown[0].endswith(("}", "]")):
            yield re.sub(r"^#", "", shown[0], flags=re.MULTILINE)
