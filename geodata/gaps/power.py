"""Electricity as a gap, and solar power sized (methods, section 2.3)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geodata.arrays import as_number, equals, flag, number
from geodata.gaps.known import electricity
from geodata.policy import POLICY, Policy


def power_gap(
    has_electricity: pd.Series,
    electricity_type: pd.Series,
    electricity_hours_per_day: pd.Series,
    *,
    policy: Policy = POLICY,
) -> pd.Series:
    """0 electricity for the school day, 0.5 fewer hours or a generator alone, 1 none (methods 2.3)."""
    power = flag(electricity(has_electricity, electricity_type))
    short = number(electricity_hours_per_day) < policy.number("school_hours_per_day")
    weak = short | equals(electricity_type, "generator")
    return as_number(
        np.where(power == 0, 1.0, np.where(power == 1, np.where(weak, 0.5, 0.0), np.nan)), has_electricity.index
    )


def solar(devices: Any, *, policy: Policy = POLICY) -> dict[str, Any]:
    """Solar power for devices (one number, or an array), link and Wi-Fi: kWh a day, kWp, battery kWh and USD (E2.6)."""
    n = policy.number
    loads = (
        devices * n("solar_device_w") * n("solar_device_hours"),
        n("solar_link_w") * n("solar_link_hours"),
        n("solar_wifi_w") * n("solar_wifi_hours"),
    )
    energy = sum(loads) / 1000
    peak = energy / (n("solar_peak_sun_hours") * n("solar_performance_ratio"))
    battery = energy * n("solar_autonomy_days") / (n("solar_depth_of_discharge") * n("solar_battery_efficiency"))
    return {"kwh_per_day": energy, "kwp": peak, "battery_kwh": battery, "usd": peak * 1000 * n("solar_usd_per_w")}
