"""Webhooks that come twice, in any order, long after, or never."""

from tests.faults.cast import Cast
from tests.faults.registry import fault

MANY = 3


@fault("every webhook comes twice")
def doubled(cast: Cast) -> int:
    cast.stage.deliveries("duplicate")
    cast.verifies()
    cast.connects()
    return _sent(cast)


@fault("webhooks come newest first")
def backwards(cast: Cast) -> int:
    cast.stage.deliveries("hold")
    for _ in range(MANY):
        cast.verifies()
    cast.leaves(cast.connects())
    held = _sent(cast, "held")
    cast.stage.deliveries("reverse")
    return held


@fault("webhooks come in any order, some twice", short=True)
def shuffled(cast: Cast) -> int:
    cast.stage.deliveries("drop")
    sessions = [cast.verifies() for _ in range(MANY)]
    events = [event for session in sessions for event in cast.events(session)]
    sent = events + cast.random.sample(events, len(events) // 3)
    cast.random.shuffle(sent)
    cast.stage.deliveries("normal")
    for event in sent:
        cast.sends(event)
    return len(sent)


@fault("webhooks come before the answer that causes them")
def first(cast: Cast) -> int:
    cast.stage.deliveries("first")
    cast.verifies()
    cast.connects()
    return _sent(cast)


def _sent(cast: Cast, state: str = "") -> int:
    """How many webhooks of the cast's there are, in a state if one is named."""
    found = cast.stage.service.http.get("/_local/stripe/_deliveries").json()["data"]
    events = {event["id"] for session in cast.sessions for event in cast.events(session)}
    accounts = {merchant.account for merchant in cast.merchants}
    of_cast = [e for e in found if e["event"] in events or e["account"] in accounts]
    return len([entry for entry in of_cast if state in ("", entry["state"])])
