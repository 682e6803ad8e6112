"""A second implementation of Stripe's side of an install link: npm's `stripe`, in a Node.js process."""

import contextlib
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from local import node


@dataclass(frozen=True)
class Signed:
    """The text that JavaScript writes for the values, and Stripe's header over it."""

    text: str
    header: str


class NodeSigner:
    """A running Node.js, which signs as often as it is asked to."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def sign(self, state: str, user_id: str, account_id: str, secret: str, at: int) -> Signed:
        """What Stripe sends for these values under this secret, at a time in Unix seconds."""
        asked = {"state": state, "user_id": user_id, "account_id": account_id}
        line = json.dumps({**asked, "secret": secret, "timestamp": at})
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(f"{line}\n".encode())
        stdin.flush()
        answer = stdout.readline()
        assert answer, f"Node.js ended with {self._process.wait()}; it has said why"
        found = json.loads(answer)
        return Signed(found["payload"], found["header"])


@contextlib.contextmanager
def node_signer() -> Iterator[NodeSigner]:
    """One process for the whole block; it ends with it."""
    program = node.find_node()
    if program is None or not node.has_sdk():
        pytest.fail(
            "Node.js or Stripe's SDK for it is not here: `make test` installs them, or says how to"
        )
    process = subprocess.Popen(
        [program, str(node.PACKAGE / "signer.mjs"), str(node.FOLDER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        try:
            yield NodeSigner(process)
        finally:
            assert process.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
