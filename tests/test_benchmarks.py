"""What others report of the country: read, counted, compared with the country's own figures, and shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import national
from dashboard.pages.data import layout
from dashboard.profile import profile
from etl.benchmarks import benchmark_rows
from etl.build import build
from etl.recipe import Benchmark
from etl.source import Raw, read_raw
from geodata.benchmarks import NOBODY, Figure, Own, figures, own_shares, reasons
from geodata.errors import SchemaError
from geodata.exports.official import write_official
from geodata.freshness import as_of
from geodata.layers import Atlas
from geodata.query import Desk
from geodata.tables import TABLES
from geodata.view import View
from tests.factories import schools
from tests.pages import app_of, said
from tests.pages import country as eight_schools

RECIPES = Path(__file__).resolve().parents[1] / "etl" / "recipes"
HEAD = "indicator,title,level,unit,year,value,note,source_code\n"
UIS = HEAD + "\n".join(
    [
        "electricity,Primary schools with electricity,primary,%,2022,80.1,estimate of UNESCO (UIS_EST),SCHBSP.1.WELEC",
        "electricity,Lower secondary schools with electricity,lower_secondary,%,2023,,not applicable (NA),SCHBSP.2.WELEC",
        "water,Primary schools with water,primary,%,2022,140,,SCHBSP.1.WWATA",
        "water,Primary schools with water,primary,%,2021,many,,X1",
        "water,Primary schools with water,kindergarten,%,2021,5,,X2",
        ",Nothing,primary,%,2021,5,,X3",
        "computers,Computers,primary,%,soon,5,,X4",
        "internet_for_learners,Internet,primary,%,2023,40,,SCHBSP.1.WINTERN",
        "internet_for_learners,Internet,primary,%,2023,40,,SCHBSP.1.WINTERN",
    ]
)
UNHCR = HEAD + "refugees,Refugees,,people,2025,1500,,refugees\nstateless,Stateless people,,people,2025,,hidden or not known,s\n"  # fmt: skip


def read(tmp_path: Path, text: str, **more: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    (tmp_path / "b.csv").write_text(text, "utf-8")
    item = Benchmark(name="uis", path="b.csv", **more)
    return benchmark_rows(read_raw(item, tmp_path), item)


# --- reading ------------------------------------------------------------------------------------------------------


def test_rows_are_kept_or_rejected_with_their_reason(tmp_path: Path) -> None:
    kept, rejected = read(tmp_path, UIS)
    assert len(kept) + len(rejected) == 9
    TABLES["benchmarks"].schema().validate(kept)
    assert kept["value"].isna().tolist() == [False, True, False], "an empty value is not reported, and stays"
    assert dict(zip(rejected["row"], rejected["check"], strict=True)) == {
        3: "benchmark_share", 4: "benchmark_value", 5: "benchmark_level", 6: "benchmark_without_indicator", 7: "benchmark_year", 9: "benchmark_twice",
    }  # fmt: skip
    assert rejected["raw"].str.contains("140").any(), "the original values are kept"


def test_a_ministrys_own_table_needs_three_columns(tmp_path: Path) -> None:
    kept, _ = read(tmp_path, "indicator;year;value\nelectricity;2024;61,5\n", decimal=",")
    assert kept["value"].tolist() == [61.5]
    assert kept["education_level"].isna().all()
    with pytest.raises(SchemaError, match="year"):
        read(tmp_path, "indicator,value\nelectricity,5\n")


cell = st.one_of(st.sampled_from(["", "electricity", "primary", "%", "2022", "50", "-", "1e400", "nan", "Ⅷ", "=1+1", "0"]), st.text(max_size=8))  # fmt: skip


@settings(max_examples=12)
@given(st.lists(st.lists(cell, min_size=8, max_size=8), min_size=1, max_size=6))
def test_whatever_stands_in_the_file_every_row_is_accounted_for(rows: list[list[str]]) -> None:
    names = HEAD.strip().split(",")
    frame = pd.DataFrame(rows, columns=names, index=range(1, len(rows) + 1), dtype="str")
    frame = frame.mask(frame == "")
    kept, rejected = benchmark_rows(Raw(frame, None, "0", Path("b.csv")), Benchmark(name="uis", path="b.csv"))
    assert len(kept) + len(rejected) == len(frame)
    assert rejected["reason"].str.len().gt(0).all()
    assert np.isfinite(kept["value"].dropna()).all()
    shares = kept[kept["unit"].fillna("").str.startswith("%")]
    assert shares["value"].dropna().between(0, 100).all()
    figures(kept)


@pytest.fixture(scope="module")
def country(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    """The real ITU example country with figures of others and with lines of fibre."""
    folder = tmp_path_factory.mktemp("national")
    (folder / "itu-planning-examples").symlink_to(real_data / "itu-planning-examples", target_is_directory=True)
    (folder / "uis.csv").write_text(UIS, "utf-8")
    (folder / "unhcr.csv").write_text(UNHCR, "utf-8")
    table = {"line_id": ["a", "b", "c"], "medium": ["fiber", "fiber", None], "status": ["operational", "planned", None]}
    courses = [shapely.LineString([(6.5, 0.1), (6.7, 0.35)]), shapely.LineString([(6.6, 0), (6.61, 0.4)]), None]
    gpd.GeoDataFrame(table, geometry=courses, crs=4326).to_parquet(folder / "lines.parquet")
    more = """
