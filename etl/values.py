"""Raw text to typed values: words through aliases, numbers with their marks, yes and no in three states.

Nothing is guessed: a word matches an alias exactly (case, accents and spaces aside) or is reported; a text that is not
a number is reported, never cut to its digits.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata.errors import RecipeError
from geodata.fields import FIELDS, Field
from geodata.text import fold

ALIASES = Path(__file__).parent / "aliases"
YESNO_WORDS = {"yes": True, "true": True, "no": False, "false": False}
UNKNOWN_WORDS = ("", "unknown")
# Characters that no eye sees and no word needs: zero-width space, marks of direction, a byte-order mark, control characters.
_UNSEEN = "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]"
_BREAKS = "[\x0b\x0c\x1c-\x1f\x85]"  # of lines and records in old systems: a space where they stood
_SPEED = re.compile(r"(.*\d)\s*([kKmMgG])(?:bps|BPS|Bps|b/s|bit/s|bits/s)\.?")
_WHOLE = re.compile(r"([+-]?\d+)\.0+")
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_NOT_FINITE = re.compile(r"[+-]?(inf|infinity|nan|∞)", re.IGNORECASE)


@dataclass(frozen=True)
class Parsed:
    """Values on the raw index; `unmapped` counts the words that no alias knows; `wrong` marks values that could not be
    used, `why` says so in words."""

    values: pd.Series
    unmapped: Mapping[str, int]
    wrong: pd.Series | None = None
    why: str = ""


def key(text: str) -> str:
    """What two spellings of one value share: case, accents, spaces and a needless `.0` folded away."""
    folded = fold(text)
    whole = _WHOLE.fullmatch(folded)
    return whole.group(1) if whole else folded


def per_value(text: pd.Series, function: Callable[[str], Any], dtype: Any) -> pd.Series:
    """`function` applied once to each distinct text; missing stays missing."""
    codes, distinct = pd.factorize(text)
    found = pd.Series([*(function(v) for v in distinct), None], dtype=object).astype(dtype)
    return pd.Series(found.array.take(codes), index=text.index)  # code -1 (missing) takes the last, which is missing


def clean(text: pd.Series, sentinels: Iterable[str] = ()) -> pd.Series:
    """Text without outer spaces; empty texts and the recipe's sentinels are missing."""
    stripped = text.str.replace(_UNSEEN, "", regex=True).str.replace(_BREAKS, " ", regex=True).str.strip()
    stripped = stripped.mask(stripped == "")
    if wanted := {key(s) for s in sentinels}:
        stripped = stripped.mask(per_value(stripped, lambda v: key(v) in wanted, "boolean").fillna(False).astype(bool))
    return stripped


# --- words ------------------------------------------------------------------------------------------------------


@cache
def _rows(path: Path) -> tuple[tuple[str, str], ...]:
    if not path.is_file():
        there = sorted(p.stem for p in path.parent.glob("*.csv"))
        near = get_close_matches(path.stem, there, n=1)
        raise RecipeError(f"There is no alias file {path.name!r} in etl/aliases{_hint(near, there)}.")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        table = csv.DictReader(line for line in stream if not line.startswith("#"))
        names = table.fieldnames or ()
        if not {"raw", "value"} <= set(names):
            raise RecipeError(f"The alias file {path.name} needs the columns raw and value; it has {', '.join(names)}.")
        return tuple((row["raw"], row["value"] or "") for row in table)


def read_aliases(name: str) -> dict[str, str]:
    """Raw → value of the alias CSV `name` in etl/aliases; lines that begin with # are remarks."""
    return dict(_rows(_path(name)))


def _path(name: str) -> Path:
    return ALIASES / f"{name.removesuffix('.csv')}.csv"


def aliases(given: Mapping[str, str] | str | None, field: str) -> dict[str, str]:
    """Folded raw word → allowed value ("" for unknown), from an inline table or an alias CSV; checked against the field.

    Raises RecipeError where a value is not allowed for the field, or one word has two meanings.
    """
    rows = _rows(_path(given)) if isinstance(given, str) else tuple((given or {}).items())
    table: dict[str, str] = {}
    for raw, target in rows:
        value = _checked(target.strip(), FIELDS[field], given if isinstance(given, str) else "values")
        if table.get(key(raw), value) != value:
            raise RecipeError(f"{field}: the word {raw!r} means both {table[key(raw)]!r} and {value!r}.")
        table[key(raw)] = value
    return table


