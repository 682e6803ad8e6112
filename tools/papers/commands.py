"""What the papers tell a reader to type or to look at: commands, files, tests, parameters."""

import re
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from tools.papers.known_names import FOLDERS, KnownNames
from tools.papers.markdown import Finding, Paper, Part

Check = Callable[[KnownNames, str], Iterator[str]]

_MAKE = re.compile(r"(?:^|[\s;&|(])make((?:\s+(?:-\S+|[A-Z_]+=\S+))*)\s+([a-z][\w-]*)", re.M)
_ASSIGNED = re.compile(r"\b([A-Z][A-Z_]+)=")
_MODULE = re.compile(r"python3?\s+-m\s+([\w.]+)")
_PATH = re.compile(rf"(?<![\w./$-])(?:\./)?((?:{'|'.join(map(re.escape, FOLDERS))})/[\w./*-]*)")
_INVOKED = re.compile(r"sam local invoke (\w+)")
_OVERRIDES = re.compile(r"--parameter-overrides\s+(.*)")
_TEMPLATE = re.compile(r"--template-file\s+(\S+/template\.yaml)")
_PARAMETER = re.compile(r"(?:^|[\s\"'])([A-Z]\w+)=")
_COMMENT = re.compile(r"(?:^|\s)#.*$", re.M)
_IN_ROOM = re.compile(r"([a-z_]+)/[a-z_]+(?:/[a-z_]+)*(?:\.\w+)?/?")
_ROW = re.compile(r"^\|\s*parameter\s*\|.*\n\|[-| ]+\n((?:\|.*\n?)+)", re.M)


def check_commands(root: Path, papers: Iterable[Paper]) -> Iterator[Finding]:
    """Find what a paper names and the project does not have."""
    known = KnownNames(root)
    for paper in papers:
        for part, message in _named(known, paper):
            yield Finding(paper.path, part.line, message)


def _named(known: KnownNames, paper: Paper) -> Iterator[tuple[Part, str]]:
    checks: list[tuple[Iterator[Part], tuple[Check, ...]]] = [
        (_typed(paper), (_make, _modules, _paths, _sam)),
        (paper.spans(), (_make, _modules, _paths, _rooms, _tests)),
        (_parameter_cells(paper), (_parameters,)),
    ]
    for parts, of_these in checks:
        for part in parts:
            for check in of_these:
                yield from ((part, message) for message in check(known, part.text))


def _typed(paper: Paper) -> Iterator[Part]:
    """The commands of all shell blocks, without comments."""
    for block in paper.shell_blocks():
        for place, line in enumerate(_joined(block.text)):
            yield Part(block.line + place, _COMMENT.sub("", line))


def _parameter_cells(paper: Paper) -> Iterator[Part]:
    """The first cells of tables whose first column is headed `parameter`."""
    for rows in _ROW.finditer(paper.prose):
        first = paper.prose.count("\n", 0, rows.start(1)) + 1
        for place, row in enumerate(rows[1].splitlines()):
            yield Part(first + place, row.split("|")[1])


def _joined(text: str) -> list[str]:
    """The lines of a block, each with those that it is continued on, which are left empty."""
    lines = text.splitlines()
    for place in range(len(lines) - 1, 0, -1):
        if lines[place - 1].endswith("\\"):
            lines[place - 1] = lines[place - 1][:-1] + lines[place]
            lines[place] = ""
    return lines


def _make(known: KnownNames, text: str) -> Iterator[str]:
    for options, target in _MAKE.findall(text):
        if target not in known.targets:
            yield f"the Makefile has no target {target}"
        before = text.partition("make")[0]
        for name in _ASSIGNED.findall(before + options + text.partition(target)[2]):
            if name not in known.variables:
                yield f"`make {target}` reads no variable {name}"


def _modules(known: KnownNames, text: str) -> Iterator[str]:
    for name in _MODULE.findall(text):
        if not known.has_module(name):
            yield f"there is no module {name} to run"


def _paths(known: KnownNames, text: str) -> Iterator[str]:
    for path in _PATH.findall(text):
        if not known.has_path(path.rstrip(".")):
            yield f"there is no {path.rstrip('.')}"


def _rooms(known: KnownNames, text: str) -> Iterator[str]:
    found = _IN_ROOM.fullmatch(text)
    is_of_package = found is not None and found[1] in known.rooms
    if is_of_package and not known.has_module_of_package(text):
        yield f"the package has no {text}"


def _tests(known: KnownNames, text: str) -> Iterator[str]:
    if re.fullmatch(r"test_\w+", text) and text not in known.tests:
        near = get_close_matches(text, known.tests, 1)
        yield f"there is no test {text}" + (f": is it {near[0]} now?" if near else "")


def _parameters(known: KnownNames, text: str) -> Iterator[str]:
    yield from _missing_parameters(known, "template.yaml", re.findall(r"`(\w+)`", text))


def _missing_parameters(known: KnownNames, template: str, names: list[str]) -> Iterator[str]:
    for name in names:
        if name not in known.parameters(template):
            yield f"{template} has no parameter {name}"


def _sam(known: KnownNames, text: str) -> Iterator[str]:
    for name in _INVOKED.findall(text):
        if name not in known.functions:
            yield f"template.yaml has no function {name}"
    named = _TEMPLATE.search(text)
    template = named[1] if named else "template.yaml"
    for given in _OVERRIDES.findall(text):
        yield from _missing_parameters(known, template, _PARAMETER.findall(f" {given}"))
