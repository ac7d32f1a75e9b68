"""Exports: what is read back is what the screen shows, in its order; no cell starts a formula; every file says what it is."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.declare import Export, found
from geodata.errors import DisclosureError, ExportError
from geodata.exports import formats, write_export
from geodata.exports import workbook as workbook_module
from geodata.exports.formula import safe, spreadsheet_csv
from geodata.exports.result import PASSPORT, file_name
from geodata.layers import Atlas, write_manifest
from geodata.query import Desk
from geodata.view import View
from tests.factories import atlas, t8

SHOWN = View.parse("has_internet=no,unknown&p.weight_poverty=0.1&sort=-num_students")
NASTY = ["=HYPERLINK(1)", "-5", "007", "@cmd", "\tx", '  =1+1, "a"', "NA", "São\r\nJosé"]
SOURCES = [
    {
        "name": "register",
        "publisher": "Ministry",
        "licence": "CC-BY-4.0",
        "date": "2024",
        "attribution": "Ministry of Education",
    },
    {"name": "ookla", "publisher": "Ookla", "licence": "CC-BY-NC-SA-4.0", "date": "2024-Q3", "attribution": ""},
]


def country(folder: Path) -> Atlas:
    frame = t8().assign(
        school_name=pd.Series(NASTY, dtype="str"),
        school_id_govt=pd.Series(["001", "002", "-5", "NA", "1e5", "0x1", "00", None], dtype="str"),
        latitude=[-1.5, 2, 3, 4.123456789, 5, 6, 7, np.nan],
        longitude=[1.0, 2, -3.25, 4, 5, 6, 7, np.nan],
        ookla_fixed_mbps=[1.5, *[np.nan] * 7],
    )
    made = atlas(folder, frame, name="Norland")
    columns = {
        c: {"sources": ["register"], "licences": ["CC-BY-4.0"]}
        for c in ("school_name", "num_students", "has_internet", "num_computers")
    }
    columns["ookla_fixed_mbps"] = {"sources": ["ookla"], "licences": ["CC-BY-NC-SA-4.0"]}
    write_manifest(made.folder, {**made.manifest, "sources": SOURCES, "columns": columns})
    return Atlas(made.link, made.folder)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(country(tmp_path_factory.mktemp("country")), tier="government")


def shown(desk: Desk) -> pd.DataFrame:
    return desk.frame(SHOWN).reset_index(drop=True)


def same(back: pd.DataFrame, desk: Desk, *, spreadsheet: bool) -> None:
    """Every column of the screen, every row in order, every value; unknown is still unknown."""
    expected = shown(desk)
    assert len(expected) == 5
    for name in desk.columns:
        want = [None if pd.isna(v) else v for v in expected[name].tolist()]
        got = [None if v is None or pd.isna(v) or v == "" else v for v in back[name].tolist()]
        if spreadsheet and expected[name].dtype == "boolean":
            want = [None if v is None else ("yes" if v else "no") for v in want]
        elif spreadsheet and expected[name].dtype == "str":
            want = [None if v is None else safe(v) for v in want]
        if want and any(isinstance(v, int | float) and not isinstance(v, bool) for v in want):
            got = [None if v is None else float(v) for v in got]
        near = [
            pytest.approx(v, rel=1e-15) if isinstance(v, float) and spreadsheet else v for v in want
        ]  # XLSX holds 16 digits
        assert got == near, name


def test_csv_reads_back(desk: Desk, tmp_path: Path) -> None:
    assert write_export(desk, SHOWN, tmp_path / "a.csv") == 5
    same(pd.read_csv(tmp_path / "a.csv", dtype=str, keep_default_na=False), desk, spreadsheet=True)


def test_xlsx_reads_back_with_its_sheets(desk: Desk, tmp_path: Path) -> None:
    write_export(desk, SHOWN, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["data", "dictionary", "sources"]
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    rows = list(book["data"].iter_rows(values_only=True))
    back = pd.DataFrame(
        [
            [None if v is None else str(v).replace("_x000D_", "\r") if isinstance(v, str) else v for v in row]
            for row in rows[1:]
        ],
        columns=list(rows[0]),
        dtype=object,
    )
    same(back, desk, spreadsheet=True)
    words = [str(c) for row in book["sources"].iter_rows(values_only=True) for c in row if c]
    assert "Synthetic demonstration data. Invented." in words
    assert "CC-BY-NC-SA-4.0" in words
    meanings = {row[0]: row for row in book["dictionary"].iter_rows(values_only=True)}
    assert set(rows[0]) <= set(meanings)
    assert meanings["num_students"][2] == "Learners enrolled."


def test_geopackage_reads_back_with_points_and_tables(desk: Desk, tmp_path: Path) -> None:
    write_export(desk, SHOWN, tmp_path / "a.gpkg")
    back = gpd.read_file(tmp_path / "a.gpkg", layer="schools")
    same(pd.DataFrame(back), desk, spreadsheet=False)
    assert back.crs.to_epsg() == 4326
    where = shown(desk)
    assert [p is None for p in back.geometry] == where["latitude"].isna().tolist()
    assert back.geometry.x.dropna().tolist() == where["longitude"].dropna().tolist()
    assert set(pyogrio.list_layers(tmp_path / "a.gpkg")[:, 0]) == {"schools", "about", "dictionary", "sources"}
    about = pyogrio.read_dataframe(tmp_path / "a.gpkg", layer="about").set_index("key")["value"]
    assert about["view"] == SHOWN.query()
    assert about["notice"].startswith("Synthetic demonstration data.")


def test_geojson_reads_back_with_its_own_members(desk: Desk, tmp_path: Path) -> None:
    write_export(desk, SHOWN, tmp_path / "a.geojson")
    whole = json.loads((tmp_path / "a.geojson").read_text("utf-8"))
    same(pd.DataFrame([f["properties"] for f in whole["features"]], dtype=object), desk, spreadsheet=False)
    assert whole["synthetic"] is True
    assert whole["notice"] == "Synthetic demonstration data. Invented."
    assert whole["view"] == SHOWN.query()
    assert sum(f["geometry"] is None for f in whole["features"]) == 1
    assert len(gpd.read_file(tmp_path / "a.geojson")) == 5


def test_geoparquet_reads_back_with_metadata(desk: Desk, tmp_path: Path) -> None:
    write_export(desk, SHOWN, tmp_path / "a.parquet")
    back = gpd.read_parquet(tmp_path / "a.parquet")
    same(pd.DataFrame(back), desk, spreadsheet=False)
    said = json.loads(pq.read_schema(tmp_path / "a.parquet").metadata[b"first_mile"])
    assert said["view"] == SHOWN.query()
    assert said["data_version"] == "one"
    assert {row["column"] for row in said["dictionary"]} == set(back.columns) - {"geometry"}


@pytest.mark.parametrize("suffix", ["csv", "geojson", "parquet"])
def test_the_same_input_gives_the_same_bytes(desk: Desk, tmp_path: Path, suffix: str) -> None:
    for name in ("a", "b"):
        write_export(Desk(desk.atlas, tier="government"), SHOWN, tmp_path / f"{name}.{suffix}")
    assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


def test_every_format_of_the_contract_is_declared() -> None:
    assert set(formats()) == {"csv", "xlsx", "gpkg", "geojson", "parquet"}
    assert all(export.suffix == name for name, export in found(Export, "geodata.exports").items())


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "gpkg", "geojson", "parquet"])
def test_an_empty_selection_is_an_empty_file(desk: Desk, tmp_path: Path, suffix: str) -> None:
    assert write_export(desk, View(text="no such school"), tmp_path / f"a.{suffix}") == 0
    assert (tmp_path / f"a.{suffix}").is_file()


def test_chosen_columns_keep_their_order_and_carry_the_licence(desk: Desk, tmp_path: Path) -> None:
    write_export(desk, View(), tmp_path / "a.csv", columns=["priority_rank", "school_id"])
    back = pd.read_csv(tmp_path / "a.csv", dtype=str)
    assert list(back.columns) == ["priority_rank", "school_id", *PASSPORT]
    assert back["priority_rank"].dropna().astype(int).is_monotonic_increasing


def test_the_open_profile_leaves_out_non_commercial_columns(desk: Desk, tmp_path: Path) -> None:
    write_export(desk, View(), tmp_path / "a.csv", licence_profile="open")
    back = pd.read_csv(tmp_path / "a.csv", dtype=str)
    assert not [c for c in back.columns if c.startswith("ookla_fixed_mbps")]
    assert "num_students" in back
    assert set(back["data_licence"]) == {"CC-BY-4.0"}
    assert set(back["attribution"]) == {"Ministry of Education."}
    assert "forbids commercial use: ookla_fixed_mbps." in back["notice"][0]
    with pytest.raises(DisclosureError, match=r"ookla_fixed_mbps .*forbids commercial use"):
        write_export(desk, View(), tmp_path / "b.csv", columns=["ookla_fixed_mbps"], licence_profile="open")


def test_what_a_tier_may_not_see_does_not_leave(desk: Desk, tmp_path: Path) -> None:
    write_export(desk, View(), tmp_path / "a.csv", tier="public")
    assert not [c for c in pd.read_csv(tmp_path / "a.csv").columns if "displaced" in c or c == "community_land"]
    with pytest.raises(DisclosureError, match="num_students_displaced may not be shown to the public tier"):
        write_export(desk, View(), tmp_path / "b.csv", columns=["num_students_displaced"], tier="public")
    assert not (tmp_path / "b.csv").exists()


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("a.cvs", {}, r"ends in .cvs, which is no format .* Did you mean 'csv'"),
        ("a", {}, "has no ending that says its format"),
        ("nowhere/a.csv", {}, "There is no folder .*nowhere"),
        ("a.csv", {"columns": ["num_student"]}, "Did you mean 'num_students'"),
        ("a.csv", {"licence_profile": "opne"}, "no licence profile 'opne'"),
        ("a.csv", {"tier": "minister"}, "no tier 'minister'"),
    ],
)
def test_faults_are_said(desk: Desk, tmp_path: Path, name: str, options: dict[str, object], said: str) -> None:
    with pytest.raises((ExportError, DisclosureError), match=said):
        write_export(desk, View(), tmp_path / name, **options)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_more_rows_than_a_sheet_holds_are_refused(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_module, "ROWS", 8)
    with pytest.raises(ExportError, match=r"A sheet holds 7 rows, and these are 8 schools. Export .csv"):
        write_export(desk, View(), tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_named_after_the_country_and_what_was_chosen(desk: Desk) -> None:
    assert file_name(desk, SHOWN, "csv") == "norland-schools-5-one.csv"


def starts_a_formula(cell: str) -> bool:
    """The rule, said another way than the code says it."""
    if cell[:1] in ("\t", "\r"):
        return True
    bare = cell.strip(" \t\r\n\x0b\x0c\x00\ufeff\u200b\xa0")
    if bare[:1] not in tuple("=+-@＝＋－＠"):
        return False
    return bare[0] not in "+-" or not (
        bare == cell and bare[1:].replace(".", "", 1).isascii() and bare[1:].replace(".", "", 1).isdigit()
    )


@given(
    st.tuples(
        st.text(" \t\r\n\ufeff\u200b\xa0", max_size=3),
        st.sampled_from(["", "=", "+", "-", "@", "＝", "－"]),
        st.text(max_size=8),
    ).map("".join)
)
def test_no_cell_starts_a_formula_and_nothing_else_changes(text: str) -> None:
    out = safe(text)
    assert not starts_a_formula(out)
    assert out in (text, "'" + text)
    assert out == text or starts_a_formula(text)


def test_a_small_table_opens_in_a_spreadsheet_as_it_is() -> None:
    content = spreadsheet_csv(pd.DataFrame({"name": ["＝1+1", "São José", None], "learners": [1.5, None, 2]}))
    assert content.decode("utf-8-sig") == "name,learners\r\n'＝1+1,1.5\r\nSão José,\r\n,2.0\r\n"


@pytest.mark.parametrize("number", ["-5", "-5.25", "+3", "007"])
def test_plain_numbers_stay(number: str) -> None:
    assert safe(number) == number


def test_negative_numbers_stay_numbers(desk: Desk, tmp_path: Path) -> None:
    write_export(desk, View.parse("ids=S1"), tmp_path / "a.xlsx", columns=["latitude"])
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx")["data"]["A2"]
    assert (cell.value, cell.data_type) == (-1.5, "n")


def test_the_open_profile_keeps_places_back_in_geometry_too(desk: Desk, tmp_path: Path) -> None:
    made = country(tmp_path)
    forbidden = {c: {"sources": ["ookla"], "licences": ["CC-BY-NC-4.0"]} for c in ("latitude", "longitude", "tier")}
    write_manifest(made.folder, {**made.manifest, "columns": {**made.manifest["columns"], **forbidden}})
    place = Desk(Atlas(made.link, made.folder), tier="government")
    for suffix in ("geojson", "gpkg", "parquet"):
        write_export(place, View(), tmp_path / f"a.{suffix}", licence_profile="open")
        back = (
            gpd.read_parquet(tmp_path / "a.parquet")
            if suffix == "parquet"
            else gpd.read_file(tmp_path / f"a.{suffix}", layer=0)
        )
        assert back.geometry.isna().all(), suffix
        assert not {"latitude", "longitude", "tier", "ookla_fixed_mbps"} & set(back.columns), suffix
