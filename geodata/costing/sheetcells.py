"""Workbooks that people fill in and send back: opened with care, their cells by name of column and address (E7)."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import python_calamine as calamine

from geodata.errors import SourceError
from geodata.say import tr, written

# What readers of a damaged file raise; a broken directory of its parts can be met as any of the last.
_DAMAGED = (
    *(calamine.CalamineError, calamine.ZipError, calamine.XmlError, calamine.WorksheetNotFound),
    *(zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, RuntimeError, zlib.error),
)
MOST_CELLS = 5_000_000  # of a sheet, from its first to its last filled cell: a reader keeps room for every one between
_CHUNK = 1 << 20
_PLACED = re.compile(rb"<(?:\w+:)?(?:c|row)\s[^>]*?\br\s*=\s*[\"']\s*([A-Za-z]*)(\d+)")


def opened(data: bytes, *, largest: int) -> dict[str, list[list[Any]]]:
    """The rows of every sheet of a workbook, cells as they stand; `largest`: bytes that it may have when unpacked.

    Raises SourceError where the bytes are no XLSX workbook, or damaged, locked, or far larger than what was sent out:
    nothing is given to the reader of workbooks that would unpack to more than there is room for.
    """
    try:
        _check(data, largest)
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except calamine.PasswordError:
        raise SourceError(tr("The file is protected by a password. Save it without one.")) from None
    except _DAMAGED as error:
        raise SourceError(tr("The file cannot be opened as a workbook ({error}).", error=error)) from None


def _check(data: bytes, largest: int) -> None:
    """Unpack a workbook piece by piece, as it is and not as it says it is, and look where its last cells stand."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        if data.startswith(_OLD):  # also what a password protects: the reader tells the two apart
            return
        raise SourceError(tr("The file cannot be opened as a workbook (it is no XLSX file)."))
    left = largest
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for info in packed.infolist():
            row, column, tail = 0, 0, b""
            with packed.open(info) as part:
                while chunk := part.read(_CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        raise SourceError(
                            tr("The file is too large: more than {largest:g} MB unpacked.", largest=largest / 1000000.0)
                        )
                    for name, number in _PLACED.findall(tail + chunk):
                        row, column = max(row, int(number[:8])), max(column, _number(name))
                    tail = chunk[-200:]
            if row * max(column, 1) > MOST_CELLS:
                raise SourceError(tr("The file is too large: a sheet of it has cells as far as row {row}, column {column}.", row=written(row), column=letters(column - 1)))  # fmt: skip
        if "xl/workbook.xml" not in packed.namelist():
            raise SourceError(tr("The file cannot be opened as a workbook (it is no XLSX file)."))


_OLD = b"\xd0\xcf\x11\xe0"  # what workbooks before XLSX begin with


def _number(name: bytes) -> int:
    """The number of a column by its letters, from 1; 0 for none."""
    number = 0
    for letter in name[:4].upper():
        number = 26 * number + letter - ord("A") + 1
    return number


@dataclass(frozen=True)
class Cells:
    """A sheet with its titles in row `head` (from 0) and `places`: name of a column → its number."""

    sheet: str
    values: list[list[Any]]
    head: int
    places: dict[str, int]

    def rows(self) -> Iterator[int]:
        """Numbers of the rows under the titles in which anything stands."""
        for row in range(self.head + 1, len(self.values)):
            if any(self.get(row, name) != "" for name in self.places):
                yield row

    def get(self, row: int, name: str) -> Any:
        """A cell; empty text where there is no such column, or the row ends before it."""
        column = self.places.get(name, -1)
        return self.values[row][column] if 0 <= column < len(self.values[row]) else ""

    def text(self, row: int, name: str) -> str:
        """A cell as trimmed text."""
        return text_of(self.get(row, name))

    def at(self, row: int, name: str) -> str:
        """The address of a cell; of its row's first where the sheet lacks the column."""
        return f"{letters(self.places.get(name, 0))}{row + 1}"


def text_of(value: Any) -> str:
    """A cell as trimmed text: dates as 2026-08-21, whole numbers without a point."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def letters(column: int) -> str:
    """A, B … Z, AA …: the name of a column by its number from 0."""
    name = ""
    number = column + 1
    while number:
        number, left = divmod(number - 1, 26)
        name = chr(ord("A") + left) + name
    return name
