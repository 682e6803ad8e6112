"""The deployment's secrets, from Secrets Manager: fetched at first use and kept for minutes.

A secret is one JSON object of strings, so that what belongs together is rolled together. A list
inside is comma-separated: while a secret is rolled, both generations are in it.
"""

import json
import time
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from countersign.aws.network import NETWORK
from countersign.aws.telemetry import count, logger
from countersign.problems import Unavailable
from countersign.settings import listed

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

KEEP = 300
"""Seconds that a fetched secret is used before it is fetched again."""
REFRESH = 60
"""Seconds at least between two fetches, however many signatures fail."""


class Secret:
    """One secret of Secrets Manager, named by its ARN."""

    def __init__(self, arn: str, client: "SecretsManagerClient | None" = None) -> None:
        self._arn = arn
        self._client = client or boto3.client("secretsmanager", config=NETWORK)
        self._values: dict[str, str] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")

    def value(self, name: str) -> str:
        """One value; raises `Unavailable("secrets")` when it is blank or can not be had."""
        return self.values(name)[0]

    def values(self, name: str) -> list[str]:
        """All generations of a value, blanks dropped and counted; never an empty list."""
        if time.monotonic() - self._fetched_at > KEEP:
            self._fetch()
        text = self._values.get(name, "")
        values = listed(text)
        if len(values) <= text.count(","):
            logger.error("a secret is blank", extra={"secret": name})
            count("BlankSecret")
        if not values:
            raise Unavailable("secrets", retry_after=60)
        return values

    def refresh(self) -> bool:
        """Fetch again, at most once a minute; whether anything has changed."""
        if time.monotonic() - self._tried_at < REFRESH:
            return False
        before = self._values
        self._fetch()
        return self._values != before

    def _fetch(self) -> None:
        """Read the secret; one that can not be read now leaves the values that were read before."""
        self._tried_at = time.monotonic()
        try:
            text = self._client.get_secret_value(SecretId=self._arn)["SecretString"]
            members: dict[str, Any] = dict(json.loads(text))
        except (ClientError, BotoCoreError, ValueError, TypeError) as error:
            logger.error("secrets failed", extra={"reason": type(error).__name__})
            if not self._values:
                raise Unavailable("secrets") from error
            self._fetched_at = time.monotonic() - KEEP + REFRESH
            return
        self._values = {name: str(value) for name, value in members.items()}
        self._fetched_at = time.monotonic()


@cache
def secret(arn: str) -> Secret:
    """The secret of this ARN, one copy a process."""
    return Secret(arn)
