"""Files of every format come back as exact text; broken ones say what, where and how to mend it."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from odf import opendocument, table, text

from etl.read_text import find_delimiter
from etl.read_workbook import as_text
from etl.recipe import Boundary, Reading
from etl.source import Raw, read_raw
from geodata.errors import SourceError


def read(path: Path, **options: Any) -> Raw:
    return read_raw(Reading(path=path.name, **options), path.parent)


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows(raw: Raw) -> list[list[Any]]:
    return raw.frame.astype(object).where(raw.frame.notna(), None).to_numpy().tolist()


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    book.save(path)
    return path


# --- text ---------------------------------------------------------------------------------------------------------


def test_only_an_empty_cell_is_missing(tmp_path: Path) -> None:
    raw = read(written(tmp_path, "a.csv", 'iso,id,n\nNA,007,null\n,"",-\n'))
    assert rows(raw) == [["NA", "007", "null"], [None, None, "-"]]
    assert set(map(str, raw.frame.dtypes)) == {"str"}
    assert list(raw.frame.index) == [1, 2]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(tmp_path: Path, delimiter: str) -> None:
    lines = [["id", "name", "pop"], ["1", "a, b; c", "0,44"], ["2", "d", "1,5"]]
    content = (
        "\n".join(delimiter.join(f'"{c}"' if c[0] == "a" else c for c in line) for line in lines)
        .replace("0,44", '"0,44"')
        .replace("1,5", '"1,5"')
    )
    assert rows(read(written(tmp_path, "a.csv", content))) == lines[1:]


def test_a_decimal_comma_does_not_hide_the_semicolon(tmp_path: Path) -> None:
    content = "munic;gini;pop\n" + "Abadia;0,44;4227,5\n" * 30
    assert find_delimiter(content, tmp_path) == ";"
    assert rows(read(written(tmp_path, "a.csv", content)))[0] == ["Abadia", "0,44", "4227,5"]


@pytest.mark.parametrize("content", [bytes(range(256)) * 9, "a,b\n1,2\n".encode("utf-16")[:-1], b"\xff\xfea"])
def test_bytes_that_are_no_text_are_said(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError, match="no text, or was cut off"):
        read(written(tmp_path, "x.csv", content))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp850", "mac_roman"]
)
def test_encodings_are_found(tmp_path: Path, encoding: str) -> None:
    content = "id,município\n1,São João do Araguaína\n2,Conceição — Açaí\n3,Pedregulho à direção\n".replace(" — ", " ")
    raw = read(written(tmp_path, "a.csv", (content * 1).encode(encoding)))
    assert list(raw.frame.columns) == ["id", "município"]
    assert raw.frame["município"].tolist() == ["São João do Araguaína", "Conceição Açaí", "Pedregulho à direção"]


def test_windows_1251_and_arabic_are_told_from_latin(tmp_path: Path) -> None:
    russian = "id,школа\n" + "".join(
        f"{i},Средняя общеобразовательная школа имени Пушкина города Москвы\n" for i in range(20)
    )
    assert (
        read(written(tmp_path, "r.csv", russian.encode("cp1251")))
        .frame["школа"]
        .iloc[0]
        .startswith("Средняя общеобразовательная")
    )


def test_a_guessed_encoding_is_said(tmp_path: Path) -> None:
    raw = read(written(tmp_path, "a.csv", "id,nome\n1,São José\n".encode("cp1252")))
    assert any("taken as cp1252" in note for note in raw.notes)


def test_gz_tsv_header_row_and_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv.gz"
    path.write_bytes(gzip.compress(b"Register of schools 2024\n\nid\tname\n1\ta\n\n2\tb\n"))
    raw = read(path, header_row=2)
    assert rows(raw) == [["1", "a"], ["2", "b"]]
    assert list(raw.frame.index) == [1, 3]  # the row in the file, the blank line counted
    assert raw.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_cell_of_three_megabytes(tmp_path: Path) -> None:
    big = "x" * 3_000_000
    assert rows(read(written(tmp_path, "a.csv", f'id;big\n1;"{big}"\n2;small\n'))) == [["1", big], ["2", "small"]]


BROKEN = {
    "html.csv": (b"<!DOCTYPE html>\n<html><body>Please log in</body></html>", {}, "web page"),
    "empty.csv": (b"", {}, "is empty"),
    "blank.csv": (b"\xef\xbb\xbf\n\n", {}, "is empty"),
    "rows.csv": (b"id,name\n", {}, "no rows"),
    "lfs.csv": (b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 3\n", {}, "git lfs pull"),
    "twice.csv": (b"id,name,id\n1,a,2\n", {}, "'id' in columns 1, 3"),
    "wide.csv": (b"id,name\n1,a\n2,b,c,d\n3,b,c,d\n", {}, "line 3 of the file has 4 cells, but 2 columns"),
    "quote.csv": (b'id,name\n1,"a\n2,"b\n3,c\n', {}, "never closed"),
    "zip.csv": (b"PK\x03\x04abc", {}, "Set `format`"),
    "cut.csv.gz": (gzip.compress(b"id,name\n" + b"1,abcdefgh\n" * 999)[:60], {}, "not a whole gzip"),
    "given.csv": ("id,nome\n1,São\n".encode("cp1252"), {"encoding": "utf-8"}, "line 2"),
    "mojibake.csv": ("id,nome\n1,São\n".encode(), {"encoding": "latin-1"}, "is in UTF-8"),
    "noenc.csv": (b"id\n1\n", {"encoding": "utf8x"}, "no encoding"),
    "onecol.csv": (b"id;name\n1;a\n", {"delimiter": ","}, "only one column"),
    "fake.xlsx": (b"id,name\n1,a\n", {}, "not an XLSX workbook"),
    "page.xls": (b"<html><table><tr><td>id</td></tr></table></html>", {}, "web page"),
    "fake.parquet": (b"PAR1 nothing", {}, "cannot be read as Parquet"),
    "bad.geojson": (b'{"type": "FeatureCollection", "features": [', {}, "cannot be read"),
    "what.dat": (b"id\n1\n", {}, "set `format`"),
    "fake.gpkg": (b"SQLite format 3\x00" + b"\x00" * 99, {}, "cannot be read"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_say_what_and_how_to_mend(tmp_path: Path, name: str) -> None:
    content, options, said = BROKEN[name]
    with pytest.raises(SourceError) as error:
        read(written(tmp_path, name, content), **options)
    assert said in str(error.value)
    assert name in str(error.value)


def test_a_missing_file_names_the_nearest(tmp_path: Path) -> None:
    written(tmp_path, "escolas-2025.csv", "id\n1\n")
    with pytest.raises(SourceError, match=r"Did you mean escolas-2025\.csv"):
        read(tmp_path / "escolas_2025.csv")
    with pytest.raises(SourceError, match="does not exist"):
        read(tmp_path / "nowhere" / "a.csv")
    with pytest.raises(SourceError, match="is a folder"):
        read_raw(Reading(path="."), tmp_path)


# --- workbooks ----------------------------------------------------------------------------------------------------


def test_workbook_numbers_are_exact_text(tmp_path: Path) -> None:
    lines = [
        ["id", "lat", "share", "flag", "name"],
        [17010535, -96240167, 0.45, True, "NA"],
        [1, -4958056876, 0.123456789012, None, "007"],
        ["A", 5.0, 1e-7, False, None],
    ]
    raw = read(workbook(tmp_path / "a.xlsx", {"S": lines}))
    assert rows(raw) == [
        ["17010535", "-96240167", "0.45", "true", "NA"],
        ["1", "-4958056876", "0.123456789012", None, "007"],
        ["A", "5", "0.0000001", "false", None],
    ]


@given(st.lists(st.integers(-(2**53), 2**53), min_size=1))
def test_integers_of_a_workbook_survive(values: list[int]) -> None:
    assert as_text([float(v) for v in values]).tolist() == [str(v) for v in values]
    assert as_text([*(float(v) for v in values), "x"]).tolist() == [*(str(v) for v in values), "x"]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_of_a_workbook_survive_without_exponent(value: float) -> None:
    shown = as_text([value, "x"]).iloc[0]
    assert float(shown) == value
    assert "e" not in shown


def test_sheets_and_titles(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        {"Cover": [["Register"]], "Schools": [["id", None, "name"], [1, None, "a"]], "Other": [["x", "y"], [1, 2]]},
    )
    raw = read(path)
    assert rows(raw) == [["1", "a"]]
    assert "'Other' was not" in raw.notes[0]
    assert rows(read(path, sheet=2)) == [["1", "2"]]
    with pytest.raises(SourceError, match="it has 'Cover', 'Schools', 'Other'"):
        read(path, sheet="Scholen")
    with pytest.raises(SourceError, match="Check `sheet` and `header_row`"):
        read(path, sheet="Cover", header_row=3)


def test_a_truncated_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"S": [["id"], *([i] for i in range(500))]})
    path.write_bytes(path.read_bytes()[:2500])
    with pytest.raises(SourceError, match="damaged or was cut off"):
        read(path)


def test_ods(tmp_path: Path) -> None:
    document = opendocument.OpenDocumentSpreadsheet()
    sheet = table.Table(name="Schools")
    for line in (["id", "n"], ["007", 12]):
        row = table.TableRow()
        for cell in line:
            kind = {"valuetype": "float", "value": cell} if isinstance(cell, int) else {"valuetype": "string"}
            made = table.TableCell(**kind)
            made.addElement(text.P(text=str(cell)))
            row.addElement(made)
        sheet.addElement(row)
    document.spreadsheet.addElement(sheet)
    document.save(str(tmp_path / "a.ods"))
    assert rows(read(tmp_path / "a.ods")) == [["007", "12"]]


# --- geometry -----------------------------------------------------------------------------------------------------

PLACES = gpd.GeoDataFrame(
    {"id": ["007", "NA"], "n": pd.array([1, None], dtype="Int64")},
    geometry=gpd.points_from_xy([36.8, -0.5], [-1.3, 39.0]),
    crs="EPSG:4326",
)


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "shp", "parquet"])
def test_geometry_of_every_format_comes_in_degrees(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    if suffix == "parquet":
        PLACES.to_crs("EPSG:3857").to_parquet(path)
    else:
        PLACES.to_crs("EPSG:4326" if suffix == "geojson" else "EPSG:3857").to_file(path)
    raw = read(path)
    assert rows(raw) == [["007", "1"], ["NA", None]]
    assert raw.geometry.crs.to_epsg() == 4326
    assert raw.geometry.x.round(6).tolist() == [36.8, -0.5]
    assert list(raw.geometry.index) == list(raw.frame.index) == [1, 2]


def test_geoarrow_is_read(tmp_path: Path) -> None:
    PLACES.to_parquet(tmp_path / "a.geoparquet", geometry_encoding="geoarrow")
    assert read(tmp_path / "a.geoparquet").geometry.y.tolist() == [-1.3, 39.0]


def test_a_missing_prj_is_said_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    PLACES.to_crs("EPSG:32737").to_file(path)
    (tmp_path / "a.prj").unlink()
    with pytest.raises(SourceError, match=r"\.prj file is missing.*set `crs`"):
        read(path)
    assert read(path, crs="EPSG:32737").geometry.x.round(5).iloc[0] == 36.8
    with pytest.raises(SourceError, match="no coordinate reference system 'EPSG:99'"):
        read(path, crs="EPSG:99")
    (tmp_path / "a.dbf").unlink()
    with pytest.raises(SourceError, match=r"lacks its \.dbf"):
        read(path, crs="EPSG:32737")


def test_parquet_without_a_crs_is_said(tmp_path: Path) -> None:
    PLACES.set_crs(None, allow_override=True).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(SourceError, match="set `crs`"):
        read(tmp_path / "a.parquet")


def test_layers_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    PLACES.to_file(path, layer="schools")
    PLACES.to_file(path, layer="towers")
    assert "'towers' was not" in read(path).notes[0]
    assert read(path, layer="towers").notes == ()
    with pytest.raises(SourceError, match="it has 'schools', 'towers'"):
        read(path, layer="nodes")


def test_wkt_in_a_table(tmp_path: Path) -> None:
    raw = read(written(tmp_path, "a.csv", 'id;radio;geometry\n1;4G;"POLYGON ((0 0, 1 0, 1 1, 0 0))"\n'))
    assert list(raw.frame.columns) == ["id", "radio"]
    assert raw.geometry.iloc[0].equals(shapely.Polygon([(0, 0), (1, 0), (1, 1)]))
    with pytest.raises(SourceError, match="not in degrees"):
        read(written(tmp_path, "b.csv", "id,wkt\n1,POINT (500000 9800000)\n"))
    with pytest.raises(SourceError, match="not valid WKT"):
        read(written(tmp_path, "c.csv", "id,wkt\n1,POINT (5\n"))


def test_the_same_reader_serves_boundaries(tmp_path: Path) -> None:
    PLACES.to_file(tmp_path / "b.geojson")
    boundary = Boundary(path="b.geojson", level=1, name_column="id")
    assert len(read_raw(boundary, tmp_path)) == 2


# --- the real sets ------------------------------------------------------------------------------------------------


def test_real_registers(real_data: Path) -> None:
    tocantins = read(real_data / "brazil-tocantins" / "escolas-to-2025.xlsx")
    assert tocantins.frame.shape == (2217, 293)
    assert tocantins.frame["CO_ENTIDADE"].str.fullmatch(r"\d{8}").all()
    assert tocantins.frame.loc[5, ["LATITUDE", "LONGITUDE"]].tolist() == ["-927369752", "-4958056876"]
    kenya = read(real_data / "kenya-schools" / "ken_schools_full.csv.gz")
    assert len(kenya) == 37_930
    poverty = read(real_data / "brazil-poverty" / "AtlasBrasil_modus2019.csv")
    assert poverty.frame.loc[1, ["munic", "gini_91"]].tolist() == ["Abadia de Goiás (GO)", "0,44"]


def test_real_geometry(real_data: Path) -> None:
    caf = read(real_data / "connector-examples" / "caf_admin2.parquet")
    assert len(caf) == 72
    assert caf.geometry.geom_type.eq("Polygon").all()
    assert "bbox" not in caf.frame
    coverage = read(real_data / "itu-planning-examples" / "example-coverage.csv")
    assert coverage.geometry.iloc[0].is_valid
    assert coverage.geometry.total_bounds.round(1).tolist() == [6.5, 0.0, 7.5, 1.7]
    assert read(real_data / "spain-population" / "esp_ppp_2020_1km_Aggregated_UNadj.tif").frame.empty
    assert read(real_data / "ookla-tiles" / "fixed_guam_ookla_2023Q2.geojson").frame["quadkey"].str.len().eq(16).all()