[[source]]
name = "lines"
kind = "lines"
path = "lines.parquet"
publisher = "International Telecommunication Union"
date = "2022-12-31"
columns = { line_id = "line_id", transmission_medium = "medium", line_status = "status" }

[[benchmark]]
name = "uis"
path = "uis.csv"
publisher = "UNESCO Institute for Statistics"
licence = "CC-BY-SA-3.0-IGO"
attribution = "Source: UNESCO Institute for Statistics (UIS), https://databrowser.uis.unesco.org"
date = "2023"

[[benchmark]]
name = "unhcr"
path = "unhcr.csv"
publisher = "UNHCR"
date = "2031"
"""
    (folder / "r.toml").write_text((RECIPES / "sao_tome.toml").read_text("utf-8") + more, "utf-8")
    return build(folder / "r.toml", data=folder, out=folder / "out")


def test_the_build_counts_every_row_and_keeps_passports(country: Atlas) -> None:
    table = country.read("benchmarks")
    assert list(table.columns[:9]) == list(TABLES["benchmarks"].columns)
    assert len(table) == 5
    by = {s["name"]: s for s in country.manifest["sources"]}
    assert [by["uis"][k] for k in ("kind", "rows_read", "rows_accepted", "rows_quarantined")] == ["benchmark", 9, 3, 6]
    assert by["unhcr"]["rows_accepted"] == 2
    assert [by["lines"][k] for k in ("rows_read", "rows_accepted", "rows_quarantined")] == [3, 2, 1]
    rejected = country.read("quarantine")
    assert (rejected["source"] == "uis").sum() == 6
    assert rejected.loc[rejected["source"] == "lines", "check"].tolist() == ["no_course"]
    assert by["uis"]["attribution"] in country.manifest["attributions"]


def test_lines_of_fibre_stand_beside_nodes(country: Atlas) -> None:
    table = country.read("schools")
    assert table["fiber_line_distance_m"].notna().all()
    assert (table["fiber_line_distance_m"] > table["fiber_node_distance_m"]).any()
    assert country.manifest["columns"]["fiber_line_distance_m"]["sources"] == ["lines"]
    assert country.manifest["columns"]["fiber_node_distance_m"]["sources"] == ["transmission nodes"]


def test_national_figures_are_no_column_of_schools_and_date_nothing(country: Atlas) -> None:
    assert not {"refugees", "electricity"} & set(country.read("schools").columns)
    assert not any("unhcr" in told["sources"] for told in country.manifest["columns"].values())
    day = as_of(country.manifest)
    assert day is not None
    assert day.year < 2031, "a national figure of a later year makes no school's value old"


# --- beside the country's own figures -----------------------------------------------------------------------------


def figure(value: float = 50.0, **more: Any) -> Figure:
    given = {"indicator": "electricity", "title": "t", "level": "primary", "unit": "%", "date": "2022", "note": "", "source": "uis", "code": "c"}  # fmt: skip
    return Figure(value=value, **{**given, **more})


def test_own_share_by_level_counts_what_was_answered() -> None:
    frame = schools(education_level=["primary"] * 4, has_electricity=[True, True, False, None])
    own = own_shares(frame, names=["electricity"])["electricity", "primary"]
    assert (own.share, own.lower, own.upper) == pytest.approx((2 / 3, 0.5, 0.75))
    assert (own.answered, own.not_reported) == (3, 1)
    assert not own_shares(frame, names=["internet_for_learners"])["internet_for_learners", "primary"].known


def test_where_only_schools_without_can_be_told_there_are_bounds_and_no_share() -> None:
    frame = schools(education_level=["primary"] * 4, has_internet=[False, False, True, None])
    own = own_shares(frame, names=["internet_for_learners"])["internet_for_learners", "primary"]
    assert own.one_sided
    assert not own.known
    assert (own.lower, own.upper, own.answered) == pytest.approx((0, 0.5, 2))


def test_few_schools_stay_hidden() -> None:
    frame = schools(education_level=["primary"] * 12, has_electricity=[True] * 10 + [False, None])
    own = own_shares(frame, least=5, names=["electricity"])["electricity", "primary"]
    assert own.hidden
    assert not own.known
    assert np.isnan([own.share, own.answered, own.not_reported]).all()


def test_why_two_figures_differ() -> None:
    own = Own(0.40, 0.30, 0.55, 75.0, 25.0)
    assert reasons(figure(50.0), own, "2026-05") == [
        "Different years: 2022 there, 2026 here.",
        "25 of 100 schools did not report here, which can explain it.",
    ]
    assert reasons(figure(90.0, note="estimate of UNESCO (UIS_EST)"), own, "2022") == [
        "25 of 100 schools did not report here, which cannot explain it alone.",
        "Theirs is an estimate.",
    ]
    assert reasons(figure(40.2), own, "2026") == ["The two agree."]
    whole = Own(0.4, 0.4, 0.4, 100.0, 0.0)
    assert reasons(figure(50.0), whole, "2022") == [
        "These data and the publisher count other schools, or ask another question."
    ]
    assert reasons(figure(50.0), whole, "2022", part=True) == [
        "These data are of a part of the country, theirs of all of it."
    ]
    assert reasons(figure(float("nan")), own, "2022") == []
    assert reasons(figure(50.0), NOBODY, "2022") == []
    assert reasons(figure(50.0), Own(0.4, np.nan, np.nan, 75.0, np.nan), "2022"), (
        "counts that are not shown explain nothing"
    )


def test_shares_stand_first_by_service_and_level(country: Atlas) -> None:
    found = figures(country.read("benchmarks"))
    assert [(f.indicator, f.level) for f in found] == [
        ("electricity", "primary"), ("electricity", "lower_secondary"), ("internet_for_learners", "primary"), ("refugees", ""), ("stateless", ""),
    ]  # fmt: skip
    assert [f.is_share for f in found] == [True, True, True, False, False]


# --- on the screen ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tier", ["public"])
def test_the_data_page_says_who_reports_what_and_of_when(country: Atlas, tier: str) -> None:
    desk = Desk(country, tier=tier)
    told = said(layout(desk, View()))
    assert "What others report of the country" in told
    for words in ("80 %", "2022, estimate of UNESCO (UIS_EST)", "1,500", "hidden or not known", "not reported"):
        assert words in told
    assert "none of them moves a school in the list" in told
    assert "UNESCO Institute for Statistics (UIS), https://databrowser.uis.unesco.org (CC-BY-SA-3.0-IGO)" in told
    assert "Source: Source" not in told


def test_the_profile_of_the_whole_place_has_them_and_of_a_part_has_not(country: Atlas) -> None:
    desk = Desk(country, tier="government")
    assert "Refugees" in said(profile(desk, View()))
    part = View.parse("education_level=primary")
    assert 0 < desk.select(part).total < len(desk.schools)
    assert "Refugees" not in said(profile(desk, part))


def test_the_figures_as_a_file(country: Atlas) -> None:
    with app_of(country, tier="public") as (app, desk):
        reply = app.server.test_client().get(f"/export/{desk.atlas.slug}/others.csv")
    assert reply.status_code == 200
    lines = reply.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 6
    assert "UNESCO Institute for Statistics,CC-BY-SA-3.0-IGO" in lines[1]


def test_the_official_workbook_has_what_was_reported_before(country: Atlas, tmp_path: Path) -> None:
    write_official(Desk(country, tier="government"), tmp_path / "official.xlsx")
    sheet = pd.read_excel(tmp_path / "official.xlsx", sheet_name="Reported before", engine="openpyxl")
    first = sheet.iloc[0]
    assert (first["Schools with"], first["Level"], first["Share reported"], first["Of"]) == ("Electricity", "Primary", 0.801, 2022)  # fmt: skip
    assert first["Licence"] == "CC-BY-SA-3.0-IGO"
    assert pd.isna(sheet.iloc[1]["Share reported"]), "what was not reported stays empty"


def test_a_country_without_them_says_nothing(tmp_path: Path) -> None:
    place = eight_schools(tmp_path)
    desk = Desk(place)
    assert national.section(desk) == []
    assert national.parts(desk) == []
    assert "What others report" not in said(layout(desk, View()))
    with app_of(place) as (app, _):
        assert app.server.test_client().get(f"/export/{place.slug}/others.csv").status_code == 404
