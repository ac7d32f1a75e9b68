"""A sheet of a plan's workbook before it is written: a sentence on top, a table, how each column is shown, live sums."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from geodata.costing.sheetcells import letters

Shown = Literal["text", "count", "money", "share", "number", "date"]
FIRST = 2  # rows above the table's first: the sentence, the header


@dataclass(frozen=True)
class Cell:
    """A live formula with the value that it had when it was written, so that it is read without a spreadsheet too."""

    formula: str
    value: float


@dataclass(frozen=True)
class Sheet:
    """`frame`: one row a line, its columns named by the machine; `titles`: what the header says, unit in it; `meanings`:
    for the sheet of columns; `formulas`: column → row of the sheet (from 1) → formula, whose value stands in the frame.
    `wide`: texts wrap."""

    name: str
    says: str
    frame: pd.DataFrame
    titles: Mapping[str, str]
    shown: Mapping[str, Shown] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)
    formulas: Mapping[str, Callable[[int], str]] = field(default_factory=dict)
    source: str = ""

    @property
    def last(self) -> int:
        """The last row of the sheet that holds the table, from 1; that of its header where it is empty."""
        return FIRST + len(self.frame)

    def letter(self, column: str) -> str:
        """The letter of a column."""
        return letters(list(self.frame.columns).index(column))

    def whole(self, column: str) -> str:
        """A column's cells as a formula of another sheet names them."""
        at = self.letter(column)
        return f"'{self.name}'!${at}${FIRST + 1}:${at}${max(self.last, FIRST + 1)}"


def total(sheet: Sheet, column: str, **where: Any) -> Cell:
    """The sum of a column over the rows where other columns have a value, live."""
    frame, chosen = sheet.frame, _where(sheet.frame, where)
    value = float(pd.to_numeric(frame.loc[chosen, column]).sum())
    if not where:
        return Cell(f"SUM({sheet.whole(column)})", value)
    return Cell(f"SUMIFS({sheet.whole(column)}{_asked(sheet, where)})", value)


def count(sheet: Sheet, **where: Any) -> Cell:
    """How many rows have these values, live."""
    return Cell(f"COUNTIFS({_asked(sheet, where)[1:]})", float(_where(sheet.frame, where).sum()))


def _where(frame: pd.DataFrame, where: Mapping[str, Any]) -> pd.Series:
    found = pd.Series(True, index=frame.index)
    for column, value in where.items():
        found &= frame[column].eq(value).fillna(False).astype(bool)
    return found


def _asked(sheet: Sheet, where: Mapping[str, Any]) -> str:
    texts = (f'"{v}"' if isinstance(v, str) else str(v) for v in where.values())
    return "".join(f",{sheet.whole(column)},{text}" for column, text in zip(where, texts, strict=True))
