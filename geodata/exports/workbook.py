"""XLSX: the rows, what each column means, and where they come from, in three sheets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from geodata.declare import Export
from geodata.errors import ExportError
from geodata.exports.disk import workbook_at
from geodata.exports.formula import safe
from geodata.exports.result import Result
from geodata.exports.tables import sources_table, words_frame

# Limits of the format itself.
ROWS, CHARACTERS = 1_048_576, 32_767
_WIDE = {"school_name": 36, "priority_reasons": 60, "attribution": 40, "notice": 40, "admin1": 20, "admin2": 20}


def write_xlsx(result: Result, path: Path) -> None:
    """Sheets data, dictionary, sources, and one for each part whose licences cannot be combined with the others. Ids are texts; yes, no or empty; no cell is a formula or a link.

    Raises ExportError where there are more rows than a sheet can hold.
    """
    if len(result.frame) + 1 > ROWS:
        raise ExportError(
            f"A sheet holds {ROWS - 1:,} rows, and these are {len(result.frame):,} schools. Export .csv or .parquet, or choose fewer schools."
        )
    with workbook_at(path, constant_memory=True) as book:
        head = book.add_format({"bold": True, "bg_color": "#F1EEE6", "bottom": 1})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        _sheet(book.add_worksheet("data"), words_frame(result.frame), head, None)
        for one in result.companions:  # licences that cannot stand over one table
            _sheet(book.add_worksheet(f"data {one.part.name}"[:31]), words_frame(one.frame), head, None)
        _sheet(book.add_worksheet("dictionary"), words_frame(pd.DataFrame(result.dictionary)), head, wrap)
        sources = book.add_worksheet("sources")
        sources.set_column(0, 0, 24)
        sources.set_column(1, 8, 36, wrap)
        for row, (key, value) in enumerate(result.about.items()):
            _cell(sources, row, 0, key.replace("_", " "), head)
            _cell(sources, row, 1, value)
        _rows(sources, words_frame(sources_table(result)), head, first=len(result.about) + 1)


def _sheet(sheet: Any, frame: pd.DataFrame, head: Any, wrap: Any) -> None:
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(frame), 1), max(len(frame.columns) - 1, 0))
    for i, name in enumerate(frame.columns):
        sheet.set_column(i, i, _WIDE.get(str(name), 34 if wrap else 14), wrap)
    _rows(sheet, frame, head, first=0)


def _rows(sheet: Any, frame: pd.DataFrame, head: Any, *, first: int) -> None:
    for i, name in enumerate(frame.columns):
        _cell(sheet, first, i, str(name), head)
    texts = [pd.api.types.is_string_dtype(t) or t.kind == "O" for t in frame.dtypes]
    columns = [frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in frame.columns]
    for row, values in enumerate(zip(*columns, strict=True), start=first + 1):
        for i, value in enumerate(values):
            if value is None or value == "":
                continue
            if texts[i]:
                sheet.write_string(row, i, fit(value))
            else:
                sheet.write_number(row, i, value)


def _cell(sheet: Any, row: int, column: int, text: str, style: Any = None) -> None:
    sheet.write_string(row, column, fit(safe(text)), style)


def fit(text: str) -> str:
    """The text, cut where a cell cannot hold it."""
    return text if len(text) <= CHARACTERS else text[: CHARACTERS - 1] + "…"


XLSX = Export(
    "xlsx",
    "xlsx",
    "Excel workbook, with dictionary and sources",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    write_xlsx,
    order=1,
    several=True,
)
