"""What ministries really send: surveys, StatEduc, UDISE+, exports of Excel with titles. Looked at, drafted, read.

Each file is made up here in its publisher's shape. The draft of `firstmile inspect` is read as it stands, so that what
it guesses is what a clerk gets.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter

from etl.connect import Ask, Taken
from etl.guess_values import is_one_two, is_point, is_question
from etl.harmonise import Harmonised, harmonise
from etl.inspect import inspect_file
from etl.recipe import read_recipe
from etl.source import read_raw
from etl.sources.kobo import KOBO
from geodata.errors import KeyNeededError, OfflineError, SourceError
from tests.replay import land
from tests.replay.server import Replay
from tests.replay.services.kobo import FORM, KEYS, submission

SCHOOLS = [s for s in land.schools() if s.number != 12]


def drafted(path: Path) -> Harmonised:
    """The file as the draft reads it."""
    recipe = path.with_suffix(".toml")
    recipe.write_text(inspect_file(path).recipe_toml, "utf-8")
    source = read_recipe(recipe).source[0]
    return harmonise(read_raw(source, path.parent), source)


def agrees(read: Harmonised, *, computers: bool = True) -> None:
    """The schools' ids, places and answers are those that were written."""
    frame = read.frame.set_index("school_id")
    assert len(frame) == len(SCHOOLS)
    for s in SCHOOLS:
        row = frame.loc[s.govt_id]
        assert (row["latitude"], row["longitude"]) == pytest.approx((s.lat, s.lon), abs=1e-4)
        assert (None if pd.isna(row["has_internet"]) else bool(row["has_internet"])) == s.internet
        if computers:
            assert (None if pd.isna(row["num_computers"]) else row["num_computers"]) == s.computers


def test_kobo_json_as_it_is_downloaded(tmp_path: Path) -> None:
    path = tmp_path / "kobo.json"
    path.write_text(json.dumps({"count": 59, "next": None, "results": [submission(s) for s in SCHOOLS]}), "utf-8")
    agrees(drafted(path))
    assert "Somebody" not in path.with_suffix(".toml").read_text("utf-8")


def test_kobo_csv_with_semicolons_and_questions_for_names(tmp_path: Path) -> None:
    rows = [
        {"School name": s.name, "EMIS code": s.govt_id, "Location of the school": f"{s.lat} {s.lon} 12 5", "_Location of the school_latitude": s.lat, "_Location of the school_longitude": s.lon,
         "Does the school have internet?": {True: "Yes", False: "No", None: "Don't know"}[s.internet], "How many computers work?": s.computers, "_uuid": f"u{s.number}", "_submitted_by": "enumerator.one"}
        for s in SCHOOLS
    ]  # fmt: skip
    path = tmp_path / "kobo.csv"
    pd.DataFrame(rows).astype({"How many computers work?": "Int64"}).to_csv(
        path, sep=";", index=False, encoding="utf-8-sig"
    )
    agrees(drafted(path))
    assert "enumerator.one" not in path.with_suffix(".toml").read_text("utf-8")
    pd.DataFrame(rows)[["EMIS code", "Location of the school", "Does the school have internet?"]].to_csv(tmp_path / "odk.csv", index=False)  # fmt: skip
    agrees(drafted(tmp_path / "odk.csv"), computers=False)


def test_udise_codes_one_yes_two_no_and_zero_is_no_answer(tmp_path: Path) -> None:
    codes = {True: "1", False: "2", None: "9"}
    rows = [{"UDISE_SCH_CODE": s.govt_id.zfill(11), "SCHOOL_NAME": s.name, "INTERNET": codes[s.internet], "ELECTRICITY": {True: "1", False: "2", None: "0"}[s.electricity], "DESKTOP_FUN": s.computers, "LAPTOP_FUN": 1} for s in SCHOOLS]  # fmt: skip
    path = tmp_path / "udise.csv"
    pd.DataFrame(rows).astype({"DESKTOP_FUN": "Int64"}).to_csv(path, index=False)
    frame = drafted(path).frame.set_index("school_id")
    for s in SCHOOLS:
        row = frame.loc[s.govt_id.zfill(11)]
        assert (None if pd.isna(row["has_internet"]) else bool(row["has_internet"])) == s.internet
        assert (None if pd.isna(row["has_electricity"]) else bool(row["has_electricity"])) == s.electricity
        assert (None if pd.isna(row["num_computers"]) else row["num_computers"]) == (None if s.computers is None else s.computers + 1)  # fmt: skip


