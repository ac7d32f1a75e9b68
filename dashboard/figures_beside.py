"""Pure: two areas side by side as dots with their ranges, one row an indicator, both on one scale. See `figures`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import words
from dashboard.figures import INK, PAPER, RULE, SOFT, UNKNOWN, framed

SECOND = "#0B5563"


GAP, FAR = 0.012, 0.92  # of the scale: between a range and its number, which stands before a range that ends near 100 %


@dataclass(frozen=True)
class Pair:
    """A share of two areas: value, lower and upper of each; None where it is not known."""

    name: str
    one: tuple[float, float, float] | None
    other: tuple[float, float, float] | None
    sure: bool


def beside(pairs: Sequence[Pair], names: tuple[str, str]) -> go.Figure:
    """Filled circles for the first area, hollow diamonds for the second; grey where each may lie, as some do not report."""
    rows = list(pairs)[::-1]
    figure = go.Figure()
    for side, (symbol, colour, shift) in enumerate((("circle", INK, 0.13), ("diamond-open", SECOND, -0.13))):
        known = [(i + shift, p[side], row.name) for i, row in enumerate(rows) if (p := (row.one, row.other))[side]]
        for y, found, _ in known:
            assert found is not None
            figure.add_scatter(x=[found[1], found[2]], y=[y, y], mode="lines", line={"color": UNKNOWN, "width": 6}, opacity=0.5, hoverinfo="skip")  # fmt: skip
        figure.add_scatter(
            x=[f[0] for _, f, _ in known if f], y=[y for y, _, _ in known], mode="markers", name=names[side], hoverinfo="skip",
            marker={"size": 12, "symbol": symbol, "color": colour, "line": {"color": PAPER if side == 0 else colour, "width": 1.5 if side == 0 else 2.5}},
        )  # fmt: skip
        ends = [(f[2] + GAP, "middle right") if f[2] < FAR else (f[1] - GAP, "middle left") for _, f, _ in known if f]
        figure.add_scatter(
            x=[x for x, _ in ends], y=[y for y, _, _ in known], mode="text", text=[words.percent(f[0]) for _, f, _ in known if f],
            textposition=[place for _, place in ends], textfont={"color": colour, "size": 13}, cliponaxis=False, hoverinfo="skip",
        )  # fmt: skip
    for i, row in enumerate(rows):  # above its row, so that a narrow screen keeps its width for the scale
        name = f"<b>{row.name}</b>" if row.sure else row.name
        figure.add_annotation(
            x=0, y=i + 0.42, text=name, showarrow=False, xanchor="left", xref="x", font={"color": INK}
        )
    figure.update_yaxes(visible=False, range=[-0.6, len(rows) - 0.3])
    framed(figure, "", "", 50 + 64 * len(rows))
    figure.update_layout(title=None, showlegend=False, margin={"r": 32, "t": 8})
    figure.update_xaxes(range=[-0.02, 1.03], tickvals=[0, 0.25, 0.5, 0.75, 1], ticktext=[words.percent(v) for v in (0, 0.25, 0.5, 0.75, 1)], gridcolor=RULE, tickfont={"color": SOFT})  # fmt: skip
    return figure
