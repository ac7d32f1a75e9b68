"""What schools answered in DHIS2: data value sets, the whole at once or part by part, later changes put on top."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any

import pandas as pd

from etl.emis.combine import by_field, combined, of_lines, told
from etl.emis.dhis2_talk import Dhis2, RefusedError, ask, reply_of
from etl.emis.dhis2_units import Units, children_of
from etl.emis.mapping import Line
from etl.emis.plain import entry, items, listed, message_of, text, whole
from geodata.errors import KeyNeededError, OfflineError, SourceError

# Data element, period, organisation unit, category option combination, attribute option combination.
Cell = tuple[str, str, str, str, str]
NAMES = ("dataElement", "period", "orgUnit", "categoryOptionCombo", "attributeOptionCombo")
TOO_LARGE = ("status 413", "status 502", "status 503", "status 504", "did not answer in time", " MB where ")
NUMBERS = ("NUMBER", "INTEGER", "INTEGER_POSITIVE", "INTEGER_ZERO_OR_POSITIVE", "PERCENTAGE", "UNIT_INTERVAL")
NEEDS_WORDS = ("TEXT", "LONG_TEXT", "MULTI_TEXT", "LETTER")
OVERLAP = timedelta(days=1)  # changes are asked for from a day before, as clocks differ


@dataclass(frozen=True)
class Wanted:
    """What is asked for: data sets, periods, and how many schools at most in one answer."""

    data_sets: tuple[str, ...]
    periods: tuple[str, ...]
    at_once: int
    elements: Mapping[str, str]  # id → value type


def data_sets(dhis2: Dhis2) -> list[dict[str, Any]]:
    """Every data set with its elements: what a mapping file can name."""
    fields = "id,code,name,periodType,dataSetElements[dataElement[id,code,name,valueType,aggregationType,optionSet[id],categoryCombo[id,name]]]"
    return listed(dhis2.ask("dataSets", [("fields", fields), ("paging", "false")]), "dataSets", "DHIS2")


def elements_of(data_set: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The data elements of a data set."""
    found = [entry(e.get("dataElement")) for e in items(data_set.get("dataSetElements"))]
    return [dict(e) for e in found if text(e.get("id"))]


def wanted(dhis2: Dhis2, lines: Sequence[Line], options: Mapping[str, Any], periods: tuple[str, ...]) -> Wanted:
    """The mapping file held against the service. Raises SourceError that names the lines with unknown elements."""
    sets = data_sets(dhis2)
    known = {text(e.get("id")): e for s in sets for e in elements_of(s)}
    faults = []
    for line in lines:
        kind = text(entry(known.get(line.dx)).get("valueType"))
        if line.dx not in known:
            near = get_close_matches(line.dx, list(known), n=1, cutoff=0.7)
            faults.append(f"line {line.number}: no data set that this user may read has the data element {line.dx!r}" + (f"; did you mean {near[0]!r}?" if near else ""))  # fmt: skip
        elif kind in NEEDS_WORDS and line.agg == "any" and not (line.listed or line.words):
            faults.append(f"line {line.number}: {line.field} comes from text; say in true_values which words mean yes")
    if faults:
        raise SourceError("\n  - ".join(["The mapping file does not fit this DHIS2:", *faults]))
    used = {line.dx for line in lines}
    given = texts(options.get("data_sets"))
    chosen = given or tuple(
        sorted(text(s.get("id")) for s in sets if used & {text(e.get("id")) for e in elements_of(s)})
    )
    if not periods:
        kinds = sorted({text(s.get("periodType")) for s in sets if text(s.get("id")) in chosen} - {""})
        raise SourceError(
            f"Which period? Set options.period, such as 2025; the data sets here are {', '.join(kinds) or 'of unknown period'}."
        )
    return Wanted(
        chosen,
        periods,
        whole(options.get("at_once")) or 2_000,
        {u: text(known[u].get("valueType")) for u in used},
    )


