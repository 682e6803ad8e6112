"""What a run of `make bench` keeps and shows: every figure, and whether it reaches its goal."""

import json
import re
from pathlib import Path

import pytest

from bench.__main__ import main, measure
from bench.figures import RUN, Figure, keep, kept, markdown
from bench.plot import MOST, OVER, WITHIN, part, svg

SPC = Figure(
    "A confirmation, verified", "ours", 61.25, "us", (60.0, 63.0), 1.404, "bare ECDSA", 1.41
)
SLOW = Figure("First calls", "session_creation", 142.0, "ms", ratio=14.2, peer="second", goal=3)
ASKED = Figure("Requests", "a webhook", 1, "requests", goal=1)
PRICE = Figure("Prices", "a million events", 4.29, "$ per million")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(RUN, str(tmp_path / "run.jsonl"))
    return tmp_path / "run.jsonl"


def test_what_several_measurements_keep_is_one_list(run: Path) -> None:
    keep([SPC, SLOW])
    keep([PRICE])
    assert kept(run) == [SPC, SLOW, PRICE]


def test_a_measurement_that_runs_alone_keeps_nothing(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(RUN)
    keep([SPC])
    assert not run.exists()


def test_a_goal_is_for_the_ratio_where_there_is_one() -> None:
    assert SPC.measured == 1.404
    assert ASKED.measured == 1


@pytest.mark.parametrize(
    ("measured", "goal", "is_within"),
    [
        (1.41, 1.41, True),
        (1.4149, 1.41, True),
        (1.4151, 1.41, False),
        (0.0774, 0.077, True),
        (0.0776, 0.077, False),
        (0, 0, True),
        (1, 0, False),
        (1000, None, True),
    ],
)
def test_a_goal_is_reached_as_far_as_its_digits_go(
    measured: float, goal: float | None, is_within: bool
) -> None:
    assert Figure("t", "n", measured, "us", goal=goal).is_within is is_within


def test_the_table_has_each_figure_under_its_title_with_its_verdict() -> None:
    again = Figure(SPC.table, "fido2", 1234.5, "us")
    lines = markdown([SPC, SLOW, PRICE, again]).splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert rows[0] == ["measured", "figure", "middle half", "ratio", "goal", ""]
    assert rows[2:] == [
        ["**A confirmation, verified**", "", "", "", "", ""],
        ["ours", "61.2 us", "60 to 63", "1.40 of bare ECDSA", "at most 1.41", "within"],
        ["fido2", "1,234 us", "", "", "", ""],
        ["**First calls**", "", "", "", "", ""],
        ["session_creation", "142 ms", "", "14.2 of second", "at most 3", "OVER"],
        ["**Prices**", "", "", "", "", ""],
        ["a million events", "$4.29 per million", "", "", "", ""],
    ]
    assert len({len(line) for line in lines}) == 1


def test_the_plot_has_a_bar_for_each_goal_and_a_line_at_the_goal() -> None:
    drawn = svg([SPC, SLOW, ASKED, PRICE])
    colors = re.findall(r'class="bar" style="fill: (#\w+)', drawn)
    assert sorted(colors) == sorted([WITHIN, OVER, WITHIN])
    for label in ("ours: 1.40, goal 1.41", "session_creation: 14.2, goal 3", "First calls"):
        assert f">{label}</text>" in drawn
    assert "a million events" not in drawn
    assert 'class="major guide line"' in drawn


def test_the_plot_loads_nothing_from_anywhere() -> None:
    assert "//kozea" not in svg([SPC])
    assert "href" not in svg([SPC])


def test_a_bar_is_the_part_that_a_figure_is_of_its_goal() -> None:
    assert part(SPC) == pytest.approx(1.404 / 1.41)
    assert part(SLOW) > MOST
    assert part(Figure("t", "n", 0, "requests", goal=0)) == 1
    assert part(Figure("t", "n", 1, "requests", goal=0)) == 2


def test_a_run_shows_what_its_measurements_kept_though_one_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    package = tmp_path / "measured"
    package.mkdir()
    (package / "fails.py").write_text("raise SystemExit(3)")
    keeps = f"from bench.figures import Figure, keep\nkeep([{SPC!r}, {SLOW!r}])"
    (package / "keeps.py").write_text(keeps)
    root = Path(__file__).parent.parent.parent
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{root}")
    assert measure(["fails", "keeps"], tmp_path / "bench", "measured") == 1
    printed = capfd.readouterr().out
    assert "measured.fails" in printed
    assert "1 of 2 goals reached" in printed
    assert "failed: fails" in printed
    found = json.loads((tmp_path / "bench" / "figures.json").read_text())
    assert [figure["name"] for figure in found] == ["ours", "session_creation"]
    assert (tmp_path / "bench" / "figures.md").read_text() in printed
    assert ">ours: 1.40, goal 1.41</text>" in (tmp_path / "bench" / "figures.svg").read_text()


def test_a_name_that_no_measurement_has_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["wehbook"]) == 1
    assert "no measurement is called wehbook" in capfd.readouterr().out
