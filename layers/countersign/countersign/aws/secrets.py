"""The deployment's secrets, from Secrets Manager, fetched at first use and cached for minutes.

A secret is one JSON object of strings, so that values that belong together are rolled together. A
list is comma-separated, and has both generations while a value is rolled
(docs/decisions.md#secrets-come-from-secrets-manager).
"""

import json
import time
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from countersign.aws.network import create_client
from countersign.aws.telemetry import count, logger
from countersign.problems import Unavailable
from countersign.settings import split_list

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

KEEP = 300
"""Seconds that a fetched secret is used before it is fetched again."""
REFRESH = 60
"""The least number of seconds between two fetches, however many signatures fail."""


class Secret:
    """A secret in Secrets Manager, named by its ARN."""

    def __init__(self, arn: str, client: "SecretsManagerClient | None" = None) -> None:
        self._arn = arn
        self._client = client or _client()
        self._values: dict[str, str] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")

    def value(self, name: str) -> str:
        """Return one value. Raises `Unavailable("secrets")` if it is blank or cannot be read."""
        return self.values(name)[0]

    def values(self, name: str) -> list[str]:
        """Return all generations of a value, never an empty list. Blanks are dropped and counted.

        Raises `Unavailable("secrets")` if only blanks are left or the secret cannot be read.
        """
        if time.monotonic() - self._fetched_at > KEEP:
            self.fetch()
        text = self._values.get(name, "")
        values = split_list(text)
        if len(values) <= text.count(","):
            logger.error("a secret is blank", extra={"secret": name})
            count("BlankSecret")
        if not values:
            raise Unavailable("secrets", retry_after=60)
        return values

    def refresh(self) -> bool:
        """Fetch again, at most once per minute, and return whether anything has changed."""
        if time.monotonic() - self._tried_at < REFRESH:
            return False
        before = self._values
        self.fetch()
        return self._values != before

    def fetch(self) -> None:
        """Read the secret now. If that fails, the values that were read before are kept."""
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
    """Return the secret with this ARN, one copy per process."""
    return Secret(arn)


@cache
def _client() -> "SecretsManagerClient":
    """One client, and so one connection, for all secrets of a process."""
    made: SecretsManagerClient = create_client("secretsmanager")
    return made
