"""Gaps of a school: bandwidth, devices, power (methods, section 2). Unknown in, unknown out; known failures stay known.

Columns in, columns out, on the same index. A policy number is never written here: it comes from `policy`.
"""

from geodata.gaps.bandwidth import (
    Scenarios,
    available_bandwidth,
    bandwidth_gap,
    below_standard,
    expected_bandwidth_gap,
    monthly_data_gb,
    population_rule,
    required_bandwidth,
    tier_rule,
)
from geodata.gaps.devices import (
    RATIOS,
    any_device,
    assistive_kits,
    device_gap,
    device_gap_bounds,
    device_gaps_by_ratio,
    device_need,
    learners_per_computer,
    num_devices,
    replacements,
    short_of_devices,
)
from geodata.gaps.known import (
    download_speed,
    electricity,
    internet,
    internet_for_learners,
    speed_passport,
)
from geodata.gaps.power import (
    power_gap,
    solar,
)
from geodata.gaps.together import (
    meaningfully_connected,
    underserved,
)

__all__ = [
    "RATIOS",
    "Scenarios",
    "any_device",
    "assistive_kits",
    "available_bandwidth",
    "bandwidth_gap",
    "below_standard",
    "device_gap",
    "device_gap_bounds",
    "device_gaps_by_ratio",
    "device_need",
    "download_speed",
    "electricity",
    "expected_bandwidth_gap",
    "internet",
    "internet_for_learners",
    "learners_per_computer",
    "meaningfully_connected",
    "monthly_data_gb",
    "num_devices",
    "population_rule",
    "power_gap",
    "replacements",
    "required_bandwidth",
    "short_of_devices",
    "solar",
    "speed_passport",
    "tier_rule",
    "underserved",
]
