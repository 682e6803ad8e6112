"""`held_app.handler`: a function's own handler, whose start runs at full speed, as in Lambda, and
whose calls are held to a share of a processor.

BENCH_GROUP is the control group that the process joins once the function has started. An event
without members only starts it. Each call writes its seconds of processor time to the log.
"""

import os
import sys
import time
from pathlib import Path
from typing import Any

import app  # type: ignore[import-not-found]

if os.environ.get("BENCH_GROUP"):
    Path(os.environ["BENCH_GROUP"], "cgroup.procs").write_text(str(os.getpid()), "ascii")


def handler(event: dict[str, Any], context: Any) -> Any:
    """Call the function, if there is anything to call it with."""
    began = time.process_time()
    response = app.handler(event, context) if event else {}
    print(f"\nPROCESSOR {time.process_time() - began:.6f}", file=sys.stderr, flush=True)
    return response
