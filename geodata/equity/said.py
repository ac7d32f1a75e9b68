"""How the audit says numbers: shares, points, indices and their ranges. Plain text, without a screen."""

from __future__ import annotations

import math

from geodata.equity.parity import Range
from geodata.say import later, tr

UNKNOWN = later("not known")


def percent(share: float) -> str:
    """ "86 %"; never rounded to 0 or 100 unless it is so."""
    if math.isnan(share):
        return UNKNOWN
    if 0 < share < 0.01:
        return tr("under 1 %")
    return tr("over 99 %") if 0.99 < share < 1 else f"{round(share * 100)} %"


def points(gap: float, *, sign: bool = True) -> str:
    """A difference of shares in percentage points: "−12.3 points"."""
    if math.isnan(gap):
        return UNKNOWN
    number = f"{abs(gap) * 100:.1f}"
    minus = "−" if gap < 0 and number != "0.0" else "+" if sign and gap > 0 and number != "0.0" else ""
    return tr("{minus}{number} points", minus=minus, number=number)


def index(value: float, digits: int = 2) -> str:
    """A ratio or an index with two decimals and a true minus."""
    if math.isnan(value):
        return UNKNOWN
    text = f"{value:.{digits}f}"
    return text.replace("-", "−") if float(text) else text.replace("-", "")


def between(span: Range, say: object = index) -> str:
    """ "0.31 to 0.58"; empty where the ends are the same, or not known."""
    if math.isnan(span.lower) or math.isnan(span.upper):
        return ""
    low, high = (say(end) for end in (span.lower, span.upper))  # type: ignore[operator]
    return "" if low == high else tr("{low} to {high}", low=low, high=high)


def count(number: float, one: str) -> str:
    """ "1,204 learners"; "1 learner"."""
    return f"{number:,.0f} {one if round(number) == 1 else one + 's'}"
