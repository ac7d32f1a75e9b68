"""Reach in built countries: rows conserved, distances as the layers say, what is not known is not said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from etl.build import build
from etl.merge import Table
from etl.reach.promises import promises
from etl.reach.sight import Radio
from etl.reach.terrain import open_terrain
from etl.recipe import Source, read_recipe
from geodata.errors import LinkError, RecipeError
from geodata.layers import Atlas
from geodata.spatial import distance
from geodata.tables import COMMITMENTS, NEIGHBOURS, REACH
from tests.test_reach_sight import corner, plain, raster
from tests.test_recipe import GOOD, write

# --- what a recipe says ------------------------------------------------------------------------------------------


def test_what_is_not_stated_of_satellite_is_not_known(tmp_path: Path) -> None:
    assert read_recipe(write(tmp_path, GOOD)).planning.satellite is None
    said = (
        GOOD
        + '[planning]\nsatellite = "licensed"\nsatellite_source = "Regulator, 1 March 2026"\nfunders = ["A", "B"]\n'
    )
    planning = read_recipe(write(tmp_path, said)).planning
    assert (planning.satellite, planning.funders) == ("licensed", ("A", "B"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('satellite = "licensed"', "without satellite_source"),
        ('satellite = "yes"', "licensed"),
        ('currency = "dollars"', "currency"),
        ('price_bok = "brazil"', "did you mean 'price_book'"),
    ],
)
def test_a_wrong_line_of_planning_is_told(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(RecipeError, match=said):
        read_recipe(write(tmp_path, f"{GOOD}[planning]\n{line}\n"))


# --- promises ----------------------------------------------------------------------------------------------------


def told(rows: list[dict[str, str | None]], key: str = "school_id_govt") -> tuple[pd.DataFrame, pd.DataFrame]:
    columns = ["school_id_govt", "funder", "scope", "status", "from_date", "until_date"]
    raw = pd.DataFrame(rows, columns=columns, dtype="str", index=range(1, len(rows) + 1))
    feeds = {c: c for c in columns if c != "school_id_govt"} | {key: "school_id_govt"}
    source = Source.model_validate({"name": "promises", "kind": "commitments", "path": "p.csv", "columns": feeds})
    frame = raw.rename(columns={"school_id_govt": key}).assign(source_row=raw.index)
    schools = pd.DataFrame({"school_id": ["S1", "S2"], "school_id_govt": ["1", "2"], "school_id_giga": [None, "g"]}, dtype="str")  # fmt: skip
    return promises(Table(source, frame, raw), schools)


@pytest.mark.parametrize(
    ("start", "end", "wrong"),
    [
        ("2026", "2026", None),
        ("2026-03-01", "2026", None),  # until some day of 2026
        ("2026-07", "2026-06-30", "It ends before it begins."),
        ("2026", "2025-12-31", "It ends before it begins."),
        ("2026-02-30", None, "from which it holds is no date"),
        (None, "31/12/2027", "until which it holds is no date"),
        ("2026-03-31 00:00:00", "2027-01-01T00:00:00", None),
        (None, None, None),
    ],
)
def test_the_dates_of_a_promise(start: str | None, end: str | None, wrong: str | None) -> None:
    kept, gone = told([{"school_id_govt": "1", "funder": "Trust", "from_date": start, "until_date": end}])
    assert (len(kept), len(gone)) == ((0, 1) if wrong else (1, 0))
    if wrong:
        assert wrong in gone["reason"].iloc[0]
        assert "Trust" in gone["raw"].iloc[0]


def test_a_promise_to_nobody_is_rejected_and_the_others_keep_their_rows() -> None:
    kept, gone = told([{"school_id_govt": "9"}, {"school_id_govt": None}, {"school_id_govt": "2", "funder": "Trust", "status": "done"}])  # fmt: skip
    assert gone["reason"].tolist() == ["No school of the register has the id '9'.", "It names no school."]
    assert kept[["school_id", "funder", "status", "source", "row"]].values.tolist() == [
        ["S2", "Trust", "done", "promises", 3]
    ]
    assert kept["scope"].isna().all()
    assert told([{"school_id_govt": "g"}], key="school_id_giga")[0]["school_id"].tolist() == ["S2"]
    with pytest.raises(LinkError, match="school_id_govt or school_id_giga"):
        told([{"school_id_govt": "1"}], key="line_id")


# --- built countries ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["demo", "tocantins", "sao_tome"])
def test_the_layers_are_as_declared_and_of_schools_that_there_are(built: Callable[[str], Atlas], name: str) -> None:
    atlas = built(name)
    schools = atlas.read("schools", ["school_id", "latitude"])
    for table in (REACH, NEIGHBOURS, COMMITMENTS):
        frame = table.schema().validate(atlas.read(table.name))
        assert list(frame) == list(table.columns)
        assert frame["school_id"].isin(schools["school_id"]).all()
    assert not atlas.read("reach").duplicated(["school_id", "way", "from_kind", "from_id", "generation"]).any()
    pairs = atlas.read("neighbours")
    assert (pairs["school_id"] < pairs["other_id"]).all()
    located = schools.loc[schools["latitude"].notna(), "school_id"]
    assert atlas.read("reach")["school_id"].isin(located).all()
    for frame in (pairs, atlas.read("reach")):
        assert not (frame["along_road_m"] < frame["distance_m"] - 1e-6).any()


def test_planning_of_each_country(built: Callable[[str], Atlas]) -> None:
    demo, tocantins, sao_tome = (built(n).manifest["planning"] for n in ("demo", "tocantins", "sao_tome"))
    assert [p["satellite"] for p in (demo, tocantins, sao_tome)] == ["licensed", "licensed", "unknown"]
    assert "Anatel" in tocantins["satellite_source"]
    assert (demo["terrain"], demo["roads"], tocantins["terrain"], sao_tome["terrain"]) == (True, True, False, False)
    assert tocantins["given"] == {"nodes": False, "cells": False, "lines": False, "coverage": False}
    assert set(tocantins["found"]) == {"cluster"}
    assert sao_tome["reached"]["fibre"] == 64
    assert "microwave" not in sao_tome["reached"] or sao_tome["reached"]["microwave"] == 0  # no terrain: nobody knows
    assert built("sao_tome").read("reach")["sight"].isna().all()


def test_reach_of_sao_tome_as_plain_distances_say(built: Callable[[str], Atlas]) -> None:
    """All 64 schools × all nodes of ITU's example, by hand."""
    atlas = built("sao_tome")
    reach, nodes = atlas.read("reach"), atlas.read("nodes")
    nodes = nodes[nodes["transmission_medium"] == "fiber"].reset_index(drop=True)
    schools = atlas.read("schools", ["school_id", "latitude", "longitude"]).set_index("school_id")
    fibre = reach[reach["way"] == "fibre"]
    assert fibre.groupby("school_id").size().eq(3).all()
    for school, rows in fibre.groupby("school_id"):
        metres = distance(*schools.loc[school, ["latitude", "longitude"]], nodes["latitude"], nodes["longitude"])
        assert sorted(rows["distance_m"]) == pytest.approx(sorted(metres)[:3])


