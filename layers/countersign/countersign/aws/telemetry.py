"""The log and the metrics of every function: JSON lines, without request or response bodies.

Both are named by the stack (`POWERTOOLS_SERVICE_NAME`).
"""

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger()
metrics = Metrics(namespace="Countersign")


def count(name: str, number: int = 1) -> None:
    """Add one, or another number, to a metric. It is written with the invocation's log (embedded
    metric format).
    """
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=number)


def measure(name: str, seconds: float) -> None:
    """Note a duration in seconds, likewise."""
    metrics.add_metric(name=name, unit=MetricUnit.Seconds, value=seconds)


def flush() -> None:
    """Write the metrics of this invocation, if there are any."""
    if metrics.provider.metric_set:
        metrics.flush_metrics()
