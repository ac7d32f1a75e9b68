"""Small cells: counts that would tell of a few people are hidden, with enough beside them that none can be computed.

Three steps (methods 6.3; NCES SLDS Technical Brief 3, 2010). **Primary**: a count below the least, and not 0, is
hidden. **Complementary**: as all totals are published too, so many more cells are hidden that no row, column or
area's children leave a hidden cell to be computed. **Audit**: for every hidden cell, a linear programme finds the least and the
most that it could be, given everything that is published; where that interval is narrower than the least count, more is
hidden, until no interval is.

The attacker of the audit knows all published numbers, that counts are no less than 0, and nothing else. `zeros` are
shown: a group in which nobody is, is no person's secret; shares of 0 % and 100 % become bands (`say`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from geodata.audit import SLACK, Bools, Equations, Floats, Ints, bounds, narrow
from geodata.disclosure import Thresholds, thresholds
from geodata.grid import Grid, ordered_table, with_rests
from geodata.policy import POLICY, Policy
from geodata.say import later, tr


def protect(
    table: pd.DataFrame,
    *,
    least: int,
    totals: bool = True,
    parents: Mapping[Any, Any] | None = None,
    primary: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Which cells of a table of counts stay hidden: True where hidden, with a row and a column `total` where `totals`.

    `table`: counts (0 or more; NaN counts as 0), one row an area or group, one column a group. `totals`: the sums of
    rows and columns are published too. `parents`: the row above each row that has one; a parent's row is published
    beside its children's, and column totals are then the sums of the rows without a parent. `primary`: further cells
    that must stay hidden. The answer does not depend on the order of rows or columns. Raises ValueError for a negative count or a
    label that stands twice.
    """
    ordered, above = with_rests(ordered_table(table), dict(parents or {}))
    grid = Grid(ordered, totals, above)
    values = grid.values
    first = (values > 0) & (values < least)
    if primary is not None:
        flags = primary.reindex(index=ordered.index, columns=ordered.columns).fillna(False)
        first[: ordered.size] |= flags.to_numpy(dtype=bool).ravel()
    beside = np.repeat(
        ~ordered.index.isin(table.index), ordered.shape[1]
    )  # what a parent has beside its parts is never told
    first[: ordered.size] |= beside & (values[: ordered.size] > 0)
    hidden = _complete(grid, first, float(least))
    return grid.frame(hidden).reindex(index=[*table.index, *grid.extra], columns=[*table.columns, *grid.extra])


