"""`python -m bench.growth.worker RESULT COUNT...`: one process of the webhook, which takes requests
from its standard input, a line of JSON each, and writes its bytes of memory after so many of them.
"""

import gc
import json
import os
import resource
import sys
from pathlib import Path

from tests.support import quick_secrets
from tests.support.gateway import LambdaContext
from tests.support.quick_secrets import put_secret
from tools.functions import load_function
from tools.signed_event import LOCAL_SECRET

_PAGES = Path("/proc/self/statm")


def main(result: str, *counts: str) -> None:
    """Handle what comes, and write the memory at each of these counts."""
    wanted = set(map(int, counts))
    found: list[int] = []
    with quick_secrets.serving():
        secret = {"STRIPE_WEBHOOK_SECRETS": LOCAL_SECRET}
        os.environ["WEBHOOK_SECRET"] = put_secret("webhook", **secret)
        handler = load_function("webhook_receipt").handler
        for number, line in enumerate(sys.stdin, start=1):
            answer = handler(json.loads(line), LambdaContext(milliseconds=15_000))
            assert json.loads(answer["body"])["outcome"] == "applied", answer
            if number in wanted:
                found.append(memory())
                Path(result).write_text(json.dumps(found), "ascii")


def memory() -> int:
    """Return the bytes that this process has in memory; where the system does not say, the most
    that it has had.
    """
    gc.collect()
    if _PAGES.exists():
        return int(_PAGES.read_text("ascii").split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main(*sys.argv[1:])
