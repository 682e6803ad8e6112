"""The kinds of tokens, told by their claims as the issuers write them."""

import json
from pathlib import Path
from typing import Any

import pytest

from countersign.formats import base64url
from countersign.http.edge import caller
from countersign.http.tokens import is_machine
from countersign.settings import OPERATOR_SCOPE
from tests.support.gateway import http_event
from tests.support.users import ISSUER
from tests.support.visits import refusal

ROOT = Path(__file__).parents[3]


def bearer(header: object, prefix: str = "Bearer ") -> str:
    return f"{prefix}{base64url.encode(json.dumps(header).encode())}.e30.c2ln"


def event_with(authorization: str | None = None, **claims: Any) -> dict[str, Any]:
    headers = {} if authorization is None else {"authorization": authorization}
    event = http_event("GET", "/", headers=headers)
    found = {"iss": ISSUER, "sub": "user_1"} | claims
    event["requestContext"]["authorizer"] = {"jwt": {"claims": found, "scopes": None}}
    return event


@pytest.mark.parametrize(
    "header",
    [{"alg": "RS256"}, {"typ": "JWT"}, {"typ": "jwt"}, {"typ": "at+jwt"}, {"typ": "AT+JWT"},
     {"typ": "application/at+jwt"}],
)  # fmt: skip
@pytest.mark.parametrize("prefix", ["Bearer ", "bearer ", ""])
def test_an_access_token_is_taken(header: dict[str, str], prefix: str) -> None:
    event = event_with(bearer(header, prefix), typ="Bearer", token_use="access")
    assert caller(event).subject == "user_1"


@pytest.mark.parametrize(
    "claims",
    [
        {"token_use": "id"},
        {"typ": "ID"},
        {"nonce": "n"},
        {"nonce": ""},
        {"at_hash": "h"},
        {"c_hash": "h"},
        {"s_hash": "h"},
    ],
    ids=str,
)
def test_an_id_token_is_no_access_token(claims: dict[str, str]) -> None:
    problem = refusal(caller, event_with(**claims))
    assert (problem.status, problem.code) == (401, "invalid_token")


@pytest.mark.parametrize(
    "authorization",
    [
        *map(bearer, ({"typ": "logout+jwt"}, {"typ": "dpop+jwt"}, {"typ": ""}, {"typ": None},
                      {"typ": 1}, {"typ": "id_token+jwt"}, [], "JWT")),
        "", "Bearer", "Bearer junk", "Bearer a.b", f"{bearer({})},{bearer({'typ': 'at+jwt'})}",
        "Basic dXNlcjpwYXNz", "Bearer é.e30.c2ln", "Bearer A.e30.c2ln", "Bearer bnVsbA.e30.c2ln",
    ],
)  # fmt: skip
def test_a_token_whose_header_is_of_another_type_or_unreadable_is_refused(
    authorization: str,
) -> None:
    problem = refusal(caller, event_with(authorization))
    assert (problem.status, problem.code) == (401, "invalid_token")


MACHINES: dict[str, dict[str, Any]] = {
    "Cognito": {"sub": "4a1b", "client_id": "4a1b", "token_use": "access", "scope": "countersign/merchant"},
    "Auth0": {"sub": "kd9@clients", "azp": "kd9", "gty": "client-credentials"},
    "Auth0, RFC 9068": {"sub": "kd9@clients", "client_id": "kd9"},
    "Okta": {"sub": "0oa1", "cid": "0oa1", "scp": "[countersign/merchant]"},
    "Keycloak": {"sub": "f00d-1", "azp": "till", "preferred_username": "service-account-till"},
    "Entra ID, v1": {"sub": "o-1", "oid": "o-1", "appid": "a-1", "idtyp": "app"},
    "Entra ID, v2": {"sub": "o-1", "oid": "o-1", "azp": "a-1", "idtyp": "app"},
    "RFC 9068": {"sub": "s6BhdRkqt3", "client_id": "s6BhdRkqt3"},
    "azp": {"sub": "till", "azp": "till"},
    "appid": {"sub": "till", "appid": "till"},
    "FusionAuth": {"sub": "e-1", "gty": "[client_credentials]"},
}  # fmt: skip
"""The claims of a client credentials grant, as each issuer writes them."""

