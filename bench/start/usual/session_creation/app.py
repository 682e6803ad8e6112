"""Session creation in the usual way, as the guides of Powertools and of Stripe write it."""

import os
from typing import Annotated, Any

import boto3
import stripe
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel

logger = Logger()
app = APIGatewayHttpResolver(enable_validation=True)
persistence = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"])
config = IdempotencyConfig()
sessions = boto3.resource("dynamodb").Table(os.environ["SESSIONS_TABLE"])


class CreateSession(BaseModel):
    """The request."""

    return_url: str | None = None


class Session(BaseModel):
    """The response."""

    id: str
    client_secret: str


@app.post("/create-verification-session")
def create_verification_session(request: Annotated[CreateSession, Body()]) -> Session:
    """Begin to verify the caller."""
    claims = app.current_event.request_context.authorizer.jwt_claim
    return Session(**open_session(user=claims["sub"], return_url=request.return_url))


@idempotent_function(  # type: ignore[untyped-decorator]
    data_keyword_argument="user", persistence_store=persistence, config=config
)
def open_session(user: str, return_url: str | None) -> dict[str, Any]:
    """Create a session at Stripe and store it."""
    secret: Any = parameters.get_secret(os.environ["STRIPE_SECRET"], transform="json", max_age=300)
    client = stripe.StripeClient(
        secret["STRIPE_SECRET_KEY"], base_addresses={"api": os.environ["STRIPE_API_BASE"]}
    )
    wanted: Any = {"type": "document", "client_reference_id": user, "metadata": {"user": user}}
    if return_url:
        wanted["return_url"] = return_url
    session = client.v1.identity.verification_sessions.create(wanted)
    sessions.put_item(Item={"pk": session.id, "user": user, "status": session.status})
    logger.info("session created", session=session.id)
    return {"id": session.id, "client_secret": session.client_secret}


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer a request of API Gateway."""
    config.register_lambda_context(context)
    return app.resolve(event, context)
