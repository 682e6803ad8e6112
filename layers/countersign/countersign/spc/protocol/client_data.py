"""The client data that a browser collected and an authenticator signed. Pure.

`CollectedClientPaymentData`: SPC, section 5.4; WebAuthn Level 3, section 5.8.1. Members that are
new to us are passed over: browsers add one at random so that nobody compares texts.
"""

import hmac
from collections.abc import Collection
from typing import Any, NamedTuple

from countersign.formats import strict_json
from countersign.spc.protocol.refusals import Refused


class ClientData(NamedTuple):
    """The members every ceremony has, and all of them as they came."""

    type: str
    challenge: str
    origin: str
    cross_origin: bool
    top_origin: str | None
    members: dict[str, Any]


def parse_client_data(data: bytes) -> ClientData:
    """Read client data; raises `ValueError` for what no browser writes."""
    members = strict_json.loads(data)
    if not isinstance(members, dict):
        raise ValueError("not an object")
    return ClientData(
        type=text(members, "type"),
        challenge=text(members, "challenge"),
        origin=text(members, "origin"),
        cross_origin=flag(members, "crossOrigin"),
        top_origin=optional_text(members, "topOrigin"),
        members=members,
    )


def has_challenge(data: ClientData, challenges: Collection[str]) -> bool:
    """Whether client data has one of these challenges."""
    given = data.challenge.encode("utf-8", "replace")
    return any(hmac.compare_digest(given, known.encode()) for known in challenges)


def check_caller(data: ClientData, origins: Collection[str], top_origins: Collection[str]) -> None:
    """Who called, and in whose page (WebAuthn Level 3, section 7.2, steps 12 to 14, and alike in
    7.1). Raises `wrong_origin` and `wrong_top_origin`.
    """
    if data.origin not in origins:
        raise Refused("wrong_origin")
    if data.cross_origin != (data.top_origin is not None):
        raise Refused("wrong_top_origin")
    if data.top_origin is not None and data.top_origin not in top_origins:
        raise Refused("wrong_top_origin")


def text(members: dict[str, Any], name: str) -> str:
    """A member that has to be a string; raises `ValueError`."""
    value = members.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name} is no string")
    return value


def optional_text(members: dict[str, Any], name: str) -> str | None:
    """A member that may be absent, which is not the same as null; raises `ValueError`."""
    return text(members, name) if name in members else None


def flag(members: dict[str, Any], name: str) -> bool:
    """A boolean member, false when absent; raises `ValueError`."""
    value = members.get(name, False)
    if not isinstance(value, bool):
        raise ValueError(f"{name} is no boolean")
    return value
