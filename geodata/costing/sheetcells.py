"""The cells of a unit-cost sheet by name of column, each with the address that a person sees (E7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


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
