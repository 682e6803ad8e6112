"""The routes and authorizers of an HTTP API, read from a template as SAM's transform makes it."""

from typing import Any

import pytest

from local.intrinsics import Resolver, UnknownIntrinsicError
from local.routes import Authorizer, Route, UnknownRouteError, authorizers, routes

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:countersign-Pages-1"


def operation(security: list[dict[str, list[str]]], function: str = "Pages.Arn") -> dict[str, Any]:
    uri = (
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
        f"${{{function}}}/invocations"
    )
    integration = {
        "httpMethod": "POST",
        "type": "aws_proxy",
        "uri": {"Fn::Sub": uri},
        "payloadFormatVersion": "2.0",
    }
    return {"x-amazon-apigateway-integration": integration, "security": security, "responses": {}}


BODY = {
    "openapi": "3.0.1",
    "paths": {
        "/verify": {"get": operation([{"NONE": []}]), "options": operation([{"NONE": []}])},
        "/sessions": {
            "post": operation([{"Jwt": []}]),
            "get": operation([{"Jwt": ["countersign/operator"]}]),
        },
        "/assets/{proxy+}": {"x-amazon-apigateway-any-method": operation([{"NONE": []}])},
        "/$default": {"x-amazon-apigateway-any-method": operation([])},
    },
    "components": {
        "securitySchemes": {
            "Jwt": {
                "type": "oauth2",
                "x-amazon-apigateway-authorizer": {
                    "type": "jwt",
                    "identitySource": "$request.header.Authorization",
                    "jwtConfiguration": {
                        "issuer": {
                            "Fn::If": [
                                "OwnPool",
                                {"Fn::Sub": "https://pool/${Users}"},
                                {"Ref": "JwtIssuer"},
                            ]
                        },
                        "audience": [{"Ref": "JwtAudience"}],
                    },
                },
            }
        }
    },
}
RESOLVER = Resolver(
    {
        "AWS::Partition": "aws",
        "AWS::Region": "us-east-1",
        "Pages.Arn": FUNCTION,
        "JwtIssuer": "http://localhost:8000/_local/issuer",
        "JwtAudience": "countersign-local",
    },
    {"OwnPool": {"Fn::Equals": [{"Ref": "JwtIssuer"}, ""]}},
)


def test_each_operation_becomes_a_route_with_its_function_and_protection() -> None:
    assert routes(RESOLVER.resolve(BODY)) == [
        Route("GET /verify", FUNCTION),
        Route("OPTIONS /verify", FUNCTION),
        Route("GET /sessions", FUNCTION, "Jwt", ("countersign/operator",)),
        Route("POST /sessions", FUNCTION, "Jwt"),
        Route("ANY /assets/{proxy+}", FUNCTION),
        Route("$default", FUNCTION),
    ]


def test_the_authorizer_is_the_one_that_the_conditions_choose() -> None:
    assert authorizers(RESOLVER.resolve(BODY)) == [
        Authorizer(
            "Jwt",
            "http://localhost:8000/_local/issuer",
            ("countersign-local",),
            "$request.header.Authorization",
        )
    ]


def test_a_body_without_protection_has_no_authorizer() -> None:
    assert authorizers({"paths": {}}) == []


def test_a_route_that_leads_to_no_function_is_named() -> None:
    proxy = {"type": "http_proxy", "uri": "https://example.com"}
    body = {"paths": {"/x": {"get": {"x-amazon-apigateway-integration": proxy}}}}
    with pytest.raises(UnknownRouteError, match="GET /x"):
        routes(body)


def test_an_authorizer_of_another_kind_is_named() -> None:
    request = {"x-amazon-apigateway-authorizer": {"type": "request"}}
    with pytest.raises(UnknownRouteError, match="Own"):
        authorizers({"components": {"securitySchemes": {"Own": request}}})


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ({"Fn::Join": ["-", ["a", {"Ref": "JwtAudience"}]]}, "a-countersign-local"),
        ({"Fn::Split": [",", "a,b"]}, ["a", "b"]),
        ({"Fn::GetAtt": ["Pages", "Arn"]}, FUNCTION),
        ({"Fn::GetAtt": "Pages.Arn"}, FUNCTION),
        ({"Fn::Sub": ["${x}/${!kept}/${AWS::Region}", {"x": "y"}]}, "y/${kept}/us-east-1"),
        ({"a": {"Ref": "AWS::NoValue"}, "b": [1, {"Ref": "AWS::NoValue"}]}, {"b": [1]}),
        ({"Fn::If": ["OwnPool", "own", "theirs"]}, "theirs"),
        ("plain", "plain"),
        ({"Ref": "JwtAudience", "x": 1}, {"Ref": "JwtAudience", "x": 1}),
    ],
)
def test_a_function_of_cloudformation_is_resolved(value: Any, resolved: Any) -> None:
    assert RESOLVER.resolve(value) == resolved


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("OwnPool", False),
        ({"Condition": "OwnPool"}, False),
        ({"Fn::Not": [{"Condition": "OwnPool"}]}, True),
        ({"Fn::Or": [{"Condition": "OwnPool"}, {"Fn::Equals": [1, "1"]}]}, True),
        ({"Fn::And": [{"Condition": "OwnPool"}, {"Fn::Equals": [1, 1]}]}, False),
    ],
)
def test_a_condition_holds_or_not(condition: Any, holds: bool) -> None:
    assert RESOLVER.holds(condition) is holds


@pytest.mark.parametrize("value", [{"Fn::Cidr": []}, {"Ref": "Absent"}, {"Fn::Sub": "${Absent}"}])
def test_what_cannot_be_resolved_is_named(value: Any) -> None:
    with pytest.raises(UnknownIntrinsicError, match=r"Cidr|Absent"):
        RESOLVER.resolve(value)
