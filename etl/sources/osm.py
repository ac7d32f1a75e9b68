"""OpenStreetMap, through Overpass: every school that volunteers have mapped. One not mapped is not one that is not there.

Volunteers map what they see: places and names, seldom levels, hardly ever internet. `capacity` is room, not enrolment.
An answer with a `remark` was cut short by the service and is no answer, whatever its status says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pandas as pd

from etl.connect import Ask, Block, Connector, Taken
from etl.personal import category_of
from etl.sources.osm_files import read_dropped, records_of, stamp_of
from etl.sources.osm_tags import COLUMNS, drawn_twice, several
from etl.sources.rows import counted, mappings, table
from geodata.errors import NothingFoundError, OfflineError, SourceError

if TYPE_CHECKING:
    from etl.fetching.client import Client, Reply

BASE = "https://overpass-api.de/api/interpreter"
MIRRORS = ("https://overpass.private.coffee/api/interpreter", "https://overpass.kumi.systems/api/interpreter")
AMENITIES = "^(school|kindergarten|college|university)$"
SAME_WITHIN_M = 150.0


def query(ask: Ask) -> str:
    """The question in Overpass's language: everything in the country's area, outlines by their centre."""
    where = (
        f'area["ISO3166-1"="{ask.iso2}"][admin_level=2]'
        if ask.iso2.isalpha()
        else f'area["ISO3166-1:alpha3"="{ask.iso3}"]'
    )
    more = 'nwr["building"="school"][!"amenity"](area.a);' if ask.options.get("buildings") else ""
    return f'[out:json][timeout:180];{where}->.a;(nwr["amenity"~"{AMENITIES}"](area.a);{more});out center tags;'


def take(client: Client, ask: Ask) -> Taken:
    """Schools, kindergartens, colleges and universities of the country, a row each; one drawn twice stands once."""
    if ask.dropped is not None:
        records, notes, stamp = read_dropped(ask.dropped)
    else:
        answer = _asked(client, ask)
        records, notes = records_of(answer)
        stamp = stamp_of(answer)
    if not records:
        raise NothingFoundError(f"OpenStreetMap has no school in {ask.name or ask.iso3}.")
    frame, more = without_repeats(table(records, COLUMNS), float(ask.options.get("same_within_m", SAME_WITHIN_M)))
    frame["operator"], lone = several(frame["operator"])
    notes += [*more, *lone, *_about(frame)]
    return Taken(frame, "Schools in OpenStreetMap", stamp[:10], stamp, rows_read=len(records), rows_kept=len(frame), notes=tuple(notes))  # fmt: skip


def without_repeats(frame: pd.DataFrame, within_m: float) -> tuple[pd.DataFrame, list[str]]:
    """The table without copies and without points that lie in the outline of the same school; what these say stays."""
    notes = []
    once = frame.drop_duplicates("osm_id", ignore_index=True)
    if len(once) < len(frame):
        notes.append(f"{counted(len(frame) - len(once), 'element')} came again, kept once.")
    same = drawn_twice(once, within_m)
    twice = same[same.notna()]
    if twice.empty:
        return once, notes
    greater = dict(zip(once["osm_id"], same, strict=True))
    out = once[same.isna()].set_index("osm_id", drop=False)
    for point in once[same.notna()].to_dict("records"):
        keeper = str(point["osm_id"])
        while isinstance(greater[keeper], str):  # a point in an outline that is itself part of a greater one
            keeper = greater[keeper]
        _fill(out, keeper, point)
    notes.append(
        f"{counted(len(twice), 'school')} drawn twice, as a point within {within_m:g} m of an outline of a like name: the outline is kept."
    )
    return out.reset_index(drop=True), notes


def _fill(frame: pd.DataFrame, osm_id: str, other: Mapping[Any, Any]) -> None:
    """What the element that leaves says and the one that stays does not."""
    for name in ("education_level", "isced_levels", "has_internet", "operator", "operator:type", "ref"):
        if not isinstance(frame.at[osm_id, name], str) and isinstance(other[name], str):
            frame.at[osm_id, name] = other[name]


def _about(frame: pd.DataFrame) -> list[str]:
    """What a reader of the map must know, counted."""
    notes = []
    no = int((frame["has_internet"] == "no").sum())
    if no:
        notes.append(
            f"{counted(no, 'school')} with internet_access = no, a tag about the internet that is offered there."
        )
    buildings = int((frame["amenity"].isna() & (frame["building"] == "school")).sum())
    if buildings:
        notes.append(f"{counted(buildings, 'school building')} without amenity among them.")
    unnamed = int(frame["name"].isna().sum())
    if unnamed:
        notes.append(f"{counted(unnamed, 'school')} without a name.")
    return notes


def _asked(client: Client, ask: Ask) -> dict[str, Any]:
    """The answer of the first of Overpass's servers that gives a whole one; raises SourceError with what each said."""
    own = client.base(CONNECTOR)
    mirrors = ask.options.get("mirrors", MIRRORS if own == BASE else ())
    asked = {"data": query(ask)}
    said: list[SourceError] = []
    for address in (own, *([mirrors] if isinstance(mirrors, str) else mirrors)):
        try:
            return _whole(
                client.get(
                    CONNECTOR.name, str(address), method="POST", data=asked, allow=(), check=_check, forget=_of_people
                )
            )
        except SourceError as error:
            said.append(error)
            client.tell(f"  {urlsplit(str(address)).hostname} gave no answer that can be used.")
    if len(said) == 1 or all(isinstance(e, OfflineError) for e in said):
        raise said[0]
    raise SourceError("No server of OpenStreetMap answered: " + " ".join(f"({n}) {e}" for n, e in enumerate(said, 1)))


