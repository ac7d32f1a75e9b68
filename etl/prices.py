"""The country's own unit prices: the filled-in sheet that the recipe names, read into the manifest's `planning`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from etl.filehashes import hash_of
from etl.source import find
from etl.work import Work
from geodata.costing.books import DEFAULT, book
from geodata.costing.sheet import read
from geodata.costing.unit import PriceBook
from geodata.errors import SchemaError, SourceError

KEPT = "prices.json"


def read_prices(work: Work) -> str:
    """Keeps the country's own price book where its recipe names a filled-in sheet; says whose prices plans will use.

    Raises SourceError where the sheet is missing, faulty or in another currency than the recipe says. A sheet in which
    nothing was filled in gives no book of its own.
    """
    planning = work.recipe.planning
    base = book(planning.price_book or DEFAULT)
    own = _own(work, planning.prices, base) if planning.prices else None
    prices = own or base
    if planning.currency and planning.currency != prices.currency:
        raise SourceError(
            f"The recipe says that plans are in {planning.currency}, and the prices are in {prices.currency} "
            f"({prices.title}). Name a unit-cost sheet in {planning.currency}, or mend `currency`; exchange rates are never guessed."
        )
    work.keep_json(KEPT, {"prices": own.as_data(), "sheet": _passport(work, str(planning.prices))} if own else {})
    return (
        f"{prices.title}: {len(prices.costs):,} in {prices.currency}, {len(prices.provisional):,} of them provisional."
    )


def _own(work: Work, name: str, base: PriceBook) -> PriceBook | None:
    path = _file(work, name)
    try:
        prices = read(path.read_bytes(), base)
    except SchemaError as error:
        raise SourceError(f"{path.name}: {error}") from None
    return None if prices is base else prices


def _file(work: Work, name: str) -> Path:
    path = work.beside(name)  # notes that this step rests on it
    return find(path.name, path.parent)


def _passport(work: Work, name: str) -> dict[str, str]:
    return {"file": Path(name).name, "sha256": hash_of(_file(work, name))}


def with_prices(work: Work, planning: dict[str, Any]) -> dict[str, Any]:
    """What plans rest on, with the country's own book under `prices` (None without one) and its sheet's name and hash."""
    kept = work.take_json(KEPT, {})
    return {**planning, "prices": kept.get("prices"), "prices_sheet": kept.get("sheet")}
