"""Lists drawn anew by compiled loops: weights, method and unknown items as given, each draw ranked (methods, 3.7).

Every random number of a school comes from the seed, the school's own id, the item and the number of the draw, so
neither the order of the rows nor the other schools change what is drawn for it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.kernels import Floats, Ints, compiled

SCALE = 1_000_000.0  # scores are compared to six decimals, as the list compares them
TOP = 100 * SCALE
TIER_BIT = 27  # a score of 100 with six decimals needs 27 bits; the group stands above them
DIGIT = 10  # bits sorted at a time
FIRST, SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1B54A32D192ED03)

Counts = NDArray[np.int64]


class Cells(NamedTuple):
    """Unknown items to be drawn. Each takes a value of its pool of yes with its chance, else of its pool of no.

    `row` and `item` say whose and which (c); `start` and `size` (c × 2) lie in `pool`, the known values of similar
    schools one after the other.
    """

    row: Ints
    item: Ints
    chance: Floats
    start: Ints
    size: Ints
    pool: Floats


class Draws(NamedTuple):
    """What is drawn for the whole list: weights (draws × items), exponents of the sides (draws × 2), powers (draws)."""

    weights: Floats
    exponents: Floats
    powers: Floats


class Rules(NamedTuple):
    """How groups are cut: an item counts from (`inclusive`) or above its cut-off; A and B from so many things."""

    cutoff: Floats
    inclusive: NDArray[np.bool_]
    is_need: NDArray[np.bool_]
    group_a: int
    group_b: int


@compiled
def _mixed(value: np.uint64) -> np.uint64:
    """SplitMix64's finaliser: every bit of the input bears on every bit of the output."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@compiled
def _drawn(seed: np.uint64, identity: np.uint64, item: int, draw: int) -> tuple[float, float]:
    """Two numbers from 0 to below 1 for one item of one school in one draw."""
    here = _mixed(seed + FIRST * np.uint64(draw + 1))
    here = _mixed(here ^ identity)
    here = _mixed(here + SECOND * np.uint64(item + 1))
    again = _mixed(here + FIRST)
    return (here >> np.uint64(11)) * 2.0**-53, (again >> np.uint64(11)) * 2.0**-53


@compiled
def _fill(  # noqa: PLR0917 - one compiled loop over arrays
    items: Floats, count: Counts, cells: Cells, rules: Rules, identity: NDArray[np.uint64], seed: np.uint64, draw: int
) -> None:
    """Draw every unknown item of one draw into `items` (items × schools), and add what then lacks to `count`."""
    for c in range(len(cells.row)):
        row, item = cells.row[c], cells.item[c]
        first, second = _drawn(seed, identity[row], item, draw)
        side = 0 if first < cells.chance[c] else 1
        value = cells.pool[cells.start[c, side] + int(second * cells.size[c, side])]
        items[item, row] = value
        cut = rules.cutoff[item]
        if value > cut or (rules.inclusive[item] and value == cut):
            count[row] += 1


@compiled
def _sums(items: Floats, weights: Floats, power: float, is_need: NDArray[np.bool_], need: Floats, rest: Floats) -> None:  # noqa: PLR0917
    """Weighted sums of the powered items of each school, services and circumstances apart."""
    for i in range(len(need)):
        need[i], rest[i] = 0.0, 0.0
    for k in range(len(items)):
        w = weights[k]
        if w == 0.0:
            continue
        total = need if is_need[k] else rest
        x = items[k]
        if power == 1.0:
            for i in range(len(x)):
                total[i] += w * x[i]
        elif power == 2.0:
            for i in range(len(x)):
                total[i] += w * x[i] * x[i]
        elif power == 3.0:
            for i in range(len(x)):
                total[i] += w * x[i] * x[i] * x[i]
        else:
            for i in range(len(x)):
                total[i] += w * x[i] ** power