def test_the_demonstration_counts_every_promise(built: Callable[[str], Atlas], demo_raw: Path) -> None:
    atlas = built("demo")
    raw = pd.read_csv(demo_raw / "promises.csv", dtype="str")
    source = next(s for s in atlas.manifest["sources"] if s["name"] == "promises")
    assert (source["rows_read"], source["rows_accepted"], source["rows_quarantined"]) == (len(raw), len(raw) - 4, 4)
    kept = atlas.read("commitments")
    assert sorted(kept["row"]) == list(range(1, len(raw) - 3))
    gone = atlas.read("quarantine").query("source == 'promises'")
    assert gone["check"].value_counts().to_dict() == {"no_such_school": 2, "promise_dates": 2}


def test_lines_of_sight_of_the_demonstration_as_a_plain_calculation_finds_them(
    built: Callable[[str], Atlas], demo_raw: Path
) -> None:
    atlas = built("demo")
    seen = atlas.read("reach").query("way == 'microwave' and from_kind == 'node'").dropna(subset="sight")
    seen = seen.sort_values(["school_id", "from_id"]).iloc[:: max(1, len(seen) // 25)]
    schools = atlas.read("schools", ["school_id", "latitude", "longitude"]).set_index("school_id")
    nodes = atlas.read("nodes").set_index("node_id")
    here = schools.loc[seen["school_id"]]
    land = open_terrain([demo_raw / "terrain.tif"], here["latitude"].to_numpy(), here["longitude"].to_numpy(), 30_000.0)
    wrong = 0
    for row in seen.itertuples():
        ends = [tuple(float(v) * 111.195 for v in (f["longitude"], f["latitude"])) for f in (schools.loc[row.school_id], nodes.loc[row.from_id])]  # fmt: skip
        room = plain(land, *ends, Radio(5.0, 25.0, 8.0), max(int(np.ceil(row.distance_m / land.step_m)), 2)) if row.distance_m > 1 else 1.0  # fmt: skip
        wrong += bool(row.sight) != (room > 0) and abs(room) > 3
    assert wrong == 0
    assert 0 < seen["sight"].mean() < 1


# --- a small country over 180 degrees, built whole ---------------------------------------------------------------

FIJI = """
[place]
name = "Two Shores"
iso3 = "XTS"
levels = ["province"]
synthetic = true
[[source]]
name = "register"
path = "register.csv"
columns = { school_id_govt = "id", school_name = "name", latitude = "lat", longitude = "lon", has_internet = "online" }
values = { has_internet = { yes = "yes", no = "no" } }
[[source]]
name = "nodes"
kind = "nodes"
path = "nodes.csv"
columns = { node_id = "id", transmission_medium = "medium", latitude = "lat", longitude = "lon" }
values = { transmission_medium = { fiber = "fiber" } }
[[source]]
name = "roads"
kind = "roads"
path = "roads.geojson"
[[source]]
name = "land"
kind = "terrain"
path = "land.tif"
[[source]]
name = "promises"
kind = "commitments"
path = "promises.csv"
columns = { school_id_govt = "id", funder = "funder", until_date = "until" }
"""


def test_a_small_country_over_180_degrees_is_built_whole(
    tmp_path: Path,
) -> None:
    """Roads without a word about them. A school on either shore, one without a place; a road on the eastern shore alone, land that ends at 180.2 degrees."""
    files = {
        "register.csv": "id,name,lat,lon,online\n1,West,-17.0,179.96,no\n2,East,-17.0,-179.96,yes\n3,Nowhere,,,no\n",
        "nodes.csv": "id,medium,lat,lon\nN,fiber,-17.0,-179.99\n",
        "promises.csv": "id,funder,until\n3,Trust,2027\n4,Trust,2027\n",
        "roads.geojson": '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[-179.99,-17.0],[-179.99,-16.98],[-179.96,-16.98],[-179.96,-17.0]]}}]}',
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    raster(tmp_path / "land.tif", np.zeros((40, 40), dtype=np.int16), corner(179.8, -16.8, 0.01, 0.01))
    recipe = tmp_path / "two.toml"
    recipe.write_text(FIJI, "utf-8")
    atlas = build(recipe, data=tmp_path, out=tmp_path / "two")
    reach = atlas.read("reach").set_index(["school_id", "way"]).sort_index()
    fibre = reach.xs("fibre", level="way")
    assert fibre["distance_m"].round(-2).to_dict() == {"1": 5300.0, "2": 3200.0}
    assert fibre["along_road_m"].isna().to_dict() == {"1": True, "2": False}
    assert fibre.loc["2", "along_road_m"] == pytest.approx(3190 + 2 * 2224, rel=0.01)
    assert reach.xs("microwave", level="way")["sight"].to_dict() == {"1": True, "2": True}
    assert reach.xs("cluster", level="way")["from_id"].to_dict() == {"1": "2"}
    assert len(atlas.read("neighbours")) == 1
    assert atlas.read("commitments")["school_id"].tolist() == ["3"]
    assert atlas.manifest["planning"]["satellite"] == "unknown"
    source = next(s for s in atlas.manifest["sources"] if s["name"] == "promises")
    assert (source["rows_read"], source["rows_accepted"], source["rows_quarantined"]) == (2, 1, 1)
