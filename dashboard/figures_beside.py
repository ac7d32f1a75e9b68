"""Pure: two areas side by side as dots with their ranges, one row an indicator, both on one scale. See `figures`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import words
from dashboard.figures import INK, PAPER, RULE, SOFT, UNKNOWN, framed

SECOND = "#0B5563"


@dataclass(frozen=True)
class Pair:
    """A share of two areas: value, lower and upper of each; None where it is not known."""

    name: str
    one: tuple[float, float, float] | None
    other: tuple[float, float, float] | None
    sure: bool


def beside(pairs: Sequence[Pair], names: tuple[str, str], title: str, subtitle: str) -> go.Figure:
    """Filled circles for the first area, hollow diamonds for the second; grey where each may lie, as some do not report."""
    rows = list(pairs)[::-1]
    figure = go.Figure()
    for side, (symbol, colour, shift) in enumerate((("circle", INK, 0.17), ("diamond-open", SECOND, -0.17))):
        known = [(i + shift, p[side], row.name) for i, row in enumerate(rows) if (p := (row.one, row.other))[side]]
        for y, found, _ in known:
            assert found is not None
            figure.add_scatter(x=[found[1], found[2]], y=[y, y], mode="lines", line={"color": UNKNOWN, "width": 6}, opacity=0.5, hoverinfo="skip")  # fmt: skip
        figure.add_scatter(
            x=[f[0] for _, f, _ in known if f], y=[y for y, _, _ in known], mode="markers+text", name=names[side],
            marker={"size": 12, "symbol": symbol, "color": colour, "line": {"color": PAPER if side == 0 else colour, "width": 1.5 if side == 0 else 2.5}},
            text=[f"{words.percent(f[0])}{'  ' + names[side] if n == len(known) - 1 else ''}" for n, (_, f, _) in enumerate(known) if f],
            textposition="middle right", textfont={"color": colour, "size": 13}, cliponaxis=False,
            hovertemplate="%{text}<extra></extra>",
        )  # fmt: skip
    figure.update_yaxes(tickvals=list(range(len(rows))), ticktext=[f"<b>{r.name}</b>" if r.sure else r.name for r in rows], range=[-0.6, len(rows) - 0.4], showgrid=False)  # fmt: skip
    framed(figure, title, subtitle, 110 + 58 * len(rows))
    figure.update_layout(showlegend=False, margin={"r": 96})
    figure.update_xaxes(range=[0, 1.02], tickvals=[0, 0.25, 0.5, 0.75, 1], ticktext=[words.percent(v) for v in (0, 0.25, 0.5, 0.75, 1)], gridcolor=RULE, tickfont={"color": SOFT})  # fmt: skip
    return figure
