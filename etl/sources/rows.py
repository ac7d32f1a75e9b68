"""Answers as tables of text: JSON records and CSV, whatever they hold; an empty cell is missing, nothing is guessed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

import pandas as pd

from etl.fetching.replies import impostor
from geodata.errors import SourceError


def text(value: Any) -> str | None:
    """A cell of JSON as text: numbers as they were written, true and false in lower case, lists as JSON; None where empty."""
    if value is None:
        return None
    if type(value) is str and value.isprintable() and value.isascii() and " " not in value:
        return value or None  # most cells: nothing to be mended
    if value is pd.NA or value is pd.NaT or (isinstance(value, float) and not isfinite(value)):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    written = " ".join(str(value).replace("\x00", " ").split())
    return written.encode("utf-8", "replace").decode("utf-8") or None


def table(records: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Records as text under `columns`, in their order; what a record lacks is missing."""
    rows = list(records)
    return pd.DataFrame(
        {n: pd.Series([text(r.get(n)) for r in rows], dtype="str") for n in columns}, columns=list(columns)
    )


def mappings(value: Any, who: str) -> list[dict[str, Any]]:
    """The records of a list; raises SourceError where it is no list of records."""
    if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
        raise SourceError(
            f"{who} answered with {kind_of(value)} where a list of records was expected. Try again later; if it stays so, "
            "the service has changed."
        )
    return value


def kind_of(value: Any) -> str:
    """What a piece of JSON is, in words."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "yes or no", type(None): "nothing"}
    return names.get(type(value), "a number")


def refuse_impostor(content: bytes, who: str, what: str) -> None:
    """Raises SourceError where an answer is a web page, a Git LFS pointer or empty instead of `what`."""
    if instead := impostor(content):
        raise SourceError(f"{who} answered with {instead} instead of {what}. Try again later, or put the file by hand.")


def csv_table(content: bytes, who: str) -> pd.DataFrame:
    """A CSV as text under its column names: UTF-8, empty cells missing; rows that are too short or long are kept as far
    as they go. Raises SourceError where it is no CSV."""
    refuse_impostor(content, who, "a CSV table")
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig", "replace").replace("\x00", ""), newline="")))
    except csv.Error as error:
        raise SourceError(f"{who} answered with a table that cannot be read: {error}.") from None
    names = [" ".join(n.split()) for n in lines[0]] if lines else []
    if len([n for n in names if n]) < 2 or len(set(names)) < len(names):
        raise SourceError(f"{who} answered with something that is no table with column names: {names[:3]}.")
    cells = [[text(c) for c in (*line, *[None] * len(names))[: len(names)]] for line in lines[1:] if any(line)]
    return pd.DataFrame(cells, columns=names, dtype="str")


def counted(number: int, one: str, many: str = "") -> str:
    """`1 school`, `2,104 schools`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
