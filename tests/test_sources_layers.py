"""Ookla, OpenCelliD, WorldPop, relative wealth and GHSL: asked of a real server, and read from files dropped by hand."""

from __future__ import annotations

import gzip
import json
import shutil
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box
from shapely.geometry import shape

from etl.codes import iso2_of
from etl.connect import Ask, Taken
from etl.fetching.client import Client
from etl.fetching.settings import Settings
from etl.fetching.snapshots import take_source
from etl.harmonise import harmonise
from etl.nearby import Near, near
from etl.raster import open_population
from etl.recipe import Source
from etl.settlement import settlement_at
from etl.source import read_raw
from etl.sources import ghsl, ookla, opencellid, rwi, worldpop
from etl.sources.worldpop_list import Record, licence_of, release_of, year_of
from etl.zonal import people_by_area, people_of
from geodata import quadkey
from geodata.errors import KeyNeededError, NothingFoundError, OfflineError, SourceError
from geodata.population import people_within
from tests.replay import land
from tests.replay.server import Replay, answer_json
from tests.replay.services import ghsl as ghsl_service
from tests.replay.services import ookla as ookla_service
from tests.replay.services import opencellid as cells_service
from tests.replay.services import worldpop as worldpop_service

TODAY = date(2026, 11, 1)
KEYS = {("opencellid", "key"): "ocid-0123456789abcdef"}


@pytest.fixture(scope="module")
def server() -> Iterator[Replay]:
    with Replay(land) as running:
        yield running


@pytest.fixture
def replay(server: Replay) -> Replay:
    server.clear()
    server.asked.clear()
    return server


def districts() -> gpd.GeoDataFrame:
    places = land.areas(2)
    columns = {"area_id": [a.code for a in places], "name": [a.name for a in places], "level": 2}
    return gpd.GeoDataFrame(columns, geometry=[shape(a.geometry) for a in places], crs=4326)


def ask(dropped: Path | None = None, **options: Any) -> Ask:
    return Ask(land.ISO3, land.ISO2, land.NAME, land.BOUNDS, districts(), options, dropped, Path(), TODAY)


def table(taken: Taken) -> pd.DataFrame:
    assert isinstance(taken.content, pd.DataFrame)
    return taken.content


def raster(taken: Taken) -> Path:
    assert isinstance(taken.content, Path)
    return taken.content


# --- near a country ----------------------------------------------------------------------------------------------


@given(st.floats(-179, 179), st.floats(-80, 80), st.floats(0.01, 20), st.floats(0, 60))
@settings(max_examples=60)
def test_no_point_within_the_margin_is_left_out(west: float, south: float, size: float, km: float) -> None:
    """What lies on the edge of a box, or no farther from it than the margin, is held; prefixes cover what is held."""
    country = box(west, south, west + size, min(south + size, 84.0))
    frame = gpd.GeoDataFrame({"area_id": ["a"], "level": [1]}, geometry=[country], crs=4326)
    here = near(Ask("XAA", areas=frame), km)
    edge_lat, edge_lon = (south + min(south + size, 84.0)) / 2, west
    lat = np.array([edge_lat, edge_lat, south])
    lon = np.array([edge_lon, edge_lon - km * 0.99 / (111.2 * np.cos(np.radians(edge_lat))), west])
    lon = (lon + 180) % 360 - 180
    assert here.holds(lat, lon).all()
    keys = quadkey.to_text(quadkey.from_degrees(lat, lon))
    assert all(key.startswith(here.prefixes) for key in keys)
    assert len(here.prefixes) <= 256


def test_a_country_across_180_degrees_is_two_boxes_and_not_the_whole_globe() -> None:
    fiji = gpd.GeoDataFrame({"area_id": ["w", "e"], "level": 1}, geometry=[box(177, -19, 180, -16), box(-180, -17, -179.8, -16)], crs=4326)  # fmt: skip
    here = near(Ask("FJI", areas=fiji), 5)
    lat, lon = np.array([-17.0, -16.5, -17.0, -17.0]), np.array([178.0, -179.9, 0.0, 100.0])
    assert here.holds(lat, lon).tolist() == [True, True, False, False]
    assert here.around[0] == -180
    assert here.around[2] == 180
    bounds = near(Ask("FJI", bounds=(177.0, -19.0, -179.8, -16.0)), 5)  # without areas: west lies east of east
    assert bounds.in_boxes(lat, lon).tolist() == [True, True, False, False]


def test_without_areas_and_bounds_nothing_is_guessed() -> None:
    with pytest.raises(SourceError, match="boundaries must come first"):
        near(Ask("KEN", name="Kenya"), 5)


# --- Ookla -------------------------------------------------------------------------------------------------------


def test_the_newest_published_quarter_is_taken_and_said(replay: Replay, tmp_path: Path) -> None:
    client = replay.client(tmp_path, now=lambda: datetime(2026, 11, 1, tzinfo=UTC))
    taken = ookla.take(client, ask(type="fixed"))
    frame = table(taken)
    truth = {t.quadkey: t for t in land.tiles("fixed")}
    assert set(frame["quadkey"]) - set(truth) == set(frame["quadkey"][frame["avg_download_mbps"].isna()])
    known = frame[frame["quadkey"].isin(list(truth))]
    assert len(known) == len(truth)  # the row that stands twice is there once
    assert known["avg_download_mbps"].tolist() == [truth[k].down_kbps / 1000 for k in known["quadkey"]]
    assert known["tests"].tolist() == [truth[k].tests for k in known["quadkey"]]
    assert taken.version == "Q2 2026"
    assert taken.date == "2026-04"
    assert "Q3 2026 not published yet; Q2 2026 taken." in taken.notes
    assert "accessed on 1 November 2026 from AWS" in taken.attribution
    assert "for Q2 2026. Ookla trademarks used under license" in taken.attribution
    assert [p.partition("year=")[2][:14] for p in replay.paths("ookla")] == ["2026/quarter=3", "2026/quarter=2"]
    assert client.waits == []  # 403 is an answer, not a fault to wait for


