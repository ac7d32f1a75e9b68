"""Charts of Briefing mode, as HTML and SVG of the page: the same words and lengths as the native charts of the files.

Lengths are parts of a row, so that they mirror by themselves where one reads from right to left; what is not reported is
hatched or has no bar at all, and says so in words.
"""

from __future__ import annotations

from markupsafe import Markup

from geodata.exports.office.charts import Chart, Series
from geodata.say import language

WIDE, HIGH, EDGE = 900.0, 420.0, 20.0
ROOM = 1.12  # of the curve's axes, for the words of its last mark
LETTER = 0.56  # width of a letter on average, in em
LATE = 0.6  # from here on a mark's words stand before it, above the curve; earlier ones after it, below


def html_of(chart: Chart) -> Markup:
    """A chart; read aloud by its table, which stands beside it."""
    if chart.kind == "curve":
        return curve(chart)
    rows = Markup("").join(_row(chart, i) for i in range(len(chart.categories)))
    return Markup('<div class="bars" role="img" aria-label="{alt}">{key}{rows}</div>').format(alt=chart.alt, key=_key(chart), rows=rows)  # fmt: skip


def _row(chart: Chart, at: int) -> Markup:
    if chart.kind == "parts":
        whole = sum(s.values[at] or 0 for s in chart.series) or 1
        marks = Markup('<span class="whole">{}</span>').format(
            Markup("").join(_part(s, at, whole) for s in chart.series)
        )
    else:
        most = chart.most or max((v for s in chart.series for v in s.values if v is not None), default=1) or 1
        room = max((len(t) for s in chart.series for t in s.said), default=0)
        marks = Markup("").join(_bar(s, at, (s.values[at] or 0) / most, room) for s in chart.series if s.values[at] is not None)  # fmt: skip
    return Markup('<div class="bar-row"><span class="bar-label">{}</span><span class="bar-marks">{}</span></div>').format(chart.categories[at], marks)  # fmt: skip


def _bar(series: Series, at: int, share: float, room: int) -> Markup:
    """A bar with its words beside it; `room`: letters that stand free for the longest of them."""
    size = f"inline-size:calc((100% - {LETTER * room + 1:.1f}em) * {max(share, 0.002):.4f});--bar:#{series.colour}"
    kind = "bar hatched" if series.hatched else "bar"
    return Markup('<span class="line"><span class="{}" style="{}"></span><span class="bar-said">{}</span></span>').format(kind, size, series.said[at])  # fmt: skip


def _part(series: Series, at: int, whole: float) -> Markup:
    size = f"inline-size:{100 * (series.values[at] or 0) / whole:.2f}%;--bar:#{series.colour}"
    return Markup('<span class="{}" style="{}">{}</span>').format("bar hatched" if series.hatched else "bar", size, series.said[at])  # fmt: skip


def _key(chart: Chart) -> Markup:
    if not chart.several:
        return Markup("")
    items = Markup("").join(Markup('<span><span class="{}" style="--bar:#{}"></span> {}</span>').format("swatch hatched" if s.hatched else "swatch", s.colour, s.name) for s in chart.series)  # fmt: skip
    return Markup('<p class="key">{}</p>').format(items)


def curve(chart: Chart) -> Markup:
    """Solved budgets along a line; the one in force is a diamond, with its words."""
    most_x = max(chart.at, default=1) or 1
    most_y = max((v for s in chart.series for v in s.values if v is not None), default=1) or 1
    rtl = language().direction == "rtl"

    def place(i: int, value: float) -> tuple[float, float]:
        x = EDGE + chart.at[i] / most_x * (WIDE - 2 * EDGE) / ROOM
        return (WIDE - x if rtl else x), HIGH - EDGE - value / most_y * (HIGH - 2 * EDGE) / ROOM

    parts = [Markup('<path class="axis" d="M{a} {b}H{c}"/>').format(a=EDGE, b=HIGH - EDGE, c=WIDE - EDGE)]
    for series in chart.series:
        points = [place(i, v) for i, v in enumerate(series.values) if v is not None]
        line = " ".join(f"{x:.1f} {y:.1f}" for x, y in points)
        parts.append(Markup('<path class="{}" d="M{}"/>').format("curve dashed" if series.hatched else "curve", line))
    own = chart.series[0]
    for i, value in enumerate(own.values):
        if value is not None:
            parts += _mark(place(i, value), own.said[i], here=i == chart.here)
    svg = Markup('<svg viewBox="0 0 {w:g} {h:g}" role="img" aria-label="{alt}" direction="ltr">{inner}</svg>').format(w=WIDE, h=HIGH, alt=chart.alt, inner=Markup("").join(parts))  # fmt: skip
    return Markup('<div class="curve-place">{key}{svg}<p class="axes">{axis}</p></div>').format(key=_key(chart), svg=svg, axis=chart.axis)  # fmt: skip


def _mark(at: tuple[float, float], said: str, *, here: bool) -> list[Markup]:
    x, y = at
    mark = (
        Markup('<path class="here" d="M{x} {a}L{r} {y}L{x} {b}L{l} {y}Z"/>').format(x=f"{x:.1f}", y=f"{y:.1f}", a=f"{y - 11:.1f}", b=f"{y + 11:.1f}", l=f"{x - 11:.1f}", r=f"{x + 11:.1f}")
        if here
        else Markup('<circle class="stop-mark" cx="{:.1f}" cy="{:.1f}" r="5"/>').format(x, y)
    )  # fmt: skip
    if not said:
        return [mark]
    rtl = language().direction == "rtl"
    late = (WIDE - x if rtl else x) > LATE * WIDE
    side = "end" if late != rtl else "start"
    dx, dy = (0, -20) if late else (-18 if rtl else 18, 34)
    return [mark, Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}" class="{}">{}</text>').format(x + dx, y + dy, side, "label-here" if here else "label", said)]  # fmt: skip
