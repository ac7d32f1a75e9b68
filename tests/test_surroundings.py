"""Relative wealth and the degree of urbanisation around schools: inferred, only where nothing was reported, and counted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.manifest import columns_of
from etl.recipe import Recipe, read_recipe
from etl.steps import assign_areas, merge_sources, read_layers, read_schools
from etl.work import Work
from geodata import quadkey
from geodata.wealth import ZOOM, mean_by, percentiles, tile_of, tiles
from tests.replay import land
from tests.replay.services import ghsl, rwi, worldpop

RECIPE = """
[place]
name = "Quenara"
iso3 = "XQA"
levels = ["province", "district"]
synthetic = true

[[source]]
name = "register"
path = "schools.csv"
date = "2025"
licence = "CC0-1.0"
[source.columns]
school_id_govt = "id"
school_name = "name"
education_level = "level"
latitude = "lat"
longitude = "lon"
school_area_type = "area"
settlement = "settlement"
num_students = "learners"

[[source]]
name = "population"
kind = "population"
path = "population.tif"
licence = "CC-BY-4.0"

[[source]]
name = "relative wealth"
kind = "wealth"
path = "wealth.csv"
date = "2021"
licence = "CC-BY-NC-4.0"
evidence = "inferred"
[source.columns]
latitude = "latitude"
longitude = "longitude"
relative_wealth = "rwi"

[[source]]
name = "degree of urbanisation"
kind = "settlement"
path = "settlement.tif"
date = "2025"
licence = "CC-BY-4.0"

[[boundary]]
level = 1
path = "provinces.geojson"
id_column = "code"
name_column = "name"

