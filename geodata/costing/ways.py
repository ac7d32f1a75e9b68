"""Prices and quantities into parts: each way of connecting, Wi-Fi inside, electricity, devices, kits, support, training.

Quantities are arrays over rows, or one number. A price that the book does not have, and a quantity that is not known,
make NaN: what it costs is then not known, never nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf

import numpy as np

from geodata.arrays import Floats
from geodata.costing.parts import Part, Perspective
from geodata.costing.unit import Case, PriceBook

Amount = Floats | float


def _part(name: str, line: str, capital: Amount = 0.0, yearly: Amount = 0.0, **more: object) -> Part:
    """A part with all its amounts as arrays of one length; what is bought again is the capital unless said otherwise."""
    again = more.pop("again", capital if "life_years" in more else 0.0)
    a, b, c = np.broadcast_arrays(np.asarray(capital, float), np.asarray(yearly, float), np.asarray(again, float))
    return Part(name, line, np.atleast_1d(a), np.atleast_1d(b), np.atleast_1d(c), **more)  # type: ignore[arg-type]


def _fees(book: PriceBook, way: str, mbps: Amount, case: Case) -> Part:
    """The fee of a link: per Mbps, and never less than the least plan, where the item has one."""
    fee = book.at(f"{way}_fee_per_mbps", case) * np.asarray(mbps, float)
    if way in ("cellular", "satellite"):
        fee = np.maximum(fee, book.at(f"{way}_fee_least", case))  # NaN stays NaN
    return _part(f"{way} fee", "fees", yearly=fee, kind="fee")


def _equipment(book: PriceBook, way: str, price: float, case: Case, **more: object) -> Part:
    upkeep = price * book.toward(f"{way}_upkeep_share", case)
    life = book.toward(f"{way}_life_years", case)
    told = {"line": "link", "by_operator": True, **more}
    return _part(way, str(told.pop("line")), price, upkeep, life_years=life, **told)


def fibre(book: PriceBook, km: Amount, mbps: Amount, *, case: Case = "mid") -> tuple[Part, ...]:
    """Fibre over `km` of line as it runs. The school's equipment is bought again, the line is not."""
    setup = book.at("fibre_setup", case)
    length = np.asarray(km, float)
    built = setup + length * book.at("fibre_per_km", case)
    upkeep = built * book.at("fibre_upkeep_share", case) + length * book.at("fibre_upkeep_per_km", case)
    life = book.toward("fibre_life_years", case)
    link = _part("fibre", "link", built, upkeep, again=setup, life_years=life, by_operator=True)
    return link, _fees(book, "fibre", mbps, case)


def cellular(book: PriceBook, km: Amount, mbps: Amount, *, case: Case = "mid") -> tuple[Part, ...]:
    """Mobile broadband; the distance costs nothing."""
    return _equipment(book, "cellular", book.at("cellular_setup", case), case), _fees(book, "cellular", mbps, case)


def microwave(book: PriceBook, km: Amount, mbps: Amount, *, case: Case = "mid") -> tuple[Part, ...]:
    """A radio link: both ends, spectrum once and each year (a charge of the state), fees."""
    ends = book.at("microwave_setup", case) + book.at("microwave_tower", case)
    mhz = book.at("microwave_mhz", case)
    once, yearly = mhz * book.at("microwave_spectrum", case), mhz * book.at("microwave_spectrum_yearly", case)
    spectrum = _part("spectrum", "link", once, yearly, kind="charge", by_operator=True)
    return _equipment(book, "microwave", ends, case), spectrum, _fees(book, "microwave", mbps, case)


def satellite(book: PriceBook, km: Amount, mbps: Amount, *, case: Case = "mid") -> tuple[Part, ...]:
    """A satellite terminal."""
    return _equipment(book, "satellite", book.at("satellite_setup", case), case), _fees(book, "satellite", mbps, case)


def cluster(book: PriceBook, km: Amount, mbps: Amount, *, case: Case = "mid") -> tuple[Part, ...]:
    """Wi-Fi to a connected school near by, and the bandwidth that is bought there for both."""
    return _equipment(book, "cluster", book.at("cluster_setup", case), case), _fees(book, "cluster", mbps, case)


def offline(book: PriceBook, km: Amount = 0.0, mbps: Amount = 0.0, *, case: Case = "mid") -> tuple[Part, ...]:
    """An offline server: serves meanwhile, and does not count as connected."""
    return (_equipment(book, "offline", book.at("offline_server", case), case, line="offline", by_operator=False),)


