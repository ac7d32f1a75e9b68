"""Overture Maps places: schools out of an extract that a person made, for the whole set is far too large to ask for.

Until September 2026 a place's kind stood in `categories`, since then in `taxonomy`; both are read. Places come from
Meta, Microsoft and others: `confidence` says how sure Overture is that there is anything at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from etl.connect import Ask, Block, Connector, Taken
from etl.sources.rows import counted, table
from geodata.errors import NothingFoundError, SourceError

if TYPE_CHECKING:
    from pathlib import Path

    from etl.fetching.client import Client

LEAST_CONFIDENCE = 0.7
COLUMNS = (
    "overture_id", "school_name", "latitude", "longitude", "education_level", "school_funding_type", "school_status",
    "kind", "confidence", "locality", "datasets",
)  # fmt: skip
READ = ("id", "geometry", "bbox", "names", "taxonomy", "basic_category", "categories", "confidence", "operating_status", "addresses", "sources")  # fmt: skip
# A kind of place → the level taught; every other kind of the school branch says no level.
LEVELS = {
    "preschool": "pre_primary", "kindergarten": "pre_primary", "elementary_school": "primary",
    "middle_school": "lower_secondary", "high_school": "upper_secondary",
}  # fmt: skip
FUNDING = {"public_school": "public", "private_school": "private", "charter_school": "public", "religious_school": "charitable"}  # fmt: skip
KINDS = {"school", "academy", "montessori_school", "waldorf_school", "boarding_school", *LEVELS, *FUNDING}
STATUS = {"open": "open", "temporarily_closed": "temporarily_closed", "permanently_closed": "extinct"}


def take(client: Client, ask: Ask) -> Taken:
    """Schools of the extract with at least option `confidence`. Raises SourceError where there is no extract."""
    if ask.dropped is None:
        raise SourceError(
            "Overture is read from an extract put there by hand (`file` of the service in the recipe): make one with the overturemaps program, "
            "for type place and the country's bounds, as GeoParquet."
        )
    least = float(ask.options.get("confidence", LEAST_CONFIDENCE))
    places = _places(ask.dropped)
    schools = [(p, kinds) for p in places if (kinds := kinds_of(p))]
    sure = [(p, k) for p, k in schools if not (_number(p.get("confidence")) < least)]
    notes = [f"{counted(len(places) - len(schools), 'place')} that are no schools left out."] if len(places) > len(schools) else []  # fmt: skip
    if len(sure) < len(schools):
        notes.append(f"{counted(len(schools) - len(sure), 'school')} with a confidence below {least:g} left out (option confidence).")  # fmt: skip
    if not sure:
        raise NothingFoundError(f"{ask.dropped.name} has no school with a confidence of {least:g} or more.")
    frame = table([_row(p, kinds) for p, kinds in sure], COLUMNS)
    once = frame.drop_duplicates(ignore_index=True)
    if len(once) < len(frame):
        notes.append(f"{counted(len(frame) - len(once), 'place')} came again, kept once.")
    dates = sorted(str(s["update_time"])[:10] for p, _ in sure for s in _list(p.get("sources")) if s.get("update_time"))
    return Taken(once, "Schools in Overture Maps places", dates[-1] if dates else "", rows_read=len(places), rows_kept=len(once), notes=tuple(notes))  # fmt: skip


def _places(path: Path) -> list[dict[str, Any]]:
    try:
        names = pq.read_schema(path).names
        columns = [n for n in READ if n in names]
        if "id" not in columns or not {"taxonomy", "categories"} & set(columns):
            raise SourceError(f"{path.name} is no extract of Overture's places: it has {', '.join(names[:8])}.")
        rows: list[dict[str, Any]] = pq.read_table(path, columns=columns).to_pylist()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise SourceError(f"{path.name} cannot be read as Parquet: {' '.join(str(error).split())[:160]}.") from None
    return rows


def kinds_of(place: Mapping[str, Any]) -> list[str]:
    """The kinds of a place that are schools, the main one first; empty where it is none (driving schools, tutors …)."""
    taxonomy, old = _dict(place.get("taxonomy")), _dict(place.get("categories"))
    if taxonomy:
        branch = [str(k) for k in taxonomy.get("hierarchy") or ()]
        if "specialty_school" in branch or not (
            {"school", "academy"} & set(branch) or taxonomy.get("primary") in KINDS
        ):
            return []
        said = [taxonomy.get("primary"), *branch[::-1], *(taxonomy.get("alternates") or ())]
    else:
        if old.get("primary") not in KINDS:
            return []
        said = [old.get("primary"), *(old.get("alternate") or old.get("alternates") or ())]
    return [str(k) for k in dict.fromkeys([*said, place.get("basic_category")]) if k in KINDS]


def _row(place: Mapping[str, Any], kinds: list[str]) -> dict[str, Any]:
    lat, lon = _point(place)
    levels = {LEVELS[k] for k in kinds if k in LEVELS}
    funding = {FUNDING[k] for k in kinds if k in FUNDING}
    address = next(iter(_list(place.get("addresses"))), {})
    return {
        "overture_id": place.get("id"), "school_name": _dict(place.get("names")).get("primary"), "latitude": lat,
        "longitude": lon, "education_level": _only(levels, "combined"), "school_funding_type": _only(funding, None),
        "school_status": STATUS.get(str(place.get("operating_status"))), "kind": kinds[0],
        "confidence": place.get("confidence"), "locality": address.get("locality"),
        "datasets": "; ".join(sorted({str(s.get("dataset")) for s in _list(place.get("sources"))})),
    }  # fmt: skip


def _only(found: set[str], several: str | None) -> str | None:
    return next(iter(found)) if len(found) == 1 else several if found else None


def _point(place: Mapping[str, Any]) -> tuple[float | None, float | None]:
    shape = place.get("geometry")
    if isinstance(shape, bytes):
        point = shapely.from_wkb(shape, on_invalid="ignore")
        if point is not None and not point.is_empty:
            return point.centroid.y, point.centroid.x
    box = _dict(place.get("bbox"))
    return box.get("ymin"), box.get("xmin")


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [v for v in value if isinstance(v, Mapping)] if isinstance(value, list) else []


CONNECTOR = Connector(
    "overture", "Overture Maps places", "Overture Maps Foundation", "schools", "https://stac.overturemaps.org",
    "CDLA-Permissive-2.0", take,
    (
        Block(
            "source", "Overture Maps", "overture-schools.csv",
            {
                "kind": "schools", "make_id_from": ("overture_id",),
                "columns": {
                    "school_name": "school_name", "education_level": "education_level", "latitude": "latitude",
                    "longitude": "longitude", "school_funding_type": "school_funding_type", "school_status": "school_status",
                },
            },
        ),
    ),
    "Overture Maps Foundation, overturemaps.org", "https://docs.overturemaps.org/attribution/", order=90, open_country=False,
    by_hand="An extract of the theme places as GeoParquet, made with the overturemaps program for the country's bounds.",
    options={"confidence": "least confidence of a place, 0 to 1 (0.7)"},
)  # fmt: skip
