"""Registers as ministries send them: each fault ends as the right value, as unknown with its reason, as a rejected row with
its reason, or as a message; never as a lost row, a silent no or zero, or a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from etl.harmonise import Harmonised, harmonise
from etl.inspect import inspect_file
from etl.ragged import ragged
from etl.recipe import Repair, Source, read_recipe
from etl.repair import locate
from etl.source import read_raw
from geodata.errors import RecipeError, SourceError

NAMES = ["School code", "School name", "District", "Latitude", "Longitude", "Learners", "Girls", "Internet"]


def row(i: int, **other: str) -> list[str]:
    usual = [f"{i:05d}", f"School {i}", ("North", "South")[i % 2], f"{-9.1 - i / 73:.5f}", f"{33.4 + i / 47:.5f}"]
    cells = dict(zip(NAMES, [*usual, str(100 + i), "40", ("Yes", "No")[i % 2]], strict=True))
    return list((cells | other).values())


def table(rows: list[list[str]], delimiter: str = ",", *, after: str = "") -> str:
    return "\n".join(delimiter.join(r) for r in [NAMES, *rows]) + "\n" + after


def walked(folder: Path, name: str, content: str | bytes) -> Harmonised:
    """From the file to harmonised rows through an uncorrected draft; rows are conserved."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return from_file(path)


def from_file(path: Path) -> Harmonised:
    recipe = path.with_suffix(".toml")
    recipe.write_text(inspect_file(path).recipe_toml, encoding="utf-8")
    source = read_recipe(recipe).source[0]
    raw = read_raw(source, path.parent)
    out = harmonise(raw, source)
    assert len(raw) == len(out.frame) + len(out.rejected) + len(out.out_of_scope)
    return out


def known(column: pd.Series) -> list[Any]:
    return [None if pd.isna(v) else v for v in column]


def column_of(field: str, texts: list[str], folder: Path, **options: Any) -> tuple[list[Any], Harmonised]:
    content = "id;value\n" + "".join(f"s{i};{text}\n" for i, text in enumerate(texts))
    (folder / "one.csv").write_text(content, encoding="utf-8")
    source = Source.model_validate(
        {"name": "one", "path": "one.csv", "columns": {"school_id_govt": "id", field: "value"}, **options}
    )
    out = harmonise(read_raw(source, folder), source)
    return known(out.frame[field]), out


# --- rows -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ([",".join(row(5, **{"School name": "St. Mary, Upper"}))], "9 cells, but 8 columns"),
        (["00005,School 5,North"], "3 cells, but 8 columns"),
        ([",".join(row(5, **{"School name": '"St. Mary'}))], "never closed"),
        (["Source: the ministry"], "1 cells, but 8 columns"),
    ],
)
def test_a_broken_row_is_rejected_alone(tmp_path: Path, broken: list[str], said: str) -> None:
    good = [",".join(row(i, **{"School name": f'"School, {i}"'})) for i in range(10, 30)]
    out = walked(tmp_path, "r.csv", "\n".join([",".join(NAMES), *good[:9], *broken, *good[9:]]) + "\n")
    assert len(out.frame) == 20
    assert out.rejected["check"].tolist() == ["broken_row"]
    assert said in out.rejected["reason"].iloc[0]
    assert out.rejected["row"].tolist() == [10]
    assert out.rejected["raw"].tolist() == ["{}"]  # displaced cells may be personal


def test_cells_of_several_lines_and_trailing_delimiters_are_whole_rows() -> None:
    assert ragged('a,b\n1,"x\ny"\n\n2,z\n', ",") is None
    out = ragged('a,b\n1,"x\ny"\n2,z,,\n3,"open\n4,"w"\n', ",")
    assert out is not None
    assert out.rows == [["1", "x\ny"], ["2", "z"], ["", ""], ["4", "w"]]
    assert list(out.faults) == [3]


def test_where_most_rows_are_broken_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("a,b\n1,2\n" + "1,2,3\n" * 9, encoding="utf-8")
    with pytest.raises(SourceError, match=r"line 3 of the file has 3 cells, but 2 columns.*9 of 10.*double quotes"):
        inspect_file(tmp_path / "r.csv")


