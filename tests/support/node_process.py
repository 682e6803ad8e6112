"""A script of `tests/support/node` in a running Node.js: it answers one line of JSON with another."""

import contextlib
import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from local import node


class NodeProcess:
    """Answers as often as it is asked."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """What the script says to this."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(f"{json.dumps(question)}\n".encode())
        stdin.flush()
        answer = stdout.readline()
        assert answer, f"Node.js ended with {self._process.wait()}; it has said why"
        found: dict[str, Any] = json.loads(answer)
        return found


@contextlib.contextmanager
def node_process(script: str) -> Iterator[NodeProcess]:
    """One process for the whole block; it ends with it."""
    program = node.find_node()
    if program is None or not node.has_sdk():
        pytest.fail(
            "Node.js or a package for it is not here: `make test` installs them, or says how to"
        )
    process = subprocess.Popen(
        [program, str(node.PACKAGE / script), str(node.FOLDER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        try:
            yield NodeProcess(process)
        finally:
            assert process.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
