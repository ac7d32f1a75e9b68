"""Monitor: what the dates of a series say of an area or a group of schools, and how far it is to the target.

Values come from the layer `series`. A date with too little reported is a gap; dates whose files hold another set of
schools do not compare, so a pace is told over the last run of dates that do, from enough of them, and with the range that
the unreported leave. Where somebody asks when, the answer is a range or nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pandas as pd

from geodata.declare import Indicator
from geodata.policy import Policy
from geodata.query import Desk

LAYER = "series"
# Facts followed for each school, by the indicator that they make: these can be told by group, of the same schools.
FACTS = {
    "internet": "has_internet",
    "internet_for_learners": "has_internet_for_learners",
    "electricity": "has_electricity",
}


@dataclass(frozen=True)
class Point:
    """One date: `at` in years (2026.25), value and bounds (NaN where not known), how many schools (or learners) reported."""

    date: str
    at: float
    value: float
    known: float
    unknown: float
    lower: float
    upper: float

    @property
    def reported(self) -> float:
        """Share that reported, 0 to 1."""
        whole = self.known + self.unknown
        return self.known / whole if whole else 0.0


@dataclass(frozen=True)
class Distance:
    """Where a share stands and how far it is to the target.

    Paces are in share a year: `needed` from where it stands now; `pace` so far (a straight line through the dates), with
    `slowest` and `fastest`: of any two dates in a row, and of the ends as far as the unreported could move them; over
    `since` to `until`. NaN where there are too few dates that compare (`dates` says how many).
    """

    target: float
    year: int
    now: Point
    needed: float
    pace: float
    slowest: float
    fastest: float
    since: str
    until: str
    dates: int
    left: float

    @property
    def told(self) -> bool:
        """Whether a pace can be told."""
        return bool(np.isfinite(self.pace))

    @property
    def then(self) -> tuple[float, float]:
        """Where the share would stand at the target year if the pace went on: least and most, within 0 and 1."""
        if not self.told:
            return float("nan"), float("nan")
        low, high = self.now.lower + self.slowest * self.left, self.now.upper + self.fastest * self.left
        return max(0.0, min(1.0, low)), max(0.0, min(1.0, high))


def year_of(date: str) -> float:
    """The end of a date's period as a year: "2024" → 2025.0, "2026-03-31" → 2026.246; NaN for what is no date."""
    try:
        period = pd.Period(date.strip())
    except ValueError:
        return float("nan")
    if not isinstance(period, pd.Period):
        return float("nan")
    day = period.end_time.date() + datetime.timedelta(days=1)
    start = datetime.date(day.year, 1, 1)
    return day.year + (day - start).days / (datetime.date(day.year + 1, 1, 1) - start).days


def followed(desk: Desk) -> list[str]:
    """Names of indicators that the series tells of any area and this tier may see, those of most dates first."""
    rows = _areas(desk)
    dates = rows.groupby("indicator")["date"].nunique()
    shown = [name for name in dates.index if name in desk.indicators and open_to(desk, desk.indicators[name])]
    return sorted(shown, key=lambda name: (-int(dates[name]), name))


def open_to(desk: Desk, indicator: Indicator, area: str = "") -> bool:
    """Whether a tier may see an indicator's series: of areas only where its numbers rest on nothing that is small.

    The series was made of everything that is known, so where small counts are hidden only shares of schools may be told
    below the whole place, and where schools are not shown one by one nothing is.
    """
    if not area or desk.places.levels.get(area) == 0:
        return True
    return desk.one_by_one and (desk.risk == "low" or desk.tier == "government" or not indicator.weight)


def points(desk: Desk, name: str, area: str = "") -> tuple[Point, ...]:
    """The dates of an indicator in an area (the whole place where none is named), oldest first."""
    if name not in desk.indicators or not open_to(desk, desk.indicators[name], area):
        return ()
    rows = _areas(desk)
    rows = rows[(rows["indicator"] == name) & (rows["area_id"] == (area or whole(desk)))]
    return _points(rows)


def below(desk: Desk, name: str, area: str = "") -> dict[str, tuple[Point, ...]]:
    """The same for each area right below, by area id; areas without a date are left out."""
    places = desk.places
    inside = [a for a, parent in places.parents.items() if parent == (area or whole(desk)) and places.levels[a]]
    if name not in desk.indicators or not inside or not open_to(desk, desk.indicators[name], inside[0]):
        return {}
    rows = _areas(desk)
    rows = rows[(rows["indicator"] == name) & rows["area_id"].isin(inside)]
    return {str(a): _points(some) for a, some in rows.groupby("area_id", sort=True)}


