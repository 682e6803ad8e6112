"""A second implementation of WebAuthn's part of a confirmation: npm's `@simplewebauthn/server`."""

import contextlib
from collections.abc import Iterator
from typing import Any

from countersign.spc.protocol.terms import Terms
from tests.support.authenticator import b64
from tests.support.node_process import NodeProcess, node_process


class NodeVerifier:
    """A running Node.js that verifies as often as it is asked to."""

    def __init__(self, process: NodeProcess) -> None:
        self._process = process

    def accepts(self, answer: Any, terms: Terms, key: bytes, count: int) -> bool:
        """Whether it accepts a response of the credential with this COSE key and last count."""
        return bool(self._process.ask(_question(answer, terms, key, count))["accepted"])

    def times(
        self, answer: Any, terms: Terms, key: bytes, count: int, *, rounds: int, calls: int
    ) -> list[float]:
        """The microseconds that one verification takes, by its own clock, in each round."""
        asked = _question(answer, terms, key, count) | {"rounds": rounds, "calls": calls}
        found: list[float] = self._process.ask(asked)["microseconds"]
        return found


def _question(answer: Any, terms: Terms, key: bytes, count: int) -> dict[str, Any]:
    expected = {
        "expectedChallenge": terms.challenges[0],
        "expectedOrigin": sorted(terms.origins),
        "expectedTopOrigin": sorted(terms.top_origins),
        "expectedRPID": terms.rp_id,
        "requireUserVerification": True,
    }
    credential = {"id": "AA", "publicKey": b64(key), "counter": count}
    return {"response": answer, "expected": expected, "credential": credential}


@contextlib.contextmanager
def node_verifier() -> Iterator[NodeVerifier]:
    """One process for the whole block; it ends with it."""
    with node_process("assertion.mjs") as process:
        yield NodeVerifier(process)
