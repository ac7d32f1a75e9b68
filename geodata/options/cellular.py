"""4G or 5G: inside coverage where a map of it is given, else near enough to a site. A signal is not yet a connection."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geodata.arrays import Floats, number
from geodata.options.ground import MAYBE, NO, YES, Ground, Link
from geodata.options.table import Why


def link(ground: Ground) -> Link:
    """Feasible inside coverage; where coverage is not given, within reach of a 4G or 5G site (methods 4.1)."""
    rows = ground.of("cellular")
    near = ground.nearest(rows[rows["generation"].isna() | rows["generation"].isin(["4G", "5G"])])
    most = ground.number("plan_cellular_max_m")
    found = replace(ground.judged(near, "cellular", most, np.nan), mbps=carried(ground))
    found = found.but((found.state == NO) | (ground.covered == 0), NO, Why.NO_COVERAGE)
    told = ground.planning.get("given")
    maps_alone = told is not None and not told.get("cells")  # and what they leave open no site can answer
    found = found.but((found.state == NO) & np.isnan(ground.covered) & maps_alone, MAYBE, Why.NO_NETWORK_DATA)
    doubtful = ground.doubtful(found, "cellular", most)
    found = found.but((doubtful.state != found.state) & np.isnan(ground.covered), MAYBE, Why.KIND_UNKNOWN)
    return found.but(ground.covered == 1, YES)


def carried(ground: Ground) -> Floats:
    """Mbps that a mobile link carries: what is measured on the school's own, by policy what speed tests near by say, else
    the published limit."""
    whole, limit = ground.whole, ground.number("plan_cellular_mbps")
    mobile = whole["connectivity_type"].isin(["4g", "5g"]).to_numpy(dtype=bool)
    own = np.where(mobile, number(whole["download_speed_measured_mbps"]), np.nan)
    nearby = number(whole["ookla_mobile_mbps"]) if ground.terms.policy["plan_cellular_speed"] == "nearby" else own
    best = np.where(np.isnan(own), nearby, own)
    return np.where(np.isnan(best), limit, best)
