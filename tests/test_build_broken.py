"""Broken inputs end in one clear message each, never a traceback, and the old data stay as they were."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from etl.build import build
from etl.report import write_findings
from geodata.errors import FirstMileError
from geodata.layers import open_atlas
from tests.test_build_kill import RECIPE, place

HEADER = "ID,NAME,PROVINCE,LAT,LON,LEARNERS,COMPUTERS,INTERNET\n"


def truncated_workbook(folder: Path) -> str:
    pd.read_csv(folder / "register.csv", dtype=str).to_excel(folder / "register.xlsx", index=False)
    whole = (folder / "register.xlsx").read_bytes()
    (folder / "register.xlsx").write_bytes(whole[: len(whole) // 2])
    return RECIPE.replace("register.csv", "register.xlsx")


def write(text: str | bytes):  # type: ignore[no-untyped-def]
    def make(folder: Path) -> str:
        (folder / "register.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
        return RECIPE

    return make


BROKEN = {
    "truncated workbook": (truncated_workbook, "register.xlsx"),
    "web page": (write("<!DOCTYPE html><html><body>Sign in</body></html>"), "register.csv"),
    "wrong encoding": (lambda f: write(HEADER.replace("NAME", "NÄME").encode("utf-16"))(f).replace('date = "2025"', 'encoding = "ascii"'), "register.csv"),
    "missing column": (write("ID,NAME\n1,A\n"), "PROVINCE"),
    "no rows": (write(HEADER), "register.csv"),
    "learners": (write("ID,NAME,PROVINCE,LAT,LON,LEARNERS,COMPUTERS,INTERNET,LEARNER_NAME,DATE_OF_BIRTH\n1,A,P,1,2,3,4,yes,Ada Lovelace,2014-05-01\n"), "learner"),
    "missing file": (lambda f: RECIPE.replace("register.csv", "regster.csv"), "register.csv"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_clear_message_and_the_old_data_stay(tmp_path: Path, name: str) -> None:
    recipe, out = place(tmp_path, rows=30), tmp_path / "atlas"
    version = build(recipe, data=tmp_path, out=out).version
    make, said = BROKEN[name]
    recipe.write_text(make(tmp_path), "utf-8")
    with pytest.raises(FirstMileError) as caught:
        build(recipe, data=tmp_path, out=out)
    assert said.lower() in str(caught.value).lower()
    assert open_atlas(out).version == version
    assert len(open_atlas(out).read("schools")) == 30


def test_bad_rows_are_data(tmp_path: Path) -> None:
    recipe = place(tmp_path, rows=20)
    bad = [
        "0003,Twice,P0,1,10,5,1,yes",
        "x1,Nan,P0,NaN,10,5,1,yes",
        "x2,Far,P0,inf,10,5,1,yes",
        "x3,Neg,P1,1,10,-5,1,no",
    ]
    with (tmp_path / "register.csv").open("a", encoding="utf-8") as stream:
        stream.write("\n".join(bad) + "\n")
    atlas = build(recipe, data=tmp_path, out=tmp_path / "atlas")
    schools, rejected = atlas.read("schools"), atlas.read("quarantine")
    source = atlas.manifest["sources"][0]
    assert (source["rows_read"], source["rows_accepted"], source["rows_quarantined"]) == (24, 23, 1)
    assert rejected[["source", "row", "severity"]].values.tolist() == [["register", 21, "reject"]]
    assert set(schools.loc[schools["latitude"].isna(), "school_id"]) == {"x1", "x2"}
    assert schools.set_index("school_id").loc["x3", ["num_students"]].isna().all()
    assert (atlas.folder / "quarantine.csv").read_text("utf-8-sig").count("\n") == len(rejected) + 1
    doubts = atlas.read("findings").dropna(subset=["row"]).set_index("school_id")
    assert set(doubts["severity"]) == {"blank"}
    assert doubts.loc["x3", ["check", "column", "source", "row"]].tolist() == [
        "out_of_range", "num_students", "register", 24,
    ]  # fmt: skip
    assert doubts.loc["x3", "reason"].endswith("The source says: LEARNERS = -5.")
    assert "LAT = NaN" in doubts.loc["x1", "reason"]
    write_findings(atlas, tmp_path / "findings.csv")
    told = pd.read_csv(tmp_path / "findings.csv", dtype=str).dropna(subset="row").set_index("school_id")
    assert told.loc["x3", ["source", "row", "school_name"]].tolist() == ["register", "24", "Neg"]