def by_group(desk: Desk, name: str, column: str, area: str = "") -> dict[str, tuple[Point, ...]]:
    """A followed fact by the groups of a column, over the schools that the register has today: where a date's file lacks a
    school, or it did not answer, it counts as not reported at that date."""
    fact = FACTS.get(name)
    if fact is None or not desk.one_by_one or fact not in desk.columns or column not in desk.columns:
        return {}
    rows = desk.atlas.read(LAYER)
    rows = rows[rows["school_id"].notna() & (rows["indicator"] == fact)]
    schools = pd.DataFrame(desk.schools[["school_id", column]]).dropna()
    if area and desk.places.column(area):
        schools = schools[(desk.schools[desk.places.column(area)[0]] == area).fillna(False).loc[schools.index]]
    table = rows.merge(schools, on="school_id")
    sizes = schools[column].value_counts()
    out: dict[str, tuple[Point, ...]] = {}
    for group, some in table.groupby(column, sort=True, observed=True):
        of = int(sizes[group])
        made = some.groupby("date")["value"].agg(["sum", "count"])
        out[str(group)] = tuple(_share(str(date), float(r["sum"]), int(r["count"]), of) for date, r in made.iterrows())
    return out


def _share(date: str, yes: float, known: int, of: int) -> Point:
    return Point(date, year_of(date), yes / known if known else float("nan"), known, of - known, yes / of, (yes + of - known) / of)  # fmt: skip


def whole(desk: Desk) -> str:
    """The id of the whole place in the series."""
    table = desk.places.table
    top = table.loc[table["level"] == 0, "area_id"]
    return str(top.iloc[0]) if len(top) else ""


@lru_cache(maxsize=8)
def _areas(desk: Desk) -> pd.DataFrame:
    if not desk.atlas.has(LAYER):
        return pd.DataFrame({c: [] for c in ("area_id", "indicator", "date", "value", "known", "unknown", "lower", "upper")})  # fmt: skip
    rows = desk.atlas.read(LAYER)
    return pd.DataFrame(rows[rows["area_id"].notna()]).reset_index(drop=True)


def _points(rows: pd.DataFrame) -> tuple[Point, ...]:
    columns = ("date", "value", "known", "unknown", "lower", "upper")
    made = [
        Point(str(date), year_of(str(date)), *(float(v) for v in rest))
        for date, *rest in rows.sort_values("date")[list(columns)].itertuples(index=False)
    ]
    return tuple(p for p in made if np.isfinite(p.at))


# --- what compares, and the way to the target ------------------------------------------------------------------------


def enough(point: Point, policy: Policy) -> bool:
    """Whether enough is reported at a date for a value to be shown."""
    return bool(np.isfinite(point.value)) and point.reported >= policy.number("headline_coverage_min")


def breaks(found: Sequence[Point], policy: Policy) -> list[int]:
    """Places in the list where the files hold another set of schools than at the date before."""
    most = policy.number("monitor_other_schools")
    sizes = [p.known + p.unknown for p in found]
    return [i for i in range(1, len(found)) if sizes[i - 1] > 0 and abs(sizes[i] / sizes[i - 1] - 1) > most]


def alike(found: Sequence[Point], policy: Policy) -> list[Point]:
    """The last run of dates that compare and report enough."""
    cut = breaks(found, policy)
    return [p for p in found[cut[-1] if cut else 0 :] if enough(p, policy)]


def distance(found: Sequence[Point], policy: Policy) -> Distance | None:
    """How far it is to the target from the last date that reports enough; None where none does."""
    told = [p for p in found if enough(p, policy)]
    if not told:
        return None
    now, run = told[-1], alike(found, policy)
    target, year = policy.number("monitor_target"), round(policy.number("monitor_year"))
    left = year + 1 - now.at
    needed = (target - now.value) / left if left > 0 else float("nan")
    pace = slowest = fastest = float("nan")
    if len(run) >= policy.number("monitor_dates_least") and run[-1] is now and run[-1].at > run[0].at:
        span = run[-1].at - run[0].at
        steps = [(b.value - a.value) / (b.at - a.at) for a, b in pairwise(run) if b.at > a.at]
        slope = float(np.polyfit([p.at for p in run], [p.value for p in run], 1)[0])
        pace = slope
        slowest = min(slope, *steps, (run[-1].lower - run[0].upper) / span)
        fastest = max(slope, *steps, (run[-1].upper - run[0].lower) / span)
    return Distance(target, year, now, needed, pace, slowest, fastest, run[0].date if run else now.date, now.date, len(run), max(left, 0.0))  # fmt: skip
