"""What has been published: point values by item and source, as the publications give them, in US dollars.

ITU's Connectivity Planning Platform (user guide of August 2026; older defaults of its library for comparison) and Giga's
cost model (defaults and country files of November 2023). Planning values stand apart: no open source gives them.
"""

from __future__ import annotations

from dataclasses import dataclass

from geodata.say import later

CURRENCY = "USD"


@dataclass(frozen=True)
class Published:
    """One publication of prices. `values`: item → point value."""

    name: str
    title: str
    source: str
    year: int
    date: str
    values: dict[str, float]


ITU = Published(
    "itu_2026",
    "ITU Connectivity Planning Platform, defaults of 2026",
    "ITU Connectivity Planning Platform, user guide",
    2026,
    "2026-08-21",
    {
        "fibre_setup": 500,
        "fibre_per_km": 20_000,
        "fibre_upkeep_per_km": 0,
        "fibre_upkeep_share": 0.05,
        "fibre_fee_per_mbps": 5.5,
        "fibre_life_years": 10,
        "cellular_setup": 120,
        "cellular_upkeep_share": 0.12,
        "cellular_fee_per_mbps": 4.5,
        "cellular_life_years": 5,
        "microwave_setup": 3000,
        "microwave_tower": 0,
        "microwave_spectrum": 50,
        "microwave_spectrum_yearly": 15,
        "microwave_mhz": 40,
        "microwave_upkeep_share": 0.10,
        "microwave_fee_per_mbps": 5.5,
        "microwave_life_years": 7,
        "satellite_setup": 800,
        "satellite_upkeep_share": 0.10,
        "satellite_fee_per_mbps": 6.4,
        "satellite_life_years": 5,
    },
)
ITU_OLDER = Published(
    "itu_older",
    "ITU, older defaults",
    "ITU inframapkit, older defaults",
    0,  # not dated; it only widens ranges
    "",
    {
        "fibre_setup": 500,
        "fibre_per_km": 8000,
        "fibre_fee_per_mbps": 43.8,  # transit 12 and ISP 31.8
        "cellular_setup": 80,
        "cellular_fee_per_mbps": 36,  # transit 12 and ISP 24
        "microwave_setup": 500,
        "microwave_spectrum": 500,
        "microwave_spectrum_yearly": 100,
        "microwave_fee_per_mbps": 36,
        "satellite_setup": 3000,
        "satellite_fee_per_mbps": 36,
    },
)
_GIGA = "Giga open cost model"
_GIGA_DATE = "2023-11"
_KWH = {"fibre_kwh": 500.0, "cellular_kwh": 10.0, "microwave_kwh": 10.0, "satellite_kwh": 200.0}
GIGA = Published(
    "giga_2023",
    "Giga cost model, defaults of 2023",
    f"{_GIGA}, notebook defaults",
    2023,
    _GIGA_DATE,
    {
        "fibre_setup": 1000,
        "fibre_per_km": 8900,
        "fibre_upkeep_per_km": 100,
        "fibre_upkeep_share": 0,
        "fibre_fee_per_mbps": 1,
        "cellular_setup": 50,
        "cellular_fee_per_mbps": 10,
        "microwave_setup": 2000,
        "microwave_tower": 2500,
        "microwave_fee_per_mbps": 10,
        "satellite_setup": 600,
        "satellite_fee_per_mbps": 15,
        "solar_per_w": 1.0,
        "grid_kwh": 0.10,
        **_KWH,
    },
)


def _country(name: str, title: str, **values: float) -> Published:
    """A country file of Giga's model; what they have in common is written once."""
    common = {
        "fibre_setup": 0.0,
        "fibre_upkeep_per_km": 100.0,
        "fibre_upkeep_share": 0.0,
        "microwave_setup": 2000.0,
        "microwave_tower": 2500.0,
        **_KWH,
    }
    source = f"{_GIGA}, country file of {title}"
    return Published(name, f"Giga cost model, {title}", source, 2023, _GIGA_DATE, {**common, **values})