def intervals(
    table: pd.DataFrame, hidden: pd.DataFrame, *, totals: bool = True, parents: Mapping[Any, Any] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The audit: least and most that each hidden cell can be, given what is published (its own value where published).

    Frames as `protect` answers; the most is infinite where nothing bounds it.
    """
    ordered, above = with_rests(ordered_table(table), dict(parents or {}))
    grid = Grid(ordered, totals, above)
    flags = hidden.reindex(index=grid.rows, columns=grid.columns, fill_value=True).to_numpy(dtype=bool)
    low, high = bounds(grid.values, grid.equations, grid.flat(flags[:, : grid.place.shape[1]]))
    return tuple(grid.frame(end).loc[hidden.index] for end in (low, high))  # type: ignore[return-value]


# --- complementary cells ---------------------------------------------------------------------------------------------


def _complete(grid: Grid, first: Bools, least: float) -> Bools:
    """The cells to hide: the first, and as many beside them as the sums and the audit ask for."""
    values, equations = grid.values, grid.equations
    hidden = first.copy()
    rank = _rank(values, equations)
    while hidden.any():
        _fill(values, equations, hidden, rank, least)
        failed = narrow(values, equations, hidden, least, grid.swaps(hidden, least))
        more = {_next(equations, _free(values, hidden), rank, equations.about(int(cell))) for cell in failed} - {-1}
        if not more:
            break
        hidden[list(more)] = True
    return hidden


def _rank(values: Floats, equations: Equations) -> Ints:
    """The order in which cells are hidden: those that are no sum first, then the smallest, then by label."""
    whole = np.zeros(len(values), dtype=bool)
    whole[equations.wholes] = True
    rank = np.empty(len(values), dtype=np.int64)
    rank[np.lexsort((np.arange(len(values)), values, whole))] = np.arange(len(values))
    return rank


def _fill(values: Floats, equations: Equations, hidden: Bools, rank: Ints, least: float) -> None:
    """Hide more in each sum that would give a cell away: one hidden cell alone, or a published sum of too little."""
    waiting = _weak(values, equations, hidden, least)
    while len(waiting):
        weak = np.zeros(equations.matrix.shape[0], dtype=bool)
        weak[waiting] = True
        for equation in waiting:
            if _is_weak(values, equations, hidden, int(equation), least):
                cell = _next(equations, _free(values, hidden), rank, np.array([equation]), weak)
                if cell >= 0:
                    hidden[cell] = True
        waiting = _weak(values, equations, hidden, least)


def _weak(values: Floats, equations: Equations, hidden: Bools, least: float) -> Ints:
    """Sums with hidden cells that give too much away, where there is something left to hide."""
    count = abs(equations.matrix) @ hidden
    left = abs(equations.matrix) @ (~hidden & (values > 0))
    parts = (equations.matrix < 0).astype(np.float64) @ np.where(hidden, values, 0.0)
    open_whole = ~hidden[equations.wholes]
    found: Ints = np.flatnonzero((count > 0) & (left > 0) & ((count == 1) | (open_whole & (parts < least))))
    return found


def _is_weak(values: Floats, equations: Equations, hidden: Bools, equation: int, least: float) -> bool:
    cells = equations.members(equation)
    at = cells[hidden[cells]]
    whole = equations.wholes[equation]
    return len(at) == 1 or (not hidden[whole] and float(values[at].sum()) < least)


def _free(values: Floats, hidden: Bools) -> Bools:
    """Cells that may still be hidden: zeros stay shown."""
    return ~hidden & (values > 0)


def _next(equations: Equations, free: Bools, rank: Ints, among: Ints, weak: Bools | None = None) -> int:
    """The cell of some sums to hide next: one that helps another weak sum too, then by rank; -1 where none is left."""
    cells = np.unique(np.concatenate([equations.members(int(e)) for e in among]))
    cells = cells[free[cells]]
    if not len(cells):
        return -1
    if weak is not None:
        parts = cells[~np.isin(cells, equations.wholes)]
        helping = [c for c in parts if weak[equations.about(int(c))].sum() > 1]
        cells = np.array(helping) if helping else cells
    return int(cells[np.argmin(rank[cells])])


# --- tables of groups, shares and roundings ---------------------------------------------------------------------------

_LABELS = (
    "group",
    "title",
    "name",
    "area_id",
    "parent_id",
    "level",
    "order",
    "hidden",
    "band",
    "headline",
    "by",
    "indicator",
)


def guard_breakdown(frame: pd.DataFrame, tier: str, policy: Policy = POLICY) -> pd.DataFrame:
    """A breakdown as a tier may read it: the numbers of groups too small are NaN, with `hidden` and `band` beside them.

    `frame`: one row a group, with `schools` and, where it has them, `learners` and `value`, `known`, `unknown`, `lower`,
    `upper`. A group is hidden where it has fewer learners or schools than the tier's least; further groups are hidden
    until what is hidden cannot be computed from the total. Where a percentage may not be told (fewer than
    `percent_from`, or near 0 and 100 %), the shares are NaN and `band` says in words what may be said.
    """
    seen = thresholds(tier, policy)
    if not seen.any or frame.empty:
        return frame.assign(hidden=False, band="")
    hidden = pd.Series(False, index=frame.index)
    line = frame.reset_index(drop=True)
    for _ in range(3):  # what is hidden for its schools may need more hidden for its learners, and the other way round
        for column, least in (("schools", seen.schools), ("learners", seen.learners)):
            if column in line:
                counts = line[[column]].astype("float64")
                primary = counts.assign(**{column: hidden.to_numpy()})
                hidden |= protect(counts, least=least, primary=primary)[column].iloc[: len(line)].to_numpy(dtype=bool)
    return _told(frame.assign(hidden=hidden), seen)


def _told(frame: pd.DataFrame, seen: Thresholds) -> pd.DataFrame:
    """The frame with hidden numbers taken out, and bands in place of percentages that may not be told."""
    numbers = [c for c in frame.columns if c not in _LABELS and pd.api.types.is_numeric_dtype(frame[c])]
    out = frame.astype(dict.fromkeys(numbers, "float64"))
    out.loc[frame["hidden"], numbers] = np.nan
    if "headline" in out:
        out.loc[frame["hidden"], "headline"] = "none"
    if "value" not in out:
        return out.assign(band="")
    base = out["known"] if "known" in out else out.get("learners", out["schools"])
    share = out["value"].between(0, 1)
    banded = share & ((base < seen.percent_from) | (out["value"] < EDGE) | (out["value"] > 1 - EDGE))
    words = [say(v, n, seen) if b else "" for v, n, b in zip(out["value"], base, banded, strict=True)]
    ends = [c for c in ("value", "lower", "upper", "assisted", "assisted_sd") if c in out]
    out.loc[banded, ends] = np.nan
    return out.assign(band=np.where(frame["hidden"], FEW, words))


EDGE = 0.05
FEW = later("too few to show")


def say(value: float, n: float, seen: Thresholds) -> str:
    """A share of `n` people or schools in words that a tier may read; `not reported` where it is unknown.

    Of fewer than `percent_from` a band of 20 points; of fewer than half as many nothing; near 0 and 100 % a band of 5 points, so that a share
    of nobody or everybody is not told (methods 6.3, E8.5).
    """
    if not np.isfinite(value):
        return tr("not reported")
    if not seen.any:
        return f"{100 * value:.0f} %"
    if n < seen.percent_from / 2:
        return FEW
    if n < seen.percent_from:
        step = min(int(value * 5 + SLACK), 4)
        return (
            tr("under 20 %")
            if step == 0
            else tr("80 % or more")
            if step == 4
            else tr("{step} to {step_2} %", step=20 * step, step_2=20 * step + 19)
        )
    if value < EDGE:
        return tr("under 5 %")
    return tr("over 95 %") if value > 1 - EDGE else f"{100 * value:.0f} %"


def rounded(count: float, base: int = 5) -> int:
    """A count to the nearest multiple of a base, halves up (E8.4)."""
    return int(np.floor(count / base + 0.5)) * base


def anonymity(records: pd.DataFrame, least: int = 3) -> dict[str, float]:
    """How alone the records of a table stand: `k` the smallest class of equal records, `below` the records in classes of
    fewer than `least`, `share_below` of all, `global_risk` the mean chance of naming one, 1/size of its class (E8.2)."""
    size = records.groupby(list(records.columns), dropna=False)[records.columns[0]].transform("size").astype("float64")
    below = int((size < least).sum())
    return {
        "k": int(size.min()),
        "below": below,
        "share_below": below / len(records),
        "global_risk": float((1 / size).mean()),
    }
