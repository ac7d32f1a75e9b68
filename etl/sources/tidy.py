"""Benchmarks of a whole country as one tidy table: a row an indicator and level, its latest known year.

A value that is not known stays empty, with the reason in `note`; a year without a value never stands in front of one
that has it. Nothing here speaks to a service.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

import pandas as pd

from geodata.errors import SourceError

COLUMNS = ("indicator", "title", "level", "unit", "year", "value", "note", "source_code")
LAST_YEARS = 15  # how far back a national figure is worth showing beside today's


def row(
    indicator: str,
    title: str,
    *,
    year: int | str | None,
    value: float | None,
    unit: str = "",
    level: str = "",
    note: str = "",
    code: str = "",
) -> dict[str, Any]:
    """One row of the table; `value` None where it is not known."""
    cells = (indicator, title, level, unit, year, value, note, code)
    return dict(zip(COLUMNS, cells, strict=True))


def table(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """The rows as text, in the order of indicator, level and code; empty cells missing."""
    frame = pd.DataFrame([dict(r) for r in rows], columns=list(COLUMNS))
    for name in COLUMNS:
        frame[name] = pd.Series([text(v) for v in frame[name]], index=frame.index, dtype="str")
    order = ["indicator", "level", "source_code"]
    return frame.sort_values(order, kind="stable", na_position="first", ignore_index=True)


def text(value: Any) -> str | None:
    """A cell as text: numbers in their shortest form, nothing for None, NaN and empty text."""
    number_ = number(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    if number_ is not None:
        return str(int(number_)) if number_ == int(number_) and abs(number_) < 1e15 else repr(number_)
    written = "" if value is None or isinstance(value, float) else " ".join(str(value).split())
    return written or None


def number(value: Any) -> float | None:
    """A number, or text that is one; None for anything else: "-", null, "..", True, infinity."""
    if value is None or isinstance(value, bool):
        return None
    try:
        found = float(str(value).strip())
    except ValueError:
        return None
    return found if isfinite(found) else None


def year_of(value: Any) -> int | None:
    """A calendar year of 1900 to 2100, as an int or as text; None for anything else, quarters and months among it."""
    found = number(value)
    return int(found) if found is not None and found == int(found) and 1900 <= found <= 2100 else None


def whole(value: Any, option: str) -> int:
    """A whole number that an option gives; raises SourceError where it is none."""
    found = number(value)
    if found is None or found != int(found):
        raise SourceError(f"The option {option!r} must be a whole number, not {value!r}.")
    return int(found)


def pattern(value: Any) -> str:
    """A regular expression that an option gives; raises SourceError where it is none."""
    try:
        re.compile(str(value))
    except re.error as error:
        raise SourceError(f"{value!r} is no regular expression: {error}.") from None
    return str(value)


def latest(records: Sequence[Mapping[str, Any]], *, year: str, value: str) -> Mapping[str, Any] | None:
    """The record of the latest year that has a number; where none has, that of the latest year; None of no records.

    Records that are no mapping or have no year are passed over.
    """
    dated = [r for r in records if isinstance(r, Mapping) and year_of(r.get(year)) is not None]
    known = [r for r in dated if number(r.get(value)) is not None]
    return max(known or dated, key=lambda r: year_of(r.get(year)) or 0, default=None)


def unit_of(title: str) -> tuple[str, str]:
    """A title without the unit in brackets at its end, and that unit: "Schools with internet (%)"."""
    found = re.fullmatch(r"(.*\S)\s*\(([^()]*)\)\s*", title)
    return (found[1], found[2].strip()) if found else (title.strip(), "")


def mappings(value: Any) -> list[dict[str, Any]]:
    """The mappings of a list; an empty list for anything else, so that a garbled answer is nothing rather than a fault."""
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []
