"""Imports run one way, from a function down to the foundation, and pure modules stay pure."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers" / "countersign"
FLOORS = (
    ("problems", "settings_faults"),
    ("settings",),
    ("formats",),
    ("aws",),
    ("crypto",),
    ("http",),
    ("stripe_api",),
    ("context", "prepare"),
    ("identity", "installs", "google_pay", "spc", "pages"),
    ("step_up",),
    ("payments",),
    ("webhooks",),
    ("reconciliation", "domain_events"),
)
"""The package's rooms from the ground up: a room imports itself and what is below its floor."""
WITHIN = {
    "spc.protocol": 0,
    "spc": 1,
    "step_up.rules": 0,
    "step_up": 1,
    "step_up.rules.lint": 2,
    "step_up.deployed_rules": 3,
}
"""The floors of a capability that has several. What only a build needs is above what decides; the
rules that were deployed are above that, since rules that cannot be read are told with their lines.
"""
PURE = ("formats", "spc.protocol", "step_up.rules")
"""Rooms that are pure as a whole. Elsewhere a module says `Pure` in its docstring."""
OUTSIDE = ("boto3", "botocore", "aws_lambda_powertools", "requests", "socket", "ssl", "stripe")


def modules() -> dict[str, Path]:
    """Every module of the package by its name without `countersign.`; a room by its folder."""
    package = LAYER / "countersign"
    found = {}
    for path in package.rglob("*.py"):
        parts = path.relative_to(package).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


@cache
def imports(path: Path) -> list[ast.ImportFrom | ast.Import]:
    """The import statements of a file, at its top or in a function."""
    nodes = ast.walk(ast.parse(path.read_text()))
    return [node for node in nodes if isinstance(node, ast.ImportFrom | ast.Import)]


@cache
def imported(name: str) -> list[str]:
    """The modules of the package that a module imports, at its top or in a function."""
    return list(_imported(name))


def _imported(name: str) -> Iterator[str]:
    for node in imports(MODULES[name]):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("countersign"):
            below = (node.module or "").removeprefix("countersign").removeprefix(".")
            for alias in node.names:
                inner = f"{below}.{alias.name}".removeprefix(".")
                yield inner if inner in MODULES else below


def is_in(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


def floor(name: str) -> int:
    return next(at for at, rooms in enumerate(FLOORS) if any(is_in(name, room) for room in rooms))


def floor_within(name: str) -> int:
    return WITHIN[max((room for room in WITHIN if is_in(name, room)), key=len, default="spc")]


def goes_up(name: str, used: str) -> bool:
    if name.partition(".")[0] != used.partition(".")[0]:
        return floor(used) >= floor(name)
    return floor_within(used) > floor_within(name)


def test_a_module_imports_only_what_stands_below_it() -> None:
    arrows = {(name, used) for name in MODULES if name for used in imported(name) if used}
    assert len(arrows) > 300
    assert [f"{name} -> {used}" for name, used in sorted(arrows) if goes_up(name, used)] == []


def test_no_two_modules_need_each_other() -> None:
    """Every module can be taken out in turn that needs none of those which are left."""
    needs = {name: {used for used in imported(name) if used} - {name} for name in MODULES}
    while free := [name for name, used in needs.items() if not used & set(needs)]:
        for name in free:
            del needs[name]
    assert needs == {}


def test_no_module_of_the_package_imports_a_function() -> None:
    apps = {path.stem for path in (ROOT / "functions").glob("*/*.py")}
    for name, path in MODULES.items():
        for node in imports(path):
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").partition(".")[0] not in apps, name


def says_pure(name: str) -> bool:
    text = MODULES[name].read_text()
    return "Pure" in text and "Pure" in (ast.get_docstring(ast.parse(text)) or "")


def reached(names: list[str]) -> list[str]:
    """What of the outside is loaded once these modules are imported."""
    wanted = ", ".join(f"countersign.{name}" for name in names)
    code = f"import sys; import {wanted}; print(*set({OUTSIDE!r}) & set(sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(LAYER)},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.split()


def test_what_is_pure_reaches_no_network_and_no_sdk() -> None:
    """One by one only to name the culprit: an interpreter takes a while to start."""
    names = sorted(
        name for name in MODULES if any(is_in(name, room) for room in PURE) or says_pure(name)
    )
    assert len(names) > 70
    assert reached(names) == [] or {name: reached([name]) for name in names} == {}


def test_a_run_on_this_machine_imports_nothing_of_the_package() -> None:
    """It starts before anything is built, and may be started without the package in the path."""
    for path in (ROOT / "local").rglob("*.py"):
        for node in imports(path):
            names = [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
            assert not any(is_in(name, "countersign") for name in names), path


def test_no_function_and_nothing_of_the_package_imports_boto3() -> None:
    """Lambda's runtime has one of its own, so that an import would go unnoticed there."""
    files = [*LAYER.rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    importing = [
        path.name
        for path in files
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if "boto3" in _named_by(node)
    ]
    assert len(files) > 300
    assert importing == []


def _named_by(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    return {(node.module or "").partition(".")[0]} if isinstance(node, ast.ImportFrom) else set()


def test_only_the_data_of_events_are_dataclasses() -> None:
    """Each dataclass takes as long to make, at a function's start, as thirty structs."""
    imported = {
        name for name, path in MODULES.items() if "from dataclasses import" in path.read_text()
    }
    assert imported
    assert all(re.fullmatch(r"domain_events\.\w+_events", name) for name in imported), imported
