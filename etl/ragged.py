"""Rows of a CSV table that have too many or too few cells: each stays a row, marked with what is wrong; none is lost.

A double quote that is never closed swallows the lines behind it: such a record is taken apart again, line by line, so that
only the line at fault is marked.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

LARGEST = 2**31 - 1  # characters of a cell
OPEN = "has a double quote that is never closed"


@dataclass(frozen=True)
class Ragged:
    """A table of which some rows are not like the first: `rows`, each as wide as the names (those at fault are empty),
    and `faults`: row (first data row is 1) → the line of the file and what is wrong with it, in words."""

    names: list[str]
    rows: list[list[str]]
    faults: dict[int, str] = field(default_factory=dict)


def ragged(text: str, delimiter: str, skipped: int = 0) -> Ragged | None:
    """The table taken apart by hand, or None where every row has as many cells as the first (the usual, quick case).

    Cells at the end that are missing, or too many, only count where they would hold something. `skipped` lines stood
    before the text; they are added to the numbers of lines.
    """
    csv.field_size_limit(LARGEST)
    lines = list(io.StringIO(text, newline=""))
    names = next(csv.reader(lines, delimiter=delimiter), [])
    if len(names) < 2 or _all_alike(lines, delimiter, len(names)):
        return None
    least = max((i + 1 for i, name in enumerate(names) if name.strip()), default=len(names))
    out = Ragged(names, [])
    records = _records(lines, delimiter, len(names))
    next(records)
    for line, cells, wrong in records:
        fault = wrong or _fault(cells, least, len(names))
        if fault:
            out.faults[len(out.rows) + 1] = f"line {line + skipped} of the file {fault}"
        out.rows.append([""] * len(names) if fault else (cells + [""] * len(names))[: len(names)])
    return out


def _fault(cells: list[str], least: int, wide: int) -> str:
    if not cells or least <= len(cells) <= wide:
        return ""
    if len(cells) > wide and not any(cell.strip() for cell in cells[wide:]):
        return ""
    return f"has {len(cells)} cells, but {wide} columns"


def _all_alike(lines: list[str], delimiter: str, wide: int) -> bool:
    reader, last, first = csv.reader(lines, delimiter=delimiter), 0, 0
    for cells in reader:
        first, last = last, reader.line_num
        if len(cells) not in (wide, 0) or (last - first > 1 and not _closed(lines[first:last], delimiter)):
            return False
    return _closed(lines[first:last], delimiter)


def _closed(lines: list[str], delimiter: str) -> bool:
    """Whether every quote that opens closes again at the end of its cell."""
    try:
        for _ in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error:
        return False
    return True


def _records(lines: list[str], delimiter: str, wide: int) -> Iterator[tuple[int, list[str], str]]:
    """Number of the line, cells, and what is wrong with its quotes (or nothing)."""
    reader, last = csv.reader(lines, delimiter=delimiter), 0
    for cells in reader:
        first, last = last, reader.line_num
        together = lines[first:last]
        if (len(together) == 1 and last < len(lines)) or (len(cells) == wide and _closed(together, delimiter)):
            yield first + 1, cells, ""
            continue
        for number, line in enumerate(together, first + 1):
            closed = _closed([line], delimiter)
            yield number, next(csv.reader([line], delimiter=delimiter), []), "" if closed else OPEN
