"""Charts drawn as rows of a table: a bar between a name and its numbers, so that chart and table are one.

Pure: values in, components out. Shares run from 0 to 1 on every bar; what is not reported is hatched, never left out;
each row says in words what its bar shows, with its n. Classes are styled in `assets/drawn.css`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

from dash import html
from dash.development.base_component import Component

from dashboard import words
from geodata.say import later, tr

Headline = Literal["none", "with_bounds", "plain"]
TOO_FEW = later("too few reported to say")
NO_SHARE = later("no share can be said")  # many reported, but only schools without it can be told
HIDDEN = later("not shown: too few to publish")


@dataclass(frozen=True)
class Rate:
    """A share of a group with what it rests on: counts of schools or learners that are known and not, and the bounds.

    `headline` says whether the value may stand by itself; `hidden` that the numbers may not be shown, `band` what may be
    said in a number's place; `beside` is the value of the place above, drawn as a tick.
    """

    name: str
    value: float | None
    known: float
    unknown: float
    lower: float | None
    upper: float | None
    headline: Headline = "plain"
    hidden: bool = False
    beside: float | None = None
    note: str = ""
    band: str = ""

    @property
    def total(self) -> float:
        """All of them."""
        return self.known + self.unknown


def rates(rows: Sequence[Rate], *, caption: str, of: str, first: str, beside: str = "") -> Component:
    """Shares of groups as bars with their bounds; `of` names what is counted, `beside` the place that the tick stands for."""
    head = (first, tr("0 to 100 %"), tr("Share"), tr("Of how many {of}", of=of))
    body = [
        html.Tr(
            [
                html.Th([row.name, *([html.Small(row.note, className="fm-soft")] if row.note else [])], scope="row"),
                html.Td(_track(row), className="fm-drawn"),
                html.Td(said(row), className="fm-number"),
                html.Td(of_how_many(row), className="fm-number"),
            ]
        )
        for row in rows
    ]
    return html.Table(
        [html.Caption(caption), _head(head), html.Tbody(body)],
        className="fm-table fm-rates",
    )


def _head(names: Sequence[str]) -> Component:
    cells = [html.Th(n, scope="col", className="fm-number" if i > 1 else "") if n else html.Td() for i, n in enumerate(names)]  # fmt: skip
    return html.Thead(html.Tr(cells))


def said(row: Rate) -> str:
    """The share with its bounds in words of a table: "43 % (38 to 51 %)"; what cannot be said is said to be so."""
    if row.hidden:
        return tr(HIDDEN)
    if row.band:
        return row.band
    if not row.total:
        return tr("nobody here")
    if not row.known:
        return words.NOT_REPORTED
    if not _told(row.lower) or not _told(row.upper):
        return words.percent(row.value) if _told(row.value) and row.headline != "none" else tr(TOO_FEW)
    low, high = words.percent(row.lower), words.percent(row.upper)
    between = low if low == high else tr("{low} to {high}", low=words.bare(low), high=high)
    if row.headline == "none" or not _told(row.value):
        return tr(
            "{TOO_FEW}; {between} possible", TOO_FEW=tr(TOO_FEW if _told(row.value) else NO_SHARE), between=between
        )
    if row.unknown <= 0 or low == high:
        return words.percent(row.value)
    return f"{words.percent(row.value)} ({between})"


def of_how_many(row: Rate) -> str:
    """Of how many the share is known, of all: "412 of 480 reported"."""
    if row.hidden:
        return "–"
    if row.unknown <= 0:
        return words.exact(row.known, 0)
    return tr("{known} of {total} reported", known=words.exact(row.known, 0), total=words.exact(row.total, 0))


def _told(value: Any) -> bool:
    return value is not None and isfinite(float(value))


def _track(row: Rate) -> Component:
    """The bar: known yes solid, not reported hatched, the rest empty; a dot at the share of the known, a tick beside."""
    parts: list[Component] = []
    if not row.hidden and row.total and _told(row.lower) and _told(row.upper):
        low, high = float(row.lower or 0), float(row.upper or 0)
        parts += [_piece("yes", 0, low), _piece("unknown", low, high)]
    elif not row.hidden and row.headline != "none" and _told(row.value):
        parts.append(_piece("yes", 0, float(row.value or 0)))
    if not row.hidden and row.headline != "none" and _told(row.value) and row.unknown > 0:
        parts.append(
            html.Span(className="fm-dot-known", style={"insetInlineStart": f"{100 * float(row.value or 0):.2f}%"})
        )
    if _told(row.beside):
        parts.append(html.Span(className="fm-tick", style={"insetInlineStart": f"{100 * float(row.beside or 0):.2f}%"}))
    return html.Div(parts, className="fm-track", **{"aria-hidden": "true"})


def _piece(kind: str, start: float, end: float) -> Component:
    place = {"insetInlineStart": f"{100 * start:.2f}%", "width": f"{100 * max(end - start, 0):.2f}%"}
    return html.Span(className=f"fm-piece fm-piece-{kind}", style=place)


def rates_key(*, beside: str = "") -> Component:
    """What the bars' parts mean."""
    parts = [
        html.Li([html.Span(className="fm-swatch fm-piece-yes"), tr(" known yes")]),
        html.Li([html.Span(className="fm-swatch fm-piece-unknown"), tr(" not reported: may be yes or no")]),
        html.Li([html.Span(className="fm-swatch fm-swatch-dot"), tr(" share of the known")]),
        *([html.Li([html.Span(className="fm-swatch fm-swatch-tick"), f" {beside}"])] if beside else []),
    ]
    return html.Ul(parts, className="fm-key fm-drawn-key")


