"""Children of the demonstration country as a build counts them: against the hidden truth, by hand, and twice the same."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

import h3.api.basic_str as h3
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely

from etl.ages import first_age, read_ages
from etl.people import count_people
from etl.raster import open_population
from etl.recipe import Ages, Recipe, read_recipe
from etl.work import Work
from geodata.errors import RecipeError, SchemaError
from geodata.layers import Atlas
from geodata.people.cells import people_by_cell
from geodata.tables import PEOPLE, PEOPLE_AREAS, UNSERVED

ROOT = Path(__file__).resolve().parents[1]
RECIPE = ROOT / "etl" / "recipes" / "demo.toml"
PROVINCE = "05"  # poor, remote, with a border
LAYERS = {"people": PEOPLE, "unserved": UNSERVED, "people_areas": PEOPLE_AREAS}


@dataclass(frozen=True)
class Counted:
    """A run of the step in a folder of its own."""

    folder: Path
    said: str
    about: dict[str, Any]

    def layer(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.folder / f"{name}.parquet")


def count(folder: Path, areas: pd.DataFrame, schools: pd.DataFrame, data: Path, recipe: Recipe) -> Counted:
    """The step alone, over some areas and schools of a built country."""
    folder.mkdir()
    work = Work(folder, recipe, RECIPE, data, "test")
    schools.to_parquet(folder / "schools.parquet")
    work.keep("areas", areas)
    said = count_people(work)
    return Counted(folder, said, work.take_json("people.json")["about"])


def schools_of(atlas: Atlas, province: str = "") -> pd.DataFrame:
    frame = pd.DataFrame(atlas.read("schools")).drop(columns="geometry")
    return frame[frame["admin1_id"] == province] if province else frame


def areas_of(atlas: Atlas, province: str) -> pd.DataFrame:
    """The country, one of its provinces, and its districts."""
    areas = atlas.read("areas")
    return areas[(areas["level"] == 0) | (areas["area_id"] == province) | (areas["parent_id"] == province)]


def without(recipe: Recipe, *kinds: str) -> Recipe:
    return recipe.model_copy(update={"source": tuple(s for s in recipe.source if s.kind not in kinds)})


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    return read_recipe(RECIPE)


@pytest.fixture(scope="module")
def demo(built: Callable[[str], Atlas]) -> Atlas:
    return built("demo")


@pytest.fixture(scope="module")
def straight(demo: Atlas, demo_raw: Path, recipe: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Counted:
    """One province, without its roads."""
    folder = tmp_path_factory.mktemp("straight") / "out"
    return count(folder, areas_of(demo, PROVINCE), schools_of(demo, PROVINCE), demo_raw, without(recipe, "roads"))


def test_the_step_gives_the_same_bytes_again(demo: Atlas, demo_raw: Path, recipe: Recipe, tmp_path: Path) -> None:
    again = count(tmp_path / "again", demo.read("areas"), schools_of(demo), demo_raw, recipe)
    for name, table in LAYERS.items():
        assert (again.folder / f"{name}.parquet").read_bytes() == demo.file(name).read_bytes(), name
        assert list(again.layer(name)) == list(table.columns)
    assert again.about["measure"] == "minutes"
    assert not again.about["missing"]


def test_children_are_near_the_hidden_truth(demo: Atlas, demo_raw: Path) -> None:
    """Sprague and rounding: within 0.5 % for the country and 2 % for each district and level."""
    truth = pd.read_parquet(demo_raw / "truth" / "children.parquet").set_index("area_id")
    areas = pd.DataFrame(demo.read("people_areas")).set_index("area_id")
    for level in ("primary", "lower_secondary", "upper_secondary"):
        girls, boys = truth[f"children_{level}_girls"], truth[f"children_{level}_boys"]
        mine = areas.loc[truth.index]
        np.testing.assert_allclose(mine[f"children_{level}"], girls + boys, rtol=0.02)
        np.testing.assert_allclose(mine[f"children_{level}_girls"], girls, rtol=0.02)
        assert mine[f"children_{level}"].sum() == pytest.approx((girls + boys).sum(), rel=0.005)
    out = truth["out_of_school_rate"] * truth.filter(like="children").sum(axis=1)
    assert areas["out_of_school_lower"].iloc[0] == pytest.approx(out.sum(), rel=0.005)


def test_sums_agree_over_hexagons_areas_and_levels(demo: Atlas) -> None:
    people = pd.DataFrame(demo.read("people"))
    areas = pd.DataFrame(demo.read("people_areas"))
    names = ["people", "children", "underserved_children_lower", "underserved_children_upper", "out_of_school_upper"]
    for level in (0, 1, 2):
        np.testing.assert_allclose(areas.loc[areas["level"] == level, names].sum(), people[names].sum(), rtol=1e-9)
    assert (people["underserved_children_lower"] <= people["underserved_children_upper"] + 1e-9).all()
    assert (people["underserved_children_upper"] <= people["children"] + 1e-9).all()
    assert (people["out_of_school_upper"] <= people["underserved_children_upper"] + 1e-9).all()
    assert (people["nearest_maybe_connected_m"] <= people["nearest_connected_m"] + 1e-9).all()


def test_every_reached_seat_is_handed_out_once(demo: Atlas) -> None:
    people = pd.DataFrame(demo.read("people"))
    schools = pd.DataFrame(demo.read("schools"))
    serve = (
        schools["education_level"].ne("pre_primary")
        & (schools["school_status"] == "open")
        & schools["latitude"].notna()
    )
    seats = schools.loc[serve & schools["meaningfully_connected"].fillna(False).astype(bool), "num_devices"].sum()
    handed = (people["device_seats_per_child"] * people["children"]).sum()
    assert handed + demo.manifest["people"]["seats_unreached"] == pytest.approx(float(seats), rel=1e-9)


def test_bounds_hold_the_truth_of_what_is_not_reported(
    straight: Counted, demo: Atlas, demo_raw: Path, recipe: Recipe, tmp_path: Path
) -> None:
    """With the true connectivity where a school did not report, the children underserved lie within the bounds."""
    schools = schools_of(demo, PROVINCE)
    truth = pd.read_parquet(demo_raw / "truth" / "schools.parquet").set_index("school_id")
    truth = truth.loc[schools["school_id_govt"]].set_axis(schools.index)
    need = np.maximum(20, 0.05 * truth["num_students"])
    fast = truth["download_speed_contracted_mbps"].fillna(0) >= need
    good = truth["has_internet_for_learners"] & truth["has_electricity"] & fast
    assert schools["meaningfully_connected"].isna().sum() > 20
    known = schools.assign(meaningfully_connected=schools["meaningfully_connected"].fillna(good.astype("boolean")))
    again = count(tmp_path / "true", areas_of(demo, PROVINCE), known, demo_raw, without(recipe, "roads"))
    true = again.layer("people_areas").set_index("area_id")
    bounds = straight.layer("people_areas").set_index("area_id")
    value = true["underserved_children_lower"]
    np.testing.assert_allclose(value, true["underserved_children_upper"])  # nothing is unknown any more
    assert (value >= bounds["underserved_children_lower"] - 1e-6).all()
    assert (value <= bounds["underserved_children_upper"] + 1e-6).all()
    assert (bounds["underserved_children_upper"] > bounds["underserved_children_lower"]).any()


# --- by hand --------------------------------------------------------------------------------------------------------


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    (lat1, lon1), (lat2, lon2) = ((radians(x), radians(y)) for x, y in (a, b))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * 6_371_008.8 * asin(sqrt(h))


def own_sprague(groups: list[float]) -> dict[int, float]:
    """Ages 6 to 17 from groups 0–4, 5–9 …: the second panel and two middle ones, written out."""
    second = {6: (0.0080, 0.2320, -0.0480, 0.0080), 7: (-0.0080, 0.2160, -0.0080, 0.0), 8: (-0.0160, 0.1840, 0.0400, -0.0080), 9: (-0.0176, 0.1408, 0.0912, -0.0144)}  # fmt: skip
    middle = [(-0.0128, 0.0848, 0.1504, -0.0240, 0.0016), (-0.0016, 0.0144, 0.2224, -0.0416, 0.0064), (0.0064, -0.0336, 0.2544, -0.0336, 0.0064), (0.0064, -0.0416, 0.2224, 0.0144, -0.0016), (0.0016, -0.0240, 0.1504, 0.0848, -0.0128)]  # fmt: skip
    years = {age: sum(k * g for k, g in zip(row, groups[:4], strict=True)) for age, row in second.items()}
    for start in (10, 15):
        some = groups[start // 5 - 2 : start // 5 + 3]
        years |= {start + n: sum(k * g for k, g in zip(row, some, strict=True)) for n, row in enumerate(middle)}
    return years


def people_of(raw: Path, shape: Any) -> list[tuple[float, float, float]]:
    """Latitude, longitude and people of every raster cell with its middle in a shape."""
    with rasterio.open(raw / "population.tif") as raster:
        values, t = raster.read(1), raster.transform
    row, column = np.nonzero(values > 0)
    lat, lon = t.f + (row + 0.5) * t.e, t.c + (column + 0.5) * t.a
    inside = np.flatnonzero(shapely.contains_xy(shape, lon, lat))
    return [(float(lat[n]), float(lon[n]), float(values[row[n], column[n]])) for n in inside]


@pytest.mark.parametrize("which", [0, 1])
def test_two_hexagons_by_hand(straight: Counted, demo: Atlas, demo_raw: Path, recipe: Recipe, which: int) -> None:
    """Children, ways and bounds again in plain Python, from the raw files and the schools of the build."""
    people = straight.layer("people")
    whole = people[
        (people["children"] > 80) & (people["nearest_primary_m"] < 2500) & (people["nearest_secondary_m"] < 4000)
    ]
    areas = demo.read("areas").set_index("area_id")
    district = sorted(areas.index[areas["parent_id"] == PROVINCE])[which]
    shape = areas.loc[district, "geometry"]
    whole = whole[whole["admin2_id"] == district].set_index("hexagon")
    deep = shapely.contains_xy(shape.buffer(-0.04), whole["longitude"], whole["latitude"])
    row = whole[deep].iloc[0]  # a hexagon in one district alone
    cells = people_of(demo_raw, shape)
    mine = [(a, b, n) for a, b, n in cells if h3.latlng_to_cell(a, b, 7) == row.name]
    assert row["people"] == pytest.approx(sum(n for *_, n in mine), rel=1e-6)
    at = tuple(sum(x[k] * x[2] for x in mine) / sum(x[2] for x in mine) for k in (0, 1))
    assert metres(at, (row["latitude"], row["longitude"])) < 1
    with (demo_raw / "ages.csv").open(encoding="utf-8") as stream:
        line = next(r for r in csv.DictReader(stream) if r["district"] == district)
    children, girls = {}, {}
    share = row["people"] / sum(n for *_, n in cells)
    for sex in ("F", "M"):
        years = own_sprague([float(line[f"{sex}{a:02d}{a + 4:02d}"]) for a in range(0, 30, 5)])
        for level, ages in {"primary": range(6, 12), "secondary": range(12, 18)}.items():
            children[level] = children.get(level, 0) + share * sum(years[a] for a in ages)
            girls[level] = girls.get(level, 0) + (share * sum(years[a] for a in ages) if sex == "F" else 0)
    # People whose raster cell only touches the district at the coast count too: within one in fifty.
    assert row["children_primary"] == pytest.approx(children["primary"], rel=0.02)
    assert row["children_primary_girls"] == pytest.approx(girls["primary"], rel=0.02)
    assert row["children_lower_secondary"] + row["children_upper_secondary"] == pytest.approx(
        children["secondary"], rel=0.02
    )
    rate = float(areas.loc[district, "out_of_school_rate"])
    assert row["out_of_school_lower"] == row["out_of_school_upper"] == pytest.approx(rate * row["children"])
    lower = upper = 0.0
    counts = {
        "primary": row["children_primary"],
        "secondary": row["children_lower_secondary"] + row["children_upper_secondary"],
    }
    for stage, number in counts.items():
        away, low, high = _share_by_hand(demo, (row["latitude"], row["longitude"]), stage)
        assert row[f"nearest_{stage}_m"] == pytest.approx(away, rel=1e-6)
        lower += number * (rate + (1 - rate) * (1 - high))
        upper += number * (rate + (1 - rate) * (1 - low))
    assert row["underserved_children_lower"] == pytest.approx(lower)
    assert row["underserved_children_upper"] == pytest.approx(upper)


def _share_by_hand(demo: Atlas, at: tuple[float, float], stage: str) -> tuple[float, float, float]:
    """Metres to the nearest school of a stage, and the least and greatest connected share of learners of the nearest
    schools: those within 5 km that are at most 1 km farther than the nearest."""
    wanted = {"primary": "1", "secondary": "23"}[stage]
    found, sizes = [], []
    for school in schools_of(demo, PROVINCE).to_dict("records"):
        if school["school_status"] != "open" or pd.isna(school["latitude"]):
            continue
        taught = str(school["isced_levels"])
        if set(taught) & set("123") and not pd.isna(school["num_students"]):
            sizes.append(int(school["num_students"]))
        if set(taught) & set(wanted):
            found.append((metres(at, (school["latitude"], school["longitude"])), school))
    found.sort(key=lambda pair: pair[0])
    first = found[0][0]
    going = [school for away, school in found if away <= first + 1000 and away <= max(5000, first)]
    middle = (
        sorted(sizes)[len(sizes) // 2]
        if len(sizes) % 2
        else sum(sorted(sizes)[len(sizes) // 2 - 1 : len(sizes) // 2 + 1]) / 2
    )
    weight = [middle if pd.isna(s["num_students"]) else max(float(s["num_students"]), 1) for s in going]
    state = [s["meaningfully_connected"] for s in going]
    sure = sum(w for w, s in zip(weight, state, strict=True) if not pd.isna(s) and s)
    maybe = sum(w for w, s in zip(weight, state, strict=True) if pd.isna(s) or s)
    return first, sure / sum(weight), maybe / sum(weight)


# --- what is not given ----------------------------------------------------------------------------------------------


def test_without_roads_ways_are_straight_lines_and_are_called_so(straight: Counted) -> None:
    people = straight.layer("people")
    assert straight.about["measure"] == "metres"
    assert straight.about["missing"] == ["roads"]
    assert people["nearest_primary_minutes"].isna().all()
    assert people["nearest_primary_m"].notna().all()
    assert "not given: roads" in straight.said


def test_without_ages_children_are_unknown_and_people_are_still_counted(
    demo: Atlas, demo_raw: Path, recipe: Recipe, tmp_path: Path
) -> None:
    bare = without(recipe, "roads", "towns").model_copy(update={"ages": ()})
    counted = count(tmp_path / "bare", areas_of(demo, PROVINCE), schools_of(demo, PROVINCE), demo_raw, bare)
    people = counted.layer("people")
    assert people["children"].isna().all()
    assert people["underserved_children_upper"].isna().all()
    areas = counted.layer("people_areas").set_index("area_id")
    assert people["people"].sum() == pytest.approx(areas.loc[PROVINCE, "people"]) == pytest.approx(370_000, rel=0.05)
    assert people["nearest_primary_m"].notna().all()
    assert "children not known" in counted.said
    assert len(counted.layer("unserved"))
    assert counted.layer("unserved")["nearest_town"].isna().all()


def test_without_a_population_raster_nothing_is_made_up(built: Callable[[str], Atlas]) -> None:
    atlas = built("tocantins")
    assert not atlas.has("people")
    assert not atlas.has("unserved")
    assert atlas.manifest["people"] == {"missing": ["population", "ages", "roads", "out_of_school"]}


def test_a_real_raster_keeps_its_people(real_data: Path) -> None:
    """WorldPop's Balearic Islands: everybody of the file's cells there is in a hexagon, once."""
    path = next((real_data / "spain-population").glob("*.tif"))
    box = (1.1, 38.6, 4.4, 40.2)
    raster = open_population(path)
    table = people_by_cell(raster.within(box), [shapely.box(*box)], 7)
    with rasterio.open(path) as source:
        values = source.read(1, out_dtype="float64")
        t = source.transform
        lat = t.f + (np.arange(values.shape[0]) + 0.5) * t.e
        lon = t.c + (np.arange(values.shape[1]) + 0.5) * t.a
        rows, columns = np.flatnonzero((lat > box[1]) & (lat < box[3])), np.flatnonzero((lon > box[0]) & (lon < box[2]))
        part = values[np.ix_(rows, columns)]
        there = part[(part > 0) & (part != source.nodata)].sum()
    inside = table.loc[table["area"] == 0, "people"].sum()
    assert there > 500_000
    assert inside == pytest.approx(there, rel=2e-3)


# --- tables of ages -------------------------------------------------------------------------------------------------


def test_a_table_of_a_row_an_age_group_says_the_same(
    demo: Atlas, demo_raw: Path, recipe: Recipe, tmp_path: Path
) -> None:
    wide = pd.read_csv(demo_raw / "ages.csv", dtype={"district": str})
    long = wide.melt("district", [c for c in wide if c[0] in "FM" and c[1:].isdigit()], "group", "n")
    long["sex"], long["age"] = long["group"].str[0].map({"F": "Female", "M": "Male"}), long["group"].str[1:3] + " to " + long["group"].str[3:]  # fmt: skip
    extra = pd.DataFrame({"district": ["0101", "9999"], "age": ["80+", "0-4"], "sex": ["Female", "Male"], "n": [5, 7]})
    pd.concat([long, extra]).to_csv(tmp_path / "long.csv", index=False)
    given = Ages(name="long", level=2, path="long.csv", key="district", join="code", age="age", people="n", sex="sex")
    areas = demo.read("areas")
    one = read_ages(recipe, demo_raw, areas)
    two = read_ages(recipe.model_copy(update={"ages": (given,)}), tmp_path, areas)
    pd.testing.assert_frame_equal(one.groups, two.groups[one.groups.columns], check_names=False, check_dtype=False)
    assert two.source is not None
    assert two.source["rows_out_of_scope"] == 1


def test_age_groups_are_five_years_or_refused() -> None:
    assert [first_age(t) for t in ("0-4", "Aged 05 to 09", "15–19", "80+", "80 and over", "Total")] == [
        0,
        5,
        15,
        None,
        None,
        None,
    ]
    with pytest.raises(SchemaError, match="five years"):
        first_age("10-19")


def test_a_key_that_names_no_group_is_said(demo: Atlas, demo_raw: Path, recipe: Recipe) -> None:
    wrong = recipe.ages[0].model_copy(update={"columns": {"children": "F0004"}})
    with pytest.raises(RecipeError, match="names no age group"):
        read_ages(recipe.model_copy(update={"ages": (wrong,)}), demo_raw, demo.read("areas"))
