"""4G or 5G: inside coverage where a map of it is given, else near enough to a site. A signal is not yet a connection."""

from __future__ import annotations

from geodata.options.ground import NO, YES, Ground, Link
from geodata.options.table import Why


def link(ground: Ground) -> Link:
    """Feasible inside coverage; where coverage is not given, within reach of a 4G or 5G site (methods 4.1)."""
    rows = ground.of("cellular")
    near = ground.nearest(rows[rows["generation"].isna() | rows["generation"].isin(["4G", "5G"])])
    found = ground.judged(near, "cellular", ground.number("plan_cellular_max_m"), ground.number("plan_cellular_mbps"))
    found = found.but((found.state == NO) | (ground.covered == 0), NO, Why.NO_COVERAGE)
    return found.but(ground.covered == 1, YES)
