"""Failures of Stripe and of the tables at every single call of a request."""

from collections.abc import Callable

from tests.faults.cast import Cast
from tests.faults.registry import fault
from tests.faults.stage import Peer
from tests.support.fault_proxy import Fault, Kind, response

TRIES_OF_AWS = 3
"""How often botocore sends a request at most (`countersign.aws.network`)."""
TRIES_OF_STRIPE = 2
"""The same of Stripe's SDK (`countersign.stripe_api.calls`)."""
THROTTLED = "ProvisionedThroughputExceededException"
_MOST = 200
"""Calls of one piece of work, at most: a run of reconciliation asks each of 16 shards of four tables."""

Work = Callable[[Cast], object]
Making = Callable[[int], Fault]


def opens(cast: Cast) -> None:
    """A session is begun."""
    cast.opens()


def lives(cast: Cast) -> None:
    """What the function of verification sessions does: begin one, continue with it, end it, and begin
    the next.
    """
    first = cast.opens()
    user = cast.users[-1]
    assert cast.opens(user) == first
    cast.cancels(user, first)
    cast.opens(user)


def connects(cast: Cast) -> None:
    """What the function of install links does."""
    cast.connects()


def hears(cast: Cast) -> None:
    """What the function of webhooks does, also for a session that it does not know yet."""
    cast.stage.deliveries("first")
    cast.verifies()
    cast.stage.settle()


def at_every_call(cast: Cast, function: str, peer: Peer, work: Work, make: Making) -> int:
    """Do the work again and again, with a fault at its first call, at its second, until it has no
    more; returns how often the fault was injected.
    """
    front = cast.stage.front(function, peer)
    injected = 0
    for number in range(1, _MOST):
        made = front.order(make(number))
        work(cast)
        front.clear()
        if not made.injected:
            assert number > 1, f"{function} made no call to {peer}"
            return injected
        injected += made.injected
    raise AssertionError(f"{function} never came to an end")


def stripe_answers(status: int, times: int = TRIES_OF_STRIPE) -> Making:
    """Stripe refuses the n-th call and its repetitions."""
    code = "rate_limit" if status == 429 else None
    body = {"error": {"type": "api_error", "code": code, "message": "A fault of the tests."}}
    return lambda number: Fault(
        "answer",
        first=number,
        times=times,
        answer=response(status, body, "Stripe-Should-Retry: true"),
    )


def table_answers(status: int, code: str, times: int = TRIES_OF_AWS) -> Making:
    """DynamoDB refuses the n-th call and its repetitions."""
    body = {
        "__type": f"com.amazonaws.dynamodb.v20120810#{code}",
        "message": "A fault of the tests.",
    }
    answer = response(status, body, f"x-amzn-errortype: {code}")
    return lambda number: Fault("answer", first=number, times=times, answer=answer)


def repeated(kind: Kind, tries: int, seconds: float = 0) -> Making:
    """The same happens to the n-th call and to its repetitions."""
    return lambda number: Fault(kind, first=number, times=tries, seconds=seconds)


@fault("Stripe answers 500", short=True)
def stripe_500(cast: Cast) -> int:
    return at_every_call(cast, "SessionCreation", "stripe", opens, stripe_answers(500))


@fault("Stripe answers 500 at any call of a session")
def stripe_500_always(cast: Cast) -> int:
    return at_every_call(cast, "SessionCreation", "stripe", lives, stripe_answers(500))


@fault("Stripe answers 429 at any call of a session")
def stripe_429_always(cast: Cast) -> int:
    return at_every_call(cast, "SessionCreation", "stripe", lives, stripe_answers(429))


@fault("Stripe answers too late")
def stripe_late(cast: Cast) -> int:
    make = repeated("delay", TRIES_OF_STRIPE, seconds=6)
    return at_every_call(cast, "SessionCreation", "stripe", lives, make)


@fault("Stripe's answer is lost")
def stripe_unheard(cast: Cast) -> int:
    make = repeated("lose", TRIES_OF_STRIPE)
    return at_every_call(cast, "SessionCreation", "stripe", lives, make)


@fault("half of Stripe's answer comes")
def stripe_half(cast: Cast) -> int:
    make = repeated("half", TRIES_OF_STRIPE)
    return at_every_call(cast, "SessionCreation", "stripe", lives, make)


@fault("Stripe answers 429 to webhooks")
def stripe_429(cast: Cast) -> int:
    return at_every_call(cast, "WebhookReceipt", "stripe", hears, stripe_answers(429))


@fault("Stripe answers webhooks' questions too late")
def stripe_late_to_webhooks(cast: Cast) -> int:
    make = repeated("delay", TRIES_OF_STRIPE, seconds=6)
    return at_every_call(cast, "WebhookReceipt", "stripe", hears, make)


@fault("the table throttles sessions")
def throttled(cast: Cast) -> int:
    return at_every_call(cast, "SessionCreation", "dynamodb", opens, table_answers(400, THROTTLED))


@fault("the table throttles webhooks")
def throttled_webhooks(cast: Cast) -> int:
    return at_every_call(cast, "WebhookReceipt", "dynamodb", hears, table_answers(400, THROTTLED))


@fault("the table throttles connections")
def throttled_connections(cast: Cast) -> int:
    make = table_answers(400, THROTTLED)
    return at_every_call(cast, "InstallCallback", "dynamodb", connects, make)


@fault("the table answers 500 to sessions")
def table_500(cast: Cast) -> int:
    make = table_answers(500, "InternalServerError")
    return at_every_call(cast, "SessionCreation", "dynamodb", lives, make)


@fault("the table is gone for sessions")
def table_gone(cast: Cast) -> int:
    make = repeated("drop", TRIES_OF_AWS)
    return at_every_call(cast, "SessionCreation", "dynamodb", lives, make)


@fault("the table's answer to sessions is lost")
def table_unheard(cast: Cast) -> int:
    make = repeated("lose", TRIES_OF_AWS)
    return at_every_call(cast, "SessionCreation", "dynamodb", lives, make)


@fault("the table's answer to webhooks is lost")
def table_unheard_by_webhooks(cast: Cast) -> int:
    make = repeated("lose", TRIES_OF_AWS)
    return at_every_call(cast, "WebhookReceipt", "dynamodb", hears, make)


@fault("the table's answer to connections is lost")
def table_unheard_by_connections(cast: Cast) -> int:
    make = repeated("lose", TRIES_OF_AWS)
    return at_every_call(cast, "InstallCallback", "dynamodb", connects, make)


@fault("the table resets the connection of a webhook")
def table_reset(cast: Cast) -> int:
    make = repeated("reset", TRIES_OF_AWS)
    return at_every_call(cast, "WebhookReceipt", "dynamodb", hears, make)


@fault("the table answers webhooks too late")
def table_late(cast: Cast) -> int:
    make = repeated("delay", TRIES_OF_AWS, seconds=3)
    return at_every_call(cast, "WebhookReceipt", "dynamodb", hears, make)