@pytest.mark.parametrize(("quarter", "columns"), [("2019Q1", 7), ("Q4 2022", 9), ("2026-04-01", 11)])
def test_each_vintage_of_the_columns_is_read_by_name(
    replay: Replay, tmp_path: Path, quarter: str, columns: int
) -> None:
    path = tmp_path / "raw.parquet"
    path.write_bytes(ookla_service.file("mobile", columns))
    assert len(pq.read_schema(path).names) == columns
    frame = table(ookla.take(replay.client(tmp_path), ask(type="mobile", quarter=quarter)))
    assert frame["avg_download_mbps"].sum() == pytest.approx(sum(t.down_kbps for t in land.tiles("mobile")) / 1000)
    assert set(frame["network"]) == {"mobile"}


def test_a_quarter_that_was_never_published_is_no_fault_but_a_gap(replay: Replay, tmp_path: Path) -> None:
    with pytest.raises(NothingFoundError, match="nor the 4 quarters before it"):
        ookla.take(replay.client(tmp_path), Ask(land.ISO3, bounds=land.BOUNDS, today=date(2024, 6, 1)))
    assert len(replay.asked) == 5
    with pytest.raises(NothingFoundError, match="Q1 2020"):
        ookla.take(replay.client(tmp_path), ask(quarter="2020Q1"))


def test_a_country_without_a_tile_is_said_with_the_quarter(replay: Replay, tmp_path: Path) -> None:
    elsewhere = Ask("ISL", name="Iceland", bounds=(-24.0, 63.0, -13.0, 66.6), today=TODAY)
    with pytest.raises(
        NothingFoundError, match=r"fixed, Q2 2026.*none of Iceland among 51.*no sign that there is no net"
    ):
        ookla.take(replay.client(tmp_path), elsewhere)


def test_offline_the_newest_quarter_that_is_in_the_cache_is_read(replay: Replay, tmp_path: Path) -> None:
    with pytest.raises(OfflineError):
        ookla.take(replay.client(tmp_path, offline=True), ask())
    first = table(ookla.take(replay.client(tmp_path), ask()))
    replay.asked.clear()
    again = table(ookla.take(replay.client(tmp_path, offline=True), ask()))
    assert first.equals(again)
    assert replay.asked == []


@pytest.mark.parametrize("kind", ["html", "lfs", "truncate", "garbage", "empty"])
def test_what_is_no_parquet_is_refused_in_words(replay: Replay, tmp_path: Path, kind: str) -> None:
    replay.fault("ookla", kind, path="quarter=2")
    with pytest.raises(SourceError, match=r"instead of|cut off") as caught:
        ookla.take(replay.client(tmp_path), ask())
    assert not isinstance(caught.value, NothingFoundError)


def test_tiles_without_areas_are_chosen_by_the_bounds_and_their_margin(tmp_path: Path) -> None:
    path = tmp_path / "fixed_2025Q1.parquet"
    path.write_bytes(ookla_service.file("fixed", 9))
    bare = Ask(land.ISO3, bounds=land.BOUNDS, dropped=path, today=TODAY)
    taken = ookla.take(None, bare)  # type: ignore[arg-type]  # a dropped file asks nobody
    assert taken.version == "Q1 2025"
    assert table(taken)["quadkey"].tolist() == table(ookla.take(None, ask(path)))["quadkey"].tolist()  # type: ignore[arg-type]


def test_quadkeys_that_lost_their_zeros_to_numbers_get_them_back(tmp_path: Path) -> None:
    key = quadkey.to_text(quadkey.from_degrees([18.4663], [-66.1057]))[0]
    assert key.startswith("0")
    path = tmp_path / "2020Q4.parquet"
    pq.write_table(pa.table({"quadkey": [int(key)], "avg_d_kbps": [57_868], "tests": [28]}), path)
    frame = table(ookla.take(None, Ask("PRI", bounds=(-68.0, 17.8, -65.2, 18.6), dropped=path, today=TODAY)))  # type: ignore[arg-type]
    assert frame["quadkey"].tolist() == [key]
    assert frame["avg_download_mbps"].tolist() == [57.868]
    assert frame["avg_upload_mbps"].isna().all()


def test_a_file_of_another_kind_or_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.parquet"
    pq.write_table(pa.table({"quadkey": ["0"], "speed": [1]}), path)
    with pytest.raises(SourceError, match="no column avg_d_kbps, tests; it has quadkey, speed"):
        ookla.take(None, ask(path))  # type: ignore[arg-type]
    path = tmp_path / "2025-01-01_performance_mobile_tiles.parquet"
    path.write_bytes(ookla_service.file("mobile", 11))
    with pytest.raises(SourceError, match="by its name, of the mobile network"):
        ookla.take(None, ask(path, type="fixed"))  # type: ignore[arg-type]
    path = tmp_path / "x.csv"
    path.write_text("quadkey,avg_d_kbps,tests\n0012,5\n")
    with pytest.raises(SourceError, match="cannot be read as speed tiles"):
        ookla.take(None, ask(path))  # type: ignore[arg-type]


