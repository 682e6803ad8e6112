"""Deploys the built template to the emulator with `sam deploy`, when what is there differs."""

import hashlib
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml
from botocore.exceptions import ClientError

from local import aws
from local.places import Places
from local.private_file import write_privately
from local.processes import run

STACK = "countersign"
ARTIFACTS = "countersign-artifacts"
MARK = "/countersign/local/deployed"
SETTLE_PATIENCE_S = 30.0

_NEVER_CREATED = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS")


def parameters_of(template: Path) -> dict[str, dict[str, Any]]:
    """Return the `Parameters` of a template file, each with its declaration."""
    loader = _TemplateLoader(template.read_text("utf-8"))
    return dict(loader.get_single_data().get("Parameters", {}))


def fingerprint(bundle: str, parameters: Mapping[str, str]) -> str:
    """Return a hash of the bundle and of every parameter's value, which names a deployment."""
    return hashlib.sha256(
        json.dumps([bundle, dict(parameters)], sort_keys=True).encode()
    ).hexdigest()


def is_deployed(port: int, mark: str) -> bool:
    """Return whether the state that the emulator restored is a complete deployment with this mark.

    The mark is kept in the emulator itself, so that it is never newer than the deployment it marks.
    """
    try:
        stored = aws.client("ssm", port).get_parameter(Name=MARK)
        status = _status(aws.client("cloudformation", port))
    except ClientError:
        return False
    return stored["Parameter"]["Value"] == mark and status in ("CREATE_COMPLETE", "UPDATE_COMPLETE")


def mark_deployed(port: int, mark: str) -> None:
    aws.client("ssm", port).put_parameter(Name=MARK, Value=mark, Type="String", Overwrite=True)


async def deploy(
    places: Places,
    environ: Mapping[str, str],
    port: int,
    template: Path,
    parameters: Mapping[str, str],
) -> None:
    """Run `sam deploy`; raises CommandError when it fails.

    When canceled, it waits until no stack operation runs, so that a later deployment can update the
    saved state.
    """
    cloudformation = aws.client("cloudformation", port)
    with suppress(ClientError):
        aws.client("s3", port).create_bucket(Bucket=ARTIFACTS)
    _remove_never_created(cloudformation)
    given = write_parameters(places, parameters)
    try:
        await run(
            _command(places, template, given),
            env=_environment(environ, port),
            cwd=places.project,
            log=places.logs / "deploy.log",
        )
    finally:
        given.unlink()
        _settle(cloudformation)
    _forget_old_artifacts(port, cloudformation)


def write_parameters(places: Places, parameters: Mapping[str, str]) -> Path:
    """Return the file that `--parameter-overrides` names, since every user of the machine could
    read keys on the command line; a JSON document is also quoted best in there.
    """
    file = places.state / "parameters.yaml"
    write_privately(file, json.dumps(dict(parameters)).encode())
    return file


def _command(places: Places, template: Path, parameters: Path) -> list[str | Path]:
    return [
        *(places.sam, "deploy", "--template-file", template, "--stack-name", STACK),
        *("--s3-bucket", ARTIFACTS, "--capabilities", "CAPABILITY_IAM"),
        *("--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"),
        *("--parameter-overrides", f"file://{parameters}"),
    ]


def _environment(environ: Mapping[str, str], port: int) -> dict[str, str]:
    quick = {"SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": "0.5"}
    return aws.emulator_environment(environ, port) | quick


def _status(cloudformation: Any) -> str:
    return str(cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"])


def _remove_never_created(cloudformation: Any) -> None:
    """Delete what a failed first deployment has left, in which nothing was ever stored."""
    with suppress(ClientError):
        if _status(cloudformation) in _NEVER_CREATED:
            cloudformation.delete_stack(StackName=STACK)
            _settle(cloudformation)


def _settle(cloudformation: Any) -> None:
    """Wait until no stack operation runs: a saved one that is in progress could never go on."""
    deadline = time.monotonic() + SETTLE_PATIENCE_S
    with suppress(ClientError):
        while _is_moving(_status(cloudformation)) and time.monotonic() < deadline:
            time.sleep(0.2)


def _is_moving(status: str) -> bool:
    return status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"


def _forget_old_artifacts(port: int, cloudformation: Any) -> None:
    """Remove uploads that the deployed template does not name: 20 MB or more per deployment."""
    s3 = aws.client("s3", port)
    template = cloudformation.get_template(StackName=STACK, TemplateStage="Processed")
    used = json.dumps(template["TemplateBody"])
    for item in s3.list_objects_v2(Bucket=ARTIFACTS).get("Contents", []):
        if item["Key"] not in used:
            s3.delete_object(Bucket=ARTIFACTS, Key=item["Key"])


_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _TemplateLoader(_BASE):  # type: ignore[misc]
    """Reads CloudFormation's YAML and ignores its short forms (`!Ref`), which are not needed."""


_TemplateLoader.add_multi_constructor("!", lambda loader, suffix, node: None)
