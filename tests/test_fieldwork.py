"""Forms for schools and what comes back: only what is unknown is asked, ids survive, nothing is guessed, conflicts are told."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pypdfium2
import pytest
import python_calamine as calamine
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.quality import checks
from geodata.errors import DisclosureError, SourceError
from geodata.exports import xlsform
from geodata.exports.fieldforms import HEAD, form_bytes
from geodata.exports.fieldpaper import paper
from geodata.exports.fieldreport import report
from geodata.exports.fieldset import files_of, stems, zipped
from geodata.exports.rejectedform import rejected_bytes
from geodata.fieldwork.asking import DOUBTFUL, KNOWN, UNKNOWN, sheets
from geodata.fieldwork.comparing import compare, newer
from geodata.fieldwork.questions import DOUBTS, QUESTIONS
from geodata.fieldwork.rejectedrows import read_rejected, rejected_rows
from geodata.fieldwork.returned import Returned, read_file
from geodata.fieldwork.values import UnreadableError, read_answer, said, same, words_of
from geodata.layers import Atlas
from geodata.query import Desk
from geodata.say import LANGUAGES, speaking
from tests import attacked, pages
from tests.fieldsheets import Rows, filled, packed, rows_of, sheet

IDS = st.text("0123456789", min_size=1, max_size=12) | st.text("ab/ +%0é.", min_size=1, max_size=8).map(
    str.strip
).filter(bool)


def answers(file: Returned) -> dict[tuple[str, str], str]:
    return {(a.school_id, a.question): a.value for a in file.answers}


# --- values -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n, q in QUESTIONS.items() if q.codes])
def test_a_word_of_the_list_is_its_code_in_every_language(name: str) -> None:
    question = QUESTIONS[name]
    for code in LANGUAGES:
        with speaking(code):
            for value, word in words_of(question).items():
                assert read_answer(question, word.upper()) == value
                assert read_answer(question, value) == value


@pytest.mark.parametrize(
    ("name", "given_", "value"),
    [
        ("num_students", 412.0, "412"), ("num_students", " 412 ", "412"), ("num_students", "0", "0"), ("num_students", "?", "unknown"),
        ("num_students", "", ""), ("num_students", None, ""), ("has_internet", True, "yes"), ("has_internet", "Not known", "unknown"),
        ("location", "-10.2124300, -48.3603", "-10.21243,-48.3603"), ("location", "-10,21243; -48,36", "-10.21243,-48.36"),
        ("location", "-10.5 -48.25 210.0 4.5", "-10.5,-48.25"),
    ],
)  # fmt: skip
def test_what_is_written_has_one_form(name: str, given_: Any, value: str) -> None:
    assert read_answer(QUESTIONS[name], given_) == value


@pytest.mark.parametrize(
    ("name", "given_"),
    [("num_students", "about 40"), ("num_students", "-3"), ("num_students", "12.5"), ("num_students", 10**7), ("num_students", "4e2"), ("has_internet", "maybe"), ("has_internet", 1), ("school_status", "closed"), ("location", "0, 0"), ("location", "-10.2"), ("location", "91, 10"), ("location", "10°12'S 48°W")],
)  # fmt: skip
def test_what_is_no_answer_is_not_guessed(name: str, given_: Any) -> None:
    with pytest.raises(UnreadableError):
        read_answer(QUESTIONS[name], given_)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_location_keeps_its_form(latitude: float, longitude: float) -> None:
    question = QUESTIONS["location"]
    if abs(latitude) + abs(longitude) > 0.001:
        value = read_answer(question, f"{latitude:.7f}", f"{longitude:.7f}")
        assert read_answer(question, value) == value
        assert same(question, value, read_answer(question, f"{latitude:.6f}", f"{longitude:.6f}"))


def test_every_check_that_doubts_a_value_that_is_asked_has_its_question() -> None:
    known = checks()
    assert {name for name in DOUBTS if name in known} >= {"not_located", "many_learners", "type_without_internet"}
    early = {"location_zero", "location_not_a_number"}  # told by the reading itself, not by a check of schools
    assert set(DOUBTS) - set(known) == early
    assert all(q in QUESTIONS for names in DOUBTS.values() for q in names)


# --- what is asked ------------------------------------------------------------------------------------------------


def test_only_what_is_unknown_or_doubtful_is_asked(tmp_path: Path) -> None:
    desk = Desk(pages.country(tmp_path), tier="government")
    found = {s.school_id: s for one in sheets(desk, which="unknown") for s in one.schools}
    for school, row in desk.schools.set_index("school_id").iterrows():
        for asked in found[str(school)].asked if str(school) in found else ():
            unknown = any(pd.isna(row[f]) for f in QUESTIONS[asked.question].fields)
            assert (asked.state == UNKNOWN) == unknown
    assert next(a for a in found["S1"].asked if a.question == "num_students").state == DOUBTFUL  # two sources disagree
    verify = {s.school_id for one in sheets(desk, which="verify") for s in one.schools}
    lists = desk.derived()["list"]
    assert verify <= set(desk.schools.loc[(lists == "verify_first").to_numpy(), "school_id"])


@pytest.mark.parametrize(
    ("risk", "tier", "place"), [("low", "public", True), ("medium", "partner", False), ("high", "government", True)]
)
def test_a_form_asks_for_places_only_who_sees_them(risk: str, tier: str, place: bool, tmp_path: Path) -> None:
    desk = Desk(attacked.country(tmp_path, risk), tier=tier)
    asked = {a.question for one in sheets(desk, which="unknown") for s in one.schools for a in s.asked}
    assert ("location" in asked) == place
    assert ("num_teachers" in asked) == (tier != "public")


@pytest.mark.parametrize("risk", ["medium", "high"])
def test_the_public_makes_no_forms_where_places_are_hidden(risk: str, tmp_path: Path) -> None:
    with pytest.raises(DisclosureError):
        sheets(Desk(attacked.country(tmp_path, risk), tier="public"))


def test_the_demonstration_asks_its_verify_first_list(built: Callable[[str], Atlas]) -> None:
    desk = Desk(built("demo"), tier="government")
    found = sheets(desk, which="verify")
    schools = [s for one in found for s in one.schools]
    lists = desk.derived()["list"]
    wanted = desk.schools[(lists == "verify_first").to_numpy()]
    open_ = wanted[wanted["school_status"].ne("extinct")]
    assert {s.school_id for s in schools} <= set(wanted["school_id"])
    assert len(schools) >= 0.9 * len(open_)
    assert all(s.open and s.area_id == one.area_id for one in found for s in one.schools)
    assert all(a.source and a.date for s in schools for a in s.asked if a.state == KNOWN)
    assert all(len(name) < 80 and "/" not in name for name in stems(found))


# --- there and back -----------------------------------------------------------------------------------------------


@settings(max_examples=12, deadline=None)
@given(st.lists(IDS, min_size=1, max_size=4, unique=True), st.sampled_from(sorted(LANGUAGES)))
def test_ids_survive_the_whole_way(ids: list[str], language: str) -> None:
    with speaking(language):
        data = form_bytes(sheet(*ids))

    def fill(rows: Rows, column: Callable[[str], int]) -> None:
        for n in range(len(ids)):
            rows[HEAD + 1 + n][column("num_students")] = 7 + n

    back = read_file("a.xlsx", filled(data, fill), ids)
    assert answers(back) == {(i, "num_students"): str(7 + n) for n, i in enumerate(ids)}
    assert not back.faults
    listed = list(csv.DictReader(io.StringIO(xlsform.school_list([sheet(*ids)]).decode())))
    phone = "group/school,group/num_students\n" + "".join(f'"{row["name"]}",{7 + n}\n' for n, row in enumerate(listed))
    assert answers(read_file("b.csv", phone.encode(), ids)) == answers(back)
    assert all(" " not in row["name"] for row in listed)


def test_columns_moved_rows_added_and_gone_half_filled() -> None:
    def spoil(rows: Rows, column: Callable[[str], int]) -> None:
        rows[HEAD + 1][column("has_internet")] = "Yes"
        rows[HEAD + 1][column("checked_on")] = "2026-11-20"
        rows[HEAD + 2][column("has_internet")] = "perhaps"
        rows[HEAD + 2][column("latitude")], rows[HEAD + 2][column("longitude")] = "-10,5", "-48.25"
        rows[HEAD + 3][column("latitude")] = "-10.5"
        rows.append(["", "A new school", *[""] * 5])
        added = [""] * len(rows[HEAD])
        added[0], added[column("num_students")] = "0099", 3
        rows.append(added)
        del rows[HEAD + 4]
        for n, row in enumerate(rows):
            rows[n] = list(reversed([*row, *[""] * (len(rows[HEAD]) - len(row))]))

    data = filled(form_bytes(sheet("0001", "0002", "0003", "0004")), spoil)
    back = read_file(r"C:\forms\north.xlsx", data, ["0001", "0002", "0003", "0004"])
    assert answers(back) == {("0001", "has_internet"): "yes", ("0002", "location"): "-10.5,-48.25"}
    assert [a.day for a in back.answers] == ["2026-11-20", ""]
    said_ = {f.said for f in back.faults}
    assert len(back.faults) == 3
    assert back.file == "north.xlsx"
    assert any("perhaps" in s for s in said_)
    assert any("latitude and longitude" in s for s in said_)
    assert any("0099" in s for s in said_)
    assert all("!" in f.cell for f in back.faults)


def test_an_id_that_a_spreadsheet_changed_is_told() -> None:
    rows: Rows = [
        ["School id", "num_students"],
        [12, 5],
        [17001218, 6],
        ["1.7E+07", 7],
        [1.7e16, 8],
        ["012", 9],
        [True, 1],
    ]
    back = read_file("a.xlsx", packed(rows), ["0012", "17001218"])
    assert answers(back) == {("17001218", "num_students"): "6"}  # exactly one school's id: nothing was guessed
    told = [f.said for f in back.faults]
    assert len(told) == 5
    assert "0012" in told[0]
    assert "1.7E+07" in told[1]
    assert "0012" in told[3]


def test_what_is_no_form_is_refused() -> None:
    for data in (b"", b"\x89PNG\0\0", b"PK\x03\x04 nothing", packed([["a", "b"], [1, 2]]), b"school_id\n0001\n"):
        with pytest.raises(SourceError):
            read_file("x.xlsx", data, ["0001"])
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed_:
        packed_.writestr("xl/workbook.xml", b"<workbook/>")
        packed_.writestr("xl/worksheets/sheet1.xml", b" " * 70_000_000)
    with pytest.raises(SourceError, match="too large"):
        read_file("bomb.xlsx", bomb.getvalue(), ["0001"])


# --- compared -----------------------------------------------------------------------------------------------------


def file(name: str, *rows: tuple[str, str, str], day: str = "") -> Returned:
    text = "school_id,has_internet,num_students,checked_on\n" + "".join(f"{a},{b},{c},{day}\n" for a, b, c in rows)
    return read_file(name, text.encode(), [f"S{n}" for n in range(1, 9)])


def test_conflicts_are_listed_and_never_taken(tmp_path: Path) -> None:
    frame = pages.eight()
    frame["has_internet_date"] = pd.Series(["2026-05"] * 8, dtype="str")
    known = frame.set_index("school_id")["has_internet"]
    yes = str(known[known.fillna(False).astype(bool)].index[0])
    place = attacked.atlas(tmp_path, frame)
    desk = Desk(place, tier="government")
    first, second = file("a.csv", (yes, "no", "10"), ("S2", "", "?")), file("b.csv", (yes, "no", "11"))
    found = compare([first, second], desk)
    assert [(x.school_id, x.question) for x in found.conflicts] == [(yes, "num_students")]
    assert "a.csv" in found.conflicts[0].said
    assert "b.csv" in found.conflicts[0].said
    assert [(p.question, p.value, p.plain) for p in found.proposals] == [("has_internet", "no", True)]
    assert found.unknown == 1
    assert compare([second, first], desk).proposals == found.proposals
    old = compare([file("c.csv", (yes, "no", ""), day="2026-03-02")], desk)
    assert not old.proposals
    assert "newer" in old.conflicts[0].said
    assert compare([file("d.csv", (yes, "yes", ""), day="2020-01-01")], desk).agree == 1
    assert len(report(found)) == 2


def test_newer_needs_to_be_plain() -> None:
    assert newer("2026-05", "2026-03-02")
    assert newer("2027", "2026-03-02")
    assert not newer("2026", "2026-03-02")
    assert not newer("2026-05", "")
    assert not newer("", "2026-03-02")
    assert not newer("spring", "2026-03-02")


# --- the files ----------------------------------------------------------------------------------------------------


def test_the_workbook_locks_what_is_known_and_repeats_byte_for_byte() -> None:
    one = sheet("0001", "0002")
    data = form_bytes(one)
    assert data == form_bytes(one)
    rows = rows_of(data)
    assert [r[0] for r in rows[HEAD + 1 :]] == ["0001", "0002"]
    assert "school_status" not in rows[4]  # known, so not asked
    with zipfile.ZipFile(io.BytesIO(data)) as packed_:
        text = packed_.read("xl/worksheets/sheet1.xml").decode()
        assert "<sheetProtection" in text
        assert "<dataValidation " in text
        assert "<f>" not in text
    with speaking("ar"), zipfile.ZipFile(io.BytesIO(form_bytes(one))) as packed_:
        assert 'rightToLeft="1"' in packed_.read("xl/worksheets/sheet1.xml").decode()


def test_a_name_that_looks_like_a_reference_stays_a_name() -> None:
    """`${…}` in a label would be looked up among the questions, and the form refused by whoever collects."""
    odd = replace(sheet("0001"), area="North ${school}", place="Test ${land}", disclaimer="As ${is}")
    for row in [*xlsform.survey([odd]), *xlsform.choices([odd]), *xlsform.settings([odd])]:
        said_ = " ".join(text for key, text in row.items() if key.startswith(("label", "hint", "form_title")))
        assert not {"${school}", "${land}", "${is}"} & set(re.findall(r"\$\{\w+\}", said_))


def test_the_form_for_telephones_is_a_whole_xlsform() -> None:
    data = xlsform.form_bytes([sheet("0001", "a b")])
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    tables = {n: book.get_sheet_by_name(n).to_python() for n in book.sheet_names}
    assert list(tables) == ["survey", "choices", "settings"]
    survey, choices = (
        [dict(zip(t[0], row, strict=True)) for row in t[1:]] for t in (tables["survey"], tables["choices"])
    )
    names = [row["name"] for row in survey]
    assert len(set(names)) == len(names)
    lists = {row["list_name"] for row in choices}
    assert {"area", "yes_no_unknown", "asked_how"} <= lists
    for row in survey:
        kind = str(row["type"]).split()
        assert kind[0] in {
            "start",
            "end",
            "note",
            "select_one",
            "select_one_from_file",
            "calculate",
            "integer",
            "geopoint",
            "date",
        }
        if kind[0] == "select_one":
            assert kind[1] in lists
        for text in (row["relevant"], row["calculation"], row["choice_filter"]):
            asked = {part.split("}")[0] for part in str(text).split("${")[1:]}
            assert asked <= set(names[: names.index(row["name"])])
    pairs = [(row["list_name"], row["name"]) for row in choices]
    assert len(set(pairs)) == len(pairs)
    assert sum(key.startswith("label::") for key in survey[0]) == len(LANGUAGES)
    head = xlsform.school_list([sheet("0001")]).decode().splitlines()[0].split(",")
    pulled = {str(row["calculation"]).split("'")[3] for row in survey if row["calculation"]}
    assert pulled <= set(head)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_paper_names_every_school_and_only_what_is_asked(language: str) -> None:
    with speaking(language):
        data = paper(sheet("0001", "0002"))
        assert data == paper(sheet("0001", "0002"))
    document = pypdfium2.PdfDocument(data)
    assert len(document) == 3
    pages_ = [page.get_textpage().get_text_bounded() for page in document]
    assert "0001" in pages_[1]
    assert "0002" in pages_[2]
    assert "0002" in pages_[0]
    assert b"/StructTreeRoot" in data
    if language == "en":
        assert "How many learners" in pages_[1]
        assert "Is the school open" not in pages_[1]
        assert "do not exist" in pages_[0]


def test_a_set_has_a_workbook_and_a_paper_an_area_and_one_form_for_telephones() -> None:
    names = [name for name, _ in files_of([sheet("1"), sheet("2")], on_paper="list")]
    assert names == ["n-north.xlsx", "n-north.pdf", "n-north-2.xlsx", "n-north-2.pdf", "xlsform.xlsx", "schools.csv"]
    one = [("a.txt", b"x")]
    assert zipped(one) == zipped(one)


def test_values_are_said_in_words() -> None:
    assert said(QUESTIONS["location"], "-10.5,-48.25") == "latitude -10.50000, longitude -48.25000"
    assert said(QUESTIONS["num_students"], "") == said(QUESTIONS["num_students"], "unknown") == "not reported"


def test_rejected_rows_are_explained_to_the_owner_of_the_register(tmp_path: Path) -> None:
    place = pages.country(tmp_path)
    with pytest.raises(DisclosureError):
        rejected_rows(Desk(place, tier="partner"))
    rows = rejected_rows(Desk(place, tier="government"))
    assert [(r.source, r.row) for r in rows] == [("census", "4"), ("census", "9")]
    with speaking("fr"):
        data = rejected_bytes(rows, "Testland")
    table = rows_of(data)
    table[5][4], table[5][5] = "no school", ""
    table[6][4] = "something"
    found = read_rejected("r.xlsx", packed(table))
    assert found is not None
    assert [(m.source, m.row, m.what) for m in found[0]] == [("census", "4", "none")]
    assert [f.cell for f in found[1]] == ["Any!E7"]
    assert read_rejected("f.xlsx", form_bytes(sheet("0001"))) is None
    assert len(report(compare([], Desk(place, tier="government")), found[0])) == 1
