"""The harness, tried on the bundle with one line spoiled: it must find each.

The layer that was built is copied, one line of it is edited, and one function of the running stack gets
that layer, as a deployment of such a bundle would give it.
"""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.build import built, bundle_hash
from local.places import Places, find_places
from tests.faults.cases import ALL
from tests.faults.registry import FaultCase
from tests.faults.stage import Stage


@dataclass(frozen=True)
class Spoiled:
    """One edit in the package, the function that has it, and the fault that must show it."""

    name: str
    function: str
    file: str
    old: str
    new: str
    fault: str

    @property
    def case(self) -> FaultCase:
        """The fault that must show it."""
        return next(case for case in ALL if case.name == self.fault)


SPOILED = (
    Spoiled(
        "a condition is dropped",
        "WebhookReceipt",
        "identity/store.py",
        '_KNOWN_AND_NEWER = "ord < :ord"',
        '_KNOWN_AND_NEWER = "attribute_exists(ord)"',
        "webhooks come newest first",
    ),
    Spoiled(
        "a batch counts as done",
        "EventPublication",
        "domain_events/publish_batch.py",
        "        raise NotPublished(found.reason)",
        '        return {"batchItemFailures": []}',
        "the bus is down",
    ),
    Spoiled(
        "a cursor moves too far",
        "Reconciliation",
        "reconciliation/read_stretch.py",
        "        actions.on_all([",
        "        stretch.save(window.end, run.now())\n        actions.on_all([",
        "an outage of the table interrupts reconciliation",
    ),
)


@contextmanager
def spoiling(stage: Stage, spoiled: Spoiled) -> Iterator[None]:
    """The function has the spoiled layer as long as the block lasts."""
    functions, name = stage.client("lambda"), stage.functions[spoiled.function]
    configuration = functions.get_function_configuration(FunctionName=name)
    before = [layer["Arn"] for layer in configuration["Layers"]]
    made = functions.publish_layer_version(
        LayerName="countersign-spoiled", Content={"ZipFile": _layer(stage, spoiled)}
    )
    functions.update_function_configuration(FunctionName=name, Layers=[made["LayerVersionArn"]])
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=name, Layers=before)
        functions.delete_layer_version(
            LayerName="countersign-spoiled", VersionNumber=made["Version"]
        )


def _layer(stage: Stage, spoiled: Spoiled) -> bytes:
    """The built layer with the edit, as an archive. The edited module's bytecode stays out."""
    root = _built_layer(Places(find_places({}).project, stage.service.home))
    target = root / "python" / "countersign" / spoiled.file
    text = target.read_text("utf-8")
    assert text.count(spoiled.old) == 1, f"{spoiled.file} has no such line: {spoiled.old}"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(root.rglob("*")):
            name = path.relative_to(root).as_posix()
            if path == target:
                archive.writestr(name, text.replace(spoiled.old, spoiled.new))
            elif path.is_file() and not _is_bytecode_of(path, target):
                archive.write(path, name)
    return content.getvalue()


def _built_layer(places: Places) -> Path:
    template = built(places, bundle_hash(places))
    assert template is not None, "the bundle that runs is not built"
    return template.parent / "CountersignLayer"


def _is_bytecode_of(path: Path, module: Path) -> bool:
    in_cache = path.parent == module.parent / "__pycache__"
    return in_cache and path.name.startswith(f"{module.stem}.")
