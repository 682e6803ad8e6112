"""`docs/configuration.md`: parameters, secrets and settings, from the template and the code.

Each sentence has one source: what a parameter does is said by its description in `template.yaml`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.papers.local_settings import DEFAULTS, OTHERS, local_defaults
from tools.papers.settings import settings_fields
from tools.papers.tables import code, note, table
from tools.papers.template_file import (
    Template,
    environment_of,
    functions_of,
    groups_of,
    parameters_in,
    read_template,
    secrets_of,
)

PAGE = "docs/configuration.md"

_HEAD = """
# Configuration

A deployment is configured by the parameters of `template.yaml`. They reach the functions as
environment variables, which the code reads once as settings, and as secrets. [Deploy](deploy.md)
says which to set, in the order in which one does it.

## Parameters

A list is comma-separated, without spaces.
"""
_SECRETS = """
## Secrets

`sam deploy` writes the secret parameters into AWS Secrets Manager. [Operations](operations.md) says
how to roll one there. Where several values are allowed, all of them count.

"""
_SETTINGS = """
## Settings

The environment variables of the functions, the field of `settings.py` that each becomes, and what
it is set from.

"""
_LOCAL = """
## On one machine

`make run` sets the parameters itself, and a variable in its environment sets one to something else,
as in `SPC_RP_NAME=Example make run`. Live keys of Stripe are refused.

"""


def configuration_page(root: Path) -> str:
    """The page as it should be."""
    template = read_template(root)
    sources = "`template.yaml`, `countersign/settings.py` and `local/`"
    return "".join((note(sources), _HEAD, *_parameters(template), _SECRETS, _secrets(template),
                    _SETTINGS, _settings(root, template), _LOCAL, _local()))  # fmt: skip


def _parameters(template: Template) -> Iterator[str]:
    header = ["parameter", "what it does", "value", "default"]
    for title, names in groups_of(template):
        given = {name: template["Parameters"][name] for name in names}
        rows = [
            [code(name), one.get("Description", ""), _values(one), _default(one)]
            for name, one in given.items()
        ]
        yield f"\n### {title}\n\n{table(header, rows)}"


def _values(parameter: dict[str, Any]) -> str:
    if "AllowedValues" in parameter:
        return ", ".join(code(str(value)) for value in parameter["AllowedValues"])
    if "MinValue" in parameter:
        return f"{parameter['MinValue']} to {parameter['MaxValue']}"
    if "ConstraintDescription" in parameter:
        return str(parameter["ConstraintDescription"]).removeprefix("must be ")
    return "a list" if parameter["Type"] == "CommaDelimitedList" else "text"


def _default(parameter: dict[str, Any]) -> str:
    if "Default" not in parameter:
        return "none: required"
    return code(str(parameter["Default"])) or "empty"


def _secrets(template: Template) -> str:
    rows = [
        [code(secret), code(member), code(parameter) or "made by AWS", _shape(template, parameter)]
        for secret, _, members in secrets_of(template)
        for member, parameter in members.items()
    ]
    return table(["secret", "member", "set from", "value"], rows)


def _shape(template: Template, parameter: str) -> str:
    return _values(template["Parameters"][parameter]) if parameter else "64 random characters"


def _settings(root: Path, template: Template) -> str:
    every = len(functions_of(template))
    fields = settings_fields(root)
    rows = [
        [
            code(name),
            code(fields[name]) if name in fields else "read by Powertools",
            _origin(value, template),
            "all" if len(users) == every else ", ".join(map(code, users)),
        ]
        for name, (value, users) in environment_of(template).items()
    ]
    return table(["variable", "field", "set from", "functions"], rows)


def _origin(value: Any, template: Template) -> str:
    """What a variable is set from, in words."""
    if isinstance(value, str):
        return code(value)
    found = [code(name) for name in parameters_in(value, template)]
    if "If" in value:
        found.append("the deployment's own user pool")
    if not found and "Sub" in value:
        found.append("the AWS account, the region and the stack's name")
    if not found:
        resource = value.get("Ref") or value["GetAtt"]
        is_stack = resource == "AWS::StackName"
        found.append("the stack's name" if is_stack else code(resource.partition(".")[0]))
    return ", or ".join(found)


def _local() -> str:
    rows = [[code(name), said, DEFAULTS[name]] for name, said in OTHERS.items()]
    rows += [[code(name), code(sets), value] for name, (sets, value) in local_defaults().items()]
    return table(["variable", "sets", "without it"], rows)
