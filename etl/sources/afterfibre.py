"""AfTerFibre: terrestrial fibre of Africa, gathered by hand from what operators publish; irregular.

It is a set of files rather than a service: one is put there by hand, or named by its address. Properties may be any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from etl.connect import Ask, Block, Connector, Taken
from etl.sources import lines
from geodata.errors import NothingFoundError, SourceError

if TYPE_CHECKING:
    from etl.fetching.client import Client

NAME, BASE = "afterfibre", "https://afterfibre.nsrc.org"
AROUND_DEGREES = 0.5


def take(client: Client, ask: Ask) -> Taken:
    """The lines in and around a country; raises NothingFoundError where no file is named, or it has none here."""
    where = str(ask.options.get("address", ""))
    if ask.dropped:
        features = lines.saved(ask.dropped)
    elif where:
        features = _features(client.json(NAME, where, allow=()))
    else:
        raise NothingFoundError(
            f"AfTerFibre publishes files: download its GeoJSON from {BASE} and name it in the recipe, as `file` of the service."
        )
    around = lines.widened(ask.bounds, AROUND_DEGREES) if ask.bounds else None
    # Its lines are fibre by what it is; where one says otherwise, that stands.
    table = lines.table(features, NAME, around, only_here=True, medium="fiber")
    if not len(table.frame):
        raise NothingFoundError(f"AfTerFibre shows no line in {ask.name or ask.iso3}. {' '.join(table.notes)}".strip())
    return Taken(
        table.frame,
        title="African terrestrial fibre",
        date=str(ask.options.get("vintage", "")),
        attribution="AfTerFibre, Network Startup Resource Center",
        address=BASE,
        rows_read=len(features),
        rows_kept=len(table.frame),
        notes=table.notes,
    )


def _features(found: Any) -> list[dict[str, Any]]:
    if not isinstance(found, dict) or not isinstance(found.get("features"), list):
        raise SourceError("AfTerFibre's file is no GeoJSON with features.")
    return [f for f in found["features"] if isinstance(f, dict)]


AFTERFIBRE = Connector(
    name=NAME,
    title="AfTerFibre",
    publisher="Network Startup Resource Center",
    gives="nodes",
    base=BASE,
    licence="CC-BY-4.0",
    take=take,
    blocks=(Block("source", "AfTerFibre", "afterfibre.parquet", keys=lines.RECIPE),),
    attribution="AfTerFibre, Network Startup Resource Center",
    address=BASE,
    order=20,
    by_hand="a GeoJSON of lines from https://afterfibre.nsrc.org, whatever its properties",
    options={"address": "address of its GeoJSON", "vintage": "date that the file describes"},
)
