"""WorldPop: people a square kilometre (a raster), and people of areas by age and sex (summed from rasters).

Categories carry the letters of a release, which change yearly: the newest is found in the service's own list. Files
are those that a record names, never addresses put together here.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from etl.boxes import names_in, unboxed
from etl.connect import Ask, Block, Connector, Taken
from etl.raster import open_population
from etl.sources.rows import counted
from etl.sources.worldpop_list import TIFF, Record, newest_record, release_of, year_of
from etl.zonal import people_by_area, people_of
from geodata.errors import NothingFoundError, SourceError

if TYPE_CHECKING:
    from etl.fetching.client import Client

BASE, LICENCE, PUBLISHER = "https://hub.worldpop.org", "CC-BY-4.0", "WorldPop"
ATTRIBUTION = "WorldPop (www.worldpop.org), University of Southampton, CC BY 4.0"
POPULATION_PATTERN = r"G2_(?:CN_)?POP_R(?P<year>\d{2,4})(?P<letter>[A-Z])_1km(?:_UA)?"
AGES_PATTERN = r"G2_(?:CN_)?Age_R(?P<year>\d{2,4})(?P<letter>[A-Z])_1km(?:_UA)?"
OLD_POPULATION = ("wpic1km",)  # the generation before: unconstrained, to 2020
OLDEST = 25  # first age of the oldest group asked for: splitting 15-19 into years needs the groups around it
SEXES = {"f": "girls", "m": "boys"}
DIFFERS = 0.02  # of the population raster, beyond which the sum of all ages is said to differ


def take_population(client: Client, ask: Ask) -> Taken:
    """The raster of people a square kilometre of the newest year that is not in the future (option `year`: that one).

    Raises NothingFoundError where WorldPop has none of the country, SourceError where the file is no such raster.
    """
    if ask.dropped:
        return _raster(ask.dropped, Record(title=ask.dropped.stem, year=year_of(ask.dropped.name)), "")
    record = newest_record(
        client, POPULATION, ask, base=_base(client), project="pop", pattern=POPULATION_PATTERN, older=OLD_POPULATION
    )
    address = record.file(r"\.tiff?$", avoid=r"_(f|m|t)_\d\d_")
    path = client.download(POPULATION.name, address, magic=TIFF, name=address.rpartition("/")[2])
    return _raster(path, record, address)


def _raster(path: Path, record: Record, address: str) -> Taken:
    people = people_of(path)
    height, width = open_population(path).cell
    return Taken(
        path,
        title=record.title,
        date=record.year,
        version=release_of(address or path.name),
        licence=record.licence,
        attribution=record.cited(ATTRIBUTION),
        address=record.page,
        notes=(f"{people:,.0f} people in {path.name}, cells of {height * 3600:.0f} by {width * 3600:.0f} arc-seconds.",),
    )  # fmt: skip


def take_ages(client: Client, ask: Ask) -> Taken:
    """Girls and boys of five-year groups of the finest areas: area_id, name, girls_0_4, boys_0_4, girls_5_9 …

    `00` (under one) and `01` (one to four) are the group 0-4. Raises NothingFoundError where WorldPop has no rasters by
    age of the country, SourceError where no areas are known.
    """
    areas = ask.areas if ask.areas is None else ask.areas[ask.areas.geometry.notna() & ~ask.areas.geometry.is_empty]
    if areas is None or not len(areas):
        raise SourceError("People by age are summed for areas: the boundaries must come first. Add a [[boundary]].")
    areas = areas[areas["level"] == areas["level"].max()].reset_index(drop=True)
    oldest = int(ask.options.get("oldest", OLDEST))
    with tempfile.TemporaryDirectory() as folder:
        files, record, address = _dropped_ages(ask, Path(folder)) if ask.dropped else _asked_ages(client, ask, oldest)
        wanted = {key: path for key, path in files.items() if int(key[1:]) <= oldest}
        if not wanted:
            raise NothingFoundError(f"WorldPop's files by age and sex of {ask.name or ask.iso3} have none of the groups from 0 to {oldest + 4}.")  # fmt: skip
        people = people_by_area(wanted, areas)
    frame = _groups(people, areas, oldest)
    rows = frame[[c for c in frame if c not in ("area_id", "name")]].notna().any(axis=1)
    return Taken(
        frame,
        title=record.title,
        date=record.year,
        version=release_of(address),
        licence=record.licence,
        attribution=record.cited(ATTRIBUTION),
        address=record.page,
        rows_read=len(areas),
        rows_kept=len(frame),
        notes=(*_said(people, oldest, rows, wanted), *_compared(client, ask, people, oldest)),
    )


def _asked_ages(client: Client, ask: Ask, oldest: int) -> tuple[dict[str, Path], Record, str]:
    """Rasters by sex and first age (f00, m00, f01 …), downloaded; only those up to the oldest group."""
    base = client.settings.base(AGES.name, _base(client))
    record = newest_record(client, AGES, ask, base=base, project="age_structures", pattern=AGES_PATTERN)
    files = {key: address for key, address in record.by_age().items() if int(key[1:]) <= oldest and key[0] in SEXES}
    if not files:
        raise NothingFoundError(f"WorldPop's record by age and sex of {ask.name or ask.iso3} names no rasters.")
    paths = {
        key: client.download(AGES.name, address, magic=TIFF, name=address.rpartition("/")[2])
        for key, address in sorted(files.items())
    }
    return paths, record, next(iter(files.values()))


def _dropped_ages(ask: Ask, folder: Path) -> tuple[dict[str, Path], Record, str]:
    """Rasters of a zip put there by hand."""
    assert ask.dropped is not None
    names = [n for n in names_in(ask.dropped) if n.lower().endswith((".tif", ".tiff"))]
    with unboxed(ask.dropped) as archive:
        paths = [Path(archive.extract(name, folder)) for name in names]
    record = Record(title=ask.dropped.stem, year=year_of(ask.dropped.name), files=tuple(str(p) for p in paths))
    return {k: Path(p) for k, p in record.by_age().items() if k[0] in SEXES}, record, ask.dropped.name


def _groups(people: pd.DataFrame, areas: pd.DataFrame, oldest: int) -> pd.DataFrame:
    """Five-year groups; unknown where a part is."""
    out = pd.DataFrame({"area_id": areas["area_id"].astype("str"), "name": areas["name"].astype("str")})
    here = people.drop(index="").reset_index(drop=True)
    for first in range(0, oldest + 1, 5):
        for sex, word in SEXES.items():
            parts = [f"{sex}00", f"{sex}01"] if first == 0 else [f"{sex}{first:02d}"]
            known = all(part in here for part in parts)
            total = here[parts].sum(axis=1, skipna=False) if known else pd.Series(float("nan"), index=here.index)
            out[f"{word}_{first}_{first + 4}"] = total.round(2)
    return out


def _said(people: pd.DataFrame, oldest: int, rows: pd.Series, files: dict[str, Path]) -> list[str]:
    inside, outside = people.drop(index="").sum().sum(), people.loc[""].sum()
    notes = [f"{inside:,.0f} people under {oldest + 5} in {int(rows.sum()):,} areas, from {len(files):,} rasters; a cell counts where its centre lies, on the coast where it touches."]  # fmt: skip
    if outside > 0.5:
        notes.append(f"{outside:,.0f} people under {oldest + 5} live in cells outside every area, and are not counted.")  # fmt: skip
    if not rows.all():
        notes.append(f"{counted(int((~rows).sum()), 'area')} without a cell that has data: children unknown there.")
    return notes


def _compared(client: Client, ask: Ask, people: pd.DataFrame, oldest: int) -> list[str]:
    """How the sum of the ages stands beside the population raster of the same service, where that can be had."""
    if ask.dropped:
        return []
    try:
        population = take_population(client, ask)
        assert isinstance(population.content, Path)
        everyone = people_of(population.content)
    except SourceError as error:
        return [f"The ages could not be compared with the population: {error}"]
    share = float(people.sum().sum()) / everyone if everyone else float("nan")
    young = oldest < 90
    odd = share > 1 + DIFFERS or (not young and abs(share - 1) > DIFFERS)
    what = f"People under {oldest + 5} are" if young else "The ages add up to"
    return [f"{what} {share:.1%} of the population raster ({population.date})" + (", which do not agree." if odd else ".")]  # fmt: skip


def _base(client: Client) -> str:
    return client.base(POPULATION)


def _columns() -> dict[str, str]:
    """Age group → column, as the recipe's table of ages names them."""
    groups = range(0, OLDEST + 1, 5)
    return {f"{first}-{first + 4} {word}": f"{word}_{first}_{first + 4}" for first in groups for word in SEXES.values()}


