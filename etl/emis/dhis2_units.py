"""Organisation units of DHIS2 as schools and as areas: level or group, hierarchy from `path`, places old and new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import geopandas as gpd
import pandas as pd

from etl.emis.dhis2_talk import Dhis2
from etl.emis.mapping import Line
from etl.emis.plain import entry, geometry, items, listed, old_geometry, text, whole
from etl.values import key
from geodata.errors import NothingFoundError, SourceError

DEEPEST_AREA = 4  # admin1 … admin4
GROUPS, ATTRIBUTE = "groups", "attribute:"


@dataclass(frozen=True)
class Units:
    """Organisation units as given, those above them by id, and what is to be said."""

    rows: list[dict[str, Any]]
    above: Mapping[str, dict[str, Any]]
    level: int
    notes: tuple[str, ...]


def levels(dhis2: Dhis2) -> dict[int, str]:
    """Level → name."""
    answer = dhis2.ask("organisationUnitLevels", [("fields", "level,name"), ("paging", "false")])
    found = listed(answer, "organisationUnitLevels", "DHIS2")
    return {n: text(r.get("name")) for r in found if (n := whole(r.get("level"))) is not None}


def level_of(wanted: str, known: Mapping[int, str]) -> int:
    """A level by number or name. Raises SourceError with the nearest names."""
    if (number := whole(wanted)) is not None:
        if number in known or not known:
            return number
    else:
        for level, name in known.items():
            if key(name) == key(wanted):
                return level
    there = ", ".join(f"{n} {name}" for n, name in sorted(known.items()))
    near = get_close_matches(wanted, list(known.values()), n=1)
    raise SourceError(
        f"DHIS2 has no level {wanted!r}{f'; did you mean {near[0]!r}' if near else ''}. Its levels: {there}."
    )


def group_of(dhis2: Dhis2, wanted: str) -> str:
    """The id of a group of organisation units, by id or name."""
    params = [("fields", "id,name"), ("paging", "false")]
    found = listed(dhis2.ask("organisationUnitGroups", params), "organisationUnitGroups", "DHIS2")
    names = {text(r.get("id")): text(r.get("name")) for r in found}
    if wanted in names:
        return wanted
    if same := [i for i, name in names.items() if key(name) == key(wanted)]:
        return same[0]
    near = get_close_matches(wanted, list(names.values()), n=1)
    raise SourceError(
        f"DHIS2 has no group of organisation units {wanted!r}{f'; did you mean {near[0]!r}' if near else ''}."
    )


def units(dhis2: Dhis2, *, level: str, group: str = "") -> Units:
    """The units of a level (number or name) or of a group, with those above. Raises NothingFoundError where there are none."""
    known = levels(dhis2)
    number = level_of(level, known) if level else 0
    chosen = []
    if group:
        chosen.append(("filter", f"organisationUnitGroups.id:eq:{group_of(dhis2, group)}"))
    if number:
        chosen.append(("filter", f"level:eq:{number}"))
    if not chosen:
        deepest = max(known, default=0)
        there = ", ".join(f"{n} {name}" for n, name in sorted(known.items()))
        raise SourceError(
            f"Which level holds the schools? Set options.level (number or name) or options.group. The levels here: {there}; "
            f"the deepest, {deepest}, may be classes."
        )
    rows, notes = dhis2.all_of(
        "organisationUnits", "organisationUnits", [("fields", _fields(dhis2)), *chosen, ("order", "id:asc")]
    )
    if not rows:
        raise NothingFoundError(
            f"DHIS2 has no organisation unit of {group or known.get(number, number)!s} that this user may see."
        )
    most = max((n for r in rows if (n := whole(r.get("level"))) is not None), default=number or 9)
    above, more = dhis2.all_of(
        "organisationUnits", "organisationUnits",
        [("fields", "id,code,name,level"), ("filter", f"level:lt:{most}"), ("order", "id:asc")],
    )  # fmt: skip
    return Units(rows, {text(r.get("id")): r for r in above}, number or most, (*notes, *more))


def _fields(dhis2: Dhis2) -> str:
    place = "coordinates,featureType" if dhis2.old_geometry else "geometry"
    return (
        f"id,code,name,shortName,level,path,parent[id,code,name],{place},openingDate,closedDate,"
        "organisationUnitGroups[id,name],attributeValues[value,attribute[id,code,name]]"
    )


def shape_of(row: Mapping[str, Any]) -> Any:
    """The unit's point or polygon, as new and old versions write it; None where there is none."""
    found = geometry(row.get("geometry"))
    return found if found is not None else old_geometry(row.get("featureType"), row.get("coordinates"))


