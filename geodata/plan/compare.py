"""Plans side by side: whom each reaches, what each costs, how far they choose the same schools, and which is beaten.

    compared = compare([Side("Cabinet", plan), Side("Donors", other)])

Nothing here solves anything; it counts what plans hold, frozen ones as well as new ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from geodata.plan.measures import Figures, Side, by_year, measures, people_of, regions, ways
from geodata.plan.result import Plan
from geodata.say import in_english, tr, written

# What makes two plans' money incomparable, beside prices and currency.
MONEY_NUMBERS = ("plan_perspective", "plan_horizon_years", "plan_discount_rate", "plan_contingency_share", "plan_tax_share")  # fmt: skip
NEAR = 1e-6


@dataclass(frozen=True)
class Comparison:
    """`measures`: one row a measure (measure, unit, then one column a plan; NaN is unknown). `overlap`: one row a pair
    (one, other, both, only_one, only_other, share: both among those in either). `by_year`, `ways`, `regions`: what, unit,
    one column a plan. `only`: schools that are in one of a pair and not in the other, with both reasons. `beaten`: name of
    a plan → names of those that reach no fewer and cost no more. `notes`: what cannot be compared."""

    names: tuple[str, ...]
    measures: pd.DataFrame
    overlap: pd.DataFrame
    by_year: pd.DataFrame
    ways: pd.DataFrame
    regions: pd.DataFrame
    only: pd.DataFrame
    beaten: dict[str, tuple[str, ...]]
    notes: tuple[str, ...]


@in_english
def compare(sides: Sequence[Side]) -> Comparison:
    """Two or more plans side by side. Raises ValueError for fewer, or two of one name."""
    names = tuple(side.name for side in sides)
    if len(sides) < 2 or len(set(names)) < len(names):
        raise ValueError("a comparison needs two plans or more, each with a name of its own")
    return Comparison(
        names,
        _table({side.name: measures(side) for side in sides}, ("measure", "unit")),
        pd.DataFrame([_overlap(a, b) for a, b in combinations(sides, 2)]),
        _table({side.name: by_year(side.plan) for side in sides}, ("year", "unit")),
        _table({side.name: ways(side.plan) for side in sides}, ("way", "unit")),
        _table({side.name: regions(side) for side in sides}, ("region", "unit")),
        pd.concat([only(a, b) for a, b in combinations(sides, 2)], ignore_index=True),
        beaten(sides),
        incomparable(sides),
    )


def _table(columns: dict[str, Figures], keys: tuple[str, str]) -> pd.DataFrame:
    """One row a key of any plan, in the order in which the first plan that has it gives it."""
    order = list(dict.fromkeys(key for column in columns.values() for key in column))
    rows = [dict(zip(keys, key, strict=True)) | {n: c.get(key, np.nan) for n, c in columns.items()} for key in order]
    return pd.DataFrame(rows, columns=[*keys, *columns])


# --- two plans ------------------------------------------------------------------------------------------------------


def _ids(plan: Plan) -> set[str]:
    return set(plan.chosen["school_id"].astype(str))


def jaccard(one: Plan, other: Plan) -> float:
    """Schools chosen in both, as a share of those chosen in either; 1 where neither chooses any."""
    a, b = _ids(one), _ids(other)
    return len(a & b) / len(a | b) if a | b else 1.0


def _overlap(one: Side, other: Side) -> dict[str, object]:
    a, b = _ids(one.plan), _ids(other.plan)
    counts = {"both": len(a & b), "only_one": len(a - b), "only_other": len(b - a)}
    return {"one": one.name, "other": other.name, **counts, "share": jaccard(one.plan, other.plan)}


ONLY = ("school_id", "chosen_in", "not_in", "people", "way", "cost", "why_in", "why_out")


@in_english
def only(one: Side, other: Side) -> pd.DataFrame:
    """Schools that one of two plans chooses and the other does not, by id: with the reason each plan gives."""
    parts = [_only_in(one, other), _only_in(other, one)]
    return pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)


def _only_in(here: Side, there: Side) -> pd.DataFrame:
    rows = here.plan.chosen
    rows = rows[~rows["school_id"].isin(_ids(there.plan))].sort_values("school_id")
    other = there.plan.schools.drop_duplicates("school_id").set_index("school_id")
    out = other["why"].reindex(rows["school_id"]) if len(other) else pd.Series(None, index=rows["school_id"])
    values = {
        "school_id": rows["school_id"].to_numpy(),
        "chosen_in": here.name,
        "not_in": there.name,
        "people": people_of(here.plan, rows).to_numpy(),
        "way": rows["way"].to_numpy(),
        "cost": rows["cost"].to_numpy(),
        "why_in": rows["why"].to_numpy(),
        "why_out": out.fillna(tr("This school is not in that plan's data.")).to_numpy(),
    }
    return pd.DataFrame(values, columns=list(ONLY))


@in_english
def beaten(sides: Sequence[Side]) -> dict[str, tuple[str, ...]]:
    """Which plans another one beats: it reaches no fewer underserved people, no smaller a share of the poorest where both
    are known, costs no more, and is better in one of these. Plans whose money cannot be compared beat nobody."""
    out = {}
    for side in sides:
        others = [o for o in sides if o is not side and not incomparable((side, o)) and _beats(o, side)]
        if others:
            out[side.name] = tuple(o.name for o in others)
    return out


def _beats(one: Side, other: Side) -> bool:
    a, b = measures(one), measures(other)
    reached = next(k for k in a if k[0].startswith("Underserved"))
    poorest, cost = (tr("Share in the poorest fifth"), "share"), ("Cost", one.plan.book.currency)
    better = [a[reached] - b[reached], b[cost] - a[cost]]
    if not np.isnan(a[poorest]) and not np.isnan(b[poorest]):
        better.append(a[poorest] - b[poorest])
    return all(d >= -NEAR for d in better) and any(d > NEAR for d in better)


@in_english
def incomparable(sides: Sequence[Side]) -> tuple[str, ...]:
    """Why the figures of these plans do not stand on one footing; none where they do."""
    out = []
    plans = [side.plan for side in sides]
    if len({p.unit for p in plans}) > 1:
        out.append(tr("Some plans count learners and some count schools: how many they reach cannot be compared."))
    if len({p.book.currency for p in plans}) > 1:
        out.append(tr("The plans are in different currencies: their money cannot be compared."))
    elif len({p.book.key for p in plans}) > 1 or len({p.terms.case for p in plans}) > 1:
        out.append(tr("The plans rest on different prices: a cheaper plan may only have lower prices."))
    if len({tuple(p.terms.policy[n] for n in MONEY_NUMBERS) for p in plans}) > 1:
        out.append(tr("The plans count money in different ways (perspective, years, discount, contingency or taxes)."))
    if len({p.version for p in plans}) > 1:
        out.append(tr("The plans were made on different data: schools may differ because the data do."))
    return tuple(out)


@in_english
def differences(before: Plan, after: Plan) -> tuple[str, ...]:
    """What is different between two plans of the same terms, in sentences; none where the schools and figures agree."""
    a, b = _ids(before), _ids(after)
    out = []
    if b - a:
        out.append(tr("Chosen now and not then: {b} schools.", b=written(len(b - a))))
    if a - b:
        out.append(tr("Chosen then and not now: {a} schools.", a=written(len(a - b))))
    one, other = measures(Side("", before)), measures(Side("", after))
    for key, was in one.items():
        now = other.get(key, np.nan)
        if np.isfinite(was) and np.isfinite(now) and abs(was - now) > NEAR * max(1.0, abs(was)):
            form = "{:.1%}" if key[1] == "share" else "{:,.0f}"
            out.append(tr("{key}: {was} then, {now} now.", key=key[0], was=form.format(was), now=form.format(now)))
    return tuple(out)
