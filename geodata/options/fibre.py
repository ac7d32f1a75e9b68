"""Fibre to a school from the nearest node or line: along roads where they are given, else the straight line with a detour."""

from __future__ import annotations

from geodata.options.ground import Ground, Link


def link(ground: Ground) -> Link:
    """Feasible where the line to the school is no longer than the policy allows (methods 4.1); unknown where only a node or
    line is near of which nobody says whether it is fibre."""
    near = ground.nearest(ground.of("fibre"), detour=ground.number("plan_fibre_detour"))
    most = ground.number("plan_fibre_max_m")
    return ground.doubtful(ground.judged(near, "fibre", most, ground.number("plan_fibre_mbps")), "fibre", most)
