"""Gives the emulator's HTTP API the routes and authorizers that its CloudFormation leaves out.

SAM puts them into the API's OpenAPI `Body`, which the emulator ignores; here they are read from
the processed template and created through the API Gateway v2 API.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from local import aws
from local.deploy import STACK
from local.errors import LocalError
from local.intrinsics import Resolver
from local.routes import Authorizer, Route, authorizers, routes
from local.stack_resources import StackResource, stack_resources


class NoApiError(LocalError):
    """The deployed stack has no HTTP API."""


@dataclass(frozen=True)
class Gateway:
    """A deployed HTTP API, with its id and its routes."""

    api_id: str
    routes: tuple[Route, ...]


def install_routes(port: int, stack: str = STACK) -> Gateway:
    """Make the API of a deployed stack have exactly the routes of its template.

    Raises NoApiError, and UnknownRouteError or UnknownIntrinsicError for what cannot be read.
    """
    cloudformation = aws.client("cloudformation", port)
    template = cloudformation.get_template(StackName=stack, TemplateStage="Processed")
    resources = list(stack_resources(port, stack))
    physical = {resource.name: resource.id for resource in resources}
    resolver = _resolver(cloudformation, stack, template["TemplateBody"], resources)
    for name, resource in template["TemplateBody"]["Resources"].items():
        if resource["Type"] == "AWS::ApiGatewayV2::Api" and name in physical:
            body = resolver.resolve(resource["Properties"]["Body"])
            gateway = Gateway(physical[name], tuple(routes(body)))
            install(aws.client("apigatewayv2", port), gateway, authorizers(body))
            return gateway
    raise NoApiError(f"the stack {stack} has no HTTP API")


def _resolver(
    cloudformation: Any, stack: str, template: dict[str, Any], resources: Sequence[StackResource]
) -> Resolver:
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    account = described["StackId"].split(":")[4]
    names = {"AWS::Partition": "aws", "AWS::Region": aws.REGION, "AWS::AccountId": account}
    names |= {"AWS::StackName": stack, "AWS::URLSuffix": "amazonaws.com"}
    names |= {given["ParameterKey"]: given["ParameterValue"] for given in described["Parameters"]}
    prefix = f"arn:aws:lambda:{aws.REGION}:{account}:function:"
    for resource in resources:
        names[resource.name] = resource.id
        if resource.type == "AWS::Lambda::Function":
            names[f"{resource.name}.Arn"] = prefix + resource.id
    return Resolver(names, template.get("Conditions", {}))


def install(api: Any, gateway: Gateway, wanted: list[Authorizer]) -> None:
    """Make an API have exactly these routes and authorizers, changing nothing if it has."""
    if _installed(api, gateway.api_id) == (set(gateway.routes), set(wanted)):
        return
    _clear(api, gateway.api_id)
    authorizer_ids = {a.name: _create_authorizer(api, gateway.api_id, a) for a in wanted}
    integrations: dict[tuple[str, str], str] = {}
    for route in gateway.routes:
        target = (route.function, route.payload_version)
        if target not in integrations:
            integrations[target] = _create_integration(api, gateway.api_id, *target)
        _create_route(api, gateway.api_id, route, integrations[target], authorizer_ids)


def _installed(api: Any, api_id: str) -> tuple[set[Route], set[Authorizer]]:
    """Return the routes and authorizers that the API has now."""
    known = {
        item["AuthorizerId"]: Authorizer(
            item["Name"],
            item["JwtConfiguration"]["Issuer"],
            tuple(item["JwtConfiguration"]["Audience"]),
            "".join(item["IdentitySource"]),
        )
        for item in api.get_authorizers(ApiId=api_id)["Items"]
    }
    targets = {
        f"integrations/{item['IntegrationId']}": (
            item["IntegrationUri"],
            item["PayloadFormatVersion"],
        )
        for item in api.get_integrations(ApiId=api_id)["Items"]
    }
    present = set()
    for item in api.get_routes(ApiId=api_id)["Items"]:
        authorizer = known.get(item.get("AuthorizerId", ""))
        function, version = targets[item["Target"]]
        scopes = tuple(item.get("AuthorizationScopes", ()))
        name = authorizer.name if authorizer else None
        present.add(Route(item["RouteKey"], function, name, scopes, version))
    return present, set(known.values())


def _clear(api: Any, api_id: str) -> None:
    for item in api.get_routes(ApiId=api_id)["Items"]:
        api.delete_route(ApiId=api_id, RouteId=item["RouteId"])
    for item in api.get_integrations(ApiId=api_id)["Items"]:
        api.delete_integration(ApiId=api_id, IntegrationId=item["IntegrationId"])
    for item in api.get_authorizers(ApiId=api_id)["Items"]:
        api.delete_authorizer(ApiId=api_id, AuthorizerId=item["AuthorizerId"])


def _create_authorizer(api: Any, api_id: str, authorizer: Authorizer) -> str:
    created = api.create_authorizer(
        ApiId=api_id,
        Name=authorizer.name,
        AuthorizerType="JWT",
        IdentitySource=[authorizer.identity_source],
        JwtConfiguration={"Issuer": authorizer.issuer, "Audience": list(authorizer.audience)},
    )
    return str(created["AuthorizerId"])


def _create_integration(api: Any, api_id: str, function: str, version: str) -> str:
    created = api.create_integration(
        ApiId=api_id,
        IntegrationType="AWS_PROXY",
        IntegrationUri=function,
        PayloadFormatVersion=version,
    )
    return str(created["IntegrationId"])


def _create_route(
    api: Any, api_id: str, route: Route, integration: str, authorizer_ids: dict[str, str]
) -> None:
    protection: dict[str, Any] = {"AuthorizationType": "NONE"}
    if route.authorizer is not None:
        protection = {
            "AuthorizationType": "JWT",
            "AuthorizerId": authorizer_ids[route.authorizer],
            "AuthorizationScopes": list(route.scopes),
        }
    api.create_route(
        ApiId=api_id, RouteKey=route.key, Target=f"integrations/{integration}", **protection
    )
