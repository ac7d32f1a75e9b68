"""What the map can show: each declared indicator, as marks for schools and as colours for areas.

A yes/no indicator gives the four states of the visual language (● yes, ▲ partly, ■ no, ○ not reported), anything
counted or measured a ramp of six steps. The class of a school is a small integer: 0 is always "not reported".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from dashboard import words
from geodata.declare import Indicator
from geodata.errors import ViewError
from geodata.query import Desk
from geodata.say import remembered, tr
from geodata.suppress import rounded
from geodata.view import View

RAMP = ("#F6E8C9", "#EBC48A", "#DE9458", "#C4583E", "#952B3B", "#5C1436")
CONNECTED, PARTLY, NOT_CONNECTED, NOT_REPORTED = "#1565A8", "#BF7600", "#9B1C1C", "#83888F"
LADDER = (
    "internet_for_learners",
    "learners_with_internet",
)  # told by four states: partly means too slow or not for learners
SHARE_BREAKS = (0.10, 0.25, 0.50, 0.75, 0.90)
TOO_FEW = 0.5  # an area with a smaller share of its schools reported is hatched, not coloured
AREA_TOO_FEW, AREA_NONE = -1, -2


@dataclass(frozen=True)
class Mark:
    """One class of schools: its mark and what it means."""

    label: str
    colour: str
    shape: str


def default(desk: Desk) -> str:
    """The indicator that a first visit shows: internet for learners, even where no school reports it, which is news too."""
    if LADDER[0] in desk.indicators:
        return LADDER[0]
    return next((i.name for i in desk.indicators.values() if i.rollup != "none"), "")


def shown(desk: Desk, view: View) -> Indicator:
    """The indicator that a view shows; raises ViewError where there is none of that name."""
    name = view.shown("show") or default(desk)
    if name not in desk.indicators:
        raise ViewError(
            tr(
                "show={name} names nothing that can be shown here. It may be one of: {indicators}.",
                name=name,
                indicators=", ".join(desk.indicators),
            )
        )
    return desk.indicators[name]


def values(desk: Desk, indicator: Indicator, view: View) -> pd.Series:
    """The indicator of every school of the country under the view's policy, on the schools' index."""
    return _values(desk, indicator.name, view.policy)


@remembered(maxsize=24)
def _values(desk: Desk, name: str, policy: tuple[tuple[str, float | str], ...]) -> pd.Series:
    full = View(policy=policy).policy_over(desk.policy)
    indicator, derived = desk.indicators[name], desk.derived(full)
    needed = {c: derived[c] if c in derived else desk.schools[c] for c in indicator.inputs}
    return indicator.of(pd.DataFrame(needed), full)


def yes_no(desk: Desk, indicator: Indicator) -> bool:
    """Whether the indicator is a yes or no of a school."""
    return str(values(desk, indicator, View()).dtype) in ("boolean", "bool") or indicator.rollup == "share"


def marks(desk: Desk, indicator: Indicator) -> list[Mark]:
    """The classes of schools in their order, "not reported" first (drawn lowest)."""
    unknown = Mark(tr("Not reported"), NOT_REPORTED, "ring")
    if indicator.name in LADDER:
        return [
            unknown,
            Mark(tr("Internet for learners"), CONNECTED, "dot"),
            Mark(tr("Connected, but too slow or not for learners"), PARTLY, "triangle"),
            Mark(tr("Not connected"), NOT_CONNECTED, "square"),
        ]
    if yes_no(desk, indicator):
        good, bad = (tr("Yes"), "No") if indicator.higher_is != "worse" else ("No", tr("Yes"))
        return [
            unknown,
            Mark(f"{good}: {tr(indicator.title)}", CONNECTED, "dot"),
            Mark(f"{bad}: {tr(indicator.title)}", NOT_CONNECTED, "square"),
        ]
    return [
        unknown,
        *(
            Mark(text, colour, "dot")
            for text, colour in zip(
                steps(breaks(desk, indicator), share=is_share(indicator)), ramp(indicator), strict=True
            )
        ),
    ]


def is_share(indicator: Indicator) -> bool:
    """Whether its values are shares, said as per cent."""
    return indicator.rollup == "share" or indicator.unit.startswith("share")


def ramp(indicator: Indicator) -> tuple[str, ...]:
    """The six colours in the order of rising values: dark is always the greater need."""
    return RAMP[::-1] if indicator.higher_is == "better" else RAMP


@remembered(maxsize=64)
def _breaks(desk: Desk, name: str) -> tuple[float, ...]:
    known = _values(desk, name, ()).dropna().astype(float).to_numpy()
    return nice_breaks(known)


def breaks(desk: Desk, indicator: Indicator) -> tuple[float, ...]:
    """Five limits between six steps; from the whole country under its own policy, so that a filter moves no colour."""
    return SHARE_BREAKS if is_share(indicator) else _breaks(desk, indicator.name)


def nice_breaks(known: np.ndarray) -> tuple[float, ...]:
    """Five rising limits in round numbers: near the sixths of the known values, or even steps where many values are the same."""
    known = known[np.isfinite(known)]
    if not known.size:
        return (0.0, 1.0, 2.0, 3.0, 4.0)
    raw = np.quantile(known, np.arange(1, 6) / 6)
    for figures in (1, 2):
        limits = tuple(float(f"{limit:.{figures}g}") for limit in raw)
        if len(set(limits)) == len(limits) and known.min() < limits[0] and limits[-1] <= known.max():
            return limits
    return _even_breaks(float(known.min()), float(np.quantile(known, 0.98)), float(known.max()))


def _even_breaks(low: float, high: float, most: float) -> tuple[float, ...]:
    """Five limits, 1, 2, 2.5 or 5 times a power of ten apart, between `low` and about `high`.

    The widest such steps whose last limit some value reaches (`most`), so that no legend ends with an empty class.
    """
    rough = (high - low) / 6 if high > low else 1.0
    power = 10.0 ** np.floor(np.log10(rough))
    widths = [power * n for n in (1, 2, 2.5, 5, 10)]
    widest = next(i for i, width in enumerate(widths) if width >= rough * 0.999)
    for step in [*widths[widest::-1], power / 2]:
        first = np.floor(low / step) * step + step
        if first + 4 * step <= most + step * 1e-9:
            break
    return tuple(float(f"{first + n * step:.6g}") for n in range(5))


def steps(limits: Sequence[float], *, share: bool) -> list[str]:
    """The six steps in words, without the unit."""
    say = (lambda v: f"{v * 100:.0f} %") if share else (lambda v: f"{v:,.10g}")
    middle = [tr("{a} to {b}", a=say(a), b=say(b)) for a, b in pairwise(limits)]
    return [tr("under {limits}", limits=say(limits[0])), *middle, tr("{limits} and more", limits=say(limits[-1]))]


def short_steps(limits: Sequence[float], *, share: bool) -> list[str]:
    """The six steps as a legend says them whose unit stands beside it: "under 10", "10–25", "90 and more"."""
    say = (lambda v: f"{v * 100:.0f}") if share else (lambda v: f"{v:,.10g}")
    middle = [f"{say(a)}–{say(b)}" for a, b in pairwise(limits)]
    return [tr("under {limits}", limits=say(limits[0])), *middle, tr("{limits} and more", limits=say(limits[-1]))]


def share_breaks(known: np.ndarray) -> tuple[float, ...]:
    """Limits for shares of areas: those of `SHARE_BREAKS`, or steps of five or ten per cent where all lie close together.

    Never finer than five per cent, so that a difference of nothing does not become one of colour.
    """
    known = known[np.isfinite(known)]
    if not known.size:
        return SHARE_BREAKS
    low, high = np.quantile(known, (0.05, 0.95))
    for step in (5, 10):
        first = int(np.floor(low * 100 / step)) * step + step
        if first + 4 * step >= high * 100 - step and first + 4 * step < 100:
            return tuple((first + n * step) / 100 for n in range(5))
    return SHARE_BREAKS


def step_of(numbers: np.ndarray, limits: Sequence[float]) -> np.ndarray:
    """0 to 5 for each number, −1 for NaN."""
    return np.where(
        np.isnan(numbers), -1, np.searchsorted(np.asarray(limits), np.nan_to_num(numbers), side="right")
    ).astype(np.int64)


@remembered(maxsize=32)
def classes(desk: Desk, name: str, policy: tuple[tuple[str, float | str], ...]) -> np.ndarray:
    """The class of every school of the country (index into `marks`), under policy changes of a view."""
    indicator = desk.indicators[name]
    known = _values(desk, name, policy)
    if name in LADDER:
        return _connection(desk, known, policy)
    if yes_no(desk, indicator):
        good = known.astype("boolean") if indicator.higher_is != "worse" else ~known.astype("boolean")
        return np.select([_is(good, True), _is(good, False)], [1, 2], 0)
    return step_of(known.to_numpy(dtype=float, na_value=np.nan), breaks(desk, indicator)) + 1


def _connection(desk: Desk, learners: pd.Series, policy: tuple[tuple[str, float | str], ...]) -> np.ndarray:
    """1 for learners and fast enough as far as known, 2 connected but not for learners or too slow, 3 not connected."""
    derived = desk.derived(View(policy=policy).policy_over(desk.policy))
    any_line = desk.schools["has_internet"]
    slow = derived["bandwidth_gap_mbps"].to_numpy(dtype=float, na_value=np.nan) > 0
    for_learners, not_for, line, no_line = (
        _is(learners, True),
        _is(learners, False),
        _is(any_line, True),
        _is(any_line, False),
    )
    partly = (for_learners & slow) | (not_for & line)
    return np.select([partly, for_learners, not_for | no_line], [2, 1, 3], 0)


def _is(series: pd.Series, value: bool) -> np.ndarray:
    return (series.astype("boolean") == value).fillna(False).to_numpy(dtype=bool)


def say(indicator: Indicator, value: Any, *, unit: bool = True) -> str:
    """A value of the indicator, with its unit or (in a table that names it) without."""
    if words.unknown(value):
        return words.NOT_REPORTED
    value = float(value)
    if is_share(indicator):
        return words.percent(value)
    number = f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"
    unit_said = (
        tr("on a scale of {unit}", unit=indicator.unit) if indicator.unit.startswith(tr("0 to ")) else indicator.unit
    )
    return f"{number} {unit_said}".strip() if unit else number


def counts(desk: Desk, indicator: Indicator, view: View, positions: np.ndarray) -> list[int]:
    """Schools of a selection in each class, in the order of `marks`; to the nearest 5 where none stands by itself."""
    found = classes(desk, indicator.name, view.policy)[positions]
    every: list[int] = np.bincount(found, minlength=len(marks(desk, indicator))).tolist()
    return every if desk.one_by_one else [rounded(count) for count in every]