def _checked(value: str, field: Field, where: str) -> str:
    if value in field.allowed:
        return value
    if value.lower() in UNKNOWN_WORDS:
        return ""
    allowed = tuple(YESNO_WORDS) if field.kind == "yesno" else field.allowed
    if allowed and value not in allowed:
        near = get_close_matches(value, allowed, n=1)
        raise RecipeError(f"{where}: {value!r} is not a value of {field.name}{_hint(near, allowed)}.")
    return value


def _hint(near: list[str], allowed: Iterable[str]) -> str:
    return f"; did you mean {near[0]!r}?" if near else f"; allowed: {', '.join(allowed)}"


def words(text: pd.Series, field: str, given: Mapping[str, str] | str | None) -> Parsed:
    """A coded or yes/no column. Without aliases in the recipe, only the field's own words (yes/no: `yes_no.csv`)."""
    declared = FIELDS[field]
    yesno = declared.kind == "yesno"
    own = tuple(YESNO_WORDS) if yesno else declared.allowed
    table = {key(w): w for w in own} | {key(w.replace("_", " ")): w for w in own}
    table |= aliases(given if given is not None else ("yes_no" if yesno else None), field)
    lost: dict[str, None] = {}

    def look(word: str) -> Any:
        found = table.get(key(word))
        if found is None:
            lost[word] = None
        if not found:
            return None
        return YESNO_WORDS[found] if yesno else found

    values = per_value(text, look, "boolean" if yesno else "str")
    counts = text[text.isin(list(lost))].value_counts() if lost else pd.Series(dtype="int64")
    return Parsed(values, {str(k): int(v) for k, v in counts.items()})


def renamed(text: pd.Series, field: str, given: Mapping[str, str] | str | None) -> pd.Series:
    """A text column with the spellings that the aliases list replaced; all others stay as they are."""
    if given is None:
        return text
    table = aliases(given, field)
    return per_value(text, lambda v: table.get(key(v), v) or None, "str")


# --- numbers ----------------------------------------------------------------------------------------------------


def numbers(text: pd.Series, decimal: str = ".", *, grouped: bool = True) -> Parsed:
    """Text as numbers: the decimal mark, spaces and (where `grouped`) thousands marks, digits of any script, a per cent sign.

    `wrong` marks texts that are given but are no finite number.
    """
    quick = pd.to_numeric(text, errors="coerce") if decimal == "." else pd.Series(np.nan, index=text.index)
    values = pd.Series(quick.to_numpy(dtype="float64", na_value=np.nan, copy=True), index=text.index)
    rest = (values.isna() | np.isinf(values)) & text.notna()
    if rest.any():
        values[rest] = per_value(text[rest], lambda v: number(v, decimal, grouped=grouped), "float64")
    wrong = text.notna() & values.isna()
    return Parsed(values, {}, wrong, "is not a number")


def without_unit(text: str) -> str:
    """A speed with its unit as a number of Mbps: 20 Mbps → 20, 512 kbps → 0.512. Other texts stay as they are (MB/s too:
    it may mean bits or bytes)."""
    found = _SPEED.fullmatch(text)
    size = number(found.group(1)) if found else None
    factor = {"k": 0.001, "m": 1.0, "g": 1000.0}[found.group(2).lower()] if found else 1.0
    return text if size is None else f"{size * factor:.12g}"


def number(text: str, decimal: str = ".", *, grouped: bool = True) -> float | None:
    """One text as a finite number, None where it is none."""
    text = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
    share = text.endswith("%")
    text = re.sub(r"^([+-])\s+", r"\1", text.rstrip("% "))
    other = "," if decimal == "." else "."
    if grouped and re.fullmatch(
        rf"[+-]?\d{{1,3}}(?:[{re.escape(other)}  '’]\d{{3}})+(?:{re.escape(decimal)}\d+)?", text
    ):
        text = re.sub(rf"[{re.escape(other)}  '’]", "", text)
    text = text.replace(decimal, ".") if other not in text else text
    if not _PLAIN.fullmatch(text) or (decimal == "," and other in text.replace(".", "", 1)):
        return None
    value = float(text)
    return (value / 100 if share else value) if np.isfinite(value) else None


def is_not_finite(text: pd.Series) -> pd.Series:
    """Texts such as NaN or Infinity."""
    return per_value(text, lambda v: bool(_NOT_FINITE.fullmatch(v.strip())), "boolean").fillna(False).astype(bool)


def whole(parsed: Parsed) -> Parsed:
    """Counts: numbers that are not whole are wrong."""
    values = parsed.values
    broken = values.notna() & (values != np.floor(values))
    known = values.mask(broken | (values.abs() >= 2**62))
    why = parsed.why if not broken.any() else "is not a whole number"
    wrong = broken if parsed.wrong is None else parsed.wrong | broken
    return Parsed(known.astype("Int64"), parsed.unmapped, wrong, why)
