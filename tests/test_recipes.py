"""The shipped recipes on the real data: rows conserved, and Tocantins agreeing with a few lines of plain pandas."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from typer.testing import CliRunner

from etl.report import check_atlas
from firstmile import app
from geodata.layers import Atlas, write_manifest

RECIPES = Path(__file__).resolve().parents[1] / "etl" / "recipes"
READ = {"tocantins": 2_217, "maracanau": 459, "kenya": 37_930, "sao_tome": 408, "cameroon": 2_321}


@pytest.fixture(scope="module")
def atlases(built: Callable[[str], Atlas]) -> dict[str, Atlas]:
    return {name: built(name) for name in READ}


@pytest.fixture(scope="module")
def census(real_data: Path) -> pd.DataFrame:
    path = real_data / "brazil-tocantins" / "escolas-to-2025.xlsx"
    return pd.read_excel(path, engine="calamine", dtype=object)


def refuse_half_rejected(atlas: Atlas) -> None:
    """Rejected rows are whole rows, one line a reason; a value that was made unknown is a finding."""
    rejected, doubts = atlas.read("quarantine"), atlas.read("findings")
    assert set(rejected["severity"]) <= {"reject"}
    assert not rejected.duplicated(["source", "row", "reason"]).any()
    distinct = rejected.drop_duplicates(["source", "row"])["source"].value_counts()
    for s in atlas.manifest["sources"]:
        assert distinct.get(s["name"], 0) == s["rows_quarantined"], s["name"]
    with (atlas.folder / "quarantine.csv").open(encoding="utf-8-sig", newline="") as stream:
        told = list(csv.DictReader(stream))
    assert [(r["source"], int(r["row"])) for r in told] == list(zip(rejected["source"], rejected["row"], strict=True))
    assert set(doubts["severity"]) <= {"blank", "warn"}
    assert doubts["school_id"].dropna().isin(atlas.read("schools")["school_id"]).all()
    unusable = doubts[doubts["row"].notna()]
    assert (unusable["severity"] == "blank").all()
    assert unusable["reason"].str.contains("The source says: ").all()
    both = unusable.merge(rejected[["source", "row"]], on=["source", "row"])
    assert both.empty


@pytest.mark.slow
def test_rejected_rows_of_the_demonstration(built: Callable[[str], Atlas]) -> None:
    atlas = built("demo")
    refuse_half_rejected(atlas)
    doubts = atlas.read("findings")
    assert {"location_zero", "location_outside"} <= set(doubts.loc[doubts["source"] == "register", "check"])
    borders = atlas.read("borders")
    assert borders[["level", "name", "contested"]].values.tolist() == [[0, "Line not agreed", True]]
    areas, schools = atlas.read("areas"), atlas.read("schools")
    assert (areas["level"] == 0).sum() == 1
    assert not areas["contested"].any()
    measured = schools["download_speed_measured_mbps"].notna()
    assert (schools.loc[measured, "download_speed_mbps_evidence"] == "measured").all()
    nothing = schools["download_speed_mbps"].isna()
    assert set(schools.loc[nothing, "download_speed_mbps_evidence"]) == {"unknown"}
    assert schools.loc[~nothing, "download_speed_mbps_source"].notna().all()
    signal = schools[schools["cellular_coverage_type"].notna()]
    assert set(signal["cellular_coverage_type_evidence"]) == {"inferred"}
    assert signal["cellular_coverage_type_source"].notna().all()


@pytest.mark.slow
@pytest.mark.parametrize("name", READ)
def test_rows_are_conserved(atlases: dict[str, Atlas], name: str) -> None:
    atlas = atlases[name]
    sources = atlas.manifest["sources"]
    for s in sources:
        assert s["rows_read"] == s["rows_accepted"] + s["rows_out_of_scope"] + s["rows_quarantined"], s["name"]
    registers = [s for s in sources if s["kind"] == "schools"]
    assert sum(s["rows_read"] for s in registers) == READ[name]
    assert sum(s["rows_accepted"] for s in registers) == len(atlas.read("schools"))
    refuse_half_rejected(atlas)
    assert len(atlas.read("out_of_scope")) == sum(s["rows_out_of_scope"] for s in sources)
    assert atlas.read("schools")["school_id"].is_unique
    areas = atlas.read("areas")
    assert areas["area_id"].is_unique
    assert areas.loc[areas["level"] == 0, "area_id"].tolist() == [areas["area_id"].iloc[0]]
    assert areas["parent_id"].dropna().isin(areas["area_id"]).all()
    lines, kept = check_atlas(atlas.link)
    assert kept, "\n".join(lines)


@pytest.mark.slow
def test_tocantins_agrees_with_plain_pandas(atlases: dict[str, Atlas], census: pd.DataFrame) -> None:
    schools = atlases["tocantins"].read("schools").set_index("school_id")
    active = census[census["TP_SITUACAO_FUNCIONAMENTO"] == 1]
    assert (len(census), len(active), len(schools)) == (2_217, 1_581, 1_581)
    active = active.set_index(active["CO_ENTIDADE"].astype(str)).reindex(schools.index)
    assert schools["has_internet"].sum() == (active["IN_INTERNET"] == 1).sum() == 1_551
    assert schools["has_internet_for_learners"].sum() == (active["IN_INTERNET_ALUNOS"] == 1).sum() == 768
    flags = ["IN_DESKTOP_ALUNO", "IN_COMP_PORTATIL_ALUNO", "IN_TABLET_ALUNO"]
    none = (active[flags] == 0).all(axis=1)
    assert ((schools["num_computers"] == 0) & (schools["num_tablets"] == 0)).sum() == none.sum()
    land = {1: "agrarian_settlement", 2: "indigenous_land", 3: "afro_descendant_community"}
    groups = [
        (active["TP_LOCALIZACAO"] == n, schools["school_area_type"] == w) for n, w in ((1, "urban"), (2, "rural"))
    ]
    groups += [(active["TP_LOCALIZACAO_DIFERENCIADA"] == n, schools["community_land"] == w) for n, w in land.items()]
    for raw, mine in groups:
        assert raw.sum() == mine.sum() > 0
        online = schools.loc[mine, "has_internet_for_learners"].sum()
        assert online == (active.loc[raw, "IN_INTERNET_ALUNOS"] == 1).sum()
        assert none[raw].sum() == ((schools["num_computers"] == 0) & (schools["num_tablets"] == 0))[mine].sum()


@pytest.mark.slow
def test_tocantins_locations(atlases: dict[str, Atlas], census: pd.DataFrame, real_data: Path) -> None:
    schools = atlases["tocantins"].read("schools")
    located = schools[schools["latitude"].notna()]
    active = census[census["TP_SITUACAO_FUNCIONAMENTO"] == 1]
    given = active[["LATITUDE", "LONGITUDE"]].notna().all(axis=1).sum()
    assert 0.97 * given <= len(located) <= given
    assert (located["location_repair"].notna()).sum() > 0.95 * len(located)  # the points were lost in nearly every row
    towns = gpd.read_file(real_data / "brazil-boundaries" / "geojs-17-mun.json")
    joined = gpd.sjoin(located, towns[["id", "geometry"]].set_crs(4326, allow_override=True), predicate="intersects")
    declared = joined["school_id"].map(active.set_index(active["CO_ENTIDADE"].astype(str))["CO_MUNICIPIO"].astype(str))
    agree = (joined["id"] == declared).groupby(joined["school_id"]).any()
    assert agree.sum() == located["location_in_declared_area"].sum() == 1_459
    assert len(located) == 1_463
    assert (schools["admin1_id"].notna()).all()


@pytest.mark.slow
def test_tocantins_areas_and_poverty(atlases: dict[str, Atlas]) -> None:
    atlas = atlases["tocantins"]
    areas = atlas.read("areas")
    assert (areas["level"].value_counts().to_dict()) == {1: 139, 0: 1}
    assert areas["geometry"].notna().all()
    below = areas[areas["level"] == 1]
    assert below["poverty_share"].between(0, 1).all()  # two municipalities changed their names; the alias file knows
    assert below["num_schools"].sum() == areas.loc[areas["level"] == 0, "num_schools"].iloc[0] == 1_581
    schools = atlas.read("schools")
    assert (schools["wealth_percentile_evidence"] == "inferred").all()
    poorest = below.loc[below["poverty_share"].idxmax(), "area_id"]
    assert schools.loc[schools["admin1_id"] == poorest, "wealth_percentile"].max() < 0.02


@pytest.mark.slow
def test_maracanau_series(atlases: dict[str, Atlas]) -> None:
    table = atlases["maracanau"].read("series")
    assert set(table["date"]) == {"2015", "2017", "2019", "2021", "2022", "2023", "2024"}
    whole = table[table["area_id"] == "BR-CE"]
    assert set(whole["date"]) == {"2024"}  # earlier files hold one of the two towns
    town = table[(table["area_id"] == "2307650") & (table["indicator"] == "num_schools")].set_index("date")["value"]
    assert (town["2023"], town["2024"]) == (179, 180)
    assert table["school_id"].notna().any()


@pytest.mark.slow
def test_kenya_is_honest(atlases: dict[str, Atlas]) -> None:
    atlas = atlases["kenya"]
    schools, areas = atlas.read("schools"), atlas.read("areas")
    assert (areas["level"] == 1).sum() == 47
    assert schools["has_internet"].isna().all()
    assert schools["underserved"].isna().all()
    assert set(schools["list"].dropna()) <= {"verify_first"}
    assert schools["location_shared_by"].gt(1).sum() > 4_000
    second = next(row for row in atlas.manifest["report"] if row["check"] == "second_position_differs")
    assert second["of"] > 37_000


@pytest.mark.slow
def test_sao_tome_has_its_joins(atlases: dict[str, Atlas]) -> None:
    schools = atlases["sao_tome"].read("schools")
    assert len(schools) == 64
    assert schools["fiber_node_distance_m"].notna().all()
    assert schools["in_4g_coverage"].notna().all()
    assert schools["has_internet"].isna().all()


def test_report_in_words(atlases: dict[str, Atlas], tmp_path: Path) -> None:
    lines, _ = check_atlas(atlases["cameroon"].link, tmp_path / "findings.csv")
    assert any("rows read" in line for line in lines)
    assert (tmp_path / "findings.csv").read_text("utf-8-sig").startswith("school_id,check")
    json.dumps(atlases["cameroon"].manifest)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "limit", "value"),
    [
        *((name, "min_rows", 10**6) for name in READ),
        ("tocantins", "max_not_located_share", 0.07),  # 118 of 1,581 are not located
        ("tocantins", "max_outside_declared_share", 0.002),  # 4 of 1,463 lie elsewhere
    ],
)
def test_check_ends_with_1_past_a_threshold(
    atlases: dict[str, Atlas], tmp_path: Path, name: str, limit: str, value: float
) -> None:
    command = CliRunner()
    assert command.invoke(app, ["check", str(atlases[name].link)]).exit_code == 0
    strict = tmp_path / "strict.d" / "one"
    shutil.copytree(atlases[name].folder, strict)
    thresholds = {**atlases[name].manifest["thresholds"], limit: value}
    write_manifest(strict, {**atlases[name].manifest, "thresholds": thresholds})
    told = command.invoke(app, ["check", str(strict)])
    assert told.exit_code == 1
    assert told.output.count("NOT KEPT") == 1
