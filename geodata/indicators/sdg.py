"""The rest of SDG 4.a.1: computers (c), access for learners with disabilities (d), water (e),
toilets (f), handwashing (g).

(a) is `power.ELECTRICITY`, (b) is `connectivity.INTERNET_FOR_LEARNERS`. Existence is asked, not quality or working order.
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


def accessible_materials(has_accessible_materials: pd.Series) -> pd.Series:
    """Adapted materials alone."""
    return yesno(has_accessible_materials)


def handwashing(has_handwashing: pd.Series) -> pd.Series:
    """Basic handwashing."""
    return yesno(has_handwashing)


def water(has_water: pd.Series) -> pd.Series:
    """Basic drinking water."""
    return yesno(has_water)


def sanitation(has_sanitation: pd.Series) -> pd.Series:
    """Basic single-sex sanitation."""
    return yesno(has_sanitation)


COMPUTERS = Indicator(
    name="computers", code="SDG 4.a.1 (c)", title="Any device for learners", unit="share of schools",
    definition="Schools with at least one computer or tablet for learners.", reference=SDG + " (c)",
    compute=any_device, rollup="share", higher_is="better", group="sdg", order=40,
)  # fmt: skip
ACCESSIBLE = Indicator(
    name="accessible", code="SDG 4.a.1 (d)", title="Fit for learners with disabilities", unit="share of schools",
    definition="Schools with both buildings and materials adapted for learners with disabilities.", reference=SDG + " (d)",
    compute=accessible, rollup="share", higher_is="better", group="sdg", order=41,
)  # fmt: skip
ACCESSIBLE_BUILDINGS = Indicator(
    name="accessible_buildings", code="SDG 4.a.1 (d), infrastructure", title="Buildings fit for learners with disabilities", unit="share of schools",
    definition="Schools with buildings adapted for learners with disabilities, whatever their materials.",
    reference=SDG + " (d), infrastructure alone", compute=accessible_buildings, rollup="share", higher_is="better",
    group="sdg", order=42,
)  # fmt: skip
ACCESSIBLE_MATERIALS = Indicator(
    name="accessible_materials", code="SDG 4.a.1 (d), materials", title="Materials fit for learners with disabilities",
    unit="share of schools", definition="Schools with materials adapted for learners with disabilities, whatever their buildings.",
    reference=SDG + " (d), materials alone", compute=accessible_materials, rollup="share", higher_is="better",
    group="sdg", order=42,
)  # fmt: skip
WATER = Indicator(
    name="water", code="SDG 4.a.1 (e)", title="Drinking water", unit="share of schools", definition="Schools with basic drinking water.",
    reference=SDG + " (e)", compute=water, rollup="share", higher_is="better", group="sdg", order=43,
)  # fmt: skip
SANITATION = Indicator(
    name="sanitation", code="SDG 4.a.1 (f)", title="Single-sex toilets", unit="share of schools",
    definition="Schools with basic single-sex sanitation.", reference=SDG + " (f)", compute=sanitation,
    rollup="share", higher_is="better", group="sdg", order=44,
)  # fmt: skip
HANDWASHING = Indicator(
    name="handwashing", code="SDG 4.a.1 (g)", title="Handwashing", unit="share of schools",
    definition="Schools with basic handwashing: water and soap.", reference=SDG + " (g)", compute=handwashing,
    rollup="share", higher_is="better", group="sdg", order=45,
)  # fmt: skip
