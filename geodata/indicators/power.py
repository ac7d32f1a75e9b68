"""Electricity: UIS EDR1, which is SDG 4.a.1 (a), and the power gap."""

from __future__ import annotations

import pandas as pd

from geodata import gaps
from geodata.declare import Indicator


def electricity(has_electricity: pd.Series, electricity_type: pd.Series) -> pd.Series:
    """Electricity at the school; its named source says where the yes or no is not reported."""
    return gaps.electricity(has_electricity, electricity_type)


def power_gap(power_gap: pd.Series) -> pd.Series:
    """0 electricity for the school day, 0.5 fewer hours or a generator alone, 1 none."""
    return power_gap.astype("float64")


ELECTRICITY = Indicator(
    name="electricity", code="EDR1; SDG 4.a.1 (a)", predicted="predicted_electricity", title="Electricity", unit="share of schools",
    definition="Schools with regularly and readily available electricity, of the schools that operate.",
    reference="SDG indicator 4.a.1 (a); UIS Guide to Measuring ICT in Education (2009), EDR1",
    compute=electricity, rollup="share", higher_is="better", group="power", order=30,
)  # fmt: skip
POWER_GAP = Indicator(
    name="power_gap", title="Power gap", unit="0 to 1",
    definition="Mean of 0 (electricity for the school day), 0.5 (fewer hours or a generator alone) and 1 (none).",
    reference="SDG indicator 4.a.1 (a); planning value", compute=power_gap, rollup="mean", higher_is="worse",
    group="power", order=31,
)  # fmt: skip
