"""Global Education Observatory: public schools of some countries, with electricity and internet for a few, and no key.

Its tables (geo, resources, personnel) are one file each; they are joined here by `geo_id`, and no school is lost: a row
that only one table knows stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from etl.connect import Ask, Block, Connector, Taken
from etl.sources.isced import isced, level_of, span
from etl.sources.rows import counted, csv_table
from geodata.errors import NothingFoundError, SourceError

if TYPE_CHECKING:
    from etl.fetching.client import Client, Reply

BASE = "https://raw.githubusercontent.com/Global-Education-Observatory/geo-dataset/main/db"
MORE = ("resources", "personnel")
# What the recipe reads; tables differ from country to country, and a column that is not there is unknown throughout.
COLUMNS = (
    "geo_id", "source_id", "school_id", "school_name", "isced_level", "education_level", "isced_levels", "school_type", "sector", "adm1", "adm2", "adm3",
    "urban_rural", "latitude", "longitude", "coordinate_source", "coordinate_precision", "status", "year", "electricity",
    "internet", "internet_given", "internet_type", "computers", "computer_lab", "water_basic", "sanitation_sex_separated",
    "handwashing_basic", "teachers_total",
)  # fmt: skip
ITEMS = ("water_basic", "water_improved", "sanitation_basic", "sanitation_sex_separated", "handwashing_basic", "internet_type", "computer_lab", "computers", "library", "permanent_building", "classrooms_total")  # fmt: skip
# How the resources table writes the connection's type.
TYPES = {
    "fiber": "fiber", "cable_modem": "metallic", "dsl": "metallic", "mobile_3g": "3g", "mobile_4g": "4g", "mobile_5g": "5g",
    "satellite": "unknown_satellite", "other": "other",
}  # fmt: skip
RENAMED = {"oedc_id": "geo_id", "deped_id": "source_id", "num_teachers": "teachers_total", "total_teachers": "teachers_total", "teachers": "teachers_total"}  # fmt: skip


def take(client: Client, ask: Ask) -> Taken:
    """Every school of the country with what the tables say of it. Raises NothingFoundError where there is no geo table."""
    tables = _dropped(ask) if ask.dropped is not None else _asked(client, ask)
    if "geo" not in tables:
        raise NothingFoundError(f"{CONNECTOR.title} has no schools of {ask.name or ask.iso3}.")
    read = sum(map(len, tables.values()))
    notes = [f"There is no table of {name}." for name in MORE if name not in tables]
    frame = _by_school(tables.pop("geo"), "geo", notes, one_year=False)
    for name, other in tables.items():
        frame = _joined(frame, _by_school(other, name, notes, one_year=True), name, notes)
    careful = str(ask.options.get("internet_zero", "careful")) != "as given"
    frame = _internet(frame, careful=careful, notes=notes)
    frame["school_id"] = _ids(frame, notes)
    taught = frame["isced_level"] if "isced_level" in frame else pd.Series(None, index=frame.index, dtype="str")
    levels = [isced(v) if isinstance(v, str) else () for v in taught]
    frame["isced_levels"] = pd.Series([span(v) or None for v in levels], index=frame.index, dtype="str")
    words = pd.Series([level_of(v) for v in levels], index=frame.index, dtype="str")
    frame["education_level"] = words.fillna(taught)
    frame = frame.reindex(columns=list(COLUMNS)).astype("str")
    years = sorted(set(frame["year"].dropna().str.extract(r"^(\d{4})", expand=False).dropna()))
    return Taken(frame, f"{CONNECTOR.title}: {ask.iso3}", years[-1] if years else "", rows_read=read, rows_kept=len(frame), notes=tuple(notes))  # fmt: skip


def _asked(client: Client, ask: Ask) -> dict[str, pd.DataFrame]:
    """The country's tables, those that there are."""
    out = {}
    base, iso3 = client.base(CONNECTOR), ask.iso3.lower()
    for name in ("geo", *MORE):
        reply = client.get(CONNECTOR.name, f"{base}/{name}/{iso3}_{name}.csv", check=_check)
        if reply.status != 404:
            out[name] = csv_table(reply.content, f"{CONNECTOR.title} ({name})")
        elif name == "geo":
            break
    return out


def _check(reply: Reply) -> None:
    """Before it is kept: a page or a pointer in place of a table is none."""
    if reply.status != 404:
        csv_table(reply.content, CONNECTOR.title)


def _dropped(ask: Ask) -> dict[str, pd.DataFrame]:
    """`hnd_geo.csv`, and the other tables where they lie beside it."""
    path = ask.dropped
    assert path is not None
    out = {}
    for name in ("geo", *MORE):
        other = path.with_name(path.name.replace("_geo", f"_{name}"))
        if name == "geo" or (other != path and other.is_file()):
            out[name] = csv_table(other.read_bytes(), other.name)
    return out


