"""`template.yaml` as data: `!Ref Name` is `{"Ref": "Name"}`, as CloudFormation itself reads it."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Template = dict[str, Any]

_FUNCTION = "AWS::Serverless::Function"
_SECRET = "AWS::SecretsManager::Secret"  # noqa: S105  a type's name
_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_BASE):  # type: ignore[misc]
    """Keeps the short forms of CloudFormation."""


def _short_form(loader: Any, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix: value}


_Loader.add_multi_constructor("!", _short_form)


def read_template(root: Path) -> Template:
    """The template of the project at `root`."""
    return _read((root / "template.yaml").read_text("utf-8"))


@cache
def _read(text: str) -> Template:
    found: Template = yaml.load(text, _Loader)  # noqa: S506  a safe loader's class
    return found


def groups_of(template: Template) -> Iterator[tuple[str, list[str]]]:
    """The parameters by the groups in which SAM asks for them, the rest last."""
    left = list(template["Parameters"])
    for group in template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]:
        yield group["Label"]["default"], group["Parameters"]
        left = [name for name in left if name not in group["Parameters"]]
    if left:
        yield "The deployment", left


def functions_of(template: Template) -> dict[str, dict[str, Any]]:
    """The functions and their properties."""
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == _FUNCTION
    }


def open_calls_of(template: Template) -> frozenset[tuple[str, str]]:
    """The method and path of each call that needs no token."""
    events = (
        event["Properties"]
        for properties in functions_of(template).values()
        for event in properties.get("Events", {}).values()
        if event["Type"] == "HttpApi"
    )
    return frozenset(
        (event["Method"], event["Path"])
        for event in events
        if event.get("Auth", {}).get("Authorizer") == "NONE"
    )


def environment_of(template: Template) -> dict[str, tuple[Any, list[str]]]:
    """Each environment variable with its value and the functions that have it, all of them where it
    is one of the globals.
    """
    functions = functions_of(template)
    shared = template["Globals"]["Function"]["Environment"]["Variables"]
    found = {name: (value, list(functions)) for name, value in shared.items()}
    for function, properties in functions.items():
        own = properties.get("Environment", {}).get("Variables", {})
        for name, value in own.items():
            users = [] if name not in found else found[name][1]
            found[name] = (value, [*dict.fromkeys([*users, function])])
    return found


def secrets_of(template: Template) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each secret: its name, its description, and its members with the parameter that fills each,
    which is empty where AWS makes the value.
    """
    for name, resource in template["Resources"].items():
        if resource["Type"] != _SECRET:
            continue
        given = resource["Properties"]
        if "SecretString" in given:
            members = json.loads(given["SecretString"]["Sub"])
            members = {key: value.strip("${}") for key, value in members.items()}
        else:
            members = {given["GenerateSecretString"]["GenerateStringKey"]: ""}
        yield name, given.get("Description", ""), members


def parameters_in(value: Any, template: Template) -> list[str]:
    """The parameters that a value is made of, in their order."""
    found: list[str] = []
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "Ref" and inner in template["Parameters"]:
                found.append(inner)
            elif key == "Sub" and isinstance(inner, str):
                names = re.findall(r"\$\{(\w+)\}", inner)
                found += [name for name in names if name in template["Parameters"]]
            else:
                found += parameters_in(inner, template)
    elif isinstance(value, list):
        for inner in value:
            found += parameters_in(inner, template)
    return list(dict.fromkeys(found))
