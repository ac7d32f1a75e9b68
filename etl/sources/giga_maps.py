"""Giga Maps: where schools are (a key that anybody can ask for), and two private services about their connection.

The locations hold no id of the ministry: they are linked to a register by place and name. A row with 0, 0 or outside the
country is handed on as it came; the build says what becomes of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from etl.connect import Ask, Block, Connector, Key, Taken
from etl.fetching.words import key_needed
from etl.sources.isced import span
from etl.sources.rows import counted, csv_table, mappings, table
from geodata.errors import NothingFoundError, SourceError

if TYPE_CHECKING:
    from etl.fetching.client import Client, Reply

BASE = "https://uni-ooi-giga-maps-service.azurewebsites.net/api/v1"
SIZE = 1000  # rows a page, the most that the service gives
PAUSE_S = 0.2  # between two pages
LOCATION = (
    "giga_id_school", "school_name", "latitude", "longitude", "education_level", "country_iso3_code", "school_data_source",
)  # fmt: skip
PROFILE = (
    "giga_id_school", "connectivity", "connectivity_type", "connectivity_RT", "connectivity_RT_datasource",
    "school_area_type", "admin1", "admin2", "country_iso3_code", "school_data_source",
)  # fmt: skip
MEASURED = ("giga_id_school", "date", "download_speed", "upload_speed", "latency", "data_source", "country_iso3_code")
# Giga's words for single levels of ISCED, joined with commas and "and". Its "secondary" may be the lower, the upper or both.
LEVELS = {"pre-primary": 0, "primary": 1}
# Names of the same columns in files: those that the website hands out, and those that governments and Giga exchange.
OTHER_NAMES = {
    "school giga id": "giga_id_school", "school_id_giga": "giga_id_school", "school name": "school_name",
    "education level": "education_level", "country iso3 code": "country_iso3_code", "connectivity_govt": "connectivity",
    "school data source": "school_data_source", "connectivity_type_govt": "connectivity_type",
}  # fmt: skip
PART = re.compile(r"(?i)^(?P<before>.*page_)(?P<number>\d+)(?P<middle>_out_of_)(?P<of>\d+)(?P<after>.*)$")


def take_locations(client: Client, ask: Ask) -> Taken:
    """Every school of the country, a row each. Raises NothingFoundError where Giga has none, KeyNeededError without key."""
    return _taken(client, ask, GIGA_MAPS, f"/schools_location/country/{ask.iso3}", {}, columns=LOCATION)


def take_profiles(client: Client, ask: Ask) -> Taken:
    """What Giga knows of each school's connection: yes, no or unknown, and its type."""
    return _taken(client, ask, GIGA_PROFILE, "/schools_profile", {"country_iso3_code": ask.iso3}, columns=PROFILE)


def take_measurements(client: Client, ask: Ask) -> Taken:
    """Daily speeds of each school (Mbps, ms) from option `start` to option `end`: the year up to today where none is given."""
    end = str(ask.options.get("end") or ask.today.isoformat())
    start = str(ask.options.get("start") or (ask.today - timedelta(days=365)).isoformat())
    query = {"country_iso3_code": ask.iso3, "start_date": start, "end_date": end}
    return _taken(client, ask, GIGA_MEASUREMENTS, "/all_measurements", query, columns=MEASURED)


def _taken(
    client: Client, ask: Ask, connector: Connector, path: str, query: Mapping[str, str], *, columns: tuple[str, ...]
) -> Taken:
    if ask.dropped is not None:
        rows, notes, read = _dropped(ask.dropped, connector)
        stamp = ""
    else:
        rows, notes, read, stamp = _asked(client, connector, path, query, ask.iso3)
    if not rows:
        raise NothingFoundError(f"{connector.title} has no school of {ask.name or ask.iso3}.")
    frame = table(rows, columns)
    if "education_level" in columns:
        frame["isced_levels"] = pd.Series([taught(v) for v in frame["education_level"]], dtype="str")
    notes += _about(frame, ask.iso3)
    attribution = connector.attribution + (f" Retrieved {stamp}." if stamp else "")
    return Taken(frame, connector.title, stamp, attribution=attribution, rows_read=read, rows_kept=len(frame), notes=tuple(notes))  # fmt: skip


def taught(level: object) -> str | None:
    """ISCED levels of a level such as "Pre-Primary and Primary"; None where a part is not one level of ISCED alone."""
    parts = re.split(r", | and ", level.strip().lower()) if isinstance(level, str) else []
    known = [LEVELS.get(part.strip()) for part in parts]
    return span(sorted({n for n in known if n is not None})) or None if None not in known else None


