"""No cell of a spreadsheet may start a formula, whoever typed it into the register."""

from __future__ import annotations

import re

import pandas as pd

GUARD = "'"
# Options of XlsxWriter by which a text stays a text: neither a formula, nor a number, nor a link.
AS_TEXT = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
# What a spreadsheet takes for the start of a formula, full-width forms (East Asian keyboards) too; spaces, control
# characters and invisible marks before it do not help. A tab or carriage return at the start can smuggle a cell in.
_FORMULA = re.compile(r"^(?:[\t\r]|[\s\x00-\x20\u200b-\u200f\u2060\ufeff\x85\xa0]*[=+\-@\uff1d\uff0b\uff0d\uff20])")
_NUMBER = re.compile(r"^[+-]?\d+(?:\.\d+)?$")


def safe(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula; plain numbers stay."""
    return GUARD + text if _FORMULA.match(text) and not _NUMBER.match(text) else text


def safe_column(values: pd.Series) -> pd.Series:
    """Each text made safe; unknown stays unknown."""
    changed = {text: safe(text) for text in values.dropna().unique()}
    return values.map(changed, na_action="ignore") if any(k != v for k, v in changed.items()) else values


def spreadsheet_csv(table: pd.DataFrame) -> bytes:
    """A table as CSV that spreadsheets open as it is (UTF-8 with its mark, CRLF), every text made safe; without its index."""
    texts = {str(c): safe_column(table[c]) for c, kind in table.dtypes.items() if isinstance(kind, pd.StringDtype)}
    return table.assign(**texts).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")
