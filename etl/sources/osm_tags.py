"""What the tags of OpenStreetMap say about a school, and which elements are the same school drawn twice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz import fuzz
from scipy.spatial import cKDTree

from etl.sources.isced import isced, level_of, span
from geodata.spatial import chord, distance, located, unit_vectors
from geodata.text import fold

KEPT = (
    "amenity", "building", "landuse", "name", "name:en", "name:fr", "name:es", "name:pt", "name:ar", "alt_name",
    "official_name", "operator", "operator:type", "isced:level", "school:type", "grades", "capacity", "ref",
    "addr:city", "addr:full", "addr:street", "internet_access", "source",
)  # fmt: skip
COLUMNS = ("osm_id", "latitude", "longitude", "education_level", "isced_levels", "has_internet", *KEPT)
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


def row_of(osm_id: str, lat: Any, lon: Any, tags: Mapping[str, Any]) -> dict[str, Any]:
    """One element as a row of `COLUMNS`; what no tag says stays empty."""
    said = {name: tags.get(name) for name in KEPT}
    levels = isced(tags.get("isced:level") if isinstance(tags.get("isced:level"), str) else None)
    level = level_of(levels) or ("pre_primary" if tags.get("amenity") == "kindergarten" else None)
    internet = str(tags.get("internet_access") or "").strip().lower()
    own = (osm_id, lat, lon, level, span(levels), INTERNET.get(internet))
    return {**dict(zip(COLUMNS, own, strict=False)), **said}


def several(operators: pd.Series) -> tuple[pd.Series, list[str]]:
    """Operators that run more than one school; one of a single school may be a person, and is left out."""
    lone = operators.notna() & ~operators.duplicated(keep=False)
    said = f"{int(lone.sum()):,} operators of one school alone, who may be persons, left out."
    return operators.mask(lone), [said] if lone.any() else []


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

    `frame` has osm_id (its first letter is the type), latitude, longitude (text), name, amenity and isced_levels. Two that
    say different things of what is taught are two schools on one ground.
    """
    same = pd.Series(None, index=frame.index, dtype="str")
    lat, lon = (pd.to_numeric(frame[c], errors="coerce").to_numpy("float64") for c in ("latitude", "longitude"))
    rank = frame["osm_id"].str[0].map(GREATER).fillna(0).to_numpy("int64")
    here = np.flatnonzero(located(lat, lon))
    if len(here) < 2 or len(set(rank[here])) < 2:
        return same
    pairs = cKDTree(unit_vectors(lat[here], lon[here])).query_pairs(chord(within_m), output_type="ndarray")
    pairs = here[pairs]
    pairs = pairs[rank[pairs[:, 0]] != rank[pairs[:, 1]]]
    metres = distance(lat[pairs[:, 0]], lon[pairs[:, 0]], lat[pairs[:, 1]], lon[pairs[:, 1]])
    names, ids = frame["name"].to_list(), frame["osm_id"].to_list()
    taught = [frame[c].to_list() for c in ("amenity", "isced_levels")]
    found: dict[int, str] = {}
    for a, b in pairs[np.argsort(metres, kind="stable")].tolist():
        small, great = (a, b) if rank[a] < rank[b] else (b, a)
        if small in found or not (isinstance(names[a], str) and isinstance(names[b], str)):
            continue
        apart = any(isinstance(t[a], str) and isinstance(t[b], str) and t[a] != t[b] for t in taught)
        if not apart and alike(names[a], names[b]):
            found[small] = ids[great]
    same.iloc[list(found)] = list(found.values())
    return same
