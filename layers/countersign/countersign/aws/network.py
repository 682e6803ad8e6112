"""How long calls to AWS may take: a few short attempts, so that every request gets a response."""

from botocore.config import Config

NETWORK = Config(
    connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 3}
)
"""Seconds to connect and to wait for a response, for each attempt."""
