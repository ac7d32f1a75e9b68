"""From raw columns to one field: the feed's rule, sentinels, aliases, bands, marks and ranges, in that order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from etl.flags import from_flags
from etl.recipe import Context, Feed, Source
from etl.source import Raw
from etl.values import Parsed, clean, key, numbers, per_value, renamed, whole, without_unit, words
from geodata.errors import RecipeError, SchemaError
from geodata.fields import FIELDS
from geodata.truth import all_of, any_of

NUMERIC = ("count", "number", "share", "degrees")
RULES = {
    "yesno": ("first", "any", "all"),
    "text": ("first", "join"),
    "numeric": ("first", "sum", "sum_known"),
    "code": ("first",),
}
# Bounds that a whole field has are its own law; a recipe's range can only be narrower in what is believed.
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+")
_ROUNDED = r"\d[.,]\d+E\+\d+"  # what a spreadsheet leaves of a long number
_DATE = r"\d{4}-\d\d-\d\d(?: .*)?"
_ERROR = r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!)"
JOINED_BY = ", "


@dataclass(frozen=True)
class Finding:
    """Values of one field that could not be used: the rows (a mask), the field, why, and the raw columns behind it."""

    rows: pd.Series
    field: str
    check: str
    why: str
    columns: tuple[str, ...]


@dataclass
class Fed:
    """What a source's feeds gave: `frame` of canonical columns, `unmapped` words with their counts, `findings`."""

    frame: pd.DataFrame
    unmapped: dict[str, dict[str, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def require_columns(raw: Raw, wanted: Mapping[str, Iterable[str]], name: str) -> None:
    """SchemaError that lists every raw column the recipe names but the file lacks, with the nearest right names.

    `wanted` is: what asks for it → raw columns.
    """
    there = [str(c) for c in raw.frame.columns]
    folded = {key(c): c for c in there}
    failures = []
    for asker, columns in wanted.items():
        for column in columns:
            if column not in there:
                near = [folded[k] for k in get_close_matches(key(column), list(folded), n=3, cutoff=0.6)]
                hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
                failures.append(f"{asker} names the column {column!r}{hint}")
    if failures:
        hint = f"; it has {', '.join(there[:12])}{' …' if len(there) > 12 else ''}"
        raise SchemaError(f"{raw.path.name} (source {name!r}) lacks columns that the recipe names{hint}", failures)


def feed(raw: Raw, source: Source | Context, fields: Iterable[str] | None = None) -> Fed:
    """Every fed field as a typed column on the raw index. Coordinates are not fed here: see `repair.locate`."""
    out = Fed(pd.DataFrame(index=raw.frame.index))
    columns: dict[str, pd.Series] = {}
    for name in source.columns if fields is None else fields:
        columns |= _one(raw, source, name, source.columns[name], out)
    out.frame = pd.DataFrame(columns, index=raw.frame.index)
    return out


def texts(raw: Raw, source: Source | Context, name: str) -> list[pd.Series]:
    """The raw texts behind a field, sentinels missing, the pattern applied."""
    given = source.columns[name]
    sentinels: Mapping[str, tuple[str, ...]] = getattr(source, "sentinels", {})
    wanted = (*sentinels.get("*", ()), *sentinels.get(name, ()))
    if given.constant is not None:
        return [pd.Series(str(given.constant), index=raw.frame.index, dtype="str")]
    columns = [clean(raw.frame[c], wanted) for c in given.raw]
    return [_matched(c, given.pattern, name) for c in columns] if given.pattern else columns


def _matched(column: pd.Series, pattern: str, name: str) -> pd.Series:
    try:
        form = re.compile(pattern)
    except re.error as error:
        raise RecipeError(f"columns.{name}: the pattern {pattern!r} is not a regular expression ({error}).") from None
    if not form.groups:
        raise RecipeError(f"columns.{name}: the pattern {pattern!r} has no group; put brackets round the part to keep.")

    def first(text: str) -> str | None:
        found = form.search(text)
        return (found.group(1) or "").strip() or None if found else None

    return per_value(column, first, "str")


def _one(raw: Raw, source: Source | Context, name: str, given: Feed, out: Fed) -> dict[str, pd.Series]:
    kind = FIELDS[name].kind
    family = "numeric" if kind in NUMERIC else "text" if kind in ("id", "text", "date", "json") else kind
    if given.rule not in RULES[family] and not given.flags:
        raise RecipeError(
            f"columns.{name}: the rule {given.rule!r} does not fit {_a(family)} field; it may be {' or '.join(RULES[family])}."
        )
    parts = texts(raw, source, name)
    if given.flags:
        return {name: from_flags(parts, name, given)}
    aliases = getattr(source, "values", {}).get(name)
    if family == "numeric":
        return _numeric(parts, source, name, given, out)
    if family == "text":
        joined = _first(parts) if given.rule == "first" else _join(parts)
        return {name: renamed(_tidy(joined, kind, name, given, out), name, aliases)}
    parsed = [words(part, name, aliases) for part in ([_first(parts)] if given.rule == "first" else parts)]
    _count(out, name, parsed)
    values = (
        parsed[0].values
        if given.rule == "first"
        else {"any": any_of, "all": all_of}[given.rule](*(p.values for p in parsed))
    )
    return {name: ~values if given.invert and family == "yesno" else values}


def _numeric(
    parts: list[pd.Series], source: Source | Context, name: str, given: Feed, out: Fed
) -> dict[str, pd.Series]:
    bands = getattr(source, "bands", {}).get(name)
    lower = upper = None
    parts = [_first(parts)] if given.rule == "first" else parts
    parts = [_understood(part, source, name, given, out) for part in parts]
    if bands:
        lower, upper = _banded(parts[0], bands)
        exact = lower.where(lower == upper)
        parts[0] = parts[0].mask(lower.notna())
    parsed = [numbers(renamed(part, name, getattr(source, "values", {}).get(name)), source.decimal) for part in parts]
    total = _added([p.values for p in parsed], name, given, source, out)
    wrong = reduce(lambda a, b: a | b, (p.wrong for p in parsed if p.wrong is not None))
    scaled = Parsed(total * given.scale if given.scale is not None else total, {}, wrong, parsed[0].why)
    result = whole(scaled) if FIELDS[name].kind == "count" else scaled
    values = _in_range(result, source, name, given, out)
    if lower is None or upper is None:
        return {name: values}
    values = values.fillna(exact.astype(values.dtype))
    known = {f"{name}_lower": lower, f"{name}_upper": upper}
    ends = {n: v.astype("Int64").fillna(values) for n, v in known.items() if n in FIELDS}
    return {name: values, **ends}


def _understood(text: pd.Series, source: Source | Context, name: str, given: Feed, out: Fed) -> pd.Series:
    """Units taken off speeds; counts that may be two numbers (2.000: two, or two thousand?) are findings."""
    declared = FIELDS[name]
    if declared.unit == "Mbps" and given.scale is None:
        return per_value(text, without_unit, "str")
    if declared.kind != "count" or source.decimal == ",":
        return text
    unclear = per_value(text, lambda v: bool(_THOUSANDS.fullmatch(v)), "boolean").fillna(False).astype(bool)
    if unclear.any():
        why = f'{declared.title}: a point before three digits may mean thousands or decimals; set decimal = "," if thousands'
        out.findings.append(Finding(unclear, name, "unclear_number", why, given.raw))
    return text.mask(unclear)


def _added(parts: list[pd.Series], name: str, given: Feed, source: Source | Context, out: Fed) -> pd.Series:
    """The sum of the parts: unknown where any part is (a part that is not reported is not zero), unless the recipe asks
    for the sum of the known parts, which is then said."""
    if len(parts) == 1:
        return parts[0]
    table = pd.concat(parts, axis=1)
    if given.rule == "sum":
        return table.sum(axis=1, skipna=False)
    some = int((table.isna().any(axis=1) & table.notna().any(axis=1)).sum())
    if some:
        out.notes.append(
            f"{source.name}: {some:,} values of {name} are sums of the known parts only (rule sum_known): at least so many."
        )
    return table.sum(axis=1, min_count=1)


def _banded(text: pd.Series, bands: Mapping[str, tuple[float, float]]) -> tuple[pd.Series, pd.Series]:
    table = {key(band): ends for band, ends in bands.items()}

    def end(which: int) -> Callable[[str], float | None]:
        return lambda v: table[key(v)][which] if key(v) in table else None

    return per_value(text, end(0), "float64"), per_value(text, end(1), "float64")


def _in_range(result: Parsed, source: Source | Context, name: str, given: Feed, out: Fed) -> pd.Series:
    """Values within the field's own bounds and the recipe's; the others are findings and unknown."""
    declared, values = FIELDS[name], result.values
    if result.wrong is not None and result.wrong.any():
        out.findings.append(Finding(result.wrong, name, "not_a_number", f"{declared.title}: {result.why}", given.raw))
    believed: tuple[float, float] | None = getattr(source, "ranges", {}).get(name)
    for ends, whose in ((believed, "believed here"), ((declared.minimum, declared.maximum), "possible")):
        low = -np.inf if ends is None or ends[0] is None else ends[0]
        high = np.inf if ends is None or ends[1] is None else ends[1]
        outside = ((values < low) | (values > high)).fillna(False).astype(bool)
        if outside.any():
            why = f"{declared.title}: outside {_bound(low)} to {_bound(high)}, which is what is {whose}"
            out.findings.append(Finding(outside, name, "out_of_range", why, given.raw))
            values = values.mask(outside)
    return values


def _bound(value: float) -> str:
    return f"{value:,.6g}" if np.isfinite(value) else "any number"


def _first(parts: list[pd.Series]) -> pd.Series:
    return reduce(lambda a, b: a.fillna(b), parts)


def _join(parts: list[pd.Series]) -> pd.Series:
    rows = zip(*(p.where(p.notna(), None).astype(object) for p in parts), strict=True)
    joined = [JOINED_BY.join(dict.fromkeys(v for v in row if isinstance(v, str))) or None for row in rows]
    return pd.Series(joined, index=parts[0].index, dtype="str")


def _tidy(text: pd.Series, kind: str, name: str, given: Feed, out: Fed) -> pd.Series:
    """Inner line breaks and double spaces gone; what a spreadsheet made of a text is turned back, or is a finding."""
    tidy = text.str.replace(r"\s+", " ", regex=True)
    spoilt = {"a spreadsheet's error": tidy.str.fullmatch(_ERROR)}
    if kind == "id":
        tidy = tidy.str.replace(r"^['’](?=\w)", "", regex=True)
        dates = tidy.str.fullmatch(_DATE).fillna(False)
        spoilt["an id that a spreadsheet rounded, so that its digits are lost"] = tidy.str.fullmatch(_ROUNDED)
        if dates.any() and dates.sum() < 0.5 * tidy.notna().sum():
            spoilt["an id that a spreadsheet took for a date"] = dates
    for why, hit in spoilt.items():
        rows = hit.fillna(False).astype(bool)
        if rows.any():
            said = f"{FIELDS[name].title}: {why}; store the column as text and bring the file anew"
            out.findings.append(Finding(rows, name, "spoilt_text", said, given.raw))
            tidy = tidy.mask(rows)
    if kind == "id" and (decimals := tidy.str.fullmatch(r"\d+\.0")).any() and decimals[tidy.notna()].all():
        out.notes.append(f"{name}: every id ended in .0 (a program took them for decimals); the .0 was taken off.")
        return tidy.str.removesuffix(".0")
    return tidy


def _count(out: Fed, name: str, parsed: list[Parsed]) -> None:
    counts: dict[str, int] = {}
    for one in parsed:
        for word, times in one.unmapped.items():
            counts[word] = counts.get(word, 0) + times
    if counts:
        out.unmapped[name] = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _a(family: str) -> Any:
    return {"yesno": "a yes/no", "text": "a text", "numeric": "a number", "code": "a coded"}[family]
