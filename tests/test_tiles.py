"""The map's answers: every school of the selection in exactly one tile, true counts zoomed out, nothing sensitive."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import mapbox_vector_tile
import numpy as np
import pandas as pd
import pytest
import shapely

from dashboard import areas, shows
from dashboard.app import create_app
from dashboard.replies import stamp
from dashboard.tiles import school_tile
from geodata.errors import ViewError
from geodata.query import Desk
from geodata.view import View
from tests import factories

SIZE = 240


def frame() -> pd.DataFrame:
    """240 schools on four squares of two provinces, in every state; two without location."""
    rng = np.random.default_rng(4)
    lon, lat = rng.uniform(10, 12, SIZE), rng.uniform(2, 4, SIZE)
    where = [
        (None, None) if i in (7, 90) else (float(a), float(b)) for i, (a, b) in enumerate(zip(lon, lat, strict=True))
    ]
    states = [True, False, None]
    return factories.schools(
        longitude=[a for a, _ in where],
        latitude=[b for _, b in where],
        school_name=[f"School “{i}” é" for i in range(SIZE)],
        admin1_id=[f"P{int(x - 10)}" for x in lon],
        admin1=[f"Province {int(x - 10)}" for x in lon],
        has_internet=[states[i % 3] for i in range(SIZE)],
        has_internet_for_learners=[states[(i // 3) % 3] for i in range(SIZE)],
        has_electricity=[i % 2 == 0 for i in range(SIZE)],
        school_area_type=["rural" if i % 4 else "urban" for i in range(SIZE)],
        num_students=[100 + i for i in range(SIZE)],
        community_land=["indigenous_land" if i % 5 == 0 else "none" for i in range(SIZE)],
        num_students_displaced=[777_1 + i for i in range(SIZE)],
    )


def polygons() -> gpd.GeoDataFrame:
    rows = [("XAA", 0, "Testland", None, shapely.box(10, 2, 12, 4))]
    rows += [(f"P{n}", 1, f"Province {n}", "XAA", shapely.box(10 + n, 2, 11 + n, 4)) for n in range(2)]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=["area_id", "level", "name", "parent_id", "geometry"]), crs=4326)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(factories.atlas(tmp_path_factory.mktemp("tiles"), frame(), areas=polygons()), tier="government")


def decoded(tile: bytes) -> list[dict[str, Any]]:
    return mapbox_vector_tile.decode(tile)["schools"]["features"] if tile else []


def drawn(desk: Desk, view: View, z: int) -> list[dict[str, Any]]:
    """The properties of all schools of all tiles of a zoom over the country."""
    n = 1 << z
    xs = range(int((10 + 180) / 360 * n), int((12 + 180) / 360 * n) + 1)
    ys = range(max(0, n // 2 - n // 32 - 1), n // 2 + 1)
    return [f["properties"] for x, y in itertools.product(xs, ys) for f in decoded(school_tile(desk, view, z, x, y))]


@pytest.mark.parametrize("z", [0, 5, 9])
def test_every_located_school_is_drawn_once(desk: Desk, z: int) -> None:
    ids = sorted(p["id"] for p in drawn(desk, View(), z))
    located = desk.schools["school_id"][desk.schools["latitude"].notna()]
    assert ids == sorted(located)
    assert len(ids) == SIZE - 2


def test_a_filter_is_respected(desk: Desk) -> None:
    view = View.parse("school_area_type=urban&area=P1")
    wanted = desk.schools[
        desk.schools["school_area_type"].eq("urban")
        & desk.schools["admin1_id"].eq("P1")
        & desk.schools["latitude"].notna()
    ]
    assert sorted(p["id"] for p in drawn(desk, view, 6)) == sorted(wanted["school_id"])


def test_the_class_is_the_status_of_the_school(desk: Desk) -> None:
    by_id = {p["id"]: p["s"] for p in drawn(desk, View.parse("show=electricity"), 5)}
    marks = shows.marks(desk, desk.indicators["electricity"])
    for school, electricity in zip(desk.schools["school_id"], desk.schools["has_electricity"], strict=True):
        if school in by_id:
            assert marks[by_id[school]].shape == ("dot" if electricity else "square")


def test_unknown_is_a_ring_and_never_a_no(desk: Desk) -> None:
    states = shows.classes(desk, "internet_for_learners", ())
    both = desk.schools["has_internet"].isna() & desk.schools["has_internet_for_learners"].isna()
    assert both.any()
    assert (states[both.to_numpy()] == 0).all()
    assert shows.marks(desk, desk.indicators["internet_for_learners"])[0].shape == "ring"
    no_line = desk.schools["has_internet"].eq(False).fillna(False).to_numpy(dtype=bool)
    known_learners = desk.schools["has_internet_for_learners"].notna().to_numpy()
    assert (states[no_line & ~known_learners] == 3).all()


def test_tiles_are_the_same_each_time(desk: Desk) -> None:
    again = Desk(desk.atlas, tier="government")
    assert school_tile(desk, View(), 5, 16, 15) == school_tile(again, View(), 5, 16, 15)


def test_only_four_properties_leave(desk: Desk) -> None:
    for show in ("internet_for_learners", "device_gap"):
        keys = {key for p in drawn(desk, View.parse(f"show={show}"), 0) for key in p}
        assert keys <= {"s", "id", "name", "tip"}
    raw = school_tile(desk, View(), 0, 0, 0)
    assert b"indigenous" not in raw


def test_the_public_tier_gets_no_point_where_the_risk_is_medium(tmp_path: Path) -> None:
    atlas = factories.atlas(tmp_path, frame(), areas=polygons())
    atlas.manifest["place"]["risk"] = "medium"
    public = Desk(atlas)
    assert school_tile(public, View(), 0, 0, 0) == b""
    cells = areas.hexagons(public, View(), 8)["features"]
    assert all(f["properties"]["schools"] >= 5 for f in cells)


def test_area_counts_are_true_under_a_filter(desk: Desk) -> None:
    view = View.parse("show=electricity&school_area_type=rural")
    values = areas.values(desk, view, 1)
    rural = desk.schools[desk.schools["school_area_type"] == "rural"]
    for area, group in rural.groupby("admin1_id"):
        assert values[area]["schools"] == len(group)
        assert values[area]["value"] == pytest.approx(group["has_electricity"].mean(), abs=1e-4)


def test_hexagons_hold_every_located_school(desk: Desk) -> None:
    cells = areas.hexagons(desk, View(), 3)["features"]
    assert sum(f["properties"]["schools"] for f in cells) == SIZE - 2
    assert all(shapely.geometry.shape(f["geometry"]).is_valid for f in cells)


def test_an_area_with_too_few_reported_is_hatched(tmp_path: Path) -> None:
    few = frame().assign(has_electricity=pd.array([True] * 20 + [None] * (SIZE - 20), dtype="boolean"))
    desk = Desk(factories.atlas(tmp_path, few, areas=polygons()), tier="government")
    values = areas.values(desk, View.parse("show=electricity"), 1)
    assert {v["class"] for v in values.values()} == {shows.AREA_TOO_FEW}
    assert all("too few reported" in v["tip"] for v in values.values())


def test_shapes_are_valid_and_share_their_borders(desk: Desk) -> None:
    shapes = [shapely.geometry.shape(f["geometry"]) for f in areas.shapes(desk.atlas, 1)["features"]]
    assert all(s.is_valid for s in shapes)
    assert shapes[0].touches(shapes[1])
    assert sum(s.area for s in shapes) == pytest.approx(4, abs=1e-3)


def test_addresses_answer_and_are_kept(desk: Desk) -> None:
    client = create_app([desk.atlas], tier="government").server.test_client()
    mark = stamp(desk)
    for path in (
        f"/tiles/testland/{mark}/0/0/0.mvt",
        f"/areas/testland/{mark}/1.json",
        f"/values/testland/{mark}/1.json?show=electricity",
        f"/hexagons/testland/{mark}/4.json",
        f"/areas/testland/{mark}/outline.json?area=P1",
    ):
        reply = client.get(path)
        assert reply.status_code == 200, path
        assert "immutable" in reply.headers["Cache-Control"]
        assert client.get(path, headers={"If-None-Match": reply.headers["ETag"]}).status_code == 304
    assert "immutable" not in client.get("/tiles/testland/an-older-build/0/0/0.mvt").headers["Cache-Control"]


def test_wrong_addresses_are_told_in_words(desk: Desk) -> None:
    client = create_app([desk.atlas], tier="government").server.test_client()
    wrong = client.get(f"/tiles/testland/{stamp(desk)}/0/0/0.mvt?has_internett=yes")
    assert wrong.status_code == 400
    assert b"Did you mean" in wrong.data
    assert client.get(f"/tiles/nowhere/{stamp(desk)}/0/0/0.mvt").status_code == 400
    assert client.get(f"/tiles/testland/{stamp(desk)}/1/9/0.mvt").status_code == 404
    with pytest.raises(ViewError, match="internet"):
        shows.shown(desk, View().with_screen(show="internets"))


def test_every_declared_indicator_can_be_shown(desk: Desk) -> None:
    for indicator in desk.indicators.values():
        marks = shows.marks(desk, indicator)
        assert marks[0].label == "Not reported"
        assert shows.classes(desk, indicator.name, ()).max() < len(marks)
        if indicator.rollup != "none":
            json.dumps(areas.values(desk, View().with_screen(show=indicator.name), 1), allow_nan=False)
