"""Workbooks of lots: the ministry's edition, and the bidders' with a blank price schedule that is read back."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
import xlsxwriter

from geodata.exports.formula import AS_TEXT, safe
from geodata.exports.plan_sheet import Sheet
from geodata.exports.plan_workbook import MADE, PAPER, workbook
from geodata.exports.workbook import fit
from geodata.lots import words
from geodata.lots.bidfaults import TOTAL
from geodata.lots.bids import BID, BID_ROWS, PRICES, TOTAL_HEAD
from geodata.lots.cut import Lots
from geodata.lots.editions import FILLED, NOT_REPORTED, SITES, TOTALS, Tender
from geodata.plan.result import Plan
from geodata.query import Desk
from geodata.say import in_english

HOW = (
    "Fill the yellow cells of the sheets Bid, Prices and Totals and send this file back. Numbers alone, in one currency.",
    "You may offer some of the lots: leave the prices of the others empty. In a lot that you offer every school has both prices.",
    "Change nothing else: schools, their order and the Mbps needed are compared with what was sent out.",
)
_WIDE = {"school_name": 34, "title": 44, "area": 18, "remarks": 30, "school_id": 14}


@in_english
def bidder_workbook(tender: Tender) -> bytes:
    """The bidders' XLSX: Read me, Bid, Service, Totals, Prices. The same tender gives the same bytes."""
    buffer = io.BytesIO()
    options = {"in_memory": True, **AS_TEXT}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": f"Tender, {tender.place}", "created": MADE})
        style = _styles(book)
        marks = " ".join(tender.marks)
        _read_me(book.add_worksheet("Read me"), tender, style)
        _pairs(book.add_worksheet(BID), ((name, value) for name, value in _bid(tender)), style)
        _pairs(book.add_worksheet("Service"), tender.service, style)
        _schedule(
            book.add_worksheet(TOTAL),
            tender.totals,
            _heads(TOTALS, tender),
            ("setup", "yearly", "currency"),
            marks=marks,
            style=style,
        )
        _schedule(book.add_worksheet(PRICES), tender.sites, _heads(SITES, tender), FILLED, marks=marks, style=style)
    return buffer.getvalue()


def _bid(tender: Tender) -> tuple[tuple[str, str], ...]:
    return tuple(zip(BID_ROWS, (tender.key, "", tender.currency), strict=True))


def _heads(names: dict[str, str], tender: Tender) -> dict[str, str]:
    return {**names, **({"area": tender.area_word.capitalize()} if "area" in names else {})}


