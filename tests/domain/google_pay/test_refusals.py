"""No refusal of a token holds any of what was read, wherever one looks."""

import json
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from countersign.aws.telemetry import logger
from countersign.google_pay.open_token import open_token
from countersign.google_pay.payload import parse_payload
from countersign.problems import Problem
from local.google.encryption import google_json
from local.google.keys import new_key
from tests.support.google_pay import (
    CRYPTOGRAM,
    NOW_MS,
    PAN,
    Json,
    Recipient,
    altered,
    cleartext,
    tells_nothing,
)
from tests.support.logs import Log

OURS = Recipient()


def _bad_details(**details: Any) -> Json:
    message = cleartext()
    message["paymentMethodDetails"] |= details
    return message


REFUSED: dict[str, str] = {
    "not JSON": OURS.seal(google_json(cleartext())[:-1]),
    "not UTF-8 JSON": OURS.seal(google_json(cleartext()) + "\ud7ff"),
    "said twice": OURS.seal('{"paymentMethod":"CARD",' + google_json(cleartext())[1:]),
    "no card": OURS.seal(cleartext() | {"paymentMethod": "OTHER"}),
    "no id": OURS.seal(cleartext() | {"messageId": ""}),
    "no expiry": OURS.seal(cleartext() | {"messageExpiration": "soon"}),
    "expired": OURS.seal(cleartext(message_expiration_ms=1)),
    "too far away": OURS.seal(cleartext(message_expiration_ms=2 * NOW_MS)),
    "auth method": OURS.seal(_bad_details(authMethod="OTHER")),
    "cryptogram of a card": OURS.seal(_bad_details(authMethod="PAN_ONLY")),
    "cryptogram": OURS.seal(_bad_details(cryptogram=[CRYPTOGRAM])),
    "card number": OURS.seal(_bad_details(pan=PAN + PAN)),
    "expiry of the card": OURS.seal(_bad_details(expirationMonth=13)),
    "gateway": OURS.seal(cleartext() | {"gatewayMerchantId": 1}),
    "nested": OURS.seal(f'{{"pan":"{PAN}","x":{"[" * 5000}'),
    "other members": altered(
        OURS.seal(), "signedMessage", lambda text: text.replace('"tag"', '"Tag"')
    ),
    "only signed": OURS.seal(protocol_version="ECv2SigningOnly"),
    "only signed, relabelled": OURS.seal(protocol_version="ECv2SigningOnly", label="ECv2"),
    "only signed, cut off": OURS.seal(protocol_version="ECv2SigningOnly")[:-1],
    "in the clear": google_json(cleartext()),
    "in the clear, cut off": google_json(cleartext())[:-1],
    "cleartext signed": OURS.sign(google_json(cleartext())),
    "cleartext signed, cut off": OURS.sign(google_json(cleartext())[:-1]),
    "half a surrogate": altered(OURS.seal(), "signature", lambda _: PAN + CRYPTOGRAM + "\ud800"),
    "cleartext for a signature": altered(OURS.seal(), "signature", lambda _: PAN + "é"),
    "cleartext for a message": altered(OURS.seal(), "signedMessage", lambda _: PAN + "\udfff"),
    "for others": OURS.seal(public_key=new_key().public_key()),
}


def _refusal(name: str) -> Problem:
    """As `open_token` raises it; nothing of this module's is in its frames."""
    with pytest.raises(Problem) as raised:
        open_token(REFUSED[name], OURS.keys, NOW_MS)
    return raised.value


def _reachable(error: BaseException) -> Iterator[str]:
    """All that the error and those behind it hold: arguments, attributes, and the locals of the
    frames below the test.
    """
    for behind in (error.__cause__, error.__context__):
        if behind is not None:
            yield from _reachable(behind)
    yield from (str(error), repr(error), repr(error.args), repr(vars(error)))
    yield from (repr(getattr(error, name)) for name in dir(error) if not name.startswith("__"))
    for frame in _frames(error):
        yield from (repr(value) for name, value in frame.f_locals.items() if name != "token")


def _frames(error: BaseException) -> Iterator[FrameType]:
    step = error.__traceback__
    while step is not None:
        if "google_pay" in step.tb_frame.f_code.co_filename.split("/"):
            yield step.tb_frame
        step = step.tb_next


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_holds_nothing_of_what_was_read(name: str) -> None:
    refusal = _refusal(name)
    assert refusal.__cause__ is None
    assert refusal.__context__ is None
    assert all(tells_nothing(text) for text in _reachable(refusal))
    assert tells_nothing(json.dumps(refusal.as_dict()))


def test_the_search_behind_a_refusal_finds_what_there_is() -> None:
    with pytest.raises(Problem) as raised:
        parse_payload(google_json(cleartext())[:-1].encode())
    assert not all(tells_nothing(text) for text in _reachable(raised.value))


@pytest.mark.parametrize("name", ["not JSON", "no id", "cryptogram", "expired"])
def test_a_logged_refusal_shows_nothing(name: str, log: Log) -> None:
    try:
        open_token(REFUSED[name], OURS.keys, NOW_MS)
    except Problem:
        logger.exception("refused")
    assert "refused" in log.text()
    assert tells_nothing(log.text())
