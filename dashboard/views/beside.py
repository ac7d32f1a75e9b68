"""Two areas side by side: the same indicators of both, with their bounds, and which differences what is reported makes sure.

A difference is sure where the two ranges that the unreported leave do not meet: whatever those schools would answer, it
stays. Everything else is said to be open. Why two areas differ is not known here, and not said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dashboard import findings, shows, words
from geodata.declare import Indicator
from geodata.query import Desk
from geodata.say import tr, trn, written
from geodata.view import View

# What is compared, in this order, as far as anything is known of it in either area.
COMPARED = ("learners_with_internet", "internet_for_learners", "internet", "meaningfully_connected", "covered_4g", "no_device", "electricity", "water", "sanitation", "accessible", "learners_per_computer", "teachers_trained")  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One indicator of both areas; `one` and `other` are None where an area has no school of the selection."""

    indicator: Indicator
    one: findings.Finding | None
    other: findings.Finding | None

    @property
    def share(self) -> bool:
        """Whether it is a share from 0 to 1, which can be drawn on one scale with others."""
        return self.indicator.rollup == "share" and shows.is_share(self.indicator)

    @property
    def difference(self) -> float:
        """The first less the second; NaN where either is not known."""
        if self.one is None or self.other is None:
            return float("nan")
        return self.one.value - self.other.value

    @property
    def sure(self) -> bool:
        """Whether the ranges do not meet."""
        if self.one is None or self.other is None or not np.isfinite(self.difference):
            return False
        (low, high), (low2, high2) = (sorted((f.lower, f.upper)) for f in (self.one, self.other))
        return bool(np.isfinite([low, high, low2, high2]).all() and (low > high2 or low2 > high))


def of_area(view: View, area: str) -> View:
    """The selection of the view in an area."""
    return replace(view.schools_only, area=area)


def lines(desk: Desk, view: View, areas: tuple[str, str]) -> list[Line]:
    """The indicators of both areas that anything is known of in either."""
    empty = [schools(desk, view, area) == 0 for area in areas]
    found = []
    for name in COMPARED:
        if name in desk.indicators:
            indicator = desk.indicators[name]
            both = [None if none else findings.finding(desk, of_area(view, area), indicator) for area, none in zip(areas, empty, strict=True)]  # fmt: skip
            if any(f is not None and np.isfinite(f.value) for f in both):
                found.append(Line(indicator, *both))
    return found


def schools(desk: Desk, view: View, area: str) -> int | None:
    """Schools of the selection in an area; None where they are too few to be told."""
    rolled = desk.areas(of_area(view, area), 0, desk_first(desk))
    number = rolled.iloc[0]["num_schools"] if len(rolled) else 0
    return None if words.unknown(number) else int(number)


def desk_first(desk: Desk) -> str:
    """An indicator that a roll-up may be asked with, where only the number of schools is wanted."""
    return next(name for name in COMPARED if name in desk.indicators)


def title(found: list[Line], names: tuple[str, str]) -> str:
    """The finding: the largest difference that is sure, or that none is."""
    sure = [line for line in found if line.share and line.sure]
    if not sure:
        return tr("What is reported does not tell {one} and {other} apart", one=names[0], other=names[1])
    most = max(sure, key=lambda line: abs(line.difference))
    assert most.one is not None
    assert most.other is not None
    return tr(
        "{indicator}: {first} in {one}, {second} in {other}",
        indicator=tr(most.indicator.title),
        first=words.of_ten(most.one.value), one=names[0], second=words.of_ten(most.other.value), other=names[1],
    )  # fmt: skip


def counted(found: list[Line]) -> str:
    """How many differences are sure."""
    sure = sum(line.sure for line in found)
    of = written(len(found))
    return trn("{n} of {of} differences is sure, whatever the schools that do not report would say.", "{n} of {of} differences are sure, whatever the schools that do not report would say.", sure, of=of)  # fmt: skip


def value_said(indicator: Indicator, found: findings.Finding | None) -> str:
    """A value with its range and what is not reported; in exact figures, for the table."""
    if found is None:
        return tr("no school")
    if not np.isfinite(found.value):
        return str(words.NOT_REPORTED)
    text = shows.say(indicator, found.value, unit=False)
    low, high = (shows.say(indicator, end, unit=False) for end in sorted((found.lower, found.upper)))
    parts = [tr("{low} to {high}", low=low, high=high)] if low != high and np.isfinite([found.lower, found.upper]).all() else []  # fmt: skip
    parts += [tr("{share} not reported", share=words.percent(found.unknown_share))] if found.unknown_share > 0 else []
    return f"{text} ({'; '.join(parts)})" if parts else text


def difference_said(line: Line, names: tuple[str, str]) -> str:
    """How far the two lie apart, and whether that is sure."""
    if not np.isfinite(line.difference):
        return tr("cannot be said")
    ahead = names[0] if line.difference > 0 else names[1]
    if shows.is_share(line.indicator):
        size = round(abs(line.difference) * 100)
        text = trn("{n} point more in {area}", "{n} points more in {area}", size, area=ahead) if size else tr("none")
    else:
        text = tr("{size} more in {area}", size=words.exact(abs(line.difference), 1), area=ahead)
    return text if line.sure else tr("{text}; not sure", text=text)


def rows(found: list[Line], names: tuple[str, str]) -> list[tuple[str, str, str, str]]:
    """The table: what, the first area, the second, the difference."""
    return [
        (
            tr("{title} ({unit})", title=tr(line.indicator.title), unit=tr(line.indicator.unit)),
            value_said(line.indicator, line.one),
            value_said(line.indicator, line.other),
            difference_said(line, names),
        )
        for line in found
    ]


def table(found: list[Line], areas: tuple[str, str]) -> list[dict[str, object]]:
    """The same in figures for a file: one row an indicator and area; shares from 0 to 1, unknown empty."""
    out: list[dict[str, object]] = []
    for line in found:
        for area, one in zip(areas, (line.one, line.other), strict=True):
            numbers = [None] * 4 if one is None else [one.value, one.lower, one.upper, one.unknown_share]
            held = [None if n is None or not np.isfinite(n) else round(float(n), 6) for n in numbers]
            out.append({"indicator": line.indicator.name, "title": line.indicator.title, "unit": line.indicator.unit, "area_id": area, **dict(zip(("value", "lower", "upper", "not_reported_share"), held, strict=True)), "sure": line.sure})  # fmt: skip
    return out
