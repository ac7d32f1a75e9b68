"""Checks of where and what: locations, names and possible duplicates. The idiom is that of `etl/checks.py`.

Mended against the usual ways: nearness is a real radius on the sphere, not a grid cell; decimals are counted in the
text as it was written; a name may be in any script; a location that is not given is no duplicate of another.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from rapidfuzz import fuzz
from scipy.spatial import cKDTree

from geodata.declare import Check
from geodata.spatial import chord, count_within, floats, located, unit_vectors
from geodata.text import fold

GIGA = "Giga data quality checks"
NEAR_M = 110.0  # two records this near may be one school
ALIKE = 70.0  # likeness of names, of 100, above which they may be one school
DENSE_M, MANY = 485.0, 5  # a circle of the area of Giga's small cell, and the schools that are many in it
ENOUGH_DECIMALS = 5
LETTER = r"[^\W_]"


def not_located(latitude: pd.Series, longitude: pd.Series) -> pd.Series:
    """No usable location."""
    return pd.Series(~located(latitude, longitude), index=latitude.index, dtype="boolean")


def outside_declared_area(location_in_declared_area: pd.Series) -> pd.Series:
    """The point lies outside the area that the register names."""
    return ~location_in_declared_area.astype("boolean")


def second_position_differs(second_position_m: pd.Series) -> pd.Series:
    """A second pair of coordinates in the register is more than 100 m away."""
    return (second_position_m > 100).astype("boolean").mask(second_position_m.isna())


def few_decimals(coordinate_decimals: pd.Series) -> pd.Series:
    """Fewer than five decimals in the coordinates as they were written (1 to 11 m a step)."""
    return (coordinate_decimals < ENOUGH_DECIMALS).fillna(False).astype("boolean").mask(coordinate_decimals.isna())


def shared_location(location_shared_by: pd.Series) -> pd.Series:
    """Other schools stand at exactly the same point: a campus of several, or a stand-in such as a town's centre."""
    return (location_shared_by > 1).astype("boolean")


def dense(latitude: pd.Series, longitude: pd.Series) -> pd.Series:
    """More than five schools, this one included, within a small circle."""
    others = count_within(latitude, longitude, (DENSE_M,))[:, 0]
    flag = pd.Series(others + 1 > MANY, index=latitude.index, dtype="boolean")
    return flag.mask(pd.Series(others < 0, index=latitude.index))


def no_name(school_name: pd.Series) -> pd.Series:
    """No name, or one without a single letter or digit of any script."""
    return (school_name.isna() | ~school_name.str.contains(LETTER, regex=True, na=False)).astype("boolean")


def long_name(school_name: pd.Series) -> pd.Series:
    """A name of more than 255 characters: often two cells that ran together."""
    return (school_name.str.len() > 255).astype("boolean").mask(school_name.isna())


def same_but_id(  # noqa: PLR0917 - a check's parameters are the columns it needs
    school_name: pd.Series, education_level: pd.Series, admin1_id: pd.Series, admin2_id: pd.Series,
    latitude: pd.Series, longitude: pd.Series, num_students: pd.Series,
) -> pd.Series:  # fmt: skip
    """Everything equal but the id; judged only where name and location are given."""
    columns = [school_name, education_level, admin1_id, admin2_id, latitude, longitude, num_students]
    table = pd.concat([c.rename(n) for n, c in enumerate(columns)], axis=1)
    judged = school_name.notna() & located(latitude, longitude)
    return (table.duplicated(keep=False) & judged).astype("boolean").mask(~judged)


def pairs_within(latitude: pd.Series, longitude: pd.Series, metres: float) -> np.ndarray:
    """Positions of all pairs of points within a great-circle distance (n × 2)."""
    lat, lon = floats(latitude), floats(longitude)
    here = np.flatnonzero(located(lat, lon))
    if len(here) < 2:
        return np.empty((0, 2), dtype=np.int64)
    pairs = cKDTree(unit_vectors(lat[here], lon[here])).query_pairs(chord(metres), output_type="ndarray")
    return np.asarray(here[pairs], dtype=np.int64)


