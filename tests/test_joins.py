"""The joins: exactly their columns, unknown for want of a layer or a location, right on real layers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from etl.raster import open_population
from geodata import quadkey
from geodata.fields import FIELDS
from geodata.joins import add_joins
from geodata.policy import POLICY
from geodata.population import Block
from geodata.spatial import distance
from geodata.tables import JOIN_COLUMNS
from tests.factories import schools

HERE = {"latitude": [0.0, 0.01, None], "longitude": [6.5, 6.5, 6.5]}


def layer(radios: list[str], shapes: list) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"radio": pd.Series(radios, dtype="str")}, geometry=shapes, crs="EPSG:4326")


def tiles(rows: list[tuple]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["quadkey", "network", "avg_download_mbps", "tests"])
    return frame.astype({"quadkey": "str", "network": "str", "avg_download_mbps": "float64", "tests": "Int64"})


def test_exactly_the_join_columns_on_the_same_index() -> None:
    frame = schools(**HERE).set_index(pd.Index([7, 3, 5]))
    out = add_joins(frame)
    assert tuple(out.columns) == JOIN_COLUMNS
    assert out.index.tolist() == [7, 3, 5]
    assert {name: str(out[name].dtype) for name in out} == {name: FIELDS[name].dtype for name in JOIN_COLUMNS}


def test_without_layers_everything_but_the_neighbours_is_unknown() -> None:
    out = add_joins(schools(**HERE))
    counts = [f"schools_within_{n}km" for n in (1, 2, 3)]
    assert out.drop(columns=counts).isna().all(axis=None)
    assert out["schools_within_1km"].tolist() == [0, 0, pd.NA]
    assert out["schools_within_2km"].tolist() == [1, 1, pd.NA]


def test_no_schools_and_none_located() -> None:
    assert add_joins(schools(**HERE).iloc[:0]).shape == (0, len(JOIN_COLUMNS))
    nowhere = schools(latitude=[None, None], longitude=[None, 3.0])
    everything = layer(["2G", "3G", "4G", "5G"], [shapely.box(-180, -90, 180, 90)] * 4)
    out = add_joins(nowhere, coverage=everything, tiles=tiles([("0" * 16, "fixed", 5.0, 3)]))
    assert out.isna().all(axis=None)


def test_distance_to_each_generation_and_to_fibre_only() -> None:
    cells = pd.DataFrame({"radio": ["2G", "4G", "4G", None], "latitude": [0.1, 0.2, 0.3, 0.0], "longitude": [6.5] * 4})
    nodes = pd.DataFrame(
        {"transmission_medium": ["microwave", "fiber", None], "latitude": [0.0, 0.5, 0.0], "longitude": [6.5] * 3}
    )
    out = add_joins(schools(**HERE), cells=cells, nodes=nodes)
    assert out["nearest_2g_distance_m"].tolist()[:2] == pytest.approx(
        distance([0, 0.01], [6.5, 6.5], [0.1, 0.1], [6.5, 6.5])
    )
    assert out["nearest_4g_distance_m"][0] == pytest.approx(distance([0], [6.5], [0.2], [6.5])[0])
    assert out["fiber_node_distance_m"][0] == pytest.approx(distance([0], [6.5], [0.5], [6.5])[0])
    assert out[["nearest_3g_distance_m", "nearest_5g_distance_m"]].isna().all(axis=None)
    assert np.isnan(out["nearest_4g_distance_m"][2])


IN, OUT = shapely.box(6.4, -0.005, 6.6, 0.005), shapely.box(50, 50, 51, 51)


@pytest.mark.parametrize(
    ("radios", "shapes", "inside", "outside"),
    [
        (["4G"], [IN], "4G", None),
        (["3G", "4G"], [IN, OUT], "3G", None),
        (["2G", "3G", "4G"], [IN, IN, IN], "4G", "none"),
        (["2G", "3G", "4G", "5G"], [IN, OUT, IN, OUT], "4G", "none"),
        (["2G", "3G", "5G"], [IN, IN, IN], "5G", None),
        (["2G", "3G", "4G"], [IN, IN, None], "3G", None),
    ],
)
def test_best_coverage_and_when_none_may_be_said(radios: list, shapes: list, inside: str, outside: str | None) -> None:
    out = add_joins(schools(**HERE), coverage=layer(radios, shapes))
    best = out["cellular_coverage_type"]
    assert best[0] == inside
    assert best[1] == outside if outside else pd.isna(best[1])
    assert pd.isna(best[2])
    for generation in ("2G", "3G", "4G", "5G"):
        column = out[f"in_{generation.lower()}_coverage"]
        given = {r: s for r, s in zip(radios, shapes, strict=True) if s is not None}
        expected = [given[generation] is IN, False] if generation in given else [pd.NA, pd.NA]
        assert column.tolist() == [*expected, pd.NA]


def test_several_polygons_of_a_generation_are_one_layer() -> None:
    out = add_joins(schools(**HERE), coverage=layer(["4G", "4G"], [OUT, IN]))
    assert out["in_4g_coverage"].tolist() == [True, False, pd.NA]


def test_own_tile_before_the_nearest_and_nothing_beyond_the_distance() -> None:
    own = quadkey.to_text(quadkey.from_degrees([0.0], [6.5]))[0]
    centre = quadkey.centres(quadkey.from_text([own]))
    speeds = tiles([(own, "fixed", 40.0, 9), (own, "mobile", 5.0, 3)])
    out = add_joins(schools(latitude=[0.0, 0.01, 0.1, None], longitude=[6.5] * 4), tiles=speeds)
    assert out["ookla_fixed_mbps"].tolist()[:2] == [40.0, 40.0]
    assert out["ookla_fixed_mbps"][2:].isna().all()
    assert out["ookla_fixed_tile_distance_m"][1] == pytest.approx(distance([0.01], [6.5], *centre)[0])
    assert out["ookla_fixed_tile_distance_m"][2:].isna().all()
    near = add_joins(
        schools(latitude=[0.01], longitude=[6.5]),
        tiles=speeds,
        policy=POLICY.with_values({"speed_tile_max_distance_m": 500}),
    )
    assert near["ookla_mobile_mbps"].isna().all()


def test_a_tile_that_stands_twice_is_weighted_by_its_tests() -> None:
    own = quadkey.to_text(quadkey.from_degrees([0.0], [6.5]))[0]
    speeds = tiles(
        [(own, "fixed", 10.0, 1), (own, "fixed", 40.0, 3), (own, "fixed", None, 100), ("bad", "fixed", 99.0, 1)]
    )
    assert add_joins(schools(latitude=[0.0], longitude=[6.5]), tiles=speeds)["ookla_fixed_mbps"].tolist() == [32.5]


def test_population_is_asked_once_for_all_radii() -> None:
    class Ones:
        def blocks(self, lat: np.ndarray, lon: np.ndarray, reach_m: float) -> Iterator[Block]:
            assert reach_m == 3000.0
            yield Block(np.ones((400, 400)), north=1.0, west=6.0, height=0.005, width=0.005)

    out = add_joins(schools(**HERE), population=Ones())
    area = [np.pi * n**2 / (0.005 * 111.195) ** 2 for n in (1, 2, 3)]
    assert out.loc[0, ["pop_within_1km", "pop_within_2km", "pop_within_3km"]].tolist() == pytest.approx(area, rel=0.2)


@pytest.fixture(scope="module")
def sao_tome(real_data: Path) -> dict[str, gpd.GeoDataFrame]:
    folder = real_data / "itu-planning-examples"
    names = {"lat": "latitude", "lon": "longitude", "radio_type": "radio"}
    files = {
        "schools": "pointsofinterest",
        "cells": "cellsites",
        "nodes": "transmissionnode",
        "coverage": "mobilecoverage",
    }
    return {k: gpd.read_file(folder / f"example-{v}.gpkg").rename(columns=names) for k, v in files.items()}


def test_sao_tome(sao_tome: dict[str, gpd.GeoDataFrame]) -> None:
    pois, cells, nodes, coverage = sao_tome.values()
    out = add_joins(pois, cells=cells, nodes=nodes, coverage=coverage)
    # The islands lie within 2° of the equator, in UTM 32N to within some ‰: an independent planar answer.
    planar = {
        k: gpd.GeoSeries(gpd.points_from_xy(v.longitude, v.latitude, crs=4326)).to_crs(32632)
        for k, v in sao_tome.items()
        if k != "coverage"
    }
    for generation in ("2G", "3G", "4G", "5G"):
        sites = planar["cells"][cells["radio"].to_numpy() == generation]
        expected = planar["schools"].apply(lambda p, sites=sites: sites.distance(p).min())
        assert out[f"nearest_{generation.lower()}_distance_m"].to_numpy() == pytest.approx(
            expected.to_numpy(), rel=0.01, abs=1
        )
    expected = planar["schools"].apply(lambda p: planar["nodes"].distance(p).min())
    assert out["fiber_node_distance_m"].to_numpy() == pytest.approx(expected.to_numpy(), rel=0.01, abs=1)
    inside = pois.geometry.within(coverage.geometry.iloc[0])
    assert (out["in_4g_coverage"] == inside).all()
    assert out["cellular_coverage_type"].eq("4G").sum() == inside.sum() == 365
    assert out.loc[~inside, "cellular_coverage_type"].isna().all()
    assert out["in_3g_coverage"].isna().all()


@pytest.mark.parametrize(
    ("name", "network", "place"),
    [
        ("fixed_pr_ookla_2020Q4", "fixed", (18.22, -66.43)),
        ("fixed_guam_ookla_2023Q2", "fixed", (13.48, 144.79)),
        ("fixed_hawaii-state_ookla_2023Q2", "fixed", (21.31, -157.86)),
        ("mobile_pr_ookla_2020Q4", "mobile", (18.22, -66.43)),
    ],
)
def test_real_speed_tiles(real_data: Path, name: str, network: str, place: tuple[float, float]) -> None:
    raw = gpd.read_file(real_data / "ookla-tiles" / f"{name}.geojson", ignore_geometry=True)
    frame = pd.DataFrame(
        {
            "quadkey": raw["quadkey"],
            "network": network,
            "avg_download_mbps": raw["avg_d_kbps"] / 1000,
            "tests": raw["tests"],
        }
    )
    rng = np.random.default_rng(4)
    lat, lon = place[0] + rng.uniform(-0.15, 0.15, 300), place[1] + rng.uniform(-0.15, 0.15, 300)
    out = add_joins(pd.DataFrame({"latitude": lat, "longitude": lon}), tiles=frame)
    centre_lat, centre_lon = quadkey.centres(quadkey.from_text(raw["quadkey"]))
    own = quadkey.to_text(quadkey.from_degrees(lat, lon))
    found = 0
    for i in range(len(lat)):
        metres = distance(np.full(len(raw), lat[i]), np.full(len(raw), lon[i]), centre_lat, centre_lon)
        mine = np.flatnonzero(raw["quadkey"].to_numpy() == own[i])
        best = mine[0] if len(mine) else int(np.argmin(metres))
        if metres[best] > 2000 and not len(mine):
            assert np.isnan(out[f"ookla_{network}_mbps"][i])
            continue
        found += 1
        assert out[f"ookla_{network}_tile_distance_m"][i] == pytest.approx(metres[best], abs=0.01)
        assert out[f"ookla_{network}_mbps"][i] == raw["avg_d_kbps"][best] / 1000
    assert found > 50


def test_spain(real_data: Path) -> None:
    folder = real_data / "spain-population"
    pois = pd.read_csv(folder / "ESP-1697915895-xs2u-pointofinterest.csv").rename(
        columns={"lat": "latitude", "lon": "longitude"}
    )
    out = add_joins(pois, population=open_population(folder / "esp_ppp_2020_1km_Aggregated_UNadj.tif"))
    known = out["pop_within_3km"].notna()
    assert known.sum() == 100
    assert (out["pop_within_3km"] >= out["pop_within_1km"].fillna(0)).all()
