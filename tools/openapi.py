"""`python -m tools.openapi`: writes `functions/pages/openapi.json`, the OpenAPI 3.1 document.

Most calls describe themselves through Powertools; those of functions that carry no validation are
described here. `--check` fails when the file is not what would be written.
"""

import inspect
import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer
from aws_lambda_powertools.event_handler.openapi.params import Body, Header
from pydantic import BaseModel, Field

from countersign import __version__
from tools.functions import load_function
from tools.papers.template_file import open_calls_of, read_template
from tools.problem_codes import problem_codes

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "functions" / "pages" / "openapi.json"


_DONE = {"201": "Created", "202": "Accepted", "204": "Done", "303": "On to a page"}
_CODES = "Stable; the status is the same each time. " + ", ".join(
    f"`{code}` ({status})" for code, status in problem_codes().items()
)
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_GATEWAY = {"application/json": {"schema": {"$ref": "#/components/schemas/GatewayRefusal"}}}
_WITHOUT_LEAVE = {
    "401": {"description": "No token that counts", "content": _GATEWAY},
    "403": {"description": "Not with this token", "content": _GATEWAY | _PROBLEM},
}


class Fault(BaseModel):
    """One wrong member of a request."""

    pointer: str = Field(description="A JSON Pointer (RFC 6901) into the body.")
    message: str


class Problem(BaseModel):
    """A refusal (RFC 9457); `code` is stable."""

    type: str
    title: str
    status: int
    detail: str
    code: str = Field(description=_CODES)
    errors: list[Fault] | None = None
    payment_id: str | None = Field(None, description="The payment that it is about.")
    payment_ids: list[str] | None = Field(None, description="The payments that are open.")


class GatewayRefusal(BaseModel):
    """What API Gateway says itself, before one of our functions is asked."""

    message: str


class Received(BaseModel):
    """What became of an event: it was stored, is stored already, is older than what is stored, or
    is none that this deployment acts on.
    """

    received: Literal[True]
    outcome: Literal["applied", "duplicate", "superseded", "ignored"]


class Health(BaseModel):
    """The service answers."""

    status: Literal["ok"]
    version: str


def _others() -> APIGatewayHttpResolver:
    """The calls whose functions do without a resolver."""
    api = APIGatewayHttpResolver(enable_validation=True)

    @api.post("/webhook", tags=["Webhook"])
    def receive_webhook(
        event: Annotated[dict[str, Any], Body(description="A Stripe event, as signed.")],
        stripe_signature: Annotated[str, Header()],
    ) -> Received:
        """Stripe's webhooks: verified over the raw bytes, and stored before they are answered."""
        raise NotImplementedError

    @api.get("/health", tags=["Service"])
    def get_health() -> Health:
        """Whether the service answers."""
        raise NotImplementedError

    return api


def document() -> dict[str, Any]:
    """The whole document."""
    schema, *others = (
        _schema_of(load_function("session_creation").api),
        _schema_of(load_function("install_callback").api),
        _schema_of(load_function("spc_verification").api),
        _schema_of(load_function("step_up_decision").api),
        _schema_of(load_function("payments").api),
        _schema_of(load_function("reconciliation").api),
        _schema_of(_others()),
    )
    schemas = schema["components"]["schemas"]
    for other in others:
        schema["paths"] |= other["paths"]
        added = other["components"]["schemas"]
        clashing = {name for name in added if schemas.get(name, added[name]) != added[name]}
        if clashing:
            raise ValueError(f"two functions have models of these names: {sorted(clashing)}")
        schemas |= added
    for model in (Problem, Fault, GatewayRefusal):
        template = "#/components/schemas/{model}"
        schemas[model.__name__] = model.model_json_schema(ref_template=template)
        schemas[model.__name__].pop("$defs", None)
    for of_powertools in ("HTTPValidationError", "ValidationError", "ResponseValidationError"):
        schemas.pop(of_powertools, None)
    return schema


def _schema_of(api: APIGatewayHttpResolver) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(
        api.get_openapi_json_schema(
            title="Countersign",
            version=__version__,
            description="Answers to what a Stripe business's payments keep asking.",
            security_schemes={"token": HTTPBearer(bearerFormat="JWT")},
            security=[{"token": []}],
        )
    )
    documentation = {
        route.func.__name__: inspect.getdoc(route.func)
        for route in [*api._static_routes, *api._dynamic_routes]
    }
    open_calls = open_calls_of(read_template(ROOT))
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            _describe(operation, documentation)
            if (method.upper(), path) in open_calls:
                operation["security"] = []
            else:
                operation["responses"] |= _WITHOUT_LEAVE
    return schema


def _describe(operation: dict[str, Any], documentation: dict[str, str | None]) -> None:
    """Our words for a call, and our one form of refusal where Powertools would describe its own."""
    fitting = [name for name in documentation if operation["operationId"].startswith(f"{name}_")]
    name = max(fitting, key=len)
    summary, _, rest = (documentation[name] or "").partition("\n\n")
    operation |= {"operationId": name, "summary": summary.removesuffix(".")}
    if rest:
        operation["description"] = rest
    responses = operation["responses"]
    for own in ("422", "500"):
        responses.pop(own, None)
    for status, answer in responses.items():
        answer["description"] = _DONE.get(status, "Done")
    for status, meaning in (("4XX", "Refused"), ("503", "A dependency is down; try again")):
        responses[status] = {"description": meaning, "content": _PROBLEM}


def text() -> str:
    """The document, as it is to be in its file."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    if "--check" not in sys.argv:
        TARGET.write_text(text())
        print(f"wrote {TARGET.relative_to(ROOT)}")
        return 0
    if TARGET.read_text() != text():
        print("functions/pages/openapi.json is out of date: run `make openapi`")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
