"""The settings that the code reads, held to what the template gives to the functions."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.papers.known_names import PACKAGE
from tools.papers.local_settings import local_defaults
from tools.papers.markdown import Finding
from tools.papers.template_file import (
    Template,
    environment_of,
    functions_of,
    read_template,
    secrets_of,
)

SETTINGS = PACKAGE / "settings.py"


def settings_fields(root: Path) -> dict[str, str]:
    """The field that each environment variable becomes, as `settings.py` reads them."""
    tree = ast.parse((root / SETTINGS).read_text("utf-8"))
    keywords = (node for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg)
    return {
        inner.value: str(keyword.arg)
        for keyword in keywords
        for inner in ast.walk(keyword.value)
        if isinstance(inner, ast.Constant)
        and isinstance(inner.value, str)
        and re.fullmatch(r"[A-Z][A-Z_]+", inner.value)
    }


def check_settings(root: Path) -> Iterator[Finding]:
    """Compare the settings that the code reads with what the template gives, in both directions."""
    template, fields = read_template(root), settings_fields(root)
    given = environment_of(template).keys()
    for name in sorted(fields.keys() - given):
        yield Finding(str(SETTINGS), 1, f"reads {name}, which template.yaml gives to no function")
    for name in sorted(given - fields.keys()):
        if not name.startswith("POWERTOOLS_"):
            yield Finding("template.yaml", 1, f"gives {name}, which settings.py does not read")
    for name, parameter in template["Parameters"].items():
        if not parameter.get("Description"):
            yield Finding("template.yaml", 1, f"the parameter {name} has no description")
    for name, (sets, _) in local_defaults().items():
        if sets not in template["Parameters"]:
            yield Finding("local/config.py", 1, f"{name} sets {sets}, which is no parameter")
    yield from _check_secrets(template)


def _check_secrets(template: Template) -> Iterator[Finding]:
    """Find secrets that a function is told of and may not open, or may open and is not told of."""
    attributes = {f"{name}.Id": name for name, *_ in secrets_of(template)}
    shared = template["Globals"]["Function"]["Environment"]
    for function, properties in functions_of(template).items():
        told = _attributes_in([shared, properties.get("Environment")])
        opens = _attributes_in(properties.get("Policies"))
        for name in sorted(attributes[found] for found in (told ^ opens) & attributes.keys()):
            yield Finding("template.yaml", 1, f"{function}: its role and its environment differ"
                          f" about {name}")  # fmt: skip


def _attributes_in(value: Any) -> set[str]:
    """Return what a part of the template gets with `!GetAtt`."""
    if isinstance(value, dict):
        found = {str(value["GetAtt"])} if "GetAtt" in value else set()
        return found.union(*map(_attributes_in, value.values()))
    return set().union(*map(_attributes_in, value)) if isinstance(value, list) else set()
