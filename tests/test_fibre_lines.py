"""Fibre lines: how far a point is from a course on the sphere, ITU's map and AfTerFibre against a server on loopback."""

from __future__ import annotations

import datetime
import itertools
import json
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.connect import Ask
from etl.fetching.client import Client
from etl.fetching.settings import Settings
from etl.fetching.snapshots import take_source
from etl.harmonise import harmonise
from etl.recipe import Source
from etl.source import read_raw
from etl.sources import afterfibre, itu_bbmaps, lines
from etl.sources.itu_planning import ITU_PLANNING
from geodata.courses import PIECE_M, nearest_course, pieces
from geodata.errors import NothingFoundError, SourceError
from geodata.joins import add_joins
from geodata.spatial import arc, distance
from tests.replay import land
from tests.replay.server import Answer, Replay
from tests.replay.services import itu_bbmaps as service

ASK = Ask(land.ISO3, land.ISO2, land.NAME, land.BOUNDS, today=datetime.date(2026, 11, 1))
OPTIONS = {"address": "/data/afterfibre.geojson"}


@pytest.fixture
def replay() -> Iterator[Replay]:
    with Replay(land) as server:
        yield server


# --- distance to a course -----------------------------------------------------------------------------------------


def one(lat: float, lon: float, *corners: tuple[float, float]) -> float:
    return float(nearest_course([lat], [lon], [shapely.LineString(corners)])[0])


def test_distances_that_one_can_check_by_hand() -> None:
    degree = distance([0.0], [0.0], [0.0], [1.0])[0]  # 111.195 km
    assert one(0.0, 1.0, (0, -1), (0, 1)) == pytest.approx(degree, rel=1e-4), "across"
    assert one(3.0, 0.0, (0, -1), (0, 1)) == pytest.approx(2 * degree, rel=1e-4), "beyond the end"
    assert one(0.5, 0.0, (0, -1), (0, 1)) == pytest.approx(0, abs=0.01), "on the line"
    assert one(60.0, 0.0, (1, 59), (1, 61)) == pytest.approx(distance([60.0], [0.0], [60.0], [1.0])[0], rel=1e-4)
    assert one(0.0, 0.0, (2, 0), (2, 0)) == pytest.approx(2 * degree, rel=1e-9), "a line without length"


def test_a_course_over_the_antimeridian_goes_the_short_way() -> None:
    near = one(-17.0, 179.9, (179.5, -17.01), (-179.5, -17.01))
    assert near == pytest.approx(distance([-17.0], [0.0], [-17.01], [0.0])[0], rel=0.005)
    other_side = one(-17.0, 179.9, (-179.9, -16.5), (-179.9, -17.5))
    assert other_side == pytest.approx(distance([-17.0], [179.9], [-17.0], [-179.9])[0], rel=0.005)
    assert one(0.0, 0.0, (179.5, 0), (-179.5, 0)) > 19_000_000, "the long way round would lie at 0, 0"


def test_what_is_no_line_says_nothing() -> None:
    shapes = [None, shapely.Point(0, 0), shapely.box(0, 0, 1, 1), shapely.LineString()]
    assert np.isnan(nearest_course([0.0], [0.0], shapes)).all()
    assert np.isnan(nearest_course([0.0], [0.0], [])).all()
    assert np.isnan(nearest_course([np.nan, 91.0], [0.0, 0.0], [shapely.LineString([(0, 0), (1, 1)])])).all()
    many = shapely.MultiLineString([[(5, 5), (6, 6)], [(0, 0), (0, 1)]])
    assert nearest_course([0.5], [0.0], [many])[0] == pytest.approx(0, abs=0.01)


def test_pieces_are_short_and_join_up() -> None:
    start, end = pieces([shapely.LineString([(0, 0), (3, 1)]), shapely.LineString([(10, 10), (10.001, 10)])])
    length = arc(np.sqrt(np.square(start - end).sum(axis=1)))
    assert length.max() <= PIECE_M * 1.001
    assert length[:-1].sum() == pytest.approx(distance([0.0], [0.0], [1.0], [3.0])[0], rel=1e-3)
    np.testing.assert_allclose(end[:-2], start[1:-1], atol=1e-12)


