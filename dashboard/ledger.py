"""What the Data page shows: sources, conservation of rows, the quality report, meanings, policy numbers. Plain values.

Everything comes from the manifest, from the layers of rows that did not get in, and from the declarations.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from dashboard import words
from dashboard.figures import Share
from geodata.fields import FIELDS
from geodata.policy import NUMBERS, POLICY
from geodata.query import Desk
from geodata.say import later, told, tr
from geodata.tables import SCHOOLS

KEY_FACTS = ("latitude", "num_students", "num_teachers", "num_computers", "has_internet", "has_internet_for_learners", "download_speed_mbps", "has_electricity", "cellular_coverage_type")  # fmt: skip
KINDS = {
    "schools": later("register of schools"),
    "attributes": later("more about the schools"),
    "cells": later("cell sites"),
    "nodes": later("transmission nodes"),
    "lines": later("fibre and microwave lines"),
    "benchmark": later("figures of the whole country"),
    "coverage": later("coverage areas"),
    "tiles": later("speed tiles"),
    "population": "people",
    "ages": later("people by age"),
    "wealth": later("relative wealth"),
    "settlement": later("towns and villages"),
    "measurements": later("speed tests"),
    "terrain": later("heights of the land"),
    "commitments": later("promises of funders"),
    "context": later("facts of areas"),
    "boundary": "boundaries",
}
RASTERS = ("population", "settlement", "terrain")  # pictures: they have no rows to count
SEVERITY = {
    "reject": later("the row was rejected"),
    "blank": later("the value was left out"),
    "warn": later("said only"),
}
Row = tuple[Any, ...]


def sources(desk: Desk) -> list[dict[str, Any]]:
    """The sources of the manifest."""
    return list(desk.atlas.manifest.get("sources") or [])


def conserved(desk: Desk) -> dict[str, int]:
    """Rows read, accepted, out of scope and rejected, of the registers of schools."""
    keys = ("rows_read", "rows_accepted", "rows_out_of_scope", "rows_quarantined")
    registers = [s for s in sources(desk) if s.get("kind", "schools") == "schools"]
    return {key: sum(int(s.get(key) or 0) for s in registers) for key in keys}


def source_rows(desk: Desk) -> list[Row]:
    """One row a source: name, what, publisher, licence, date, rows read, accepted, out of scope, rejected."""
    return [
        (
            s.get("title") or s.get("name", ""),
            _holds(desk, s),
            _or(s.get("publisher")),
            s.get("licence") or tr("not stated"),
            _or(s.get("date")),
            *(
                "–" if s.get("kind") in RASTERS and not s.get("rows_read") else words.exact(s.get(key))
                for key in ("rows_read", "rows_accepted", "rows_out_of_scope", "rows_quarantined")
            ),
        )
        for s in sources(desk)
    ]


def _holds(desk: Desk, source: Mapping[str, Any]) -> str:
    """What a source holds; of boundaries, which: "boundaries: districts"."""
    kind = str(source.get("kind", ""))
    level = re.fullmatch(r"boundaries, level (\d)", str(source.get("name", "")))
    if kind == "boundary" and level:
        return tr("boundaries: {place}", place=words.level(desk.place, int(level[1]), many=True))
    return tr(KINDS.get(kind, kind.replace("_", " ")))


def _or(value: Any) -> str:
    return words.NOT_REPORTED if words.unknown(value) else str(value)


def report(desk: Desk) -> list[dict[str, Any]]:
    """The quality report: sentence, severity, count and of; what was found first, then what was looked for in vain."""
    lines = list(desk.atlas.manifest.get("report") or [])
    return sorted(
        lines,
        key=lambda line: (
            not line.get("count"),
            ("reject", "blank", "warn").index(line.get("severity", "warn")),
            -int(line.get("count") or 0),
        ),
    )


def report_rows(desk: Desk, *, found: bool) -> list[Row]:
    """The lines of the report where something was found, or where nothing was."""
    lines = [line for line in report(desk) if bool(line.get("count")) == found]
    return [
        (
            words.sentence(told(str(x["sentence"]))),
            words.exact(x.get("count")),
            words.exact(x.get("of")),
            tr(SEVERITY.get(str(x.get("severity")), "–")),
        )
        for x in lines
    ]


def reported(desk: Desk) -> list[Share]:
    """How many schools report each key fact: `yes` with a value, `unknown` without."""
    derived = desk.derived()
    out = []
    for name in KEY_FACTS:
        column = derived[name] if name in derived else desk.schools.get(name)
        if column is not None:
            known = int(column.notna().sum())
            out.append(
                Share(tr("Location") if name == "latitude" else tr(FIELDS[name].title), known, 0, len(column) - known)
            )
    return out


def rejected(desk: Desk, limit: int = 5000) -> tuple[list[dict[str, Any]], int]:
    """The rejected rows for the grid: source, row, reason, original values in words; and how many there are.

    The original values are shown to the government tier alone: a rejected row has not been examined.
    """
    if not desk.atlas.has("quarantine"):
        return [], 0
    table = desk.atlas.read("quarantine")
    names = {str(s.get("name")): str(s.get("title") or s.get("name")) for s in sources(desk)}
    rows = []
    for source, row, reason, raw in zip(table["source"], table["row"], table["reason"], table["raw"], strict=True):
        if len(rows) >= limit:
            break
        original = originals(raw) if desk.tier == "government" else tr("shown to the government alone")
        rows.append(
            {
                "source": names.get(str(source), str(source)),
                "row": None if words.unknown(row) else int(row),
                "reason": str(reason),
                "raw": original,
            }
        )
    return rows, len(table)


def originals(raw: Any) -> str:
    """The original values of a row as "name: value; name: value"."""
    if words.unknown(raw):
        return words.NOT_REPORTED
    try:
        values = json.loads(str(raw))
    except ValueError:
        return str(raw)
    if not isinstance(values, Mapping):
        return str(raw)
    return "; ".join(f"{key}: {value}" for key, value in values.items() if not words.unknown(value))


def counted(desk: Desk, layer: str, column: str = "reason") -> list[Row]:
    """How many rows of a layer have each reason, most first: (source, reason, rows)."""
    if not desk.atlas.has(layer):
        return []
    table = desk.atlas.read(layer, columns=["source", column])
    names = {str(s.get("name")): str(s.get("title") or s.get("name")) for s in sources(desk)}
    counts = table.groupby(["source", column], sort=True).size().sort_values(ascending=False, kind="stable")
    return [
        (names.get(str(source), str(source)), words.sentence(str(reason)), words.exact(n))
        for (source, reason), n in counts.items()
    ]


def indicators(desk: Desk) -> list[Row]:
    """What each number means: title, definition, unit, reference."""
    return [
        (tr(i.title), tr(i.definition), tr(i.unit) if i.unit else "", i.reference)
        for i in sorted(desk.indicators.values(), key=lambda i: (i.group, i.order, i.name))
    ]


def fields(desk: Desk) -> list[Row]:
    """What each column means: title, definition, unit or values, sources, reference."""
    fed = desk.atlas.manifest.get("columns") or {}
    names = {str(s.get("name")): str(s.get("title") or s.get("name")) for s in sources(desk)}
    rows = []
    for name in SCHOOLS.columns:
        if name not in desk.columns or (name.startswith("admin") and int(name[5]) > len(desk.place.get("levels", ()))):
            continue
        field = FIELDS[name]
        allowed = ", ".join(words.code(value) for value in field.allowed) or (
            tr("yes or no") if field.kind == "yesno" else tr(field.unit) if field.unit else ""
        )
        by = words.listed([names.get(x, x) for x in (fed.get(name) or {}).get("sources", [])][:3])
        licences = words.listed((fed.get(name) or {}).get("licences", []))
        rows.append(
            (
                words.title(name, desk.place),
                tr(field.definition),
                allowed,
                by or (words.code("computed") if field.derived else tr("no source here")),
                licences,
                field.reference,
            )
        )
    return rows


def policy(desk: Desk) -> tuple[list[Row], list[Row]]:
    """Policy numbers that this country set otherwise, and all in force: title, value, default, meaning, reference."""
    own = desk.policy
    rows = [
        (tr(n.title), words.policy_value(own[n.name], n.unit), words.policy_value(n.value, n.unit), words.sentence(tr(n.definition)), n.reference)
        for n in NUMBERS.values()
    ]  # fmt: skip
    changed = [row for row, n in zip(rows, NUMBERS.values(), strict=True) if own[n.name] != POLICY[n.name]]
    return changed, rows
