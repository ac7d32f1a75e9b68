"""Pure: values → Plotly figures. The only module that imports plotly.

The title states the finding, the subtitle says what, of what, and in which unit; labels stand on the marks; bars start
at zero; what is not reported is always drawn, hatched, and never hidden in a total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import words
from geodata.say import tr

PAPER, LAND, RULE, INK, SOFT = "#FAF8F3", "#F1EEE6", "#D9D4C7", "#1B2430", "#4A5563"
YES, PARTLY, NO, UNKNOWN = "#1565A8", "#BF7600", "#9B1C1C", "#83888F"
NEED_RAMP = ("#F6E8C9", "#EBC48A", "#DE9458", "#C4583E", "#952B3B", "#5C1436")
FONT = '"Noto Sans Variable", "Noto Sans", "Noto Sans Arabic Variable", sans-serif'
HATCH = {"shape": "/", "fgcolor": UNKNOWN, "bgcolor": "#FFFFFF", "size": 6, "solidity": 0.25}
CONFIG = {"displayModeBar": False, "responsive": True}


@dataclass(frozen=True)
class Share:
    """A named share: counts of yes, no and not reported, of schools or learners."""

    name: str
    yes: float
    no: float
    unknown: float

    @property
    def total(self) -> float:
        """All of them."""
        return self.yes + self.no + self.unknown

    @property
    def value(self) -> float | None:
        """Share of the known; None where nothing is known."""
        known = self.yes + self.no
        return self.yes / known if known else None

    @property
    def bounds(self) -> tuple[float, float]:
        """The share if every unknown were no, and if every unknown were yes."""
        return (self.yes / self.total, (self.yes + self.unknown) / self.total) if self.total else (0.0, 1.0)

    @property
    def reported_share(self) -> float:
        """Share for which it is reported."""
        return (self.yes + self.no) / self.total if self.total else 0.0


@dataclass(frozen=True)
class Part:
    """What one item adds to a score: its value from 0 to 1 (None: not reported), its weight, what the school says."""

    name: str
    value: float | None
    weight: float
    said: str = ""


def framed(figure: go.Figure, title: str, subtitle: str, height: int) -> go.Figure:
    figure.update_layout(
        title={"text": title, "subtitle": {"text": subtitle, "font": {"size": 13, "color": SOFT}}, "x": 0, "xref": "container", "xanchor": "left", "pad": {"l": 0}, "font": {"size": 18, "color": INK}},
        font={"family": FONT, "size": 13, "color": INK},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 8, "r": 24, "t": 76, "b": 32},
        height=height,
        showlegend=False,
        bargap=0.22,
        hoverlabel={"bgcolor": PAPER, "bordercolor": INK, "font": {"color": INK, "family": FONT}},
        dragmode=False,
    )  # fmt: skip
    figure.update_xaxes(zeroline=False, showline=False, gridcolor=RULE, fixedrange=True)
    figure.update_yaxes(
        zeroline=False, showline=False, showgrid=False, fixedrange=True, automargin=True, ticklabelstandoff=8
    )
    return figure


def _percent_axis(figure: go.Figure) -> go.Figure:
    return figure.update_xaxes(
        range=[0, 1.0],
        tickvals=[0, 0.25, 0.5, 0.75, 1],
        ticktext=[words.percent(share) if share else "0" for share in (0, 0.25, 0.5, 0.75, 1)],
    )


def reported(shares: Sequence[Share], *, of: str = "schools") -> go.Figure:
    """How much of each item is reported: a solid bar, the rest hatched. Best reported on top; ties by name.

    `yes` counts those with a value, `unknown` those without; `no` is not used.
    """
    rows = sorted(shares, key=lambda s: (s.yes / s.total if s.total else 0.0, s.name))
    names = [s.name for s in rows]
    known = [s.yes / s.total if s.total else 0.0 for s in rows]
    said = [tr("{yes} of {total}", yes=words.exact(s.yes), total=words.exact(s.total)) for s in rows]
    inside = [share > 0.3 for share in known]
    figure = go.Figure(
        [
            go.Bar(
                y=names, x=known, orientation="h", marker={"color": YES},
                text=[f" {words.percent(share)} · {text} " if put else "" for share, text, put in zip(known, said, inside, strict=True)],
                textposition="inside", insidetextanchor="start", textfont={"color": "#FFFFFF"},
                hovertemplate=tr("%{y}: %{customdata} reported<extra></extra>"), customdata=said,
            ),
            go.Bar(
                y=names, x=[1 - share for share in known], orientation="h",
                marker={"pattern": HATCH, "color": "#FFFFFF", "line": {"color": UNKNOWN, "width": 1}},
                text=["" if put else f" {words.percent(share)} · {text} " for share, text, put in zip(known, said, inside, strict=True)],
                textposition="inside", insidetextanchor="start", textfont={"color": INK},
                hovertemplate=tr("%{y}: not reported by the rest<extra></extra>"),
            ),
        ]
    )  # fmt: skip
    figure.update_layout(barmode="stack")
    return _percent_axis(framed(figure, reported_title(shares), tr("Share of {of} for which each item is reported; hatched: not reported", of=of), 92 + 34 * len(rows)))  # fmt: skip


def reported_title(shares: Sequence[Share]) -> str:
    """The finding of `reported`: what is best and what is worst reported."""
    if not shares:
        return tr("Nothing is reported")
    ordered = sorted(shares, key=lambda s: (-(s.yes / s.total) if s.total else 0.0, s.name))
    full = [s for s in ordered if s.total and s.yes == s.total]
    none = [s for s in ordered if not s.yes]
    if none:
        least = tr("{listed} not at all", listed=words.listed([s.name.lower() for s in none[:3]]))
        return _capital(tr("{full} of {shares} items are fully reported, {least}", full=words.exact(len(full)), shares=len(shares), least=least)) if full else _capital(tr("{name} is reported best, {least}", name=ordered[0].name, least=least))  # fmt: skip
    worst = ordered[-1]
    return _capital(
        tr(
            "{name} is reported best, {lower} least ({yes})",
            name=ordered[0].name,
            lower=worst.name.lower(),
            yes=words.percent(worst.yes / worst.total),
        )
    )


def rates(groups: Sequence[Share], what: str, *, of: str = "schools", reference: Share | None = None) -> go.Figure:
    """A rate for each group as a dot with the range that the unknown leave; the whole place as a dotted line."""
    rows = [g for g in groups if g.total][::-1]
    figure = go.Figure()
    for i, group in enumerate(rows):
        low, high = group.bounds
        figure.add_scatter(
            x=[low, high], y=[i, i], mode="lines", line={"color": UNKNOWN, "width": 6}, opacity=0.55, hoverinfo="skip"
        )
    known = [(i, g) for i, g in enumerate(rows) if g.value is not None]
    figure.add_scatter(
        x=[g.value for _, g in known],
        y=[i for i, _ in known],
        mode="markers+text",
        marker={"size": 12, "color": NO, "line": {"color": PAPER, "width": 1.5}},
        text=[words.percent(g.value) for _, g in known],
        textposition="top center",
        customdata=[tr("{yes} of {yes_2} {of} that report; {unknown} not reported", yes=words.exact(g.yes), yes_2=words.exact(g.yes + g.no), of=of, unknown=words.exact(g.unknown)) for _, g in known],
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    if reference is not None and reference.value is not None:
        figure.add_vline(x=reference.value, line={"color": INK, "width": 1, "dash": "dot"}, annotation_text=reference.name, annotation_position="top right")  # fmt: skip
    figure.update_yaxes(tickvals=list(range(len(rows))), ticktext=[f"{g.name} ({words.exact(g.total)})" for g in rows], range=[-0.6, len(rows) - 0.2])  # fmt: skip
    subtitle = tr(
        "Share of {of} {what}, of those that report; grey range: where it may lie, as some do not report",
        of=of,
        what=what,
    )
    return _percent_axis(framed(figure, rates_title(groups, what, of), subtitle, 110 + 46 * len(rows)))


def rates_title(groups: Sequence[Share], what: str, of: str = "schools") -> str:
    """The finding of `rates`: the two ends, or that they cannot be told apart."""
    known = [g for g in groups if g.value is not None]
    if not known:
        return tr("No {of} report whether they are {what}", of=of, what=what)
    most, least = max(known, key=lambda g: g.value or 0), min(known, key=lambda g: g.value or 0)
    if len(known) == 1 or most.bounds[0] <= least.bounds[1]:
        return _capital(f"{what}: {most.name} {words.of_ten(most.value)}" + ("" if len(known) == 1 else tr(", {name} {value}; too much is unreported to be sure", name=least.name, value=words.of_ten(least.value))))  # fmt: skip
    return _capital(f"{most.name}: {words.of_ten(most.value)} {of} {what}; {least.name}: {words.of_ten(least.value)}")


def contributions(parts: Sequence[Part], title: str, subtitle: str) -> go.Figure:
    """A school's items as bars from 0 to 1 with their weights; what is not reported is hatched over its whole width."""
    rows = list(parts)[::-1]
    names = [tr("{name} (weight {weight})", name=p.name, weight=words.percent(p.weight)) for p in rows]
    known = [p.value if p.value is not None else 0.0 for p in rows]
    figure = go.Figure(
        [
            go.Bar(
                y=names, x=known, orientation="h", marker={"color": [ramp(v) for v in known], "line": {"color": INK, "width": 0.5}},
                text=[f"{words.exact(p.value)}  {p.said}" if p.value is not None else "" for p in rows],
                textposition=["inside" if v > 0.55 else "outside" for v in known], insidetextanchor="start", cliponaxis=False,
                textfont={"color": [("#FFFFFF" if v > 0.5 else INK) for v in known]}, hoverinfo="skip",
            ),
            go.Bar(
                y=names, x=[1.0 if p.value is None else 0.0 for p in rows], orientation="h",
                marker={"pattern": HATCH, "color": "#FFFFFF", "line": {"color": UNKNOWN, "width": 1}},
                text=[words.NOT_REPORTED if p.value is None else "" for p in rows], textposition="inside", insidetextanchor="start", textfont={"color": INK}, hoverinfo="skip",
            ),
        ]
    )  # fmt: skip
    figure.update_layout(barmode="overlay")
    figure.update_xaxes(
        range=[0, 1], tickvals=[0, 0.5, 1], ticktext=[tr("0 nothing lacking"), "0.5", tr("1 lacking wholly")]
    )
    return framed(figure, title, subtitle, 104 + 36 * len(rows))


