"""What is built and deployed again, and what is not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.build import built, bundle_hash
from local.deploy import fingerprint, parameters_of, write_parameters
from local.emulator import environment
from local.google import TEST_ROOT, root_keys_document
from local.places import PROJECT, NotSetUpError, Places

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: { Type: String, Default: dev }
  StripeSecretKey: { Type: String, NoEcho: true }
Resources:
  Function:
    Type: AWS::Serverless::Function
    Properties: { Tags: { stage: !Ref Stage }, Role: !GetAtt Role.Arn, X: !Sub ["${a}", { a: b }] }
"""


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A project of one function, one layer and an emulator's Python."""
    project = tmp_path / "project"
    for name in ("functions/pages", "layers/countersign", "requirements", ".local/ministack/bin"):
        (project / name).mkdir(parents=True)
    (project / "template.yaml").write_text(TEMPLATE)
    (project / "requirements" / "sam.txt").write_text("aws-sam-cli==1\n")
    (project / "functions" / "pages" / "app.py").write_text("A = 1\n")
    (project / "layers" / "countersign" / "Makefile").write_text("build:\n")
    python = project / ".local" / "ministack" / "bin" / "python"
    python.symlink_to(sys.executable)
    return Places(project, project / ".local")


def test_the_same_sources_are_the_same_bundle(places: Places) -> None:
    before = bundle_hash(places)
    app = places.project / "functions" / "pages" / "app.py"
    os.utime(app, (1, 1))
    cache = app.parent / "__pycache__"
    cache.mkdir()
    (cache / "app.pyc").write_bytes(b"x")
    assert bundle_hash(places) == before


@pytest.mark.parametrize(
    "file",
    [
        "template.yaml",
        "functions/pages/app.py",
        "functions/pages/new.html",
        "layers/countersign/Makefile",
        "layers/countersign/new.json",
        "requirements/sam.txt",
    ],
)
def test_a_change_of_any_source_is_another_bundle(places: Places, file: str) -> None:
    before = bundle_hash(places)
    with (places.project / file).open("a") as source:
        source.write("# changed\n")
    assert bundle_hash(places) != before


def test_a_file_that_moved_is_another_bundle(places: Places) -> None:
    before = bundle_hash(places)
    folder = places.project / "functions" / "pages"
    (folder / "app.py").rename(folder / "main.py")
    assert bundle_hash(places) != before


def test_a_bundle_built_in_the_project_serves_a_run_elsewhere(
    places: Places, tmp_path: Path
) -> None:
    elsewhere = Places(places.project, tmp_path / "elsewhere")
    assert built(elsewhere, "abc") is None
    template = places.shared / "build" / "abc" / "template.yaml"
    template.parent.mkdir(parents=True)
    template.write_text(TEMPLATE)
    assert built(elsewhere, "abc") == template
    assert built(elsewhere, "abd") is None


def test_the_parameters_of_a_template_are_read_past_its_short_forms(places: Places) -> None:
    declared = parameters_of(places.template)
    assert list(declared) == ["Stage", "StripeSecretKey"]
    assert declared["Stage"]["Default"] == "dev"


def test_a_template_without_parameters_has_none(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text("Resources: {}\n")
    assert parameters_of(tmp_path / "template.yaml") == {}


def test_another_bundle_or_parameter_is_another_deployment() -> None:
    mark = fingerprint("abc", {"A": "1", "B": "2"})
    assert fingerprint("abc", {"B": "2", "A": "1"}) == mark
    assert fingerprint("abd", {"A": "1", "B": "2"}) != mark
    assert fingerprint("abc", {"A": "1", "B": "3"}) != mark
    assert fingerprint("abc", {"A": "1"}) != mark


def test_sam_reads_every_parameter_as_it_was_given(tmp_path: Path) -> None:
    sam = PROJECT / ".local" / "sam" / "bin" / "python"
    if not sam.exists():
        pytest.skip("sam is not installed: `make run` installs it")
    places = Places(PROJECT, tmp_path)
    places.make()
    given = {
        "GooglePayRootKeys": root_keys_document(TEST_ROOT, TEST_ROOT),
        "GooglePayPrivateKeys": "MIGHAgE=,MIGHAgI=",
        "SpcRpName": """Dan's "café", 50 % off = ok""",
        "GooglePayKmsKeys": "",
    }
    file = write_parameters(places, given)
    assert file.stat().st_mode & 0o777 == 0o600
    script = (
        "import json, sys; from samcli.cli.types import CfnParameterOverridesType as T;"
        "json.dump(T().convert('file://' + sys.argv[1], None, None), sys.stdout)"
    )
    read = subprocess.run([sam, "-c", script, file], capture_output=True, text=True, check=True)
    assert json.loads(read.stdout) == given


def test_a_tool_that_is_not_installed_is_named_with_the_command(places: Places) -> None:
    with pytest.raises(NotSetUpError, match="sam is missing: run `make run`"):
        _ = places.sam


def test_the_emulator_inherits_nothing_that_its_handlers_could_find(places: Places) -> None:
    mine = {
        "PATH": "/usr/bin",
        "HOME": "/home/me",
        "STRIPE_SECRET_KEY": "sk_test_51realkey",
        "AWS_PROFILE": "prod",
        "PYTHONPATH": "/elsewhere",
    }
    given = environment(places, mine, 4566)
    assert given["PATH"] == "/usr/bin"
    assert "sk_test_51realkey" not in given.values()
    assert not {"STRIPE_SECRET_KEY", "AWS_PROFILE", "PYTHONPATH"} & set(given)
    assert given["BIND_HOST"] == "127.0.0.1"
    assert given["AUTH"] == "true"
