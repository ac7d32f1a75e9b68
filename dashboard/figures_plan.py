"""Pure: what a plan says as Plotly figures, in the house's language (see `figures`): the curve of budgets, money by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

import plotly.graph_objects as go

from dashboard import words
from dashboard.figures import INK, PAPER, RULE, SOFT, UNKNOWN, framed
from dashboard.planning import money
from geodata.say import per_cent, remembered, tr, written

ACTION = "#0B5563"
START, RUNNING = "#0B5563", "#8FB8BF"


@dataclass(frozen=True)
class Stop:
    """One solved budget: what it reaches, and what the same money would without weights; `here` where it is shown."""

    budget: float
    reached: float
    plain: float
    here: bool = False


@remembered(maxsize=64)
def curve(stops: tuple[Stop, ...], unit: str, currency: str) -> go.Figure:
    """People reached by budget: dots are solved plans, the line joins them; ours is filled and said."""
    figure = go.Figure()
    xs, ys = [s.budget for s in stops], [s.reached for s in stops]
    texts = [f"{money.short(s.budget, currency)}: {words.rounded(s.reached, 3)} {unit}" for s in stops]
    figure.add_scatter(
        x=[0, *xs], y=[s.plain for s in [Stop(0, 0, 0), *stops]], mode="lines", line={"color": UNKNOWN, "width": 1.2, "dash": "dot"}, hoverinfo="skip"
    )  # fmt: skip
    figure.add_scatter(
        x=[0, *xs], y=[0, *ys], mode="lines+markers", line={"color": ACTION, "width": 2.4}, customdata=["nothing", *texts],
        marker={"size": [1, *(12 if s.here else 6 for s in stops)], "color": ["#fff", *(INK if s.here else ACTION for s in stops)], "line": {"color": PAPER, "width": 1.5}},
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    here = next((s for s in stops if s.here), None)
    if here is not None:
        late = here.budget > 0.6 * max(xs)  # the curve rises: the room under it, to its right, is free until then
        figure.add_annotation(
            x=here.budget, y=here.reached, text=f"{words.rounded(here.reached, 3)} {unit}", showarrow=False, yshift=-38 if late else -16, xshift=14 if late else 8,
            xanchor="right" if late else "left", font={"size": 13, "color": INK},
        )  # fmt: skip
    framed(figure, "", "", 190)
    figure.update_layout(title=None, margin={"l": 8, "r": 12, "t": 8, "b": 40}, hovermode="closest")
    top = max([*ys, *(s.plain for s in stops), 1.0])
    figure.update_yaxes(range=[0, top * 1.08], showgrid=True, gridcolor=RULE, title=None, **ticks(top, 3))
    return figure.update_xaxes(range=[0, max([*xs, 1.0]) * 1.02], title={"text": tr("budget, {currency}", currency=currency), "font": {"size": 13, "color": SOFT}}, **ticks(max([*xs, 1.0]), 5))  # fmt: skip


def ticks(most: float, about: int) -> dict[str, list[float] | list[str]]:
    """Ticks of an axis from 0, about so many, in words that a sentence has: "20 million", never "20M"."""
    raw = most / about
    size = 10 ** floor(log10(raw))
    step = max(
        next(size * part for part in ((1, 2, 2.5, 5, 10) if size >= 10 else (1, 2, 5, 10)) if size * part >= raw), 1.0
    )
    at = [step * i for i in range(int(most / step) + 1)]
    return {"tickvals": at, "ticktext": [money.short(value) for value in at]}


@remembered(maxsize=64)
def by_year(years: tuple[str, ...], start: tuple[float, ...], running: tuple[float, ...], currency: str) -> go.Figure:
    """Money by year: what is paid to build, and what running costs, one above the other; bars from zero."""
    figure = go.Figure(
        [
            go.Bar(x=list(years), y=list(amounts), marker={"color": colour}, name=name, customdata=[money.short(a, currency) for a in amounts], hovertemplate="%{x}, " + name + ": %{customdata}<extra></extra>")
            for name, amounts, colour in ((tr("to build"), start, START), (tr("to run"), running, RUNNING))
        ]
    )  # fmt: skip
    framed(figure, "", "", 210)
    figure.update_layout(title=None, barmode="stack", margin={"l": 8, "r": 8, "t": 8, "b": 44})
    figure.update_xaxes(
        type="category", title={"text": tr("year of the plan; 0 is its start"), "font": {"size": 13, "color": SOFT}}
    )
    most = max([1.0, *(a + b for a, b in zip(start, running, strict=True))])
    return figure.update_yaxes(showgrid=True, gridcolor=RULE, **ticks(most, 3))


def curve_title(stops: Sequence[Stop], unit: str) -> str:
    """What the curve says: how much dearer the next of them are than the first were."""
    here = next((i for i, s in enumerate(stops) if s.here), None)
    if here is None or len(stops) < 3:
        return tr("What each budget reaches")
    if here + 1 >= len(stops):
        return tr("No larger budget reaches more")
    first, after = _slope(Stop(0, 0, 0), stops[0]), _slope(stops[here], stops[here + 1])
    if after <= 0:
        return tr("The next larger budget reaches no more")
    ratio, one = first / after, tr("school") if unit == "schools" else tr("underserved learner")
    if ratio < 1.05:
        return tr("From here, a further {one} costs no more than the first did", one=one)
    if ratio >= 1.95:
        return tr("From here, each further {one} costs {times} times as much as the first did", one=one, times=written(ratio, 0, grouped=False))  # fmt: skip
    more = per_cent(written(100 * (ratio - 1), 0, grouped=False))
    return tr("From here, each further {one} costs {share} more than the first did", one=one, share=more)


def _slope(one: Stop, other: Stop) -> float:
    return (other.reached - one.reached) / (other.budget - one.budget) if other.budget > one.budget else 0.0
