"""What is said of what a tier is not shown: how exactly locations stand, and which counts are too small to be told."""

from __future__ import annotations

from geodata.disclosure import Coarseness, thresholds
from geodata.hexagons import cell_km2
from geodata.policy import POLICY, Policy
from geodata.say import tr, written


def location_note(how: Coarseness) -> str:
    """A sentence that says how exactly locations stand; empty where they are exact."""
    if how.exact:
        return ""
    if how.cell is None:
        return tr("Locations are rounded to {value:g} of a degree.", value=10 ** (-(how.decimals or 0)))
    size = written(cell_km2(how.cell), 0)
    if how.least <= 1:
        return tr("Locations are the centres of hexagons of about {size} km², not the schools' own places.", size=size)
    return tr(
        "Locations are the centres of hexagons of about {size} km², not the schools' own places, and left out where fewer than {least} schools share one.",
        size=size,
        least=how.least,
    )


def small_note(tier: str, risk: str, policy: Policy = POLICY) -> str:
    """A sentence on the small counts that a tier is not shown in a place of this risk; empty where it is shown all."""
    seen = thresholds(tier, policy)
    if not seen.any or risk == "low":
        return ""
    if seen.staff:
        return tr(
            "Counts of fewer than {learners} of a school's learners, or {staff} of its teachers, count as not reported.",
            learners=seen.learners,
            staff=seen.staff,
        )
    return tr(
        "Counts of fewer than {learners} of a school's learners, or {special} displaced or with a disability, count as not reported.",
        learners=seen.learners,
        special=seen.special,
    )
