"""Parity between two groups: point gap, parity index and its adjusted form, each with what the unknown could change.

The point gap stands beside every index, because a ratio explodes where both shares are low (methods 5.1).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

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
    """Yes, no and not reported of a group, in learners or schools."""

    yes: float
    no: float
    unknown: float = 0.0

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
        return Range(self.yes / known if known else NAN, self.yes / self.total, (self.yes + self.unknown) / self.total)


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


def between(behind: Rate, ahead: Rate, names: tuple[str, str], loose: Rate | None = None) -> Between:
    """Two groups compared; `loose` are those whose group is not reported, and who may belong to either.

    Sources: UIS metadata of SDG indicator 4.5.1 for the index and its adjusted form; bounds as in methods 1.6.
    """
    b, a = behind.share, ahead.share
    points = Range(b.value - a.value, b.lower - a.upper, b.upper - a.lower)
    ratio = Range(*(float(parity_index(top, bottom)) for top, bottom in _ends(b, a)))
    adjusted = Range(*(float(adjusted_parity_index(top, bottom)) for top, bottom in _ends(b, a)))
    return Between(
        *names,
        points=points,
        ratio=ratio,
        adjusted=adjusted,
        if_no=b.lower - a.lower,
        if_yes=b.upper - a.upper,
        wide=_wide(behind, ahead, loose or Rate(0, 0)),
    )


def _ends(b: Range, a: Range) -> tuple[tuple[float, float], ...]:
    return (b.value, a.value), (b.lower, a.upper), (b.upper, a.lower)


def _wide(behind: Rate, ahead: Rate, loose: Rate) -> tuple[float, float]:
    """Outer bounds of the gap where those without a group go wherever they move it most."""
    may_be_yes, may_be_no = loose.yes + loose.unknown, loose.no + loose.unknown

    def least(rate: Rate) -> float:
        total = rate.total + may_be_no
        return rate.yes / total if total else NAN

    def most(rate: Rate) -> float:
        total = rate.total + may_be_yes
        return (rate.yes + rate.unknown + may_be_yes) / total if total else NAN

    low, high = least(behind) - most(ahead), most(behind) - least(ahead)
    return (low, high) if not math.isnan(low) else (NAN, NAN)
