"""Processes of the functions that are killed before and after every write of theirs."""

from tests.faults.call_faults import Making, Work, at_every_call, connects, hears, opens
from tests.faults.cast import Cast
from tests.faults.registry import fault
from tests.faults.stage import Peer
from tests.support.fault_proxy import Call, Fault, Kind

_WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "PutEvents")
_KILLS: tuple[Kind, ...] = ("kill_before", "kill_after")


def is_write(call: Call) -> bool:
    """Whether a call changes something, at AWS or at Stripe."""
    return call.name in _WRITES or call.name.startswith(("POST ", "DELETE "))


def killed(cast: Cast, function: str, peer: Peer, work: Work) -> int:
    """Kill the process of a function before and after each write of its work."""
    return sum(at_every_call(cast, function, peer, work, _kills(kind)) for kind in _KILLS)


def _kills(kind: Kind) -> Making:
    return lambda number: Fault(kind, is_write, number)


@fault("a process is killed after the write of a webhook", short=True)
def killed_once(cast: Cast) -> int:
    made = cast.stage.front("WebhookReceipt", "dynamodb").order(Fault("kill_after", is_write))
    cast.verifies()
    cast.stage.settle()
    return made.injected


@fault("a process is killed at every write of a session")
def killed_sessions(cast: Cast) -> int:
    return killed(cast, "SessionCreation", "dynamodb", opens)


@fault("a process is killed when it writes to Stripe")
def killed_at_stripe(cast: Cast) -> int:
    return killed(cast, "SessionCreation", "stripe", opens)


@fault("a process is killed at every write of a webhook")
def killed_webhooks(cast: Cast) -> int:
    return killed(cast, "WebhookReceipt", "dynamodb", hears)


@fault("a process is killed at every write of a connection")
def killed_connections(cast: Cast) -> int:
    return killed(cast, "InstallCallback", "dynamodb", connects)
