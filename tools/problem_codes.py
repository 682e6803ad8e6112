"""The codes of all refusals, as the code that refuses says them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from countersign.spc.protocol import refusals

ROOT = Path(__file__).parent.parent
SOURCES = (ROOT / "layers" / "countersign" / "countersign", ROOT / "functions")


@cache
def problem_codes() -> dict[str, int]:
    """Return each code with its HTTP status, by name.

    Raises ValueError for a code of two statuses, and for a refusal whose code cannot be read.
    """
    found = {code: refusals.Refused(code).status for code in refusals.CODES}
    for folder in SOURCES:
        for path in sorted(folder.rglob("*.py")):
            for code, status in said(ast.parse(path.read_text("utf-8"))):
                if found.setdefault(code, status) != status:
                    raise ValueError(f"{path}: {code} has two statuses: {found[code]}, {status}")
    return dict(sorted(found.items()))


def said(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The codes of `Problem(409, "code", …)`, also by a class of its own, of `Invalid(…)`, a 422
    with or without a code, and of `Unavailable("dependency")`.
    """
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        match _name(call.func), [_value(argument) for argument in call.args]:
            case (("Problem" | "PaymentProblem" | "__init__"), [int(status), str(code), *_]):
                yield code, status
            case "Problem", _:
                raise ValueError(f"line {call.lineno}: a refusal needs a literal status and code")
            case "Invalid", [_]:
                yield "invalid_request", 422
            case "Invalid", [_, str(code)]:
                yield code, 422
            case "Unavailable", [str(dependency)]:
                yield f"{dependency}_unavailable", 503


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _value(argument: ast.expr) -> object:
    return argument.value if isinstance(argument, ast.Constant) else None