degrees = st.floats(-0.5, 0.5, allow_nan=False)
LON, LAT = st.sampled_from([-179.8, -60.0, 0.0, 33.3, 179.9]), st.sampled_from([-75.0, -17.0, 0.0, 52.0])


@settings(max_examples=15)
@given(LON, LAT, st.lists(st.tuples(degrees, degrees), min_size=2, max_size=6), st.tuples(degrees, degrees))
def test_the_distance_is_that_of_the_nearest_of_many_points_along_the_course(
    lon: float, lat: float, steps: list[tuple[float, float]], at: tuple[float, float]
) -> None:
    corners = np.array([(lon + x, lat + y) for x, y in steps])
    share = np.linspace(0, 1, 2001)
    dense = np.concatenate([a + share[:, None] * (b - a) for a, b in itertools.pairwise(corners)])
    place = (lat + at[1], lon + at[0])
    apart = distance(np.full(len(dense), place[0]), np.full(len(dense), place[1]), dense[:, 1], dense[:, 0])
    wrapped = np.column_stack(((corners[:, 0] + 180) % 360 - 180, corners[:, 1]))
    found = nearest_course([place[0]], [(place[1] + 180) % 360 - 180], [shapely.LineString(wrapped)])[0]
    assert found <= apart.min() * 1.001 + 3, "a chord of 5 km leaves the straight line of the map by 2 m at 75° south"
    assert found >= apart.min() * 0.995 - 60, "the points stand up to 55 m apart"


def test_joins_leave_out_what_is_planned_gone_or_no_fibre() -> None:
    schools = pd.DataFrame({"latitude": [0.0, np.nan], "longitude": [0.0, 0.0]})
    table = {
        "line_id": list("abcde"),
        "transmission_medium": ["fiber", "fiber", "fiber", "microwave", None],
        "line_status": ["operational", "planned", "not_in_use", "operational", "operational"],
    }
    courses = [shapely.LineString([(x, -1), (x, 1)]) for x in (0.5, 0.1, 0.1, 0.1, 0.1)]
    layer = gpd.GeoDataFrame(table, geometry=courses, crs=4326).astype(dict.fromkeys(table, "str"))
    out = add_joins(schools, lines=layer)
    assert out["fiber_line_distance_m"][0] == pytest.approx(distance([0.0], [0.0], [0.0], [0.5])[0], rel=1e-4)
    assert np.isnan(out["fiber_line_distance_m"][1]), "no location, no distance"
    assert out["fiber_node_distance_m"].isna().all(), "a line is no node"
    untold = layer.assign(line_status=pd.Series([None] * 5, dtype="str"))
    assert add_joins(schools, lines=untold)["fiber_line_distance_m"][0] < 12_000, (
        "a status that is not told is not planned"
    )
    assert add_joins(schools)["fiber_line_distance_m"].isna().all()


# --- ITU's map ----------------------------------------------------------------------------------------------------


def test_itu_gives_every_page_and_what_is_only_planned(replay: Replay, tmp_path: Path) -> None:
    got = itu_bbmaps.take(replay.client(tmp_path), ASK)
    table = got.content
    assert isinstance(table, gpd.GeoDataFrame)
    assert table["medium"].tolist() == ["fiber", "microwave", "fiber"]
    assert table["status"].tolist() == ["operational", "operational", "planned"]
    assert table.geometry.iloc[0].equals(shapely.LineString(land.FIBRE[0]["line"]))  # type: ignore[arg-type]
    assert (got.date, got.attribution, got.rows_read) == ("2022-12-31", "ITU Interactive Transmission Map", 3)
    asked = [a.query for a in replay.asked]
    assert [q["startIndex"] for q in asked] == ["0", "2"], "two a page, though 5,000 were asked for"
    assert asked[0]["bbox"].endswith(",EPSG:4326")
    assert [float(v) for v in asked[0]["bbox"].split(",")[:4]] == pytest.approx([-14.7, -26.7, -12.9, -25.1])


