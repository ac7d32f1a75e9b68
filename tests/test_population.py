"""People within a radius against brute force, on WorldPop's Spain and on small rasters with every trap."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio

from etl.raster import PopulationRaster, open_population
from geodata.errors import SourceError
from geodata.population import Block, people_within

R = 6_371_008.8
SPAIN = "spain-population/esp_ppp_2020_1km_Aggregated_UNadj.tif"


def brute(lat: float, lon: float, radius: float, raster: tuple[np.ndarray, ...]) -> float:
    """The sum over all cells by the haversine; NaN where no cell with data lies within."""
    cells, cell_lat, cell_lon = raster
    p, q = np.radians(lat), np.radians(cell_lat)[:, None]
    a = np.sin((p - q) / 2) ** 2 + np.cos(p) * np.cos(q) * np.sin(np.radians(lon - cell_lon)[None, :] / 2) ** 2
    within = (2 * R * np.arcsin(np.sqrt(np.minimum(a, 1))) <= radius) & np.isfinite(cells)
    return float(cells[within].sum()) if within.any() else np.nan


def whole(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    with rasterio.open(path) as raster:
        cells = raster.read(1).astype(float)
        cells[cells < 0] = np.nan
        t = raster.transform
        return cells, t.f + (np.arange(raster.height) + 0.5) * t.e, t.c + (np.arange(raster.width) + 0.5) * t.a


def write(path: Path, values: np.ndarray, west: float, north: float, size: float, **options: object) -> Path:
    profile = {
        "driver": "GTiff",
        "width": values.shape[1],
        "height": values.shape[0],
        "count": 1,
        "dtype": "float32",
        "crs": "EPSG:4326",
    }
    with rasterio.open(
        path,
        "w",
        **{**profile, "transform": rasterio.Affine(size, 0, west, 0, -size, north), "nodata": -99999, **options},
    ) as raster:
        raster.write(values.astype("float32"), 1)
    return path


def check(path: Path, lat: np.ndarray, lon: np.ndarray, radii: tuple[float, ...]) -> np.ndarray:
    got = people_within(lat, lon, open_population(path), radii)
    raster = whole(path)
    for i in range(len(lat)):
        for column, radius in enumerate(radii):
            expected = brute(lat[i], lon[i], radius, raster)
            assert got[i, column] == pytest.approx(expected, rel=1e-9, abs=1e-6, nan_ok=True)
    return got


def test_spain_and_the_canaries_equal_brute_force(real_data: Path) -> None:
    pois = pd.read_csv(real_data / "spain-population" / "ESP-1697915895-xs2u-pointofinterest.csv")
    places = {
        "La Laguna": (28.4874, -16.3159),
        "Las Palmas": (28.1235, -15.4363),
        "Madrid": (40.4168, -3.7038),
        "open sea": (35.0, -12.0),
    }
    lat = np.r_[pois["lat"].to_numpy()[:6], [p[0] for p in places.values()]]
    lon = np.r_[pois["lon"].to_numpy()[:6], [p[1] for p in places.values()]]
    got = check(real_data / SPAIN, lat, lon, (1000.0, 2000.0, 3000.0))
    assert (np.diff(got[:-1], axis=1) >= 0).all()
    assert (got[-4:-1, 2] > 50_000).all()
    assert np.isnan(got[-1]).all()


@pytest.mark.parametrize(
    ("north", "west"), [(0.5, -0.5), (65.5, 20.0), (-64.5, 179.5), (90.0, -180.0), (-89.0, -180.0)]
)
@pytest.mark.parametrize("blocks", [{"blockysize": 1}, {"tiled": True, "blockxsize": 16, "blockysize": 16}])
def test_any_latitude_and_any_blocks(tmp_path: Path, north: float, west: float, blocks: dict) -> None:
    rng = np.random.default_rng(2)
    size, columns = (1.0, 360) if abs(north) > 85 else (1 / 120, 120)
    values = rng.gamma(0.5, 100, (1 if north == -89 else 12 if north == 90 else 120, columns))
    values[rng.random(values.shape) < 0.3] = -99999
    path = write(tmp_path / "p.tif", values, west, north, size, **blocks)
    lat = north - rng.uniform(0, values.shape[0] * size, 40)
    lon = west + rng.uniform(0, columns * size, 40)
    lon = (lon + 180) % 360 - 180
    check(path, lat, lon, (1500.0, 5000.0, 300_000.0 if size == 1 else 9000.0))


def test_a_radius_reaches_over_the_antimeridian(tmp_path: Path) -> None:
    values = np.ones((4, 360))
    path = write(tmp_path / "p.tif", values, -180, 2, 1.0)
    got = people_within(np.array([0.5, 0.5]), np.array([179.9, -179.9]), open_population(path), (100_000.0,))
    assert got.ravel().tolist() == [2.0, 2.0]


def test_unknown_is_not_zero_and_zero_is_known(tmp_path: Path) -> None:
    values = np.array([[0, -99999, 5], [-99999, -99999, -1]], dtype=float)  # −1: without data, though undeclared
    path = write(tmp_path / "p.tif", values, 0, 2, 1.0)
    got = people_within(
        np.array([1.5, 1.5, 1.5, 0.5, np.nan]), np.array([0.5, 1.5, 2.5, 2.5, 1.0]), open_population(path), (50_000.0,)
    ).ravel()
    assert got[[0, 2]].tolist() == [0.0, 5.0]
    assert np.isnan(got[[1, 3, 4]]).all()


def test_blocks_without_schools_stay_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "p.tif", np.ones((2048, 4096)), 0, 20, 0.01, tiled=True, blockxsize=512, blockysize=512)
    monkeypatch.setattr("etl.raster.CELLS", 512 * 512)
    seen = list(PopulationRaster(path).blocks(np.array([19.0]), np.array([1.0]), 3000.0))
    assert len(seen) == 1
    assert seen[0].values.shape == (512, 512)
    edge = list(PopulationRaster(path).blocks(np.array([14.88]), np.array([5.12]), 3000.0))
    assert len(edge) == 4


def test_order_and_repetition_of_schools_do_not_matter() -> None:
    class Flat:
        def blocks(self, lat: np.ndarray, lon: np.ndarray, reach_m: float) -> Iterator[Block]:
            yield Block(np.arange(100.0).reshape(10, 10), north=1.0, west=0.0, height=0.1, width=0.1)

    lat, lon = np.array([0.3, 0.7, 0.3, 0.9]), np.array([0.3, 0.2, 0.3, 0.9])
    got = people_within(lat, lon, Flat(), (20_000.0,)).ravel()
    assert got[0] == got[2]
    assert (people_within(lat[::-1], lon[::-1], Flat(), (20_000.0,)).ravel()[::-1] == got).all()


def test_faults_are_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no file"):
        open_population(tmp_path / "none.tif")
    (tmp_path / "page.tif").write_text("<html>404</html>")
    with pytest.raises(SourceError, match="cannot be read as a raster"):
        open_population(tmp_path / "page.tif")
    with pytest.raises(SourceError, match="not in degrees"):
        open_population(write(tmp_path / "m.tif", np.ones((2, 2)), 0, 0, 1000, crs="EPSG:3857"))
    with pytest.raises(SourceError, match="EPSG:4326"):
        open_population(write(tmp_path / "n.tif", np.ones((2, 2)), 0, 5, 0.5, crs=None))
    with pytest.raises(SourceError, match="north up"):
        open_population(
            write(tmp_path / "u.tif", np.ones((2, 2)), 0, 0, 1, transform=rasterio.Affine(1, 0, 3, 0, 1, 4))
        )


def test_a_truncated_file_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "p.tif", np.random.default_rng(1).random((600, 600)), 0, 6, 0.01)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(SourceError, match="cannot be read as a raster"):
        people_within(np.array([0.5]), np.array([3.0]), open_population(path), (3000.0,))
