"""The log and the metrics of every function: JSON lines, no request or response bodies in them."""

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger(service="countersign")
metrics = Metrics(namespace="Countersign", service="countersign")


def count(name: str) -> None:
    """Add one to a metric; it is written with the invocation's log (embedded metric format)."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)


def flush() -> None:
    """Write what was counted during this invocation, if anything was."""
    if metrics.provider.metric_set:
        metrics.flush_metrics()