def school_table(found: Units, *, school_id: str, lines: Sequence[Line], today: str) -> tuple[pd.DataFrame, list[str]]:
    """One row a school: ids, name, areas above, place, status, and what the mapping takes from groups and attributes.

    Without a code in the place that `school_id` names (code, uid, attribute:NAME) DHIS2's own id stands, and is counted.
    """
    out, count = [], Counter[str]()
    for row in found.rows:
        uid = text(row.get("id"))
        code = _identifier(row, school_id)
        count["no code"] += not code
        shape = shape_of(row)
        given = row.get("geometry") or row.get("coordinates")
        count["unreadable"] += bool(given) and shape is None
        count["polygon"] += shape is not None and shape.geom_type != "Point"
        point = shape if shape is None or shape.geom_type == "Point" else shape.representative_point()
        out.append(
            {
                "dhis2_uid": uid, "school_id_govt": code or uid, "school_name": text(row.get("name")), **_areas(row, found),
                "latitude": "" if point is None else repr(point.y), "longitude": "" if point is None else repr(point.x),
                "school_status": _status(text(row.get("closedDate")), today), **_from_unit(row, lines, count),
            }
        )  # fmt: skip
    return pd.DataFrame(out, dtype="str"), _told(count, school_id, lines)


def _told(count: Mapping[str, int], school_id: str, lines: Sequence[Line]) -> list[str]:
    said = {
        "no code": f"schools have no {school_id}; DHIS2's own id stands for it",
        "unreadable": "schools have a place that cannot be read; it is left empty",
        "polygon": "schools are drawn as an area; a point inside each was taken",
        **{
            f"several {line.number}": f"schools have more than one answer for {line.field}; it is left unknown"
            for line in lines
        },
    }
    return [f"{count[name]:,} {words}." for name, words in said.items() if count.get(name)]


def _identifier(row: Mapping[str, Any], wanted: str) -> str:
    if wanted == "uid":
        return text(row.get("id"))
    return attribute(row, wanted.removeprefix(ATTRIBUTE)) if wanted.startswith(ATTRIBUTE) else text(row.get("code"))


def attribute(row: Mapping[str, Any], wanted: str) -> str:
    """The value of an attribute, by its id, code or name."""
    for one in items(row.get("attributeValues")):
        about = entry(one.get("attribute"))
        if wanted in (text(about.get("id")), text(about.get("code")), text(about.get("name"))):
            return text(one.get("value"))
    return ""


def _areas(row: Mapping[str, Any], found: Units) -> dict[str, str]:
    """admin1 … from `path`, the whole place and the school left out; the parent's name where the path is not told."""
    uid = text(row.get("id"))
    chain = [p for p in text(row.get("path")).split("/") if p and p != uid][1:]
    parent = entry(row.get("parent"))
    out = {}
    for number in range(1, DEEPEST_AREA + 1):
        area = chain[number - 1] if number <= len(chain) else ""
        name = text(entry(found.above.get(area)).get("name"))
        if area and not name and text(parent.get("id")) == area:
            name = text(parent.get("name"))
        out[f"admin{number}_id"], out[f"admin{number}"] = area, name
    return out


def _status(closed: str, today: str) -> str:
    """A unit with a closing date that has passed is closed for good; of the others DHIS2 does not say that they operate."""
    return "extinct" if closed and closed[:10] <= today else ""


def _from_unit(row: Mapping[str, Any], lines: Sequence[Line], count: Counter[str]) -> dict[str, str]:
    out = {}
    for line in lines:
        if line.dx == GROUPS:
            names = [text(g.get(k)) for g in items(row.get("organisationUnitGroups")) for k in ("name", "id")]
            meant = {m for n in names if (m := line.meaning(n)) and (m != "no" or not line.listed)}
        else:
            value = attribute(row, line.dx.removeprefix(ATTRIBUTE))
            meant = {line.meaning(value) or ("" if line.words else value)} - {""} if value else set()
        count[f"several {line.number}"] += len(meant) > 1
        out[line.field] = next(iter(meant)) if len(meant) == 1 else ""
    return out


def area_table(found: Units) -> gpd.GeoDataFrame:
    """One row an area with a polygon: area_id (DHIS2's id, which schools name), code, name, parent_id, geometry."""
    rows, shapes = [], []
    for row in found.rows:
        shape = shape_of(row)
        if shape is not None and shape.geom_type in ("Polygon", "MultiPolygon"):
            rows.append({"area_id": text(row.get("id")), "code": text(row.get("code")), "name": text(row.get("name")), "parent_id": text(entry(row.get("parent")).get("id"))})  # fmt: skip
            shapes.append(shape)
    if not rows:
        raise NothingFoundError(f"None of the {len(found.rows):,} units of this level has a polygon in DHIS2.")
    return gpd.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4326")


def children_of(found: Units, uid: str) -> list[str]:
    """Units directly below one on the way to the schools, in the order of their ids: to ask part by part."""
    below = set()
    for row in found.rows:
        chain = [p for p in text(row.get("path")).split("/") if p]
        if uid in chain[:-1]:
            below.add(chain[chain.index(uid) + 1])
    return sorted(below)