WAYS: dict[str, Callable[..., tuple[Part, ...]]] = {
    "fibre": fibre,
    "cellular": cellular,
    "microwave": microwave,
    "satellite": satellite,
    "cluster": cluster,
    "offline": offline,
}


def link(
    book: PriceBook, way: str, km: Amount, mbps: Amount, *, case: Case = "mid", perspective: Perspective = "payer"
) -> tuple[Part, ...]:
    """What connecting by one way costs. `km`: length of the link as it runs; `mbps`: what the school needs.

    For an operator fees are income: the low end of what it must be paid takes their high end.
    """
    return WAYS[way](_earning(book) if perspective == "operator" else book, km, mbps, case=case)


def _earning(book: PriceBook) -> PriceBook:
    """The book with the ends of all fees exchanged."""
    fees = {i: replace(c, low=c.high, high=c.low) for i, c in book.costs.items() if "_fee_" in i}
    return replace(book, costs={**book.costs, **fees})


def wifi(book: PriceBook, schools: Amount = 1.0, *, case: Case = "mid") -> tuple[Part, ...]:
    """Wi-Fi inside: `schools` is 1 where it is to be built, 0 where it is there."""
    inside = _equipment(book, "wifi", book.at("wifi_setup", case), case, by_operator=False)
    share = np.asarray(schools, float)
    return (_part("wifi", "link", inside.capital * share, inside.yearly * share, life_years=inside.life_years),)


def mast(book: PriceBook, count: Amount = 1.0, *, case: Case = "mid") -> tuple[Part, ...]:
    """New masts that serve several schools, without the links from them."""
    price = np.asarray(count, float) * book.at("mast", case)
    upkeep = price * book.toward("mast_upkeep_share", case)
    return (_part("mast", "link", price, upkeep, life_years=book.toward("mast_life_years", case), by_operator=True),)


def energy(book: PriceBook, kwh: Amount, on_grid: Amount = 1.0, *, case: Case = "mid") -> tuple[Part, ...]:
    """Electricity from the grid: kWh a year × chance that the school is on the grid."""
    used = np.asarray(kwh, float) * np.asarray(on_grid, float)
    return (_part("grid", "energy", yearly=used * book.at("grid_kwh", case)),)


def link_kwh(book: PriceBook, way: str, *, case: Case = "mid") -> float:
    """Electricity that a link draws at the school, in kWh a year."""
    return book.at(f"{way}_kwh", case)


def solar(
    book: PriceBook, kwp: Amount, battery_kwh: Amount, share: Amount = 1.0, *, case: Case = "mid"
) -> tuple[Part, ...]:
    """Solar power of `kwp` with a battery, at the `share` (or chance) that the school needs it; the battery anew in time."""
    chance = np.asarray(share, float)
    built = np.asarray(kwp, float) * 1000 * book.at("solar_per_w", case) * chance
    upkeep = built * book.at("solar_upkeep_share", case)
    battery = np.asarray(battery_kwh, float) * book.at("battery_per_kwh", case) * chance
    life, panels = book.toward("battery_life_years", case), book.toward("panel_life_years", case)
    return (
        _part("solar", "power", built, upkeep, life_years=panels),
        _part("battery", "power", 0.0, again=battery, life_years=life),
    )


def devices(
    book: PriceBook, count: Amount, *, life_years: float, loss_share: float = 0.0, case: Case = "mid"
) -> tuple[Part, ...]:
    """Devices for learners, those lost each year, and their support. Life and loss are policy numbers."""
    stock = np.asarray(count, float) * book.at("device", case)
    return (
        _part("devices", "devices", stock, stock * loss_share, life_years=life_years),
        _part("support", "support", yearly=stock * book.at("support_share", case)),
    )


def kits(book: PriceBook, count: Amount, *, case: Case = "mid") -> tuple[Part, ...]:
    """Assistive kits."""
    price = np.asarray(count, float) * book.at("kit", case)
    return (_part("kits", "devices", price, life_years=book.toward("kit_life_years", case)),)


def training(book: PriceBook, teachers: Amount, *, case: Case = "mid") -> tuple[Part, ...]:
    """Training of teachers, at the start and again in every round."""
    price = np.asarray(teachers, float) * book.at("training", case)
    return (_part("training", "training", price, life_years=book.toward("training_years", case)),)


def nothing(rows: int) -> Part:
    """A part that costs nothing, for plans that leave a line out."""
    return _part("nothing", "link", np.zeros(rows), life_years=inf)
