"""The least that a function of this bundle imports: a client of DynamoDB, Powertools' logger and a
model of pydantic. The client is made where Lambda starts it, as the functions make theirs.
"""

import os
from typing import Any

import botocore.session
from aws_lambda_powertools import Logger
from pydantic import BaseModel

logger = Logger()


class Request(BaseModel):
    """A model with one member."""

    name: str


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Return what was sent."""
    return Request.model_validate(event).model_dump()


if "AWS_LAMBDA_INITIALIZATION_TYPE" in os.environ:
    client = botocore.session.get_session().create_client("dynamodb")
