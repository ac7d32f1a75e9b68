"""One source's schools, as linking sees them: ids, names taken apart, places, levels and declared areas; in the order of their ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from etl.linking.names import NOTHING, Name, parse
from geodata.spatial import floats, located
from geodata.text import fold

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
KEYS = ("school_id_govt", "school_id_giga")
LEVELS = {
    "pre_primary": "0", "primary": "1", "lower_secondary": "2", "upper_secondary": "3", "secondary": "23", "post_secondary": "45",
}  # fmt: skip
ALIKE_AREA = 88  # least likeness, of 100, from which two areas' names are two spellings of one


@dataclass(frozen=True)
class Records:
    """Rows of one source by id. `areas`: admin level → declared name, folded (unknown as ""); `keys`: other ids, as written."""

    ids: list[str]
    texts: list[str]
    names: list[Name]
    lat: Floats
    lon: Floats
    levels: list[frozenset[str]]  # declared, as ISCED digits; the name's own stand in its marks
    areas: dict[int, list[str]]
    keys: dict[str, list[str]]

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def located(self) -> NDArray[np.bool_]:
        """Which rows have a usable location."""
        return np.asarray(located(self.lat, self.lon))


def records(frame: pd.DataFrame, own_words: Sequence[tuple[str, str]] = ()) -> Records:
    """The schools of a frame with `school_id` and whatever it has of name, place, level, areas and ids."""
    frame = frame.sort_values("school_id", kind="stable")
    texts = _texts(frame, "school_name")
    own = tuple(own_words)
    blank = pd.Series(np.nan, index=frame.index)
    lat, lon = (floats(frame.get(c, blank)) for c in ("latitude", "longitude"))
    lat, lon = (np.where(located(lat, lon), axis, np.nan) for axis in (lat, lon))
    return Records(
        ids=frame["school_id"].astype("str").tolist(),
        texts=texts,
        names=[parse(t, own) if t else NOTHING for t in texts],
        lat=lat,
        lon=lon,
        levels=_levels(frame),
        areas={n: a for n in (1, 2, 3, 4) if any(a := [fold(t) for t in _texts(frame, f"admin{n}")])},
        keys={k: v for k in KEYS if any(v := _texts(frame, k))},
    )


def _texts(frame: pd.DataFrame, column: str) -> list[str]:
    if column not in frame:
        return [""] * len(frame)
    return ["" if v is None or v != v else str(v).strip() for v in frame[column].astype("object")]  # noqa: PLR0124 - NaN


def _levels(frame: pd.DataFrame) -> list[frozenset[str]]:
    """ISCED digits of the declared levels; nothing where none is declared or the school has several unnamed ones."""
    words, isced = _texts(frame, "education_level"), _texts(frame, "isced_levels")
    return [
        frozenset(c for c in digits if c.isdigit()) or frozenset(LEVELS.get(word, ""))
        for word, digits in zip(words, isced, strict=True)
    ]


def same_areas(left: Records, right: Records) -> tuple[Ints, Ints]:
    """The finest level of areas that both sources declare, as numbers that the two share; −1 where unknown.

    An area that is spelt otherwise counts as the likest one, where there is a like one.
    """
    shared = sorted(set(left.areas) & set(right.areas), reverse=True)
    if not shared:
        return np.full(len(left), -1, dtype=np.int64), np.full(len(right), -1, dtype=np.int64)
    ours, theirs = left.areas[shared[0]], right.areas[shared[0]]
    number = {name: n for n, name in enumerate(sorted({*ours, *theirs} - {""}))}
    lone, others = sorted({*ours} - {*theirs, ""}), sorted({*theirs} - {*ours, ""})
    for name in others:
        near = _likest(name, lone)
        if near and _likest(near, others) == name:
            number[name] = number[near]
    both = (np.array([number.get(n, -1) for n in side], dtype=np.int64) for side in (ours, theirs))
    return next(both), next(both)


def _likest(name: str, names: list[str]) -> str:
    near = process.extractOne(name, names, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE_AREA)
    return near[0] if near else ""
