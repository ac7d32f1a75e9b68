"""Where schools are not shown one by one: which areas and hexagons of a selection may be told of, and which numbers.

An area of too few schools tells nothing but how many there are; so do as many of its sisters as it takes that nothing
can be computed from the area above (`suppress.protect` over all levels at once). Counts of learners are protected
indicator by indicator. Every answer passes the log of earlier ones (`asked`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.asked import Asked
from geodata.audit import Equations, narrow
from geodata.declare import Indicator
from geodata.disclosure import Coarseness, Thresholds
from geodata.errors import DisclosureError
from geodata.say import tr
from geodata.suppress import protect
from geodata.view import View

Positions = npt.NDArray[np.int64]
COUNTS = ("num_schools", "num_schools_not_open")
COUNT = "count of "


@dataclass(frozen=True)
class Ways:
    """How the guard asks its desk: the schools of a view, and their roll-up by a key, for one indicator or all."""

    select: Callable[[View], Positions]
    roll_up: Callable[[View, pd.Series, str | None], pd.DataFrame]
    indicators: Mapping[str, Indicator]


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
        ways: Ways,
    ) -> None:
        self.areas, self.cells, self.seen, self.how, self.tier = areas, cells, seen, how, tier
        known = set(pd.unique(areas.to_numpy().ravel()))
        self.parents = {area: above for area, above in parents.items() if area in known and above in known}
        groups = {str(level): areas[level] for level in areas}
        self._asked = Asked({**groups, "cells": cells}, len(areas), seen.steps)
        self._ways = ways
        self._levels = lru_cache(maxsize=16)(self._levels_fresh)
        self.check(np.arange(len(areas)))

    # --- what a view is told ------------------------------------------------------------------------------------------

    def let_through(self, view: View, total: int) -> None:
        """Raise DisclosureError where a view of `total` schools may not be answered: too few, an area kept back, or too near
        an earlier answer."""
        if total < self.how.least:
            raise DisclosureError(
                tr(
                    "Fewer than {least} schools match, and so few are not shown to the {tier} tier here. Choose more widely.",
                    least=self.how.least,
                    tier=self.tier,
                )
            )
        hidden = self.check(self._ways.select(_everywhere(view)))
        if view.area and view.area in hidden:
            raise DisclosureError(
                tr(
                    "What matches in this area would give away the schools of a smaller one beside it. Choose the area above, or more widely."
                )
            )

    def levels(self, view: View, indicator: str | None) -> pd.DataFrame:
        """The areas of all levels (index) with what may be told of a view's schools in them. Inside the area of a view they
        say what they say without it, so that the two cannot be set against each other."""
        table = self._levels(_everywhere(view), indicator)
        if not view.area:
            return table
        inside = [area for area in table.index if view.area in self._above(area)]
        above = [a for a in self._above(view.area) if a != view.area] if view.area in table.index else []
        return pd.concat([*(table.loc[[view.area]].set_axis([a]) for a in above), table.loc[inside]])

    def _above(self, area: str) -> list[str]:
        path = [area]
        while (up := self.parents.get(path[-1])) and up not in path:
            path.append(up)
        return path

    def _levels_fresh(self, view: View, indicator: str | None) -> pd.DataFrame:
        hidden = self.check(self._ways.select(view))
        rolled = pd.concat([self._ways.roll_up(view, self.areas[level], indicator) for level in self.areas])
        out = self.told(rolled, hidden, nested=True)
        uncounted = out.index.isin([name.removeprefix(COUNT) for name in hidden if name.startswith(COUNT)])
        return out.astype(dict.fromkeys(COUNTS, "float64")).mask(
            np.outer(uncounted, np.ones(len(out.columns), dtype=bool))
        )

    def hexagons(self, view: View, indicator: str | None) -> pd.DataFrame:
        """The hexagons of a view with what may be told of them; those that may not be told of are left out."""
        hidden = self.check(self._ways.select(_everywhere(view)))
        told = self.told(self._ways.roll_up(_everywhere(view), self.cells, indicator), hidden, nested=False)
        touching = self.cells[(self.areas == view.area).any(axis=1)] if view.area else self.cells
        return told[~told.index.isin(list(hidden)) & told.index.isin(touching)]

    # --- which areas and hexagons -------------------------------------------------------------------------------------

    def check(self, positions: Positions) -> frozenset[str]:
        """The areas and hexagons of a selection that tell nothing but their number of schools.

        `positions`: the schools of the selection's filters, in every area. Raises DisclosureError where so few schools match, or
        where the selection is an earlier one but for a school or two.
        """
        before = self._asked.answered(positions) if len(positions) else frozenset()
        if before is not None:
            return before
        few = tr("so few are not shown to the {tier} tier here. Choose more widely.", tier=self.tier)
        if len(positions) < self.how.least:
            raise DisclosureError(tr("Fewer than {least} schools match, and {few}", least=self.how.least, few=few))
        same, near = self._asked.near(positions)
        if same:
            raise DisclosureError(
                tr(
                    "This selection differs from one that was already answered by fewer than {steps} schools; the difference would tell of single schools, and {few}",
                    steps=self.seen.steps,
                    few=few,
                )
            )
        areas = self._areas(positions, near)
        hidden = areas | self._cells(positions, near, areas) | self._uncounted(positions)
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

    def _uncounted(self, positions: Positions) -> frozenset[str]:
        """Areas (marked by `COUNT`) whose very number of schools is kept back: fewer than the least count match, or do not."""
        every, match = self._every, self._counts(positions)
        table = pd.DataFrame({"match": match, "others": every - match}).fillna(0)
        if not bool(table["others"].any()):
            return frozenset()  # all schools: how many there are is no secret
        hidden = protect(table, least=self.seen.schools, parents=self.parents).loc[table.index, "match"]
        return frozenset(COUNT + hidden.index[hidden].astype(str))

    @cached_property
    def _every(self) -> pd.Series:
        return self._counts(np.arange(len(self.areas)))

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

    def told(self, rolled: pd.DataFrame, hidden: frozenset[str], *, nested: bool) -> pd.DataFrame:
        """A roll-up (index: areas of all levels where `nested`, or hexagons) without the numbers that stay hidden."""
        out = rolled.astype({c: "float64" for c in rolled.columns if c not in COUNTS})
        out.loc[out.index.isin(list(hidden)), [c for c in out if c not in COUNTS]] = np.nan
        for name, indicator in self._ways.indicators.items():
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
    proven = values >= least
    proven[: len(parts)] |= _loose(parts, hidden) >= least
    found = narrow(values, Equations.of(sums, len(values)), unseen, float(least), proven)
    return [int(row) for row in found]


def _loose(parts: pd.DataFrame, hidden: set[str] | frozenset[str]) -> npt.NDArray[np.float64]:
    """How far each part can move at least with every sum right: against the parts of its area in hexagons not shown, and
    where its own hexagon is shown, with another part of that the other way round."""
    size = parts["schools"].astype("float64")
    areas = parts[parts.columns.drop(["cell", "schools"])]
    area = parts.groupby([areas[c].mask(areas[c].isin(list(hidden)), "") for c in areas], sort=False).ngroup()
    unshown = (parts["cell"] == "") | parts["cell"].isin(list(hidden))
    pool = size.where(unshown, 0.0).groupby(area).transform("sum")
    cell = parts["cell"]
    others = size.groupby(cell).transform("sum") - size
    pools = pool.groupby(cell).transform("sum") - pool
    moves = np.minimum(others, pool) + np.minimum(size, pools)
    out: npt.NDArray[np.float64] = pool.where(unshown, moves).to_numpy(dtype=np.float64)
    return out


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


def _everywhere(view: View) -> View:
    """The view's filters in every area."""
    return replace(view.schools_only, area="")
