"""What an unknown item may be: the values that similar schools report, with their chances, ready to be drawn."""

from __future__ import annotations

import numpy as np

from geodata.arrays import Codes, Floats
from geodata.drawing import Cells
from geodata.kernels import Ints
from geodata.priority import Scoring
from geodata.similar import Bools, Similar, chance_of_yes


def no_cells() -> Cells:
    """Nothing to draw."""
    none, twice = np.zeros(0, np.int64), np.zeros((0, 2), np.int64)
    return Cells(none, none, np.zeros(0), twice, twice, np.zeros(1))


def unknown_cells(scoring: Scoring, listed: Ints) -> Cells:
    """The unknown items in use of the listed schools (positions in the place), numbered as they stand among those in use.

    A school's value is drawn from the known values of its group of similar schools, or of the whole place where too few
    are known there. Where a yes/no bears on the item, yes and no have a pool each, and the yes/no is drawn first: known,
    or predicted, or the share among similar schools. Pools are sorted by value, so the order of the rows is nothing.
    """
    used = np.flatnonzero(scoring.in_use)
    if scoring.similar is None:
        return no_cells()
    parts: list[Cells] = []
    at = 0
    for place, k in enumerate(used):
        rows = np.flatnonzero(scoring.unknown[listed, k])
        if not len(rows):
            continue
        part = _of_item(scoring, scoring.similar, int(k), listed[rows])
        parts.append(part._replace(row=rows, item=np.full(len(rows), place), start=part.start + at))
        at += len(part.pool)
    if not parts:
        return no_cells()
    return Cells(*(np.ascontiguousarray(np.concatenate(column)) for column in zip(*parts, strict=True)))


def _of_item(scoring: Scoring, similar: Similar, k: int, rows: Ints) -> Cells:
    """One item's cells of some rows of the place, with their pools."""
    item, given = scoring.known[:, k], similar.given.get(k)
    seen = scoring.operating & ~np.isnan(item)
    group = similar.group
    sides = [seen, seen]
    chance = np.ones(len(item))
    if given is not None and not np.isnan(given).all():
        yes, no = seen & (given == 1), seen & (given == 0)
        sides = [yes if yes.any() else seen, no if no.any() else seen]
        chance = chance_of_yes(given, group, scoring.operating, similar.least, chance=similar.chance.get(k))
    pools = [_pool(item, side, group, similar.least, rows) for side in sides]
    shift = (0, len(pools[0][2]))
    start = np.column_stack([pools[s][0] + shift[s] for s in (0, 1)])
    size = np.column_stack([pools[s][1] for s in (0, 1)])
    return Cells(rows, rows, chance[rows], start, size, np.concatenate([p[2] for p in pools]))


def _pool(item: Floats, among: Bools, group: Codes, least: float, rows: Ints) -> tuple[Ints, Ints, Floats]:
    """Start and size of each row's pool, and the values: group by group, then all together, each sorted by value."""
    values, groups = item[among], group[among]
    count = np.bincount(groups, minlength=int(group.max(initial=-1)) + 1)
    begin = np.concatenate([[0], count.cumsum()[:-1]])
    by_group = values[np.lexsort((values, groups))]
    enough = count[group[rows]] >= least
    start = np.where(enough, begin[group[rows]], len(values))
    size = np.where(enough, count[group[rows]], len(values))
    return start.astype(np.int64), size.astype(np.int64), np.concatenate([by_group, np.sort(values)])