def _styles(book: xlsxwriter.Workbook) -> dict[str, Any]:
    fill = {"bg_color": "#FFF6C8", "border": 1, "border_color": "#8A8A8A", "locked": False}
    return {
        "head": book.add_format({"bold": True, "bg_color": PAPER, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "mark": book.add_format({"bold": True}),
        "fill": book.add_format(fill),
        "price": book.add_format({**fill, "num_format": "#,##0.00"}),
        "degrees": book.add_format({"num_format": "0.00000"}),
        "plain": book.add_format({}),
    }


def _read_me(sheet: Any, tender: Tender, style: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 110, style["wrap"])
    lines = [f"Tender of school connections, {tender.place}", *tender.marks, *HOW, tender.note]
    for row, line in enumerate(filter(None, lines)):
        sheet.write_string(
            row, 0, fit(safe(line)), style["mark"] if row == 0 or line in tender.marks else style["wrap"]
        )


def _pairs(sheet: Any, pairs: Any, style: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 80, style["wrap"])
    sheet.protect()
    for row, (name, value) in enumerate(pairs):
        open_ = name in BID_ROWS[1:]
        sheet.write_string(row, 0, name, style["head"])
        sheet.write_string(row, 1, fit(safe(value)), style["fill"] if open_ else style["wrap"])


def _schedule(
    sheet: Any,
    frame: pd.DataFrame,
    heads: dict[str, str],
    filled: tuple[str, ...],
    *,
    marks: str,
    style: dict[str, Any],
) -> None:
    """A table whose header stands in row TOTAL_HEAD; the bidder's cells are open, the others locked without a password."""
    sheet.write_string(0, 0, marks, style["mark"])
    sheet.freeze_panes(TOTAL_HEAD, 3)
    sheet.protect("", {"format_columns": True, "sort": False, "autofilter": True})
    sheet.set_landscape()
    sheet.repeat_rows(TOTAL_HEAD - 1)
    for i, name in enumerate(heads):
        sheet.set_column(i, i, _WIDE.get(name, 13))
        sheet.write_string(TOTAL_HEAD - 1, i, heads[name], style["head"])
    for row, values in enumerate(frame[list(heads)].itertuples(index=False), start=TOTAL_HEAD):
        for i, (name, value) in enumerate(zip(heads, values, strict=True)):
            _cell(sheet, (row, i), name, value, filled=name in filled, style=style)


def _cell(sheet: Any, at: tuple[int, int], name: str, value: Any, *, filled: bool, style: dict[str, Any]) -> None:
    if filled:
        shape = style["price"] if name in ("setup", "yearly") else style["fill"]
        if value == "":
            sheet.write_blank(*at, None, shape)
        else:
            sheet.write_string(*at, fit(safe(str(value))), shape)
    elif pd.isna(value):
        sheet.write_string(*at, NOT_REPORTED)
    elif isinstance(value, str):
        sheet.write_string(*at, fit(safe(value)))
    else:
        sheet.write_number(*at, float(value), style["degrees"] if "itude" in name else style["plain"])


# Header, how it is shown; {money} is the currency, {years} the horizon.
_INTERNAL: dict[str, tuple[str, str]] = {
    "lot": ("Lot", "text"),
    "title": ("Title", "text"),
    "area": ("{area}", "text"),
    "way": ("Way", "text"),
    "schools": ("Schools", "count"),
    "trees": ("Fibre trees and clusters", "count"),
    "required_mbps": ("Mbps needed", "number"),
    "mbps_unknown": ("Schools whose need is not known", "count"),
    "learners": ("Learners", "count"),
    "line_low": ("Line and fees, low ({money})", "money"),
    "line": ("Line and fees, without contingency ({money})", "money"),
    "line_high": ("Line and fees, high ({money})", "money"),
    "link_low": ("Connection, low ({money})", "money"),
    "link_cost": ("Connection ({money})", "money"),
    "link_high": ("Connection, high ({money})", "money"),
    "cost_low": ("Cost in all, low ({money})", "money"),
    "cost": ("Cost in all, {years} years ({money})", "money"),
    "cost_high": ("Cost in all, high ({money})", "money"),
    "first_year": ("First year", "count"),
    "last_year": ("Last year", "count"),
    "verify_first": ("Schools to verify first", "count"),
    "risk": ("Risk", "text"),
    "order": ("No.", "count"),
    "school_id": ("School id", "text"),
    "tree": ("Tree (its first school)", "text"),
    "year": ("Year of building", "count"),
    "advice": ("Advice", "text"),
    "why": ("Why", "text"),
    "value": ("Weighted learners", "number"),
    "latitude": ("Latitude (°)", "number"),
    "longitude": ("Longitude (°)", "number"),
}


@in_english
def internal_workbook(plan: Plan, lots: Lots, desk: Desk) -> bytes:
    """The ministry's XLSX: lots with range of cost and risk, their schools with reasons, the reserve list of each."""
    area = str((desk.place.get("levels") or ["area"])[0]).capitalize()
    said = {"area": area, "money": lots.currency, "years": f"{plan.terms.number('plan_horizon_years'):g}"}
    about = {
        "Title": f"Lots, {desk.place.get('name') or desk.atlas.name}",
        "Notice": " ".join(
            ("For the ministry alone: it holds estimates and reasons that no bidder may see.", *lots.notes)
        ),
        "Plan": plan.key,
        "Data": plan.version or desk.atlas.version,
        "Schools of a lot, at most": str(lots.most),
    }
    frames = {
        "Lots": lots.lots.drop(columns=["area_id", "too_large"]),
        "Schools": lots.schools,
        "Reserve": lots.reserve,
    }
    says = {
        "Lots": "One row a lot; amounts are whole life.",
        "Schools": "One row a school of a lot.",
        "Reserve": "The next best schools of each lot, in the order in which they step in.",
    }
    return workbook(about, [_sheet(name, says[name], frame, said, desk) for name, frame in frames.items()])


def _sheet(name: str, says: str, frame: pd.DataFrame, said: dict[str, str], desk: Desk) -> Sheet:
    heads = {c: _INTERNAL[c][0].format(**said) for c in _INTERNAL if c in frame}
    shown: dict[str, Any] = {c: _INTERNAL[c][1] for c in heads}
    table = frame[list(heads)].assign(way=[words.way(w) for w in frame["way"]])
    if "advice" in table:
        table["advice"] = table["advice"].str.replace("_", " ")
    return Sheet(name, says, table, heads, shown, source=desk.atlas.version)
