"""The pages' scripts and `client.js`, checked by TypeScript's own compiler."""

import subprocess
from pathlib import Path

import pytest

from local import node
from tools.scripts import ROOT, WEB

PROJECT = WEB / "tsconfig.json"
COMPILER = node.FOLDER / "node_modules" / "typescript" / "bin" / "tsc"
SCRIPTS = '"**/*.js"'
SHOP = """import { confirmPayment } from "/client.js";
confirmPayment({ ceremonyId: "c" });
confirmPayment({ request: 5, total: { value: "1.00", currency: "EUR" }, ceremonyId: "c" });
"""


@pytest.mark.server
def test_every_script_has_its_types_and_a_page_that_misuses_the_module_is_found(
    tmp_path: Path,
) -> None:
    """In one run, since the compiler takes seconds to read what a browser has."""
    settings = PROJECT.read_text().replace("../functions/", f"{ROOT}/functions/")
    assert SCRIPTS in settings
    given = settings.replace(SCRIPTS, f'"{WEB}/**/*.js", "shop.ts"')
    (tmp_path / "tsconfig.json").write_text(given)
    (tmp_path / "shop.ts").write_text(SHOP)
    command = [node.need_node(), str(COMPILER), "--pretty", "false", "--project", "tsconfig.json"]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    errors = [line for line in found.stdout.splitlines() if " error " in line]
    assert [line.split(" error ")[0] for line in errors] == ["shop.ts(2,16):", "shop.ts(3,18):"]
