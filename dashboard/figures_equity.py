"""Pure: the concentration curve of the audit as a Plotly figure, in the house's language (see `figures`)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from dashboard import words
from dashboard.figures import INK, PAPER, RULE, SOFT, UNKNOWN, YES, framed
from geodata.equity.concentration import Concentration
from geodata.say import tr

QUARTERS = (0, 0.25, 0.5, 0.75, 1)


def at_half(found: Concentration) -> float | None:
    """What the half of people in the poorest places have of it all, read off the curve; None without a curve."""
    points = list(found.curve)
    for (x0, y0), (x1, y1) in pairwise(points):
        if x0 <= 0.5 <= x1 and x1 > x0:
            return y0 + (y1 - y0) * (0.5 - x0) / (x1 - x0)
    return None


def curve_title(found: Concentration, what: str, who: str) -> str:
    """The finding of the curve: what the poorer half of people have of it."""
    half = at_half(found)
    if half is None:
        return tr("Nobody here is known to have {what}", what=what)
    return tr(
        "The half of {who} in the poorest places have {half} of the {what}",
        who=who,
        half=words.percent(half),
        what=what,
    )


def concentration_curve(found: Concentration, what: str, who: str) -> go.Figure:
    """The concentration curve with the line of equality and the band that the unreported leave."""
    figure = go.Figure()
    if found.lower_curve and found.upper_curve:
        xs = [p[0] for p in found.upper_curve] + [p[0] for p in reversed(found.lower_curve)]
        ys = [p[1] for p in found.upper_curve] + [p[1] for p in reversed(found.lower_curve)]
        figure.add_scatter(x=xs, y=ys, fill="toself", fillcolor="rgba(131,136,143,0.28)", mode="lines", line={"color": UNKNOWN, "width": 1}, hoverinfo="skip")  # fmt: skip
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": INK, "width": 1, "dash": "dot"}, hoverinfo="skip"
    )
    figure.add_scatter(
        x=[p[0] for p in found.curve], y=[p[1] for p in found.curve], mode="lines", line={"color": YES, "width": 3},
        hovertemplate=tr("poorest {x} of {who}: {y} of the {what}", x="%{x:.0%}", y="%{y:.0%}", who=who, what=what) + "<extra></extra>",
    )  # fmt: skip
    half = at_half(found)
    if half is not None:
        figure.add_scatter(
            x=[0.5], y=[half], mode="markers+text", text=[f"  {words.percent(half)}"], textposition="middle right",
            marker={"size": 9, "color": YES, "line": {"color": PAPER, "width": 1.5}}, textfont={"color": INK, "size": 13}, hoverinfo="skip",
        )  # fmt: skip
    figure.add_annotation(x=0.3, y=0.36, text=tr("the same for all"), showarrow=False, textangle=-38, font={"color": SOFT, "size": 13})  # fmt: skip
    band = tr("; grey: where it may lie, as some do not report") if found.lower_curve else ""
    subtitle = tr(
        "{capitalize} from the poorest places to the least poor, and their share of the {what}{band}",
        capitalize=who.capitalize(),
        what=what,
        band=band,
    )
    framed(figure, "", subtitle, 420)
    figure.update_layout(title=None, margin={"l": 8, "r": 24, "t": 16, "b": 56})
    figure.update_xaxes(
        **_ticks(), title={"text": tr("{who}, poorest places first", who=who), "font": {"size": 13, "color": SOFT}}
    )
    return figure.update_yaxes(**_ticks(), showgrid=True, gridcolor=RULE, title={"text": tr("share of the {what}", what=what), "font": {"size": 13, "color": SOFT}})  # fmt: skip


def _ticks() -> dict[str, Any]:
    return {"tickvals": list(QUARTERS), "ticktext": [words.percent(q) if q else "0" for q in QUARTERS], "range": [0, 1]}
