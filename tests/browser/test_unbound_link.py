"""Without the cookie that ties a browser to its install links, the person who began finishes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.merchant import (
    COOKIE,
    connections,
    go_to_stripe,
    new_account,
    ready_to_connect,
    redirect_of,
)
from tests.faults.stage import staged
from tests.support.service import Service


@pytest.fixture
def unbound(service: Service) -> Iterator[None]:
    """The service as with INSTALL_BINDING=off."""
    with staged(service, {}) as stage, stage.configured("InstallCallback", INSTALL_BINDING="off"):
        yield


@pytest.mark.usefixtures("unbound")
def test_the_person_who_began_finishes_in_any_browser(visit: Visit) -> None:
    beginner, elsewhere = visit(), visit()
    elsewhere.name = beginner.name
    account_id = new_account(beginner.service)
    ready_to_connect(beginner)
    address = redirect_of(beginner.service, account_id, go_to_stripe(beginner))
    assert COOKIE not in str(beginner.page.context.cookies())
    elsewhere.page.goto(address)
    elsewhere.sees("signed_out")
    expect(elsewhere.page.locator("#heading")).to_have_text("Sign in to finish connecting")
    assert elsewhere.page.url.endswith(f"/connected?account_id={account_id}")
    assert connections(beginner) == []
    elsewhere.sign_in()
    elsewhere.sees("installed")
    elsewhere.page.reload()
    elsewhere.sees("installed")
    assert connections(beginner) == [account_id]
    assert "confirmation" not in elsewhere.page.evaluate("JSON.stringify(sessionStorage)")