def _by_school(frame: pd.DataFrame, name: str, notes: list[str], *, one_year: bool) -> pd.DataFrame:
    """The table by `geo_id`; of several years the last (`one_year`), of exact copies one. Ids that differ in nothing but
    the row stay several rows in the geo table: the build rejects them by their id."""
    lower = frame.rename(columns={c: RENAMED.get(c.lower(), c.lower()) for c in frame.columns})
    lower = lower.loc[:, ~lower.columns.duplicated()]
    if "geo_id" not in lower:
        raise SourceError(
            f"{CONNECTOR.title}: the table {name} has no column geo_id; it has {', '.join(lower.columns[:8])}."
        )
    out = lower.drop_duplicates(ignore_index=True)
    if len(out) < len(lower):
        notes.append(f"{counted(len(lower) - len(out), 'row')} of the table {name} came again exactly, kept once.")
    if not one_year:
        return out
    out = out[out["geo_id"].notna()]
    if "year" in out:
        out = out.sort_values("year", kind="stable", na_position="first")
    last = out.drop_duplicates("geo_id", keep="last").sort_index()
    if len(last) < len(out):
        notes.append(
            f"{counted(len(out) - len(last), 'row')} of the table {name} are of earlier years; the last was read."
        )
    return last


def _joined(frame: pd.DataFrame, other: pd.DataFrame, name: str, notes: list[str]) -> pd.DataFrame:
    """The schools with the columns of another table; what only that knows is added as schools without a place."""
    fresh = [c for c in other.columns if c == "geo_id" or c not in frame]
    known = other["geo_id"].isin(set(frame["geo_id"].dropna()))
    joined = frame.merge(other.loc[known, fresh], on="geo_id", how="left", validate="many_to_one")
    if not known.all():
        notes.append(
            f"{counted(int((~known).sum()), 'school')} stand only in the table {name}, without name and place."
        )
    return pd.concat([joined, other.loc[~known, fresh]], ignore_index=True)


def _internet(frame: pd.DataFrame, *, careful: bool, notes: list[str]) -> pd.DataFrame:
    """`internet` as given, but a lone 0 in a row that answers nothing else is no answer: unknown is never no."""
    if "internet" not in frame:
        return frame
    given = frame["internet"]
    items = [c for c in ITEMS if c in frame]
    alone = given.isin(["0", "0.0"]) & (frame[items].isna().all(axis=1) if items else True)
    if careful and alone.any():
        notes.append(
            f"{counted(int(alone.sum()), 'school')} with internet 0 and no other answer in the row: not reported, for blanks "
            'stand as 0 there (option internet_zero = "as given" takes them as no).'
        )
        return frame.assign(internet_given=given, internet=given.mask(alone))
    return frame.assign(internet_given=given)


def _ids(frame: pd.DataFrame, notes: list[str]) -> pd.Series:
    """The ministry's id where it tells schools apart, else the observatory's."""
    own = frame["source_id"] if "source_id" in frame else pd.Series(None, index=frame.index, dtype="str")
    shared = own.duplicated(keep=False) & own.notna() & ~frame["geo_id"].duplicated(keep=False)
    if shared.any():
        notes.append(
            f"{counted(int(shared.sum()), 'school')} share the ministry's id with another: the observatory's id is used."
        )
    return own.mask(shared).fillna(frame["geo_id"])


CONNECTOR = Connector(
    "geo_observatory", "Global Education Observatory", "William & Mary geoLab, Global Education Observatory", "schools",
    BASE, "CC-BY-4.0", take,
    (
        Block(
            "source", "Global Education Observatory", "geo-schools.csv",
            {
                "kind": "schools",
                "columns": {
                    "school_id_govt": "school_id", "school_name": "school_name", "admin1": "adm1", "admin2": "adm2", "education_level": "education_level", "isced_levels": "isced_levels",
                    "school_funding_type": "sector", "school_area_type": "urban_rural", "latitude": "latitude",
                    "longitude": "longitude", "has_electricity": "electricity", "has_internet": "internet",
                    "connectivity_type": "internet_type", "num_computers": "computers", "has_computer_lab": "computer_lab",
                    "has_water": "water_basic", "has_sanitation": "sanitation_sex_separated",
                    "has_handwashing": "handwashing_basic", "num_teachers": "teachers_total", "school_year": "year",
                    "school_status": "status",
                },
                "values": {
                    "education_level": "levels", "school_funding_type": "funding", "school_area_type": "urban_rural",
                    "connectivity_type": TYPES, "school_status": "school_status",
                },
            },
        ),
    ),
    "Global Education Observatory (William & Mary geoLab), GEO dataset, CC BY 4.0",
    "https://github.com/Global-Education-Observatory/geo-dataset", order=20,
    by_hand="The table <iso3>_geo.csv, with <iso3>_resources.csv and <iso3>_personnel.csv beside it.",
    options={"internet_zero": 'careful (a lone 0 in a row without any other answer is not reported), or "as given"'},
)  # fmt: skip