PEOPLE: dict[str, dict[str, Any]] = {
    "Cognito": {"sub": "u-1", "client_id": "4a1b", "token_use": "access", "username": "u-1", "scope": "openid"},
    "Auth0": {"sub": "auth0|5f", "azp": "kd9", "scope": "openid countersign/merchant"},
    "Auth0, password": {"sub": "auth0|5f", "azp": "kd9", "gty": "password"},
    "Okta": {"sub": "ada@example.com", "cid": "0oa1", "uid": "00u1", "scp": "[openid]"},
    "Keycloak": {"sub": "f00d-2", "azp": "till", "typ": "Bearer", "preferred_username": "ada"},
    "Entra ID, v2": {"sub": "s-1", "oid": "o-1", "azp": "a-1", "scp": "merchant", "idtyp": "user"},
    "a holder with a merchant's scope": {"sub": "u-1", "client_id": "4a1b", "scope": "countersign/merchant"},
    "an operator who is a person": {"sub": "u-1", "scope": "countersign/operator"},
}  # fmt: skip


@pytest.mark.parametrize("issuer", MACHINES)
def test_a_machine_is_told_by_its_claims(issuer: str) -> None:
    assert is_machine(MACHINES[issuer])
    problem = refusal(caller(event_with(**MACHINES[issuer])).require_person)
    assert (problem.status, problem.code) == (403, "person_required")


@pytest.mark.parametrize("issuer", PEOPLE)
def test_a_person_is_no_machine_whatever_their_scopes(issuer: str) -> None:
    caller(event_with(**PEOPLE[issuer])).require_person()


ID_TOKENS: dict[str, dict[str, Any]] = {
    "Cognito": {"sub": "u-1", "aud": "4a1b", "token_use": "id", "cognito:username": "u-1"},
    "Auth0": {"sub": "auth0|5f", "aud": "kd9", "nonce": "n", "sid": "s"},
    "Okta": {"sub": "00u1", "aud": "0oa1", "at_hash": "h", "amr": "[pwd]"},
    "Keycloak": {"sub": "f00d-2", "aud": "till", "azp": "till", "typ": "ID", "sid": "s"},
    "Entra ID": {"sub": "s-1", "aud": "a-1", "oid": "o-1", "nonce": "n", "ver": "2.0"},
}
SCOPED: dict[str, dict[str, Any]] = {
    "Cognito": {"sub": "4a1b", "client_id": "4a1b", "scope": "countersign/operator"},
    "Auth0": {"sub": "kd9@clients", "azp": "kd9", "scope": "countersign/operator countersign/merchant"},
    "Okta": {"sub": "0oa1", "cid": "0oa1", "scp": "[countersign/operator]"},
    "Keycloak": {"sub": "f00d-1", "azp": "till", "scope": "profile countersign/operator email"},
    "Entra ID": {"sub": "s-1", "oid": "o-1", "scp": "access countersign/operator"},
}  # fmt: skip


@pytest.mark.parametrize("issuer", ID_TOKENS)
def test_each_issuers_id_token_is_refused(issuer: str) -> None:
    problem = refusal(caller, event_with(**ID_TOKENS[issuer]))
    assert (problem.status, problem.code) == (401, "invalid_token")


@pytest.mark.parametrize("issuer", SCOPED)
def test_each_issuers_scopes_are_read(issuer: str) -> None:
    assert OPERATOR_SCOPE in caller(event_with(**SCOPED[issuer])).scopes


def test_every_issuer_of_the_deployment_guide_was_tried_by_its_claims() -> None:
    heading = (ROOT / "docs" / "deploy.md").read_text().partition("\n| | Cognito")[2]
    named = ["Cognito", *heading.partition("\n")[0].split("|")[1:-1]]
    for column in named:
        issuer = column.strip().removeprefix("Microsoft ")
        for tried in (ID_TOKENS, SCOPED, MACHINES, PEOPLE):
            assert any(name.startswith(issuer) for name in tried), (issuer, tried)
