"""How long AWS may take: a few short tries, so that a request still ends in an answer of ours."""

from botocore.config import Config

NETWORK = Config(
    connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 3}
)
"""Seconds to connect and to wait for an answer, for each try."""
