"""The audit of hidden cells: how far each can still be anything, given all sums that are published.

Cells stand in one row; an equation says that a whole is the sum of its parts (with a published rest). Hidden cells that
share an equation hang together; each such component is a small linear programme of its own (scipy's HiGHS). Most cells
are proven free without one of their own: any solution shows a possible value for every cell of the component.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
SLACK = 1e-6  # what rounding in the solver may lose of a count
LOOKS = 4  # pairs of directions before each cell is asked by itself


@dataclass(frozen=True)
class Equations:
    """Sums between cells: `matrix` has +1 at each whole and -1 at its parts, one row an equation; `wholes` their cells."""

    matrix: sparse.csr_array
    by_cell: sparse.csc_array
    wholes: Ints

    @staticmethod
    def of(sums: list[tuple[int, Ints]], cells: int) -> Equations:
        """The equations whole = sum of parts, over `cells` cells."""
        rows = np.repeat(np.arange(len(sums)), [1 + len(parts) for _, parts in sums])
        columns = np.concatenate([[whole, *parts] for whole, parts in sums]) if sums else np.zeros(0, dtype=np.int64)
        signs = np.concatenate([[1.0, *(-1.0,) * len(parts)] for _, parts in sums]) if sums else np.zeros(0)
        matrix = sparse.csr_array((signs, (rows, columns.astype(np.int64))), shape=(len(sums), cells))
        return Equations(matrix, matrix.tocsc(), np.array([whole for whole, _ in sums], dtype=np.int64))

    def members(self, equation: int) -> Ints:
        """The cells of an equation, the whole among them."""
        found: Ints = self.matrix.indices[self.matrix.indptr[equation] : self.matrix.indptr[equation + 1]].astype(
            np.int64
        )
        return found

    def about(self, cell: int) -> Ints:
        """The equations that a cell stands in."""
        found: Ints = self.by_cell.indices[self.by_cell.indptr[cell] : self.by_cell.indptr[cell + 1]].astype(np.int64)
        return found


def _block(equations: Equations, at: Ints) -> tuple[sparse.csr_array, Ints]:
    """The equations between some cells, published numbers taken out, and the component that each cell belongs to."""
    part = equations.by_cell[:, at].tocsr()
    part = part[np.diff(part.indptr) > 0]
    label = sparse.csgraph.connected_components(abs(part.T @ part), directed=False)[1]
    return part, label.astype(np.int64)


def _solve(block: sparse.csr_array, right: Floats, goal: Floats) -> Floats | None:
    """The cells (0 or more) that make the goal least; None where it has no least."""
    if not block.shape[0]:
        return np.zeros(len(goal)) if bool((goal >= 0).all()) else None
    found = linprog(goal, A_eq=block, b_eq=right, bounds=(0, None), method="highs")  # type: ignore[call-overload]
    return None if found.status in (3, 4) else np.asarray(found.x, dtype=np.float64)


def bounds(values: Floats, equations: Equations, hidden: Bools) -> tuple[Floats, Floats]:
    """Least and most that each cell can be; a published cell is its own least and most. The most may be infinite."""
    low, high = values.copy(), values.copy()
    at = np.flatnonzero(hidden)
    block, _ = _block(equations, at)
    right = block @ values[at]
    for i, cell in enumerate(at):
        goal = np.zeros(len(at))
        goal[i] = 1.0
        least, most = _solve(block, right, goal), _solve(block, right, -goal)
        low[cell] = 0.0 if least is None else least[i]
        high[cell] = np.inf if most is None else most[i]
    return low, high


def narrow(values: Floats, equations: Equations, hidden: Bools, least: float, proven: Bools) -> Ints:
    """The hidden cells whose interval spans less than `least`, or holds fewer whole numbers than that.

    `proven` cells are known to span it, and are not asked again. Components do not touch each other, so each programme asks one
    question of every component at once.
    """
    at = np.flatnonzero(hidden)
    block, label = _block(equations, at)
    asked = np.isin(label, np.unique(label[~proven[at]]))
    at, label = at[asked], label[asked]
    block = block[:, asked]
    block = block[np.diff(block.indptr) > 0]
    search = _Search(values[at], block, proven[at])
    search.look_around(least)
    return at[search.look_closely(label, least)]


class _Search:
    """What cells are known to be able to be, widened by each solution found."""

    def __init__(self, values: Floats, block: sparse.csr_array, proven: Bools) -> None:
        self.block, self.right = block, block @ values
        self.free = _unbounded(block)
        self.low, self.high = values.copy(), np.where(proven | self.free, np.inf, values)

    def open(self, least: float) -> Bools:
        """Cells not yet known to be free enough."""
        return ~wide(self.low, self.high, least)

    def reach(self, goal: Floats) -> None:
        """Take in one solution. A cell that nothing bounds is never asked to grow, so there is always one."""
        point = _solve(self.block, self.right, np.where(self.free, np.abs(goal), goal))
        if point is not None:
            np.minimum(self.low, point, out=self.low)
            np.maximum(self.high, point, out=self.high)

    def look_around(self, least: float) -> None:
        """Solutions in a few directions; the same cells in the same order give the same directions."""
        dice = np.random.default_rng(len(self.low))
        for _ in range(LOOKS):
            still = self.open(least)
            if not still.any():
                return
            goal = dice.uniform(0.5, 1.5, len(still)) * dice.choice([-1.0, 1.0], len(still)) * (0.01 + still)
            self.reach(goal)
            self.reach(-goal)

    def look_closely(self, label: Ints, least: float) -> Bools:
        """Each cell still open asked for its least and its most: True where its interval is too narrow."""
        done = np.zeros(len(label), dtype=bool)
        while (still := self.open(least) & ~done).any():
            rows = np.flatnonzero(still)
            _, first = np.unique(label[rows], return_index=True)
            goal = np.zeros(len(label))
            goal[rows[first]] = 1.0
            self.reach(goal)
            self.reach(-goal)
            done |= goal > 0
        return self.open(least)


def wide(low: Floats, high: Floats, least: float) -> Bools:
    """Whether an interval spans `least` and holds as many whole numbers."""
    whole = np.floor(high + SLACK) - np.ceil(low - SLACK) + 1
    return (high - low >= least - SLACK) & (whole >= least)


def _unbounded(block: sparse.csr_array) -> Bools:
    """Cells that nothing published bounds: the largest set that can all grow together with every sum still right."""
    size = block.shape[1]
    if not block.shape[0]:
        return np.ones(size, dtype=bool)
    if not bool((block.data > 0).any()):  # every whole is published
        return np.zeros(size, dtype=bool)
    both = sparse.hstack([block, block]).tocsr()  # growth = its part up to 1, which counts, and the rest
    goal = np.concatenate([-np.ones(size), np.zeros(size)])
    limits = np.column_stack([np.zeros(2 * size), np.r_[np.ones(size), np.full(size, np.inf)]])
    grown = linprog(goal, A_eq=both, b_eq=np.zeros(block.shape[0]), bounds=limits, method="highs")  # type: ignore[call-overload]
    free: Bools = grown.x[:size] > SLACK
    return free
