"""The official tables: counted anew from the raw workbook, nothing predicted counted, every row answered for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from typer.testing import CliRunner

import firstmile
from dashboard import taking
from geodata import official
from geodata.aggregate import indicators
from geodata.breakdown import breakdown
from geodata.errors import ExportError
from geodata.exports.official import HIDDEN, RULES, write_official
from geodata.layers import Atlas, write_manifest
from geodata.query import Desk
from geodata.view import View
from tests.factories import atlas, schools
from tests.pages import app_of, country
from tests.random_places import random_place

# The census's columns that say which levels a school teaches, in common classes and in special ones.
LEVELS = {
    "02": ("IN_COMUM_CRECHE", "IN_COMUM_PRE", "IN_ESP_EXCLUSIVA_CRECHE", "IN_ESP_EXCLUSIVA_PRE"),
    "1": ("IN_COMUM_FUND_AI", "IN_ESP_EXCLUSIVA_FUND_AI"),
    "2": ("IN_COMUM_FUND_AF", "IN_ESP_EXCLUSIVA_FUND_AF"),
    "3": ("IN_COMUM_MEDIO_MEDIO", "IN_COMUM_MEDIO_INTEGRADO", "IN_COMUM_MEDIO_FIC", "IN_COMUM_MEDIO_NORMAL", "IN_ESP_EXCLUSIVA_MEDIO_MEDIO"),
}  # fmt: skip


@pytest.fixture(scope="module")
def raw(real_data: Path) -> pd.DataFrame:
    """The school census of Tocantins as it was published: schools that operate."""
    columns = ["CO_ENTIDADE", "TP_SITUACAO_FUNCIONAMENTO", "TP_DEPENDENCIA", "IN_INTERNET", "IN_INTERNET_ALUNOS", "IN_ENERGIA_INEXISTENTE", "IN_AGUA_POTAVEL", "IN_ACESSIBILIDADE_INEXISTENTE", "IN_MATERIAL_PED_EDU_ESP", "IN_DESKTOP_ALUNO", "IN_COMP_PORTATIL_ALUNO", "IN_TABLET_ALUNO", "IN_EQUIP_TV", *sum(LEVELS.values(), ())]  # fmt: skip
    frame = pd.read_excel(real_data / "brazil-tocantins" / "escolas-to-2025.xlsx", usecols=columns, engine="calamine")
    return frame[frame["TP_SITUACAO_FUNCIONAMENTO"] == 1]


def test_sdg_4a1_of_tocantins_counted_from_the_raw_workbook(
    raw: pd.DataFrame, built: Callable[[str], Atlas], tmp_path: Path
) -> None:
    assert write_official(Desk(built("tocantins")), tmp_path / "to.xlsx") == len(raw) == 1581
    book = pd.read_excel(tmp_path / "to.xlsx", sheet_name=None, engine="calamine", dtype={"ISCED level": str})
    table = book["SDG 4.a.1"].set_index(["Indicator", "ISCED level", "Sector"]).sort_index()
    device = (raw[["IN_DESKTOP_ALUNO", "IN_COMP_PORTATIL_ALUNO", "IN_TABLET_ALUNO"]] == 1).any(axis=1)
    has = {
        "4.a.1 (a)": raw["IN_ENERGIA_INEXISTENTE"] == 0,
        "4.a.1 (b)": (raw["IN_INTERNET"] == 1) & (raw["IN_INTERNET_ALUNOS"] == 1),
        "4.a.1 (c)": device,
        "4.a.1 (d)": (raw["IN_ACESSIBILIDADE_INEXISTENTE"] == 0) & (raw["IN_MATERIAL_PED_EDU_ESP"] == 1),
        "4.a.1 (d) infrastructure": raw["IN_ACESSIBILIDADE_INEXISTENTE"] == 0,
        "4.a.1 (d) materials": raw["IN_MATERIAL_PED_EDU_ESP"] == 1,
        "4.a.1 (e)": raw["IN_AGUA_POTAVEL"] == 1,
    }
    sectors = {"Total": raw["TP_DEPENDENCIA"] > 0, "Public": raw["TP_DEPENDENCIA"] <= 3, "Private": raw["TP_DEPENDENCIA"] == 4}  # fmt: skip
    for level, columns in LEVELS.items():
        offers = (raw[list(columns)] == 1).any(axis=1)
        for sector, mine in sectors.items():
            for code, yes in has.items():
                row = table.loc[(code, level, sector)]
                here = offers & mine
                assert (row["With (numerator)"], row["Answered (denominator)"], row["Not reported"]) == (int((yes & here).sum()), int(here.sum()), 0), (code, level, sector)  # fmt: skip
                assert row["Share"] == pytest.approx(yes[here].mean())
            for code in ("4.a.1 (f)", "4.a.1 (g)"):  # the census does not ask
                row = table.loc[(code, level, sector)]
                assert (row["Answered (denominator)"], row["Not reported"]) == (0, int((offers & mine).sum()))
                assert pd.isna(row["Share"])
                assert (row["At least"], row["At most"]) == (0, 1)
    television = book["A13 services"].set_index(["Code", "ISCED level"]).loc[("ED2", "all")]
    assert television["With, total"] == (raw["IN_EQUIP_TV"] == 1).sum()
    a12 = book["A12 institutions"].set_index("ISCED level")
    assert a12.loc["all", ["Total", "Public", "Private"]].tolist() == [1581, 1382, 199]
    about = dict(pd.read_excel(tmp_path / "to.xlsx", sheet_name="Read me", header=None, engine="calamine").to_numpy())
    assert about["Data version"] == built("tocantins").version
    assert "Brazilian open government data" in about["Licence"]
    assert RULES[0] in about.values()


def test_predicted_imputed_and_inferred_answers_are_not_counted() -> None:
    frame = schools(has_electricity=[True, True, True, True, False], has_electricity_evidence=["measured", "predicted", "imputed", "inferred", "reported"])  # fmt: skip
    frame = frame.assign(predicted_electricity=0.9, predicted_internet_for_learners=0.9)
    table = official.service_counts(official.reported_only(frame)).set_index(["code", "level", "sector"])
    row = table.loc[("4.a.1 (a)", "all", "all")]
    assert (row["with"], row["answered"], row["not_reported"], row["share"]) == (1, 2, 3, 0.5)
    assert table.loc[("4.a.1 (b)", "all", "all"), "answered"] == 0


def test_places_that_do_not_operate_or_are_no_schools_are_left_out_and_said() -> None:
    frame = schools(
        school_status=["open", None, "damaged", "open", "open", "open"],
        facility_type=["school", None, "school", "teacher_training", "temporary_learning_space", "tvet"],
    )
    assert len(official.reported_only(frame)) == 4
    assert official.left_out(frame) == {"teacher_training": 1}


@pytest.mark.parametrize("seed", range(3))
def test_counts_agree_with_the_breakdown_and_make_all(seed: int) -> None:
    frame = random_place(seed, 90).assign(school_status=pd.Series(None, index=range(90), dtype="str"))
    counted = official.reported_only(frame)
    table = official.service_counts(counted).set_index(["indicator", "level", "sector"])
    assert (table["with"] + table["without"] + table["not_reported"] == table["institutions"]).all()
    for name in ("electricity", "internet_for_learners"):
        by = breakdown(counted, name, "education_level")
        for level in ("primary", "lower_secondary"):
            row = table.loc[(name, level, "all")]
            assert (row["institutions"], row["answered"], row["not_reported"]) == (by.loc[level, "schools"], by.loc[level, "known"], by.loc[level, "unknown"])  # fmt: skip
            assert row["share"] == pytest.approx(by.loc[level, "value"])


def test_every_service_is_a_declared_share_with_its_code() -> None:
    declared = indicators()
    for service in (*official.SDG, *official.ICT):
        assert declared[service.indicator].rollup == "share"
        assert service.code.split()[0] in declared[service.indicator].code


def test_small_counts_stay_hidden_where_schools_are_not_shown_one_by_one(tmp_path: Path) -> None:
    """2 private schools of 40: neither their number nor their answers stand anywhere, nor can be had by subtraction."""
    frame = schools(
        education_level=["primary"] * 40,
        school_funding_type=["public"] * 38 + ["private"] * 2,
        has_electricity=[True] * 20 + [False] * 18 + [True, False],
    )
    made = atlas(tmp_path, frame)
    manifest = {**made.manifest, "place": {**made.manifest["place"], "risk": "high"}}
    write_manifest(made.folder, manifest)
    write_official(Desk(Atlas(made.link, made.folder)), tmp_path / "small.xlsx")
    table = pd.read_excel(
        tmp_path / "small.xlsx", sheet_name="SDG 4.a.1", engine="calamine", dtype={"ISCED level": str}
    )
    power = table[(table["Indicator"] == "4.a.1 (a)") & (table["ISCED level"] == "1")].set_index("Sector")
    assert power.loc["Private", ["Schools", "With (numerator)", "Share"]].isna().all()
    assert power.loc["Private", "Remark"] == HIDDEN
    assert pd.isna(power.loc["Public", "With (numerator)"]), "less the total, the public ones would give them away"
    assert power.loc["Total", "With (numerator)"] == 21
    a12 = pd.read_excel(tmp_path / "small.xlsx", sheet_name="A12 institutions", engine="calamine")
    there = a12[a12["Total"] > 0]
    assert there["Total"].eq(40).all()
    assert there[["Public", "Private"]].isna().all(axis=None)
    write_official(Desk(Atlas(made.link, made.folder), tier="government"), tmp_path / "all.xlsx")
    seen = pd.read_excel(tmp_path / "all.xlsx", sheet_name="SDG 4.a.1", engine="calamine")
    assert not (seen["Remark"] == HIDDEN).any()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 25), min_size=9, max_size=9), st.integers(2, 10))
def test_no_small_count_of_a_sector_follows_from_what_is_shown(counts: list[int], least: int) -> None:
    """Least and most of every hidden count, given all that is shown and how many institutions each sector has."""
    table = pd.DataFrame(np.reshape(counts, (3, 3)), index=["public", "private", "not_reported"], columns=list(official.ANSWERS)).astype(float)  # fmt: skip
    table.loc["all"] = table.sum()
    table["institutions"] = table.sum(axis=1)
    hidden = official.hidden_answers(table, least)
    small = (table > 0) & (table < least)
    assert (hidden | ~small).all(axis=None)
    cells = [(r, c) for r in table.index for c in table.columns]
    at = {cell: i for i, cell in enumerate(cells)}
    rows, right = [], []
    for r in table.index:
        rows.append({(r, "institutions"): -1, **{(r, c): 1 for c in official.ANSWERS}})
    for c in table.columns:
        rows.append({("all", c): -1, **{(r, c): 1 for r in ("public", "private", "not_reported")}})
    matrix = np.zeros((len(rows), len(cells)))
    for i, row in enumerate(rows):
        for cell, sign in row.items():
            matrix[i, at[cell]] = sign
        right.append(0.0)
    known = [(float(table.loc[c]), float(table.loc[c])) if not hidden.loc[c] else (0.0, None) for c in cells]
    for cell in cells:
        if small.loc[cell]:
            ends = [linprog(sign * np.eye(len(cells))[at[cell]], A_eq=matrix, b_eq=right, bounds=known).fun for sign in (1, -1)]  # fmt: skip
            assert ends[1] is None or -ends[1] - ends[0] >= 1, f"{cell} is given away"


def test_the_synthetic_notice_stands_first_and_no_half_file_is_left(tmp_path: Path) -> None:
    made = atlas(tmp_path, schools(education_level=["primary"], has_electricity=[True], school_name=["=cmd()"]))
    write_official(Desk(made), tmp_path / "x.xlsx")
    first = pd.read_excel(tmp_path / "x.xlsx", header=None, engine="calamine").iloc[0].tolist()
    assert first[0] == "Notice"
    assert first[1].startswith("Synthetic demonstration data.")
    for out in (tmp_path / "x.csv", tmp_path / "none" / "x.xlsx"):
        with pytest.raises(ExportError):
            write_official(Desk(made), out)
    assert not list(tmp_path.glob(".*part*"))


def test_the_panel_offers_the_tables_and_the_address_gives_them(tmp_path: Path) -> None:
    with app_of(country(tmp_path), tier="public") as (app, desk):
        seen = View.parse("has_internet=no")
        href = taking.address(desk, seen, taking.OFFICIAL, ["school_name"])
        assert taking.OFFICIAL in [suffix for suffix, _, _ in taking.FORMATS]
        assert "columns" not in href
        reply = app.server.test_client().get(href)
        (tmp_path / "got.xlsx").write_bytes(reply.get_data())
        assert reply.headers["Content-Disposition"].rstrip('"').endswith("official.xlsx")
        a12 = pd.read_excel(tmp_path / "got.xlsx", sheet_name="A12 institutions", engine="calamine")
        assert a12["Total"].iloc[-1] == 7, "all that operate, whatever the view chooses"


def test_the_command_writes_the_tables_and_takes_no_view(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTMILE_STORE", "off")
    made = country(tmp_path)
    out = tmp_path / "tables.xlsx"
    run = CliRunner().invoke(firstmile.app, ["export", str(made.link), str(out), "--official"])
    assert (run.exit_code, out.is_file()) == (0, True), run.output
    assert "official tables, which count 7 of 8 schools" in run.output
    asked = ["export", str(made.link), str(out), "--official", "--view", "has_internet=no"]
    assert CliRunner().invoke(firstmile.app, asked).exit_code == 2
