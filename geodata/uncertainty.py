"""How sure a rank is: the list drawn many times anew, and the ranks that each school takes (methods, section 3.7).

Each draw takes weights around those chosen (Dirichlet), another power of the mean, another exponent of the service gap,
and for every item that is not reported a value out of what similar schools report, or by a predicted chance. The
schools are then put in the list's own order: group, score, id. Nothing unknown is ever taken as 0 or 1.

OECD and JRC, Handbook on Constructing Composite Indicators (2008); Saisana, Saltelli and Tarantola (2005).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from geodata.arrays import Floats, as_count, as_number
from geodata.drawing import Cells, Draws, Rules, draw_ranks, spread_of, tally
from geodata.kernels import Ints
from geodata.policy import POLICY, Policy
from geodata.priority import Scoring, counted, criteria, is_need, rank, tier_cuts
from geodata.unknowns import unknown_cells

BLOCK = 64  # draws held at once; ranges of ranks are learnt from the first block
BINS = 256  # ranks counted apart for each school; wider ranges are counted in steps
WORKERS = 4
MOST_WORK = 250_000_000  # draws × schools of one answer to a visitor, whatever number of draws the address asks for
MOST_AT_ONCE = 65_535  # draws that a count of 16 bits can hold
Progress = Callable[[int, int], None]


def published_draws(schools: int, policy: Policy = POLICY) -> int:
    """How often a build draws the list of so many schools: fewer times where a country has many, 200 at least."""
    most, work = policy.number("mc_draws_published"), policy.number("mc_work_most")
    return int(min(most, max(200, work // max(schools, 1))))


def rank_bands(
    scoring: Scoring,
    school_id: pd.Series,
    policy: Policy = POLICY,
    *,
    draws: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
    cells: Cells | None = None,
    by_group: bool = True,
) -> pd.DataFrame:
    """BAND_COLUMNS of every school, on the index of `school_id`; unknown for schools that are not ranked.

    `rank_low` and `rank_high` hold the middle `band_share` of the drawn ranks, `top_chance` is the share of draws among
    the first `top_k`, `rank_tie` numbers the groups of ties (see `ties`). `progress(done, of)` is called after every few
    draws; what it raises ends the work. The same seed gives the same bands, whatever the order of the rows. `cells`
    draws the unknown items (see `unknown_cells`) otherwise than by similar schools; without `by_group` the score alone
    orders the list. Ranges wider than 256 ranks are counted in steps, so their ends are right to one part in 256.
    """
    asked = min(int(policy.number("mc_draws_interactive")), max(200, MOST_WORK // max(len(school_id), 1)))
    total = min(int(draws or asked), MOST_AT_ONCE)
    start = int(policy.number("mc_seed") if seed is None else seed)
    listed = _by_id(scoring, school_id)
    found = np.full((len(school_id), 5), np.nan)
    if len(listed):
        order = rank(scoring, school_id)[listed]
        bands = _bands(scoring, school_id.iloc[listed], listed, policy, total, start, progress, cells, by_group)
        found[listed] = np.column_stack([*bands, ties(order, bands[0], bands[1])])
    index = school_id.index
    columns = {n: as_count(found[:, k], index) for k, n in enumerate(("rank_low", "rank_high", "rank_median"))}
    columns["top_chance"] = as_number(found[:, 3], index)
    columns["rank_tie"] = as_count(found[:, 4], index)
    return pd.DataFrame(columns, index=index)


def ties(order: Floats, low: Floats, high: Floats) -> Ints:
    """Number of each school's group of ties, 1 for the first of the list.

    A group begins with its highest school and holds the schools after it as long as the likely ranks of each reach into
    those of that first school. So every school stands in one group, and a group is told by its first school alone.
    """
    out = np.empty(len(order), dtype=np.int64)
    number, reach = 0, -np.inf
    lows, highs = low.tolist(), high.tolist()
    for position in np.argsort(order, kind="stable").tolist():
        if number == 0 or lows[position] > reach:
            number, reach = number + 1, highs[position]
        out[position] = number
    return out


def _by_id(scoring: Scoring, school_id: pd.Series) -> Ints:
    """Positions of the schools in the ranked list, by id: what is drawn never depends on the order of the rows."""
    listed = np.flatnonzero(~scoring.verify)
    return np.asarray(listed[np.asarray(school_id.iloc[listed].array.argsort(), dtype=np.int64)], dtype=np.int64)


def draws_of(scoring: Scoring, policy: Policy, total: int, seed: int) -> Draws:
    """Weights within each side, exponents of the sides and powers of so many draws; those of a first draw stay when more are asked for."""
    used = np.flatnonzero(scoring.in_use)
    weights = np.zeros((total, len(used)))
    streams = np.random.default_rng(seed).spawn(4)
    for stream, side in zip(streams, (is_need()[used], ~is_need()[used]), strict=False):
        chosen = np.flatnonzero(side & (scoring.weights[used] > 0))
        if len(chosen):
            around = policy.number("mc_concentration") * scoring.weights[used][chosen]
            weights[:, chosen] = stream.dirichlet(around, total)
    exponents = np.tile(np.array(scoring.pillars), (total, 1))
    if min(scoring.pillars) > 0:
        alpha, spread = policy.number("alpha"), policy.number("mc_alpha_spread")
        exponents[:, 0] = streams[2].uniform(max(0.0, alpha - spread), min(1.0, alpha + spread), total)
        exponents[:, 1] = 1 - exponents[:, 0]
    p, step = policy.number("power_mean_p"), policy.number("mc_power_spread")
    return Draws(weights, exponents, streams[3].choice([max(1.0, p - step), p, p + step], total))


def _rules(scoring: Scoring, policy: Policy, by_group: bool) -> Rules:
    used = np.flatnonzero(scoring.in_use)
    named = [criteria()[k] for k in used]
    cut = np.array([policy.number(c.cutoff) if c.counted else np.inf for c in named], dtype=np.float64)
    a, b = tier_cuts(int(scoring.things.sum()), policy) if by_group else (len(counted()) + 1,) * 2
    return Rules(cut, np.array([c.inclusive for c in named], dtype=bool), is_need()[used], a, b)


def _bands(  # noqa: PLR0917 - handed on from the one public way in
    scoring: Scoring,
    ids: pd.Series,
    listed: Ints,
    policy: Policy,
    total: int,
    seed: int,
    progress: Progress | None,
    cells: Cells | None,
    by_group: bool,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Low, high and middle rank and the chance of the top, of the listed schools in the order of their ids."""
    used = np.flatnonzero(scoring.in_use)
    items = np.ascontiguousarray(scoring.filled[np.ix_(listed, used)].T)
    lacking = scoring.lacks_known[listed].sum(axis=1)
    identity = pd.util.hash_array(ids.to_numpy(dtype=object), categorize=False)
    drawn = unknown_cells(scoring, listed) if cells is None else cells
    given, rules = draws_of(scoring, policy, total, seed), _rules(scoring, policy, by_group)
    n, top = len(listed), int(policy.number("top_k"))
    base, width = np.ones(n, np.int32), np.ones(n, np.int32)
    counts, firsts = np.zeros((n, min(BINS, n)), np.uint16), np.zeros(n, np.uint16)
    ranks = np.empty((BLOCK, n), np.int32)
    workers = min(WORKERS, os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as pool:
        for first in range(0, total, BLOCK):
            block = ranks[: min(BLOCK, total - first)]
            parts = [p for p in np.array_split(np.arange(len(block)), workers) if len(p)]
            tasks = [
                pool.submit(
                    draw_ranks, items, lacking, identity, drawn, given, rules, np.uint64(seed), first + int(p[0]), block[p[0] : p[-1] + 1]
                )
                for p in parts
            ]  # fmt: skip
            for task in tasks:
                task.result()
            if first == 0 and n > BINS:
                base, width = _ranges(block, n)
            slices = [slice(int(p[0]), int(p[-1]) + 1) for p in np.array_split(np.arange(n), workers) if len(p)]
            tasks = [pool.submit(tally, block[:, s], base[s], width[s], top, counts[s], firsts[s]) for s in slices]
            for task in tasks:
                task.result()
            if progress:
                progress(first + len(block), total)
    return *_quantiles(counts, base, width, n, policy), firsts / total


def _ranges(block: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Where each school's counts begin and how many ranks each takes: the first draws' range and a half of it more."""
    low, high = np.empty(n, np.int32), np.empty(n, np.int32)
    spread_of(block, low, high)
    margin = np.maximum(16, (high - low) // 4)
    low, high = np.maximum(1, low - margin), np.minimum(n, high + margin)
    return low.astype(np.int32), np.maximum(1, -(-(high - low + 1) // BINS)).astype(np.int32)


def _quantiles(
    counts: np.ndarray, base: np.ndarray, width: np.ndarray, n: int, policy: Policy
) -> tuple[Floats, Floats, Floats]:
    """The ends of the band and the middle rank from the counts; a step's lower end, upper end and middle."""
    tail = (1 - policy.number("band_share")) / 2
    found = []
    for share, within in ((tail, 0.0), (1 - tail, 1.0), (0.5, 0.5)):
        out = np.empty(n)
        for part in range(0, n, 20_000):  # running totals of a part at a time
            here = slice(part, part + 20_000)
            so_far = counts[here].cumsum(axis=1, dtype=np.int64)
            at = (so_far >= np.ceil(share * so_far[:, -1:] - 1e-9)).argmax(axis=1)
            out[here] = base[here] + at * width[here] + np.floor(within * (width[here] - 1))
        found.append(np.minimum(out, n))
    return found[0], found[1], found[2]
