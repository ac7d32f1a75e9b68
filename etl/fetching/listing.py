"""The services as a person sees them: what each gives, under which licence, with a key or without, from where."""

from __future__ import annotations

import os
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from etl.connect import Connector
from etl.fetching.client import Client, services
from geodata.errors import SourceError

HEAD = ("Service", "Gives", "Publisher", "Licence", "Key", "Address")
# Hosts that several services share have settings, and no connector of their own.
SHARED = ("hdx",)


def rows(client: Client) -> list[tuple[str, ...]]:
    """A row for each service, in the columns of `HEAD`; those that give the same stand together, first asked first."""
    known = sorted(_all(client), key=lambda c: (c.gives, c.order, c.name))
    return [(c.name, c.gives, c.publisher, c.licence or "read with the data", key_of(c, client), address_of(c, client)) for c in known]  # fmt: skip


def key_of(connector: Connector, client: Client) -> str:
    """Whether a service wants a key and one is set; never the key."""
    if connector.key is None:
        return "none needed"
    names = {name for service, name in client.settings.keys if service == connector.name}
    return "set" if names else f"not set ({variable(connector)})"


def address_of(connector: Connector, client: Client) -> str:
    """The address in use; a ministry's own system has none until somebody sets it."""
    return client.base(connector) or f"not set (FIRSTMILE_{connector.name.upper()}_BASE, or base in the recipe)"


def variable(connector: Connector) -> str:
    """The environment variable that holds a service's key."""
    name = connector.key.name if connector.key else "key"
    return f"FIRSTMILE_{connector.name.upper()}_KEY" + ("" if name == "key" else f"_{name.upper()}")


def details(name: str, client: Client) -> list[str]:
    """All about one service, in lines. Raises SourceError with the nearest name where there is none of this name."""
    connector = client.known(name)
    if connector is None:
        raise SourceError(
            f"There is no service {name!r}{_nearest(name, client) or '.'} `firstmile services` lists them."
        )
    lines = [
        f"{connector.name}: {connector.title} ({connector.publisher})",
        f"  gives: {connector.gives}" + ("" if connector.open_country else " (asked only where a recipe names it)"),
        f"  address: {address_of(connector, client)}  (settings: FIRSTMILE_{connector.name.upper()}_BASE)",
        f"  licence: {connector.licence or 'read with the data'}",
        f"  key: {key_of(connector, client)}" + (f". {connector.key.where}" if connector.key else ""),
    ]
    lines += [f"  attribution: {connector.attribution}"] if connector.attribution else []
    lines += [f"  by hand (service.file): {connector.by_hand}"] if connector.by_hand else []
    lines += [f"  option {option}: {what}" for option, what in connector.options.items()]
    lines += [f"  in a recipe: [{b.table}] path = {b.path!r}, {b.table}.service.name = {connector.name!r}" for b in connector.blocks]  # fmt: skip
    return lines


def remarks(client: Client) -> list[str]:
    """Where answers are kept, and what the settings name that no service is called."""
    named = {*client.settings.bases, *(service for service, _ in client.settings.keys)}
    lost = sorted(named - {c.name for c in _all(client)} - set(SHARED))
    said = [f"The settings name {name!r}, which is no service{_nearest(name, client) or '.'}" for name in lost]
    return [*said, f"Answers are kept in {client.cache} ({size_of(Path(client.cache)) / 1e6:,.0f} MB)."]


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder, those under two names counted once."""
    seen: dict[int, int] = {}
    for where, _, names in os.walk(folder):
        for name in names:
            about = (Path(where) / name).stat()
            seen[about.st_ino] = about.st_size
    return sum(seen.values())


def _all(client: Client) -> Iterable[Connector]:
    return (services() if client.services is None else client.services).values()


def _nearest(name: str, client: Client) -> str:
    near = get_close_matches(name, [c.name for c in _all(client)], n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else ""