RWANDA = _country(
    "rwanda",
    "Rwanda",
    fibre_per_km=7500,
    fibre_fee_per_mbps=6.09,
    cellular_setup=534,
    cellular_fee_per_mbps=120,
    microwave_fee_per_mbps=240,
    satellite_setup=515,
    satellite_fee_per_mbps=6.0,
    solar_per_w=3.0,
    grid_kwh=0.087,
)
SIERRA_LEONE = _country(
    "sierra_leone",
    "Sierra Leone",
    fibre_per_km=9100,
    fibre_fee_per_mbps=66.67,
    cellular_setup=534,
    cellular_fee_per_mbps=859,
    microwave_fee_per_mbps=1717,
    satellite_setup=600,
    satellite_fee_per_mbps=4.8,
    solar_per_w=3.9,
    grid_kwh=0.087,
)
BRAZIL = _country(
    "brazil",
    "Brazil",
    fibre_per_km=5000,
    fibre_fee_per_mbps=1.64,
    cellular_setup=301,
    cellular_fee_per_mbps=128,
    microwave_fee_per_mbps=256,
    satellite_setup=405,
    satellite_fee_per_mbps=5.4,
    solar_per_w=2.7,
    grid_kwh=0.14,
)

# Whose defaults make a book of their own; the older ones only widen the ranges.
BOOKS = (ITU, GIGA, RWANDA, SIERRA_LEONE, BRAZIL)
ALL = (*BOOKS, ITU_OLDER)

# Low, planning value, high of what no open source prices; the note says what it rests on.
PLANNING: dict[str, tuple[float, float, float, str]] = {
    "cellular_fee_least": (120, 600, 2400, later("plans are sold whole; 10, 50 and 200 a month")),
    "satellite_fee_least": (480, 900, 3600, later("plans are sold whole; 40, 75 and 300 a month")),
    "mast": (6500, 13_000, 40_000, later("ITU's older default for a tower; half, and three times as much")),
    "mast_upkeep_share": (0.02, 0.05, 0.10, later("as for other structures")),
    "mast_life_years": (15, 20, 30, later("usual life of a tower")),
    "cluster_setup": (200, 400, 1000, later("two outdoor Wi-Fi radios and fitting")),
    "cluster_upkeep_share": (0.05, 0.10, 0.20, later("as for other radio equipment")),
    "cluster_fee_per_mbps": (4.5, 10, 240, later("as for the link of the connected school, whatever it is")),
    "cluster_life_years": (3, 5, 8, later("as for other radio equipment")),
    "cluster_kwh": (60, 120, 240, later("two radios of about 7 W")),
    "wifi_setup": (300, 800, 2500, later("one to four access points, a switch and cabling")),
    "wifi_upkeep_share": (0.05, 0.10, 0.15, later("as for other radio equipment")),
    "wifi_life_years": (3, 5, 8, later("as for other radio equipment")),
    "solar_upkeep_share": (0.01, 0.02, 0.05, later("cleaning, fuses, visits")),
    "battery_per_kwh": (150, 300, 600, later("installed, lead-acid to lithium")),
    "battery_life_years": (5, 8, 12, later("lead-acid to lithium")),
    "panel_life_years": (20, 25, 30, later("usual warranty of panels")),
    "device": (100, 200, 400, later("no reliable open unit price was found")),
    "support_share": (0.10, 0.15, 0.25, later("support and training exceed hardware over life (Vital Wave 2008)")),
    "kit": (100, 300, 1500, later("screen reader, large keys or switches; no open unit price was found")),
    "kit_life_years": (3, 4, 6, later("as for devices")),
    "training": (50, 100, 300, later("no reliable open unit price was found")),
    "training_years": (2, 3, 5, later("until the next round")),
    "offline_server": (200, 500, 1000, later("small server, storage and access point")),
    "offline_upkeep_share": (0.05, 0.10, 0.20, later("as for other equipment")),
    "offline_life_years": (3, 5, 8, later("as for other equipment")),
    "offline_kwh": (40, 90, 180, later("about 10 W all year")),
}
