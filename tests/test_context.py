"""What is known of areas, brought to schools: no row lost, the given value kept, the percentile weighted by people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from etl.areas import assign
from etl.boundaries import Areas, read_boundaries
from etl.context import add_context, wealth_percentile
from etl.recipe import Recipe
from geodata.errors import SchemaError
from tests.factories import schools

TABLE = "NAME,POOR,PEOPLE\nWEST,0.8,100\nEast,0.2,300\nNowhere,0.5,7\n"


def place(folder: Path, text: str = TABLE, **more: Any) -> Recipe:
    """Two provinces and a third without any figure; one table about them."""
    gpd.GeoDataFrame(
        {"code": ["W", "E", "N"], "name": ["West", "East", "North"]},
        geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1), box(0, 1, 2, 2)], crs=4326,
    ).to_file(folder / "one.geojson")  # fmt: skip
    (folder / "poor.csv").write_text(text, "utf-8")
    context = {
        "name": "poverty", "path": "poor.csv", "level": 1, "key": "NAME", "date": "2024",
        "columns": {"poverty_share": "POOR", "population": "PEOPLE"}, **more,
    }  # fmt: skip
    return Recipe.model_validate(
        {
            "place": {"name": "Testland", "iso3": "XAA", "levels": ["province"]},
            "source": [{"name": "r", "path": "r.csv", "columns": {"school_id_govt": "ID"}}],
            "boundary": [{"level": 1, "path": "one.geojson", "id_column": "code", "name_column": "name"}],
            "context": [context],
        }
    )


def added(folder: Path, recipe: Recipe, **columns: Any) -> tuple[pd.DataFrame, Areas]:
    areas = read_boundaries(recipe, folder)
    frame = assign(schools(**columns), areas, recipe)
    return add_context(frame, areas, recipe, folder), areas


# in the west, in the east, in the north (no row of the table), nowhere
POINTS: dict[str, list[Any]] = {"latitude": [0.5, 0.5, 1.5, None], "longitude": [0.5, 1.5, 1.5, None]}


def test_values_reach_the_schools_of_each_area_with_their_passport(tmp_path: Path) -> None:
    out, areas = added(tmp_path, place(tmp_path), **POINTS)
    assert out["school_id"].tolist() == ["s1", "s2", "s3", "s4"]
    assert out["poverty_share"].tolist() == pytest.approx([0.8, 0.2, np.nan, np.nan], nan_ok=True)
    assert out["poverty_share_source"].fillna("").tolist() == ["poverty", "poverty", "", ""]
    assert out["poverty_share_date"].fillna("").tolist() == ["2024", "2024", "", ""]
    # Of 400 people the 100 of the west are the poorer: half of them, and they and half of the east.
    assert out["wealth_percentile"].tolist() == pytest.approx([50 / 400, 250 / 400, np.nan, np.nan], nan_ok=True)
    assert out["wealth_percentile_evidence"].iloc[:2].tolist() == ["inferred", "inferred"]
    assert areas.frame.set_index("area_id").loc["W", "poverty_share"] == pytest.approx(0.8)
    assert any("2 of 3 areas of level 1 have a row; without: North" in note for note in areas.notes)
    assert any("'Nowhere'" in note for note in areas.notes)


def test_a_place_is_not_added_up_where_a_part_is_unknown(tmp_path: Path) -> None:
    _, areas = added(tmp_path, place(tmp_path), **POINTS)
    assert areas.of_level(0)["population"].isna().all()
    _, areas = added(tmp_path, place(tmp_path, TABLE + "North,0.4,100\n"), **POINTS)
    top = areas.of_level(0).iloc[0]
    assert top["population"] == 500
    assert top["poverty_share"] == pytest.approx((80 + 60 + 40) / 500)


def test_what_the_register_says_of_a_school_stays(tmp_path: Path) -> None:
    recipe = place(tmp_path)
    areas = read_boundaries(recipe, tmp_path)
    frame = assign(schools(poverty_share=[0.5, None], latitude=[0.5, 0.6], longitude=[0.5, 0.5]), areas, recipe)
    out = add_context(frame, areas, recipe, tmp_path)
    assert out["poverty_share"].tolist() == [0.5, 0.8]
    assert out["poverty_share_source"].fillna("").tolist() == ["", "poverty"]


def test_a_row_that_stands_twice_multiplies_nothing(tmp_path: Path) -> None:
    out, _ = added(tmp_path, place(tmp_path, TABLE + "West,0.1,5\n"), **POINTS)
    assert len(out) == 4
    assert out["poverty_share"].iloc[0] == pytest.approx(0.8)


def test_percentages_for_shares_are_told(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=r"scale = 0\.01"):
        added(tmp_path, place(tmp_path, "NAME,POOR,PEOPLE\nWest,80,1\nEast,20,1\n"), **POINTS)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.tuples(st.one_of(st.none(), st.floats(0, 1)), st.one_of(st.none(), st.integers(1, 10**6))),
        min_size=1, max_size=20,
    )
)  # fmt: skip
def test_the_wealth_percentile_is_weighted_by_people(rows: list[tuple[float | None, int | None]]) -> None:
    poor = pd.Series([p for p, _ in rows], dtype="float64")
    people = pd.Series([n for _, n in rows], dtype="float64")
    got = wealth_percentile(poor, people)
    known = poor.notna() & people.notna()
    assert got.notna().tolist() == known.tolist()
    for here in np.flatnonzero(known):
        below = people[known & (poor > poor[here])].sum()
        equal = people[known & (poor == poor[here])].sum()
        assert got[here] == pytest.approx((below + equal / 2) / people[known].sum())
    if known.any():
        assert np.average(got[known], weights=people[known]) == pytest.approx(0.5)
