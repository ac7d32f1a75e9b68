"""The commands of a plan as a person meets them: what they say, how they end, what they leave behind."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any
from unittest.mock import patch

import pytest
from python_calamine import CalamineWorkbook

from firstmile_say import unheard
from geodata.costing.books import book
from geodata.costing.unit import PriceBook
from geodata.exports.plan_files import FILES
from geodata.layers import write_manifest
from geodata.plan.problem import Clash
from geodata.plan.result import Plan
from geodata.plan.terms import Terms
from geodata.query import Desk
from geodata.store import open_store, whereabouts
from tests import made_plan
from tests.test_bids import filled
from tests.test_firstmile import run, told

Asked = list[tuple[Terms, PriceBook]]
CHEAP = [FILES[name] for name in ("master-plan.csv", "scenario.json")]  # what is in the others is not looked at here


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("place")
    made_plan.desk(folder)
    return folder / "testland"


@pytest.fixture(autouse=True)
def _own_trail(monkeypatch: pytest.MonkeyPatch) -> None:
    """The trail beside the data, wherever the one who runs the tests keeps his."""
    monkeypatch.delenv("FIRSTMILE_STORE", raising=False)


@pytest.fixture
def asked() -> Iterator[Asked]:
    """What the command asks for; the plan is the one made by hand, so that only the command is looked at here."""
    found: Asked = []

    def make(desk: Desk, terms: Terms, prices: PriceBook) -> Plan:
        found.append((terms, prices))
        return replace(made_plan.plan(desk), terms=terms, book=prices)

    with patch("geodata.plan.make.make_plan", make), patch("geodata.exports.plan_files.offered", lambda *_: CHEAP):
        yield found


def plan(place: Path, out: Path, *more: Any, tier: str = "government") -> CompletedProcess[str]:
    return run("plan", place, "--tier", tier, "--quick", *more, "--out", out)


def test_a_plan_is_said_written_and_recorded(tmp_path: Path, place: Path, asked: Asked) -> None:
    done = plan(place, tmp_path / "out", "--budget", "30000", "--years", 2, "--who", "A. Clerk", "--purpose", "budget talks")  # fmt: skip
    told(done, 0, "Testland: what a budget of 30,000 USD buys in 2 years. Synthetic", "the best possible", "λ = 0", "Price of equity", "29,843", "To be paid: ")  # fmt: skip
    assert asked[0][0].budget == (15000.0, 15000.0)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    kept = open_store(whereabouts("", place)).entries("export", "testland")
    assert {e.data["file"] for e in kept} >= {f"out/{p.name}" for p in (tmp_path / "out").iterdir()}
    assert {(e.who, e.reason, e.role) for e in kept} == {("A. Clerk", "budget talks", "government")}


def test_a_scenario_file_asks_for_the_same_again_and_may_be_changed(tmp_path: Path, place: Path, asked: Asked) -> None:
    first = plan(place, tmp_path / "a", "--budget", "10000,20000", "--policy", "plan_equity_weight=1", "--no-training", "paid by a donor")  # fmt: skip
    told(first, 0)
    told(plan(place, tmp_path / "b", "--scenario", tmp_path / "a" / "scenario.json"), 0)
    assert asked[1][0] == asked[0][0]
    assert asked[0][0].budget == (10000.0, 20000.0)
    assert (asked[0][0].training, asked[0][0].no_training) == (False, "paid by a donor")
    told(plan(place, tmp_path / "c", "--scenario", tmp_path / "a" / "scenario.json", "--budget", 5000, "--perspective", "social"), 0)  # fmt: skip
    changed = asked[2][0]
    assert changed.budget == (2500.0, 2500.0)
    assert changed.policy["plan_perspective"] == "social"
    assert changed.number("plan_equity_weight") == 1
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('budget = 1\n[must]\n"S11" = "Asked by the mayor"\n', "utf-8")
    told(
        plan(place, tmp_path / "d", "--scenario", wrong),
        2,
        "decides on 'S11' under must or never",
        "Did you mean 'S1'?",
    )


def test_what_a_library_prints_past_python_is_not_heard(capfd: pytest.CaptureFixture[str]) -> None:
    with unheard():
        os.write(1, b"HighsMipSolverData::")
    os.write(1, b"said")
    assert capfd.readouterr().out == "said"


def test_where_no_plan_keeps_all_limits_it_says_which_and_ends_with_1(tmp_path: Path, place: Path) -> None:
    def make(desk: Desk, terms: Terms, prices: PriceBook) -> Plan:
        made = made_plan.plan(desk)
        both = (
            Clash("Reaching 40 % of every province's learners", 11_312_000, "money"),
            Clash("the floor", 4.12, "points"),
        )
        return replace(made, choice=replace(made.choice, status="infeasible"), clashes=both)

    with patch("geodata.plan.make.make_plan", make):
        done = plan(place, tmp_path / "out", "--budget", 1)
    told(
        done, 1, "Reaching 40 % of every province's learners: by 11,312,000 USD", "the floor: by 4.2 percentage points"
    )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "--budget N"),
        (("--budget", "a lot"), "must be an amount"),
        (("--budget", "1,2", "--years", "3"), "gives 2 years and --years says 3"),
        (("--budget", "1", "--policy", "plan_equity_weigth=1"), "plan_equity_weight"),
        (("--budget", "1", "--prices", "none.xlsx"), "no file none.xlsx"),
        (("--budget", "1", "--prices", "itu_2025"), "itu_2026"),
    ],
)
def test_what_is_asked_wrongly_is_said_and_ends_with_2(tmp_path: Path, place: Path, asked: Asked, options: tuple[str, ...], said: str) -> None:  # fmt: skip
    told(plan(place, tmp_path / "out", *options), 2, said)
    assert not asked
    assert not list(tmp_path.iterdir())


def test_a_folder_with_something_in_it_is_not_written_over(tmp_path: Path, place: Path, asked: Asked) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("kept")
    told(plan(place, tmp_path / "out", "--budget", 1), 2, "not written over another")
    assert not asked


def test_what_must_be_recorded_and_cannot_be_is_not_written(tmp_path: Path, place: Path, asked: Asked) -> None:
    with patch("geodata.store.acts.record_export", side_effect=made_plan.refused()):
        told(plan(place, tmp_path / "out", "--budget", 1), 2, "full")
        assert not list(tmp_path.iterdir())
        told(plan(place, tmp_path / "out", "--budget", 1, tier="public"), 0, "Not recorded")
    assert (tmp_path / "out" / "plan.json").is_file()


def test_the_unit_cost_sheet_is_written_and_used(tmp_path: Path, place: Path, asked: Asked) -> None:
    told(run("prices", place, tmp_path / "prices.xlsx"), 0, "provisional", "Fill it in")
    told(run("prices", tmp_path / "prices.xlsx"), 2, "not overwritten")
    told(run("prices", place, place, tmp_path / "more.xlsx"), 2, "at most one place")
    told(plan(place, tmp_path / "out", "--budget", 1, "--prices", tmp_path / "prices.xlsx"), 0)
    assert asked[0][1] == book()


# --- nothing made up: the eight schools solved, tendered, offered ---------------------------------------------------


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The eight schools where satellite is licensed, and the folder of a plan of two years."""
    folder = tmp_path_factory.mktemp("solved")
    made = made_plan.desk(folder).atlas
    write_manifest(made.folder, {**made.manifest, "planning": {"satellite": "licensed"}})
    done = run("plan", folder / "testland", "--tier", "government", "--budget", "400000", "--years", 2, "--draws", 3, "--out", folder / "first")  # fmt: skip
    told(done, 0, "provisional", "satellite", "Price of equity", "best possible")  # fmt: skip
    return folder / "testland", folder / "first"


