"""How far the streams were read is forgotten before the emulator starts, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.stream_positions import forget_stream_positions

POSITIONS = {"__account_region_scoped__": True, "data": {"0\x00us-east-1\x00'id'": 7}}


def saved(form: int = 2, **payload: Any) -> dict[str, Any]:
    given = {"functions": {"f": 1}, "dynamodb_stream_positions": POSITIONS}
    return {"__ministack_format__": form, "payload": given | payload}


def after(folder: Path, state: Any) -> Any:
    file = folder / "lambda.json"
    file.write_text(json.dumps(state))
    forget_stream_positions(folder)
    return json.loads(file.read_text())


def test_the_positions_are_forgotten_and_the_rest_is_kept(tmp_path: Path) -> None:
    empty = POSITIONS | {"data": {}}
    assert after(tmp_path, saved()) == saved(dynamodb_stream_positions=empty)


@pytest.mark.parametrize(
    "state", [saved(form=3), saved(dynamodb_stream_positions=[]), {"functions": {}}, []]
)
def test_another_form_is_left_alone_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], state: Any
) -> None:
    assert after(tmp_path, state) == state
    assert "make republish" in capsys.readouterr().err


def test_a_first_run_has_nothing_to_forget(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forget_stream_positions(tmp_path)
    assert capsys.readouterr().err == ""
