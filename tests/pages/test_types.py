"""The pages' scripts and `client.js`, held to their types by TypeScript's own compiler."""

import subprocess
from pathlib import Path

import pytest

from local import node

PROJECT = Path(__file__).parent / "tsconfig.json"
COMPILER = node.FOLDER / "node_modules" / "typescript" / "bin" / "tsc"


def compiled(project: Path) -> "subprocess.CompletedProcess[str]":
    """What the compiler says; `make test` has installed it."""
    command = [node.need_node(), str(COMPILER), "--pretty", "false", "--project", project.name]
    return subprocess.run(command, cwd=project.parent, capture_output=True, text=True, check=False)


@pytest.mark.server
def test_every_script_is_of_the_types_that_it_says() -> None:
    found = compiled(PROJECT)
    assert (found.stdout, found.returncode) == ("", 0), found.stdout + found.stderr


@pytest.mark.server
def test_the_compiler_finds_a_page_that_misuses_the_module(tmp_path: Path) -> None:
    client = PROJECT.parents[2] / "functions" / "pages" / "client.js"
    settings = PROJECT.read_text().replace("../../functions/", f"{client.parents[1]}/")
    (tmp_path / "tsconfig.json").write_text(settings.replace(f"{client.parent}/**/*.js", "shop.ts"))
    (tmp_path / "shop.ts").write_text(
        'import { confirmPayment } from "/client.js";\n'
        'confirmPayment({ ceremonyId: "c" });\n'
        'confirmPayment({ request: 5, total: { value: "1.00", currency: "EUR" }, ceremonyId: "c" });\n'
    )
    found = compiled(tmp_path / "tsconfig.json")
    assert found.returncode != 0
    assert [line.split(" error ")[0] for line in found.stdout.splitlines() if "error" in line] == [
        "shop.ts(2,16):",
        "shop.ts(3,18):",
    ]
