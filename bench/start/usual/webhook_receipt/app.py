"""A webhook in the usual way, as the guides of Powertools and of Stripe write it."""

import os
from typing import Any

import boto3
import stripe
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
app = APIGatewayHttpResolver(enable_validation=True)
persistence = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"])
config = IdempotencyConfig()
sessions = boto3.resource("dynamodb").Table(os.environ["SESSIONS_TABLE"])


@app.post("/webhook")
def receive() -> Response[Any]:
    """Verify an event and store what it says."""
    secret: Any = parameters.get_secret(os.environ["WEBHOOK_SECRET"], transform="json", max_age=300)
    event = app.current_event
    try:
        found = stripe.Webhook.construct_event(
            event.decoded_body or "",
            event.headers["stripe-signature"],
            secret["STRIPE_WEBHOOK_SECRETS"].split(",")[0],
        )
    except (ValueError, stripe.SignatureVerificationError):
        return Response(status_code=400, body={"message": "not signed"})
    store(event_id=found.id, session=found.data.object)
    return Response(status_code=200, body={"received": True})


@idempotent_function(  # type: ignore[untyped-decorator]
    data_keyword_argument="event_id", persistence_store=persistence, config=config
)
def store(event_id: str, session: Any) -> None:
    """Store a session as an event shows it, once per event."""
    sessions.put_item(Item={"pk": session.id, "status": session.status})
    logger.info("event stored", event=event_id)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer a request of API Gateway."""
    config.register_lambda_context(context)
    return app.resolve(event, context)
