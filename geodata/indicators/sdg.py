"""The rest of SDG 4.a.1: computers (c), access for learners with disabilities (d), water (e), toilets (f).

(a) is `power.ELECTRICITY`, (b) is `connectivity.INTERNET_FOR_LEARNERS`; handwashing (g) has no column in the registers yet.
"""

from __future__ import annotations

import pandas as pd

from geodata.declare import Indicator
from geodata.indicators.devices import any_device
from geodata.truth import all_of, yesno

SDG = "SDG indicator 4.a.1"


def accessible(has_accessible_infrastructure: pd.Series, has_accessible_materials: pd.Series) -> pd.Series:
    """Adapted buildings and adapted materials, both."""
    return all_of(has_accessible_infrastructure, has_accessible_materials)


def accessible_buildings(has_accessible_infrastructure: pd.Series) -> pd.Series:
    """Adapted buildings alone."""
    return yesno(has_accessible_infrastructure)


def water(has_water: pd.Series) -> pd.Series:
    """Basic drinking water."""
    return yesno(has_water)


def sanitation(has_sanitation: pd.Series) -> pd.Series:
    """Basic single-sex sanitation."""
    return yesno(has_sanitation)


COMPUTERS = Indicator(
    name="computers", title="Any device for learners", unit="share of schools",
    definition="Schools with at least one computer or tablet for learners.", reference=SDG + " (c)",
    compute=any_device, rollup="share", higher_is="better", group="sdg", order=40,
)  # fmt: skip
ACCESSIBLE = Indicator(
    name="accessible", title="Fit for learners with disabilities", unit="share of schools",
    definition="Schools with both buildings and materials adapted for learners with disabilities.", reference=SDG + " (d)",
    compute=accessible, rollup="share", higher_is="better", group="sdg", order=41,
)  # fmt: skip
ACCESSIBLE_BUILDINGS = Indicator(
    name="accessible_buildings", title="Buildings fit for learners with disabilities", unit="share of schools",
    definition="Schools with buildings adapted for learners with disabilities, whatever their materials.",
    reference=SDG + " (d), infrastructure alone", compute=accessible_buildings, rollup="share", higher_is="better",
    group="sdg", order=42,
)  # fmt: skip
WATER = Indicator(
    name="water", title="Drinking water", unit="share of schools", definition="Schools with basic drinking water.",
    reference=SDG + " (e)", compute=water, rollup="share", higher_is="better", group="sdg", order=43,
)  # fmt: skip
SANITATION = Indicator(
    name="sanitation", title="Single-sex toilets", unit="share of schools",
    definition="Schools with basic single-sex sanitation.", reference=SDG + " (f)", compute=sanitation,
    rollup="share", higher_is="better", group="sdg", order=44,
)  # fmt: skip