def texts(value: Any) -> tuple[str, ...]:
    """An option that is one text or several (also parted by ; or ,)."""
    many = (
        value if isinstance(value, list | tuple) else str("" if value is None else value).replace(";", ",").split(",")
    )
    return tuple(t for t in (str(v).strip() for v in many) if t)


def answers(dhis2: Dhis2, found: Units, want: Wanted) -> tuple[dict[Cell, str], list[str]]:
    """Each cell's value as text, as of now: the full answer, and where it was at hand already what has changed since.

    Where the user may not read the answers themselves, numbers from the nightly tables (analytics), and a note.
    """
    try:
        return _own_answers(dhis2, found, want)
    except RefusedError as error:
        cells: dict[Cell, str] = {}
        try:
            for root, _ in dhis2.roots:
                for element in sorted(e for e, kind in want.elements.items() if kind in NUMBERS):
                    _from_analytics(dhis2, found, replace(want, elements={element: ""}), root, cells)
        except RefusedError:
            raise error from None
        return cells, [
            f"{error} Numbers were taken from its nightly tables instead, in which zeros, parts and yes/no are missing."
        ]


def _from_analytics(dhis2: Dhis2, found: Units, want: Wanted, unit: str, cells: dict[Cell, str]) -> None:
    """One element below one unit; part by part where there are more rows than one answer may have (E7128)."""
    params = [
        ("dimension", f"dx:{';'.join(want.elements)}"), ("dimension", f"pe:{';'.join(want.periods)}"),
        ("dimension", f"ou:LEVEL-{found.level};{unit}"),
    ]  # fmt: skip
    try:
        _merge(ask(dhis2.client, dhis2.base, "analytics/dataValueSet.json", params), want, cells)
    except RefusedError as error:
        if "E7128" not in str(error) or not (below := children_of(found, unit)):
            raise
        for part in below:
            _from_analytics(dhis2, found, want, part, cells)


def _own_answers(dhis2: Dhis2, found: Units, want: Wanted) -> tuple[dict[Cell, str], list[str]]:
    cells: dict[Cell, str] = {}
    moments: list[datetime] = []
    held = replace(dhis2, client=replace(dhis2.client, refresh=False, offline=True))
    if not dhis2.client.refresh:
        for root, _ in dhis2.roots:
            _take(dhis2, found, want, root, (cells, moments))
        return cells, []
    try:
        for root, _ in dhis2.roots:
            _take(held, found, want, root, (cells, moments))
    except OfflineError:
        cells.clear()
        for root, _ in dhis2.roots:
            _take(dhis2, found, want, root, (cells, []))
        return cells, []
    return cells, _changes(dhis2, want, cells, min(moments) - OVERLAP)


def _changes(dhis2: Dhis2, want: Wanted, cells: dict[Cell, str], since: datetime) -> list[str]:
    """Later values on top of those at hand, deleted ones taken away."""
    day, count = since.date().isoformat(), 0
    for root, _ in dhis2.roots:
        params = [*_params(want, root), ("lastUpdated", day), ("includeDeleted", "true")]
        count += _merge(ask(dhis2.client, dhis2.base, "dataValueSets.json", params), want, cells)
    return [f"Only what changed in DHIS2 since {day} was asked for: {count:,} values."]


def _params(want: Wanted, unit: str) -> list[tuple[str, str]]:
    params = [("dataSet", d) for d in want.data_sets] + [("period", p) for p in want.periods]
    return [*params, ("orgUnit", unit), ("children", "true")]


def _take(dhis2: Dhis2, found: Units, want: Wanted, unit: str, into: tuple[dict[Cell, str], list[datetime]]) -> None:
    """The answers below one unit; part by part where there are many schools or the service gives up on the whole."""
    below = children_of(found, unit)
    schools = sum(f"/{unit}/" in text(row.get("path")) for row in found.rows)
    if not (below and schools > want.at_once):
        try:
            reply = reply_of(dhis2.client, dhis2.base, "dataValueSets.json", _params(want, unit))
        except SourceError as error:
            if not below or not _too_large(error):
                raise
        else:
            into[1].append(reply.retrieved)
            _merge(reply.json(), want, into[0])
            return
    for part in below:
        _take(dhis2, found, want, part, into)


