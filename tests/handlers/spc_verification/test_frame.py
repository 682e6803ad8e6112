"""The page that registers a credential within a shop's page: whose frames it may be in."""

import pytest

from tests.support.gateway import HttpAnswer
from tests.support.install_bundle import application_body
from tests.support.spc_bundle import (
    FRAMED,
    OTHER_SHOP,
    SHOP,
    SpcBundle,
)
from tests.support.stand_in import BAKERY


def policy(answer: HttpAnswer) -> dict[str, str]:
    """The directives of an answer's content security policy."""
    found = answer.headers["content-security-policy"].split("; ")
    return dict(directive.partition(" ")[::2] for directive in found)


def test_the_page_is_framed_by_the_merchants_checkout_origins_alone(
    shop: SpcBundle,
) -> None:
    answer = shop.payer(None).get(FRAMED, query={"account_id": BAKERY})
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert policy(answer)["frame-ancestors"] == f"{SHOP} {OTHER_SHOP}"
    assert policy(answer)["default-src"] == "'none'"
    assert "x-frame-options" not in answer.headers
    powers = answer.headers["permissions-policy"].split(", ")
    assert "publickey-credentials-create=(self)" in powers
    assert "payment=()" in powers
    assert SHOP in answer.text


@pytest.mark.parametrize("query", [{}, {"account_id": ""}, {"account_id": BAKERY}])
def test_without_a_checkout_origin_nobody_frames_the_page(
    spc: SpcBundle, query: dict[str, str]
) -> None:
    spc.open_shop(checkout_origins=[])
    answer = spc.payer(None).get(FRAMED, query=query)
    assert (answer.status, policy(answer)["frame-ancestors"]) == (200, "'none'")
    assert SHOP not in answer.text


@pytest.mark.parametrize("account", ["acct_unknown", "canary", "acct_1'; script-src *", "acct_é"])
def test_for_an_account_that_is_not_connected_there_is_a_page_that_nobody_frames(
    shop: SpcBundle, account: str
) -> None:
    answer = shop.payer(None).get(FRAMED, query={"account_id": account})
    assert answer.status == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert policy(answer)["frame-ancestors"] == "'none'"
    assert account not in answer.text


def test_an_uninstalled_merchant_no_longer_frames_the_page(shop: SpcBundle) -> None:
    shop.tell(application_body("deauthorized", BAKERY, at=2_000_000_000))
    answer = shop.payer(None).get(FRAMED, query={"account_id": BAKERY})
    assert (answer.status, policy(answer)["frame-ancestors"]) == (404, "'none'")
