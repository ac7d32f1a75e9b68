"""Returned forms for tests: a workbook as First Mile wrote it, filled in and spoilt as people and spreadsheets do."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import python_calamine as calamine
import xlsxwriter

from geodata.exports.fieldforms import HEAD, KEYS
from geodata.fieldwork.asking import KNOWN, UNKNOWN, Asked, AskedSchool, Sheet

Rows = list[list[Any]]


def sheet(*ids: str, **asked: str) -> Sheet:
    """A sheet of schools; `asked`: question → what is known ("" for unknown)."""
    every = asked or {"has_internet": "", "num_students": "", "location": "", "school_status": "open"}
    schools = tuple(
        AskedSchool(i, f"School {i}", ("North",), "N", "not reported", tuple(Asked(q, KNOWN if v else UNKNOWN, v, "register" if v else "", "2025" if v else "") for q, v in every.items()))
        for i in ids
    )  # fmt: skip
    return Sheet("N", "North", "Testland", "testland", "build01", True, "Invented.", ("province",), ("Ministry, 2025",), schools)  # fmt: skip


def rows_of(data: bytes) -> Rows:
    """The rows of the first sheet of a workbook."""
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def packed(rows: Rows, name: str = "Any") -> bytes:
    """Rows as a workbook, values as they stand: numbers as numbers."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        page = book.add_worksheet(name)
        for y, row in enumerate(rows):
            for x, value in enumerate(row):
                if value not in ("", None):
                    page.write(y, x, value)
    return stream.getvalue()


def filled(data: bytes, change: Callable[[Rows, Callable[[str], int]], None]) -> bytes:
    """A workbook of ours with its rows changed: `change(rows, column)`, where `column(key)` is a column's number."""
    rows = rows_of(data)
    keys = [str(x) for x in rows[KEYS]]
    assert len(rows) > HEAD
    change(rows, keys.index)
    return packed(rows)
