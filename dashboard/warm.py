"""What a first visitor would otherwise wait for, made in the background once a server stands: base map, shapes, first words,
how sure the list is, the worked examples."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from threading import Thread
from time import sleep

from dashboard import areas, basemap, map, methodbook, panels, shows, sure_list, tiles
from geodata.errors import FirstMileError
from geodata.query import Desk
from geodata.view import View

PAUSE = 10.0  # seconds between countries: a visitor who comes meanwhile goes first

log = logging.getLogger(__name__)


def start(desks: Iterable[Desk]) -> Thread:
    """Warm the countries one after the other, in the order in which they are served; visitors need not wait for it."""
    thread = Thread(target=_all, args=(list(desks),), name="warm", daemon=True)
    thread.start()
    return thread


def _all(desks: list[Desk]) -> None:
    for desk in desks:
        warm(desk)
        sleep(PAUSE)


def warm(desk: Desk) -> None:
    """Everything that Explore shows first, which each room keeps once it is made. A fault is told when someone asks."""
    try:
        everything = View()
        panels.right(desk, everything)
        map.legend_of(desk, everything)
        areas.shapes(desk.atlas, areas.level_of(desk, ""))
        areas.outline(desk, "")
        basemap.base(desk.atlas)
        tiles.places(desk)
        shows.default(desk)
        sure_list.said(desk, everything)
        methodbook.indicators(desk, everything)
        methodbook.ways(desk, everything)
    except FirstMileError as error:
        log.warning("%s: %s", desk.atlas.name, error)
