"""People, not only schools (methods, section 7)."""

from __future__ import annotations

import numpy as np

from geodata.arrays import Floats
from geodata.declare import Method
from geodata.people.sprague import single_years
from geodata.people.underserved import underserved
from geodata.say import tr, written

GROUPS = (700, 650, 600, 500, 420)
OUT, CONNECTED = 0.22, 0.25


def _ages() -> Floats:
    found: Floats = np.asarray(single_years(np.array([GROUPS], dtype=float)), dtype=float)[0]
    return found


def _sprague() -> list[str]:
    years = _ages()[6:12]
    return [
        tr("Groups of five years: {str} children.", str=", ".join(map(str, GROUPS))),
        tr(
            "Ages 6 to 11: {join}, together {sum}.",
            join=", ".join(f"{n:.2f}" for n in years),
            sum=written(years.sum(), 2, grouped=False),
        ),
    ]


def _underserved() -> list[str]:
    children = float(_ages()[6:12].sum())
    found = float(underserved(children, OUT, CONNECTED))
    return [
        tr(
            "{children} children, {OUT:.0%} out of school, {CONNECTED:.0%} of the rest in a meaningfully connected school.",
            children=written(children, 2, grouped=False),
            OUT=OUT,
            CONNECTED=CONNECTED,
        ),
        tr(
            "{children} × {OUT:g} + {children} × {OUT_2:g} × {CONNECTED:g} = {found} underserved children.",
            children=written(children, 2, grouped=False),
            OUT=OUT,
            OUT_2=1 - OUT,
            CONNECTED=1 - CONNECTED,
            found=written(found, 2, grouped=False),
        ),
    ]


SPRAGUE = Method(
    "school_age", "Children of school age",
    "Censuses and population grids count people in groups of five years; school ages cut across them. Sprague's multipliers share each group out over single years along a smooth curve and keep its total.",
    "children of age a = Σ multiplier × neighbouring groups; below 0 cut to 0 and the group scaled to its total", "Sprague (1881); IIEP-UNESCO, school-age population", 40, (), _sprague,
)  # fmt: skip
UNDERSERVED = Method(
    "underserved_children", "Underserved children",
    "Children out of school, and children in a school that is not meaningfully connected. Where either share is not known, the number has bounds.",
    "children × out of school + children × (1 − out of school) × (1 − connected)", "First Mile; SDG indicators 4.1.4 and 4.a.1", 41, (), _underserved,
)  # fmt: skip
ACCESS = Method(
    "access", "Connected seats within reach",
    "Seats at connected devices are shared among the children who can reach the school, and each place adds up what it may have of the schools within its own reach: the two-step floating catchment. Without a road network distances are straight lines, and are called so.",
    "Rⱼ = seatsⱼ ÷ Σ wᵢⱼ childrenᵢ; Aᵢ = Σ wᵢⱼ Rⱼ", "Luo and Qi (2009), enhanced two-step floating catchment area method", 42,
)  # fmt: skip
UNSERVED = Method(
    "places_without_school", "Places with children and no school",
    "They stand in a list of their own: the remedy is a school, not a connection.",
    "places with children and no school within reach", "IIEP-UNESCO, school siting", 43,
)  # fmt: skip
