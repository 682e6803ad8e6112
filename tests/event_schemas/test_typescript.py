"""The declarations, checked by TypeScript's own compiler."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from local import node
from tests.event_schemas.shapes import EXAMPLE, shape
from tests.support.event_schemas import SCHEMAS
from tools.event_schemas.shapes import read_shapes
from tools.event_schemas.typescript import declarations

COMPILER = node.FOLDER / "node_modules" / "typescript" / "bin" / "tsc"
SETTINGS = {
    "compilerOptions": {
        "noEmit": True, "strict": True, "target": "es2022", "module": "esnext",
        "moduleResolution": "bundler", "lib": ["es2023"], "types": [],
    },
    "include": ["*.ts"],
}  # fmt: skip
CONSUMER = """import type { CountersignEvent, ParcelSent } from "./events";
const example: ParcelSent["detail"] = EXAMPLE;
export function told(event: CountersignEvent): string {
  if (event["detail-type"] === "parcel.sent") {
    const size: number | undefined = event.detail.data.size?.width;
    const city: string = event.detail.data.stops[0].city;
    const status: "sent" | "lost" = event.detail.data.status;
    const version: 1 = event.detail.version;
    return `${size} ${city} ${status} ${version} ${example.id} ${event["replay-name"]}`;
  }
  const other: "parcel.lost" = event["detail-type"];
  return other + event.detail.data.nothing;
}
const wrong: ParcelSent["detail"] = { ...example, revision: "3" };
export const worse = wrong.data.size.width;
"""


def compile_in(folder: Path) -> list[str]:
    """The errors that the compiler finds in the files of a folder, each by its place and number."""
    (folder / "tsconfig.json").write_text(json.dumps(SETTINGS))
    command = [node.need_node(), str(COMPILER), "--pretty", "false"]
    found = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return [line for line in found.stdout.splitlines() if " error " in line]


@pytest.mark.server
def test_a_consumer_has_the_type_of_each_event_and_is_told_of_its_mistakes(tmp_path: Path) -> None:
    (tmp_path / "events.d.ts").write_text(declarations([shape(), shape("parcel.lost")]))
    (tmp_path / "consumer.ts").write_text(CONSUMER.replace("EXAMPLE", json.dumps(EXAMPLE)))
    errors = compile_in(tmp_path)
    assert [error.split(" error ")[0] for error in errors] == [
        "consumer.ts(12,36):",
        "consumer.ts(14,51):",
        "consumer.ts(15,22):",
    ]


@pytest.mark.server
def test_the_example_of_each_event_has_the_type_that_ships(tmp_path: Path) -> None:
    shutil.copy(SCHEMAS / "events.d.ts", tmp_path)
    lines = ['import type { BusEvent, CountersignEvent } from "./events";']
    lines += [
        f'export const _{number}: Extract<CountersignEvent, {{ "detail-type": "{one.type}" }}>'
        f'["detail"] = {json.dumps(one.example)};'
        for number, one in enumerate(read_shapes())
    ]
    wrong = 'export const wrong: BusEvent<"a", 1, { b: string }>["detail"] = { data: { b: 1 } };'
    (tmp_path / "examples.ts").write_text("\n".join([*lines, wrong]))
    errors = compile_in(tmp_path)
    assert [error.split("(")[1].split(",")[0] for error in errors] == [str(len(lines) + 1)]


def test_words_of_the_fields_are_comments() -> None:
    text = declarations([shape()])
    assert '  /** Where it is. */\n  status: "sent" | "lost";\n' in text
    assert "/** A parcel left. */\nexport type ParcelSent = " in text
