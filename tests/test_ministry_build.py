"""A ministry's country from its own systems alone: DHIS2 for schools and areas, Giga Meter for speeds, one build."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from dash import dcc

from dashboard import page, speeds
from dashboard.app import create_app
from dashboard.pages import school
from etl.build import build
from etl.measured import SPEED
from etl.overlay import lay
from etl.recipe import read_recipe
from geodata.layers import Atlas
from geodata.query import Desk
from tests.replay import land
from tests.replay.server import Replay
from tests.replay.services import dhis2, giga_meter
from tests.test_dhis2 import MAPPING

FIELDS = [line.split(",")[0] for line in MAPPING.splitlines()[1:]]
RECIPE = f"""
[place]
name = "Quenara"
iso3 = "XQA"
levels = ["province", "district"]
synthetic = true

[[source]]
name = "DHIS2"
path = "dhis2_schools.csv"
repair = {{ swapped = true, bounds = {list(land.BOUNDS)} }}
[source.service]
name = "dhis2"
options = {{ level = "School", period = "2025", mapping = "mapping.csv" }}
[source.columns]
school_id_govt = "school_id_govt"
school_id_giga = "school_id_giga"
school_name = "school_name"
school_status = "school_status"
school_year = "school_year"
admin1_id = "admin1_id"
admin1 = "admin1"
admin2_id = "admin2_id"
admin2 = "admin2"
latitude = "latitude"
longitude = "longitude"
{"".join(f'{f} = "{f}"{chr(10)}' for f in FIELDS)}

[[source]]
name = "Meter"
kind = "measurements"
evidence = "measured"
path = "giga_meter.csv"
service = {{ name = "giga_meter", options = {{ utc_offset = -1, from = "2026-07-01", until = "2026-10-31" }} }}
[source.columns]
school_id_giga = "school_id_giga"
measured_on = "measured_on"
test_method = "test_method"
test_download_mbps = "download_mbps"
tests = "tests"
tests_failed = "tests_failed"

[[boundary]]
level = 1
path = "provinces.geojson"
id_column = "area_id"
name_column = "name"
join = ["code", "polygon"]
service = {{ name = "dhis2", options = {{ areas = "Province" }} }}

[[boundary]]
level = 2
path = "districts.geojson"
id_column = "area_id"
name_column = "name"
parent_column = "parent_id"
join = ["code", "polygon"]
service = {{ name = "dhis2", options = {{ areas = "District" }} }}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    folder = tmp_path_factory.mktemp("ministry")
    (folder / "recipe.toml").write_text(RECIPE, "utf-8")
    (folder / "mapping.csv").write_text(MAPPING + "school_id_giga,attribute:GIGA_ID,,value,,,\n", "utf-8")
    with Replay(land) as replay:
        client = replay.client(folder / "cache", {**dhis2.KEYS, **giga_meter.KEYS})
        return build(folder / "recipe.toml", data=folder, out=folder / "atlas", client=client)


def test_every_school_with_what_it_answered(made: Atlas) -> None:
    schools = pd.DataFrame(made.read("schools")).set_index("school_id")
    assert len(schools) == 60
    for s in land.schools():
        row = schools.loc[s.govt_id if s.number != 7 else dhis2.uid(7)]
        assert row["admin2"] == land.area(s.district).name
        said = s.girls is not None
        assert (None if pd.isna(row["num_students"]) else row["num_students"]) == (s.learners if said else None)
        assert (None if pd.isna(row["has_internet"]) else bool(row["has_internet"])) == (s.internet if said else None)
        assert pd.isna(row["has_electricity"]) or bool(row["has_electricity"])
    assert schools.loc[land.schools()[40].govt_id, "location_repair"] == "swapped"
    assert schools["download_speed_contracted_mbps"].max() < 100


def test_measured_speeds_and_their_months(made: Atlas) -> None:
    schools = pd.DataFrame(made.read("schools")).set_index("school_id")
    daily = giga_meter.with_app(land)[0]
    row = schools.loc[daily.govt_id]
    assert row[SPEED] == pytest.approx(daily.down, rel=0.1)
    assert (row[f"{SPEED}_evidence"], row[f"{SPEED}_source"], row[f"{SPEED}_date"]) == (
        "measured",
        "Meter",
        "2026-10-31",
    )
    few, stopped = giga_meter.with_app(land)[1:3]
    assert pd.isna(schools.loc[few.govt_id, SPEED])  # one test a month
    assert schools.loc[stopped.govt_id, f"{SPEED}_date"] == "2026-08-31"
    series = made.read("series").set_index(["school_id", "indicator", "date"])
    old, new = series.loc[(daily.govt_id, f"{SPEED}_ndt5", "2026-08")], series.loc[(daily.govt_id, SPEED, "2026-10")]
    assert old["value"] * 1.5 < new["value"]
    assert (new["known"], new["unknown"]) == (60, 2)  # 31 days, two tests each, those of one day failed


def test_rows_licences_and_words(made: Atlas) -> None:
    manifest = made.manifest
    sources = {s["name"]: s for s in manifest["sources"]}
    assert (sources["DHIS2"]["licence"], sources["DHIS2"]["publisher"]) == ("restricted", "Ministry of education")
    assert sources["Meter"]["licence"] == "CC-BY-4.0"
    for source in sources.values():
        parts = ("rows_accepted", "rows_out_of_scope", "rows_quarantined")
        assert source["rows_read"] == sum(source[p] for p in parts)
    said = str(manifest)
    assert "a measured speed for" in said
    for secret in (*dhis2.KEYS.values(), *giga_meter.KEYS.values(), giga_meter.IP, "head.teacher"):
        assert secret not in said


def test_a_schools_sheet_shows_its_months_with_a_gap_where_the_way_of_testing_changed(made: Atlas) -> None:
    desk = Desk(made, tier="government")
    daily = giga_meter.with_app(land)[0]
    shown = speeds.section(desk, {"school_id": daily.govt_id})
    assert shown is not None
    line = next(g for g in _inside(shown) if isinstance(g, dcc.Graph)).figure["data"][-1]
    assert list(line["x"]) == ["2026-07", "2026-08", "2026-09", "2026-09", "2026-10"]
    assert [y is None for y in line["y"]] == [False, False, True, False, False]
    assert "Until 2026-08 the app tested in another way" in str(shown)
    assert speeds.section(desk, {"school_id": land.schools()[0].govt_id}) is None
    assert speeds.between("2025-11", "2026-02") == ["2025-12", "2026-01"]
    with create_app([made], tier="government").server.test_request_context():
        desk, view = page.here(f"?school={daily.govt_id}")
        assert "Measured speed" in str(school.content(desk, view))


def _inside(component: Any) -> Iterator[Any]:
    yield component
    children = getattr(component, "children", None) or []
    for child in children if isinstance(children, list) else [children]:
        yield from _inside(child)


def test_the_mapping_file_goes_along_when_the_service_is_asked_again(made: Atlas) -> None:
    home = made.link.parent
    folder = lay(made.link, read_recipe(home / "recipe.toml"), home)
    assert (folder / "mapping.csv").read_bytes() == (home / "mapping.csv").read_bytes()
    assert (folder / "dhis2_schools.csv").is_file()
