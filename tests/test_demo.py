"""The demonstration country: repeatable, faulty in known ways, and built as truly as its faults allow."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from etl.demo import write_demo
from etl.demo_faults import BAND_PROVINCE, BANDS, MISSING
from etl.demo_land import BOX, SEATS
from etl.demo_layers import quadkeys
from etl.recipe import read_recipe
from geodata.layers import Atlas

RECIPE = Path(__file__).resolve().parents[1] / "etl" / "recipes" / "demo.toml"
UNUSABLE = {"no_coordinates", "zero_zero", "decimal_comma", "sign_lost"}
ELSEWHERE = {"at_the_district_office", "wrong_district"}


@pytest.fixture(scope="module")
def raw(demo_raw: Path) -> Path:
    return demo_raw


@pytest.fixture(scope="module")
def truth(raw: Path) -> pd.DataFrame:
    return pd.read_parquet(raw / "truth" / "schools.parquet").set_index("school_id")


@pytest.fixture(scope="module")
def faults(raw: Path) -> dict[str, set[str]]:
    table = pd.read_parquet(raw / "truth" / "faults.parquet")
    return {fault: set(rows) for fault, rows in table.groupby("fault")["school_id"]}


@pytest.fixture(scope="module")
def register(raw: Path) -> pd.DataFrame:
    return pd.read_excel(
        raw / "register.xlsx", sheet_name="Register", header=3, dtype="str", keep_default_na=False, engine="calamine"
    )


@pytest.fixture(scope="module")
def atlas(built: Callable[[str], Atlas]) -> Atlas:
    return built("demo")


@pytest.fixture(scope="module")
def schools(atlas: Atlas) -> pd.DataFrame:
    return pd.DataFrame(atlas.read("schools")).set_index("school_id").sort_index()


@pytest.mark.thorough
def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_country(tmp_path: Path, raw: Path) -> None:
    for name in ("a", "b"):
        write_demo(tmp_path / name, seed=7, schools=300)
    files = sorted(p.relative_to(tmp_path / "a") for p in (tmp_path / "a").rglob("*") if p.is_file())
    assert len(files) >= 20
    differ = [str(f) for f in files if (tmp_path / "a" / f).read_bytes() != (tmp_path / "b" / f).read_bytes()]
    assert differ == []
    assert (tmp_path / "a" / "boundaries_2.geojson").read_bytes() != (raw / "boundaries_2.geojson").read_bytes()
    districts = gpd.read_file(tmp_path / "a" / "boundaries_2.geojson")
    assert shapely.coverage_is_valid(districts.geometry.to_numpy())


def test_areas_are_one_coverage_and_schools_stand_in_theirs(raw: Path, truth: pd.DataFrame) -> None:
    provinces, districts = (gpd.read_file(raw / f"boundaries_{n}.geojson") for n in (1, 2))
    assert (len(provinces), len(districts)) == (9, SEATS)
    assert shapely.coverage_is_valid(districts.geometry.to_numpy())
    assert shapely.coverage_is_valid(provinces.geometry.to_numpy())
    west, south, east, north = districts.total_bounds
    assert BOX[0] < west < east < BOX[2]
    assert BOX[1] < south < north < BOX[3]
    tree = shapely.STRtree(districts.geometry.to_numpy())
    point, area = tree.query(shapely.points(truth["longitude"], truth["latitude"]), predicate="within")
    assert len(point) == len(truth) == 6000
    codes = districts["code"].to_numpy()[area[np.argsort(point)]]
    assert (codes == truth["area_id"].to_numpy()).all()
    assert districts["name"].is_unique


def test_a_contested_line_lies_on_the_border(raw: Path) -> None:
    border = gpd.read_file(raw / "boundaries_0.geojson")
    line = border.loc[border["contested"], "geometry"].iloc[0]
    country = border.loc[~border["contested"], "geometry"].iloc[0]
    assert line.geom_type == "LineString"
    assert line.length > 0.3
    assert shapely.boundary(country).distance(shapely.points(line.coords[3])) < 1e-9
    assert shapely.covers(shapely.boundary(country), line)


def test_the_register_has_the_faults_of_real_ones(
    register: pd.DataFrame, truth: pd.DataFrame, faults: dict[str, set[str]]
) -> None:
    for fault in (*UNUSABLE, *ELSEWHERE, "coordinates_swapped", "decimal_point_lost", "degrees_minutes", "province_misspelt",
                  "girls_and_boys_are_not_all", "enrolment_in_bands", "id_stands_twice", "survey_disagrees"):  # fmt: skip
        assert len(faults[fault]) >= 10, fault
    assert register["EMIS_CODE"].str.startswith("0").any()
    assert (register["ENROLMENT"] == "99999").any()
    assert register["PROVINCE"].nunique() > 3 * truth["province_name"].nunique()
    assert register["LATITUDE"].str.contains("°").any()
    assert register["HEAD_PHONE"].str.startswith("+999 ").sum() >= len(truth)
    row = register.set_index("EMIS_CODE").loc[min(faults["coordinates_swapped"] - faults["id_stands_twice"])]
    assert float(row["LATITUDE"]) > float(row["LONGITUDE"])


def test_other_files_have_theirs(raw: Path, truth: pd.DataFrame) -> None:
    devices = pd.read_csv(raw / "devices.csv", sep=";", encoding="cp1252", dtype="str", decimal=",")
    assert devices["Code école"].duplicated().sum() > 1000
    assert (~devices["Code école"].isin(truth.index)).sum() == 45
    with gzip.open(raw / "towers.csv.gz", "rt") as stream:
        towers = pd.read_csv(stream)
    assert set(towers["radio"]) == {"GSM", "UMTS", "LTE", "NR"}
    assert ((towers["lat"] == 0) & (towers["lon"] == 0)).sum() > 5
    tiles = pd.read_parquet(raw / "speed_tiles_mobile.parquet")
    assert tiles["quadkey"].str.fullmatch("[0-3]{16}").all()


def test_quadkeys_are_those_of_the_tile_grid() -> None:
    assert quadkeys(np.array([144.8410034]), np.array([13.6166])) == ["1332033011333113"]  # a tile published by Ookla


def test_inequality_follows_the_stated_mechanism(truth: pd.DataFrame) -> None:
    fifth = pd.qcut(truth["wealth"], 5, labels=False)
    for column in ("has_internet", "has_internet_for_learners", "has_electricity"):
        share = truth.groupby(fifth)[column].mean()
        assert share.is_monotonic_increasing, column
    online = truth.groupby(fifth)["has_internet"].mean()
    assert online[0] < online[4] / 4
    secondary = truth[truth["education_level"].isin(["lower_secondary", "upper_secondary"])]
    poor = secondary["wealth"] < 0.25
    girls = secondary.groupby(poor)[["num_students_girls", "num_students"]].sum()
    share = girls["num_students_girls"] / girls["num_students"]
    assert share[True] < share[False] - 0.03
    displaced = truth.groupby("area_id")["num_students_displaced"].sum()
    assert displaced.nlargest(2).sum() > 0.8 * displaced.sum()


def test_the_recipe_uses_the_whole_language() -> None:
    recipe = read_recipe(RECIPE)
    feeds = [feed for source in recipe.source for feed in source.columns.values()]
    assert {feed.rule for feed in feeds} >= {"first", "sum", "all", "join"}
    assert any(feed.scale for feed in feeds)
    assert any(feed.invert for feed in feeds)
    assert any(feed.pattern for feed in feeds)
    assert any(feed.flags for feed in feeds)
    assert {source.kind for source in recipe.source} == {"schools", "attributes", "cells", "nodes", "coverage", "tiles", "population", "roads", "towns", "terrain", "commitments"}  # fmt: skip
    assert recipe.place.synthetic
    assert recipe.place.levels == ("province", "district")
    bands = {tuple(int(x) for x in band) for band in recipe.source[0].bands["num_students"].values()}
    assert bands == set(BANDS)


@pytest.mark.slow
def test_rows_are_conserved(atlas: Atlas, schools: pd.DataFrame, truth: pd.DataFrame) -> None:
    assert atlas.manifest["synthetic"] is True
    for source in atlas.manifest["sources"]:
        left = source["rows_accepted"] + source["rows_out_of_scope"] + source["rows_quarantined"]
        assert source["rows_read"] == left, source["name"]
    by_name = {source["name"]: source for source in atlas.manifest["sources"]}
    assert by_name["register"]["rows_read"] == 6000 + 70 + 18 + 1
    assert by_name["register"]["rows_out_of_scope"] == 71
    assert by_name["device inventory"]["rows_quarantined"] == 45
    assert sorted(schools.index) == sorted(truth.index)


@pytest.mark.slow
def test_locations_are_the_true_ones_as_far_as_the_faults_allow(
    schools: pd.DataFrame, truth: pd.DataFrame, faults: dict[str, set[str]]
) -> None:
    lost = set(schools.index[schools["latitude"].isna()])
    assert lost <= set().union(*(faults[f] for f in UNUSABLE))
    assert faults["no_coordinates"] | faults["zero_zero"] <= lost
    for fault, repair in (
        ("coordinates_swapped", "swapped"),
        ("decimal_point_lost", "lost_decimal_point"),
        ("degrees_minutes",) * 2,
    ):
        assert set(schools.index[schools["location_repair"] == repair]) == faults[fault]
    right = schools.drop(index=list(lost | set().union(*(faults[f] for f in ELSEWHERE))))
    true = truth.loc[right.index]
    assert (right["latitude"] - true["latitude"]).abs().max() < 0.0002  # a second of arc is 31 m
    assert (right["longitude"] - true["longitude"]).abs().max() < 0.0002
    assert (right["admin2_id"] == true["area_id"]).mean() > 0.999
    assert schools["admin1_id"].notna().all()


@pytest.mark.slow
def test_unknown_stays_unknown_and_known_stays_true(
    schools: pd.DataFrame, truth: pd.DataFrame, raw: Path, register: pd.DataFrame, faults: dict[str, set[str]]
) -> None:
    said = register.drop_duplicates("EMIS_CODE").set_index("EMIS_CODE").reindex(schools.index)
    survey = pd.read_csv(raw / "survey.csv", dtype="str")
    visited = schools.index.isin(survey["ref"].str.removeprefix("TLV-"))
    silent = said["INTERNET"].isin(MISSING).to_numpy() & ~visited
    assert silent.sum() > 300
    assert schools.loc[silent, "has_internet"].isna().all()
    assert schools.loc[~silent, "has_internet"].notna().all()
    other = schools["has_internet"].notna() & (schools["has_internet"] != truth["has_internet"].reindex(schools.index))
    assert set(schools.index[other.fillna(False)]) == faults["survey_disagrees"]
    assert (schools.loc[sorted(faults["survey_disagrees"]), "has_internet_evidence"] == "measured").all()
    assert schools.loc[said["ELECTRICITY"].isin(MISSING).to_numpy(), "has_electricity"].isna().all()
    counted = schools["num_computers"].notna()
    assert 0.6 < counted.mean() < 0.9
    assert (schools.loc[counted, "num_computers"] == truth["num_computers"].reindex(schools.index)[counted]).all()
    assert (schools.loc[counted, "num_tablets"] == truth["num_tablets"].reindex(schools.index)[counted]).all()


@pytest.mark.slow
def test_learners_are_true_or_in_their_band(
    schools: pd.DataFrame, truth: pd.DataFrame, faults: dict[str, set[str]]
) -> None:
    true = truth["num_students"].reindex(schools.index)
    known = schools["num_students"].notna()
    assert (schools.loc[known, "num_students"] == true[known]).all()
    assert schools["num_students"].max() < 99_999
    banded = sorted(faults["enrolment_in_bands"])
    assert set(truth.loc[banded, "province"]) == {BAND_PROVINCE}
    assert schools.loc[banded, "num_students"].isna().all()
    assert (schools.loc[banded, "num_students_lower"] <= true[banded]).all()
    assert (schools.loc[banded, "num_students_upper"] >= true[banded]).all()


@pytest.mark.slow
def test_the_poor_are_less_connected_and_less_reported(schools: pd.DataFrame, truth: pd.DataFrame) -> None:
    fifth = pd.qcut(truth["wealth"].reindex(schools.index), 5, labels=False)
    online = schools["has_internet"].astype("Float64")
    assert online.groupby(fifth).mean()[0] < online.groupby(fifth).mean()[4] / 3
    reported = schools["has_internet"].notna().groupby(fifth).mean()
    assert reported[0] < reported[4] - 0.08
    place = pd.qcut(schools["wealth_percentile"], 5, labels=False)
    assert online.groupby(place).mean().iloc[0] < online.groupby(place).mean().iloc[-1] - 0.2
    tier_a = schools["tier"] == "A"
    assert 0.03 < tier_a.mean() < 0.25
    assert fifth[tier_a.to_numpy()].mean() < 1.2


@pytest.mark.slow
def test_emergencies_stay_visible_and_persons_do_not(atlas: Atlas, schools: pd.DataFrame, truth: pd.DataFrame) -> None:
    assert (schools["school_status"] == truth["school_status"].reindex(schools.index)).all()
    assert {"damaged", "occupied", "used_as_shelter", "temporarily_closed"} <= set(schools["school_status"])
    kept = "".join(p.read_text("utf-8") for p in atlas.folder.iterdir() if p.suffix in (".csv", ".json"))
    assert "+999 " not in kept
    rows = pd.concat([pd.DataFrame(atlas.read(name)) for name in ("quarantine", "out_of_scope")])
    assert not rows["raw"].str.contains(r"\+999 |HEAD_", regex=True).any()