def test_memory_is_bounded_by_the_country_not_by_the_file(tmp_path: Path) -> None:
    """200,000 tiles all over the world with a column of polygons: what is held at once is a fraction of the file."""
    rng = np.random.default_rng(3)
    count = 200_000
    codes = quadkey.to_text(rng.integers(0, 4**16, count))
    codes[:500] = quadkey.to_text(quadkey.from_degrees(rng.uniform(-26.1, -25.7, 500), rng.uniform(-14.1, -13.5, 500)))
    wkt = np.array([f"POLYGON(({n} 0, 0 1, 1 1, {n} 0))" * 4 for n in range(2000)])
    path = tmp_path / "2026-04-01_performance_fixed_tiles.parquet"
    columns = {"quadkey": codes, "tile": wkt[rng.integers(0, 2000, count)], "avg_d_kbps": rng.integers(1, 10**6, count), "tests": rng.integers(1, 99, count)}  # fmt: skip
    size = sum(v.nbytes for v in columns.values())
    pq.write_table(pa.table(columns), path, row_group_size=50_000)
    del columns, codes, wkt
    before = pa.total_allocated_bytes()
    peak = pa.default_memory_pool().max_memory()
    tracemalloc.start()
    taken = ookla.take(None, ask(path))  # type: ignore[arg-type]
    _, python_peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    arrow = (pa.default_memory_pool().max_memory() or 0) - max(peak or 0, before)
    assert taken.rows_read == count
    assert 400 <= taken.rows_kept <= 520
    assert python_peak + max(arrow, 0) < size / 8


def test_row_groups_that_cannot_hold_the_country_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = sorted(quadkey.to_text(np.random.default_rng(1).integers(0, 4**16, 20_000)))
    path = tmp_path / "2026Q1.parquet"
    pq.write_table(
        pa.table({"quadkey": keys, "avg_d_kbps": [1000] * 20_000, "tests": [1] * 20_000}), path, row_group_size=500
    )
    read: list[int] = []
    stream = pq.ParquetFile.iter_batches

    def watched(self: Any, *args: Any, **more: Any) -> Any:
        read.extend(more["row_groups"])
        return stream(self, *args, **more)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", watched)
    with pytest.raises(NothingFoundError, match="among 20,000"):
        ookla.take(None, ask(path))  # type: ignore[arg-type]
    assert len(read) <= 2


# three figures of each real file, worked out from the file's own text
REAL = {
    "fixed_pr_ookla_2020Q4.geojson": ("fixed", (-68.0, 17.8, -65.2, 18.6), "0323002021311011", 57.868, 28),
    "mobile_pr_ookla_2020Q4.geojson": ("mobile", (-68.0, 17.8, -65.2, 18.6), "0323002122032110", 39.129, 46),
    "fixed_guam_ookla_2023Q2.geojson": ("fixed", (144.5, 13.2, 145.0, 13.7), "1332033011333113", 263.413, 2),
    "series_fixed_guam_2022Q4.geojson": ("fixed", (144.5, 13.2, 145.0, 13.7), "1332033013033121", 22.107, 28),
}


@pytest.mark.parametrize("name", REAL)
def test_real_tiles_come_through_unchanged(real_data: Path, name: str) -> None:
    network, bounds, key, mbps, tests = REAL[name]
    path = real_data / "ookla-tiles" / name
    taken = ookla.take(None, Ask("PRI", bounds=bounds, dropped=path, options={"type": network}, today=TODAY))  # type: ignore[arg-type]
    frame = table(taken)
    rows = [f["properties"] for f in json.loads(path.read_text())["features"]]
    assert taken.rows_read == len(rows) == len(frame)
    assert taken.version == f"{name[-10:-8]} {name[-14:-10]}"
    row = frame[frame["quadkey"] == key].iloc[0]
    assert (row["avg_download_mbps"], row["tests"]) == (mbps, tests)
    mean = sum(r["avg_d_kbps"] * r["tests"] for r in rows) / sum(r["tests"] for r in rows) / 1000
    assert np.average(frame["avg_download_mbps"], weights=frame["tests"].astype(float)) == pytest.approx(
        mean, abs=0.001
    )


def test_stray_tiles_of_a_real_clip_are_left_out_and_counted(real_data: Path) -> None:
    path = real_data / "ookla-tiles" / "fixed_hawaii-state_ookla_2023Q2.geojson"
    oahu = Ask("USA", name="Oahu", bounds=(-158.3, 21.2, -157.6, 21.75), dropped=path, today=TODAY)
    taken = ookla.take(None, oahu)  # type: ignore[arg-type]
    lat, lon = quadkey.centres(quadkey.from_text(table(taken)["quadkey"]))
    assert 500 < len(lat) < taken.rows_read
    assert lat.min() > 21.1
    assert lon.max() < -157.5
    assert f"{len(lat):,} of {taken.rows_read:,} tiles lie in Oahu" in taken.notes[0]


