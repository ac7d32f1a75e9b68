"""Integer quadkeys: the same tile as the text says, leading zeros included, on Ookla's own files."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import quadkey

FILES = (
    "fixed_pr_ookla_2020Q4",
    "mobile_pr_ookla_2020Q4",
    "fixed_guam_ookla_2023Q2",
    "fixed_hawaii-state_ookla_2023Q2",
)


@given(st.text("0123", min_size=16, max_size=16))
def test_text_and_back(text: str) -> None:
    code = quadkey.from_text([text])
    assert code[0] == int(text, 4)
    assert quadkey.to_text(code).tolist() == [text]
    assert quadkey.from_degrees(*quadkey.centres(code)).tolist() == code.tolist()


@given(st.floats(-85.05, 85.05), st.floats(-180, 179.999))
def test_from_degrees_is_the_textbook_tile(lat: float, lon: float) -> None:
    x, y, key = (lon + 180) / 360 * 2**16, 0.0, ""
    y = (1 - np.log(np.tan(np.radians(lat)) + 1 / np.cos(np.radians(lat))) / np.pi) / 2 * 2**16
    if min(x % 1, 1 - x % 1, y % 1, 1 - y % 1) < 1e-6:
        return  # on the line between two tiles, where the last bit of the two formulas decides
    for bit in range(15, -1, -1):
        key += str(2 * (int(y) >> bit & 1) + (int(x) >> bit & 1))
    assert quadkey.to_text(quadkey.from_degrees([lat], [lon])).tolist() == [key]


def test_what_is_no_quadkey() -> None:
    wrong = [
        "",
        None,
        "323002122032110",
        "0323002122032114",
        "032300212203211x",
        "03230021220321100",
        "０323002122032110",
        3.2,
    ]
    assert (quadkey.from_text(wrong) == -1).all()
    assert quadkey.from_text(["0323002122032110"])[0] > 0
    assert quadkey.to_text(np.array([-1, 0])).tolist() == ["", "0" * 16]
    assert quadkey.from_text(pd.Series([], dtype="str")).tolist() == []


def test_no_tile_without_a_location_or_at_the_poles() -> None:
    assert quadkey.from_degrees([np.nan, 90, -86, np.inf, 0], [0, 0, 0, 0, np.nan]).tolist() == [-1] * 5
    assert quadkey.from_degrees([0], [180])[0] == quadkey.from_degrees([0], [-180])[0]
    assert np.isnan(quadkey.centres(np.array([-1]))[0]).all()


def test_find_in_sorted() -> None:
    assert quadkey.find(np.array([5, 3, -1, 9]), np.array([3, 5, 7])).tolist() == [1, 0, -1, -1]
    assert quadkey.find(np.array([5]), np.array([], dtype=np.int64)).tolist() == [-1]


@pytest.mark.parametrize("name", FILES)
def test_ookla_files(real_data: Path, name: str) -> None:
    tiles = gpd.read_file(real_data / "ookla-tiles" / f"{name}.geojson")
    codes = quadkey.from_text(tiles["quadkey"])
    assert (codes >= 0).all()
    assert (quadkey.to_text(codes) == tiles["quadkey"].to_numpy(dtype=str)).all()
    bounds = tiles.bounds[
        tiles.geometry.notna()
    ]  # Puerto Rico's files have mostly no geometry: the quadkey is all there is
    drawn = codes[tiles.geometry.notna()]
    assert len(drawn) > 100
    lat, lon = (bounds.miny + bounds.maxy) / 2, (bounds.minx + bounds.maxx) / 2
    assert (quadkey.from_degrees(lat, lon) == drawn).all()
    centre = quadkey.centres(drawn)
    assert np.allclose(centre[0], lat, atol=1e-5)
    assert np.allclose(centre[1], lon, atol=1e-5)


def test_puerto_rico_lies_in_puerto_rico_by_its_quadkeys(real_data: Path) -> None:
    tiles = gpd.read_file(real_data / "ookla-tiles" / "mobile_pr_ookla_2020Q4.geojson", ignore_geometry=True)
    lat, lon = quadkey.centres(quadkey.from_text(tiles["quadkey"]))
    assert len(tiles) == 8188
    assert ((lat > 17.8) & (lat < 18.6) & (lon > -68) & (lon < -65.2)).all()
