"""Failures of Stripe and of the tables at every single call of a request."""

from collections.abc import Callable

from tests.faults.cast import Cast
from tests.faults.registry import fault
from tests.faults.stage import Peer
from tests.support.fault_proxy import Fault, response

TRIES_OF_AWS = 3
"""How often botocore sends a request at most (`countersign.aws.network`)."""
TRIES_OF_STRIPE = 2
"""The same of Stripe's SDK (`countersign.stripe_api.calls`)."""
_MOST = 60

Work = Callable[[Cast], object]
Making = Callable[[int], Fault]


def opens(cast: Cast) -> None:
    """What the function of verification sessions does."""
    cast.opens()


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


@fault("Stripe answers 500", short=True)
def stripe_500(cast: Cast) -> int:
    return at_every_call(cast, "SessionCreation", "stripe", opens, stripe_answers(500))


@fault("Stripe answers 429 to webhooks", short=True)
def stripe_429(cast: Cast) -> int:
    return at_every_call(cast, "WebhookReceipt", "stripe", hears, stripe_answers(429))


@fault("the table throttles sessions", short=True)
def throttled(cast: Cast) -> int:
    make = table_answers(400, "ProvisionedThroughputExceededException")
    return at_every_call(cast, "SessionCreation", "dynamodb", opens, make)


@fault("the table throttles webhooks", short=True)
def throttled_webhooks(cast: Cast) -> int:
    make = table_answers(400, "ProvisionedThroughputExceededException")
    return at_every_call(cast, "WebhookReceipt", "dynamodb", hears, make)


@fault("the table throttles connections", short=True)
def throttled_connections(cast: Cast) -> int:
    make = table_answers(400, "ProvisionedThroughputExceededException")
    return at_every_call(cast, "InstallCallback", "dynamodb", connects, make)