def _about(frame: pd.DataFrame, iso3: str) -> list[str]:
    """What is odd about the rows, in sentences; they are kept."""
    notes = []
    if "latitude" in frame:
        zero = (pd.to_numeric(frame["latitude"], errors="coerce") == 0) & (
            pd.to_numeric(frame["longitude"], errors="coerce") == 0
        )
        if zero.any():
            notes.append(f"{counted(int(zero.sum()), 'school')} without a place (0, 0).")
    other = frame["country_iso3_code"].notna() & (frame["country_iso3_code"].str.upper() != iso3)
    if other.any():
        notes.append(f"{counted(int(other.sum()), 'row')} under the code of another country.")
    return notes


def _asked(
    client: Client, connector: Connector, path: str, query: Mapping[str, str], iso3: str
) -> tuple[list[dict[str, Any]], list[str], int, str]:
    """All pages: the rows, notes, how many were read, and the day that the first answer bears."""
    key = client.settings.key(connector.name)
    if key is None and not client.offline:
        raise key_needed(connector.name, connector)
    stamps: list[str] = []
    forms = {"path": path}

    def page(number: int) -> list[dict[str, Any]]:
        reply = _ask(client, connector, forms["path"], {**query, "page": number, "size": SIZE}, key)
        if reply.status == 404 and number == 1:  # some of its versions want a slash at the end, some none
            forms["path"] += "/"
            reply = _ask(client, connector, forms["path"], {**query, "page": number, "size": SIZE}, key)
        if reply.status == 404:
            return []
        if not reply.cached:
            client.sleep(PAUSE_S)
        answer = reply.json()
        stamps.append(_day(answer))
        return _rows(answer, connector)

    pages = client.pages(
        connector.name, page, first=1, size=SIZE, id_of=lambda r: str(r.get("giga_id_school") or r), wary=True
    )
    return pages.rows, list(pages.notes), len(pages.rows) + pages.repeats, next(iter(stamps), "")


def _ask(client: Client, connector: Connector, path: str, query: Mapping[str, Any], key: str | None) -> Reply:
    headers = {"Accept": "application/json"}
    secret = ("Authorization", f"Bearer {key}") if key else None
    address = client.base(connector) + path

    def check(reply: Reply) -> None:
        if reply.status != 404:
            _rows(reply.json(), connector)

    return client.get(connector.name, address, params=query, headers=headers, key_header=secret, check=check)


def _rows(answer: Any, connector: Connector) -> list[dict[str, Any]]:
    """The records of an envelope; raises SourceError where it says that it failed or is none."""
    if not isinstance(answer, dict):
        raise SourceError(f"{connector.title} answered with something that is not its envelope. Try again later.")
    if answer.get("success") is False or "data" not in answer:
        said = str(answer.get("message") or "no reason given")[:200]
        raise SourceError(f"{connector.title} answered that it failed: {said}. Try again later.")
    return mappings(answer["data"] or [], connector.title)


def _day(answer: Any) -> str:
    """The day of an envelope's time stamp, YYYY-MM-DD; empty where there is none."""
    found = re.match(r"\d{4}-\d{2}-\d{2}", str(answer.get("timestamp") or "")) if isinstance(answer, dict) else None
    return found[0] if found else ""


# --- files put there by hand ------------------------------------------------------------------------------------


def _dropped(path: Path, connector: Connector) -> tuple[list[dict[str, Any]], list[str], int]:
    """The CSV that the website hands out (all its parts, where it comes in parts), or an answer kept as JSON."""
    parts, notes = _parts(path)
    rows: list[dict[str, Any]] = []
    for part in parts:
        content = part.read_bytes()
        if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"["):
            rows += _json_rows(content, part, connector)
        else:
            frame = csv_table(content, part.name)
            frame = frame.rename(columns={c: OTHER_NAMES.get(c.lower(), c.lower()) for c in frame.columns})
            frame = frame.loc[:, ~frame.columns.duplicated()]
            if "giga_id_school" not in frame:
                raise SourceError(f"{part.name} has no column of Giga's ids (School Giga ID, giga_id_school).")
            cells = frame.astype(object).where(frame.notna(), None)
            rows += [dict(zip(cells.columns, row, strict=True)) for row in cells.itertuples(index=False)]
    kept = list({json.dumps(r, sort_keys=True, default=str): r for r in rows}.values())
    if len(kept) < len(rows):
        notes.append(f"{counted(len(rows) - len(kept), 'row')} came again exactly, kept once.")
    return kept, notes, len(rows)


