"""A school's measured speed, month by month: on its sheet, where the data hold speed tests of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import about, figures, words
from dashboard import components as c
from dashboard.turned import turned
from geodata.query import Desk
from geodata.say import later, tr

SPEED = "download_speed_measured_mbps"
OLD = f"{SPEED}_ndt5"
BREAK = later("the app tested in another way (NDT5); what it measured then does not compare with what it measures now.")


def section(desk: Desk, school: Mapping[str, Any]) -> Component | None:
    """The line and its table; None where there are no tests of the school, or this level of access may not see them."""
    if SPEED not in desk.columns:
        return None
    rows = about.months(desk, str(school["school_id"]), (OLD, SPEED))
    if not rows:
        return None
    first, last = rows[0]["date"], rows[-1]["date"]
    old = sorted({r["date"] for r in rows if r["indicator"] == OLD})
    title = tr("Measured download, median of school hours")
    line = figures.over_time(points(rows), title, tr("Mbps, {first} to {last}", first=first, last=last), unit="Mbps")
    note = tr("Until {old} {BREAK}", old=old[-1], BREAK=tr(BREAK)) if old else ""
    table = c.table(
        (tr("Month"), tr("Mbps"), tr("Tests"), tr("Failed tests")),
        [(_month(r), words.exact(r["value"], 1), words.exact(r["known"]), words.exact(r["unknown"])) for r in rows],
        caption=title, numeric=(1, 2, 3),
    )  # fmt: skip
    chart = dcc.Graph(figure=turned(line), config=figures.CONFIG, className="fm-chart")
    shown = html.Details([html.Summary(tr("The months as a table")), c.wide(table, title)])
    return c.section(tr("Measured speed"), chart, shown, id_="speed", note=note)


def points(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, float | None, float | None, float | None]]:
    """One point a month, with a gap where the way of testing changed and where a month has no test."""
    out: list[tuple[str, float | None, float | None, float | None]] = []
    before: Mapping[str, Any] | None = None
    for row in sorted(rows, key=lambda r: (r["indicator"] != OLD, r["date"])):
        if before is not None and row["indicator"] != before["indicator"]:
            out.append((str(row["date"]), None, None, None))
        elif before is not None:
            out += [(month, None, None, None) for month in between(str(before["date"]), str(row["date"]))]
        out.append((str(row["date"]), float(row["value"]), None, None))
        before = row
    return out


def between(first: str, last: str) -> list[str]:
    """The months between two, as 2026-03."""
    start, end = (int(m[:4]) * 12 + int(m[5:7]) - 1 for m in (first, last))
    return [f"{n // 12}-{n % 12 + 1:02d}" for n in range(start + 1, end)]


def _month(row: Mapping[str, Any]) -> str:
    return tr("{date} (NDT5)", date=row["date"]) if row["indicator"] == OLD else str(row["date"])
