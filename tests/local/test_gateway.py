"""Routes given to an HTTP API: created, kept when they are right, replaced when they are not."""

from dataclasses import replace

from local.gateway import Gateway, install
from local.routes import Authorizer, Route
from tests.local.http_api import HttpApi

JWT = Authorizer(
    "Jwt", "http://localhost:1/issuer", ("countersign-local",), "$request.header.Authorization"
)
PAGES = "arn:aws:lambda:us-east-1:123456789012:function:pages"
SESSIONS = "arn:aws:lambda:us-east-1:123456789012:function:sessions"
ROUTES = (
    Route("GET /", PAGES),
    Route("GET /health", PAGES),
    Route("POST /sessions", SESSIONS, "Jwt"),
    Route("GET /sessions", SESSIONS, "Jwt", ("countersign/operator",)),
)


GATEWAY = Gateway("a1b2c3d4", ROUTES)


def present(api: HttpApi) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """The API's routes by key: function, kind of protection, scopes."""
    return {
        item["RouteKey"]: (
            api.integrations[item["Target"].removeprefix("integrations/")]["IntegrationUri"],
            item["AuthorizationType"],
            tuple(item.get("AuthorizationScopes", ())),
        )
        for item in api.routes.values()
    }


def test_an_api_without_routes_gets_them_all() -> None:
    api = HttpApi()
    install(api, GATEWAY, [JWT])
    assert present(api) == {
        "GET /": (PAGES, "NONE", ()),
        "GET /health": (PAGES, "NONE", ()),
        "POST /sessions": (SESSIONS, "JWT", ()),
        "GET /sessions": (SESSIONS, "JWT", ("countersign/operator",)),
    }
    (authorizer,) = api.authorizers.values()
    assert authorizer["AuthorizerType"] == "JWT"
    assert authorizer["JwtConfiguration"] == {
        "Issuer": "http://localhost:1/issuer",
        "Audience": ["countersign-local"],
    }
    assert len(api.integrations) == 2


def test_an_api_that_has_them_is_left_alone() -> None:
    api = HttpApi()
    install(api, GATEWAY, [JWT])
    before = set(api.routes)
    install(api, GATEWAY, [JWT])
    assert set(api.routes) == before


def test_a_route_that_went_away_or_changed_its_scope_is_replaced() -> None:
    api = HttpApi()
    install(api, GATEWAY, [JWT])
    merchant = replace(ROUTES[3], scopes=("countersign/merchant",))
    install(api, Gateway("a1b2c3d4", (ROUTES[0], merchant)), [JWT])
    assert present(api) == {
        "GET /": (PAGES, "NONE", ()),
        "GET /sessions": (SESSIONS, "JWT", ("countersign/merchant",)),
    }
    assert len(api.integrations) == 2


def test_another_issuer_replaces_the_authorizer() -> None:
    api = HttpApi()
    install(api, GATEWAY, [JWT])
    install(api, GATEWAY, [replace(JWT, issuer="http://localhost:2/issuer")])
    (authorizer,) = api.authorizers.values()
    assert authorizer["JwtConfiguration"]["Issuer"] == "http://localhost:2/issuer"
    protected = [route for route in api.routes.values() if route["AuthorizationType"] == "JWT"]
    assert {route["AuthorizerId"] for route in protected} == set(api.authorizers)
