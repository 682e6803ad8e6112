"""API Gateway v2 in memory: the calls that give one HTTP API its routes."""

from collections.abc import Iterator
from itertools import count
from typing import Any

Item = dict[str, Any]


class HttpApi:
    """Takes the keyword arguments of the boto3 client, for one API."""

    def __init__(self) -> None:
        self.routes: dict[str, Item] = {}
        self.integrations: dict[str, Item] = {}
        self.authorizers: dict[str, Item] = {}
        self._ids: Iterator[int] = count(1)

    def create_route(self, **members: Any) -> Item:
        return self._create(self.routes, "RouteId", members)

    def create_integration(self, **members: Any) -> Item:
        return self._create(self.integrations, "IntegrationId", members)

    def create_authorizer(self, **members: Any) -> Item:
        return self._create(self.authorizers, "AuthorizerId", members)

    def get_routes(self, ApiId: str) -> Item:
        return {"Items": list(self.routes.values())}

    def get_integrations(self, ApiId: str) -> Item:
        return {"Items": list(self.integrations.values())}

    def get_authorizers(self, ApiId: str) -> Item:
        return {"Items": list(self.authorizers.values())}

    def delete_route(self, ApiId: str, RouteId: str) -> None:
        del self.routes[RouteId]

    def delete_integration(self, ApiId: str, IntegrationId: str) -> None:
        assert all(route["Target"] != f"integrations/{IntegrationId}" for route in self._routes())
        del self.integrations[IntegrationId]

    def delete_authorizer(self, ApiId: str, AuthorizerId: str) -> None:
        assert all(route.get("AuthorizerId") != AuthorizerId for route in self._routes())
        del self.authorizers[AuthorizerId]

    def _routes(self) -> list[Item]:
        return list(self.routes.values())

    def _create(self, items: dict[str, Item], name: str, members: Item) -> Item:
        identifier = f"{next(self._ids):08x}"
        items[identifier] = members | {name: identifier}
        return items[identifier]
