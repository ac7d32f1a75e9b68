"""The files that a funder gets: their sums are the plan's, live, and nothing leaves that the tier may not see."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyogrio
import pytest
from python_calamine import CalamineWorkbook

from geodata.errors import DisclosureError, ExportError
from geodata.exports.masterplan import master_plan
from geodata.exports.plan_gpkg import lots as drawn_lots
from geodata.exports.plan_seen import Handed, check_profile, digits
from geodata.exports.plan_tables import lots as lots_sheet
from geodata.exports.plan_words import solved
from geodata.exports.programme import programme_workbook, write_programme
from geodata.layers import Atlas, open_atlas, write_manifest
from geodata.lots.cut import lots
from geodata.plan import scenariofile
from geodata.plan.make import make_plan
from geodata.plan.result import Plan
from geodata.plan.terms import Terms
from geodata.query import Desk
from tests import made_plan

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return made_plan.desk(tmp_path_factory.mktemp("place"))


@pytest.fixture(scope="module")
def written(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_programme(made_plan.plan(desk), None, tmp_path_factory.mktemp("programme") / "out", desk=desk)


def opened(content: bytes, *, live: bool = False) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=not live)


def table(book: openpyxl.Workbook, name: str) -> Rows:
    """The rows of a sheet by the titles in its second row."""
    _, head, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def texts(book: openpyxl.Workbook) -> list[str]:
    return [str(v) for sheet in book for row in sheet.iter_rows(values_only=True) for v in row if v is not None]


# --- what is in it ---------------------------------------------------------------------------------------------------


def test_the_files(written: dict[str, Path]) -> None:
    assert set(written) >= {"programme.xlsx", "programme.gpkg", "master-plan.csv", "plan.json", "scenario.json"}


def test_every_sheet_says_what_it_is_and_whence(written: dict[str, Path]) -> None:
    book = opened(written["programme.xlsx"].read_bytes())
    assert book.sheetnames[:4] == ["Read me", "Totals", "Master plan", "Schools"]
    for sheet in book.worksheets[1:]:
        first, head, *_ = sheet.iter_rows(values_only=True)
        assert "Source: " in str(first[0]), sheet.title
        assert all(head), sheet.title
    money = [t for t in next(book["Schools"].iter_rows(min_row=2, max_row=2, values_only=True)) if "ost" in t]
    assert money
    assert all("USD" in t for t in money if t != "Decision")


def test_prices_without_a_quote_are_said_first(written: dict[str, Path]) -> None:
    about = [row[:2] for row in opened(written["programme.xlsx"].read_bytes())["Read me"].iter_rows(values_only=True)]
    assert about[1][0] == "Prices"
    assert "PROVISIONAL: 1 of 2" in str(about[1][1])
    assert "Synthetic demonstration data" in str(about[2][1])


def test_the_sums_of_the_sheets_are_the_plans(written: dict[str, Path], desk: Desk) -> None:
    plan, book = made_plan.plan(desk), opened(written["programme.xlsx"].read_bytes())
    chosen = plan.schools[plan.schools["decision"] == "chosen"]
    rows = [r for r in table(book, "Schools") if r["Decision"] == "chosen"]
    totals = {r["What"]: r for r in table(book, "Totals")}
    assert sum(r["Cost, 10 years (USD)"] for r in rows) == pytest.approx(chosen["cost"].sum())
    assert totals["Cost, 10 years"]["Sum of the sheets (live)"] == pytest.approx(chosen["cost"].sum())
    assert totals["Learners in them"]["Sum of the sheets (live)"] == chosen["learners"].sum() == 1230
    flow = table(book, "Cash flow")
    assert sum(r["Present value (USD)"] for r in flow) == pytest.approx(totals["Present value of the cash flow"]["As computed"])  # fmt: skip
    assert sum(r["Cost (USD, 10 years)"] or 0 for r in table(book, "Master plan")) == pytest.approx(chosen["cost"].sum())  # fmt: skip
    assert [r["Difference"] for r in totals.values() if r["Difference"] is not None] == pytest.approx([0.0] * (len(totals) - 1))  # fmt: skip


def test_what_a_formula_says_is_what_it_gives(written: dict[str, Path]) -> None:
    """Reckoned anew from the cells that each formula names, by plain Python."""
    content = written["programme.xlsx"].read_bytes()
    live, held = opened(content, live=True), opened(content)
    formulas = [(s.title, c.coordinate, c.value) for s in live for row in s.iter_rows() for c in row if isinstance(c.value, str) and c.value.startswith("=")]  # fmt: skip
    assert len(formulas) > 30
    for sheet, at, text in formulas:
        assert reckoned(held, sheet, text) == pytest.approx(held[sheet][at].value, abs=1e-6), (sheet, at, text)


def reckoned(book: openpyxl.Workbook, sheet: str, text: str) -> float:
    """The value of one of the few kinds of formulas that are written."""
    body = text.removeprefix("=")
    if body.startswith("ROUND("):
        a, b = re.findall(r"[A-Z]+\d+", body)
        return round(number(book, sheet, a) - number(book, sheet, b), 2)
    if "/(1+" in body:
        parts = re.findall(r"(SUMIFS\([^()]*\))/\(1\+([\d.]+)\)\^(\d+)", body)
        return sum(reckoned(book, sheet, part) / (1 + float(rate)) ** int(n) for part, rate, n in parts)
    if body.startswith(("SUMIFS(", "COUNTIFS(")):
        parts = body[body.index("(") + 1 : -1].split(",")
        summed = block(book, sheet, parts.pop(0)) if body.startswith("SUM") else None
        asked = [(block(book, sheet, r), w.strip('"')) for r, w in zip(parts[::2], parts[1::2], strict=True)]
        hits = [all(str(v[i]) == w for v, w in asked) for i in range(len(asked[0][0]))]
        return sum((v or 0) if summed else 1 for v, hit in zip(summed or hits, hits, strict=True) if hit)
    if body.startswith("SUM("):
        return sum(v or 0 for v in block(book, sheet, body[4:-1]))
    if "NPV(" in body:
        first, rate, rest = re.fullmatch(r"([A-Z]+\d+)\+NPV\(([\d.]+),(.*)\)", body).groups()  # type: ignore[union-attr]
        later = block(book, sheet, rest)
        return number(book, sheet, first) + sum((v or 0) / (1 + float(rate)) ** n for n, v in enumerate(later, 1))
    return sum(number(book, sheet, cell) for cell in body.split("+"))


def number(book: openpyxl.Workbook, sheet: str, at: str) -> float:
    return float(book[sheet][at].value or 0)


@cache
def _where(text: str, sheet: str) -> tuple[str, str]:
    name, _, cells = text.rpartition("!")
    return name.strip("'") or sheet, cells.replace("$", "")


def block(book: openpyxl.Workbook, sheet: str, text: str) -> list[Any]:
    name, cells = _where(text, sheet)
    return [c.value for row in book[name][cells] for c in row]


def test_no_text_is_a_formula(written: dict[str, Path]) -> None:
    book = opened(written["programme.xlsx"].read_bytes(), live=True)
    named = {r["School id"]: r["School"] for r in table(book, "Schools")}
    assert named["S1"] == "'=1+1"
    assert "'=HYPERLINK(1)" in texts(book)
    assert not [t for t in texts(book) if "HYPERLINK" in t and t.startswith("=")]


def test_the_same_plan_gives_the_same_bytes(written: dict[str, Path], desk: Desk, tmp_path: Path) -> None:
    again = write_programme(made_plan.plan(desk), None, tmp_path / "out", desk=desk)
    same = ("programme.xlsx", "master-plan.csv", "scenario.json")
    assert [again[n].read_bytes() for n in same] == [written[n].read_bytes() for n in same]


def test_hashes_are_those_of_the_files(written: dict[str, Path], desk: Desk) -> None:
    from geodata.store.acts import file_hash

    held = json.loads(written["plan.json"].read_text("utf-8"))
    assert held["files"] == {n: file_hash(p) for n, p in written.items() if n != "plan.json"}
    assert held["terms_sha256"] == made_plan.plan(desk).terms.key
    assert held["synthetic"] is True


def test_a_scenario_file_gives_terms_and_prices_back(written: dict[str, Path], desk: Desk) -> None:
    plan = made_plan.plan(desk)
    asked = scenariofile.read(written["scenario.json"].read_bytes(), desk.policy)
    assert (asked.terms, asked.book, asked.version) == (plan.terms, plan.book, desk.atlas.version)


def test_the_map_file(written: dict[str, Path]) -> None:
    path = written["programme.gpkg"]
    layers = {str(name) for name, _ in pyogrio.list_layers(path)}
    assert layers >= {"schools", "master_plan", "regions", "columns", "about"}
    schools = pyogrio.read_dataframe(path, layer="schools")
    assert len(schools) == 8
    assert (schools["decision"] == "chosen").sum() == 3
    assert schools["notice"].str.contains("Synthetic").all()


def test_the_master_plan_as_csv_says_who_is_to_be_named(written: dict[str, Path]) -> None:
    frame = pd.read_csv(written["master-plan.csv"])
    assert {"year", "responsible", "cost", "funding", "risk", "currency", "notice"} <= set(frame.columns)
    assert set(frame["responsible"]) == {"to be named"}
    assert (frame["cost"] == frame["cost"].round(2)).all()


def test_the_master_plan_names_whom_the_recipe_names_and_promises_nothing(tmp_path: Path) -> None:
    desk = made_plan.desk(tmp_path)
    desk.atlas.manifest["planning"] = {"responsible_body": "Projects office", "funders": ["Treasury", "Bank"]}
    rows = master_plan(Handed(desk, made_plan.plan(desk))).frame
    assert set(rows["responsible"]) == {"Projects office"}
    assert set(rows["funding"]) == {"not agreed yet; may pay: Treasury; Bank"}


# --- whole or not at all ---------------------------------------------------------------------------------------------


def test_nothing_half_written_is_left(desk: Desk, tmp_path: Path) -> None:
    def refuse(files: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_programme(made_plan.plan(desk), None, tmp_path / "out", desk=desk, keep=refuse)
    assert not list(tmp_path.iterdir())
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("kept")
    with pytest.raises(ExportError, match="not written over another"):
        write_programme(made_plan.plan(desk), None, tmp_path / "out", desk=desk)
    assert (tmp_path / "out" / "mine.txt").read_text() == "kept"


# --- what may leave --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> dict[str, openpyxl.Workbook]:
    """The public's workbooks of a place of medium and of high risk, and a partner's."""
    found = {}
    for name, risk, tier in (("medium", "medium", "public"), ("high", "high", "public"), ("partner", "medium", "partner")):  # fmt: skip
        seen = made_plan.desk(tmp_path_factory.mktemp(name), tier=tier, risk=risk)
        found[name] = opened(programme_workbook(Handed(seen, made_plan.plan(seen))))
    return found


@pytest.mark.parametrize("name", ["medium", "partner"])
def test_a_coarse_place_is_not_given_back_by_a_length_or_a_price(public: dict[str, openpyxl.Workbook], name: str) -> None:  # fmt: skip
    book = public[name]
    said = texts(book)
    assert not [t for t in said if "node N1" in t or t == "4321"]
    titles = set(next(book["Options"].iter_rows(min_row=2, max_row=2, values_only=True)))
    assert not titles & {"Length of the link (m)", "From", "Fibre would be cheaper below (m)"}
    fibre = [r for r in table(book, "Options") if r["Way"] == "fibre"]
    assert fibre
    assert all(v is None for r in fibre for k, v in r.items() if "(USD)" in k)
    others = [v for r in table(book, "Schools") for k, v in r.items() if "(USD)" in k and v is not None]
    assert others == pytest.approx([float(f"{v:.1e}") for v in others])
    assert any("kept back" in t for t in said)
    exact = {round(1.01 + n / 100, 6) for n in range(8)}
    if name == "medium":
        assert not {r["Latitude (°)"] for r in table(book, "Schools")} & exact


def test_the_public_is_told_nothing_of_estimates_of_lots(tmp_path: Path) -> None:
    seen = made_plan.desk(tmp_path, tier="public")
    made = made_plan.plan(seen)
    of = Handed(seen, made, lots=lots(made, seen))
    assert lots_sheet(of) is None
    assert not len(drawn_lots(of))
    inside = Handed(Desk(seen.atlas, tier="government"), made, lots=lots(made, seen))
    assert len(drawn_lots(inside)) == len(lots(made, seen).lots) > 0


def test_the_public_is_not_told_where_devices_go(public: dict[str, openpyxl.Workbook]) -> None:
    for sheet in ("Schools", "Options"):
        titles = next(public["medium"][sheet].iter_rows(min_row=2, max_row=2, values_only=True))
        assert not [t for t in titles if "Devices" in t or "Promised" in t]


def test_at_high_risk_no_school_stands_by_itself(public: dict[str, openpyxl.Workbook]) -> None:
    book = public["high"]
    assert not {"Schools", "Options", "Lots"} & set(book.sheetnames)
    said = texts(book)
    assert not [t for t in said if re.fullmatch(r"S\d|School \d", t)]
    assert [r["Schools"] for r in table(book, "Not eligible")] == [None]
    assert all(r["Schools"] is None for r in table(book, "Master plan"))


def test_decisions_of_officers_name_no_school_to_the_public(tmp_path: Path) -> None:
    seen = made_plan.desk(tmp_path, tier="public", risk="high")
    plan = made_plan.plan(seen)
    decided = replace(plan, terms=plan.terms.with_(must=(("S7", "the minister was there"),)))
    files = write_programme(decided, None, tmp_path / "out", desk=seen)
    for path in files.values():
        content = " ".join(texts(opened(path.read_bytes()))) if path.suffix == ".xlsx" else path.read_bytes().decode("latin-1")  # fmt: skip
        assert "minister" not in content
    assert "1 decisions of officers" in files["scenario.json"].read_text("utf-8")


def test_licences_decide_too(tmp_path: Path) -> None:
    """ODbL and CC BY-SA cannot stand over one list; the open profile takes nothing non-commercial."""
    made_plan.desk(tmp_path)
    atlas = open_atlas(tmp_path / "testland")
    sources = [{"name": "towers", "kind": "cells", "licence": "CC-BY-SA-4.0"}, {"name": "roads", "kind": "roads", "licence": "ODbL-1.0"}]  # fmt: skip
    write_manifest(atlas.folder, {**atlas.manifest, "sources": sources})

    def handed(tier: str, profile: str = "noncommercial") -> Handed:
        seen = Desk(open_atlas(tmp_path / "testland"), tier=tier)
        return Handed(seen, made_plan.plan(seen), profile)

    assert not handed("public").rows
    assert "cannot stand together" in handed("public").passport["notice"]
    assert handed("government").rows
    assert "not for publication" in handed("government").passport["notice"]
    write_manifest(atlas.folder, {**atlas.manifest, "sources": [{"name": "tiles", "kind": "nodes", "licence": "CC-BY-NC-4.0"}]})  # fmt: skip
    with pytest.raises(DisclosureError, match="CC-BY-NC"):
        check_profile(handed("government", "open"))
    check_profile(handed("government"))


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("gap", "said"), [(0, "the best possible"), (1e-4, "within 0.01 % of"), (1.2e-4, "within 0.012 % of"), (0.0131, "within 1.4 % of"), (1e-7, "within 0.00001 % of")])  # fmt: skip
def test_how_good_a_plan_is_never_said_better_than_it_is(gap: float, said: str) -> None:
    assert said in solved("within_bound", gap)


def test_digits() -> None:
    assert digits([0, 1234, -98765, 0.0123]).tolist() == pytest.approx([0, 1200, -99000, 0.012])


def test_a_thawed_plan_has_no_options_and_is_written_all_the_same(desk: Desk) -> None:
    from geodata.plan.frozen import freeze, thaw

    plan: Plan = thaw(freeze(made_plan.plan(desk)))
    book = opened(programme_workbook(Handed(desk, plan)))
    assert "Options" not in book.sheetnames
    assert len(table(book, "Schools")) == 8


# --- real data -------------------------------------------------------------------------------------------------------


def test_a_plan_of_tocantins_counts_schools_and_adds_up(built: Callable[[str], Atlas]) -> None:
    """Enrolment is reported for no school there: nothing is said of learners, and the sums are the plan's all the same."""
    seen = Desk(built("tocantins"), tier="government")
    made = make_plan(seen, Terms.of(seen.policy, 2_000_000))
    content = programme_workbook(Handed(seen, replace(made, options=made.options.iloc[:0])))
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))

    def lines(name: str) -> Rows:
        _, head, *rows = book.get_sheet_by_name(name).to_python()
        return [dict(zip(map(str, head), row, strict=True)) for row in rows]

    schools, totals = lines("Schools"), {r["What"]: r for r in lines("Totals")}
    cost = sum(r["Cost, 10 years (USD)"] for r in schools if r["Decision"] == "chosen")
    assert len(schools) == len(seen.whole) > 1500
    assert "Learners" not in schools[0]
    assert "Learners in them" not in totals
    assert 1_900_000 < cost <= 2_000_000
    assert [r["Difference"] for r in totals.values() if r["Difference"] != ""] == [0.0] * (len(totals) - 1)
    assert sum(r["Present value (USD)"] for r in lines("Cash flow")) == pytest.approx(cost)
    assert sum(r["Cost (USD, 10 years)"] for r in lines("Master plan")) == pytest.approx(cost)
    about = dict(book.get_sheet_by_name("Read me").to_python())
    assert "schools are counted" in about["Chosen"]
    assert about["Prices"].startswith("PROVISIONAL: ")
