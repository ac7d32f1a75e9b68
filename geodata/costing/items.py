"""Everything that has a price in a plan, declared once: what it is called in a sheet, what it is paid for, and what it means.

Items that are not money (shares, years, MHz, kWh) have no currency and stay what they are in any price book.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from geodata.say import later, tr

Group = Literal["fibre", "cellular", "microwave", "satellite", "cluster", "school", "power", "learning", "offline"]

GROUPS: dict[str, str] = {
    "fibre": later("Fibre"),
    "cellular": later("Mobile broadband (4G, 5G)"),
    "microwave": later("Microwave link"),
    "satellite": later("Satellite"),
    "cluster": later("Wi-Fi link to a connected school"),
    "school": later("Inside the school"),
    "power": later("Electricity"),
    "learning": later("Devices, support and training"),
    "offline": later("Offline-first"),
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
    return Item(name, title, later("years"), group, definition, money=False, saves=True)


def _share(name: str, group: Group, title: str, definition: str) -> Item:
    return Item(name, title, later("share a year"), group, definition, money=False)


def _kwh(name: str, group: Group, definition: str) -> Item:
    return Item(name, later("Electricity of the link"), later("kWh a year"), group, definition, money=False)


_ITEMS = (
    Item(
        "fibre_setup",
        later("Connecting a school to fibre"),
        "school",
        "fibre",
        later("Equipment at the school, without the line."),
    ),
    Item(
        "fibre_per_km", later("Fibre line"), "km", "fibre", later("Building one kilometre of line, along its real way.")
    ),
    Item(
        "fibre_upkeep_per_km",
        later("Upkeep of a fibre line"),
        later("km a year"),
        "fibre",
        later("Upkeep of one kilometre of line."),
    ),
    _share(
        "fibre_upkeep_share",
        "fibre",
        later("Upkeep of fibre"),
        later("Upkeep as a share of what line and equipment cost."),
    ),
    Item(
        "fibre_fee_per_mbps",
        later("Fee for fibre"),
        later("Mbps a year"),
        "fibre",
        later("What the provider charges for one Mbps."),
    ),
    _life(
        "fibre_life_years",
        "fibre",
        later("Life of fibre equipment"),
        later("Years until the school's equipment is replaced; the line outlives the plan."),
    ),
    _kwh("fibre_kwh", "fibre", later("Electricity that a fibre link draws at the school.")),
    Item(
        "cellular_setup",
        later("Connecting a school to a mobile network"),
        "school",
        "cellular",
        later("Router, aerial and fitting."),
    ),
    _share(
        "cellular_upkeep_share",
        "cellular",
        later("Upkeep of mobile equipment"),
        later("Upkeep as a share of the equipment."),
    ),
    Item(
        "cellular_fee_per_mbps",
        later("Fee for mobile broadband"),
        later("Mbps a year"),
        "cellular",
        later("What the operator charges for one Mbps."),
    ),
    Item(
        "cellular_fee_least",
        later("Least fee for mobile broadband"),
        later("school a year"),
        "cellular",
        later("Plans are sold whole: no school pays less than this."),
    ),
    _life("cellular_life_years", "cellular", later("Life of mobile equipment"), later("Years until it is replaced.")),
    _kwh("cellular_kwh", "cellular", later("Electricity that a mobile link draws at the school.")),
    Item(
        "microwave_setup",
        later("Microwave link, school end"),
        "school",
        "microwave",
        later("Radio, aerial and mast at the school."),
    ),
    Item(
        "microwave_tower",
        later("Microwave link, tower end"),
        "school",
        "microwave",
        later("Radio and aerial at the tower, one a school."),
    ),
    Item(
        "microwave_spectrum",
        later("Spectrum, once"),
        "MHz",
        "microwave",
        later("Charge of the regulator when the link is licensed."),
    ),
    Item(
        "microwave_spectrum_yearly",
        later("Spectrum, each year"),
        later("MHz a year"),
        "microwave",
        later("Yearly charge of the regulator."),
    ),
    Item(
        "microwave_mhz",
        later("Spectrum of a link"),
        "MHz",
        "microwave",
        later("How much spectrum one link needs."),
        money=False,
    ),
    _share(
        "microwave_upkeep_share",
        "microwave",
        later("Upkeep of a microwave link"),
        later("Upkeep as a share of the equipment."),
    ),
    Item(
        "microwave_fee_per_mbps",
        later("Fee for a microwave link"),
        later("Mbps a year"),
        "microwave",
        later("What the provider charges for one Mbps."),
    ),
    _life(
        "microwave_life_years",
        "microwave",
        later("Life of a microwave link"),
        later("Years until the equipment is replaced."),
    ),
    _kwh("microwave_kwh", "microwave", later("Electricity that a microwave link draws at the school.")),
    Item(
        "mast",
        later("New mast"),
        "mast",
        "microwave",
        later("A new tower with its power, from which several schools are reached."),
    ),
    _share(
        "mast_upkeep_share", "microwave", later("Upkeep of a mast"), later("Upkeep as a share of what the mast cost.")
    ),
    _life("mast_life_years", "microwave", later("Life of a mast"), later("Years until it is replaced.")),
    Item("satellite_setup", later("Satellite terminal"), "school", "satellite", later("Terminal and fitting.")),
    _share(
        "satellite_upkeep_share",
        "satellite",
        later("Upkeep of a satellite terminal"),
        later("Upkeep as a share of the terminal."),
    ),
    Item(
        "satellite_fee_per_mbps",
        later("Fee for satellite"),
        later("Mbps a year"),
        "satellite",
        later("What the provider charges for one Mbps."),
    ),
    Item(
        "satellite_fee_least",
        later("Least fee for satellite"),
        later("school a year"),
        "satellite",
        later("Plans are sold whole: no school pays less than this."),
    ),
    _life(
        "satellite_life_years", "satellite", later("Life of a satellite terminal"), later("Years until it is replaced.")
    ),
    _kwh("satellite_kwh", "satellite", later("Electricity that a satellite terminal draws.")),
    Item(
        "cluster_setup",
        later("Pair of Wi-Fi radios"),
        "school",
        "cluster",
        later("Radios at the connected school and at its neighbour."),
    ),
    _share(
        "cluster_upkeep_share", "cluster", later("Upkeep of Wi-Fi radios"), later("Upkeep as a share of the radios.")
    ),
    Item(
        "cluster_fee_per_mbps",
        later("Fee for more bandwidth at the connected school"),
        later("Mbps a year"),
        "cluster",
        later("What its provider charges for one more Mbps."),
    ),
    _life("cluster_life_years", "cluster", later("Life of Wi-Fi radios"), later("Years until they are replaced.")),
    _kwh("cluster_kwh", "cluster", later("Electricity that the pair of radios draws.")),
    Item(
        "wifi_setup",
        later("Wi-Fi inside the school"),
        "school",
        "school",
        later("Access points, switch and cabling; without them the link ends at the wall."),
    ),
    _share(
        "wifi_upkeep_share",
        "school",
        later("Upkeep of the school's Wi-Fi"),
        later("Upkeep as a share of the equipment."),
    ),
    _life("wifi_life_years", "school", later("Life of the school's Wi-Fi"), later("Years until it is replaced.")),
    Item("grid_kwh", later("Electricity from the grid"), "kWh", "power", later("What a school pays for one kWh.")),
    Item(
        "solar_per_w",
        later("Solar power with battery"),
        "W",
        "power",
        later("Installed price of a watt at the peak, first battery included."),
    ),
    _share(
        "solar_upkeep_share",
        "power",
        later("Upkeep of solar power"),
        later("Upkeep as a share of the installed price."),
    ),
    Item(
        "battery_per_kwh",
        later("Battery"),
        "kWh",
        "power",
        later("Replacing one kWh of battery at the end of its life."),
    ),
    _life("battery_life_years", "power", later("Life of a battery"), later("Years until it is replaced.")),
    _life("panel_life_years", "power", later("Life of solar panels"), later("Years until they are replaced.")),
    Item(
        "device", later("Device for learners"), "device", "learning", later("Laptop or tablet, with case and software.")
    ),
    _share(
        "support_share",
        "learning",
        later("Support of devices"),
        later("Repair and technical help, as a share of the price of the devices."),
    ),
    Item(
        "kit", later("Assistive kit"), "kit", "learning", later("Assistive technology for learners with disabilities.")
    ),
    _life("kit_life_years", "learning", later("Life of an assistive kit"), later("Years until it is replaced.")),
    Item("training", later("Training of a teacher"), "teacher", "learning", later("One round of training.")),
    _life(
        "training_years", "learning", later("Years between trainings"), later("Years until a teacher is trained again.")
    ),
    Item(
        "offline_server",
        later("Offline server"),
        "school",
        "offline",
        later("Server with learning content that needs no internet."),
    ),
    _share(
        "offline_upkeep_share",
        "offline",
        later("Upkeep of an offline server"),
        later("Upkeep and new content, as a share of the server."),
    ),
    _life("offline_life_years", "offline", later("Life of an offline server"), later("Years until it is replaced.")),
    _kwh("offline_kwh", "offline", later("Electricity that an offline server draws.")),
)
ITEMS: dict[str, Item] = {item.name: item for item in _ITEMS}


def nearest(name: str) -> str:
    """The nearest item, as the end of a sentence; empty where none is near."""
    near = get_close_matches(name, list(ITEMS), n=1, cutoff=0.5)
    return tr("; did you mean {near!r}?", near=near[0]) if near else ""


def mid_sentence(title: str) -> str:
    """A title as it stands inside a sentence."""
    return title if title.startswith("Wi-Fi") else title[:1].lower() + title[1:]
