"""A rehearsal: a request of nobody, at the start of a function."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from countersign.problems import Problem


def rehearse(api: APIGatewayHttpResolver, method: str, path: str) -> str | None:
    """Return the code by which a request is refused that names no caller and has an empty body.

    It is for a function that is about to get a real one (`prepare`): refused before anything is
    read or stored, it has the resolver make on its way what it makes once, the route's validators
    and middlewares. Nothing is logged.
    """
    http = {"method": method, "path": path}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "requestContext": {"stage": "$default", "http": http},
        "body": "{}",
        "isBase64Encoded": False,
    }
    try:
        api.resolve(event, None)  # type: ignore[arg-type]  # the context is not read
    except Problem as problem:
        return problem.code
    return None