def _too_large(error: SourceError) -> bool:
    """Whether the whole was too much at once: what failed so is asked for part by part (offline: was kept so)."""
    if isinstance(error, KeyNeededError | RefusedError):
        return False
    return isinstance(error, OfflineError) or any(word in str(error) for word in TOO_LARGE)


def _merge(answer: Any, want: Wanted, cells: dict[Cell, str]) -> int:
    """Put answers into the cells (a deleted one takes its cell away); how many there were. `{}` is an empty answer."""
    given = entry(answer)
    if not isinstance(given.get("dataValues", []), list) or (given and "dataValues" not in given and message_of(given)):
        said = message_of(given) or "its answers may have changed"
        raise SourceError(f"DHIS2 answered dataValueSets without a list of dataValues: {said}.")
    rows = items(given.get("dataValues", []))
    for row in rows:
        a, b, c, d, e = (text(row.get(n)) or text(given.get(n)) for n in NAMES)
        if a not in want.elements:
            continue
        value = text(row.get("value"))
        if text(row.get("deleted")) == "true" or not value:
            cells.pop((a, b, c, d, e), None)
        else:
            cells[a, b, c, d, e] = value
    return len(rows)


def answered(
    cells: Mapping[Cell, str], schools: Sequence[str], lines: Sequence[Line], want: Wanted
) -> tuple[pd.DataFrame, list[str], str]:
    """One row a school in the order of `schools`: each field's value as text, and `school_year`, the newest period that
    it answered; sentences; and the newest period of all."""
    there = set(schools)
    by_school: dict[str, dict[str, list[tuple[str, str, str]]]] = {}
    for (element, period, unit, part, _), value in sorted(cells.items()):
        if unit in there:
            by_school.setdefault(unit, {}).setdefault(element, []).append((period, part, value))
    count = Counter[str]()
    rows = [_row(by_school.get(school, {}), lines, count) for school in schools]
    others = len({cell[2] for cell in cells} - there)
    asked = sum(school in by_school for school in there)
    notes = [
        f"{asked:,} of {len(there):,} schools answered something in {', '.join(want.periods)}; of the others nothing is known."
    ]
    notes += (
        [
            f"{others:,} organisation units that are no schools of this list (classes, offices) have answers; they are not used."
        ]
        if others
        else []
    )
    once = [line.field for line in lines if want.elements.get(line.dx) == "TRUE_ONLY"]
    notes += (
        [f"{', '.join(sorted(set(once)))}: DHIS2 keeps only yes here, so that no answer is not taken for a no."]
        if once
        else []
    )
    newest = max((cell[1] for cell in cells if cell[2] in there), default="")
    return pd.DataFrame(rows, index=range(len(rows)), dtype="str"), [*notes, *told(count, lines)], newest


def _row(given: Mapping[str, list[tuple[str, str, str]]], lines: Sequence[Line], count: Counter[str]) -> dict[str, str]:
    out = {}
    for name, group in by_field(lines).items():
        parts = [combined(line, _of_year(line, given.get(line.dx, [])), count) for line in group]
        out[name] = of_lines(group, parts)
    out["school_year"] = max((period for answers in given.values() for period, _, _ in answers), default="")
    return out


def _of_year(line: Line, given: Sequence[tuple[str, str, str]]) -> list[str]:
    """The values of the line's part, of the period that its year rule names or the newest that was answered."""
    mine = [g for g in given if not line.part or g[1] == line.part]
    year = line.year or max((period for period, _, _ in mine), default="")
    return [value for period, _, value in mine if period == year]
