"""How a brief says numbers: rounded in words with ranges in sentences, exact in tables, one text for all formats."""

from __future__ import annotations

import math
from typing import Any

from geodata.say import percent, tr, trn, written

TEN = 10


def unknown(value: Any) -> bool:
    """Whether a number is not known."""
    try:
        return not math.isfinite(float(value))
    except (TypeError, ValueError):
        return True


def not_reported() -> str:
    """What stands where nothing is known."""
    return tr("not reported")


def too_few() -> str:
    """What stands where a number would tell of a few."""
    return tr("too few to show")


def of_ten(share: float) -> str:
    """A share in words: "6 of 10", of 100 or 1,000 where ten is too coarse; never "0 of" or "all of" unless it is so."""
    share = min(1.0, max(0.0, float(share)))
    if share in (0.0, 1.0):
        return tr("{near} of {base}", near=written(share * TEN), base=written(TEN))
    for base in (TEN, 100, 1000):
        near = round(share * base)
        if 0 < near < base:
            return tr("{near} of {base}", near=written(near), base=written(base))
    few = tr("fewer than {near} of {base}", near=written(1), base=written(1000))
    return few if share < 1 / 2 else tr("more than {near} of {base}", near=written(999), base=written(1000))


def share_said(share: float) -> str:
    """A share for a table: "86 %"; never rounded to 0 or 100 unless it is so."""
    if unknown(share):
        return not_reported()
    if 0 < share < 0.01:
        return tr("under {percent}", percent=percent(0.01))
    return tr("over {percent}", percent=percent(0.99)) if 0.99 < share < 1 else percent(share)


def wide(low: float, high: float) -> bool:
    """Whether bounds say something that the value alone does not: two percentage points or more."""
    return not unknown(low) and not unknown(high) and high - low >= 0.02


def between(low: float, high: float) -> str:
    """Bounds of a share in words; empty where they meet, or are not known."""
    if unknown(low) or unknown(high) or round(low * 100) == round(high * 100):
        return ""
    return tr("{low} to {high}", low=share_said(max(0.0, low)), high=share_said(min(1.0, high)))


def rounded(value: float, figures: int = 2) -> str:
    """A number for a sentence: two significant figures; counts below 100 stay exact."""
    if unknown(value):
        return not_reported()
    number = float(value)
    if number == 0 or (number == int(number) and abs(number) < 100):
        return written(number)
    shift = figures - 1 - math.floor(math.log10(abs(number)))
    return written(round(number, shift), max(0, shift))


def exact(value: float, digits: int = 0) -> str:
    """A number for a table."""
    return not_reported() if unknown(value) else written(round(float(value), digits) + 0.0, digits)


def count(number: float, unit: str) -> str:
    """Learners or schools with their noun."""
    if unknown(number):
        return not_reported()
    n = round(number)
    return learners(n) if unit == "learners" else schools(n)


def schools(number: float) -> str:
    """ "1 school", "1,204 schools"."""
    return trn("{n} school", "{n} schools", round(number))


def learners(number: float) -> str:
    """ "1 learner", "1,204 learners"."""
    return trn("{n} learner", "{n} learners", round(number))


def about_learners(number: float, figures: int = 2) -> str:
    """Learners for a sentence, in two figures: "84,000 learners"."""
    near = round(number)
    if near >= 100:
        near = round(near, figures - 1 - math.floor(math.log10(near)))
    return trn("{n} learner", "{n} learners", near)


def money(amount: float, currency: str) -> str:
    """An amount for a sentence, in three figures: "2.1 million USD"."""
    if unknown(amount):
        return not_reported()
    size = abs(float(amount))
    for step, say in ((1e9, _billions), (1e6, _millions)):
        if size >= step * 0.9995:
            parts = float(f"{amount / step:.3g}")
            digits = next(d for d in (0, 1, 2) if round(parts, d) == parts)
            return say(written(parts, digits), currency)
    near = round(float(amount), -3) if size >= 1e5 else round(float(amount), -2 if size >= 1e3 else 0)
    return tr("{amount} {currency}", amount=written(near), currency=currency)


def _billions(amount: str, currency: str) -> str:
    return tr("{amount} billion {currency}", amount=amount, currency=currency)


def _millions(amount: str, currency: str) -> str:
    return tr("{amount} million {currency}", amount=amount, currency=currency)


def rank_band(low: Any, high: Any, rank: Any) -> str:
    """The band of ranks of a school in words: "3 to 7"; the rank alone where no band is known."""
    if unknown(low) or unknown(high):
        return not_reported() if unknown(rank) else written(float(rank))
    if int(low) == int(high):
        return written(int(low))
    return tr("{low} to {high}", low=written(int(low)), high=written(int(high)))


def capital(text: str) -> str:
    """With a capital at the start."""
    return text[:1].upper() + text[1:]
