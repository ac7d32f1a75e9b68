"""How old the values are: each kind of value against the years that the policy allows (methods, section 1.6).

Nothing here looks at a clock. The day is the one that the data themselves reach to (`as_of`), so that the same build says
the same tomorrow.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from geodata.aggregate import stale
from geodata.policy import POLICY, Policy
from geodata.priority import operating
from geodata.say import date, later, tr, written

Kind = Literal["connectivity", "devices", "electricity"]
# Which columns speak for a kind, the best first: a school's value is dated by the first of them that is known.
COLUMNS: dict[Kind, tuple[str, ...]] = {
    "connectivity": ("has_internet_for_learners", "has_internet", "download_speed_mbps"),
    "devices": ("num_computers", "num_tablets", "has_computers"),
    "electricity": ("has_electricity", "electricity_type"),
}
AHEAD = ("benchmark", "population", "ages", "settlement")
TITLES: dict[Kind, str] = {
    "connectivity": later("Internet"),
    "devices": later("Devices"),
    "electricity": later("Electricity"),
}


def as_of(manifest: Mapping[str, Any]) -> datetime.date | None:
    """The last day that any source of a build describes; None where no source gives a date. A year ends on 31 December.

    National figures, and estimates of people made ahead of the year they are for, say nothing of how far the data reach.
    """
    sources = [source for source in manifest.get("sources", ()) if source.get("kind") not in AHEAD]
    ends = [_end(str(source.get("date") or "")) for source in sources]
    known = [day for day in ends if day is not None]
    return max(known) if known else None


def _end(said: str) -> datetime.date | None:
    try:
        period = pd.Period(said.strip())
    except ValueError:
        return None
    return period.end_time.date() if isinstance(period, pd.Period) else None


def is_stale(schools: pd.DataFrame, kind: Kind, today: datetime.date, policy: Policy = POLICY) -> pd.Series:
    """Whether a school's known value of a kind is older than the policy allows; unknown without a value or a date."""
    date = np.full(len(schools), None, dtype=object)
    for column in reversed(COLUMNS[kind]):
        if column in schools and f"{column}_date" in schools:
            known = (schools[column].notna() & schools[f"{column}_date"].notna()).to_numpy(dtype=bool)
            date[known] = schools[f"{column}_date"].to_numpy(dtype=object)[known]
    answers = {said: stale(str(said), kind, today, policy) for said in set(date) - {None}}
    return pd.Series([answers.get(said) for said in date], index=schools.index, dtype="boolean")


def stale_shares(schools: pd.DataFrame, by: pd.Series, today: datetime.date, policy: Policy = POLICY) -> pd.DataFrame:
    """Of the schools that operate, by group: for each kind `<kind>_stale`, `<kind>_fresh` and `<kind>_undated` (counts of
    schools; undated ones have no value, or one without a date) and `<kind>_share` stale of the dated, NaN where none is.
    """
    here = operating(schools["school_status"])
    out: dict[str, pd.Series] = {}
    for kind in COLUMNS:
        flag = is_stale(schools, kind, today, policy)[here]
        marks = {"stale": flag.eq(True), "fresh": flag.eq(False), "undated": flag.isna()}
        counts = {name: mark.fillna(False).astype("int64").groupby(by[here]).sum() for name, mark in marks.items()}
        dated = counts["stale"] + counts["fresh"]
        out.update({f"{kind}_{name}": count for name, count in counts.items()})
        out[f"{kind}_share"] = (counts["stale"] / dated.where(dated > 0)).astype("float64")
    return pd.DataFrame(out)


def words(shares: pd.Series, today: datetime.date, policy: Policy = POLICY) -> list[str]:
    """Sentences on what is too old in one group of `stale_shares`; none where nothing is."""
    out = []
    for kind, title in TITLES.items():
        count, fresh = int(shares[f"{kind}_stale"]), int(shares[f"{kind}_fresh"])
        if count:
            years = policy.number(f"stale_{kind}_years")
            out.append(
                tr(
                    "{title}: {count} of {of} dated answers are older than {years:g} years on {day}.",
                    title=tr(title),
                    count=written(count),
                    of=written(count + fresh),
                    years=years,
                    day=date(today),
                )
            )
    return out
