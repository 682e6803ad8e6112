"""The PAN and the cryptogram leave their object only by `reveal`."""

import copy
import io
import json
import logging
import marshal
import operator
import pickle
import pprint
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
import pytest
from boto3.dynamodb.types import TypeSerializer
from msgspec.structs import replace
from pydantic import ConfigDict, TypeAdapter, create_model

from countersign.aws.telemetry import logger
from countersign.google_pay.card import CardSecret
from countersign.google_pay.payload import OpenedToken
from tests.support.google_pay import (
    CRYPTOGRAM,
    PAN,
    Recipient,
    tells_nothing,
)
from tests.support.logs import Log

OURS = Recipient()
OPENED = OURS.open(OURS.seal())
SECRET: Any = OPENED.secret
SAME = CardSecret(PAN, CRYPTOGRAM)


def test_the_search_for_secrets_finds_them() -> None:
    assert not tells_nothing(str(SECRET.reveal()))
    assert not tells_nothing(PAN[:6])
    assert tells_nothing(PAN[-4:])


PRINTS: dict[str, Callable[[Any], str]] = {
    "repr": repr,
    "str": str,
    "ascii": ascii,
    "format": format,
    "f-string": lambda value: f"{value} {value!r} {value!s}",
    "%": lambda value: "%s %r" % (value, value),  # noqa: UP031  logging formats so
    ".format": lambda value: "{} {!r}".format(value, value),  # noqa: UP032
    "pprint": pprint.pformat,
    "in a container": lambda value: str([value, {"secret": value}, (value,), {1: value}]),
    "an error's text": lambda value: repr(ValueError(value)),
}


@pytest.mark.parametrize("value", [SECRET, OPENED], ids=["secret", "token"])
@pytest.mark.parametrize("way", PRINTS)
def test_printed_it_shows_nothing(way: str, value: Any) -> None:
    text = PRINTS[way](value)
    assert "CardSecret(…)" in text or r"CardSecret(\u2026)" in text
    assert tells_nothing(text)


def test_it_cannot_be_formatted_in_any_other_way() -> None:
    for spec in (">20", "s", "d", "x", ".4"):
        with pytest.raises(TypeError):
            format(SECRET, spec)
    for wrong in (int, float, bytes, list, dict, len, iter, sum):
        with pytest.raises(TypeError) as raised:
            wrong(SECRET)
        assert tells_nothing(str(raised.value))


SERIALIZERS: dict[str, Callable[[Any], object]] = {
    "pickle": pickle.dumps,
    **{f"pickle {n}": partial(pickle.dumps, protocol=n) for n in range(6)},
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "json": json.dumps,
    "json of vars": lambda value: json.dumps(value, default=vars),
    "vars": vars,
    "builtins": msgspec.to_builtins,
    "msgspec's JSON": msgspec.json.encode,
    "marshal": marshal.dumps,
    "DynamoDB": TypeSerializer().serialize,
    "state": lambda value: value.__getstate__(),
    "reduce": lambda value: value.__reduce__(),
    "hash": hash,
    "set": lambda value: {value},
    "key": lambda value: {value: 1},
}


@pytest.mark.parametrize("way", SERIALIZERS)
def test_it_cannot_be_copied_serialized_or_hashed(way: str) -> None:
    with pytest.raises((TypeError, ValueError)) as raised:
        SERIALIZERS[way](SECRET)
    assert tells_nothing(str(raised.value))


@pytest.mark.parametrize(
    "way", ["pickle", "deepcopy", "json", "builtins", "msgspec's JSON", "hash"]
)
def test_neither_can_the_token_that_holds_it(way: str) -> None:
    with pytest.raises(TypeError) as raised:
        SERIALIZERS[way](OPENED)
    assert tells_nothing(str(raised.value))


def test_pydantic_cannot_read_or_write_it() -> None:
    loose = ConfigDict(arbitrary_types_allowed=True, from_attributes=True)
    model: Any = create_model("Model", __config__=loose, secret=(CardSecret, ...))
    held = model(secret=SECRET)
    assert tells_nothing(repr(held))
    for dump in (held.model_dump_json, lambda: TypeAdapter(Any).dump_json(SECRET)):
        with pytest.raises(ValueError, match="serialize") as raised:
            dump()
        assert tells_nothing(str(raised.value))
    loose_members: Any = create_model(
        "Members", __config__=loose, pan=(str, ""), cryptogram=(str, "")
    )
    found = loose_members.model_validate(SECRET)
    assert (found.pan, found.cryptogram) == ("", "")


def test_it_has_no_dictionary_and_no_plain_attributes() -> None:
    assert not hasattr(SECRET, "__dict__")
    with pytest.raises(TypeError):
        vars(SECRET)
    public = [name for name in dir(SECRET) if not name.startswith("_")]
    assert public == ["facts", "reveal"]
    for name in ("pan", "cryptogram", "__pan", "__cryptogram"):
        assert not hasattr(SECRET, name)
    with pytest.raises(AttributeError):
        SECRET.note = "x"


def test_it_is_not_compared() -> None:
    same_token = replace(OPENED, secret=SAME)
    others: list[Any] = [SAME, PAN, (PAN, CRYPTOGRAM), None, 1, same_token]
    for other in others:
        for left, right in ((SECRET, other), (other, SECRET)):
            for compare in (operator.eq, operator.ne):
                with pytest.raises(TypeError, match="not compared"):
                    compare(left, right)
            with pytest.raises(TypeError):
                operator.lt(left, right)
    with pytest.raises(TypeError, match="not compared"):
        operator.eq(OPENED, same_token)
    with pytest.raises(TypeError, match="not compared"):
        [SAME].index(SECRET)


def test_reveal_is_the_way_out() -> None:
    assert SECRET.reveal() == (PAN, CRYPTOGRAM)
    assert CardSecret(PAN, None).reveal() == (PAN, None)


@pytest.mark.parametrize("value", [SECRET, OPENED, [SECRET], {"card": OPENED}], ids=range(4))
def test_logged_in_any_way_it_shows_nothing(value: Any, log: Log) -> None:
    logger.info("opened %s", value)
    logger.info(value)
    logger.info("opened", extra={"secret": value})
    logger.warning({"secret": value})
    logger.append_keys(secret=value)
    logger.error("with a key")
    logger.remove_keys(["secret"])
    logging.getLogger("elsewhere").error("opened %s %r", value, value)
    try:
        raise ValueError(value)
    except ValueError:
        logger.exception("failed")
        logging.getLogger("elsewhere").exception("failed")
    written = log.text()
    assert written.count("CardSecret(") >= 8
    assert tells_nothing(written)


def test_a_traceback_with_the_locals_of_its_holder_shows_nothing() -> None:
    def holds(secret: CardSecret, opened: OpenedToken) -> None:
        held = {"secret": secret, "opened": opened}
        raise RuntimeError(f"with {len(held)}")

    with pytest.raises(RuntimeError) as raised:
        holds(SECRET, OPENED)
    text = told_with_locals(raised.value)
    assert "CardSecret(…)" in text
    assert tells_nothing(text.split("def holds")[-1])


def told_with_locals(error: BaseException) -> str:
    """An error as reporters print it that include the locals of every frame."""
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "".join(told.format())


def test_a_log_handler_of_another_library_prints_nothing() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.emit(logging.LogRecord("x", logging.ERROR, "x", 1, "%s", (OPENED,), None))
    assert "CardSecret(…)" in stream.getvalue()
    assert tells_nothing(stream.getvalue())