def over_time(
    points: Sequence[tuple[str, float | None, float | None, float | None]], title: str, subtitle: str, *, unit: str = ""
) -> go.Figure:
    """A line over dates with a gap wherever nothing was reported, inside the band of its bounds.

    Each point is (date, value, lower, upper), shares from 0 to 1; with a `unit`, numbers from 0 of that unit.
    """
    dates = [p[0] for p in points]
    figure = go.Figure()
    for date, _, low, high in points:
        if low is not None and high is not None and high > low:
            figure.add_scatter(
                x=[date, date],
                y=[low, high],
                mode="lines",
                line={"color": UNKNOWN, "width": 6},
                opacity=0.55,
                hoverinfo="skip",
            )
    figure.add_scatter(
        x=dates, y=[p[1] for p in points], mode="lines+markers+text", connectgaps=False,
        text=["" if p[1] is None else words.exact(p[1], 1) if unit else words.percent(p[1]) for p in points], textposition="top center",
        line={"color": YES, "width": 2}, marker={"size": 9, "color": YES, "line": {"color": PAPER, "width": 1.5}},
    )  # fmt: skip
    framed(figure, title, subtitle, 320)
    figure.update_xaxes(type="category", showgrid=False)
    if unit:
        most = max((p[1] for p in points if p[1] is not None), default=1.0)
        return figure.update_yaxes(range=[0, most * 1.15], nticks=4, showgrid=True, gridcolor=RULE)
    return figure.update_yaxes(
        range=[0, 1.08],
        tickvals=[0, 0.5, 1],
        ticktext=["0", words.percent(0.5), words.percent(1)],
        showgrid=True,
        gridcolor=RULE,
    )


def ramp(value: float) -> str:
    """Colour of the need ramp for a value from 0 to 1."""
    return NEED_RAMP[min(len(NEED_RAMP) - 1, max(0, int(value * len(NEED_RAMP))))]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