def test_real_files_dropped_by_hand_become_layers_with_a_passport(real_data: Path, tmp_path: Path) -> None:
    """Without any network: the raw file is named in the recipe, the tidy one is read back by the ordinary import."""
    for folder, name in (("ookla-tiles", "fixed_pr_ookla_2020Q4.geojson"), ("spain-population", "esp_ppp_2020_1km_Aggregated_UNadj.tif")):  # fmt: skip
        shutil.copy(real_data / folder / name, tmp_path / name)
    client = Client(Settings(), tmp_path / "cache", offline=True, tell=lambda _: None)
    service = {"name": "ookla", "file": "fixed_pr_ookla_2020Q4.geojson", "options": {"type": "fixed"}}
    block = ookla.CONNECTOR.blocks[0]
    tiles = Source.model_validate({"name": "t", "path": "tiles.parquet", "service": service, **block.keys})
    puerto_rico = Ask("PRI", "PR", "Puerto Rico", (-68.0, 17.8, -65.2, 18.6), today=TODAY)
    passport = take_source(tiles, ookla.CONNECTOR, client, puerto_rico, tmp_path)
    assert (passport["date"], passport["licence"], passport["rows_read"]) == ("2020-10", "CC-BY-NC-SA-4.0", 11_364)
    read = harmonise(read_raw(tiles, tmp_path), tiles)
    assert (len(read.frame), len(read.rejected)) == (11_364, 0)
    first = read.frame[read.frame["quadkey"] == "0323002021311011"].iloc[0]
    assert (first["avg_download_mbps"], first["tests"], first["network"]) == (57.868, 28, "fixed")
    service = {"name": "worldpop", "file": "esp_ppp_2020_1km_Aggregated_UNadj.tif"}
    people = Source.model_validate({"name": "p", "kind": "population", "path": "population.tif", "service": service})
    passport = take_source(people, worldpop.POPULATION, client, Ask("ESP", "ES", "Spain", today=TODAY), tmp_path)
    assert (passport["date"], passport["publisher"]) == ("2020", "WorldPop")
    assert (tmp_path / "population.tif").read_bytes() == (
        tmp_path / "esp_ppp_2020_1km_Aggregated_UNadj.tif"
    ).read_bytes()


# --- OpenCelliD --------------------------------------------------------------------------------------------------


def test_cells_of_the_worlds_file_become_sites_near_the_country(replay: Replay, tmp_path: Path) -> None:
    taken = opencellid.take(replay.client(tmp_path, KEYS), ask())
    frame = table(taken)
    usable = [c for c in land.cells() if (c.lon, c.lat) != (0.0, 0.0) and c.updated > 1_700_000_000]
    places = {(c.radio, round(c.lon, 3), round(c.lat, 3)) for c in usable}
    assert len(frame) == len(places) + 1  # and the site across the border
    newest = max((c for c in usable if (c.radio, c.lon, c.lat) == ("LTE", *land.CAPITAL)), key=lambda c: c.updated)
    row = frame[(frame["radio"] == "LTE") & (frame["latitude"].round(3) == round(newest.lat, 3)) & (frame["longitude"].round(3) == round(newest.lon, 3))].iloc[0]  # fmt: skip
    assert row["cell_id"] == f"LTE-{land.MCC}-1-13-{newest.cell}"
    assert row["cells"] == 2
    assert "NR-999-1-13-68719476735" in set(frame["cell_id"])  # 36 bits, not rounded
    assert frame["range_m"].min() > 0
    said = " ".join(taken.notes)
    for words in ("1 cell left out: elsewhere", "1 cell left out: without a place", "1 line left out: not readable", "1 cell left out: last met more than 3 years"):  # fmt: skip
        assert words in said
    assert taken.rows_read == len(cells_service.lines()) + len(cells_service.elsewhere())
    assert opencellid.CONNECTOR.attribution == "Cell data © OpenCelliD Project, opencellid.org, CC BY-SA 4.0"


def test_the_countrys_own_file_has_no_header_and_no_neighbours(replay: Replay, tmp_path: Path) -> None:
    taken = opencellid.take(replay.client(tmp_path, KEYS), ask(mcc="999"))
    assert {a.query["type"] for a in replay.asked} == {"mcc"}
    assert set(table(taken)["mcc"]) == {999}
    assert taken.rows_read == len(land.cells())  # the first line is a cell, not a header
    assert any("name those countries in the option neighbours" in note for note in taken.notes)


def test_where_the_code_is_not_given_any_more_the_worlds_file_is_read(replay: Replay, tmp_path: Path) -> None:
    taken = opencellid.take(replay.client(tmp_path, KEYS), ask(mcc=("998", "999")))
    assert [a.query["type"] for a in replay.asked] == ["mcc", "full"]
    assert "no file for the mobile code 998; the world's file was read instead" in taken.notes[0]
    replay.asked.clear()
    replay.fault("opencellid", "status", status=404, times=1)
    opencellid.take(replay.client(tmp_path / "b", KEYS), ask(mcc="999"))
    assert [a.query["type"] for a in replay.asked] == ["mcc", "full"]


def test_codes_of_a_country_and_of_named_neighbours(replay: Replay) -> None:
    kenya = Ask("KEN", options={"neighbours": "TZA, UGA"})
    assert opencellid._codes(kenya) == ["639", "640", "641"]
    assert opencellid._codes(Ask("IND")) == ["404", "405", "406"]
    assert opencellid._codes(Ask("PSE")) == ["425"]
    assert opencellid._codes(ask()) == []
    table = pd.read_csv(opencellid.CODES, dtype="str", keep_default_na=False)
    assert table["mcc"].str.fullmatch("[2-7][0-9]{2}").all()
    assert [i for i in table["iso3"] if not iso2_of(i)] == []
    assert not table.duplicated().any()
    assert len(set(table["iso3"])) > 220


@pytest.mark.parametrize("keys", [{}, {("opencellid", "key"): cells_service.WRONG}])
def test_a_key_that_is_missing_or_wrong_is_asked_for_and_never_shown(replay: Replay, tmp_path: Path, keys: Any) -> None:
    with pytest.raises(KeyNeededError, match="FIRSTMILE_OPENCELLID_KEY") as caught:
        opencellid.take(replay.client(tmp_path, keys), ask(mcc="999"))
    assert cells_service.WRONG not in str(caught.value)
    assert len(replay.asked) == len(keys)  # a wrong token is not tried again


