"""The alarms and metrics: each alarm of the template and each metric that the code counts is in the
table of `docs/operations.md`, and no metric of ours is without an alarm, but for those that say so
here.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.papers.known_names import PACKAGE
from tools.papers.markdown import Finding, Paper
from tools.papers.template_file import Template, read_template

PAGE = "docs/operations.md"
NAMESPACE = "Countersign"

_ALARM = "AWS::CloudWatch::Alarm"
_COUNTED = re.compile(r'\b(?:count|measure)\("([A-Z]\w+)"[,)]')
_UNWATCHED = {"ReconciliationFound"}
"""Metrics that nothing is wrong with, whatever they are: another one is read beside them."""
_ROW = re.compile(r"^\| (`\w+`(?:, `\w+`)*) \|", re.MULTILINE)


def check_alarms(root: Path, papers: Iterable[Paper]) -> Iterator[Finding]:
    """Find alarms that the page does not list, and metrics that no alarm watches."""
    alarms = _alarms(read_template(root))
    watched = {metric for namespace, metric in alarms.values() if namespace == NAMESPACE}
    counted = _counted(root)
    for metric in sorted((counted - _UNWATCHED) ^ watched):
        missing = "no alarm watches it" if metric in counted else "the code never counts it"
        yield Finding("template.yaml", 1, f"metric {metric}: {missing}")
    page = next(paper for paper in papers if paper.path == PAGE)
    listed = {name for row in _ROW.findall(page.prose) for name in re.findall(r"\w+", row)}
    for name in sorted((alarms.keys() | counted) - listed):
        yield Finding(PAGE, 1, f"does not list {name}")


def _alarms(template: Template) -> dict[str, tuple[str, str]]:
    """Each alarm with the namespace and the name of its metric."""
    return {
        name: (resource["Properties"]["Namespace"], resource["Properties"]["MetricName"])
        for name, resource in template["Resources"].items()
        if resource["Type"] == _ALARM
    }


def _counted(root: Path) -> set[str]:
    files = [*(root / PACKAGE).rglob("*.py"), *(root / "functions").rglob("*.py")]
    return {name for path in files for name in _COUNTED.findall(path.read_text("utf-8"))}