def test_itu_says_where_fewer_came_than_it_has(replay: Replay, tmp_path: Path) -> None:
    def more(body: bytes) -> bytes:
        return json.dumps({**json.loads(body), "numberMatched": 7}).encode()

    replay.fault("itu_bbmaps", "mutate", with_=more)
    got = itu_bbmaps.take(replay.client(tmp_path), ASK)
    assert len(got.content) == 3  # type: ignore[arg-type]
    assert any("says that it has 7 lines here, and gave 3" in note for note in got.notes)


def test_itu_without_a_total_goes_on_to_the_empty_page(replay: Replay, tmp_path: Path) -> None:
    def without(body: bytes) -> bytes:
        return json.dumps({k: v for k, v in json.loads(body).items() if not k.startswith(("number", "total"))}).encode()

    replay.fault("itu_bbmaps", "mutate", with_=without)
    assert len(itu_bbmaps.take(replay.client(tmp_path), ASK).content) == 3  # type: ignore[arg-type]


def test_itu_stops_where_the_start_is_ignored(replay: Replay, tmp_path: Path) -> None:
    replay.fault("itu_bbmaps", "ignore_page")
    got = itu_bbmaps.take(replay.client(tmp_path), ASK)
    assert len(got.content) == 2  # type: ignore[arg-type]
    assert any("ignores the page number" in note for note in got.notes)
    assert len(replay.asked) == 2


def test_itu_axes_the_wrong_way_round_are_put_right(replay: Replay, tmp_path: Path) -> None:
    def turned(body: bytes) -> bytes:
        found = json.loads(body)
        for feature in found["features"]:
            feature["geometry"]["coordinates"] = [[y, x] for x, y in feature["geometry"]["coordinates"]]
        return json.dumps(found).encode()

    replay.fault("itu_bbmaps", "mutate", with_=turned)
    got = itu_bbmaps.take(replay.client(tmp_path), ASK)
    assert got.content.geometry.iloc[0].equals(shapely.LineString(land.FIBRE[0]["line"]))  # type: ignore[union-attr, arg-type]
    assert any("wrong way round" in note for note in got.notes)


def test_itu_lines_that_lie_nowhere_in_the_box_are_refused(replay: Replay, tmp_path: Path) -> None:
    def far(body: bytes) -> bytes:
        return body.replace(b"-13.", b"113.").replace(b"-14.", b"114.")

    replay.fault("itu_bbmaps", "mutate", with_=far)
    with pytest.raises(SourceError, match="nowhere in the box"):
        itu_bbmaps.take(replay.client(tmp_path), ASK)


@pytest.mark.parametrize("status", [200, 400])
def test_itu_exception_report_is_an_error_whatever_its_status(status: int, replay: Replay, tmp_path: Path) -> None:
    report = Answer(service.REPORT.encode(), status, {"Content-Type": "application/xml"})
    replay.fault("itu_bbmaps", "replace", answer=report, times=1)
    client = replay.client(tmp_path)
    with pytest.raises(SourceError, match="Feature type unknown"):
        itu_bbmaps.take(client, ASK)
    assert len(itu_bbmaps.take(client, ASK).content) == 3, "the report was not kept as an answer"  # type: ignore[arg-type]


@pytest.mark.parametrize("fault", ["html", "lfs", "garbage", "truncate"])
def test_itu_status_200_is_not_success(fault: str, replay: Replay, tmp_path: Path) -> None:
    replay.fault("itu_bbmaps", fault)
    with pytest.raises(SourceError) as error:
        itu_bbmaps.take(replay.client(tmp_path), ASK)
    assert not isinstance(error.value, NothingFoundError)


def test_itu_has_nothing_here(replay: Replay, tmp_path: Path) -> None:
    with pytest.raises(NothingFoundError, match="no line in Quenara"):
        itu_bbmaps.take(replay.client(tmp_path), replace(ASK, bounds=(100.0, 10.0, 101.0, 11.0)))
    with pytest.raises(SourceError, match="give boundaries first"):
        itu_bbmaps.take(replay.client(tmp_path), replace(ASK, bounds=None))