[[boundary]]
level = 2
path = "districts.geojson"
id_column = "code"
name_column = "name"
parent_column = "parent"
"""


def written(folder: Path) -> Path:
    """Quenara's files; every fourth school says urban or rural itself, every tenth its settlement."""
    rows = [
        {
            "id": s.govt_id, "name": s.name, "level": s.level, "lat": s.lat, "lon": s.lon, "learners": s.learners,
            "area": ("urban" if s.urban else "rural") if s.number % 4 == 0 else "", "settlement": "rural" if s.number % 10 == 0 else "",
        } for s in land.schools()
    ]  # fmt: skip
    pd.DataFrame(rows).to_csv(folder / "schools.csv", index=False)
    (folder / "wealth.csv").write_text(rwi.csv())
    (folder / "population.tif").write_bytes(worldpop.population())
    (folder / "settlement.tif").write_bytes(ghsl.raster(2025))
    for level, name in ((1, "provinces"), (2, "districts")):
        features = [
            {"type": "Feature", "properties": {"code": a.code, "name": a.name, "parent": a.parent}, "geometry": a.geometry}
            for a in land.areas(level)
        ]  # fmt: skip
        (folder / f"{name}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    (folder / "quenara.toml").write_text(RECIPE)
    return folder / "quenara.toml"


@dataclass(frozen=True)
class Placed:
    """Quenara after its schools found their areas: schools by id, areas by id, what was said, the recipe."""

    schools: pd.DataFrame
    areas: pd.DataFrame
    notes: list[str]
    recipe: Recipe
    rows: dict[str, int]


def placed(recipe: Path) -> Placed:
    """The first steps of a build, until the places of schools are known."""
    work = Work(recipe.parent / "work", read_recipe(recipe), recipe, recipe.parent, "one")
    work.within.mkdir()
    for step in (read_schools, read_layers, merge_sources, assign_areas):
        step(work)
    read = {n: work.take_json(f"{n}.source.json") for n, s in enumerate(work.whole.source)}
    rows = {s.name: read[n]["rows"] for n, s in enumerate(work.whole.source) if read[n]}
    schools, areas = (pd.DataFrame(work.take(name)) for name in ("placed", "areas"))
    return Placed(schools.set_index("school_id"), areas.set_index("area_id"), work.take_json("areas.json")["notes"], work.whole, rows)  # fmt: skip


@pytest.fixture(scope="module")
def quenara(tmp_path_factory: pytest.TempPathFactory) -> Placed:
    return placed(written(tmp_path_factory.mktemp("quenara")))


@pytest.fixture(scope="module")
def frame(quenara: Placed) -> pd.DataFrame:
    return quenara.schools


def test_every_school_near_a_tile_has_a_percentile_with_its_passport(frame: pd.DataFrame) -> None:
    table = pd.DataFrame({"latitude": [w.lat for w in land.wealth()], "longitude": [w.lon for w in land.wealth()], "relative_wealth": [w.rwi for w in land.wealth()]})  # fmt: skip
    codes, index = tiles(table)
    values = land.people()
    row, column = np.nonzero(values > 0)
    own = quadkey.from_degrees(land.NORTH - (row + 0.5) * land.PIXEL, land.WEST + (column + 0.5) * land.PIXEL, ZOOM)
    people = np.array([values[row, column][own == code].sum(dtype=float) for code in codes])
    order = {code: n for n, code in enumerate(codes)}
    for school in land.schools():
        code = int(quadkey.from_degrees([school.lat], [school.lon], ZOOM)[0])
        if code in order:
            mine = index[order[code]]
            expected = (people[index < mine].sum() + people[index == mine].sum() / 2) / people.sum()
            assert frame.loc[school.govt_id, "wealth_percentile"] == pytest.approx(expected, abs=1e-9)
    known = frame[frame["wealth_percentile"].notna()]
    assert set(known["wealth_percentile_evidence"]) == {"inferred"}
    assert set(known["wealth_percentile_source"]) == {"relative wealth"}
    assert set(known["wealth_percentile_date"]) == {"2021"}


def test_the_far_south_east_without_tiles_stays_unknown(frame: pd.DataFrame, quenara: Placed) -> None:
    lost = frame[frame["wealth_percentile"].isna()]
    far = frame[(frame["longitude"] > -13.46) & (frame["latitude"] < -26.14)]
    assert set(far.index) <= set(lost.index)
    assert set(lost["wealth_percentile_evidence"].dropna()) <= {"unknown"}
    if len(lost):
        assert any(f"{len(lost)} located schools are too far from any tile" in note for note in quenara.notes)


def test_areas_have_the_mean_of_their_people(quenara: Placed) -> None:
    areas = quenara.areas
    share = areas["wealth_percentile"]
    assert share[[a.code for a in land.areas(2)]].notna().all()
    assert share[[a.code for a in land.areas(1)]].between(0, 1).all()
    rich, poor = "XQ0302", "XQ0201"  # Beren's south has no town
    assert share[share.index.str.len() == 6].max() > share[poor]
    assert np.isnan(share["XQA"]) or share["XQA"] == pytest.approx(0.5, abs=0.01)
    assert rich in share


def test_the_registers_own_word_stays_and_disagreement_is_counted(frame: pd.DataFrame, quenara: Placed) -> None:
    reported = frame[[s.number % 10 == 0 for s in map(_school, frame.index)]]
    assert set(reported["settlement"]) == {"rural"}
    assert set(reported["settlement_evidence"]) == {"reported"}
    inferred = frame[frame["settlement_evidence"] == "inferred"]
    assert set(inferred["settlement_source"]) == {"degree of urbanisation"}
    named = inferred[inferred["school_area_type"].notna()]
    assert len(named)
    assert ((named["settlement"] == "rural") == (named["school_area_type"] == "rural")).all()
    silent = frame[frame["settlement"].isna()]
    assert silent["school_area_type"].notna().all()  # only where the raster contradicts the register nothing is filled
    note = next(n for n in quenara.notes if "inferred from the degree of urbanisation" in n)
    assert f"the settlement of {len(inferred)} schools" in note
    assert "the register's word stays" in note
    against = int(note.partition("schools that the register calls urban or rural, ")[2].split(" ")[0])
    assert against >= len(silent)


def _school(govt_id: str) -> land.School:
    return next(s for s in land.schools() if s.govt_id == govt_id)


def test_every_tile_is_read_and_licences_go_where_they_belong(quenara: Placed) -> None:
    assert quenara.rows["relative wealth"] == len(land.wealth())
    columns = columns_of(quenara.recipe)
    assert columns["wealth_percentile"]["licences"] == ["CC-BY-NC-4.0"]
    assert columns["settlement"]["sources"] == ["register", "degree of urbanisation"]
    assert columns["latitude"]["sources"][0] == "register"
    closed = {c for c, about in columns.items() if "CC-BY-NC-4.0" in about["licences"]}
    assert "priority_score" in closed  # the score rests on wealth
    assert not closed & {
        "latitude",
        "longitude",
        "settlement",
        "num_students",
        "school_name",
        "device_gap",
        "pop_within_1km",
    }


def test_a_table_that_gives_wealth_is_not_written_over(tmp_path: Path) -> None:
    recipe = written(tmp_path)
    codes = [a.code for a in land.areas(2)]
    pd.DataFrame({"code": codes, "poor": np.linspace(0.1, 0.8, len(codes))}).iloc[:3].to_csv(
        tmp_path / "poor.csv", index=False
    )
    text = RECIPE.replace(
        '[[source]]\nname = "population"\nkind = "population"\npath = "population.tif"\nlicence = "CC-BY-4.0"\n', ""
    )
    text += '\n[[context]]\nname = "poverty"\npath = "poor.csv"\nlevel = 2\nkey = "code"\njoin = "code"\ndate = "2024"\n[context.columns]\npoverty_share = "poor"\n'
    recipe.write_text(text)
    found = placed(recipe)
    frame, notes = found.schools, found.notes
    given_by = frame.groupby("admin2_id")["wealth_percentile_source"].agg(lambda s: set(s.dropna()))
    assert [given_by[c] for c in codes[:3]] == [{"poverty"}] * 3
    assert given_by[codes[4]] == {"relative wealth"}
    note = next(n for n in notes if "tiles of relative wealth" in n)
    assert "each tile counted once" in note
    assert "schools keep the percentile that another source gives" in note


def test_what_a_settlement_raster_cannot_feed_is_refused() -> None:
    raw: dict[str, Any] = {
        "place": {"name": "A", "iso3": "XAA", "levels": ["p"]},
        "source": [
            {"name": "r", "path": "r.csv", "columns": {"school_id_govt": "ID"}},
            {"name": "s", "kind": "settlement", "path": "s.tif", "columns": {"settlement": "x"}},
        ],
    }
    with pytest.raises(ValueError, match="no field 'settlement'"):
        Recipe.model_validate(raw)


# --- laws of the percentile ---------------------------------------------------------------------------------------

indices = st.lists(st.floats(-2, 2).map(lambda x: round(x, 2)), min_size=1, max_size=30)


@given(indices, st.randoms(use_true_random=False))
@settings(max_examples=80)
def test_the_percentile_keeps_the_order_and_its_mean_is_one_half(index: list[float], rng: Any) -> None:
    people = np.array([rng.choice([0.0, 1.0, 5.0, 120.5]) for _ in index])
    people[0] = 3.0
    share = percentiles(np.array(index), people)
    assert ((share >= 0) & (share <= 1)).all()
    assert np.average(share, weights=people) == pytest.approx(0.5)
    order = np.argsort(index, kind="stable")
    assert (np.diff(share[order]) >= -1e-12).all()
    shifted = percentiles(np.array(index) * 3 + 7, people)  # the index has no unit: only its order counts
    assert shifted == pytest.approx(share)


def test_without_people_each_tile_counts_once_and_of_nobody_nothing_is_known() -> None:
    assert percentiles(np.array([1.0, 3.0, 2.0, 3.0])) == pytest.approx([0.125, 0.75, 0.375, 0.75])
    assert np.isnan(percentiles(np.array([1.0, 2.0]), np.array([0.0, np.nan]))).all()
    assert percentiles(np.array([])).size == 0


def test_a_place_takes_its_own_tile_or_the_nearest_within_reach() -> None:
    table = pd.DataFrame({"quadkey": ["30011010223010", None, "30011010223010", "12"], "latitude": [None, -1.241358, None, None], "longitude": [None, 36.815186, None, None], "relative_wealth": [0.4, -0.6, 0.6, 9.0]})  # fmt: skip
    codes, index = tiles(table)
    assert quadkey.to_text(codes, ZOOM).tolist() == ["30011010223010", "30011010223011"]
    assert index == pytest.approx([0.5, -0.6])  # a tile that stands twice has the mean
    lat, lon = [-1.2410, -1.2410, -1.2410, None, -1.2410], [36.7930, 36.8260 + 0.005, 36.85, 36.8, 36.79]
    assert tile_of(lat, lon, codes, 2500).tolist() == [0, 1, -1, -1, 0]
    assert tile_of([1.0], [1.0], np.empty(0, dtype=np.int64), 2500).tolist() == [-1]


def test_the_mean_of_an_area_without_people_is_unknown() -> None:
    group = np.array([0, 0, 1, -1])
    mean = mean_by(group, 3, np.array([0.2, 0.8, 0.5, 0.9]), np.array([3.0, 1.0, 0.0, 5.0]))
    assert mean[0] == pytest.approx(0.35)
    assert np.isnan(mean[1:]).all()
