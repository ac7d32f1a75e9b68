"""A table of counts with its margins as one row of cells, and the sums that hold between them.

What small cells (`suppress`) are protected in: rows may be areas of several levels, each the sum of those below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.audit import Bools, Equations, Floats, Ints

TOTAL = "total"  # the margins' label


def ordered_table(table: pd.DataFrame) -> pd.DataFrame:
    """The table in an order of its own, so that the answer does not depend on the order it came in."""
    if table.index.has_duplicates or table.columns.has_duplicates:
        raise ValueError("A row or column label of the table stands twice.")
    out = (
        table.fillna(0)
        .astype("float64")
        .sort_index(key=lambda i: i.astype(str))
        .sort_index(axis=1, key=lambda i: i.astype(str))
    )
    if bool((out < 0).any(axis=None)):
        raise ValueError("A count of the table is below 0.")
    return out


def with_rests(table: pd.DataFrame, parents: dict[Any, Any]) -> tuple[pd.DataFrame, dict[Any, Any]]:
    """The table with a row for what a parent has beside its children (a school of no district), where there is such."""
    inside = {row: parents[row] for row in table.index if parents.get(row) in table.index}
    if not inside:
        return table, inside
    children = table.loc[list(inside)]
    sums = children.groupby(pd.Series(inside).loc[children.index].to_numpy()).sum()
    rest = (table.loc[sums.index] - sums).clip(lower=0)
    rest = rest[(rest > 0).any(axis=1)]
    names = {f"\uffffbeside the parts of {row}": row for row in rest.index}  # sorts behind every other label
    return pd.concat([table, rest.set_axis(list(names))]), {**inside, **names}


class Grid:
    """A table with its margins as one row of cells, and the sums that hold between them."""

    def __init__(self, table: pd.DataFrame, totals: bool, parents: Mapping[Any, Any]) -> None:
        self.extra = [TOTAL] if totals else []
        self.shape = table.shape
        self.rows, self.columns = [*table.index, *self.extra], [*table.columns, *self.extra]
        height, width = table.shape
        across = totals and width > 1  # of one column, the row total is the cell itself
        where = {row: i for i, row in enumerate(table.index)}
        above = np.array([where.get(parents.get(row), height) for row in table.index], dtype=np.int64)
        body = table.to_numpy()
        if across:
            body = np.column_stack([body, body.sum(axis=1)])
        if totals:
            body = np.vstack([body, body[above == height].sum(axis=0)])
        self.above, self.totals, self.across = above, totals, across
        # Cells in one row: the table first, then the row totals, then the bottom row.
        self.place = _places(height, width, totals=totals, across=across)
        self.values: Floats = self._line(body)
        self.equations = self._sums(height, above)

    def _line(self, body: npt.NDArray[Any]) -> npt.NDArray[Any]:
        out = np.empty(body.size, dtype=body.dtype)
        out[self.place.ravel()] = body.ravel()
        return out

    def _sums(self, height: int, above: Ints) -> Equations:
        """The sums that hold: each row's total, and each column's parent and bottom line."""
        found: list[tuple[int, Ints]] = []
        if self.across:
            found += [(int(row[-1]), row[:-1]) for row in self.place]
        for parent in range(height + int(self.totals)):
            rows = np.flatnonzero(above == parent)
            if len(rows):
                found += [(int(self.place[parent, g]), self.place[rows, g]) for g in range(self.place.shape[1])]
        return Equations.of(found, self.place.size)

    def swaps(self, hidden: Bools, least: float) -> Bools:
        """Hidden cells that are proven free enough by swaps between two columns: one cell up and its row's partner down,
        the other way round in other rows of the same parent.

        A swap leaves every sum as it is, so how far it can go, both ways, is part of the interval.
        """
        height = len(self.above)
        inner = self.place[:height, :]
        value, flags = self.values[inner], hidden[inner]
        up, down = np.zeros(value.shape), np.zeros(value.shape)
        if (not self.across and not self.totals) or inner.shape[1] == 1:  # no sum binds a row: sisters trade freely
            return self._trades(hidden, least)
        leaf = ~np.isin(np.arange(height), self.above)  # a row with parts of its own cannot move without them
        groups = range(inner.shape[1] - int(self.across))
        for g in groups:
            for other in groups:
                rows = np.flatnonzero(leaf & flags[:, g] & flags[:, other])
                if other != g and len(rows) > 1:
                    mine, yours = value[rows, g], value[rows, other]
                    code = self.above[rows]
                    up[rows, g] = np.maximum(up[rows, g], np.minimum(yours, _of_others(mine, code)))
                    down[rows, g] = np.maximum(down[rows, g], np.minimum(mine, _of_others(yours, code)))
        out = np.zeros(len(self.values), dtype=bool)
        out[inner] = flags & (up + down >= least)
        return out

    def _trades(self, hidden: Bools, least: float) -> Bools:
        """Hidden cells of rows without parts that with their hidden sisters hold enough to trade."""
        height = len(self.above)
        inner = self.place[:height]
        leaf = ~np.isin(np.arange(height), self.above)
        out = np.zeros(len(self.values), dtype=bool)
        for g in range(inner.shape[1]):
            rows = np.flatnonzero(leaf & hidden[inner[:, g]])
            code, value = self.above[rows], self.values[inner[rows, g]]
            held, many = np.bincount(code, weights=value), np.bincount(code)
            out[inner[rows, g]] = (held[code] >= least) & (many[code] > 1)
        return out

    def flat(self, body: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """A body in the grid's shape as one row of cells."""
        return self._line(body)

    def frame(self, cells: npt.NDArray[Any]) -> pd.DataFrame:
        """One row of cells as a frame."""
        body = cells[self.place]
        if self.totals and not self.across:
            body = np.column_stack([body, body])
        return pd.DataFrame(body, index=self.rows, columns=self.columns)


def _places(height: int, width: int, *, totals: bool, across: bool) -> Ints:
    """The number of each cell of the body: the table row by row first, then the row totals, then the bottom line."""
    place = np.arange(height * width).reshape(height, width)
    if across:
        place = np.column_stack([place, place.size + np.arange(height)])
    if totals:
        place = np.vstack([place, place.size + np.arange(place.shape[1])])
    return place


def _of_others(values: Floats, code: Ints) -> Floats:
    """For each row the sum of the values of the other rows of the same code."""
    out: Floats = np.bincount(code, weights=values)[code] - values
    return out
