"""Fibre to a school from the nearest node or line: along roads where they are given, else the straight line with a detour."""

from __future__ import annotations

from geodata.options.ground import Ground, Link


def link(ground: Ground) -> Link:
    """Feasible where the line to the school is no longer than the policy allows (methods 4.1)."""
    near = ground.nearest(ground.of("fibre"), detour=ground.number("plan_fibre_detour"))
    return ground.judged(near, "fibre", ground.number("plan_fibre_max_m"), ground.number("plan_fibre_mbps"))
