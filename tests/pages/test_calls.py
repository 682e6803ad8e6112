"""How `client.js` judges a call that a page cannot read, in Node.js. Not in the quick loop, as it
needs Node.js.
"""

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from countersign.formats import base64url
from local.node import find_node

pytestmark = pytest.mark.server

CLIENT = Path(__file__).parents[2] / "web" / "client"
BASE = "https://verify.example.com/"
SCRIPT = """
import { readFileSync } from "node:fs";
const { call } = await import(process.argv[1]);
const { token, location, answers } = JSON.parse(readFileSync(0, "utf8"));
if (location) globalThis.location = new URL(location);
const asked = [];
globalThis.fetch = async (url) => {
  asked.push(new URL(url).pathname);
  const answer = answers[new URL(url).pathname];
  if (answer === "unreadable") throw new TypeError("Failed to fetch");
  if (answer === "late") throw new DOMException("timed out", "TimeoutError");
  return new Response(JSON.stringify({}), { status: answer });
};
const outcome = await call("https://verify.example.com/", "spc-payers", token).then(
  () => "answered",
  (refusal) => refusal.code,
);
console.log(JSON.stringify([outcome, ...asked]));
"""


def token(**claims: Any) -> str:
    return f"e30.{base64url.encode(json.dumps(claims).encode())}.c2ln"


def called(
    folder: Path, token: str, call: str | int, probe: str | int = 200, location: str | None = None
) -> list[str]:
    """How a call ends, and the paths that were asked for."""
    program = find_node()
    assert program, "Node.js is not here: `make test` installs it, or says how to"
    for name in ("calls", "base64url"):
        shutil.copy(CLIENT / f"{name}.js", folder / f"{name}.js")
    (folder / "package.json").write_text('{"type": "module"}')
    given = {"token": token, "location": location}
    given["answers"] = {"/spc-payers": call, "/settings.json": probe}
    command = [program, "--input-type=module", "-e", SCRIPT, (folder / "calls.js").as_uri()]
    ended = subprocess.run(
        command, input=json.dumps(given), capture_output=True, text=True, check=True
    )
    found: list[str] = json.loads(ended.stdout)
    return found


def test_a_token_that_has_ended_is_not_sent(tmp_path: Path) -> None:
    ended = token(exp=int(time.time()) - 1, name="Zoë")
    assert called(tmp_path, ended, 200) == ["invalid_token"]


@pytest.mark.parametrize("sent", [token(exp=int(time.time()) + 86_400), token(), "opaque", "a.b.c"])
def test_any_other_token_is_judged_by_the_server(tmp_path: Path, sent: str) -> None:
    assert called(tmp_path, sent, 200) == ["answered", "/spc-payers"]


@pytest.mark.parametrize(
    ("call", "probe", "location", "outcome"),
    [
        ("unreadable", 200, "https://shop.example/", "invalid_token"),
        ("unreadable", 200, None, "invalid_token"),
        ("unreadable", "unreadable", "https://shop.example/", "network_error"),
        ("unreadable", 503, "https://shop.example/", "network_error"),
        ("unreadable", 200, BASE, "network_error"),
        ("late", 200, "https://shop.example/", "network_error"),
        (401, 200, "https://shop.example/", "invalid_token"),
    ],
)
def test_an_unreadable_refusal_is_the_tokens_while_the_deployment_answers(
    tmp_path: Path, call: str | int, probe: str | int, location: str | None, outcome: str
) -> None:
    assert called(tmp_path, token(), call, probe, location)[0] == outcome
