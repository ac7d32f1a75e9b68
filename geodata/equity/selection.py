"""The audit of a desk's view: the schools of the view, ranked as it ranks them, as far as the tier may know them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from geodata.disclosure import Tier
from geodata.equity import tables
from geodata.equity.audit import AUDITED, Audit, audit
from geodata.equity.concentration import Concentration
from geodata.equity.headcount import things
from geodata.groupings import wealth_quintile
from geodata.priority import operating
from geodata.query import Desk
from geodata.say import in_english, tr
from geodata.view import View

Curve = tuple[tuple[float, float], ...]


def can_audit(desk: Desk) -> list[str]:
    """The indicators that can be audited for what this tier may see, in order."""
    return [name for name in AUDITED if name in desk.indicators]


def audit_of(desk: Desk, view: View, indicator: str = AUDITED[0]) -> Audit:
    """The audit of a view's schools. The areas compared are those inside the view's area, or its like where it has none.

    Raises ViewError and DisclosureError as `Desk.select` does.
    """
    return _audit(desk, view.schools_only, indicator)


def audit_of_served(desk: Desk, view: View, served: frozenset[str], said: str) -> Audit:
    """The audit of a view's schools where these come first, by id, whatever their rank; `said` is what to call them."""
    return _audit(desk, view.schools_only, AUDITED[0], served, said)


@lru_cache(maxsize=12)
@in_english
def _audit(desk: Desk, view: View, indicator: str, served: frozenset[str] | None = None, said: str = "") -> Audit:
    policy = view.policy_over(desk.policy)
    derived, every = desk.derived(policy), _with_fifths(desk)
    positions = desk.select(view).positions
    frame = every.drop(columns=[n for n in derived if n in every]).iloc[positions].join(derived.iloc[positions])
    level = level_of(desk, view.area)
    if not desk.one_by_one:  # areas are told of by the map alone, whose guard knows all levels at once
        frame = frame.assign(**{f"admin{level}_id": pd.Series(pd.NA, index=frame.index, dtype="str")})
    found = audit(
        frame,
        policy,
        indicator=indicator,
        level=level,
        word=(_word(desk, level, "levels"), _word(desk, level, "levels_plural")),
        models=models(desk),
        of=things(every[operating(every["school_status"])]),
        first=None if served is None else (frame["school_id"].isin(served).to_numpy(dtype=bool), said),
    )
    return found if desk.one_by_one else _together(desk, found)


def _together(desk: Desk, found: Audit) -> Audit:
    """The audit where schools are seen together alone: no gap where a group is kept back, no figures of small parts."""
    tables_of = [(by, tables.of_dimension(found, by, desk.tier, desk.policy)) for by in found.by_group]
    kept = tuple(
        replace(by, gaps=()) if bool((table["hidden"].astype(bool) | table["band"].ne("")).any()) else by
        for by, table in tables_of
    )
    shown = None if found.concentration is None else _in_tenths(found.concentration, desk, found.whole.schools)
    return replace(found, places=None, by_group=kept, headcounts=found.headcounts[:1], concentration=shown)


def _in_tenths(found: Concentration, desk: Desk, schools: int) -> Concentration:
    """Curves by tenths of people, in whole percents: every point of one is a school, and its step what that school has.
    None where a tenth would be fewer schools than this tier may be told of."""

    def coarse(curve: Curve) -> Curve:
        if schools < 10 * desk.locations.least or not curve:
            return ()
        x, y = np.array(curve).T
        tenths = np.linspace(0, 1, 11)
        return tuple(zip(tenths.round(1).tolist(), np.interp(tenths, x, y).round(2).tolist(), strict=True))

    return replace(found, curve=coarse(found.curve), lower_curve=coarse(found.lower_curve), upper_curve=coarse(found.upper_curve))  # fmt: skip


def models(desk: Desk) -> tuple[Mapping[str, Any], ...]:
    """The records of the predictors that this tier's numbers may rest on: none where places are inexact."""
    return tuple(desk.atlas.manifest.get("models") or ()) if desk.locations.exact else ()


def reader(desk: Desk) -> str:
    """The tier whose thresholds the tables keep: where schools are shown one by one, a table tells no more than its rows."""
    return Tier.GOVERNMENT.value if desk.one_by_one else desk.tier


def level_of(desk: Desk, area: str) -> int:
    """The level of the areas that are compared inside an area, 1 for the whole country."""
    own = desk.places.levels[area] if area else 0
    return own + 1 if (desk.places.table["level"] == own + 1).any() else max(own, 1)


def _word(desk: Desk, level: int, which: str) -> str:
    """What this country calls one area of a level (`levels`), or several (`levels_plural`)."""
    given = list(desk.place.get(which) or ())
    if level <= len(given):
        return tr(str(given[level - 1]))
    return _word(desk, level, "levels") + "s" if which == "levels_plural" else tr("level {level} area", level=level)


@lru_cache(maxsize=4)
def _with_fifths(desk: Desk) -> pd.DataFrame:
    """All schools of the country with the fifth of each: fifths are of the whole country, whatever is looked at."""
    frame = desk.whole
    return frame.assign(wealth_quintile=wealth_quintile(frame))