def test_a_limit_that_is_reached_is_told_at_once(replay: Replay, tmp_path: Path) -> None:
    replay.fault("opencellid", "json_error", value={"status": "error", "message": "RATE_LIMITED"})
    with pytest.raises(SourceError, match=r"twice a day.*Try again tomorrow"):
        opencellid.take(replay.client(tmp_path, KEYS), ask(mcc="999"))
    assert len(replay.asked) == 1


@pytest.mark.parametrize("kind", ["truncate", "html", "garbage"])
def test_half_a_gzip_file_is_never_read(replay: Replay, tmp_path: Path, kind: str) -> None:
    replay.fault("opencellid", kind)
    with pytest.raises(SourceError, match="instead of"):
        opencellid.take(replay.client(tmp_path, KEYS), ask())


def test_a_file_is_not_asked_for_twice_within_a_day(replay: Replay, tmp_path: Path) -> None:
    opencellid.take(replay.client(tmp_path, KEYS), ask())
    opencellid.take(replay.client(tmp_path, KEYS, refresh=True), ask())
    assert len(replay.asked) == 1


def test_dropped_files_of_cells_with_a_header_or_without(tmp_path: Path) -> None:
    whole = tmp_path / "MLS-full-cell-export-2024-01-01T000000.csv.gz"
    whole.write_bytes(cells_service.packed([cells_service.HEADER, *cells_service.lines()]))
    bare = tmp_path / "639.csv"
    bare.write_text("\n".join(cells_service.lines()) + "\n")
    with_header, without = (table(opencellid.take(None, ask(p))) for p in (whole, bare))  # type: ignore[arg-type]
    assert with_header.equals(without)
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(whole.read_bytes()[:-40])
    with pytest.raises(SourceError, match=r"cut.csv.gz"):
        opencellid.take(None, ask(cut))  # type: ignore[arg-type]
    other = tmp_path / "other.csv"
    other.write_text("id,name\n1,a\n")
    with pytest.raises(SourceError, match="no list of cells"):
        opencellid.take(None, ask(other))  # type: ignore[arg-type]


def test_age_and_place_of_cells_are_rules_of_the_recipe(tmp_path: Path) -> None:
    row = "LTE,999,1,13,{n},,{lon},-25.9,{r},4,1,1400000000,{t},0"
    day = int(pd.Timestamp("2026-10-01").timestamp())
    rows = [
        row.format(n=1, lon=-13.9001, r=500, t=day),
        row.format(n=2, lon=-13.9003, r=0, t=day - 100),
        row.format(n=3, lon=-13.8, r=1, t=day - 4 * 31_557_600),  # four years older
        row.format(n=4, lon=-13.7, r=1, t=""),  # nobody knows when: kept
        row.format(n=5, lon=-13.6, r=1, t=4_000_000_000),  # in the future: its date is none
        row.format(n=6, lon="east", r=1, t=day),  # no number: no place
    ]
    path = tmp_path / "c.csv"
    path.write_text("\n".join(rows) + "\n")

    def cells(**options: Any) -> list[str]:
        return [i.rpartition("-")[2] for i in table(opencellid.take(None, ask(path, **options)))["cell_id"]]  # type: ignore[arg-type]

    assert sorted(cells()) == ["1", "4", "5"]
    assert sorted(cells(max_age_years=0)) == ["1", "3", "4", "5"]
    assert sorted(cells(site_decimals=5)) == ["1", "2", "4", "5"]
    assert table(opencellid.take(None, ask(path)))["updated"].isna().sum() == 2  # type: ignore[arg-type]


# --- WorldPop ----------------------------------------------------------------------------------------------------


def test_the_newest_release_and_year_of_the_population(replay: Replay, tmp_path: Path) -> None:
    taken = worldpop.take_population(replay.client(tmp_path), ask())
    assert taken.date == "2026"  # 2030 is a projection
    assert taken.version == "R2025A"
    assert "Example citation text. doi:10.5258/SOTON/WP00839" in taken.attribution
    truth = land.people()
    assert people_of(raster(taken)) == pytest.approx(truth[truth >= 0].sum(dtype=float))
    assert [p for p in replay.paths("worldpop") if "wpgp" in p or "100m" in p or "R24B" in p] == []
    assert worldpop.take_population(replay.client(tmp_path), ask(year=2025)).date == "2025"


def test_a_release_without_the_country_is_passed_over(replay: Replay, tmp_path: Path) -> None:
    replay.fault("worldpop", "json_error", value={"data": []}, path="R25A_1km")
    taken = worldpop.take_population(replay.client(tmp_path), ask())
    assert taken.version == "R2024B"
    replay.fault("worldpop", "json_error", value={"data": []}, path="1km")
    with pytest.raises(NothingFoundError, match="G2_CN_POP_R25A_1km, G2_CN_POP_R24B_1km, wpic1km"):
        worldpop.take_population(replay.client(tmp_path / "b"), ask())


def test_kosovo_is_asked_for_by_the_services_own_code(replay: Replay, tmp_path: Path) -> None:
    kosovo = Ask("XKX", name="Kosovo", bounds=land.BOUNDS, today=TODAY)
    worldpop.take_population(replay.client(tmp_path), kosovo)
    assert {a.query["iso3"] for a in replay.asked if "iso3" in a.query} == {"KOS"}
    assert any("xkx_pop_2026" in path for path in replay.paths("worldpop"))


