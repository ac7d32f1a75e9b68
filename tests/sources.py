"""What tests of connectors share: a made-up country to ask for, and a tidy file read by the very reader of the build."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from etl.boundaries import Areas, read_boundaries
from etl.choosing import reading_of
from etl.connect import Ask, Connector, Taken
from etl.fetching.hiding import Veil
from etl.fetching.writing import write_tidy
from etl.harmonise import Harmonised, harmonise
from etl.recipe import Recipe, Source
from etl.source import read_raw
from geodata.declare import found

ASK = Ask("XQA", "XQ", "Quenara", today=date(2026, 11, 1))


def connector(name: str) -> Connector:
    """A connector by its name."""
    return found(Connector, "etl.sources")[name]


def ask(**changes: Any) -> Ask:
    """The question for Quenara with some parts changed."""
    return Ask(**{**{f: getattr(ASK, f) for f in ("iso3", "iso2", "name", "today")}, **changes})


def harmonised(taken: Taken, name: str, folder: Path, block: int = 0) -> Harmonised:
    """What the build makes of a tidy file, through the connector's own block."""
    service = connector(name)
    reading = reading_of(service, service.blocks[block])
    assert isinstance(reading, Source)
    write_tidy(taken.content, folder / reading.path, Veil())
    return harmonise(read_raw(reading, folder), reading)


def areas(taken: dict[int, Taken], name: str, folder: Path) -> Areas:
    """What the build makes of the boundaries of several levels."""
    service = connector(name)
    readings = []
    for block in service.blocks:
        if (level := block.options["level"]) in taken:
            reading = reading_of(service, block)
            write_tidy(taken[level].content, folder / reading.path, Veil())
            readings.append(reading.model_dump(exclude_unset=True))
    place = {"name": "Quenara", "iso3": "XQA", "levels": ["province", "district"]}
    schools = {"name": "none", "path": "none.csv"}
    return read_boundaries(Recipe.model_validate({"place": place, "source": [schools], "boundary": readings}), folder)
