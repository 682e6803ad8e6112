"""The log and the metrics of every function: JSON lines, without request or response bodies.

Both are named by the stack (`POWERTOOLS_SERVICE_NAME`).
"""

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger()
metrics = Metrics(namespace="Countersign")


def count(name: str) -> None:
    """Add one to a metric. It is written with the invocation's log (embedded metric format)."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)


def flush() -> None:
    """Write the metrics of this invocation, if there are any."""
    if metrics.provider.metric_set:
        metrics.flush_metrics()
