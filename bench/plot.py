"""The plot of a run: each figure as a part of its goal, with a line at the goal."""

from collections.abc import Iterable

import pygal  # type: ignore[import-untyped]
from pygal.style import Style  # type: ignore[import-untyped]

from bench.figures import Figure, by_table, number

MOST = 2.0
"""A bar ends here; its label has the number."""
WITHIN, OVER = "#2e7d4f", "#b3261e"
_STYLE = Style(
    background="white", font_family="sans-serif", label_font_size=12, major_label_font_size=12
)


def svg(figures: Iterable[Figure]) -> str:
    """Return the plot of those that have a goal, under the titles of their tables."""
    labels: list[str] = []
    titles: list[str] = []
    bars: list[dict[str, object] | None] = []
    for table, found in by_table(figure for figure in figures if figure.goal is not None).items():
        titles.append(table)
        labels += [table, *map(_label, found)]
        bars += [None, *map(_bar, found)]
    chart = pygal.HorizontalBar(
        title="Each figure as a part of its goal (the line at 1)",
        width=1100,
        height=26 * len(labels) + 90,
        style=_STYLE,
        js=[],
        show_legend=False,
        range=(0, MOST),
        y_labels=[0, 0.5, 1, 1.5, MOST],
        y_labels_major=[1],
        x_labels=labels[::-1],
        x_labels_major=titles,
        spacing=4,
    )
    chart.add("", bars[::-1])
    return str(chart.render(is_unicode=True))


def part(figure: Figure) -> float:
    """Return what a figure is of its goal. What is over a goal of nothing is over by itself."""
    assert figure.goal is not None
    return figure.measured / figure.goal if figure.goal else 1 + figure.measured


def _label(figure: Figure) -> str:
    assert figure.goal is not None
    return f"{figure.name}: {number(figure.measured)}, goal {number(figure.goal)}"


def _bar(figure: Figure) -> dict[str, object]:
    color = WITHIN if figure.is_within else OVER
    return {"value": min(part(figure), MOST), "color": color, "label": _label(figure)}
