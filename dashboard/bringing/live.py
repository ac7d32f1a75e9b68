"""What was built while the server runs is shown without a new start: a new build of a country, and countries brought here.

Every worker of a server looks for itself, at most once a second, when somebody asks it for something: where the link of
a country leads elsewhere than to the build that is shown, its desk is made anew. What is brought is listed in
`uploads/served.json`, so that a server that is started again shows it too.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from flask import Flask

from dashboard import page
from dashboard.bringing import door
from geodata.disclosure import check_agreement
from geodata.errors import FirstMileError, LayerError
from geodata.layers import open_atlas
from geodata.store import brought

if TYPE_CHECKING:
    from geodata.query import Desk

EVERY = 1.0  # seconds between two looks
log = logging.getLogger(__name__)


def install(server: Flask) -> None:
    """Look for new builds before requests are answered."""
    looked = [monotonic()]
    lock = Lock()

    @server.before_request
    def _look() -> None:
        if monotonic() - looked[0] < EVERY or not lock.acquire(blocking=False):
            return
        try:
            refresh(server)
            looked[0] = monotonic()
        finally:
            lock.release()


def refresh(server: Flask) -> None:
    """Show what stands on the disk now: builds that were swapped in, countries that were brought."""
    shown: page.Served = server.config[page.KEY]
    first = next(iter(shown.desks.values())).atlas.link
    links = {**{slug: desk.atlas.link for slug, desk in shown.desks.items()}, **_brought(first, shown.tier)}
    settings = server.config.get(door.KEY)
    agreement = settings.agreement if isinstance(settings, door.Settings) else ""
    fresh = {
        slug: desk for slug, link in links.items() if (desk := _desk(shown.desks, slug, link, shown.tier, agreement))
    }
    if any(fresh.get(slug) is not shown.desks.get(slug) for slug in links):
        server.config[page.KEY] = replace(shown, desks=fresh)


def _brought(first: Path, tier: str) -> Mapping[str, Path]:
    return {name: first.absolute().parent / name for name in brought.names(first, tier)}


def _desk(now: Mapping[str, Desk], slug: str, link: Path, tier: str, agreement: str) -> Desk | None:
    """The desk of a country as it stands on the disk: the one that is shown, or a new one where another build stands."""
    from geodata.query import Desk  # noqa: PLC0415 - a desk opens the layers, which a mere import should not

    old = now.get(slug)
    try:
        atlas = open_atlas(link)
        if old is not None and atlas.folder.resolve() == old.atlas.folder.resolve():
            return old
        risk = str((atlas.manifest.get("place") or {}).get("risk") or "medium")
        check_agreement(tier, risk, atlas.name, agreement)
        return Desk(atlas, tier=tier)
    except LayerError:
        return old  # taken away, or being swapped on a system without links: what is shown stays
    except FirstMileError as error:
        log.warning("%s is not shown: %s", link.name, error)
        return old
    except (OSError, json.JSONDecodeError) as error:
        log.warning("%s cannot be read: %s", link.name, error)
        return old
