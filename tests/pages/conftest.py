"""A deployment's pages, asked as API Gateway asks them."""

from collections.abc import Callable, Iterator

import pytest

from countersign.settings import settings
from tests.support.gateway import Caller
from tools.functions import load_function

Deploy = Callable[..., Caller]

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PAGES = (
    "/",
    "/verify",
    "/confirmation",
    "/signed-in",
    "/connect",
    "/connected",
    "/not-connected",
    "/payment-return",
    "/wallet",
    "/wallet/ticket",
)
DOCUMENTS = (*PAGES, "/nothing")
"""Every address that has a document for a person."""

DEPLOYMENT = {
    "DEPLOYMENT": "test",
    "STRIPE_MODE": "test",
    "PUBLIC_URL": "https://verify.example.com",
    "ISSUER": "https://id.example.com/pool",
    "SIGN_IN_CLIENT_ID": "pages",
    "SIGN_IN_ORIGINS": "https://login.example.com, https://id.example.com",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_1",
    "ALTERNATIVE_VERIFICATION_URL": "https://example.com/by-hand?from=countersign",
    "ALLOWED_ORIGINS": "https://shop.example.com",
    "STRIPE_JS_URL": "",
    "SPC_RP_ID": "example.com",
}


@pytest.fixture
def deploy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deploy]:
    """Deploy the pages with other settings than the usual ones; the visitor is returned."""

    def with_settings(**changed: str) -> Caller:
        for name, value in (DEPLOYMENT | changed).items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        return Caller(load_function("pages").handler)

    yield with_settings
    settings.cache_clear()


@pytest.fixture
def visitor(deploy: Deploy) -> Caller:
    """A visitor of the usual deployment, without a token."""
    return deploy()
