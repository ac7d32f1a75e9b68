"""Where schools are not shown one by one: which areas and hexagons of a selection may be told of, and which numbers.

An area of too few schools tells nothing but how many there are; so do as many of its sisters as it takes that nothing
can be computed from the area above (`suppress.protect` over all levels at once). Counts of learners are protected
indicator by indicator. Every answer passes the log of earlier ones (`asked`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.asked import Asked
from geodata.audit import Equations, narrow
from geodata.declare import Indicator
from geodata.disclosure import Coarseness, Thresholds
from geodata.errors import DisclosureError
from geodata.suppress import protect

Positions = npt.NDArray[np.int64]
COUNTS = ("num_schools", "num_schools_not_open")


class Guard:
    """The guard of one desk. `areas`: id of the area of every school, one column a level, the first the whole place;
    `parents`: the area above each area; `cells`: each school's hexagon as the tier sees it."""

    def __init__(
        self,
        areas: pd.DataFrame,
        cells: pd.Series,
        parents: Mapping[str, str],
        *,
        seen: Thresholds,
        how: Coarseness,
        tier: str,
    ) -> None:
        self.areas, self.cells, self.seen, self.how, self.tier = areas, cells, seen, how, tier
        known = set(pd.unique(areas.to_numpy().ravel()))
        self.parents = {area: above for area, above in parents.items() if area in known and above in known}
        groups = {str(level): areas[level] for level in areas}
        self._asked = Asked({**groups, "cells": cells}, len(areas), seen.steps)
        self.check(np.arange(len(areas)))

    def check(self, positions: Positions) -> frozenset[str]:
        """The areas and hexagons of a selection that tell nothing but their number of schools.

        `positions`: the schools of the selection's filters, in every area. Raises DisclosureError where so few schools match, or
        where the selection is an earlier one but for a school or two.
        """
        before = self._asked.answered(positions)
        if before is not None:
            return before
        few = f"so few are not shown to the {self.tier} tier here. Choose more widely."
        if len(positions) < self.how.least:
            raise DisclosureError(f"Fewer than {self.how.least} schools match, and {few}")
        same, near = self._asked.near(positions)
        if same:
            raise DisclosureError(
                f"This selection differs from one that was already answered by fewer than {self.seen.steps} schools; the "
                f"difference would tell of single schools, and {few}"
            )
        areas = self._areas(positions, near)
        hidden = areas | self._cells(positions, near, areas)
        self._asked.remember(positions, hidden)
        return hidden

    def _counts(self, positions: Positions) -> pd.Series:
        """Schools of a selection by area, over all levels; every area stands."""
        some = self.areas.iloc[positions]
        found = pd.concat([some[level].value_counts() for level in some])
        every = pd.Index(pd.unique(self.areas.to_numpy().ravel())).dropna()
        return found.reindex(every, fill_value=0).astype("float64")

    def _areas(self, positions: Positions, near: frozenset[str]) -> frozenset[str]:
        counts = self._counts(positions).to_frame("schools")
        primary = pd.DataFrame({"schools": counts.index.isin(list(near)) & (counts["schools"] > 0)}, index=counts.index)
        hidden = protect(counts, least=self.how.least, totals=False, parents=self.parents, primary=primary)["schools"]
        return frozenset(hidden.index[hidden].astype(str))

    def _cells(self, positions: Positions, near: frozenset[str], areas: frozenset[str]) -> frozenset[str]:
        """Hexagons of too few schools, near ones, and those that with the areas would give away a part of a few schools."""
        counts = self.cells.iloc[positions].value_counts()
        hidden = set(counts.index[(counts < self.how.least) | counts.index.isin(list(near))].astype(str))
        parts = self._parts_of(positions)
        while failed := _given_away(parts, hidden | areas, self.how.least):
            more = _to_hide(parts, failed, hidden)
            if not more:
                break
            hidden |= more
        return frozenset(hidden)

    def _parts_of(self, positions: Positions) -> pd.DataFrame:
        """Schools by what hexagons and areas cut them into: one row a part, with its `cell`, its areas and `schools`."""
        some = self.areas.iloc[positions].assign(cell=self.cells.iloc[positions]).astype("str").fillna("")
        return some.groupby([*some.columns], sort=True).size().rename("schools").reset_index()

    # --- numbers -----------------------------------------------------------------------------------------------------

    def told(
        self, rolled: pd.DataFrame, hidden: frozenset[str], indicators: Mapping[str, Indicator], *, nested: bool
    ) -> pd.DataFrame:
        """A roll-up (index: areas of all levels where `nested`, or hexagons) without the numbers that stay hidden."""
        out = rolled.astype({c: "float64" for c in rolled.columns if c not in COUNTS})
        out.loc[out.index.isin(list(hidden)), [c for c in out if c not in COUNTS]] = np.nan
        for name, indicator in indicators.items():
            if name in out and indicator.unit.startswith(PEOPLE):
                thin = self._thin(out, name, nested=nested)
                out.loc[thin, [c for c in out if c == name or c in _parts(name)]] = np.nan
        return out

    def _thin(self, out: pd.DataFrame, name: str, *, nested: bool) -> npt.NDArray[np.bool_]:
        """Rows whose learners with, without and unknown would tell of a few people, and those that would give them away."""
        known, unknown = (out[f"{name}_{part}"].fillna(0) for part in ("known", "unknown"))
        share = out[name].fillna(0).clip(0, 1)
        table = pd.DataFrame({"yes": share * known, "no": (1 - share) * known, "unknown": unknown}).round()
        if not nested:
            hidden = protect(table, least=self.seen.learners)
        else:
            hidden = protect(table, least=self.seen.learners, parents=self.parents)
        found: npt.NDArray[np.bool_] = hidden.loc[out.index].any(axis=1).to_numpy(dtype=bool)
        return found


