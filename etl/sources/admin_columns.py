"""Boundaries of OCHA under any of the column names they have had: levels found, names and codes in one shape.

New files write `adm2_name` and `adm2_pcode`, older ones `ADM2_FR` and `ADM2_PCODE` or `admin2Name_en` and `admin2Pcode`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import geopandas as gpd
import pandas as pd
import shapely

from etl.sources.rows import counted, text

COLUMNS = (
    "area_id", "name", "name_local", "parent_id", "pcode", "parent_pcode", "iso3", "version", "level", "lang", "valid_on",
    "valid_to",
)  # fmt: skip
PREFERRED = ("en", "fr", "es", "pt", "ar")
VERSIONS, SINCE, UNTIL = (
    ("version", "cod_version", "version_no"),
    ("valid_on", "validon", "date"),
    ("valid_to", "validto"),
)


def code_column(columns: Iterable[str], level: int) -> str | None:
    """The column of a level's codes, whatever its writing."""
    return next((c for c in columns if re.fullmatch(rf"(?i)adm(?:in)?{level}_?pcode", c)), None)


def name_columns(columns: Iterable[str], level: int, lang: str = "") -> list[str]:
    """Columns of a level's names, the main language first."""
    new = [c for c in columns if re.fullmatch(rf"(?i)adm{level}_name\d?", c)]
    old: dict[str, str] = {}
    for c in columns:
        if found := re.fullmatch(rf"(?i)adm(?:in)?{level}_?(?:name_?)?([a-z]{{2}})", c):
            old[found[1].lower()] = c
    order = [x for x in (lang.lower(), *PREFERRED) if x in old]
    return [*sorted(new, key=str.lower), *(old[x] for x in dict.fromkeys([*order, *sorted(old)]))]


def deepest(columns: Iterable[str]) -> int | None:
    """The level that a file is about: the deepest whose codes it has."""
    names = list(columns)
    return max((n for n in range(6) if code_column(names, n)), default=None)


def _text(frame: pd.DataFrame, name: str | None) -> pd.Series:
    values = [text(v) for v in frame[name]] if name is not None and name in frame else [None] * len(frame)
    return pd.Series(values, index=frame.index, dtype="str")


def _first(frame: pd.DataFrame, names: Sequence[str | None]) -> pd.Series:
    out = _text(frame, None)
    for name in names:
        out = out.fillna(_text(frame, name))
    return out


def standard(frame: gpd.GeoDataFrame, level: int, iso3: str, today: str, notes: list[str]) -> gpd.GeoDataFrame:
    """One level's areas in `COLUMNS`, a row an area, with what was done said in `notes`.

    Areas whose `valid_to` lies before `today` (YYYY-MM-DD) are left out. An id is unique over all levels.
    """
    lower = {c.lower(): c for c in frame.columns}
    lang = _first(frame, [lower.get("lang")])
    names = name_columns(frame.columns, level, next(iter(lang.dropna()), ""))
    table = pd.DataFrame({"pcode": _text(frame, code_column(frame.columns, level))})
    table["name"] = _first(frame, names)
    others = [_text(frame, n) for n in names[1:]]
    table["name_local"] = _other(table["name"], others)
    table["parent_pcode"] = _text(frame, code_column(frame.columns, level - 1)) if level > 1 else _text(frame, None)
    table["iso3"] = _first(frame, [lower.get("iso3")]).fillna(iso3)
    table["version"] = _first(frame, [lower.get(n) for n in VERSIONS])
    table["level"], table["lang"] = str(level), lang
    for name, given in (("valid_on", SINCE), ("valid_to", UNTIL)):
        table[name] = _first(frame, [lower.get(n) for n in given]).str.slice(0, 10)
    table["area_id"] = _ids(table["pcode"], _codes_above(frame, level), level)
    above = table["parent_pcode"]
    table["parent_id"] = _ids(above, _codes_above(frame, level - 1), level - 1) if level > 1 else above
    if other := sorted(set(table["iso3"].dropna().str.upper()) - {iso3}):
        notes.append(f"The file says that it is of {', '.join(other[:3])}, not of {iso3}.")
    out = gpd.GeoDataFrame(table[list(COLUMNS)], geometry=frame.geometry.to_crs(4326).to_numpy(), crs="EPSG:4326")
    return _sound(_current(out, today, notes), iso3, notes)


def _other(names: pd.Series, others: Sequence[pd.Series]) -> pd.Series:
    """The first name in another language that differs from the main one."""
    out = pd.Series(None, index=names.index, dtype="str")
    for other in others:
        out = out.fillna(other.where(other != names))
    return out


def _codes_above(frame: pd.DataFrame, level: int) -> set[str]:
    columns = [c for n in range(1, level) if (c := code_column(frame.columns, n))]
    return {v for c in columns for v in _text(frame, c).dropna()}


def _ids(codes: pd.Series, above: set[str], level: int) -> pd.Series:
    """The codes themselves; one that an area above has too is told from it by the level."""
    return codes.where(~codes.isin(above), codes + f"/{level}")


def _current(frame: gpd.GeoDataFrame, today: str, notes: list[str]) -> gpd.GeoDataFrame:
    past = frame["valid_to"].notna() & (frame["valid_to"] < today)
    if past.any():
        notes.append(f"{counted(int(past.sum()), 'area')} no longer valid (valid_to is past) left out.")
    return frame[~past]


def _sound(frame: gpd.GeoDataFrame, iso3: str, notes: list[str]) -> gpd.GeoDataFrame:
    """Each area once, with an id and a name; what is odd is said."""
    empty = frame["area_id"].isna()
    if empty.any():
        notes.append(f"{counted(int(empty.sum()), 'area')} without a code; the id is made of the name.")
        made = iso3 + "-" + frame["level"] + "/" + frame["name"].fillna("?")
        frame = frame.assign(area_id=frame["area_id"].fillna(made))
    if frame["name"].isna().any():
        notes.append(f"{counted(int(frame['name'].isna().sum()), 'area')} without a name, called by the code.")
        frame = frame.assign(name=frame["name"].fillna(frame["area_id"]))
    above = frame["parent_pcode"].notna() & frame["pcode"].notna()
    apart = above & ~pd.Series(
        [str(c).startswith(str(p)) for c, p in zip(frame["pcode"], frame["parent_pcode"], strict=True)],
        index=frame.index, dtype=bool,
    )  # fmt: skip
    if apart.any():
        notes.append(f"{counted(int(apart.sum()), 'area')} whose code does not begin with its parent's; the parent that the file names is used.")  # fmt: skip
    if frame["area_id"].duplicated().any():
        notes.append(
            f"{counted(int(frame['area_id'].duplicated().sum()), 'shape')} under the code of another put together with it."
        )
        frame = together(frame, "area_id")
    return frame.sort_values("area_id", kind="stable", ignore_index=True)


def together(frame: gpd.GeoDataFrame, by: str) -> gpd.GeoDataFrame:
    """Rows of one `by` as one: the first's columns, and all shapes as one."""
    firsts = frame.drop_duplicates(by)
    groups = frame.groupby(by, sort=False).indices
    shapes = shapely.make_valid(frame.geometry.to_numpy())
    joined = [shapely.union_all(shapes[groups[key]]) for key in firsts[by]]
    return gpd.GeoDataFrame(firsts.drop(columns="geometry"), geometry=joined, crs=frame.crs)
