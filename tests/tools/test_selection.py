"""Which tests the make targets run: the quick loop may leave out some, and `make test` none."""

import os
import re
import subprocess
from functools import cache

import pytest

from tests.support.service import ROOT

EXPRESSION = re.compile(r'pytest -m (?:"([^"]+)"|(\w+))')


@cache
def expressions(target: str) -> set[str]:
    """The marker expressions of a target's runs of pytest, from a run that does nothing.

    What the make that runs this test was told is none of its business.
    """
    command = ["make", "-n", "--no-print-directory", target]
    environ = {"PATH": os.environ["PATH"]}
    found = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, check=True)
    printed = found.stdout.decode()
    assert printed.count("-m pytest") == len(EXPRESSION.findall(printed)) > 0
    return {quoted or plain for quoted, plain in EXPRESSION.findall(printed)}


def test_every_test_is_run_by_make_test_whatever_its_markers() -> None:
    """What needs a server and what does not are all there is."""
    assert expressions("test") == {"server", "not server"}


def test_the_quick_loop_leaves_out_what_needs_a_server_or_is_exhaustive() -> None:
    assert expressions("check") == {"not server and not exhaustive"}


@pytest.mark.parametrize("target", ["domain", "front-door"])
def test_half_of_the_tests_alone_leaves_out_none_that_needs_no_server(target: str) -> None:
    assert expressions(target) == {"not server"}
