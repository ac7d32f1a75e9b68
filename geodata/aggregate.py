"""From schools to areas: each number with what is known, what is not reported, and its bounds (methods 1.6).

Shares are of the schools that operate and for which it is known; schools that do not operate are counted apart.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.arrays import Codes, Floats, any_known, number
from geodata.declare import Indicator, found
from geodata.derive import derive
from geodata.fields import FIELDS
from geodata.policy import POLICY, Policy
from geodata.priority import operating

Headline = Literal["none", "with_bounds", "plain"]
PARTS = ("", "_known", "_unknown", "_lower", "_upper")


@dataclass(frozen=True)
class _Groups:
    """Schools that count, each with the number of its group."""

    code: Codes
    size: int

    def total(self, values: Floats | None = None, where: npt.NDArray[np.bool_] | None = None) -> Floats:
        """Sum (or count) by group, over the rows of `where`."""
        code = self.code if where is None else self.code[where]
        weights = values if values is None or where is None else values[where]
        return np.bincount(code, weights=weights, minlength=self.size).astype(np.float64)


def indicators() -> dict[str, Indicator]:
    """Every declared indicator that rolls up, by name, in order."""
    return {n: i for n, i in found(Indicator, "geodata.indicators").items() if i.rollup != "none"}


def columns_of(indicator: Indicator) -> frozenset[str]:
    """Every column that `roll_up` and `assisted` read of an indicator."""
    own = (
        indicator.numerator,
        indicator.denominator,
        indicator.weight,
        indicator.among,
        indicator.largest,
        indicator.predicted,
    )
    learners = ("num_students", "num_students_girls", "num_students_boys")
    return frozenset({*indicator.inputs, *indicator.needs, *own, *learners, "school_status", "list"} - {""})


def roll_up(
    schools: pd.DataFrame,
    by: pd.Series,
    policy: Policy = POLICY,
    indicators: Mapping[str, Indicator] | list[str] | None = None,
) -> pd.DataFrame:
    """Indicators by group. `schools` has its derived columns (else they are derived here, as of a whole place).

    Index: the values of `by`, sorted; schools without a group are left out. Columns: `num_schools` (operating),
    `num_schools_not_open`, and for each indicator `<name>` (of the known), `<name>_known` and `<name>_unknown` (schools,
    or learners where it is learner-weighted), `<name>_lower` and `<name>_upper` (what it would be if every unknown were
    least or most; NaN where there is no bound). A learner-weighted number is NaN, its bounds 0 and 1, where fewer schools
    than `headline_coverage_min` report their learners. known + unknown = num_schools, but for weighted and restricted ones.
    """
    if "list" not in schools or bool(schools["list"].isna().any()):  # every derived place has a list for each school
        schools = schools.assign(**derive(schools, policy))
    chosen = _chosen(indicators)
    codes, names = pd.factorize(by, sort=True)
    inside, counts = codes >= 0, operating(schools["school_status"])
    everyone = _Groups(codes[inside].astype(np.int64), len(names))
    here = inside & counts
    groups = _Groups(codes[here].astype(np.int64), len(names))
    num_schools = groups.total()
    out: dict[str, Floats] = {}
    for indicator in chosen.values():
        values = number(indicator.of(schools, policy))[here]
        parts = _ROLLUPS[indicator.rollup](indicator, values, schools, here, groups)
        if indicator.weight:
            parts = _weighed(parts, np.isnan(weights(schools, indicator.weight)[here]), groups, policy)
        out.update({indicator.name + suffix: part for suffix, part in zip(PARTS, parts, strict=True)})
    counted = {
        "num_schools": num_schools.astype(np.int64),
        "num_schools_not_open": (everyone.total() - num_schools).astype(np.int64),
    }
    return pd.DataFrame({**counted, **out}, index=pd.Index(names, name=by.name))


def _chosen(wanted: Mapping[str, Indicator] | list[str] | None) -> dict[str, Indicator]:
    every = indicators()
    if wanted is None:
        return every
    return dict(wanted) if isinstance(wanted, Mapping) else {name: every[name] for name in wanted}


def weights(schools: pd.DataFrame, column: str) -> Floats:
    """A column as weights. Boys are the learners who are not girls where they are not reported themselves."""
    values = number(schools[column])
    if column == "num_students_boys":
        rest = number(schools["num_students"]) - number(schools["num_students_girls"])
        values = np.where(np.isnan(values), np.where(rest >= 0, rest, np.nan), values)
    return values


def _divide(top: Floats, bottom: Floats) -> Floats:
    out: Floats = np.divide(top, bottom, out=np.full(bottom.shape, np.nan), where=bottom > 0)
    return out


def _weighed(parts: tuple[Floats, ...], lost: npt.NDArray[np.bool_], groups: _Groups, policy: Policy) -> tuple[Floats, ...]:  # fmt: skip
    """The parts of a weighted number, without its value where too few schools report their weight (`lost`: do not).

    One school of five hundred that reports its learners would speak for all of them: its share is then anything.
    """
    value, told, unknown, lower, upper = parts
    few = groups.total(where=~lost) < policy.number("headline_coverage_min") * groups.total()
    bounded = few & ~np.isnan(lower)
    return np.where(few, np.nan, value), told, unknown, np.where(bounded, 0.0, lower), np.where(bounded, 1.0, upper)


def _share(
    indicator: Indicator, values: Floats, schools: pd.DataFrame, here: npt.NDArray[np.bool_], groups: _Groups
) -> tuple[Floats, ...]:
    """Known share y/(y+n), with bounds y/N and (y+u)/N; schools whose weight is unknown weigh nothing."""
    weight = np.nan_to_num(weights(schools, indicator.weight)[here]) if indicator.weight else np.ones_like(values)
    known = ~np.isnan(values)
    yes, told, all_ = groups.total(np.nan_to_num(values) * weight), groups.total(weight, known), groups.total(weight)
    unknown = groups.total(weight, ~known)
    one_sided = any(not any_known(schools[name]) for name in indicator.needs)
    share = np.full(groups.size, np.nan) if one_sided else _divide(yes, told)
    return share, told, unknown, _divide(yes, all_), _divide(yes + unknown, all_)


def _ratio(
    indicator: Indicator, values: Floats, schools: pd.DataFrame, here: npt.NDArray[np.bool_], groups: _Groups
) -> tuple[Floats, ...]:
    """Ratio of sums over one set of schools: those where both sides are known; it has no bounds."""
    top, bottom = (weights(schools, c)[here] for c in (indicator.numerator, indicator.denominator))
    known = ~np.isnan(top) & ~np.isnan(bottom)
    counted = np.ones_like(known)
    if indicator.among:
        among = number(schools[indicator.among])[here]
        counted = ~(among == 0)
        known &= among > 0
    weight = np.nan_to_num(weights(schools, indicator.weight)[here]) if indicator.weight else np.ones_like(top)
    ratio = _divide(groups.total(top, known), groups.total(bottom, known))
    nothing = np.full(groups.size, np.nan)
    return ratio, groups.total(weight, known), groups.total(weight, counted & ~known), nothing, nothing


def _sum(
    indicator: Indicator, values: Floats, schools: pd.DataFrame, here: npt.NDArray[np.bool_], groups: _Groups
) -> tuple[Floats, ...]:
    """Sum of the known; at most with the largest that each unknown could be. NaN where nothing is known."""
    known = ~np.isnan(values)
    told, unknown = groups.total(where=known), groups.total(where=~known)
    total = groups.total(np.nan_to_num(values))
    most = number(schools[indicator.largest])[here] if indicator.largest else np.full_like(values, np.nan)
    extra = groups.total(np.nan_to_num(most), ~known)
    unbounded = groups.total(where=~known & np.isnan(most)) > 0
    return np.where(told > 0, total, np.nan), told, unknown, total, np.where(unbounded, np.nan, total + extra)


def _mean(
    indicator: Indicator, values: Floats, schools: pd.DataFrame, here: npt.NDArray[np.bool_], groups: _Groups
) -> tuple[Floats, ...]:
    """Mean of the known; bounds where the column itself has a least and a most value."""
    known = ~np.isnan(values)
    total, told, unknown, all_ = (
        groups.total(np.nan_to_num(values)),
        groups.total(where=known),
        groups.total(where=~known),
        groups.total(),
    )
    field = FIELDS.get(indicator.inputs[0]) if len(indicator.inputs) == 1 else None
    if (
        field is None
        or field.minimum is None
        or field.maximum is None
        or not (field.kind == "share" or " to " in field.unit)
    ):
        nothing = np.full(groups.size, np.nan)
        return _divide(total, told), told, unknown, nothing, nothing
    lower, upper = (_divide(total + unknown * end, all_) for end in (field.minimum, field.maximum))
    return _divide(total, told), told, unknown, lower, upper


_ROLLUPS = {"share": _share, "ratio_of_sums": _ratio, "sum": _sum, "mean": _mean}


# --- what may be said of a number ---------------------------------------------------------------------------------


def coverage(known: float, unknown: float) -> float:
    """Share that is known, of all; 0 where there is nothing."""
    return known / (known + unknown) if known + unknown > 0 else 0.0


def headline(known: float, unknown: float, policy: Policy = POLICY) -> Headline:
    """Whether a number may stand as a headline: none below half known, with its bounds to 80 %, plain above."""
    share = coverage(known, unknown)
    if share < policy.number("headline_coverage_min"):
        return "none"
    return "plain" if share > policy.number("headline_coverage_full") else "with_bounds"


def model_assisted(yes: float, chances: Floats) -> tuple[float, float]:
    """Expected count and its standard deviation, with a chance for each unknown school (methods 1.6, E7.4)."""
    return float(yes + chances.sum()), float(np.sqrt((chances * (1 - chances)).sum()))


def assisted(schools: pd.DataFrame, by: pd.Series, indicator: Indicator, policy: Policy = POLICY) -> pd.DataFrame:
    """The share with a model's chances in place of the unknown, by group (methods 1.6; E7.4).

    Columns: `assisted` (y + Σp) ÷ n over the schools that are known or have a chance, `assisted_sd` its standard
    deviation, `assisted_left_out` the unknown (schools, or learners) without a chance. All NaN where the indicator has
    no column of chances, or that column holds none. A chance never stands in the value of the known.
    """
    names = ["assisted", "assisted_sd", "assisted_left_out"]
    keys = pd.Index(sorted(by.dropna().unique()), name=by.name)
    if indicator.rollup != "share" or indicator.predicted not in schools or not any_known(schools[indicator.predicted]):
        return pd.DataFrame(np.nan, index=keys, columns=names)
    codes, found_keys = pd.factorize(by, sort=True)
    here = (codes >= 0) & operating(schools["school_status"])
    groups = _Groups(codes[here].astype(np.int64), len(found_keys))
    values, chance = number(indicator.of(schools, policy))[here], number(schools[indicator.predicted])[here]
    weight = np.nan_to_num(weights(schools, indicator.weight)[here]) if indicator.weight else np.ones_like(values)
    asked = np.isnan(values)
    lost, guessed = asked & np.isnan(chance), asked & ~np.isnan(chance)
    expected = groups.total(np.where(asked, np.nan_to_num(chance), values) * weight)
    spread = np.sqrt(groups.total(np.where(guessed, weight**2 * chance * (1 - chance), 0.0)))
    counted, left = groups.total(weight, ~lost), groups.total(weight, lost)
    parts = {"assisted": _divide(expected, counted), "assisted_sd": _divide(spread, counted), "assisted_left_out": left}
    return pd.DataFrame(parts, index=pd.Index(found_keys, name=by.name))


def stale(
    as_of: str, kind: Literal["connectivity", "devices", "electricity"], today: datetime.date, policy: Policy = POLICY
) -> bool | None:
    """Whether a date ("2021", "2021-05", "2021-05-03") is older than the policy allows; None where there is no date.

    A year or month alone counts from its last day: nothing is called stale that may not be.
    """
    try:
        said = pd.Period(str(as_of).strip())
    except ValueError:
        return None
    if not isinstance(said, pd.Period):
        return None
    return (today - said.end_time.date()).days > policy.number(f"stale_{kind}_years") * 365.25