@pytest.mark.parametrize(
    ("bounds", "boxes"),
    [
        ((10.0, 0.0, 11.0, 1.0), [(9.5, -0.5, 11.5, 1.5)]),
        ((177.0, -19.0, -178.0, -16.0), [(176.5, -19.5, 180.0, -15.5), (-180.0, -19.5, -177.5, -15.5)]),
        ((-180.0, 0.0, -179.0, 1.0), [(179.5, -0.5, 180.0, 1.5), (-180.0, -0.5, -178.5, 1.5)]),
        ((-180.0, -90.0, 180.0, 90.0), [(-180.0, -90.0, 180.0, 90.0)]),
    ],
)
def test_the_box_that_is_asked_for(bounds: Any, boxes: list[Any]) -> None:
    assert [pytest.approx(b) for b in boxes] == list(lines.widened(bounds, 0.5))


# --- AfTerFibre, and files by hand --------------------------------------------------------------------------------


def test_afterfibre_by_address_and_by_hand(replay: Replay, tmp_path: Path) -> None:
    got = afterfibre.take(replay.client(tmp_path), replace(ASK, options=OPTIONS))
    assert got.content["medium"].tolist() == ["fiber"] * 3  # type: ignore[index]
    assert got.content["status"].fillna("").tolist() == ["operational", "planned", ""]  # type: ignore[index]
    assert got.content.geometry.isna().tolist() == [False, False, True], "a row without a course is kept, to be counted"  # type: ignore[union-attr]
    assert got.rows_read == 4
    assert "1 line elsewhere, left out." in got.notes
    path = tmp_path / "afterfibre.geojson"
    path.write_bytes(replay.client(tmp_path).get("afterfibre", OPTIONS["address"]).content)
    by_hand = afterfibre.take(None, replace(ASK, dropped=path))  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(pd.DataFrame(by_hand.content), pd.DataFrame(got.content))
    same = itu_bbmaps.take(None, replace(ASK, dropped=path))  # type: ignore[arg-type]
    assert same.content["medium"].isna().all(), "ITU's map shows microwave too: what does not say is not known"  # type: ignore[index]


def test_afterfibre_without_a_file_says_how_to_get_one(replay: Replay, tmp_path: Path) -> None:
    with pytest.raises(NothingFoundError, match=r"`file` of the service"):
        afterfibre.take(replay.client(tmp_path), ASK)


@pytest.mark.parametrize(
    ("properties", "medium", "status"),
    [
        ({"type_status": "Fibre Operational"}, "fiber", "operational"),
        ({"type_status": "Microwave Planned"}, "microwave", "planned"),
        ({"name": "Fibre planned by X", "status": "In service"}, "fiber", "operational"),
        ({"status": "not yet operational", "Tech": "fiber optic"}, "fiber", "planned"),
        ({"status": "Decommissioned", "Tech": "OPGW fibre"}, "fiber", "not_in_use"),
        ({"status": "inactive"}, "", "not_in_use"),
        ({"live": True, "km": 12.5, "x": None}, "", ""),
        (
            {
                "remark": "The operational fibre was planned in a paper that is far longer than any label of a line would be."
            },
            "",
            "",
        ),
        (None, "", ""),
    ],
)
def test_medium_and_status_are_found_in_properties_of_any_name(properties: Any, medium: str, status: str) -> None:
    feature = {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "LineString", "coordinates": [[0, 0], [1, 1]]},
    }
    row = lines.table([feature], "x").frame.iloc[0]
    assert ("" if pd.isna(row["medium"]) else row["medium"], "" if pd.isna(row["status"]) else row["status"]) == (
        medium,
        status,
    )


@pytest.mark.parametrize(
    "geometry",
    [None, 5, {}, {"type": "LineString"}, {"type": "LineString", "coordinates": "x"}, {"type": "Spiral", "coordinates": []}, {"type": "LineString", "coordinates": [[0, 0]]}, {"type": "LineString", "coordinates": [[0, None], [1, 1]]}, {"type": "LineString", "coordinates": []}],
)  # fmt: skip
def test_a_damaged_course_is_a_row_without_one(geometry: Any) -> None:
    table = lines.table([{"type": "Feature", "properties": {}, "geometry": geometry}], "x").frame
    assert len(table) == 1
    assert table.geometry.isna().all()


