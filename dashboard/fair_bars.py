"""Groups as bars of those left out, with their gap and parity index beside: chart and table in one. Pure."""

from __future__ import annotations

from math import isnan
from typing import Any

import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import words
from geodata.equity import said, tables
from geodata.say import told, tr, trn


def chart_of(table: pd.DataFrame, first: str, caption: str, of: str, links: dict[str, str] | None = None) -> Component:
    """Rows of a table of groups as bars from 0 to 100 % left out, with the gap and the parity index beside."""
    head = (
        first,
        tr("0 to 100 % left out"),
        tr("Left out"),
        tr("Gap"),
        tr("Parity index"),
        tr("Of how many {of}", of=of),
    )
    body = [_bar_row(row, of, (links or {}).get(str(row["group"]), "")) for row in table.to_dict("records")]
    cells = [html.Th(text, scope="col", className="fm-number" if i > 1 else "") for i, text in enumerate(head)]
    return html.Table(
        [html.Caption(caption), html.Thead(html.Tr(cells)), html.Tbody(body)], className="fm-table fm-rates fm-fair"
    )


def _bar_row(row: dict[str, Any], of: str, link: str) -> Component:
    name = dcc.Link(capital(told(row["group"])), href=link) if link else capital(told(row["group"]))
    schools = "" if isnan(row["schools"]) or of == tr("schools") else words.count(row["schools"], "school")
    return html.Tr(
        [
            html.Th([name, *([html.Small(schools, className="fm-soft")] if schools else [])], scope="row"),
            html.Td(track(row), className="fm-drawn"),
            *(
                html.Td(cell, className="fm-number fm-none" if cell == "–" else "fm-number", **{"data-label": label})
                for label, cell in (
                    (tr("Left out"), left_out(row)),
                    (tr("Gap"), gap_cell(row)),
                    (tr("Parity index"), index_cell(row)),
                    (tr("Of how many {of}", of=of), of_how_many(row)),
                )
            ),
        ]
    )


def track(row: dict[str, Any]) -> Component:
    """The bar: left out solid, not reported hatched, a dot at the share of the reported."""
    parts: list[Component] = []
    if not isnan(row["lower"]) and not isnan(row["upper"]):
        low, high = 100 * row["lower"], 100 * row["upper"]
        parts.append(
            html.Span(className="fm-piece fm-piece-no", style={"insetInlineStart": "0", "width": f"{low:.2f}%"})
        )
        if high > low:
            parts.append(
                html.Span(
                    className="fm-piece fm-piece-unknown",
                    style={"insetInlineStart": f"{low:.2f}%", "width": f"{high - low:.2f}%"},
                )
            )
            if not isnan(row["value"]):
                parts.append(
                    html.Span(className="fm-dot-known", style={"insetInlineStart": f"{100 * row['value']:.2f}%"})
                )
    return html.Div(parts, className="fm-track", **{"aria-hidden": "true"})


def left_out(row: dict[str, Any]) -> str:
    """ "43 % (38 to 51 %)", or why there is no number."""
    if row["hidden"]:
        return tr("too few to show")
    if row["band"]:
        return str(row["band"])
    if isnan(row["lower"]):
        return tr("too few to say") if row["people"] or row["schools"] else tr("nobody here")
    if isnan(row["value"]):
        return bounds_alone(row)
    low, high = words.percent(row["lower"]), words.percent(row["upper"])
    return (
        words.percent(row["value"])
        if low == high
        else tr(
            "{value} ({low} to {high})",
            value=words.percent(row["value"]),
            low=words.bare(low),
            high=high,
        )
    )


def bounds_alone(row: dict[str, Any]) -> str:
    """What the bounds say where there is no share of the known: "51 to 100 % possible"."""
    low, high = words.percent(row["lower"]), words.percent(row["upper"])
    return (
        words.NOT_REPORTED
        if (row["lower"], row["upper"]) == (0, 1)
        else tr("{low} to {high} possible", low=words.bare(low), high=high)
    )


def gap_cell(row: dict[str, Any]) -> Any:
    """The gap in points with its range and whether it is certain."""
    if isnan(row["gap_lower"]):
        return "–"
    same = round(row["gap_lower"], 3) == round(row["gap_upper"], 3)
    parts: list[Any] = [] if isnan(row["gap"]) else [said.pointed(row["gap"])]
    parts += (
        []
        if same
        else [
            html.Small(
                tr(
                    "{low} to {high}",
                    low=said.pointed(row["gap_lower"]),
                    high=said.pointed(row["gap_upper"]),
                )
            )
        ]
    )
    parts += [html.Small(tr(row["certain"]), className="fm-warned")] if row["certain"] != tables.CERTAIN else []
    return parts


def index_cell(row: dict[str, Any]) -> Any:
    """The adjusted parity index with its range."""
    if isnan(row["index"]):  # nobody ahead is known to have it, so there is no ratio
        return "–"
    low, high = said.index(row["index_lower"]), said.index(row["index_upper"])
    return [said.index(row["index"]), *([html.Small(tr("{low} to {high}", low=low, high=high))] if low != high else [])]


def of_how_many(row: dict[str, Any]) -> Any:
    """How many, of whom how many are reported, and the schools whose learners nobody reported."""
    if row["hidden"] or isnan(row["people"]):
        return "–"
    unknown = 0 if isnan(row["unknown"]) else row["unknown"]
    told = (
        words.exact(row["people"], 0)
        if not unknown
        else tr(
            "{people} of {people_2}",
            people=words.exact(row["people"] - unknown, 0),
            people_2=words.exact(row["people"], 0),
        )
    )
    blank = row["schools_without_enrolment"]
    note = (
        ""
        if isnan(blank) or not blank
        else trn("+ {n} school reports no learners", "+ {n} schools report no learners", int(blank))
    )
    return [told, *([html.Small(note)] if note else [])]


def capital(text: str) -> str:
    """With a capital at the start."""
    return text[:1].upper() + text[1:]
