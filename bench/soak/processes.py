"""Processes that run a built function, on the emulator's interpreter and with nothing of ours but
what was deployed.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from countersign.crypto.users import issuer_mark_of, qualify
from local.build import built, bundle_hash
from local.places import Places
from local.stripe_settings import STAND_IN_WEBHOOK_SECRETS
from tests.support.service import ROOT, Service, client

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Bundle:
    """The built functions, and the environment in which each was deployed."""

    places: Places
    build: Path
    environment: dict[str, dict[str, str]]
    issuer: str
    """The mark of the issuer of all users."""

    @contextmanager
    def running(
        self, script: str, function: str, *arguments: str, log: Path
    ) -> Iterator["BuiltProcess"]:
        """Run one of our scripts with a built function; it ends with the block."""
        reading, writing = os.pipe()
        with log.open("wb") as out:
            process = subprocess.Popen(
                [self.places.ministack_python, "-P", _HERE / script, *arguments, str(writing)],
                env=self._environment(function),
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=subprocess.STDOUT,
                pass_fds=(writing,),
            )
        os.close(writing)
        try:
            with os.fdopen(reading) as answers:
                yield BuiltProcess(process, answers, log)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.terminate()
            process.wait()

    def _environment(self, function: str) -> dict[str, str]:
        task, layer = self.build / function, self.build / "CountersignLayer" / "python"
        return self.environment[function] | {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{task}:{layer}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_REGION": self.environment[function]["AWS_DEFAULT_REGION"],
            "AWS_LAMBDA_FUNCTION_NAME": function,
            "POWERTOOLS_LOG_LEVEL": "ERROR",
            "SOAK_WEBHOOK_SECRETS": STAND_IN_WEBHOOK_SECRETS,
            "SOAK_ISSUER": self.issuer,
        }


@dataclass(frozen=True)
class BuiltProcess:
    """A running script: what it answers, line by line, and where its log is."""

    process: "subprocess.Popen[bytes]"
    answers: IO[str]
    log: Path

    def ask(self, line: Any) -> Any:
        """Send it a line of JSON and return its answer. Raises `RuntimeError` if it has ended."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(line).encode() + b"\n")
        self.process.stdin.flush()
        answer = self.answers.readline()
        if not answer:
            raise RuntimeError(f"a process of the soak has ended: {self.last_lines()}")
        return json.loads(answer)

    def last_lines(self) -> str:
        """Return the end of its log."""
        return self.log.read_text("utf-8", "replace")[-2000:]


def bundle_of(service: Service) -> Bundle:
    """Return the functions that a service has built and deployed."""
    places = Places(ROOT, service.home)
    template = built(places, bundle_hash(places))
    assert template is not None, "the service has built its functions"
    environment = json.loads((service.home / "env.json").read_text())
    mark = issuer_mark_of(qualify(environment["SessionCreation"]["ISSUER"], ""))
    return Bundle(places, template.parent, environment, mark)


def stop_triggers(service: Service) -> None:
    """The soak reads the streams instead, from their beginning."""
    functions = client(service, "lambda")
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        if ":dynamodb:" in mapping["EventSourceArn"]:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