def _near_and(school_name: pd.Series, education_level: pd.Series, latitude: pd.Series, longitude: pd.Series, *, same: bool) -> pd.Series:  # fmt: skip
    """Schools with a neighbour of the same level within 110 m whose name is the same, or (not `same`) similar."""
    names = school_name.map(fold, na_action="ignore").astype("str").fillna("").to_numpy(dtype=object)
    level = education_level.astype("str").fillna("").to_numpy(dtype=object)
    pairs = pairs_within(latitude, longitude, NEAR_M)
    pairs = pairs[(level[pairs[:, 0]] == level[pairs[:, 1]]) & (names[pairs[:, 0]] != "") & (names[pairs[:, 1]] != "")]
    equal = names[pairs[:, 0]] == names[pairs[:, 1]]
    if same:
        chosen = pairs[equal]
    else:
        rest = pairs[~equal]
        alike = [fuzz.ratio(names[a], names[b], score_cutoff=ALIKE) > ALIKE for a, b in rest]
        chosen = rest[np.asarray(alike, dtype=bool)] if len(rest) else rest
    flag = np.zeros(len(school_name), dtype=bool)
    flag[chosen.ravel()] = True
    judged = located(latitude, longitude) & school_name.notna().to_numpy()
    return pd.Series(flag, index=school_name.index, dtype="boolean").mask(~judged)


def same_name_nearby(
    school_name: pd.Series, education_level: pd.Series, latitude: pd.Series, longitude: pd.Series
) -> pd.Series:
    """Same name and level within 110 m."""
    return _near_and(school_name, education_level, latitude, longitude, same=True)


def similar_name_nearby(
    school_name: pd.Series, education_level: pd.Series, latitude: pd.Series, longitude: pd.Series
) -> pd.Series:
    """Similar name and same level within 110 m."""
    return _near_and(school_name, education_level, latitude, longitude, same=False)


NOT_LOCATED = Check(
    "not_located",
    "warn",
    "The school has no usable location; it stands in the lists and not on the map.",
    not_located,
    order=1,
)
OUTSIDE_DECLARED_AREA = Check(
    "outside_declared_area",
    "warn",
    "The location lies outside the area that the register names.",
    outside_declared_area,
    order=2,
)
SECOND_POSITION_DIFFERS = Check(
    "second_position_differs",
    "warn",
    "The register gives two positions, more than 100 m apart.",
    second_position_differs,
    order=3,
)
FEW_DECIMALS = Check(
    "few_decimals",
    "warn",
    "The coordinates are written with fewer than five decimals; the place may be rough.",
    few_decimals,
    reference=GIGA,
    order=4,
)
SHARED_LOCATION = Check(
    "shared_location",
    "warn",
    "Another school stands at exactly the same point: one campus, or a stand-in for the true place.",
    shared_location,
    reference=GIGA,
    order=5,
)
DENSE = Check(
    "dense",
    "warn",
    "More than five schools stand within 485 m; check whether some are the same.",
    dense,
    reference=GIGA,
    order=6,
)
NO_NAME = Check("no_name", "warn", "The school has no readable name.", no_name, reference=GIGA, order=70)
LONG_NAME = Check(
    "long_name",
    "warn",
    "The name is longer than 255 characters; two cells may have run together.",
    long_name,
    reference=GIGA,
    order=71,
)
SAME_BUT_ID = Check(
    "same_but_id",
    "warn",
    "Another record is equal in everything but the id; it may be the same school twice.",
    same_but_id,
    reference=GIGA,
    order=72,
)
SAME_NAME_NEARBY = Check(
    "same_name_nearby",
    "warn",
    "A school of the same name and level stands within 110 m; it may be the same school twice.",
    same_name_nearby,
    reference=GIGA,
    order=73,
)
SIMILAR_NAME_NEARBY = Check(
    "similar_name_nearby",
    "warn",
    "A school of a similar name and the same level stands within 110 m; it may be the same school twice.",
    similar_name_nearby,
    reference=GIGA,
    order=74,
)
