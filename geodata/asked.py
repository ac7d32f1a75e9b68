"""What has been answered before, where schools are not shown one by one: no two answers may differ by a school or two.

Whoever asks for a selection and then for the same without one school learns of that school by subtraction. So a server
keeps which schools its last answers were about (a bit a school, nothing of who asked) and says what may not be
answered anew: methods 6.3, "query log and minimum step of 3 schools". Bounded memory: the oldest answers are forgotten,
and so is everything when the server starts anew. Sums and differences of three answers or more are not looked for.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

Bits = npt.NDArray[np.uint8]
CELLS = 8_000_000  # schools times answers that are kept: 1 MB of bits, and some 50 ms for a comparison
LEAST_KEPT = 16


class Asked:
    """The answers of one desk. `groups`: for each level or grid the group of every school (missing where it has none)."""

    def __init__(self, groups: Mapping[str, pd.Series], schools: int, step: int) -> None:
        self.step = step
        self.schools = schools
        self.kept = max(LEAST_KEPT, CELLS // max(schools, 1))
        self._groups = {name: pd.factorize(values, sort=True) for name, values in groups.items()}
        self._bits: Bits = np.zeros((0, (schools + 7) // 8), dtype=np.uint8)
        self._answers: dict[bytes, frozenset[str]] = {}
        self._lock = threading.Lock()

    def near(self, positions: npt.NDArray[np.int64]) -> tuple[bool, frozenset[str]]:
        """Whether a selection as a whole differs too little from an earlier one, and the groups in which its part does."""
        bits = self._packed(positions)
        with self._lock:
            before = self._bits
        if not len(before):
            return False, frozenset()
        apart = np.bitwise_xor(before, bits)
        steps = np.bitwise_count(apart).sum(axis=1)
        rows = np.unpackbits(apart[steps > 0], axis=1, count=self.schools)
        found: set[str] = set()
        for codes, names in self._groups.values():
            order = np.argsort(codes, kind="stable")
            order = order[codes[order] >= 0]
            if len(order) and len(rows):
                starts = np.flatnonzero(np.r_[True, np.diff(codes[order]) != 0])
                counts = np.add.reduceat(rows[:, order], starts, axis=1, dtype=np.int32)
                hit = ((counts > 0) & (counts < self.step)).any(axis=0)
                found |= {str(names[code]) for code in codes[order][starts][hit]}
        return bool(((steps > 0) & (steps < self.step)).any()), frozenset(found)

    def remember(self, positions: npt.NDArray[np.int64], hidden: frozenset[str]) -> None:
        """Keep an answer, with the groups that stayed hidden in it; the oldest goes."""
        bits = self._packed(positions)
        with self._lock:
            if bits.tobytes() not in self._answers:
                self._answers[bits.tobytes()] = hidden
                self._bits = np.vstack([self._bits, bits])[-self.kept :]
                for old in list(self._answers)[: -self.kept]:
                    del self._answers[old]

    def answered(self, positions: npt.NDArray[np.int64]) -> frozenset[str] | None:
        """The groups that stayed hidden when this very selection was answered; None where it was not, or is forgotten."""
        key = self._packed(positions).tobytes()
        with self._lock:
            return self._answers.get(key)

    def _packed(self, positions: npt.NDArray[np.int64]) -> Bits:
        mask = np.zeros(self.schools, dtype=bool)
        mask[positions] = True
        return np.packbits(mask)