@pytest.mark.parametrize("answer", [[], {"data": {"a": 1}}, "no", {"data": [1, None, {"popyear": "x"}]}, {"data": [{"popyear": "2026", "files": ["ftp://x/a.tif"]}]}])  # fmt: skip
def test_odd_answers_of_worldpop_are_said(replay: Replay, tmp_path: Path, answer: Any) -> None:
    replay.fault("worldpop", "replace", answer=answer_json(answer), path="R25A_1km")
    replay.fault("worldpop", "json_error", value={"data": []}, path="1km")
    with pytest.raises(SourceError, match="WorldPop"):
        worldpop.take_population(replay.client(tmp_path), ask())


@pytest.mark.parametrize(
    ("said", "licence"),
    [
        ("https://hub.worldpop.org/data/licence.txt", ""),
        ("http://creativecommons.org/licenses/by-nc/4.0/", "CC-BY-NC-4.0"),
        ("CC BY-SA 4.0", "CC-BY-SA-4.0"),
        (None, ""),
    ],
)
def test_a_record_of_worldpop_may_have_a_licence_of_its_own(said: str | None, licence: str) -> None:
    record = Record("t", licence=licence_of({"license": said}))
    assert record.licence == licence
    assert ("CC BY 4.0" in record.cited(worldpop.ATTRIBUTION)) == (licence == "")


def test_ages_of_areas_are_sums_of_their_cells(replay: Replay, tmp_path: Path) -> None:
    taken = worldpop.take_ages(replay.client(tmp_path), ask())
    frame = table(taken).set_index("area_id")
    assert list(frame.index) == [a.code for a in land.areas(2)]
    people, girls = land.people(), 0.0
    rows, columns = np.nonzero(people >= 0)
    inside = np.array([land.inside(land.WEST + (c + 0.5) * land.PIXEL, land.NORTH - (r + 0.5) * land.PIXEL, land.area("XQ0101").ring) for r, c in zip(rows, columns, strict=True)])  # fmt: skip
    girls = float(people[rows, columns][inside].sum(dtype=float)) * land.GIRLS
    assert frame.loc["XQ0101", "girls_5_9"] == pytest.approx(girls * 0.13, rel=2e-3)
    assert frame.loc["XQ0101", "girls_0_4"] == pytest.approx(
        girls * (0.03 + 0.11), rel=2e-3
    )  # under one, and one to four
    total = people[people >= 0].sum(dtype=float)
    numbers = frame.drop(columns="name")
    assert numbers.to_numpy().sum() == pytest.approx(total * sum(land.AGE_SHARES[:7]), rel=1e-3)
    assert set(worldpop.AGES.blocks[0].keys["columns"].values()) == set(numbers)
    assert any("67.0% of the population raster" in note for note in taken.notes)
    assert not any("_t_" in path for path in replay.paths("worldpop_ages"))


def test_ages_that_do_not_add_up_to_the_population_are_said(replay: Replay, tmp_path: Path) -> None:
    half = worldpop_service.tif(np.where(land.people() > 0, land.people() / 2, land.NO_PEOPLE).astype("float32"))
    replay.fault("worldpop", "mutate", path="xqa_pop", with_=lambda _: half)
    taken = worldpop.take_ages(replay.client(tmp_path), ask())
    assert any("134.0% of the population raster (2026), which do not agree." in note for note in taken.notes)


def test_an_age_group_that_is_missing_stays_unknown(replay: Replay, tmp_path: Path) -> None:
    def without(body: bytes) -> bytes:
        answer = json.loads(body)
        for row in answer["data"]:
            row["files"] = [f for f in row["files"] if "_f_10_" not in f]
        return json.dumps(answer).encode()

    replay.fault("worldpop_ages", "mutate", path="Age_R25A_1km", with_=without)
    frame = table(worldpop.take_ages(replay.client(tmp_path), ask()))
    assert frame["girls_10_14"].isna().all()
    assert frame["boys_10_14"].notna().all()


def test_an_area_without_a_cell_is_unknown_and_not_zero(tmp_path: Path) -> None:
    path = tmp_path / "p.tif"
    values = np.full((2, 2), 10.0, "float32")
    values[0, 0], values[1, 1] = land.NO_PEOPLE, 0.0
    path.write_bytes(_small(values))
    corners = [box(0, 1, 1, 2), box(1, 1, 2, 2), box(0, 0, 1, 1), box(1, 0, 2, 1)]
    areas = gpd.GeoDataFrame({"area_id": list("abcd")}, geometry=corners, crs=4326)
    sums = people_by_area({"x": path}, areas)["x"]
    assert sums.drop("").fillna(-1).tolist() == [-1, 10, 10, 0]
    assert np.isnan(sums[""])


def _small(values: Any) -> bytes:
    from rasterio.io import MemoryFile
    from rasterio.transform import Affine

    with MemoryFile() as memory:
        with memory.open(driver="GTiff", height=2, width=2, count=1, dtype="float32", crs="EPSG:4326", transform=Affine(1, 0, 0, 0, -1, 2)) as out:  # fmt: skip
            out.write(values, 1)  # the mark for no data is not declared: it is negative all the same
        return bytes(memory.read())


