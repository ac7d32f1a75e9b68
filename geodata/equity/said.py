"""How the audit says numbers: shares, points, indices and their ranges. Plain text, without a screen."""

from __future__ import annotations

import math

from geodata.equity.parity import Range
from geodata.say import later, per_cent, tr, trn, written

UNKNOWN = later("not known")


def percent(share: float) -> str:
    """ "86 %"; never rounded to 0 or 100 unless it is so."""
    if math.isnan(share):
        return tr(UNKNOWN)
    if 0 < share < 0.01:
        return tr("under 1 %")
    return tr("over 99 %") if 0.99 < share < 1 else per_cent(written(round(share * 100)))


def points(gap: float, *, sign: bool = True) -> str:
    """A difference of shares in percentage points: "−12.3 points"."""
    if math.isnan(gap):
        return tr(UNKNOWN)
    return tr("{number} points", number=pointed(gap, sign=sign))


def pointed(gap: float, *, sign: bool = True) -> str:
    """The same without its unit, for the first end of a range: "−12.3"."""
    if math.isnan(gap):
        return tr(UNKNOWN)
    zero = f"{abs(gap) * 100:.1f}" == "0.0"
    minus = "" if zero else "−" if gap < 0 else "+" if sign and gap > 0 else ""
    return minus + written(abs(gap) * 100, 1)


def index(value: float, digits: int = 2) -> str:
    """A ratio or an index with two decimals and a true minus."""
    if math.isnan(value):
        return tr(UNKNOWN)
    text = written(value, digits, grouped=False)
    return text.replace("-", "−") if round(value, digits) else text.replace("-", "")


def between(span: Range, say: object = index) -> str:
    """ "0.31 to 0.58"; empty where the ends are the same, or not known."""
    if math.isnan(span.lower) or math.isnan(span.upper):
        return ""
    low, high = (say(end) for end in (span.lower, span.upper))  # type: ignore[operator]
    return "" if low == high else tr("{low} to {high}", low=low, high=high)


def count(number: float, one: str) -> str:
    """ "1,204 learners"; "1 learner"."""
    return trn(f"{{n}} {one}", f"{{n}} {one}s", round(number))
