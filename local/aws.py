"""Clients and environments that can reach nothing but the emulator on this machine."""

import os
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

REGION = "us-east-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}


def endpoint(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def without_aws(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without the user's own AWS account, profiles and settings."""
    kept = {name: value for name, value in environ.items() if not name.startswith("AWS_")}
    return kept | {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}


def emulator_environment(environ: Mapping[str, str], port: int) -> dict[str, str]:
    """Return what a command line tool needs in its environment to speak with the emulator."""
    return without_aws(environ) | {
        "AWS_ENDPOINT_URL": endpoint(port),
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        **CREDENTIALS,
    }


def client(service: str, port: int, *, patience_s: float = 60) -> Any:
    """Return a boto3 client for one service of the emulator on the given port, which waits so long
    for an answer.
    """
    session = boto3.Session(
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        region_name=REGION,
    )
    config = Config(
        connect_timeout=5, read_timeout=patience_s, retries={"total_max_attempts": 2}, proxies={}
    )
    # One name for all services, while boto3's types have an overload for each literal.
    make: Any = session.client
    return make(service, endpoint_url=endpoint(port), config=config)
