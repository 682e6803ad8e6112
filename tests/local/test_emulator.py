"""The emulator unpacks a layer once, and each process of a function has it."""

import asyncio
import json
import tempfile
import zipfile
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from local import aws
from local.emulator_main import UNPACKED, SharedZipFile, share_archives
from tests.support.emulator import emulator, role, runtime, zipped

FUNCTION = """
import shared

def handler(event, context):
    return {"said": shared.SAID, "from": shared.__file__}
"""


@pytest.fixture(autouse=True)
def unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where archives are unpacked: in a folder for temporary files of this test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / UNPACKED


def archive(folder: Path, name: str, said: str) -> Path:
    file = folder / name
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("python/shared/__init__.py", said)
        packed.writestr("python/shared/deep/data.txt", "kept")
        packed.writestr("licence.txt", "free")
    return file


def extracted(file: Path, into: Path) -> Path:
    into.mkdir()
    with SharedZipFile(file) as opened:
        assert opened.namelist() == ["python", "licence.txt"]
        opened.extractall(into)
    return into


def test_the_same_bytes_are_unpacked_once_and_linked_everywhere(
    tmp_path: Path, unpacked: Path
) -> None:
    places = [
        extracted(archive(tmp_path, f"{number}.zip", "one"), tmp_path / f"place-{number}")
        for number in range(2)
    ]
    other = extracted(archive(tmp_path, "other.zip", "two"), tmp_path / "place-other")
    for place, said in (*((place, "one") for place in places), (other, "two")):
        assert (place / "python" / "shared" / "__init__.py").read_text() == said
        assert (place / "python" / "shared" / "deep" / "data.txt").read_text() == "kept"
        assert (place / "licence.txt").read_text() == "free"
    first, second = (place / "python" for place in places)
    assert first.is_symlink()
    assert first.resolve() == second.resolve() != (other / "python").resolve()
    assert len(list(unpacked.iterdir())) == 2


def test_an_archive_that_breaks_off_leaves_nothing_that_counts_as_unpacked(
    tmp_path: Path, unpacked: Path
) -> None:
    file = archive(tmp_path, "broken.zip", "one" * 100)
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"oneone", b"onetwo"))
    for _ in range(2):
        into = Path(tempfile.mkdtemp())
        with SharedZipFile(file) as opened, pytest.raises(zipfile.BadZipFile):
            opened.extractall(into)
        assert list(into.iterdir()) == []
    assert not any(len(found.name) == 64 for found in unpacked.iterdir())


def test_an_emulator_that_unpacks_in_another_way_is_left_alone() -> None:
    for runtime_of_another_version in (ModuleType("other"), ModuleType("third")):
        assert share_archives(runtime_of_another_version) is False
        assert not hasattr(runtime_of_another_version, "zipfile")
    own = ModuleType("own")
    own.__dict__["zipfile"] = SimpleNamespace(ZipFile=zipfile.ZipFile)
    assert share_archives(own) is False
    assert own.__dict__["zipfile"].ZipFile is zipfile.ZipFile


def test_functions_of_the_emulator_have_their_layer_from_one_folder(tmp_path: Path) -> None:
    home = tmp_path / "home"

    async def run() -> list[dict[str, str]]:
        async with emulator(home) as running:
            return await asyncio.to_thread(answers, running.port)

    found = asyncio.run(run())
    assert [answer["said"] for answer in found] == ["once", "once"]
    assert all(f"/{UNPACKED}/" in answer["real"] for answer in found)
    assert len({answer["real"] for answer in found}) == 1


def answers(port: int) -> list[dict[str, str]]:
    """What two functions with one layer answer, and where what they answer with really lies."""
    functions = aws.client("lambda", port)
    content = {"ZipFile": zipped("python/shared.py", 'SAID = "once"')}
    layer = functions.publish_layer_version(LayerName="shared", Content=content)
    own = role(port)
    found = []
    for name in ("one", "two"):
        functions.create_function(
            FunctionName=name,
            Runtime=runtime(),
            Role=own,
            Handler="app.handler",
            Code={"ZipFile": zipped("app.py", FUNCTION)},
            Layers=[layer["LayerVersionArn"]],
            Timeout=20,
        )
        told = json.loads(functions.invoke(FunctionName=name)["Payload"].read())
        found.append(told | {"real": str(Path(told["from"]).resolve())})
    return found
