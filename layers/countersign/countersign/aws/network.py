"""Clients of AWS's services, and how long their calls may take: a few short attempts, so that every
request gets a response.

They are botocore's own, which are also boto3's: that would load what nothing here uses at each cold
start (docs/decisions.md#a-cold-start-loads-what-it-needs).
"""

from functools import cache
from typing import Any

from botocore.config import Config
from botocore.session import Session, get_session

NETWORK = Config(
    connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 3}
)
"""Seconds to connect and to wait for a response, for each attempt."""


def create_client(service: str) -> Any:
    """Return a new client of a service, with the credentials and the region of this process."""
    return _session().create_client(service, config=NETWORK)


@cache
def _session() -> Session:
    return get_session()