@pytest.mark.parametrize("language", ["fr", "pt"])
def test_stateduc_in_windows_letters_with_titles_and_decimal_commas(tmp_path: Path, language: str) -> None:
    heads = {
        "fr": "Code établissement;Nom de l'établissement;Région;Milieu;Latitude;Longitude;Effectif total;Accès à Internet;Nombre d'ordinateurs",
        "pt": "Código da escola;Nome da escola;Província;Zona;Latitude;Longitude;Total de alunos;Acesso à Internet;Número de computadores",
    }
    said = {"fr": {True: "Oui", False: "Non", None: "ND"}, "pt": {True: "Sim", False: "Não", None: ""}}[language]
    place = {"fr": ("Urbain", "Rural"), "pt": ("Urbana", "Rural")}[language]
    lines = ["RECENSEMENT SCOLAIRE 2025 – École;;;;;;;;", ";;;;;;;;"] if language == "fr" else []
    lines.append(heads[language])
    for s in SCHOOLS:
        learners = "" if s.learners is None else f"{s.learners + 1000:,}".replace(",", " " if language == "fr" else ".")
        cells = [s.govt_id, f"École {s.name}" if language == "fr" else f"Escola São {s.name}", s.district[:4], place[not s.urban], f"{s.lat:.6f}".replace(".", ","), f"{s.lon:.6f}".replace(".", ","), learners, said[s.internet], "" if s.computers is None else str(s.computers)]  # fmt: skip
        lines.append(";".join(cells))
    path = tmp_path / "stateduc.csv"
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    read = drafted(path)
    agrees(read)
    frame = read.frame.set_index("school_id")
    known = next(s for s in SCHOOLS if s.learners)
    assert frame.loc[known.govt_id, "num_students"] == (known.learners or 0) + 1000
    assert "ã" in frame["school_name"].iloc[0] or "É" in frame["school_name"].iloc[0]
    assert set(frame["school_area_type"].dropna()) == {"urban", "rural"}


def test_a_workbook_with_merged_titles_degrees_and_minutes(tmp_path: Path) -> None:
    path = tmp_path / "institutions.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Institutions")
    sheet.merge_range(0, 0, 0, 6, "Institutions")
    sheet.merge_range(1, 0, 1, 3, "School")
    sheet.merge_range(1, 4, 1, 6, "Place")
    for column, head in enumerate(("Area Code", "Area Education", "Institution Code", "Institution Name", "Latitude", "Longitude", "Internet", "Telephone")):  # fmt: skip
        sheet.write(2, column, head)
    for n, s in enumerate(SCHOOLS, 3):
        cells = (s.district, land.area(s.district).name, s.govt_id, s.name, dms(s.lat, "NS"), dms(s.lon, "EW"), {True: "Y", False: "N", None: ""}[s.internet], "0123456")  # fmt: skip
        for column, cell in enumerate(cells):
            sheet.write_string(n, column, cell)
    book.close()
    read = drafted(path)
    agrees(read, computers=False)
    assert read.frame["admin1"].iloc[0] == land.area(SCHOOLS[0].district).name


def dms(value: float, letters: str) -> str:
    """25°41'12.5"S."""
    whole = abs(value)
    degrees, minutes = int(whole), int(whole * 60) % 60
    return f"{degrees}°{minutes}'{whole * 3600 % 60:.2f}\"{letters[value < 0]}"


def test_what_a_column_of_texts_is() -> None:
    def column(*values: str | None) -> pd.Series:
        return pd.Series(values, dtype="str")

    assert is_point(column("1.25 32.5 1200 5", "-0.5 33", None, "2.5, 30.25"))
    assert not is_point(column("12 34", "Bela 5"))
    assert is_one_two(column("1", "2", "9", None))
    assert not is_one_two(column("0", "1"))  # 0 is a no there
    assert not is_one_two(column("1", "2", "7"))
    assert is_question("Does the school have internet?")
    assert not is_question("How many computers are broken?")


# --- KoboToolbox by its service ------------------------------------------------------------------------------------


@pytest.fixture
def replay() -> Iterator[Replay]:
    with Replay(land) as server:
        yield server


def take(replay: Replay, tmp_path: Path, client: Any = None, form: str = FORM) -> Taken:
    asked = Ask("XQA", options={"form": form}, data=tmp_path, today=date(2026, 11, 1))
    return KOBO.take(client or replay.client(tmp_path / "cache", KEYS), asked)


def test_submissions_of_every_page(replay: Replay, tmp_path: Path) -> None:
    taken = take(replay, tmp_path)
    assert isinstance(taken.content, pd.DataFrame)
    rows = taken.content.set_index("school/code")
    assert (len(rows), taken.rows_read, taken.date, taken.licence) == (60, 60, "2026-09-30", "restricted")
    assert [a.query["start"] for a in replay.asked] == ["0", "25", "50"]
    s = SCHOOLS[0]
    assert (float(rows.loc[s.govt_id, "school/gps_latitude"]), float(rows.loc[s.govt_id, "school/gps_longitude"])) == (s.lat, s.lon)  # fmt: skip
    assert rows.loc[land.schools()[11].govt_id, "school/gps_latitude"] == ""
    kept = b"".join(p.read_bytes() for p in (tmp_path / "cache").rglob("*") if p.is_file())
    for word in ("Somebody", "0123456", "enumerator.one", "phone-imei-1", *KEYS.values()):
        assert word not in taken.content.to_csv() + str(taken.notes)
        assert word.encode() not in kept


def test_kobo_refusals(replay: Replay, tmp_path: Path) -> None:
    with pytest.raises(KeyNeededError, match="FIRSTMILE_KOBO_KEY"):
        take(replay, tmp_path, replay.client(tmp_path / "a"))
    with pytest.raises(KeyNeededError, match="status 401"):
        take(replay, tmp_path, replay.client(tmp_path / "b", {("kobo", "key"): "wrong-token-12345"}))
    with pytest.raises(SourceError, match="no such form"):
        take(replay, tmp_path, form="aNother")
    with pytest.raises(SourceError, match="Which form"):
        take(replay, tmp_path, form="")
    with pytest.raises(OfflineError):
        take(replay, tmp_path, replay.client(tmp_path / "c", offline=True))
    replay.fault("kobo", "html")
    with pytest.raises(SourceError, match="web page"):
        take(replay, tmp_path)
