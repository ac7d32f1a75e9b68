"""DHIS2 for Education: organisation units as schools and areas, census answers by a mapping file. A ministry's own data.

Reference: DHIS2 developer documentation, metadata, organisation units, data value sets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from etl.connect import Ask, Block, Connector, Key, Taken
from etl.emis.dhis2_talk import KEYS, Dhis2, open_dhis2
from etl.emis.dhis2_units import ATTRIBUTE, GROUPS, Units, area_table, school_table, units
from etl.emis.dhis2_values import answered, answers, texts, wanted
from etl.emis.mapping import Line, read_mapping
from etl.emis.plain import whole
from etl.fetching.client import Client

RESTRICTED = "restricted"
ISO_CALENDARS = ("iso8601", "gregorian", "")


def take(client: Client, ask: Ask) -> Taken:
    """Schools with what they answered; with the option `areas`, the polygons of a level instead.

    One row an organisation unit; everything is text, empty where DHIS2 does not say.
    """
    dhis2 = open_dhis2(client)
    area_level = str(ask.options.get("areas", ""))
    if area_level:
        return _areas(dhis2, units(dhis2, level=area_level))
    found = units(dhis2, level=str(ask.options.get("level", "")), group=str(ask.options.get("group", "")))
    return _schools(dhis2, found, ask)


def _areas(dhis2: Dhis2, found: Units) -> Taken:
    table = area_table(found)
    notes = [*_seen(dhis2), *found.notes]
    if empty := len(found.rows) - len(table):
        notes.append(f"{empty:,} of {len(found.rows):,} areas have no polygon in DHIS2.")
    return Taken(
        table, title="Areas of the ministry's DHIS2", date=dhis2.server_date[:7], version=dhis2.version,
        licence=RESTRICTED, rows_read=len(found.rows), rows_kept=len(table), notes=tuple(notes), address=dhis2.base,
    )  # fmt: skip


def _schools(dhis2: Dhis2, found: Units, ask: Ask) -> Taken:
    name = str(ask.options.get("mapping", ""))
    mapping = read_mapping(ask.data / name) if name else None
    lines: Sequence[Line] = mapping.lines if mapping else ()
    of_units = [line for line in lines if line.dx == GROUPS or line.dx.startswith(ATTRIBUTE)]
    of_values = [line for line in lines if line not in of_units]
    today = dhis2.server_date[:10] or ask.today.isoformat()
    table, notes = school_table(found, school_id=str(ask.options.get("id", "code")), lines=of_units, today=today)
    said = [
        *_seen(dhis2),
        *found.notes,
        *_compared(len(table), ask.options),
        *notes,
        *(mapping.notes() if mapping else ()),
    ]
    date = ""
    if of_values:
        want = wanted(dhis2, of_values, ask.options, texts(ask.options.get("period")))
        cells, more = answers(dhis2, found, want)
        values, told, newest = answered(cells, list(table["dhis2_uid"]), of_values, want)
        table = pd.concat([table, values[[c for c in values if c not in table]]], axis=1)
        date = _date(newest or max(want.periods), dhis2.calendar)
        said += [*more, *told, *_calendar(dhis2)]
    return Taken(
        table, title="Schools of the ministry's DHIS2", date=date or today[:7], version=dhis2.version, licence=RESTRICTED,
        rows_read=len(found.rows), rows_kept=len(table), notes=tuple(said), address=dhis2.base,
    )  # fmt: skip


def _seen(dhis2: Dhis2) -> list[str]:
    """One user sees one part of the country: said, so that nobody takes a part for the whole."""
    names = ", ".join(name or uid for uid, name in dhis2.roots[:5])
    return [f"The DHIS2 user sees what lies in {names}{' and more' if len(dhis2.roots) > 5 else ''}."]


def _compared(schools: int, options: Mapping[str, Any]) -> list[str]:
    expected = whole(options.get("expected"))
    if expected is None or expected == schools:
        return []
    return [
        f"DHIS2 gave {schools:,} schools, the ministry counts {expected:,}: the user may not see all, or the level is another."
    ]


def _calendar(dhis2: Dhis2) -> list[str]:
    iso = dhis2.calendar.lower() in ISO_CALENDARS
    return (
        []
        if iso
        else [
            f"This DHIS2 counts years in the {dhis2.calendar} calendar; the recipe has to state the date of the data."
        ]
    )


def _date(period: str, calendar: str) -> str:
    """2025, 2025Oct and 2025Q1 are of 2025, 202503 of 2025-03; of another calendar no date is made."""
    told = re.match(r"(\d{4})(?:(0[1-9]|1[0-2])(?!\d)|(0[1-9]|1[0-2])([0-3]\d)$)?", period)
    if told is None or calendar.lower() not in ISO_CALENDARS:
        return ""
    year, month, month_of_day, day = told.groups()
    return "-".join(p for p in (year, month or month_of_day, day) if p)


DHIS2 = Connector(
    name="dhis2",
    title="DHIS2 for Education",
    publisher="Ministry of education",
    gives="schools",
    base="",
    licence=RESTRICTED,
    take=take,
    blocks=(Block("source", "DHIS2", "dhis2_schools.csv", {"kind": "schools"}), Block("boundary", "DHIS2 areas", "dhis2_areas.geojson", options={"areas": "2"}, needed=False)),
    order=10,
    key=Key("token", f"Ask the ministry's administrator for a user, then {KEYS}"),
    by_hand="the CSV or workbook that DHIS2 itself exports, read by an ordinary recipe without [source.service]",
    options={
        "level": "level of the schools, number or name; not always the deepest",
        "group": "group of organisation units that are the schools, name or id, beside or in place of level",
        "id": "what the ministry calls a school by: code (usual), uid, or attribute:NAME",
        "mapping": "mapping file in the data folder: which answer feeds which field",
        "period": "period or periods of the answers, such as 2025 or 2025Oct",
        "data_sets": "ids of the data sets; those that hold what the mapping file names where it is not given",
        "at_once": "schools asked for in one answer (2000); more are asked for part by part",
        "expected": "number of schools that the ministry counts, compared with what came",
        "areas": "level of areas to read as boundaries, in place of schools",
    },
    open_country=False,
)  # fmt: skip