def test_a_zip_of_rasters_by_age_dropped_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "xqa_agesex_structures_2026_CN_1km_R2025A_v1.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for sex in "fmt":
            for code in ("00", "01", "05"):
                archive.writestr(f"xqa_{sex}_{code}_2026_CN_1km_R2025A_UA_v1.tif", worldpop_service.by_age(sex, code))
    taken = worldpop.take_ages(None, ask(path))  # type: ignore[arg-type]
    frame = table(taken)
    assert frame[["girls_0_4", "boys_5_9"]].notna().all(axis=None)
    assert frame["girls_10_14"].isna().all()
    assert (taken.date, taken.version) == ("2026", "R2025A")
    broken = tmp_path / "broken.zip"
    broken.write_bytes(path.read_bytes()[:500])
    with pytest.raises(SourceError, match="not a whole ZIP"):
        worldpop.take_ages(None, ask(broken))  # type: ignore[arg-type]


def test_the_real_raster_of_spain_dropped_by_hand(real_data: Path) -> None:
    path = real_data / "spain-population" / "esp_ppp_2020_1km_Aggregated_UNadj.tif"
    taken = worldpop.take_population(None, Ask("ESP", dropped=path, today=TODAY))  # type: ignore[arg-type]
    assert taken.content == path
    assert taken.date == "2020"
    # the United Nations' Spain of 2020, to which the raster is adjusted
    assert "46,754,783 people" in taken.notes[0]
    spots = gpd.GeoDataFrame({"area_id": ["Madrid", "Las Palmas", "sea"]}, geometry=[box(-3.9, 40.3, -3.5, 40.6), box(-15.9, 27.7, -15.3, 28.2), box(-7, 36.2, -6.9, 36.3)], crs=4326)  # fmt: skip
    sums = people_by_area({"p": path}, spots)["p"]
    assert 3_000_000 < sums["Madrid"] < 5_000_000
    assert 600_000 < sums["Las Palmas"] < 950_000
    assert np.isnan(sums["sea"])
    assert sums.sum() == pytest.approx(46_754_783, abs=1)  # the rest stands as outside
    near_sol = people_within([40.4169], [-3.7035], open_population(path), (2000.0,))
    assert near_sol[0, 0] > 100_000


def test_release_and_year_of_a_name() -> None:
    assert release_of("ken_pop_2026_CN_1km_R2025A_UA_v1.tif") == "R2025A"
    assert year_of("ken_pop_2026_CN_1km_R2025A_UA_v1.tif") == "2026"
    assert year_of("esp_ppp_2020_1km_Aggregated_UNadj.tif") == "2020"
    assert (release_of("x"), year_of("x")) == ("", "")


# --- relative wealth ---------------------------------------------------------------------------------------------


def test_relative_wealth_comes_through_hdx_with_its_own_licence(replay: Replay, tmp_path: Path) -> None:
    taken = rwi.take(replay.client(tmp_path), ask())
    frame = table(taken)
    assert frame["quadkey"].tolist() == [w.quadkey for w in land.wealth()]  # text, with its zeros
    assert frame["rwi"].astype(float).tolist() == [w.rwi for w in land.wealth()]
    assert (taken.licence, taken.date) == ("CC-BY-4.0", "2021")
    assert not any("127.0.0.1:9" in a.path for a in replay.asked)  # what is in quarantine is not asked for


@pytest.mark.parametrize(("stated", "licence"), [("notspecified", "CC-BY-NC-4.0"), ("cc-by-nc", "CC-BY-NC-4.0"), ("cc-by", "CC-BY-4.0")])  # fmt: skip
def test_a_licence_that_nobody_states_is_non_commercial(
    replay: Replay, tmp_path: Path, stated: str, licence: str
) -> None:
    replay.fault("rwi", "mutate", path="package_show", with_=lambda b: b.replace(b'"cc-by"', f'"{stated}"'.encode()))
    taken = rwi.take(replay.client(tmp_path), ask())
    assert taken.licence == licence
    assert bool(taken.notes) == (stated == "notspecified")


def test_india_and_pakistan_share_a_file_of_which_one_country_is_kept(replay: Replay, tmp_path: Path) -> None:
    pakistan = gpd.GeoDataFrame({"area_id": ["p"], "level": 1}, geometry=[box(61, 24, 75, 36.5)], crs=4326)
    taken = rwi.take(replay.client(tmp_path), Ask("PAK", name="Pakistan", areas=pakistan, today=TODAY))
    assert table(taken)["rwi"].tolist() == ["0.4", "0.5"]
    assert "2 of the file's 3 tiles lie in Pakistan" in taken.notes[0]


def test_a_country_that_the_index_does_not_have(replay: Replay, tmp_path: Path) -> None:
    with pytest.raises(NothingFoundError, match="no file of the kind wanted"):
        rwi.take(replay.client(tmp_path), Ask("ISL", bounds=(-24, 63, -13, 66), today=TODAY))
    replay.fault("rwi", "status", status=404, path="package_show", body=b'{"success": false, "error": {"message": "Not found"}}')  # fmt: skip
    with pytest.raises(NothingFoundError, match="no dataset"):
        rwi.take(replay.client(tmp_path / "b"), ask())


@pytest.mark.parametrize("kind", ["html", "garbage", "empty"])
def test_an_error_page_in_place_of_the_table_is_said(replay: Replay, tmp_path: Path, kind: str) -> None:
    replay.fault("rwi", kind, path="/s3/")
    with pytest.raises(SourceError):
        rwi.take(replay.client(tmp_path), ask())


def test_a_dropped_file_of_wealth_without_quadkeys(tmp_path: Path) -> None:
    path = tmp_path / "xqa_relative_wealth_index.csv"
    path.write_text("latitude,longitude,rwi,error\n-25.9,-13.9,0.1,0.3\n-25.9,-13.9,0.1,0.3\n-25.8,-13.9,,0.3\n")
    taken = rwi.take(None, ask(path))  # type: ignore[arg-type]
    assert len(table(taken)) == 2  # an exact repeat leaves, an empty index stays and is said
    assert taken.licence == "CC-BY-NC-4.0"
    assert "1 tile without an index." in taken.notes
    assert rwi.take(None, ask(path, licence="CC-BY-4.0")).licence == "CC-BY-4.0"  # type: ignore[arg-type]


