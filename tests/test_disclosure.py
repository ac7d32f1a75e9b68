"""What may leave: tiers, risk classes, coarse locations, licences."""

from __future__ import annotations

from pathlib import Path

import h3.api.basic_str as h3
import numpy as np
import pandas as pd
import pytest

from geodata import disclosure
from geodata.disclosure import Coarseness, coarsen, licensed_columns, locations, visible_columns
from geodata.errors import DisclosureError
from geodata.fields import FIELDS
from geodata.hexagons import cell_km2, cells, centre
from geodata.layers import Atlas, write_manifest
from geodata.query import Desk
from geodata.tables import SCHOOLS
from geodata.view import View
from geodata.vocabulary import Sensitivity
from tests.factories import atlas, schools


def test_e8_3_hexagons_of_a_point() -> None:
    """One point in the hexagons of each resolution, the centre of the coarse one, and what they measure in km²."""
    at = pd.Series([-1.9441]), pd.Series([30.0619])
    expected = {9: "896ad812697ffff", 7: "876ad8126ffffff", 6: "866ad8127ffffff", 5: "856ad813fffffff"}
    assert {r: cells(*at, r).item() for r in expected} == expected
    assert [round(x, 5) for x in centre(expected[5])] == [-2.01652, 30.09525]
    assert [round(cell_km2(r), 3) for r in (4, 5, 6, 7, 8)] == [1770.348, 252.904, 36.129, 5.161, 0.737]


def country(folder: Path, risk: str | None, tier: str) -> Desk:
    """Twelve schools close together and two far from all others."""
    rng = np.random.default_rng(3)
    # One H3 cell of resolution 6, from worked example E8.3.
    lat, lon = h3.cell_to_latlng("866ad8127ffffff")
    frame = schools(
        school_id=[f"s{i:02d}" for i in range(14)],
        school_name=[f"School {i}" for i in range(14)],
        latitude=[*(lat + rng.uniform(-0.005, 0.005, 12)), 9.5, 20.25],
        longitude=[*(lon + rng.uniform(-0.005, 0.005, 12)), 9.5, 20.25],
        fiber_node_distance_m=[100.0] * 14,
    )
    made = atlas(folder, frame)
    place = {k: v for k, v in made.manifest["place"].items() if k != "risk"} | ({"risk": risk} if risk else {})
    write_manifest(made.folder, {**made.manifest, "place": place})
    return Desk(Atlas(made.link, made.folder), tier=tier)


def test_every_sensitive_field_is_hidden_from_the_public_and_shown_to_partners() -> None:
    public = visible_columns(SCHOOLS.all_columns, "public")
    hidden = {name for name in SCHOOLS.columns if FIELDS[name].sensitivity != Sensitivity.OPEN}
    assert {"community_land", "num_students_displaced", "num_students_disabled"} <= hidden
    assert not {c for c in public if disclosure.base_column(c) in hidden}
    assert set(SCHOOLS.all_columns) == set(visible_columns(SCHOOLS.all_columns, "partner"))


@pytest.mark.parametrize("risk", ["low", "medium", "high", "", "unheard"])
def test_the_government_sees_points_and_the_public_only_where_the_risk_is_low(risk: str) -> None:
    assert locations(risk, "government").exact
    assert locations(risk, "public").exact == (risk == "low")
    assert locations(risk, "partner").exact == (risk == "low")


def test_an_unset_risk_counts_as_medium(tmp_path: Path) -> None:
    desk = country(tmp_path, None, "public")
    assert desk.risk == "medium"
    assert desk.locations == Coarseness(cell=6, least=5)


@pytest.mark.parametrize(("risk", "resolution"), [("medium", 6), ("high", 5)])
def test_the_public_sees_cell_centres_of_full_cells_only(tmp_path: Path, risk: str, resolution: int) -> None:
    desk = country(tmp_path, risk, "public")
    exact = Desk(desk.atlas, tier="government").schools.sort_values("school_id", ignore_index=True)
    where = desk.schools.sort_values("school_id", ignore_index=True)[["latitude", "longitude"]]
    assert where.notna().all(axis=1).tolist() == [True] * 12 + [False, False]
    for i in range(12):
        cell = h3.latlng_to_cell(exact["latitude"][i], exact["longitude"][i], resolution)
        assert tuple(where.loc[i]) == pytest.approx(h3.cell_to_latlng(cell))
    assert not set(exact["latitude"]) & set(where["latitude"])
    assert "fiber_node_distance_m" not in desk.schools
    assert ("school_name" in desk.schools) == (risk == "medium")
    assert "not the schools' own places" in desk.location_note
    # The country has 14 schools: where none stands by itself, a cell of 12 would give the two others away.
    assert list(desk.hexagons(View(), 9, "internet_for_learners")["num_schools"]) == ([12] if risk == "medium" else [])


def test_partners_see_rounded_places_in_a_place_of_medium_risk(tmp_path: Path) -> None:
    desk = country(tmp_path, "medium", "partner")
    assert desk.schools["latitude"].equals(desk.schools["latitude"].round(2))
    assert desk.location_note.startswith(
        "Locations are rounded to 0.01 of a degree. Counts of fewer than 5 of a school's learners, or 10 displaced"
    )


@pytest.mark.parametrize("query", ["min.latitude=1", "max.longitude=3", "sort=latitude", "sort=-longitude"])
def test_exact_places_cannot_be_felt_out_by_bounds_or_order(tmp_path: Path, query: str) -> None:
    desk = country(tmp_path, "medium", "public")
    view = View.parse(query)
    if query.startswith("sort"):
        values = desk.frame(view)[view.sort].dropna()
        assert values.is_monotonic_decreasing if view.descending else values.is_monotonic_increasing
    else:
        with pytest.raises(DisclosureError, match="Choose an area instead"):
            desk.select(view)


def test_rows_without_a_place_stay_without() -> None:
    nothing = pd.Series([np.nan, np.nan])
    lat, lon = coarsen(nothing, nothing, Coarseness(cell=6, least=1))
    assert lat.isna().all()
    assert lon.isna().all()


@pytest.mark.parametrize(
    ("licence", "forbids"),
    [
        ("CC-BY-NC-SA-4.0", True),
        ("CC BY-NC-SA 3.0 IGO", True),
        ("CC-BY-4.0", False),
        ("ODbL-1.0", False),
        ("INC-1.0", False),
        ("", False),
    ],
)
def test_licences_that_forbid_commercial_use(licence: str, forbids: bool) -> None:
    assert disclosure.non_commercial(licence) == forbids


def test_the_open_profile_drops_a_column_with_any_such_licence_and_its_companions() -> None:
    licences = {"poverty_share": ["CC-BY-4.0", "CC-BY-NC-4.0"]}
    columns = ["school_id", "poverty_share", "poverty_share_source"]
    assert licensed_columns(columns, licences, "open") == ["school_id"]
    assert licensed_columns(columns, licences, "noncommercial") == columns
