"""The client data that a browser collected and an authenticator signed. Pure.

`CollectedClientPaymentData`: SPC, section 5.4; WebAuthn Level 3, section 5.8.1. Unknown members are
ignored: browsers add one at random so that nobody compares whole texts.
"""

import hmac
from collections.abc import Collection
from typing import Any, NamedTuple

from countersign.formats import strict_json
from countersign.spc.protocol.json_members import flag, members_of, optional_text, text
from countersign.spc.protocol.refusals import Refused


class ClientData(NamedTuple):
    """The members that every ceremony has, and all of them as they came."""

    type: str
    challenge: str
    origin: str
    cross_origin: bool
    top_origin: str | None
    members: dict[str, Any]


def parse_client_data(data: bytes) -> ClientData:
    """Read client data; raises `ValueError` for what no browser writes."""
    members = members_of(strict_json.loads(data))
    return ClientData(
        type=text(members, "type"),
        challenge=text(members, "challenge"),
        origin=text(members, "origin"),
        cross_origin=flag(members, "crossOrigin"),
        top_origin=optional_text(members, "topOrigin"),
        members=members,
    )


def has_challenge(data: ClientData, challenges: Collection[str]) -> bool:
    """Return whether client data has one of these challenges."""
    given = data.challenge.encode("utf-8", "replace")
    return any(hmac.compare_digest(given, known.encode()) for known in challenges)


def check_caller(
    data: ClientData,
    origins: Collection[str],
    top_origins: Collection[str],
    *,
    must_name_top: bool = True,
) -> None:
    """Check which page called, and in which page it was framed: WebAuthn Level 3, section 7.1,
    steps 9 to 11, and section 7.2, steps 12 to 14. A browser from before `topOrigin` says only that
    the page was framed, which is enough where another signed member names the top-level origin.

    Raises `wrong_origin` and `wrong_top_origin`.
    """
    if data.origin not in origins:
        raise Refused("wrong_origin")
    if data.top_origin is not None and not data.cross_origin:
        raise Refused("wrong_top_origin")
    if data.top_origin is None and data.cross_origin and must_name_top:
        raise Refused("wrong_top_origin")
    if data.top_origin is not None and data.top_origin not in top_origins:
        raise Refused("wrong_top_origin")
