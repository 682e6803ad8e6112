"""The harness, tried on the bundle with one line spoiled: it must find each.

The layer that is deployed is copied, one line of it is edited, and one function of the running stack
gets that layer, as a deployment of such a bundle would give it.
"""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

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
    built = functions.get_layer_version_by_arn(Arn=before[0])["Content"]["Location"]
    archive = httpx.get(built, timeout=60, trust_env=False).content
    made = functions.publish_layer_version(
        LayerName="countersign-spoiled", Content={"ZipFile": _edited(archive, spoiled)}
    )
    functions.update_function_configuration(FunctionName=name, Layers=[made["LayerVersionArn"]])
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=name, Layers=before)
        functions.delete_layer_version(
            LayerName="countersign-spoiled", VersionNumber=made["Version"]
        )


def _edited(archive: bytes, spoiled: Spoiled) -> bytes:
    """A layer's archive with the edit. The edited module's bytecode stays out."""
    target = f"python/countersign/{spoiled.file}"
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as built,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made,
    ):
        for entry in built.infolist():
            data = built.read(entry)
            if entry.filename == target:
                text = data.decode()
                assert text.count(spoiled.old) == 1, f"{target} has no such line: {spoiled.old}"
                data = text.replace(spoiled.old, spoiled.new).encode()
            if not _is_bytecode_of(entry.filename, target):
                made.writestr(entry, data)
    return content.getvalue()


def _is_bytecode_of(name: str, module: str) -> bool:
    folder, _, file = module.rpartition("/")
    return name.startswith(f"{folder}/__pycache__/{file.removesuffix('.py')}.")
