"""Workbooks (XLSX, XLS, ODS) through calamine: every cell as exact text."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import python_calamine as calamine

from etl.recipe import Reading
from geodata.errors import SourceError

LOCKED = "EncryptedPackage".encode("utf-16-le")


def read_workbook(content: bytes, path: Path, reading: Reading) -> tuple[list[str], pd.DataFrame, list[str]]:
    """Column names, all rows as text, and a note where other sheets were left unread."""
    if LOCKED in content:
        raise SourceError(f"{path.name} is protected by a password. Save it without one.")
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet, notes = _sheet(book, path, reading.sheet)
        rows = sheet.to_python(skip_empty_area=False)
    except calamine.PasswordError:
        raise SourceError(f"{path.name} is protected by a password. Save it without one.") from None
    except (calamine.CalamineError, calamine.ZipError, calamine.XmlError) as error:
        raise SourceError(
            f"{path.name} cannot be opened as a workbook: it is damaged or was cut off ({error}). Fetch it again, or open it in a spreadsheet and save it anew."
        ) from None
    if len(rows) <= reading.header_row:
        raise SourceError(
            f"{path.name}, sheet {sheet.name!r}, has {len(rows)} rows, but the column names should stand in row {reading.header_row} (counted from 0). Check `sheet` and `header_row`."
        )
    names = [_text(cell) or "" for cell in rows[reading.header_row]]
    columns = zip(*rows[reading.header_row + 1 :], strict=True)
    frame = pd.DataFrame({i: as_text(list(column)) for i, column in enumerate(columns)})
    return names, frame if len(frame.columns) else pd.DataFrame(columns=range(len(names)), dtype="str"), notes


def _sheet(book: calamine.CalamineWorkbook, path: Path, wanted: str | int | None) -> tuple[Any, list[str]]:
    names = book.sheet_names
    if isinstance(wanted, str) and wanted in names:
        return book.get_sheet_by_name(wanted), []
    if isinstance(wanted, int) and 0 <= wanted < len(names):
        return book.get_sheet_by_index(wanted), []
    if wanted is not None:
        raise SourceError(f"{path.name} has no sheet {wanted!r}; it has {', '.join(map(repr, names))}.")
    seen = [
        m.name
        for m in book.sheets_metadata
        if m.visible == calamine.SheetVisibleEnum.Visible and m.typ == calamine.SheetTypeEnum.WorkSheet
    ] or names
    full = [n for n in seen if book.get_sheet_by_name(n).height > 1] if len(seen) > 1 else seen
    if not full:
        raise SourceError(f"{path.name} has no sheet with rows; its sheets are {', '.join(map(repr, names))}.")
    others = [n for n in full if n != full[0]]
    notes = (
        [f"{path.name}: the sheet {full[0]!r} was read; {', '.join(map(repr, others))} was not. Set `sheet` to choose."]
        if others
        else []
    )
    return book.get_sheet_by_name(full[0]), notes


def as_text(values: list[Any]) -> pd.Series:
    """Cells of one column as text; numbers in their shortest exact form, empty cells missing."""
    if all(type(v) is float for v in values) and values:
        return number_text(np.array(values))
    figures = {v: _text(v) for v in {v for v in values if type(v) is float}}  # a column has few different numbers
    texts = [(v or None) if type(v) is str else figures[v] if type(v) is float else _text(v) for v in values]
    return pd.Series(texts, dtype="str")


def number_text(numbers: np.ndarray) -> pd.Series:
    """Numbers as text: `17010535`, `-96240167`, `0.45`; never an exponent, never a needless `.0`."""
    whole = np.isfinite(numbers) & (np.abs(numbers) < 2**63) & (numbers == np.floor(numbers))
    if whole.all():
        return pd.Series(numbers.astype("int64")).astype("str")
    return pd.Series([_text(float(v)) for v in numbers], dtype="str")


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float):
        if value == int(value) if np.isfinite(value) else False:
            return str(int(value))
        return np.format_float_positional(value, trim="-") if np.isfinite(value) else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