@pytest.mark.parametrize("word", ["TOTAL", "Total geral", "Sous-total", "الإجمالي", "Total:"])
def test_the_row_that_adds_up_is_no_school(tmp_path: Path, word: str) -> None:
    total = [word, "", "", "", "", "999", "40", ""]
    out = walked(tmp_path, "r.csv", table([*(row(i) for i in range(10, 30)), total]))
    assert len(out.frame) == 20
    assert out.rejected["check"].tolist() == ["total_row"]


def test_titles_blank_rows_a_hidden_sheet_and_a_total(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    hidden = book.active
    hidden.append(["x", "y"])
    hidden.append([1, 2])
    hidden.sheet_state = "hidden"
    sheet = book.create_sheet("Data")
    for line in (["Ministry of Education"], ["Census 2025"], [], NAMES):
        sheet.append(line)
    sheet.merge_cells("A1:H1")
    for i in range(10, 30):
        sheet.append(row(i))
        if i == 20:
            sheet.append([])
    sheet.append(["TOTAL", None, None, None, None, 3000])
    book.save(tmp_path / "r.xlsx")
    out = from_file(tmp_path / "r.xlsx")
    assert known(out.frame["num_students"]) == [100 + i for i in range(10, 30)]
    assert out.rejected["check"].tolist() == ["total_row"]


def test_a_file_without_names_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no row of column names"):
        walked(tmp_path, "r.csv", "".join(f"{i:04d},School {i},-9.{i},33.{i},120\n" for i in range(10, 40)))


def test_a_locked_workbook_says_so(tmp_path: Path) -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 900 + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(SourceError, match="password"):
        walked(tmp_path, "r.xlsx", content)


# --- ids --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("'00123", "00123"), ("00123  ", "00123"), ("\u00a000123", "00123"), ("00\u200b123", "00123"),
        ("\ufeff00123", "00123"), ("1.23E+06", None), ("1,0E+11", None), ("2025-03-01", None), ("#REF!", None),
    ],
)  # fmt: skip
def test_ids_that_a_spreadsheet_had_in_its_hands(tmp_path: Path, text: str, wanted: str | None) -> None:
    out = walked(tmp_path, "r.csv", table([row(0, **{"School code": text}), *(row(i) for i in range(10, 30))], ";"))
    assert len(out.frame) == 20 + (wanted is not None)
    if wanted:
        assert out.frame["school_id"].iloc[0] == wanted
    else:
        assert out.rejected["check"].tolist() == ["missing_id"]
        assert "store the column as text" in out.findings["reason"].iloc[0]


# --- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1 234", 1234), ("1,234", 1234), ("1\u00a0234", 1234), ("1\u202f234", 1234), ("١٢٣", 123), ("１２３", 123),
        ("1.234", None), ("2.000", None), ("12%", None), ("-5", None), ("1000000000", None), ("~200", None), ("abc", None),
    ],
)  # fmt: skip
def test_numbers_of_learners(tmp_path: Path, text: str, wanted: int | None) -> None:
    values, out = column_of("num_students", [text], tmp_path, delimiter=";")
    assert values == [wanted]
    assert len(out.findings) == (wanted is None)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("20 Mbps", 20), ("512 kbps", 0.512), ("2 Gbps", 2000), ("20Mb/s", 20), ("20 MB/s", None), ("fast", None), ("5-10", None)],
)  # fmt: skip
def test_speeds_with_their_unit(tmp_path: Path, text: str, wanted: float | None) -> None:
    values, out = column_of("download_speed_contracted_mbps", [text], tmp_path, delimiter=";")
    assert values == [wanted]
    assert len(out.findings) == (wanted is None)


def test_yes_and_no_in_many_words(tmp_path: Path) -> None:
    said = {"oui": True, "non": False, "sim": True, "não": False, "نعم": True, "لا": False, "✓": True, "✗": False}
    said |= {"X": None, "maybe": None, "-": None, "n/a": None}  # a cross may tick or strike out
    values, out = column_of("has_internet", list(said), tmp_path, delimiter=";")
    assert values == list(said.values())
    assert set(out.unmapped["has_internet"]) == {"X", "maybe"}
    walked(tmp_path, "r.csv", table([row(i, Internet=w) for i, w in enumerate(said)], ";"))


