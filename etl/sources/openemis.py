"""OpenEMIS: institutions with internet, electricity, assets and learners by a mapping file. A ministry's own data.

Reference: OpenEMIS core, API version 5 (4 alike).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from etl.connect import Ask, Block, Connector, Key, Taken
from etl.emis.combine import told
from etl.emis.mapping import Line, read_mapping
from etl.emis.openemis_rows import (
    CONDITION,
    INSTITUTIONS,
    LOOKUPS,
    OF_PERIOD,
    RESOURCES,
    Answers,
    answered,
    area_chains,
    grouped,
)
from etl.emis.openemis_talk import KEYS, OpenEmis, open_openemis
from etl.emis.plain import text
from etl.fetching.client import Client
from geodata.errors import NothingFoundError, SourceError

RESTRICTED = "restricted"
LEVELS = 4
CURRENT = ("1", "true", "yes")


def take(client: Client, ask: Ask) -> Taken:
    """One row an institution; everything is text, empty where OpenEMIS does not say."""
    emis = open_openemis(client)
    name = str(ask.options.get("mapping", ""))
    mapping = read_mapping(ask.data / name) if name else None
    lines: Sequence[Line] = mapping.lines if mapping else ()
    _check(lines)
    institutions, notes = emis.rows(INSTITUTIONS, conditions={"is_deleted": "0"})
    if not institutions:
        raise NothingFoundError("OpenEMIS has no institution that this user may see.")
    here = [row for row in institutions if text(row.get("is_deleted")) not in CURRENT]
    if gone := len(institutions) - len(here):
        notes.append(f"{gone:,} institutions are deleted in OpenEMIS and left out.")
    used = {line.dx.partition("/")[0] for line in lines} - {INSTITUTIONS}
    period, said = _period(emis, str(ask.options.get("period", "")), needed=bool(used & set(OF_PERIOD)))
    answers, more = _answers(emis, lines, sorted(used), text(period.get("id")))
    chains, area_notes = _chains(emis)
    count: Counter[str] = Counter()
    today = ask.today.isoformat()
    rows = [{**_institution(row, chains, today), **answered(row, lines, answers, count)} for row in here]
    year = text(period.get("name")) or text(period.get("code"))
    table = pd.DataFrame(rows, dtype="str").assign(**({"school_year": year} if year else {}))
    notes += [
        *said,
        *more,
        *area_notes,
        *told(count, lines),
        *_no_condition(count, lines),
        *(mapping.notes() if mapping else ()),
    ]
    return Taken(
        table, title="Institutions of the ministry's OpenEMIS", date=text(period.get("start_date"))[:4] or today[:7],
        licence=RESTRICTED, rows_read=len(institutions), rows_kept=len(table), notes=tuple(notes), address=emis.base,
    )  # fmt: skip


def _check(lines: Sequence[Line]) -> None:
    faults = []
    for line in lines:
        resource, _, name = line.dx.partition("/")
        if resource not in RESOURCES:
            faults.append(f"line {line.number}: OpenEMIS has no {resource!r}; allowed: {', '.join(RESOURCES)}")
        elif not name and resource not in CONDITION:
            faults.append(f"line {line.number}: {line.dx!r} needs a field, such as {resource}/total_students")
    if faults:
        raise SourceError("\n  - ".join(["The mapping file does not fit OpenEMIS:", *faults]))


def _period(emis: OpenEmis, wanted: str, *, needed: bool) -> tuple[Mapping[str, Any], list[str]]:
    """The academic period asked for (name, code or id), else the current one."""
    if not needed and not wanted:
        return {}, []
    rows, notes = emis.rows("academic-periods")
    names = ", ".join(text(r.get("name")) for r in rows[:12])
    if wanted:
        same = [r for r in rows if wanted in (text(r.get(k)) for k in ("name", "code", "id"))]
        if not same:
            raise SourceError(f"OpenEMIS has no academic period {wanted!r}; it has {names or 'none'}.")
        return same[0], notes
    current = [r for r in rows if text(r.get("current")) in CURRENT]
    if not current:
        raise SourceError(
            f"OpenEMIS marks no academic period as current. Set options.period to one of: {names or 'none'}."
        )
    current.sort(key=lambda r: (text(r.get("start_date")), text(r.get("end_date")), text(r.get("id"))))
    chosen = current[-1]
    return chosen, [*notes, f"Utilities and learners are of the academic period {text(chosen.get('name'))}."]


def _answers(emis: OpenEmis, lines: Sequence[Line], used: Sequence[str], period: str) -> tuple[Answers, list[str]]:
    rows, notes = {}, []
    for resource in used:
        scoped = {"academic_period_id": period} if resource in OF_PERIOD and period else {}
        try:
            found, said = emis.rows(resource, conditions=scoped)
        except NothingFoundError as error:
            notes.append(f"{error} What it would feed is unknown.")
            continue
        mine = grouped(found, lambda r, s=scoped: all(text(r.get(k)) in ("", v) for k, v in s.items()))  # type: ignore[misc]
        notes += [
            *said,
            f"{resource}: {sum(map(len, mine.values())):,} rows of {len(mine):,} institutions; of the others nothing is known.",
        ]
        rows[resource] = mine
    fields = {f for line in lines for f in _fields(line)}
    return Answers(rows, {f: emis.lookup(LOOKUPS[f]) for f in sorted(fields & set(LOOKUPS))}), notes


def _fields(line: Line) -> list[str]:
    """Fields that a line looks at."""
    resource, _, name = line.dx.partition("/")
    return [name, CONDITION.get(resource, ""), *(p.partition("=")[0].strip() for p in line.part.split("&"))]


def _chains(emis: OpenEmis) -> tuple[dict[str, list[tuple[str, str]]], list[str]]:
    try:
        rows, notes = emis.rows("areas")
    except NothingFoundError:
        return {}, ["This OpenEMIS does not give its areas; schools have none from it."]
    return area_chains(rows), notes


def _institution(row: Mapping[str, Any], chains: Mapping[str, list[tuple[str, str]]], today: str) -> dict[str, str]:
    chain = chains.get(text(row.get("area_id")), [])
    areas = {}
    for number in range(1, LEVELS + 1):
        areas[f"admin{number}_id"], areas[f"admin{number}"] = chain[number - 1] if number <= len(chain) else ("", "")
    closed = text(row.get("date_closed"))[:10] or (
        f"{text(row.get('year_closed'))}-12-31" if text(row.get("year_closed")) else ""
    )
    return {
        "openemis_id": text(row.get("id")), "school_id_govt": text(row.get("code")) or text(row.get("id")),
        "school_name": text(row.get("name")), **areas, "latitude": text(row.get("latitude")),
        "longitude": text(row.get("longitude")), "classification": text(row.get("classification")),
        "school_status": "extinct" if closed and closed <= today else "",
    }  # fmt: skip


def _no_condition(count: Mapping[str, int], lines: Sequence[Line]) -> list[str]:
    said = []
    for line in lines:
        if some := count.get(f"no condition {line.number}"):
            said.append(
                f"{line.field}: {some:,} schools have a device whose condition the mapping file does not know (line {line.number})."
            )
    return said


OPENEMIS = Connector(
    name="openemis",
    title="OpenEMIS",
    publisher="Ministry of education",
    gives="schools",
    base="",
    licence=RESTRICTED,
    take=take,
    blocks=(Block("source", "OpenEMIS", "openemis_schools.csv", {"kind": "schools"}),),
    order=11,
    key=Key("key", f"Ask the ministry's administrator, then {KEYS}"),
    by_hand="the Excel export of Institutions, read by an ordinary recipe without [source.service]",
    options={
        "mapping": "mapping file in the data folder: which resource feeds which field",
        "period": "academic period (name, code or id); the current one where it is not given",
    },
    open_country=False,
)
