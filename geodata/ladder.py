"""From coverage to use: covered → connected → meaningful → used by teachers → used by learners (methods, section 1.5).

Each rung stands on its own known schools, with its own coverage and bounds; a rung that nobody reported is unknown,
never empty. A school is not asked to stand on the rung below: what is reported of it counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from geodata.aggregate import Headline, coverage, headline, indicators, roll_up
from geodata.policy import POLICY, Policy
from geodata.say import later

# Rung → indicator that it counts.
RUNGS = {
    "covered": "covered_4g",
    "connected": "internet_for_learners",
    "meaningful": "meaningfully_connected",
    "used_by_teachers": "used_by_teachers",
    "used_by_learners": "used_by_learners",
}
TITLES = {
    "covered": later("Covered"),
    "connected": later("Connected"),
    "meaningful": later("Meaningfully connected"),
    "used_by_teachers": later("Used by teachers"),
    "used_by_learners": later("Used by learners"),
}


@dataclass(frozen=True)
class Rung:
    """One rung over some schools: shares are of schools, NaN where nothing is known; `headline` says what may be said."""

    name: str
    title: str
    indicator: str
    definition: str
    value: float
    known: int
    unknown: int
    lower: float
    upper: float
    coverage: float
    headline: Headline


def ladder(schools: pd.DataFrame, policy: Policy = POLICY) -> list[Rung]:
    """The five rungs over the schools of a frame that operate, lowest first; all five, whatever is known."""
    declared = indicators()
    names = [n for n in RUNGS.values() if n in declared]
    table = roll_up(schools, pd.Series("all", index=schools.index), policy, names)
    if table.empty:
        table = pd.DataFrame(float("nan"), index=["all"], columns=table.columns)
    row = table.iloc[0]
    return [_rung(rung, name, row, policy) for rung, name in RUNGS.items() if name in declared]


def _rung(rung: str, name: str, row: pd.Series, policy: Policy) -> Rung:
    known, unknown = (0 if pd.isna(row[name + part]) else int(row[name + part]) for part in ("_known", "_unknown"))
    return Rung(
        name=rung,
        title=TITLES[rung],
        indicator=name,
        definition=indicators()[name].definition,
        value=float(row[name]),
        known=known,
        unknown=unknown,
        lower=float(row[name + "_lower"]),
        upper=float(row[name + "_upper"]),
        coverage=coverage(known, unknown),
        headline="none" if pd.isna(row[name]) else headline(known, unknown, policy),
    )