PEOPLE = ("share of learners", "share of girls", "share of boys", "learners", "share of teachers")


def _parts(name: str) -> tuple[str, ...]:
    return tuple(f"{name}_{part}" for part in ("known", "unknown", "lower", "upper"))


def _given_away(parts: pd.DataFrame, hidden: set[str] | frozenset[str], least: int) -> list[int]:
    """Parts of fewer than `least` schools that the areas and hexagons shown give away between them (rows of `parts`)."""
    size = parts["schools"].to_numpy(dtype=np.float64)
    sums: list[tuple[int, Positions]] = []
    wholes: list[float] = []
    for column in parts.columns.drop("schools"):
        for name, rows in parts.groupby(column, sort=True).indices.items():
            if name and name not in hidden:
                sums.append((len(parts) + len(wholes), np.asarray(rows, dtype=np.int64)))
                wholes.append(float(size[rows].sum()))
    values = np.concatenate([size, np.array(wholes, dtype=np.float64)])
    unseen = np.arange(len(values)) < len(parts)
    found = narrow(values, Equations.of(sums, len(values)), unseen, float(least), values >= least)
    return [int(row) for row in found]


def _to_hide(parts: pd.DataFrame, failed: list[int], hidden: set[str]) -> set[str]:
    """For each part given away its own hexagon, else the smallest hexagon shown in one of its areas."""
    shown = parts[(parts["cell"] != "") & ~parts["cell"].isin(list(hidden))]
    size = shown.groupby("cell")["schools"].sum()
    found: set[str] = set()
    for row in failed:
        cell = str(parts["cell"].iloc[row])
        if cell in size.index:
            found.add(cell)
            continue
        for level in reversed([c for c in parts.columns if c not in ("cell", "schools")]):
            near = size[size.index.isin(shown["cell"][shown[level] == parts[level].iloc[row]])]
            if len(near):
                found.add(str(near.idxmin()))
                break
    return found
