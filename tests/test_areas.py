"""How schools find their area: by polygon, code or name; what disagrees is said, and contested lines are no areas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Polygon, box

from etl.areas import assign, metres_outside, suggestions, whole_place
from etl.boundaries import Areas, key_of, keys_of, read_boundaries
from etl.recipe import Recipe
from geodata.errors import SchemaError
from tests.factories import schools

SHAPES = {"W": ("West-Land", box(0, 0, 1, 1)), "E": ("East 'Ost", box(1, 0, 2, 1))}


def place(folder: Path, join: list[str], levels: tuple[str, ...] = ("province",), **more: Any) -> Recipe:
    """A place of two provinces side by side."""
    frame = gpd.GeoDataFrame(
        {"code": list(SHAPES), "name": [n for n, _ in SHAPES.values()]},
        geometry=[g for _, g in SHAPES.values()], crs=4326,
    )  # fmt: skip
    frame.to_file(folder / "one.geojson")
    boundary = {"level": 1, "path": "one.geojson", "id_column": "code", "name_column": "name", "join": join, **more}
    return Recipe.model_validate(
        {
            "place": {"name": "Testland", "iso3": "XAA", "levels": list(levels)},
            "source": [{"name": "r", "path": "r.csv", "columns": {"school_id_govt": "ID"}}],
            "boundary": [boundary],
        }
    )


def placed(folder: Path, recipe: Recipe, **columns: Any) -> tuple[pd.DataFrame, Areas]:
    areas = read_boundaries(recipe, folder)
    return assign(schools(**columns), areas, recipe), areas


POINTS: dict[str, list[Any]] = {
    # in the west; in the east, says west; not located, east by name; not located and unnamed; outside all, says west
    "latitude": [0.5, 0.5, None, None, 0.5],
    "longitude": [0.5, 1.01, None, None, 2.5],
    "admin1": ["west land", "WEST-LAND", "East Ost", None, "West–Land"],
    "admin1_id": [None, "W", None, None, None],
}


@pytest.mark.parametrize(
    ("join", "expected"),
    [
        (["polygon"], ["W", "E", None, None, None]),
        (["polygon", "name"], ["W", "E", "E", None, "W"]),
        (["name"], ["W", "W", "E", None, "W"]),
        (["code", "name"], ["W", "W", "E", None, "W"]),
        (["code"], [None, "W", None, None, None]),
    ],
)
def test_ways_in_the_order_of_trust(tmp_path: Path, join: list[str], expected: list[str | None]) -> None:
    out, areas = placed(tmp_path, place(tmp_path, join), **POINTS)
    assert [None if pd.isna(i) else i for i in out["admin1_id"]] == expected
    assert any(note.startswith("province: ") for note in areas.notes)


def test_disagreement_is_recorded_with_its_distance(tmp_path: Path) -> None:
    out, areas = placed(tmp_path, place(tmp_path, ["polygon", "name"]), **POINTS)
    assert out["location_in_declared_area"].tolist() == [True, False, pd.NA, pd.NA, False]
    assert out["outside_declared_m"].isna().tolist() == [True, False, True, True, False]
    degree = 6_371_008.8 * np.pi / 180
    assert out["outside_declared_m"].iloc[[1, 4]].tolist() == pytest.approx(
        [0.01 * degree, 1.5 * degree], rel=1e-3
    )  # along a parallel near the equator
    assert "1 of 3 located schools lie in the area that the register names; 2 do not." in areas.notes


def test_the_nearest_border_is_nearest_on_the_ground() -> None:
    # At 60° north a degree of longitude is half a degree of latitude: the border to the east is the nearer one.
    shapes = np.array([Polygon([(0, 60), (2, 60), (2, 62), (0, 62)]).difference(box(0, 60, 1, 61))], dtype=object)
    metres = metres_outside(pd.Series([60.45]), pd.Series([0.4]), np.array([0]), shapes)
    degree = 6_371_008.8 * np.pi / 180
    assert metres[0] == pytest.approx(0.6 * degree * np.cos(np.radians(60.45)), rel=0.01)
    assert metres[0] < 0.55 * degree


def test_a_shared_border_belongs_to_one_area(tmp_path: Path) -> None:
    columns = {"latitude": [0.2, 0.4, 0.6], "longitude": [1.0] * 3, "admin1": ["West-Land", "East Ost", None]}
    out, _ = placed(tmp_path, place(tmp_path, ["polygon"]), **columns)
    assert out["admin1_id"].nunique() == 1
    assert out["admin1_id"].notna().all()
    assert out["location_in_declared_area"].tolist() == [True, True, pd.NA]  # on the border of both


def test_unknown_names_are_suggested_never_taken(tmp_path: Path) -> None:
    recipe = place(tmp_path, ["name"])
    out, areas = placed(tmp_path, recipe, admin1=["Wesst Land", "Zzz"])
    assert out["admin1_id"].isna().all()
    said = next(note for note in areas.notes if "no area is called" in note)
    assert "'Wesst Land' (like 'West-Land'?)" in said
    assert "'Zzz'" in said
    assert "alias file" in said
    known, _ = placed(
        tmp_path, place(tmp_path, ["name"], aliases={"Wesst Land": "West-Land"}), admin1=["WESST  LAND", "Zzz"]
    )
    assert known["admin1_id"].fillna("").tolist() == ["W", ""]


def test_many_unknown_names_are_counted() -> None:
    assert " and 3 more" in suggestions([f"n{i}" for i in range(15)], ["West"])


def test_names_in_any_script_and_none_at_all() -> None:
    assert key_of("THARAKA - NITHI") == key_of("Tharaka-Nithi")
    assert key_of("São Tomé") == key_of("SAO TOME")
    assert key_of("محافظة  النور") == key_of("محافظة النور") != ""
    assert keys_of(pd.Series([None, None], dtype="str")).tolist() == ["", ""]


def test_levels_without_boundaries_come_from_the_register(tmp_path: Path) -> None:
    recipe = place(tmp_path, ["polygon", "name"], levels=("province", "district"))
    out, areas = placed(
        tmp_path, recipe, latitude=[0.5, 0.6, 0.5, 0.5], longitude=[0.5, 0.5, 1.5, 1.6],
        admin2=["North", "NORTH", "North", None],
    )  # fmt: skip
    assert out["admin2_id"].iloc[0] == out["admin2_id"].iloc[1] != out["admin2_id"].iloc[2]
    assert pd.isna(out["admin2_id"].iloc[3])
    below = areas.of_level(2)
    assert below["name"].tolist() == ["North", "North"]
    assert sorted(below["parent_id"]) == ["E", "W"]
    assert below.geometry.isna().all()
    assert areas.frame["area_id"].is_unique


def test_contested_lines_are_borders_and_no_areas(tmp_path: Path) -> None:
    line = LineString([(1, 0), (1, 1)])
    gpd.GeoDataFrame(
        {"code": ["XAA", "line"], "name": ["Testland", "Line"], "contested": [False, True]},
        geometry=[box(0, 0, 2, 1), line], crs=4326,
    ).to_file(tmp_path / "zero.geojson")  # fmt: skip
    recipe = place(tmp_path, ["polygon"])
    zero = {"level": 0, "path": "zero.geojson", "id_column": "code", "name_column": "name", "contested": "contested"}
    recipe = Recipe.model_validate(
        {**recipe.model_dump(), "boundary": [zero, *(b.model_dump() for b in recipe.boundary)]}
    )
    areas = read_boundaries(recipe, tmp_path)
    top = areas.of_level(0)
    assert top["area_id"].tolist() == ["XAA"]
    assert top.geometry.iloc[0].equals(box(0, 0, 2, 1))
    (borders,) = areas.borders
    assert borders[["level", "name", "contested"]].values.tolist() == [[0, "Line", True]]
    assert borders.geometry.iloc[0].equals(line)


def test_the_whole_place_is_the_union_of_its_parts(tmp_path: Path) -> None:
    areas = read_boundaries(place(tmp_path, ["polygon"]), tmp_path)
    whole_place(areas)
    assert areas.of_level(0).geometry.iloc[0].equals(box(0, 0, 2, 1))


def test_a_wrong_boundary_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="has no column nom"):
        read_boundaries(place(tmp_path, ["polygon"], name_column="nom"), tmp_path)