# --- ITU's planning files --------------------------------------------------------------------------------------------


def test_the_real_planning_files_of_sao_tome_by_hand(real_data: Path, tmp_path: Path) -> None:
    client = Client(Settings(), tmp_path / "cache", offline=True, tell=lambda _: None)
    stp = Ask("STP", "ST", "São Tomé and Príncipe", today=ASK.today)
    read: dict[str, pd.DataFrame] = {}
    for block, name in zip(ITU_PLANNING.blocks, ("transmissionnode", "cellsites"), strict=True):
        shutil.copy(real_data / "itu-planning-examples" / f"example-{name}.gpkg", tmp_path / f"{name}.gpkg")
        service = {"name": "itu_planning", "file": f"{name}.gpkg", "options": dict(block.options)}
        source = Source.model_validate({"name": name, "path": block.path, "service": service, **block.keys})
        passport = take_source(source, ITU_PLANNING, client, stp, tmp_path)
        got = harmonise(read_raw(source, tmp_path), source)
        assert (passport["rows_kept"], len(got.frame), len(got.rejected)) == (
            passport["rows_read"],
            passport["rows_read"],
            0,
        )
        read[name] = got.frame
    with sqlite3.connect(tmp_path / "transmissionnode.gpkg") as file:  # the figures again, by the database itself
        table = file.execute("select table_name from gpkg_contents").fetchone()[0]
        known = file.execute(f'select count(*), avg(lat), avg(lon), count(distinct source_ict_id) from "{table}" where transmission_medium = "fiber"').fetchone()  # fmt: skip
    nodes = read["transmissionnode"]
    assert (nodes["transmission_medium"] == "fiber").all()
    mine = (len(nodes), nodes["latitude"].mean(), nodes["longitude"].mean(), nodes["node_id"].nunique())
    assert mine == pytest.approx(known)
    assert read["cellsites"]["radio"].value_counts().to_dict() == {"5G": 26, "2G": 24, "4G": 16, "3G": 15}


def test_planned_nodes_and_those_of_other_countries_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "nodes.csv"
    path.write_text("source_ict_id,country_code,lat,lon,transmission_medium,is_actual\n007,NAM,-22.5,17,fiber,True\n8,NA,-22,17,fiber,\n9,NAM,-21,17,fiber,False\n10,BWA,-21,24,fiber,True\n11,,-20,17,,yes\n")  # fmt: skip
    namibia = Ask("NAM", "NA", "Namibia", dropped=path, today=ASK.today)
    taken = ITU_PLANNING.take(None, namibia)  # type: ignore[arg-type]
    assert isinstance(taken.content, pd.DataFrame)
    assert list(taken.content["source_ict_id"]) == ["007", "8", "11"], (
        "what is not said to be planned is taken as it stands"
    )
    assert taken.notes == ("1 row of other countries, left out.", "1 row planned alone, left out.")
    with pytest.raises(SourceError, match="no column radio_type"):
        ITU_PLANNING.take(None, replace(namibia, options={"what": "cells"}))  # type: ignore[arg-type]
    with pytest.raises(NothingFoundError, match="`file` of the service"):
        ITU_PLANNING.take(None, replace(namibia, dropped=None))  # type: ignore[arg-type]


def test_a_line_over_180_degrees_is_read_once(replay: Replay, tmp_path: Path) -> None:
    line = {"type": "Feature", "id": "trx.1", "properties": {}, "geometry": {"type": "LineString", "coordinates": [[179.9, -17], [-179.9, -17]]}}  # fmt: skip
    replay.fault(
        "itu_bbmaps", "json_error", value={"type": "FeatureCollection", "numberMatched": 1, "features": [line]}
    )
    taken = itu_bbmaps.take(replay.client(tmp_path), replace(ASK, bounds=(179.0, -18.0, -179.0, -16.0), areas=None))
    assert (taken.rows_read, taken.rows_kept) == (1, 1)