# --- a score from the mean school's to this one's --------------------------------------------------------------------


@dataclass(frozen=True)
class Move:
    """What one thing adds to a score (or takes from it), in points; `said` is what is known of it at this school."""

    name: str
    points: float
    said: str = ""
    similar: bool = False


def waterfall(base: float, moves: Sequence[Move], score: float, *, start: str, end: str, caption: str) -> Component:
    """From one score to another, largest step first: each step a bar that starts where the one before ended."""
    rows, at = [_level(start, base)], base
    for move in moves:
        after = at + move.points
        rows.append(_move(move, at, after))
        at = after
    rows.append(_level(end, score))
    head = (tr("What"), tr("0 to 100 points"), tr("Points"), tr("Then"))
    return html.Table([html.Caption(caption), _head(head), html.Tbody(rows)], className="fm-table fm-waterfall")


def _level(name: str, value: float) -> Component:
    bar = html.Span(
        className="fm-piece fm-piece-level", style={"insetInlineStart": "0", "width": f"{_within(value):.2f}%"}
    )
    return html.Tr(
        [
            html.Th(name, scope="row"),
            html.Td(html.Div(bar, className="fm-track", **{"aria-hidden": "true"}), className="fm-drawn"),
            html.Td("", className="fm-number"),
            html.Td(f"{value:.2f}", className="fm-number"),
        ],
        className="fm-level",
    )


def _within(value: float) -> float:
    return min(100.0, max(0.0, value))


def _move(move: Move, before: float, after: float) -> Component:
    low, high = sorted((_within(before), _within(after)))
    kind = "more" if move.points > 0 else "less"
    kind += " fm-piece-similar" if move.similar else ""
    bar = html.Span(
        className=f"fm-piece fm-piece-{kind}", style={"insetInlineStart": f"{low:.2f}%", "width": f"{high - low:.2f}%"}
    )
    return html.Tr(
        [
            html.Th([move.name, *([html.Small(move.said, className="fm-soft")] if move.said else [])], scope="row"),
            html.Td(html.Div(bar, className="fm-track", **{"aria-hidden": "true"}), className="fm-drawn"),
            html.Td(signed(move.points), className="fm-number"),
            html.Td(f"{after:.2f}", className="fm-number"),
        ]
    )


def signed(points: float) -> str:
    """Points with their sign: "+12.05", "−3.10", "0.00"."""
    text = f"{abs(points):.2f}"
    return text if text == "0.00" else ("+" if points > 0 else "−") + text


# --- amounts ---------------------------------------------------------------------------------------------------------


def amounts(rows: Sequence[tuple[str, float, str]], *, caption: str, head: tuple[str, str]) -> Component:
    """Amounts as bars from zero, the largest fills the width: (name, amount, the amount in words)."""
    most = max((amount for _, amount, _ in rows), default=0) or 1
    body = [
        html.Tr(
            [
                html.Th(name, scope="row"),
                html.Td(
                    html.Div(_piece("amount", 0, amount / most), className="fm-track fm-track-bare", **{"aria-hidden": "true"}),
                    className="fm-drawn",
                ),
                html.Td(text, className="fm-number"),
            ]
        )
        for name, amount, text in rows
    ]  # fmt: skip
    return html.Table(
        [html.Caption(caption), _head((head[0], "", head[1])), html.Tbody(body)],
        className="fm-table fm-amounts",
    )
