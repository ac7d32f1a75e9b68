"""Pure: a share over the years with its range, gaps where too little was reported, and the way to the target. See `figures`."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import words
from dashboard.figures import INK, PAPER, RULE, SOFT, UNKNOWN, YES, framed
from geodata.monitor import Point
from geodata.say import tr

Marks = Sequence[bool]


def over_years(found: Sequence[Point], shown: Marks, cut: Sequence[int], *, target: tuple[float, float] | None = None, pace: tuple[float, float] | None = None, height: int = 320, share: bool = True) -> go.Figure:  # fmt: skip
    """Dates at their true distances; `shown`: whether enough is reported at each; `cut`: where another set of schools
    starts, so that no line runs over it; `target`: (year, share); `pace`: least and most share at the target's date, if the
    pace so far went on. Small heights leave the labels of all but the ends out.
    """
    figure = go.Figure()
    if target is not None and pace is not None:
        _wedge(figure, found, shown, target[0], pace)
    for point, kept in zip(found, shown, strict=True):
        if point.upper > point.lower:
            figure.add_scatter(x=[point.at] * 2, y=[point.lower, point.upper], mode="lines", line={"color": UNKNOWN, "width": 8}, opacity=0.5 if kept else 0.25, hoverinfo="skip")  # fmt: skip
    xs: list[float | None] = []
    ys: list[float | None] = []
    texts: list[tuple[float, float, str]] = []
    for i, (point, kept) in enumerate(zip(found, shown, strict=True)):
        if i in cut or not kept:
            xs, ys = [*xs, None], [*ys, None]
        if kept:
            label = words.percent(point.value) if share else words.exact(point.value, 1)
            ends = height >= 300 or i in (0, len(found) - 1)
            xs, ys = [*xs, point.at], [*ys, point.value]
            texts += [(point.at, max(point.upper, point.value) + (0.025 if share else 0), label)] if ends else []
    figure.add_scatter(
        x=xs, y=ys, mode="lines+markers", connectgaps=False, cliponaxis=False,
        line={"color": YES, "width": 2}, marker={"size": 9, "color": YES, "line": {"color": PAPER, "width": 1.5}}, hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(x=[t[0] for t in texts], y=[t[1] for t in texts], mode="text", text=[t[2] for t in texts], textposition="top center", cliponaxis=False, hoverinfo="skip")  # fmt: skip
    for i in cut:
        figure.add_vline(x=(found[i - 1].at + found[i].at) / 2, line={"color": SOFT, "width": 1, "dash": "dash"})
    ticks = {point.at: point.date[:4] for point in found}
    if target is not None:
        _target(figure, found, shown, target)
        ticks[target[0]] = str(int(target[0]) - 1)
    framed(figure, "", "", height)
    small = height < 300
    figure.update_layout(title=None, margin={"t": 28 if not small else 16, "r": 32, "l": 16, "b": 32})
    span = max(ticks, default=1.0) - min(ticks, default=0.0) or 1.0
    before = 0.2 if small else 0.06  # the first label clears those of the axis
    figure.update_xaxes(range=[min(ticks, default=0) - before * span, max(ticks, default=1) + 0.06 * span])
    ends_ = dict(item for i, item in enumerate(ticks.items()) if not small or i in (0, len(ticks) - 1))
    figure.update_xaxes(tickvals=list(ends_), ticktext=list(ends_.values()), tickangle=0, showgrid=False)
    top = (1.12 if not small else 1.3) if share else None
    if share:
        figure.update_yaxes(range=[0, top], tickvals=[0, 0.5, 1], ticktext=[words.percent(v) for v in (0, 0.5, 1)], showgrid=True, gridcolor=RULE)  # fmt: skip
    else:
        figure.update_yaxes(rangemode="tozero", nticks=4, showgrid=True, gridcolor=RULE)
    return figure


def _target(figure: go.Figure, found: Sequence[Point], shown: Marks, target: tuple[float, float]) -> None:
    """The target as a hollow ring, and the way that is needed from the last date as a dotted line: no forecast."""
    told = [p for p, kept in zip(found, shown, strict=True) if kept]
    if told and told[-1].at < target[0]:
        figure.add_scatter(x=[told[-1].at, target[0]], y=[told[-1].value, target[1]], mode="lines", line={"color": INK, "width": 1, "dash": "dot"}, hoverinfo="skip")  # fmt: skip
    figure.add_scatter(
        x=[target[0]], y=[target[1]], mode="markers+text", text=[tr("target")], textposition="top center", cliponaxis=False,
        marker={"size": 12, "color": PAPER, "line": {"color": INK, "width": 2}}, textfont={"color": INK}, hoverinfo="skip",
    )  # fmt: skip


def _wedge(figure: go.Figure, found: Sequence[Point], shown: Marks, at: float, pace: tuple[float, float]) -> None:
    """Where the pace so far would lead, from its slowest to its fastest: what was, drawn on; pale, for it is no forecast."""
    told = [p for p, kept in zip(found, shown, strict=True) if kept]
    if not told or told[-1].at >= at:
        return
    now, (low, high) = told[-1], pace
    figure.add_scatter(x=[now.at, at, at, now.at], y=[now.value, low, high, now.value], mode="lines", line={"width": 0}, fill="toself", fillcolor=UNKNOWN, opacity=0.18, hoverinfo="skip")  # fmt: skip
    said = tr("{low} to {high}", low=words.percent(low), high=words.percent(high))
    figure.add_annotation(x=at, y=(low + high) / 2, text=said, showarrow=False, xanchor="right", align="right", xshift=-6, font={"size": 13, "color": SOFT})  # fmt: skip
