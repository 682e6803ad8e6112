"""`client.js` and the scripts of the pages: each is one file, written from `web/`."""

import re
from pathlib import Path

import pytest

from tools.scripts import PAGES, WEB, faults, sources, write

SHIPPED = {name: (PAGES / f"{name}.js").read_text("utf-8") for name in sources()}


def test_the_scripts_that_ship_are_those_of_these_sources() -> None:
    assert faults() == ([], []), "run `make scripts`"


@pytest.mark.server
def test_each_script_that_ships_is_what_would_be_written(tmp_path: Path) -> None:
    """Whatever its first line says: it is written again, which needs Node.js."""
    write(tmp_path)
    written = {name: (tmp_path / f"{name}.js").read_text("utf-8") for name in sources()}
    assert [name for name in written if written[name] != SHIPPED[name]] == []


def test_no_script_that_ships_needs_another() -> None:
    assert "assets/verify" in SHIPPED
    importing = re.compile(r"\bimport\b(?!\.meta)|\bfrom\s*[\"']")
    assert [name for name, text in SHIPPED.items() if importing.search(text)] == []


def test_the_browser_module_exports_what_its_types_declare() -> None:
    types = [PAGES / "client.d.ts", *(PAGES / "client").glob("*.d.ts")]
    found = re.compile(r"^export (?:function|class) (\w+)", re.MULTILINE)
    declared = [name for file in types for name in found.findall(file.read_text("utf-8"))]
    [exports] = re.findall(r"export\{([^}]*)\};", SHIPPED["client"])
    exported = [entry.split(" as ")[-1].strip() for entry in exports.split(",")]
    assert sorted(exported) == sorted(declared)


def test_every_module_is_in_a_script_that_ships() -> None:
    """One that nothing imports is not written, so nobody would miss it."""
    imported = set(sources().values())
    for module in (waiting := list(imported)):
        for name in re.findall(r' from "(\.{1,2}/[^"]+)"', module.read_text("utf-8")):
            found = (module.parent / name).resolve()
            if found not in imported:
                imported.add(found)
                waiting.append(found)
    assert set(WEB.rglob("*.js")) == imported
