"""Secrets Manager as far as the functions use it, without the SDK: one in each process of the tests.
`tests/domain/aws/test_secrets.py` has the SDK's own client, over moto.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

from countersign.aws import secrets
from tests.support.storage import refused, without_account

_texts = dict[str, str]()


class QuickSecrets:
    """The client; `fetched` has the ARN of every secret that was asked for."""

    def __init__(self) -> None:
        self.fetched = list[str]()

    def get_secret_value(self, SecretId: str) -> dict[str, str]:
        """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html"""
        self.fetched.append(SecretId)
        if SecretId not in _texts:
            raise refused("GetSecretValue", "ResourceNotFoundException", "no such secret")
        return {"SecretString": _texts[SecretId]}


def put_secret(name: str, **members: str) -> str:
    """A secret with these members; returns its ARN. Called again, it is rolled."""
    arn = f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:{name}"
    put_text(arn, json.dumps(members))
    return arn


def put_text(arn: str, text: str) -> None:
    """Have a secret say this, which may be no JSON."""
    _texts[arn] = text


@contextmanager
def serving() -> Iterator[QuickSecrets]:
    """The secrets of this process are read from here within this block, and no account is at hand."""
    manager: Any = QuickSecrets()
    with without_account(), patch.object(secrets, "_client", cache(lambda: manager)):
        yield manager
