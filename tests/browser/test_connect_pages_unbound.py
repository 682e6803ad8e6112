"""Install links that are not tied to a browser (INSTALL_BINDING=off): the token of the person who
began finishes the connection.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.merchant import (
    COOKIE,
    connections,
    go_to_stripe,
    new_account,
    ready_to_connect,
    redirect_of,
)
from tests.support.service import Service, free_port, running_service

pytestmark = pytest.mark.server

Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of its own, since the binding is a setting of the deployment."""
    home = tmp_path_factory.mktemp("unbound")
    with running_service(home, free_port(), INSTALL_BINDING="off") as running:
        yield running


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


def test_nobody_else_can_finish_it(visit: Visit) -> None:
    beginner, other = visit(), visit()
    account_id = new_account(beginner.service)
    ready_to_connect(beginner)
    address = redirect_of(beginner.service, account_id, go_to_stripe(beginner))
    ready_to_connect(other)
    other.page.goto(address)
    other.sees("refused")
    expect(other.page.locator("#heading")).to_have_text("The connection was not completed")
    assert connections(other) == connections(beginner) == []
