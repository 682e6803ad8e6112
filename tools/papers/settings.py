"""The settings that the code reads, held to what the template gives to the functions."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tools.papers.known_names import PACKAGE
from tools.papers.local_settings import local_defaults
from tools.papers.markdown import Finding
from tools.papers.template_file import environment_of, read_template

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
