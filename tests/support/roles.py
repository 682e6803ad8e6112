"""The roles that `template.yaml` gives to the functions, so that a call of DynamoDB's that a function's
role does not allow is refused in this process, too.
"""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.storage import actions, refused
from tools.papers.template_file import environment_of, functions_of, read_template

ROOT = Path(__file__).parents[2]
_MODULE = "functions_{}_app"

_running: ContextVar[str | None] = ContextVar("running", default=None)
"""The folder of the function that answers now; of a test's own calls there is none."""


@contextmanager
def acting_as(handler: Any) -> Iterator[None]:
    """Within this block, calls are made in the role of the function whose handler this is."""
    names = (name for name in _allowed() if _handler_of(name) is handler)
    token = _running.set(next(names, None))
    try:
        yield
    finally:
        _running.reset(token)


def check_role(operation: str, request: dict[str, Any]) -> None:
    """Refuse, as IAM does, what the role of the running function does not allow."""
    function = _running.get()
    if function is None:
        return
    variables = {os.environ.get(name): name for name in _tables()}
    for action, table in _asked(operation, request):
        variable = variables.get(table)
        if variable is not None and (action, variable) not in _allowed()[function]:
            message = f"{function} is not authorized to perform {action} on {variable}"
            raise refused(operation, "AccessDeniedException", message)


def _asked(operation: str, request: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The actions that IAM asks for, each with the name of its table."""
    if operation == "TransactWriteItems":
        yield from ((f"{kind}Item", action["TableName"]) for kind, action in actions(request))
    elif "RequestItems" in request:
        yield from ((operation, table) for table in request["RequestItems"])
    else:
        yield f"{operation}{_index(request.get('IndexName'))}", request["TableName"]


@cache
def _tables() -> dict[str, str]:
    """The environment variables that name tables, with the table's name in the template."""
    found = environment_of(read_template(ROOT))
    return {
        name: value["Ref"]
        for name, (value, _) in found.items()
        if name.endswith("_TABLE") and isinstance(value, dict)
    }


@cache
def _allowed() -> dict[str, frozenset[tuple[str, str]]]:
    """What each function, by its folder, may do with the table of an environment variable."""
    found = functions_of(read_template(ROOT))
    return {_folder(name): frozenset(_actions(given)) for name, given in found.items()}


def _actions(properties: dict[str, Any]) -> Iterator[tuple[str, str]]:
    variables = {table: name for name, table in _tables().items()}
    for policy in properties.get("Policies", []):
        for statement in policy["Statement"]:
            for action in _listed(statement.get("Action", [])):
                for resource in _listed(statement["Resource"]) if "Action" in statement else []:
                    named = re.search(r"(\w+)\.Arn(?:\}/index/(\w+))?", str(resource))
                    if action.startswith("dynamodb:") and named and named[1] in variables:
                        bare = action.removeprefix("dynamodb:")
                        yield f"{bare}{_index(named[2])}", variables[named[1]]


def _index(name: str | None) -> str:
    """What is added to the action on an index: a role allows each index of a table by itself."""
    return f" of {name}" if name else ""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _folder(function: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", function).lower()


def _handler_of(function: str) -> Any:
    return getattr(sys.modules.get(_MODULE.format(function)), "handler", None)
