"""What a model may look at: the place around a school, its level, size and funding. Never where it lies or who is taught there.

Left out on purpose (`LEFT_OUT` says why of each): coordinates and names, sensitive columns, whatever follows from the
answer itself, and what stands on the same form as the answer, which is missing exactly where a prediction is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geodata.arrays import Codes, Floats, flag, number
from geodata.fields import FIELDS
from geodata.say import tr

LOG = (
    *("fiber_node_distance_m", "nearest_2g_distance_m", "nearest_3g_distance_m", "nearest_4g_distance_m"),
    *("nearest_5g_distance_m", "ookla_fixed_mbps", "ookla_fixed_tile_distance_m", "ookla_mobile_mbps"),
    *("ookla_mobile_tile_distance_m", "pop_within_1km", "pop_within_2km", "pop_within_3km", "num_students"),
    *("num_teachers", "schools_within_1km", "schools_within_2km", "schools_within_3km"),
)
FLAGS = ("in_2g_coverage", "in_3g_coverage", "in_4g_coverage", "in_5g_coverage")
CODED = ("settlement", "school_area_type", "education_level", "school_funding_type", "facility_type")
PLAIN = ("wealth_percentile",)
USED = (*LOG, *FLAGS, *CODED, *PLAIN)
WEALTH = "wealth_percentile"
NEIGHBOURS = "neighbours"  # share of yes among the nearest schools of other parts of the test
NEAREST = 10

_FOLLOWS = "follows from the answer: a school without internet cannot have it"
_FORM = "stands on the same form, so it is missing where a prediction is needed"
_WHERE = "says where the school lies: a model would learn districts by heart"
_WHOLE = "is the same for a whole area: a model would learn areas by heart"
_PEOPLE = "is sensitive: nobody is judged by who they are"
LEFT_OUT: dict[str, str] = {
    **dict.fromkeys(("latitude", "longitude", "admin1", "admin2", "admin3", "admin4"), _WHERE),
    "school_name": "is a name: it can tell language, faith or people",
    "community_land": "tells of peoples: " + _PEOPLE.removeprefix("is "),
    **dict.fromkeys(("num_students_displaced", "num_students_disabled"), _PEOPLE),
    **dict.fromkeys(("num_students_girls", "num_students_boys"), _PEOPLE),
    **dict.fromkeys(
        ("download_speed_measured_mbps", "download_speed_contracted_mbps", "connectivity_type", "has_broadband"),
        _FOLLOWS,
    ),
    **dict.fromkeys(("has_internet", "has_internet_for_learners"), "is the answer itself"),
    **dict.fromkeys(("has_electricity", "electricity_type", "electricity_hours_per_day"), "is the answer itself, or " + _FORM),
    **dict.fromkeys(("has_computers", "num_computers", "num_tablets", "has_computer_lab"), _FORM),
    **dict.fromkeys(("has_water", "has_sanitation", "num_teachers_trained_ict"), _FORM),
    **dict.fromkeys(("has_accessible_infrastructure", "has_accessible_materials"), _FORM),
    **dict.fromkeys(("poverty_share", "crisis_index", "gini_index", "population"), _WHOLE),
    "cellular_coverage_type": "says the same as the four coverage columns",
}  # fmt: skip


@dataclass(frozen=True)
class Features:
    """One row a school, float64, NaN unknown. `dropped` names columns without data, or with one value for everybody."""

    values: Floats
    names: tuple[str, ...]
    dropped: tuple[str, ...]

    def without(self, column: str) -> Features:
        """The same without one column and what was made of it."""
        keep = [k for k, name in enumerate(self.names) if name.split("=")[0] != column]
        return Features(self.values[:, keep], tuple(self.names[k] for k in keep), (*self.dropped, column))


def features(schools: pd.DataFrame) -> Features:
    """The features of every school of a place; columns that the frame lacks count as without data."""
    parts: dict[str, Floats] = {}
    dropped = []
    for name in USED:
        made = _made(name, schools[name]) if name in schools else {}
        made = {key: values for key, values in made.items() if _tells(values)}
        parts |= made
        if not made:
            dropped.append(name)
    values = np.column_stack(list(parts.values())) if parts else np.empty((len(schools), 0))
    return Features(values, tuple(parts), tuple(dropped))


def _made(name: str, column: pd.Series) -> dict[str, Floats]:
    if name in CODED:
        known = column.notna().to_numpy()
        allowed = FIELDS[name].allowed
        return {f"{name}={v}": np.where(known, (column == v).fillna(False).to_numpy(float), np.nan) for v in allowed}
    if name in FLAGS:
        return {name: flag(column)}
    return {name: np.log1p(np.maximum(number(column), 0)) if name in LOG else number(column)}


def _tells(values: Floats) -> bool:
    known = values[~np.isnan(values)]
    return bool(known.size) and bool(known.min() < known.max())


def dropped_words(found: Features) -> str:
    """A sentence on the features that this place has no data for; empty where it has all."""
    titles = [FIELDS[name].title for name in found.dropped if name in FIELDS]
    return tr("No data here, or the same for every school: {titles}.", titles=", ".join(titles)) if titles else ""


# --- the nearest schools of other parts ---------------------------------------------------------------------------


def sphere(latitude: pd.Series, longitude: pd.Series) -> Floats:
    """Points on the unit sphere, NaN without a location; used for distances only and never a feature."""
    lat, lon = np.radians(number(latitude)), np.radians(number(longitude))
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def neighbours(
    place: Floats,
    answer: Floats,
    part: Codes,
    known: np.ndarray,
    *,
    leave: Sequence[int] = (),
    rows: np.ndarray | None = None,
) -> Floats:
    """Share of yes among the nearest known schools of other parts, for every school or those of `rows`; NaN without a location.

    `part` numbers the part of the test (whole districts) of each school; neither a school's own part nor a part in
    `leave` is ever asked, so the answer of the school, or of one in its district, is never in its own feature.
    """
    out = np.full(len(answer), np.nan)
    here = ~np.isnan(place).any(axis=1)
    wanted = here if rows is None else here & np.isin(np.arange(len(answer)), rows)
    source = known & here & ~np.isin(part, list(leave))
    for own in np.unique(part[wanted]):
        teach = np.flatnonzero(source & (part != own))
        ask = np.flatnonzero(wanted & (part == own))
        if not len(teach):
            continue
        k = min(NEAREST, len(teach))
        _, found = cKDTree(place[teach]).query(place[ask], k=k)
        out[ask] = answer[teach][found.reshape(len(ask), k)].mean(axis=1)
    return out if rows is None else out[rows]
