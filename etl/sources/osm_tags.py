"""What the tags of OpenStreetMap say about a school, and which elements are the same school drawn twice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz import fuzz
from scipy.spatial import cKDTree

from geodata.spatial import chord, distance, located, unit_vectors
from geodata.text import fold

KEPT = (
    "amenity", "building", "landuse", "name", "name:en", "name:fr", "name:es", "name:pt", "name:ar", "alt_name",
    "official_name", "operator", "operator:type", "isced:level", "school:type", "grades", "capacity", "ref",
    "addr:city", "addr:full", "addr:street", "internet_access", "source",
)  # fmt: skip
COLUMNS = ("osm_id", "latitude", "longitude", "education_level", "isced_levels", "has_internet", *KEPT)
LEVELS = {0: "pre_primary", 1: "primary", 2: "lower_secondary", 3: "upper_secondary"}
# The tag says whether a place offers internet: on a screen of its own, by cable or by air. Other words say nothing.
INTERNET = {"yes": "yes", "wlan": "yes", "wifi": "yes", "terminal": "yes", "wired": "yes", "service": "yes", "no": "no"}
# Words that a mapper writes or leaves out.
GENERIC = frozenset(
    [
        "school",
        "schools",
        "the",
        "of",
        "and",
        "academy",
        "institution",
        "ecole",
        "escuela",
        "escola",
        "scuola",
        "schule",
        "shule",
        "skola",
        "lycee",
        "de",
        "la",
        "le",
        "du",
        "da",
        "do",
    ]
)
GREATER = {"n": 0, "a": 1, "w": 1, "r": 2}  # the outline of a school says more than a point in it


def isced(tag: str | None) -> tuple[int, ...]:
    """ISCED levels of `isced:level`: "1;2", "1-3", "0,1"; nothing where it is written in any other way."""
    levels: set[int] = set()
    for part in re.split(r"[;,/]", tag or ""):
        found = re.fullmatch(r"\s*([0-8])\s*(?:[-–]\s*([0-8]))?\s*", part)
        if not found:
            return ()
        first, last = int(found[1]), int(found[2] or found[1])
        levels |= set(range(min(first, last), max(first, last) + 1))
    return tuple(sorted(levels))


def level_of(levels: Sequence[int], amenity: str | None) -> str | None:
    """The house's word for ISCED levels; without levels only a kindergarten says what it teaches."""
    if not levels:
        return "pre_primary" if amenity == "kindergarten" else None
    if set(levels) == {2, 3}:
        return "secondary"
    if min(levels) >= 4:
        return "post_secondary"
    return LEVELS.get(levels[0]) if len(levels) == 1 else "combined"


def row_of(osm_id: str, lat: Any, lon: Any, tags: Mapping[str, Any]) -> dict[str, Any]:
    """One element as a row of `COLUMNS`; what no tag says stays empty."""
    said = {name: tags.get(name) for name in KEPT}
    levels = isced(tags.get("isced:level") if isinstance(tags.get("isced:level"), str) else None)
    internet = str(tags.get("internet_access") or "").strip().lower()
    written = "-".join(str(n) for n in ((levels[0], levels[-1]) if len(levels) > 1 else levels))
    return {
        "osm_id": osm_id, "latitude": lat, "longitude": lon, "education_level": level_of(levels, tags.get("amenity")),
        "isced_levels": written, "has_internet": INTERNET.get(internet), **said,
    }  # fmt: skip


def alike(first: str | None, second: str | None) -> bool:
    """Whether two names are one school's: every word of each stands in the other in nearly the same spelling, words such
    as "school" aside. Numbers must be equal; a school without a name is like no other."""
    one, two = (re.findall(r"\w+", fold(name or "")) for name in (first, second))
    if not one or not two:
        return False
    return _within(one, two) and _within(two, one)


def _within(words: Sequence[str], others: Sequence[str]) -> bool:
    return all(w in others or w in GENERIC or any(_near(w, o) for o in others) for w in words)


def _near(word: str, other: str) -> bool:
    plain = word.isalpha() and other.isalpha() and min(len(word), len(other)) > 3
    return plain and fuzz.ratio(word, other) >= 85


def drawn_twice(frame: pd.DataFrame, within_m: float) -> pd.Series:
    """For each row the id of the greater element (outline above point) that is the same school, missing where none is.

    `frame` has osm_id (its first letter is the type), latitude, longitude (text) and name.
    """
    same = pd.Series(None, index=frame.index, dtype="str")
    lat, lon = (pd.to_numeric(frame[c], errors="coerce").to_numpy("float64") for c in ("latitude", "longitude"))
    rank = frame["osm_id"].str[0].map(GREATER).fillna(0).to_numpy("int64")
    here = np.flatnonzero(located(lat, lon))
    if len(here) < 2 or len(set(rank[here])) < 2:
        return same
    pairs = cKDTree(unit_vectors(lat[here], lon[here])).query_pairs(chord(within_m), output_type="ndarray")
    names, ids = frame["name"].to_list(), frame["osm_id"].to_list()
    metres = distance(lat[here[pairs[:, 0]]], lon[here[pairs[:, 0]]], lat[here[pairs[:, 1]]], lon[here[pairs[:, 1]]])
    for at in np.argsort(metres, kind="stable"):
        a, b = (int(here[p]) for p in pairs[at])
        small, great = (a, b) if rank[a] < rank[b] else (b, a)
        known = isinstance(names[a], str) and isinstance(names[b], str)
        if rank[a] != rank[b] and pd.isna(same.iloc[small]) and known and alike(names[a], names[b]):
            same.iloc[small] = ids[great]
    return same
