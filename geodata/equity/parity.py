"""Parity between two groups: point gap, parity index and its adjusted form, each with what the unknown could change.

The point gap stands beside every index, because a ratio explodes where both shares are low (methods 5.1).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from geodata.arrays import Floats
from geodata.indicators.marginalisation import adjusted_parity_index, parity_index

__all__ = ["Between", "Range", "Rate", "adjusted_parity_index", "between", "parity_index"]
NAN = float("nan")


@dataclass(frozen=True)
class Range:
    """A number with the least and the most that it could be; NaN where it is not known."""

    value: float
    lower: float
    upper: float

    @property
    def sign_certain(self) -> bool:
        """Whether the number stays on one side of 0 within its bounds; exactly 0 with no room is certain too."""
        return self.lower > 0 or self.upper < 0 or self.lower == self.upper == 0


@dataclass(frozen=True)
class Rate:
    """Yes, no and not reported of a group, in learners or schools.

    `one_sided`: only one answer can ever be known here (no school's speed is reported, so none can be known to be fast
    enough); then there is no share of the known, only bounds.
    """

    yes: float
    no: float
    unknown: float = 0.0
    one_sided: bool = False

    @property
    def total(self) -> float:
        """All of the group."""
        return self.yes + self.no + self.unknown

    @property
    def coverage(self) -> float:
        """Share for which it is reported; 0 of an empty group."""
        return (self.yes + self.no) / self.total if self.total else 0.0

    @property
    def share(self) -> Range:
        """Share of yes: of the known, and if every unknown were no, or yes (methods 1.6)."""
        known = self.yes + self.no
        if not self.total:
            return Range(NAN, NAN, NAN)
        return Range(
            self.yes / known if known and not self.one_sided else NAN,
            self.yes / self.total,
            (self.yes + self.unknown) / self.total,
        )


@dataclass(frozen=True)
class Between:
    """One group against another: `points` behind minus ahead (−0.12 is 12 points behind), index and adjusted index.

    `if_no` and `if_yes` are the gap if every unknown were no, and if every one were yes; the bounds let the two groups'
    unknown go opposite ways, and `wide` lets also those go either way whose group nobody reported.
    """

    behind: str
    ahead: str
    points: Range
    ratio: Range
    adjusted: Range
    if_no: float
    if_yes: float
    wide: tuple[float, float]

    @property
    def certain(self) -> bool:
        """Whether the gap keeps its sign whatever the unknown are, as far as groups are reported."""
        return self.points.sign_certain

    @property
    def certain_whatever_group(self) -> bool:
        """Whether it keeps its sign also wherever those stand whose group nobody reported."""
        return self.certain and (self.wide[0] > 0 or self.wide[1] < 0 or self.wide == (0.0, 0.0))


def between(
    behind: Rate,
    ahead: Rate,
    names: tuple[str, str],
    loose: Rate | None = None,
    unknown: tuple[Floats, Floats] | None = None,
) -> Between:
    """Two groups compared; `loose` are those whose group is not reported, and who may belong to either.

    `unknown` gives the people of both groups in each school of unknown status: a school of girls and boys is with or
    without for both, so their unknown cannot go opposite ways. Without it, they may.
    Sources: UIS metadata of SDG indicator 4.5.1 for the index and its adjusted form; bounds as in methods 1.6.
    """
    b, a = behind.share, ahead.share
    one, other = unknown or (np.array([behind.unknown, 0.0]), np.array([0.0, ahead.unknown]))
    low, high = _gap_ends(behind, ahead, one, other)
    ratio = Range(float(parity_index(b.value, a.value)), *_ratio_ends(behind, ahead, one, other))
    return Between(
        *names,
        points=Range(b.value - a.value, low, high),
        ratio=ratio,
        adjusted=Range(float(adjusted_parity_index(b.value, a.value)), _adjusted(ratio.lower), _adjusted(ratio.upper)),
        if_no=b.lower - a.lower,
        if_yes=b.upper - a.upper,
        wide=_wide(behind, ahead, loose or Rate(0, 0), one, other),
    )


def _adjusted(ratio: float) -> float:
    """The adjusted index of a ratio; 2 where the ratio is beyond all bounds."""
    return 2.0 if math.isinf(ratio) else float(adjusted_parity_index(ratio, 1.0))


def _gap_ends(
    behind: Rate, ahead: Rate, one: Floats, other: Floats, parts: tuple[float, float] = (1.0, 1.0)
) -> tuple[float, float]:
    """Least and most of the gap: each unknown school moves it by its part of the one group less that of the other.

    `parts` are the parts that the two groups are of what they would be with others placed among them.
    """
    if not behind.total or not ahead.total:
        return NAN, NAN
    b, a = parts[0] / behind.total, parts[1] / ahead.total
    start, moves = behind.yes * b - ahead.yes * a, one * b - other * a
    return float(start + moves[moves < 0].sum()), float(start + moves[moves > 0].sum())


def _ratio_ends(behind: Rate, ahead: Rate, one: Floats, other: Floats) -> tuple[float, float]:
    """Least and most of the ratio of the two shares: the unknown schools split at one place in the order of their ratio.

    Infinite where the group ahead may have none at all while the other has some.
    """
    if not behind.total or not ahead.total:
        return NAN, NAN
    b, a = one / behind.total, other / ahead.total
    order = np.argsort(-np.arctan2(b, a), kind="stable")
    found = []
    for along in (order, order[::-1]):
        top = behind.yes / behind.total + np.concatenate([[0.0], np.cumsum(b[along])])
        bottom = ahead.yes / ahead.total + np.concatenate([[0.0], np.cumsum(a[along])])
        found += [
            t / u if u > 0 else math.inf for t, u in zip(top.tolist(), bottom.tolist(), strict=True) if t > 0 or u > 0
        ]
    return (min(found), max(found)) if found else (NAN, NAN)


def _wide(behind: Rate, ahead: Rate, loose: Rate, one: Floats, other: Floats) -> tuple[float, float]:
    """Outer bounds of the gap where those without a group go wherever they move it most."""
    if not behind.total or not ahead.total:
        return NAN, NAN
    with_it, without = loose.yes + loose.unknown, loose.no + loose.unknown
    b_up, a_up = behind.total / (behind.total + with_it), ahead.total / (ahead.total + without)
    b_down, a_down = behind.total / (behind.total + without), ahead.total / (ahead.total + with_it)
    low = _gap_ends(behind, ahead, one, other, (b_down, a_down))[0] - (1 - a_down)
    high = _gap_ends(behind, ahead, one, other, (b_up, a_up))[1] + (1 - b_up)
    return low, high
