"""Every service on its worst day: answers spoilt at random, and each connector still gives a table or says what is wrong.

Whatever connector stands in `etl/sources/` and whatever handler in `tests/replay/services/` is covered. More seeds:
`FIRSTMILE_FUZZ=200 pytest tests/test_fetch_fuzz.py`.
"""

from __future__ import annotations

import gzip
import importlib
import io
import os
import pkgutil
import random
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from etl.connect import Ask, Connector, Taken
from etl.fetching.hiding import Veil
from etl.fetching.snapshots import take
from etl.fetching.writing import write_tidy
from geodata.declare import found
from geodata.errors import FirstMileError
from tests.replay import land, services
from tests.replay.mutations import spoilt
from tests.replay.server import Replay

SEEDS = int(os.environ.get("FIRSTMILE_FUZZ", "2"))
CONNECTORS = found(Connector, "etl.sources")
# What a ministry's own system must be told before it can be asked.
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "dhis2": [{"level": "4"}, {"areas": "2"}],
    "kobo": [{"form": "aQuenaraSchools2026"}],
}
PLANTED = "Planted-Key.That#Stands*Nowhere-0123456789"


def keys() -> dict[tuple[str, str], str]:
    """The keys that the handlers take."""
    out: dict[tuple[str, str], str] = {("opencellid", "key"): "any-token-is-right-0123456789"}
    for module in pkgutil.iter_modules(services.__path__):
        loaded = importlib.import_module(f"tests.replay.services.{module.name}")
        for name, value in getattr(loaded, "KEYS", {}).items():
            out[name if isinstance(name, tuple) else (name, "key")] = value
    return out


def question(folder: Path, options: dict[str, Any]) -> Ask:
    places = land.areas(2)
    table = {"area_id": [a.code for a in places], "name": [a.name for a in places], "level": 2}
    areas = gpd.GeoDataFrame(table, geometry=[shapely.Polygon(a.ring) for a in places], crs=4326)
    west, south, east, north = areas.total_bounds
    return Ask(land.ISO3, land.ISO2, "Quenara", (west, south, east, north), areas, options, data=folder, today=date.fromisoformat(land.TODAY))  # fmt: skip


def options_of(connector: Connector) -> list[dict[str, Any]]:
    return OPTIONS.get(connector.name) or [dict(b.options) for b in connector.blocks][:2] or [{}]


@pytest.fixture(scope="module")
def server() -> Iterator[Replay]:
    with Replay(land) as replay:
        yield replay


@pytest.mark.parametrize("name", sorted(CONNECTORS))
def test_spoilt_answers_give_a_table_or_a_reason(server: Replay, tmp_path: Path, name: str) -> None:
    connector = CONNECTORS[name]
    for number, options in enumerate(options_of(connector)):
        for seed in range(SEEDS):
            rng = random.Random(zlib.crc32(f"{name} {number} {seed}".encode()))
            server.clear()
            server.fault("", "mutate", with_=lambda body, rng=rng: spoilt(body, rng), skip=rng.randrange(4))
            folder = tmp_path / f"{number}-{seed}"
            try:
                taken = connector.take(server.client(folder / "cache", keys()), question(folder, options))
            except FirstMileError as error:
                assert str(error), (name, options, seed)  # noqa: PT017 - any of them, with words
                continue
            assert isinstance(taken, Taken)
            if isinstance(taken.content, pd.DataFrame) and len(taken.content):
                suffix = Path(connector.blocks[0].path).suffix if connector.blocks else ".csv"
                write_tidy(taken.content, folder / f"tidy{suffix}", Veil())