POPULATION = Connector(
    name="worldpop",
    title="Population (WorldPop)",
    publisher=PUBLISHER,
    gives="population",
    base=BASE,
    licence=LICENCE,
    take=take_population,
    blocks=(Block("source", "population", "population.tif", {"kind": "population", "evidence": "inferred"}),),
    attribution=ATTRIBUTION,
    address="https://hub.worldpop.org",
    by_hand="a GeoTIFF of people a cell in EPSG:4326, such as ken_pop_2026_CN_1km_R2025A_UA_v1.tif",
    options={"year": "a year in place of the newest", "category": "a category in place of the newest release"},
)
AGES = Connector(
    name="worldpop_ages",
    title="People by age and sex (WorldPop)",
    publisher=PUBLISHER,
    gives="ages",
    base=BASE,
    licence=LICENCE,
    take=take_ages,
    blocks=(Block("ages", "people by age", "ages.csv", {"key": "area_id", "join": "code", "columns": _columns()}),),
    attribution=ATTRIBUTION,
    address="https://hub.worldpop.org",
    by_hand="a ZIP of GeoTIFFs by age and sex, such as ken_agesex_structures_2026_CN_1km_R2025A_v1.zip",
    options={
        "year": "a year in place of the newest",
        "category": "a category in place of the newest release",
        "oldest": "first age of the oldest group, 25 unless told; 90 for everybody",
    },
)