def _json_rows(content: bytes, path: Path, connector: Connector) -> list[dict[str, Any]]:
    try:
        answer = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise SourceError(f"{path.name} is not whole JSON. Fetch it again.") from None
    return mappings(answer, path.name) if isinstance(answer, list) else _rows(answer, connector)


def _parts(path: Path) -> tuple[list[Path], list[str]]:
    """All parts of `School_report_page_1_out_of_3…` that lie beside it, and a note about those that do not."""
    found = PART.match(path.name)
    if not found:
        return [path], []
    of, there = int(found["of"]), {int(found["number"]): path}
    for other in sorted(
        path.parent.iterdir(), key=lambda p: (PART.sub(r"\g<after>", p.name) != found["after"], p.name)
    ):
        part = PART.match(other.name)
        if part and all(part[n] == found[n] for n in ("before", "of")) and _same_day(part["after"], found["after"]):
            there.setdefault(int(part["number"]), other)
    lacking = [str(n) for n in range(1, min(of, 10_000) + 1) if n not in there]
    notes = [f"The file comes in {of} parts; part {', '.join(lacking[:20])} is not there."] if lacking else []
    return [there[n] for n in sorted(there)], notes


def _same_day(first: str, second: str) -> bool:
    """Parts are stamped with the second in which each was made: those of one day belong together."""
    return re.sub(r"(\d{8})_\d{6}", r"\1", first) == re.sub(r"(\d{8})_\d{6}", r"\1", second)


ATTRIBUTION = (
    "School location data © Giga (UNICEF and ITU) and contributors; portions © OpenStreetMap contributors, ODbL 1.0."
)
DOCS = "https://maps.giga.global/docs/explore-api"
PRIVATE = f"It is given on request: {DOCS}."

GIGA_MAPS = Connector(
    "giga_maps", "Giga Maps: school locations", "Giga (UNICEF and ITU)", "schools", BASE, "ODbL-1.0", take_locations,
    (
        Block(
            "source", "Giga Maps", "giga-schools.csv",
            {
                "kind": "schools",
                "columns": {
                    "school_id_giga": "giga_id_school", "school_name": "school_name",
                    "education_level": "education_level", "isced_levels": "isced_levels", "latitude": "latitude", "longitude": "longitude",
                },
                "values": {"education_level": "levels"},
                "sentinels": {"school_name": ("Unknown", "null")},
            },
        ),
    ),
    ATTRIBUTION, DOCS, order=10, key=Key(where=f"Ask for a key to the school location API at {DOCS}."),
    by_hand="The school report that maps.giga.global hands out as CSV (all its parts in one folder).",
)  # fmt: skip

GIGA_PROFILE = Connector(
    "giga_profile", "Giga Maps: school profiles", "Giga (UNICEF and ITU)", "attributes", BASE, "ODbL-1.0", take_profiles,
    (
        Block(
            "source", "Giga profiles", "giga-profiles.csv",
            {
                "kind": "attributes",
                "columns": {
                    "school_id_giga": "giga_id_school", "has_internet": "connectivity",
                    "connectivity_type": "connectivity_type", "school_area_type": "school_area_type",
                },
                "values": {
                    "has_internet": "yes_no", "connectivity_type": "connectivity_type", "school_area_type": "urban_rural",
                },
            },
            needed=False,
        ),
    ),
    ATTRIBUTION, DOCS, order=10, key=Key(where=PRIVATE), open_country=False,
    by_hand="A CSV of school profiles with Giga's column names.",
)  # fmt: skip

GIGA_MEASUREMENTS = Connector(
    "giga_measurements", "Giga Maps: daily speeds of schools", "Giga (UNICEF and ITU)", "measurements", BASE, "ODbL-1.0",
    take_measurements,
    (
        Block(
            "source", "Giga measurements", "giga-measurements.csv",
            {
                "kind": "measurements", "evidence": "measured",
                "columns": {
                    "school_id_giga": "giga_id_school", "measured_on": "date", "test_download_mbps": "download_speed",
                },
            },
            needed=False,
        ),
    ),
    ATTRIBUTION, DOCS, order=20, key=Key(where=PRIVATE), open_country=False,
    by_hand="A CSV of daily measurements with Giga's column names.",
    options={
        "start": "first day, YYYY-MM-DD; a year before today where it is not given",
        "end": "last day, YYYY-MM-DD; today where it is not given",
    },
)  # fmt: skip