@pytest.mark.parametrize("kind", ["html", "lfs", "garbage", "empty", "json_error", "cut", "truncate", "status", "refuse"])  # fmt: skip
def test_a_key_stands_in_no_file_and_no_error_whatever_goes_wrong(server: Replay, tmp_path: Path, kind: str) -> None:
    planted = {(name, c.key.name if c.key else "key"): f"{PLANTED}-{name}" for name, c in CONNECTORS.items()}
    planted |= {(name, "password"): f"{PLANTED}-{name}-password" for name in ("openemis", "dhis2")}
    planted |= {(name, "user"): "clerk" for name in ("openemis", "dhis2")}
    for name in sorted(n for n, c in CONNECTORS.items() if c.key):
        server.clear()
        server.fault("", kind, body=f"no: {PLANTED}-{name}".encode(), status=500, after=20, skip=0)
        client = server.client(tmp_path / "cache", planted)
        chain: list[BaseException | None] = []
        try:
            take(CONNECTORS[name], client, question(tmp_path, options_of(CONNECTORS[name])[0]))
        except FirstMileError as error:
            chain = [error, error.__cause__, error.__context__]
        assert not [e for e in chain if e is not None and PLANTED in repr(e)], name
    for path in tmp_path.rglob("*"):
        assert PLANTED not in path.name
        assert not path.is_file() or PLANTED.encode() not in path.read_bytes(), path


def test_without_a_key_every_service_that_wants_one_says_how_to_get_it(server: Replay, tmp_path: Path) -> None:
    server.clear()
    for name, connector in CONNECTORS.items():
        if connector.key is None or not connector.open_country:
            continue
        with pytest.raises(FirstMileError) as caught:
            connector.take(server.client(tmp_path), question(tmp_path, options_of(connector)[0]))
        assert "FIRSTMILE_" in str(caught.value), name


def test_a_connector_that_does_not_know_its_own_fault_is_caught_at_the_door(server: Replay, tmp_path: Path) -> None:
    def careless(client: Any, ask: Ask) -> Taken:
        return Taken({}["rows"])  # type: ignore[typeddict-item]

    service = replace(CONNECTORS["osm"], take=careless)
    with pytest.raises(FirstMileError, match=r"not understood \(KeyError\)"):
        take(service, server.client(tmp_path), question(tmp_path, {}))


# What the connectors look for in a ZIP.
WANTED = ("SDG_DATA_NATIONAL.csv", "API_x.csv", "xqa_f_05_2026_CN_1km_R2025A_v1.tif", "GHS_SMOD_E2025.tif", "xqa_admin1.geojson", "gis_osm_pois_free_1.shp", "gps_fixed_tiles.shp", "school.csv")  # fmt: skip


def locked() -> bytes:
    """A ZIP with a password: every member says that it is encrypted."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in WANTED:
            archive.writestr(name, "INDICATOR_ID,COUNTRY_ID,YEAR,VALUE\n" * 50)
    out = bytearray(packed.getvalue())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := out.find(mark, start + 1)) >= 0:
            out[start + at] |= 1
    return bytes(out)


def impostors() -> dict[str, bytes]:
    """Files that somebody might drop by mistake."""
    packed, table = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "nothing here")
    pd.DataFrame({"a": [1]}).to_parquet(table)
    return {
        "empty.csv": b"", "page.csv": b"<!doctype html><html>", "one.csv": b"a\n", "bytes.csv": bytes(range(256)) * 9,
        "null.json": b"null", "list.json": b"[1, 2]", "deep.json": b"[" * 5000, "half.geojson": b'{"type": "FeatureColl',
        "empty.geojson": b'{"type": "FeatureCollection", "features": []}', "some.zip": packed.getvalue(),
        "half.zip": packed.getvalue()[:30], "x.csv.gz": gzip.compress(b"a,b\n1,2\n"), "half.csv.gz": gzip.compress(b"a" * 999)[:20],
        "x.parquet": table.getvalue(), "half.parquet": table.getvalue()[:200], "x.tif": b"II*\x00" + bytes(50),
        "locked.zip": locked(), "lfs.tif": b"version https://git-lfs.github.com/spec/v1\n",
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(CONNECTORS))
def test_any_file_dropped_by_hand_gives_a_table_or_a_reason(server: Replay, tmp_path: Path, name: str) -> None:
    server.clear()
    connector = CONNECTORS[name]
    for file, content in impostors().items():
        (tmp_path / file).write_bytes(content)
        asked = replace(question(tmp_path, options_of(connector)[0]), dropped=tmp_path / file)
        try:
            taken = connector.take(server.client(tmp_path / "cache", keys(), offline=True), asked)
        except FirstMileError as error:
            assert str(error), (name, file)  # noqa: PT017 - any of them, with words
            continue
        assert isinstance(taken, Taken), (name, file)
