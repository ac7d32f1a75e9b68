"""Everything that has a price in a plan, declared once: what it is called in a sheet, what it is paid for, and what it means.

Items that are not money (shares, years, MHz, kWh) have no currency and stay what they are in any price book.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from geodata.say import tr

Group = Literal["fibre", "cellular", "microwave", "satellite", "cluster", "school", "power", "learning", "offline"]

GROUPS: dict[str, str] = {
    "fibre": "Fibre",
    "cellular": "Mobile broadband (4G, 5G)",
    "microwave": "Microwave link",
    "satellite": "Satellite",
    "cluster": "Wi-Fi link to a connected school",
    "school": "Inside the school",
    "power": "Electricity",
    "learning": "Devices, support and training",
    "offline": "Offline-first",
}


@dataclass(frozen=True)
class Item:
    """One line of a price book. `money`: counted in the book's currency. `saves`: a higher value makes the plan cheaper
    (years of life), so that the low end of a cost takes its high end."""

    name: str
    title: str
    unit: str
    group: Group
    definition: str
    money: bool = True
    saves: bool = False


def _life(name: str, group: Group, title: str, definition: str) -> Item:
    return Item(name, title, "years", group, definition, money=False, saves=True)


def _share(name: str, group: Group, title: str, definition: str) -> Item:
    return Item(name, title, tr("share a year"), group, definition, money=False)


def _kwh(name: str, group: Group, definition: str) -> Item:
    return Item(name, tr("Electricity of the link"), tr("kWh a year"), group, definition, money=False)


_ITEMS = (
    Item(
        "fibre_setup", "Connecting a school to fibre", "school", "fibre", "Equipment at the school, without the line."
    ),
    Item("fibre_per_km", "Fibre line", "km", "fibre", "Building one kilometre of line, along its real way."),
    Item("fibre_upkeep_per_km", "Upkeep of a fibre line", "km a year", "fibre", "Upkeep of one kilometre of line."),
    _share("fibre_upkeep_share", "fibre", "Upkeep of fibre", "Upkeep as a share of what line and equipment cost."),
    Item("fibre_fee_per_mbps", "Fee for fibre", "Mbps a year", "fibre", "What the provider charges for one Mbps."),
    _life(
        "fibre_life_years",
        "fibre",
        "Life of fibre equipment",
        "Years until the school's equipment is replaced; the line outlives the plan.",
    ),
    _kwh("fibre_kwh", "fibre", "Electricity that a fibre link draws at the school."),
    Item(
        "cellular_setup", "Connecting a school to a mobile network", "school", "cellular", "Router, aerial and fitting."
    ),
    _share("cellular_upkeep_share", "cellular", "Upkeep of mobile equipment", "Upkeep as a share of the equipment."),
    Item(
        "cellular_fee_per_mbps",
        "Fee for mobile broadband",
        "Mbps a year",
        "cellular",
        "What the operator charges for one Mbps.",
    ),
    Item(
        "cellular_fee_least",
        "Least fee for mobile broadband",
        "school a year",
        "cellular",
        "Plans are sold whole: no school pays less than this.",
    ),
    _life("cellular_life_years", "cellular", "Life of mobile equipment", "Years until it is replaced."),
    _kwh("cellular_kwh", "cellular", "Electricity that a mobile link draws at the school."),
    Item(
        "microwave_setup", "Microwave link, school end", "school", "microwave", "Radio, aerial and mast at the school."
    ),
    Item(
        "microwave_tower",
        "Microwave link, tower end",
        "school",
        "microwave",
        "Radio and aerial at the tower, one a school.",
    ),
    Item(
        "microwave_spectrum", "Spectrum, once", "MHz", "microwave", "Charge of the regulator when the link is licensed."
    ),
    Item(
        "microwave_spectrum_yearly", "Spectrum, each year", "MHz a year", "microwave", "Yearly charge of the regulator."
    ),
    Item("microwave_mhz", "Spectrum of a link", "MHz", "microwave", "How much spectrum one link needs.", money=False),
    _share("microwave_upkeep_share", "microwave", "Upkeep of a microwave link", "Upkeep as a share of the equipment."),
    Item(
        "microwave_fee_per_mbps",
        "Fee for a microwave link",
        "Mbps a year",
        "microwave",
        "What the provider charges for one Mbps.",
    ),
    _life("microwave_life_years", "microwave", "Life of a microwave link", "Years until the equipment is replaced."),
    _kwh("microwave_kwh", "microwave", "Electricity that a microwave link draws at the school."),
    Item(
        "mast", "New mast", "mast", "microwave", "A new tower with its power, from which several schools are reached."
    ),
    _share("mast_upkeep_share", "microwave", "Upkeep of a mast", "Upkeep as a share of what the mast cost."),
    _life("mast_life_years", "microwave", "Life of a mast", "Years until it is replaced."),
    Item("satellite_setup", "Satellite terminal", "school", "satellite", "Terminal and fitting."),
    _share(
        "satellite_upkeep_share", "satellite", "Upkeep of a satellite terminal", "Upkeep as a share of the terminal."
    ),
    Item(
        "satellite_fee_per_mbps",
        "Fee for satellite",
        "Mbps a year",
        "satellite",
        "What the provider charges for one Mbps.",
    ),
    Item(
        "satellite_fee_least",
        "Least fee for satellite",
        "school a year",
        "satellite",
        "Plans are sold whole: no school pays less than this.",
    ),
    _life("satellite_life_years", "satellite", "Life of a satellite terminal", "Years until it is replaced."),
    _kwh("satellite_kwh", "satellite", "Electricity that a satellite terminal draws."),
    Item(
        "cluster_setup",
        "Pair of Wi-Fi radios",
        "school",
        "cluster",
        "Radios at the connected school and at its neighbour.",
    ),
    _share("cluster_upkeep_share", "cluster", "Upkeep of Wi-Fi radios", "Upkeep as a share of the radios."),
    Item(
        "cluster_fee_per_mbps",
        "Fee for more bandwidth at the connected school",
        "Mbps a year",
        "cluster",
        "What its provider charges for one more Mbps.",
    ),
    _life("cluster_life_years", "cluster", "Life of Wi-Fi radios", "Years until they are replaced."),
    _kwh("cluster_kwh", "cluster", "Electricity that the pair of radios draws."),
    Item(
        "wifi_setup",
        "Wi-Fi inside the school",
        "school",
        "school",
        "Access points, switch and cabling; without them the link ends at the wall.",
    ),
    _share("wifi_upkeep_share", "school", "Upkeep of the school's Wi-Fi", "Upkeep as a share of the equipment."),
    _life("wifi_life_years", "school", "Life of the school's Wi-Fi", "Years until it is replaced."),
    Item("grid_kwh", "Electricity from the grid", "kWh", "power", "What a school pays for one kWh."),
    Item(
        "solar_per_w",
        "Solar power with battery",
        "W",
        "power",
        "Installed price of a watt at the peak, first battery included.",
    ),
    _share("solar_upkeep_share", "power", "Upkeep of solar power", "Upkeep as a share of the installed price."),
    Item("battery_per_kwh", "Battery", "kWh", "power", "Replacing one kWh of battery at the end of its life."),
    _life("battery_life_years", "power", "Life of a battery", "Years until it is replaced."),
    _life("panel_life_years", "power", "Life of solar panels", "Years until they are replaced."),
    Item("device", "Device for learners", "device", "learning", "Laptop or tablet, with case and software."),
    _share(
        "support_share",
        "learning",
        "Support of devices",
        "Repair and technical help, as a share of the price of the devices.",
    ),
    Item("kit", "Assistive kit", "kit", "learning", "Assistive technology for learners with disabilities."),
    _life("kit_life_years", "learning", "Life of an assistive kit", "Years until it is replaced."),
    Item("training", "Training of a teacher", "teacher", "learning", "One round of training."),
    _life("training_years", "learning", "Years between trainings", "Years until a teacher is trained again."),
    Item(
        "offline_server", "Offline server", "school", "offline", "Server with learning content that needs no internet."
    ),
    _share(
        "offline_upkeep_share",
        "offline",
        "Upkeep of an offline server",
        "Upkeep and new content, as a share of the server.",
    ),
    _life("offline_life_years", "offline", "Life of an offline server", "Years until it is replaced."),
    _kwh("offline_kwh", "offline", "Electricity that an offline server draws."),
)
ITEMS: dict[str, Item] = {item.name: item for item in _ITEMS}


def nearest(name: str) -> str:
    """The nearest item, as the end of a sentence; empty where none is near."""
    near = get_close_matches(name, list(ITEMS), n=1, cutoff=0.5)
    return tr("; did you mean {near!r}?", near=near[0]) if near else ""


def mid_sentence(title: str) -> str:
    """A title as it stands inside a sentence."""
    return title if title.startswith("Wi-Fi") else title[:1].lower() + title[1:]