@compiled
def _keys(  # noqa: PLR0917 - one compiled loop over arrays
    need: Floats, rest: Floats, exponents: Floats, power: float, count: Counts, rules: Rules, keys: NDArray[np.uint32]
) -> None:
    """One number a school that sorts as the list does: group, then score from high to low."""
    a, b = exponents[0] / power, exponents[1] / power
    for i in range(len(keys)):
        nothing = (a > 0 and need[i] <= 0) or (b > 0 and rest[i] <= 0)
        score = 0.0 if nothing else 100.0
        if not nothing:
            log = 0.0
            if a > 0:
                log += a * np.log(need[i])
            if b > 0:
                log += b * np.log(rest[i])
            score = 100.0 * np.exp(log)
        tier = 0 if count[i] >= rules.group_a else 1 if count[i] >= rules.group_b else 2
        within = int(min(max(TOP - np.rint(score * SCALE), 0.0), TOP))
        keys[i] = np.uint32((tier << TIER_BIT) | within)


@compiled
def _sorted_ranks(
    keys: NDArray[np.uint32], order: NDArray[np.int32], spare: NDArray[np.int32], ranks: NDArray[np.int32]
) -> None:
    """Rank of each school by its key, the rows' own order among equals: a radix sort, three digits of ten bits."""
    size = 1 << DIGIT
    counts = np.zeros((3, size), np.int64)
    for i in range(len(keys)):
        key = keys[i]
        for d in range(3):
            counts[d, (key >> np.uint32(d * DIGIT)) & np.uint32(size - 1)] += 1
    for d in range(3):
        at = 0
        for bucket in range(size):
            here = counts[d, bucket]
            counts[d, bucket] = at
            at += here
    for i in range(len(keys)):
        order[i] = i
    for d in range(3):
        for i in range(len(keys)):
            row = order[i]
            bucket = (keys[row] >> np.uint32(d * DIGIT)) & np.uint32(size - 1)
            spare[counts[d, bucket]] = row
            counts[d, bucket] += 1
        order, spare = spare, order
    for i in range(len(keys)):
        ranks[order[i]] = i + 1


@compiled
def draw_ranks(  # noqa: PLR0917 - one compiled loop over arrays
    items: Floats,
    lacking: Counts,
    identity: NDArray[np.uint64],
    cells: Cells,
    draws: Draws,
    rules: Rules,
    seed: np.uint64,
    first: int,
    ranks: NDArray[np.int32],
) -> None:
    """Ranks of the draws from number `first` on (one row a draw): `items` is items × schools, rows by id.

    `lacking` counts the known things lacking; unknown items are drawn over those of `items`.
    """
    n = items.shape[1]
    mine, count = items.copy(), np.empty(n, np.int64)
    need, rest, keys = np.empty(n), np.empty(n), np.empty(n, np.uint32)
    order, spare = np.empty(n, np.int32), np.empty(n, np.int32)
    for r in range(len(ranks)):
        draw = first + r
        for i in range(n):
            count[i] = lacking[i]
        _fill(mine, count, cells, rules, identity, seed, draw)
        _sums(mine, draws.weights[draw], draws.powers[draw], rules.is_need, need, rest)
        _keys(need, rest, draws.exponents[draw], draws.powers[draw], count, rules, keys)
        _sorted_ranks(keys, order, spare, ranks[r])


@compiled
def spread_of(ranks: NDArray[np.int32], low: NDArray[np.int32], high: NDArray[np.int32]) -> None:
    """The least and greatest rank of each school over some draws (draws × schools)."""
    for i in range(ranks.shape[1]):
        low[i], high[i] = ranks[0, i], ranks[0, i]
    for d in range(1, len(ranks)):
        for i in range(ranks.shape[1]):
            low[i] = min(low[i], ranks[d, i])
            high[i] = max(high[i], ranks[d, i])


@compiled
def tally(  # noqa: PLR0917 - one compiled loop over arrays
    ranks: NDArray[np.int32],
    base: NDArray[np.int32],
    width: NDArray[np.int32],
    top: int,
    counts: NDArray[np.uint16],
    firsts: NDArray[np.uint16],
) -> None:
    """Add draws to each school's counts of ranks (schools × bins from `base`, so many ranks wide) and of places in the top."""
    last = counts.shape[1] - 1
    for d in range(len(ranks)):
        for i in range(ranks.shape[1]):
            rank = ranks[d, i]
            at = (rank - base[i]) // width[i]
            counts[i, min(max(at, 0), last)] += 1
            firsts[i] += rank <= top
