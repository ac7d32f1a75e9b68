"""The files of a recipe that are not there yet: each is asked of its service, or fetched from its address.

First the boundaries, then the schools, then the rest: many services are asked for the country's bounds, which these give.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from etl.codes import iso2_of
from etl.connect import Ask, Connector
from etl.fetching.client import Client
from etl.fetching.snapshots import take_source
from etl.fetching.writing import copy_whole
from etl.manifest import inputs
from etl.recipe import Reading, Recipe
from etl.whereabouts import areas_of, bounds_of, bounds_of_schools
from geodata.errors import NothingFoundError, SourceError


def fetch_missing(recipe: Recipe, data: Path, client: Client) -> list[Reading]:
    """Fetch each file of the recipe that has a service or an address and is not there; the files that came.

    What is there is never fetched again (`firstmile refresh` does that). Raises SourceError, with the file's place so
    that it can be put there by hand, where one cannot be had.
    """
    data = Path(data)
    wanted = [r for r in in_order(recipe) if (r.service or r.download) and not (data / r.path).exists()]
    for reading in wanted:
        if reading.service is not None:
            fetch_service(reading, recipe, data, client)
        else:
            fetch_address(reading, data, client)
    return wanted


def in_order(recipe: Recipe) -> list[Any]:
    """Every file of the recipe: boundaries from the top, registers, the rest."""
    rank = {id(item): 0 for item in recipe.boundary}
    rank |= {id(item): 1 for item in recipe.source if item.kind == "schools" and not item.series}
    return sorted(inputs(recipe), key=lambda item: (rank.get(id(item), 2), getattr(item, "level", 0) if id(item) in rank else 0))  # fmt: skip


def fetch_service(reading: Any, recipe: Recipe, data: Path, client: Client, *, told: bool = True) -> dict[str, Any]:
    """One file from its service; returns its passport. `told`: whether what came is said."""
    connector = service_of(reading, client)
    ask = ask_for(reading, recipe, data, client)
    client.tell(f"{'Looking into the cache' if client.offline else 'Asking'}: {connector.title}, for {reading.path} …")
    try:
        passport = take_source(reading, connector, client, ask, data)
    except NothingFoundError as error:
        raise NothingFoundError(f"{reading.path}: {error} Take its table out of the recipe, or put the file at {data / reading.path} by hand.") from None  # fmt: skip
    except SourceError as error:
        raise type(error)(f"{reading.path} could not be had. {error}") from None
    kept = passport["rows_kept"]
    rows = f"{kept:,} {'row' if kept == 1 else 'rows'}" if kept else "one file"
    if told:
        client.tell(f"{'Taken from the cache' if client.offline else 'Fetched'}: {reading.path}, {rows}.")
    return passport


def service_of(reading: Any, client: Client) -> Connector:
    """The connector that a recipe names. Raises SourceError with the names there are."""
    name = reading.service.name
    if (connector := client.known(name)) is not None:
        return connector
    raise SourceError(f"{reading.path}: there is no service {name!r}. `firstmile services` lists those that there are.")


def ask_for(reading: Any, recipe: Recipe, data: Path, client: Client) -> Ask:
    """The question that belongs to a file: the place, and its bounds and areas as far as files say them."""
    place = recipe.place
    ask = Ask(place.iso3, iso2_of(place.iso3), place.name, data=data, today=client.now().date())
    finest = [b for b in recipe.boundary if b is not reading and (data / b.path).is_file()]
    if reading not in recipe.boundary and finest:
        areas = areas_of(max(finest, key=lambda b: b.level), data)
        return replace(ask, areas=areas, bounds=bounds_of(areas))
    schools = [s for s in recipe.source if s.kind == "schools" and not s.series and s is not reading]
    if reading not in recipe.boundary and schools and (data / schools[0].path).is_file():
        return replace(ask, bounds=bounds_of_schools(schools[0], data))
    return ask


def fetch_address(reading: Reading, data: Path, client: Client) -> None:
    """One file from the address that the recipe gives as `download`."""
    path, address = data / reading.path, str(reading.download)
    host = urlsplit(address).hostname or "download"
    fault = ""
    try:
        came = client.download(host, address, magic=(), name=path.name)
        copy_whole(came, path)
    except SourceError as error:
        fault = f"{path.name} could not be fetched. {error} Its place is {path}; or correct `download` in the recipe."
    except OSError as error:
        fault = f"{path} cannot be written ({error.strerror})."
    if fault:
        raise SourceError(fault)
    client.tell(f"Fetched {path.name} from {host}: {path.stat().st_size:,} bytes.")