def _of_people(name: str) -> bool:
    """Whether a tag leads to a person: contact:phone, email, operator:mobile."""
    return name.startswith("contact:") or category_of(name) not in (None, "address")


def _check(reply: Reply) -> None:
    """Before it is kept: half an answer is none."""
    _whole(reply)


def _whole(reply: Reply) -> dict[str, Any]:
    """The answer where it is one; a remark says that it was cut short: then it is none."""
    answer = reply.json()
    if not isinstance(answer, dict):
        raise SourceError("Overpass answered with something that is not its envelope. Try again later.")
    remark = str(answer.get("remark") or "")
    if remark:
        said = " ".join(remark.split())[:160]
        raise SourceError(
            f"Overpass cut its answer short ({said}). Try again later, or ask another server (options.mirrors)."
        )
    mappings(answer.get("elements"), "Overpass")
    return answer


SCHOOLS: dict[str, Any] = {
    "kind": "schools",
    "make_id_from": ("osm_id",),
    "columns": {
        "school_name": {"columns": ["name", "official_name", "name:en", "name:fr", "name:es", "name:pt", "name:ar", "alt_name"]},
        "education_level": "education_level", "isced_levels": "isced_levels", "latitude": "latitude",
        "longitude": "longitude", "has_internet": "has_internet", "school_funding_type": "operator:type",
        "school_funding_detail": "operator",
    },
    "values": {
        "school_funding_type": {
            "public": "public", "government": "public", "municipal": "public", "state": "public", "private": "private",
            "business": "private", "religious": "charitable", "private_non_profit": "charitable", "ngo": "charitable",
            "charitable": "charitable", "charity": "charitable", "community": "charitable", "cooperative": "others",
            "association": "charitable", "school": "", "university": "", "military": "public",
        },
    },
    "scope": {
        "column": "amenity", "keep": ["school", "kindergarten", "college", ""],
        "reasons": {"university": "a university, not a school"},
    },
}  # fmt: skip
ATTRIBUTION = "© OpenStreetMap contributors"
CONNECTOR = Connector(
    "osm", "OpenStreetMap (Overpass)", "OpenStreetMap contributors", "schools", BASE, "ODbL-1.0", take,
    (Block("source", "OpenStreetMap", "osm-schools.csv", SCHOOLS),), ATTRIBUTION, "https://www.openstreetmap.org/copyright",
    order=30, first_wait_s=30.0,
    by_hand="A GeoJSON export of schools, an answer of Overpass as JSON, or Geofabrik's free shapefile (.zip).",
    options={
        "same_within_m": "metres within which a point and an outline of like names are one school (150)",
        "buildings": "true: also buildings tagged as schools that say no more",
        "mirrors": "further Overpass servers, asked where the first gives nothing",
    },
)  # fmt: skip