@pytest.mark.parametrize("encoding", ["cp1256", "utf-16", "utf-8"])
def test_an_arabic_register(tmp_path: Path, encoding: str) -> None:
    names = "رمز المدرسة,اسم المدرسة,خط العرض,خط الطول,عدد الطلاب,الإنترنت"
    lines = [
        f"{i:04d},مدرسة النور {i},{15 + i / 97:.4f},{44 + i / 89:.4f},{100 + i},{'نعم' if i % 2 else 'لا'}"
        for i in range(40)
    ]
    text = "\n".join([names, *lines])
    if encoding == "utf-8":
        text = text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    out = walked(tmp_path, "r.csv", text.encode(encoding))
    assert known(out.frame["num_students"]) == [100 + i for i in range(40)]
    assert known(out.frame["has_internet"]) == [bool(i % 2) for i in range(40)]
    assert out.frame["latitude"].between(15, 16).all()


def test_thousands_commas_are_no_decimal_commas(tmp_path: Path) -> None:
    out = walked(tmp_path, "r.csv", table([row(i, Learners=f'"1,{200 + i}"') for i in range(30)]))
    assert known(out.frame["num_students"]) == [1200 + i for i in range(30)]


# --- places -----------------------------------------------------------------------------------------------------------

BOUNDS = (30.0, -12.0, 36.0, -8.0)


@pytest.mark.parametrize(
    ("lat", "lon", "wanted", "name"),
    [
        ("9.5", "33.5", (-9.5, 33.5), "lost_sign"),
        ("-9.5", "-33.5", (-9.5, 33.5), "lost_sign"),
        ("-9,5", "33,5", (-9.5, 33.5), "decimal_comma"),
        ("-9,5", "33.5", (-9.5, 33.5), "decimal_comma"),
        ("33.5", "-9.5", (-9.5, 33.5), "swapped"),
        ("9°30'S", "33°30'E", (-9.5, 33.5), "degrees_minutes"),
        ("- 9.5", "33.5", (-9.5, 33.5), None),
        ("9.5", "53.5", None, None),
        ("999", "999", None, None),
    ],
)
def test_places(lat: str, lon: str, wanted: tuple[float, float] | None, name: str | None) -> None:
    repair = Repair(bounds=BOUNDS, lost_sign=True, decimal_comma=True, swapped=True, degrees_minutes=True)
    got = locate(pd.Series([lat], dtype="str"), pd.Series([lon], dtype="str"), repair)
    assert known(got.repair) == [name]
    place = (got.latitude.iloc[0], got.longitude.iloc[0])
    assert place == wanted if wanted else pd.isna(place[0])
    assert pd.isna(got.problem.iloc[0]) == (wanted is not None)


def test_a_sign_that_may_be_either_is_left_alone() -> None:
    """Bounds on both sides of the equator and of Greenwich, and a point that two choices of signs bring into them."""
    repair = Repair(bounds=(-1.0, -20.0, 10.0, 20.0), lost_sign=True)
    got = locate(pd.Series(["5"], dtype="str"), pd.Series(["-5"], dtype="str"), repair)
    assert known(got.problem) == ["ambiguous_sign"]
    with pytest.raises(RecipeError, match=r"lost_sign needs repair\.bounds"):
        locate(pd.Series(["5"], dtype="str"), pd.Series(["-5"], dtype="str"), Repair(lost_sign=True))


def test_inspect_sees_swapped_places_and_decimal_commas(tmp_path: Path) -> None:
    rows = [row(i) for i in range(40)]
    for r in rows[::4]:
        r[3], r[4] = r[4], r[3]
    rows[1][3], rows[1][4] = "-9,51", "33,52"
    (tmp_path / "r.csv").write_text(table(rows, ";"), encoding="utf-8")
    draft = inspect_file(tmp_path / "r.csv").recipe_toml
    assert "# swapped = true  # 10 rows" in draft
    assert "\ndecimal_comma = true" in draft