def rows(path: Path, sheet: str) -> list[dict[str, Any]]:
    _, head, *lines = CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()
    return [dict(zip(map(str, head), line, strict=True)) for line in lines]


def test_the_sums_of_a_solved_plan_agree_in_every_file(solved: tuple[Path, Path]) -> None:
    out = solved[1]
    held = json.loads((out / "plan.json").read_text("utf-8"))
    book = out / "programme.xlsx"
    chosen = [r for r in rows(book, "Schools") if r["Decision"] == "chosen"]
    assert len(chosen) == held["schools_chosen"] > 2
    cost = "Cost, 10 years (USD)"
    assert sum(r[cost] for r in chosen) == pytest.approx(held["cost"])
    assert sum(r["Cost (USD, 10 years)"] or 0 for r in rows(book, "Master plan")) == pytest.approx(held["cost"])
    assert sum(r["Learners"] for r in chosen) == held["people_reached"]
    totals = {r["What"]: r for r in rows(book, "Totals")}
    assert [r["Difference"] for r in totals.values() if r["Difference"] != ""] == [0.0] * (len(totals) - 1)
    assert totals["Budget"]["Sum of the sheets (live)"] == 400_000 >= held["cost"]
    assert sum(r["Present value (USD)"] for r in rows(book, "Cash flow")) == pytest.approx(totals["Cost of the schools at the start of the plan"]["As computed"])  # fmt: skip
    assert sum(r["Share of money"] for r in rows(book, "Regions")) == pytest.approx(1)
    assert all(0 <= r["Share of draws chosen"] <= 1 for r in chosen)
    budgets = [r["Schools"] for r in rows(book, "Budget curve") if r["Weight of marginalisation (λ)"] == 0]
    assert budgets == sorted(budgets)
    assert {"Fairness", "Lots", "Not known"} <= set(CalamineWorkbook.from_path(book).sheet_names)


def test_the_scenario_file_makes_the_same_plan_again(solved: tuple[Path, Path], tmp_path: Path) -> None:
    place, first = solved
    told(plan(place, tmp_path / "again", "--scenario", first / "scenario.json"), 0)
    before, after = (json.loads((f / "plan.json").read_text("utf-8")) for f in (first, tmp_path / "again"))
    same = ("terms_sha256", "prices", "objective", "cost", "schools_chosen", "people_reached")
    assert [after[k] for k in same] == [before[k] for k in same]
    files = ("scenario.json", "lots-for-bidders.xlsx", "lots-for-bidders.pdf")
    assert [after["files"][n] for n in files] == [before["files"][n] for n in files]


def test_bids_are_compared_and_the_plan_made_again_at_the_offers(solved: tuple[Path, Path], tmp_path: Path) -> None:
    place, first = solved
    sent, bids = (first / "lots-for-bidders.xlsx").read_bytes(), [tmp_path / f"{n}.xlsx" for n in ("one", "two", "bad")]
    for path, name, setup in zip(bids, ("Net One", "Net Two", "Net Three"), (500, 900, -5), strict=True):
        path.write_bytes(filled(sent, name, setup=setup, yearly=900))
    told(run("bids", place, first, tmp_path / "none.xlsx"), 2, "no bid")
    done = run("bids", place, first, *bids, "--out", tmp_path / "offers")
    told(done, 1, "one.xlsx: Net One offers", "Net Two", "bad.xlsx: Prices!", "with faults are not taken")
    assert re.search(r"L001 +Net One .* best", done.stdout)
    prices = [json.loads((f / "plan.json").read_text())["prices"]["sha256"] for f in (first, tmp_path / "offers")]
    assert prices[0] != prices[1]
