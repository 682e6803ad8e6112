"""A second implementation of Stripe's side of an install link: npm's `stripe`, in a Node.js process."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from tests.support.node_process import NodeProcess, node_process


@dataclass(frozen=True)
class Signed:
    """The text that JavaScript writes for the values, and Stripe's header over it."""

    text: str
    header: str


class NodeSigner:
    """A running Node.js, which signs as often as it is asked to."""

    def __init__(self, process: NodeProcess) -> None:
        self._process = process

    def sign(self, state: str, user_id: str, account_id: str, secret: str, at: int) -> Signed:
        """What Stripe sends for these values under this secret, at a time in Unix seconds."""
        asked = {"state": state, "user_id": user_id, "account_id": account_id}
        found = self._process.ask({**asked, "secret": secret, "timestamp": at})
        return Signed(found["payload"], found["header"])


@contextlib.contextmanager
def node_signer() -> Iterator[NodeSigner]:
    """One process for the whole block; it ends with it."""
    with node_process("signer.mjs") as process:
        yield NodeSigner(process)