# --- GHSL --------------------------------------------------------------------------------------------------------


def test_the_countrys_window_keeps_codes_and_projection(replay: Replay, tmp_path: Path) -> None:
    taken = ghsl.take(replay.client(tmp_path), ask())
    assert taken.date == "2025"  # the newest epoch that is not in the future
    with rasterio.open(raster(taken)) as cut:
        assert "Mollweide" in cut.crs.to_wkt()
        assert cut.nodata == -200
        assert set(np.unique(cut.read(1))) <= {-200, 10, 11, 12, 13, 21, 22, 23, 30}
    schools = land.schools()
    words, _ = settlement_at(raster(taken), [s.lat for s in schools], [s.lon for s in schools], 2000)
    expected = {30: "city", 23: "town", 22: "town", 21: "suburb", 13: "rural", 12: "rural", 11: "rural"}
    same = [w == expected[land.smod(s.lon, s.lat)] for w, s in zip(words, schools, strict=True)]
    assert np.mean(same) > 0.9  # the cell's centre and the school may lie on two sides of a limit
    assert all(w is not None for w in words)


def test_one_file_of_the_world_serves_every_country_and_year_is_an_option(replay: Replay, tmp_path: Path) -> None:
    client = replay.client(tmp_path)
    ghsl.take(client, ask(year=2020))
    ghsl.take(client, Ask("XQB", bounds=(-14.0, -26.0, -13.9, -25.9), options={"year": 2020}, today=TODAY))
    assert len(replay.asked) == 1
    with pytest.raises(SourceError, match="every 5 years from 1975 to 2030, not 2021"):
        ghsl.take(client, ask(year=2021))
    with pytest.raises(NothingFoundError):
        ghsl.take(client, Ask("KEN", name="Kenya", bounds=(34, -4, 42, 4), options={"year": 2020}, today=TODAY))


def test_files_of_another_kind_are_not_taken_for_settlement(replay: Replay, tmp_path: Path) -> None:
    people = tmp_path / "people.tif"
    people.write_bytes(worldpop_service.population())
    with pytest.raises(SourceError, match="whole-number codes"):
        ghsl.take(replay.client(tmp_path), ask(people))
    with pytest.raises(SourceError, match="codes that no degree of urbanisation has"):
        settlement_at(people, [-25.75], [-13.95], 2000)
    two = tmp_path / "two.zip"
    with zipfile.ZipFile(two, "w") as archive:
        archive.writestr("a.tif", b"x")
        archive.writestr("b.tif", b"x")
    with pytest.raises(SourceError, match="one GeoTIFF, and holds 2"):
        ghsl.take(replay.client(tmp_path), ask(two))
    replay.fault("ghsl", "truncate")
    with pytest.raises(SourceError):
        ghsl.take(replay.client(tmp_path / "c"), ask())


def test_a_certificate_that_is_not_trusted_is_explained(
    replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = replay.client(tmp_path)

    def refused(*_: Any, **__: Any) -> Path:
        raise SourceError("ghsl: SSLError: certificate verify failed.")

    monkeypatch.setattr(client, "download", refused)
    with pytest.raises(SourceError, match=r"REQUESTS_CA_BUNDLE.*never switched off"):
        ghsl.take(client, ask())


def test_water_takes_the_nearest_land_on_the_globe_and_no_farther_than_told(tmp_path: Path) -> None:
    """At a place where Mollweide is sheared: the true distance decides, not that of the raster."""
    from pyproj import Transformer
    from rasterio.transform import Affine

    x, y = Transformer.from_crs("EPSG:4326", "ESRI:54009", always_xy=True).transform(150.0, 60.0)
    codes = np.full((41, 41), 10, "int16")
    codes[20, 21], codes[17, 20], codes[0, 0] = 30, 12, -200
    path = tmp_path / "s.tif"
    left, top = x - 20_500, y + 20_500
    with rasterio.open(path, "w", driver="GTiff", height=41, width=41, count=1, dtype="int16", crs="ESRI:54009", nodata=-200, transform=Affine(1000, 0, left, 0, -1000, top)) as out:  # fmt: skip
        out.write(codes, 1)
    back = Transformer.from_crs("ESRI:54009", "EPSG:4326", always_xy=True)
    lon, lat = back.transform([x, x, x - 15_000, 1e9], [y, y + 9_000, y + 3_000, y])
    lat, lon = [*lat[:3], None], [*lon[:3], None]
    words, moved = settlement_at(path, lat, lon, 2000)
    assert words.tolist() == ["city", None, None, None]
    assert moved == 1
    assert settlement_at(path, lat, lon, 200)[0].tolist() == [None] * 4
    assert settlement_at(path, [0.0, 91.0], [0.0, 10.0], 2000)[0].tolist() == [None, None]


def test_shapes_of_areas_decide_where_they_are_known() -> None:
    corner = Near((box(0, 0, 1, 1).bounds,), np.array([Point(0, 0).buffer(0.2)], dtype=object), 1.0)
    assert corner.holds(np.array([0.1, 0.9]), np.array([0.1, 0.9])).tolist() == [True, False]
    assert gzip.decompress(cells_service.packed(["a"])) == b"a\n"
    assert ghsl_service.packed(2025)[:4] == b"PK\x03\x04"
