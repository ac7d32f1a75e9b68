"""The programme workbook: sheets written with XlsxWriter, sums live, no text a formula, the same plan the same bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import xlsxwriter

from geodata.errors import ExportError
from geodata.exports.formula import AS_TEXT, safe
from geodata.exports.plan_sheet import FIRST, Cell, Sheet
from geodata.exports.workbook import ROWS, fit

FORMATS = {"text": None, "count": "#,##0", "money": "#,##0", "share": "0.0%", "number": "#,##0.00", "date": "0"}
MADE = datetime(2000, 1, 1)  # workbooks carry a time; a plan does not depend on the clock
PAPER = "#F1EEE6"
_OPTIONS = {
    "in_memory": True,
    "constant_memory": True,
    **AS_TEXT,
}


def workbook(about: Mapping[str, str], sheets: Sequence[Sheet]) -> bytes:
    """The bytes of the workbook: `about` in pairs on the first sheet, then the sheets.

    Raises ExportError where a table has more rows than a sheet can hold.
    """
    for sheet in sheets:
        if sheet.last > ROWS:
            raise ExportError(f"The sheet {sheet.name} would have {len(sheet.frame):,} rows, and a sheet holds {ROWS - FIRST:,}. Plan for one area (--area).")  # fmt: skip
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        book.set_properties({"title": about.get("Title", "Programme"), "created": MADE, "comments": about.get("Notice", "")})  # fmt: skip
        styles = _styles(book)
        _pairs(book.add_worksheet("Read me"), about, styles)
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name), sheet, styles)
    return buffer.getvalue()


def _styles(book: xlsxwriter.Workbook) -> dict[str, Any]:
    plain = {name: book.add_format({"num_format": text, "valign": "top"} if text else {"valign": "top"}) for name, text in FORMATS.items()}  # fmt: skip
    return {
        **plain,
        "head": book.add_format({"bold": True, "bg_color": PAPER, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "says": book.add_format({"italic": True}),
    }


def _pairs(sheet: Any, about: Mapping[str, str], styles: Mapping[str, Any]) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 110, styles["wrap"])
    for row, (key, value) in enumerate(about.items()):
        sheet.write_string(row, 0, key, styles["head"])
        sheet.write_string(row, 1, fit(safe(value)), styles["wrap"])


def _write(page: Any, sheet: Sheet, styles: Mapping[str, Any]) -> None:
    frame = sheet.frame
    names = list(frame.columns)
    page.freeze_panes(FIRST, 1)
    page.autofilter(FIRST - 1, 0, max(sheet.last - 1, FIRST), max(len(names) - 1, 0))
    for i, name in enumerate(names):
        page.set_column(i, i, _width(sheet, str(name)))
    page.write_string(0, 0, fit(safe(f"{sheet.says} Source: {sheet.source}")), styles["says"])
    for i, name in enumerate(names):
        page.write_string(FIRST - 1, i, fit(safe(sheet.titles[name])), styles["head"])
    lines = [_values(frame[name]) for name in names]
    shown = [styles[sheet.shown.get(name, "text")] for name in names]
    live = [sheet.formulas.get(name) for name in names]
    for row, values in enumerate(zip(*lines, strict=True), start=FIRST):
        for i, value in enumerate(values):
            formula = live[i]
            if formula is not None and value is not None:
                page.write_formula(row, i, f"={formula(row + 1)}", shown[i], value)
            else:
                _cell(page, row, i, value, shown[i])


def _cell(page: Any, row: int, column: int, value: Any, style: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, Cell):
        page.write_formula(row, column, f"={value.formula}", style, value.value)
    elif isinstance(value, bool):
        page.write_string(row, column, "yes" if value else "no")
    elif isinstance(value, str):
        page.write_string(row, column, fit(safe(value)))
    else:
        page.write_number(row, column, value, style)


def _values(values: pd.Series) -> list[Any]:
    gone = values.isna().to_numpy()
    return [None if empty else value for empty, value in zip(gone, values.tolist(), strict=True)]


def _width(sheet: Sheet, name: str) -> int:
    if sheet.shown.get(name, "text") != "text":
        return 15
    if name in ("school_name", "title", "what", "sheet", "item"):
        return 34
    return 60 if name in ("why", "way_why", "definition", "meaning", "attribution", "sentence", "says") else 20
