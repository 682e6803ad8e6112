"""Google's table for step-up, as a merchant's server sees it: every row, with every value in place
of a flag, for each source of the evidence.

https://developers.google.com/pay/api/web/guides/resources/step-up-authentication
"""

from dataclasses import dataclass
from itertools import product
from typing import Any

from tests.support.chromium import Json
from tests.support.step_up_bundle import DECISIONS, StepUpBundle, asked, claims
from tests.support.step_up_cards import (
    DEVICE_CARD,
    METHODS,
    PAN_CARD,
    TOKENS,
    at_stripe,
    details,
)

NO_FLAGS: list[Any] = ["true", "false", "True", "", 1, 0, 1.0, None, ..., [], {}, [True]]
"""Values that are not booleans, though some look like one."""
NO_DETAILS: list[Any] = [..., None, {}, [], "", "true", True, 1, [{"accountVerified": True}]]
ABROAD: Json = {"acquirer_country": "US", "card": {"issuer_country": "US"}}
"""Where the law requires nothing, so that only Google's table decides."""


@dataclass(frozen=True)
class Row:
    """A row of the vendor's, with the flags as they are returned."""

    card_holder_authenticated: Any
    account_verified: Any
    step_up: bool

    @property
    def details(self) -> Json:
        flags = {
            "cardHolderAuthenticated": self.card_holder_authenticated,
            "accountVerified": self.account_verified,
        }
        return {name: flag for name, flag in flags.items() if flag is not Ellipsis}

    @property
    def told(self) -> Json:
        return {
            "card_holder_authenticated": _told(self.card_holder_authenticated),
            "account_verified": _told(self.account_verified),
        }


def _told(flag: Any) -> bool | None:
    return flag if isinstance(flag, bool) else None


VENDOR = [Row(True, True, False), Row(False, True, True)]
"""The page's own two rows; "only if both return true, step-up can be left out"."""
REST = [Row(True, False, True), Row(False, False, True)]
MALFORMED = [
    *(Row(flag, True, True) for flag in NO_FLAGS),
    *(Row(True, flag, True) for flag in NO_FLAGS),
    *(Row(flag, flag, True) for flag in NO_FLAGS),
]
TABLE = VENDOR + REST + MALFORMED


def test_the_vendors_table_row_by_row(step_up: StepUpBundle) -> None:
    methods = {"CRYPTOGRAM_3DS": at_stripe(step_up, METHODS, card=DEVICE_CARD)}
    methods["PAN_ONLY"] = at_stripe(step_up, METHODS, card=PAN_CARD)
    for auth_method, method in methods.items():
        for row in TABLE:
            signed = step_up.google.seal(details(auth_method, assuranceDetails=row.details))
            told = step_up.decided_on(signed, **ABROAD)
            assert told["assurance"] == row.told, row
            is_told(told, "signed", auth_method, row.step_up or auth_method == "PAN_ONLY")
        read_back = step_up.decided(payment_method=method, **ABROAD)
        if auth_method == "PAN_ONLY":
            is_told(read_back, "gateway", "PAN_ONLY", step_up=True)
        else:
            is_told(read_back, "wallet", None, step_up=False)
    for row in TABLE:
        claimed = step_up.decided(google_pay={"payment_data": claims(row.details)}, **ABROAD)
        assert claimed["assurance"] == row.told, row
        is_told(claimed, "claimed", None, step_up=True)
    nothing = step_up.decided(google_pay={"payment_data": {}}, **ABROAD)
    is_told(nothing, "none", None, step_up=True)


def is_told(told: Json, evidence: str, auth_method: str | None, step_up: bool) -> None:
    assert (told["evidence"], told["auth_method"]) == (evidence, auth_method), told
    assert told["outcome"] == ("step_up" if step_up else "proceed"), told
    if told["auth_method"] == "CRYPTOGRAM_3DS":
        assert "3ds" not in told["methods"]
    is_asked_for = told["stripe"]["request_three_d_secure"] != "automatic"
    assert is_asked_for == ("3ds" in told["methods"])


def test_details_that_are_not_an_object_assure_nothing(step_up: StepUpBundle) -> None:
    for value in NO_DETAILS:
        signed = step_up.google.seal(details(assuranceDetails=value))
        told = step_up.decided_on(signed, **ABROAD)
        assert (told["outcome"], told["evidence"]) == ("step_up", "signed")
        nobody = {"account_verified": None, "card_holder_authenticated": None}
        is_there = value not in (None, Ellipsis)
        assert told["assurance"] == (nobody if is_there else None)
        if value is not Ellipsis:
            told = step_up.decided(google_pay={"payment_data": claims(value)}, **ABROAD)
            assert (told["outcome"], told["evidence"]) == ("step_up", "claimed")


def test_a_simulation_follows_the_same_table(step_up: StepUpBundle) -> None:
    for auth_method in ("CRYPTOGRAM_3DS", "PAN_ONLY"):
        for flags in product((True, False, None), repeat=2):
            names = ("card_holder_authenticated", "account_verified")
            suppose = {"auth_method": auth_method, **dict(zip(names, flags, strict=True))}
            body = asked(suppose=suppose, **ABROAD)
            told = step_up.decider().post(f"{DECISIONS}/simulate", body).json
            is_spared = flags == (True, True) and auth_method == "CRYPTOGRAM_3DS"
            is_told(told, "signed", auth_method, not is_spared)


def test_a_simulation_stores_nothing_and_uses_nothing_up(step_up: StepUpBundle, user: str) -> None:
    step_up.register(user)
    named = {
        "payer": step_up.allow(user),
        "payment_method": at_stripe(step_up, METHODS, card=DEVICE_CARD),
    }
    before = step_up.items()
    flags = {"account_verified": True, "card_holder_authenticated": True}
    suppose = {"auth_method": "CRYPTOGRAM_3DS", **flags}
    for body in (
        asked(**named),
        asked(**named, suppose=suppose),
        asked(google_pay={"payment_data": claims()}),
    ):
        told = step_up.decider().post(f"{DECISIONS}/simulate", body).json
        assert not {"id", "created", "expires_at", "results"} & told.keys()
        real = {name: value for name, value in body.items() if name != "suppose"}
        assert told["inputs"].keys() == step_up.decided(**real)["inputs"].keys()
        for pk in step_up.items().keys() - before.keys():
            del step_up.client.tables["step-up"][pk]
    assert step_up.items() == before


def test_a_simulation_takes_only_booleans_for_flags(step_up: StepUpBundle) -> None:
    wrong: list[Any] = ["true", 1, 0, [], {}]
    for flag in wrong:
        suppose = {"auth_method": "CRYPTOGRAM_3DS", "account_verified": flag}
        answer = step_up.decider().post(f"{DECISIONS}/simulate", asked(suppose=suppose))
        assert (answer.status, answer.code) == (422, "invalid_request")


def test_a_card_that_is_named_in_either_way_is_evidence_from_stripe(step_up: StepUpBundle) -> None:
    for kind, member in ((METHODS, "payment_method"), (TOKENS, "confirmation_token")):
        for card, auth_method in ((DEVICE_CARD, None), (PAN_CARD, "PAN_ONLY")):
            named = {member: at_stripe(step_up, kind, card=card)}
            told = step_up.decided(google_pay={"payment_data": claims()}, **named, **ABROAD)
            evidence = "gateway" if auth_method else "wallet"
            is_told(told, evidence, auth_method, step_up=auth_method is not None)
            assert told["assurance"] is None
