"""An answer of a function has all of its log with it, and waits for none that nobody writes."""

import asyncio
import base64
import json
from pathlib import Path
from types import ModuleType
from typing import Any

from local import aws
from local.emulator_main import hurry_logs
from tests.support.emulator import emulator, role, runtime, zipped

FUNCTION = """
def handler(event, context):
    for number in range(event["lines"]):
        print(event["name"], number, "é")
    return "done"
"""
MANY = 3000
"""More lines than a pipe has room for."""


def written(functions: Any, name: str, lines: int) -> list[str]:
    """What a function has written to its log by the time it answers."""
    payload = json.dumps({"name": name, "lines": lines})
    answer = functions.invoke(FunctionName="talker", Payload=payload, LogType="Tail")
    assert json.loads(answer["Payload"].read()) == "done"
    log = base64.b64decode(answer.get("LogResult", "")).decode(
        errors="replace"
    )  # of the last 4 KiB
    return [line for line in log.splitlines() if line.endswith("é")]


def told(port: int) -> dict[str, list[str]]:
    """What each of several calls has written, that of one process each after the other."""
    functions = aws.client("lambda", port)
    functions.create_function(
        FunctionName="talker",
        Runtime=runtime(),
        Role=role(port),
        Handler="app.handler",
        Code={"ZipFile": zipped("app.py", FUNCTION)},
        Timeout=20,
    )
    asked = [("much", MANY), ("nothing", 0), *((f"call-{number}", 2) for number in range(40))]
    return {name: written(functions, name, lines) for name, lines in asked}


def test_an_answer_has_all_that_was_written_for_it_and_nothing_else(tmp_path: Path) -> None:
    async def run() -> dict[str, list[str]]:
        async with emulator(tmp_path / "home") as running:
            return await asyncio.to_thread(told, running.port)

    found = asyncio.run(run())
    assert found.pop("much")[-1] == f"much {MANY - 1} é"
    assert found.pop("nothing") == []
    assert found == {name: [f"{name} 0 é", f"{name} 1 é"] for name in found}


class Other:
    """A worker of another version, which keeps its log elsewhere."""

    def _read_stderr(self) -> None: ...


def test_an_emulator_that_keeps_logs_in_another_way_is_left_alone() -> None:
    another = ModuleType("another")
    assert hurry_logs(another) is False
    before = dict(vars(Other))
    another.__dict__["Worker"] = Other
    assert hurry_logs(another) is False
    assert dict(vars(Other)) == before
