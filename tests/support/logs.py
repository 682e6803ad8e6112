"""What a function writes to its log while a test runs."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from countersign.aws.telemetry import logger, metrics


class Log:
    """Log lines of the function and of its libraries, and the metrics, which are printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.written = io.StringIO()
        self._capsys, self._printed = capsys, ""

    def text(self) -> str:
        """Everything so far."""
        self._printed += self._capsys.readouterr().out
        return self.written.getvalue() + self._printed

    def entries(self) -> list[dict[str, Any]]:
        """The function's own lines."""
        lines = [line for line in self.text().splitlines() if line.startswith("{")]
        return [json.loads(line) for line in lines]

    def metrics(self) -> dict[str, float]:
        """The sum of each metric that was written (CloudWatch's embedded metric format)."""
        found: dict[str, float] = {}
        for entry in self.entries():
            for directive in entry.get("_aws", {}).get("CloudWatchMetrics", []):
                for name in (metric["Name"] for metric in directive["Metrics"]):
                    found[name] = found.get(name, 0) + sum(entry[name])
        return found


@contextmanager
def recording(capsys: pytest.CaptureFixture[str]) -> Iterator[Log]:
    """Record at the level that Lambda's JSON log format has by default, for everybody's loggers."""
    metrics.provider.metric_set.clear()  # an earlier test may have left what it counted
    log, root = Log(capsys), logging.getLogger()
    own = [found for found in logger.handlers if isinstance(found, logging.StreamHandler)]
    streams = [handler.setStream(log.written) for handler in own]
    others, level = logging.StreamHandler(log.written), root.level
    root.addHandler(others)
    root.setLevel(logging.INFO)
    try:
        yield log
    finally:
        root.removeHandler(others)
        root.setLevel(level)
        for handler, stream in zip(own, streams, strict=True):
            if stream is not None:
                handler.setStream(stream)
