"""In a real browser: a budget is moved, a school decided on, plans saved and compared, a list signed, a workbook read back.

The country has eight schools, so that every plan is solved in a moment; what the page says is held against the files.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from playwright.sync_api import expect, sync_playwright

from dashboard.planning import money
from geodata.layers import Atlas, open_atlas, write_manifest
from geodata.store import open_store
from tests.browser import WAIT, Visit, served, visitor
from tests.factories import atlas, t8

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
ROWS = "#plan-grid .fm-school-link"
ASKED = "/plan?budget=200000"
OUT = "S5"  # signed, and there is a reserve that may take its place


def several(folder: Path) -> Atlas:
    """The eight schools of the worked examples, some near a mast or a fibre node, where satellite is licensed."""
    frame = t8()
    frame["school_name"] = pd.Series([f"School {n}" for n in range(1, 9)], dtype="str")
    frame["latitude"], frame["longitude"] = np.linspace(1.01, 1.08, 8), np.linspace(30.01, 30.08, 8)
    frame["admin1_id"] = frame["admin1"]
    frame["fiber_node_distance_m"] = pd.array([900, 1500, 40_000, 52_000, 61_000, 700, 1200, 45_000], dtype="Float64")
    frame["nearest_4g_distance_m"] = pd.array([900, 800, 1500, 42_000, 30_000, 700, 600, 25_000], dtype="Float64")
    made = atlas(folder, frame)
    write_manifest(made.folder, {**made.manifest, "place": {**made.manifest["place"], "risk": "low"}, "planning": {"satellite": "licensed"}, "policy": {"plan_selection_draws": 5}})  # fmt: skip
    return open_atlas(folder / "testland")


def number_of(text: str) -> int:
    """How many schools the headline says."""
    found = re.search(r"connect ([\d,]+) school", text)
    return int(found.group(1).replace(",", "")) if found else 0


@pytest.mark.thorough
def test_a_plan_from_the_budget_to_the_files(tmp_path: Path) -> None:
    place = several(tmp_path)
    with sync_playwright() as playwright:
        browser = visitor(playwright, 1100, 760)
        with served(place.link) as base:
            visit = Visit(browser.pages[0], base)
            visit.open(ASKED, "plan-map")
            few = _stands_on_the_page(visit)
            _signed_and_replaced(visit)
            _saved_and_compared(visit, few, _more_money(visit, few))
            _why_not_and_override(visit)
            _read_back(visit, tmp_path)
            head = visit.page.locator("#plan-lead h1").inner_text()
            assert visit.faults == []
        with served(place.link) as base:
            _after_a_restart(Visit(browser.new_page(), base), head)
        browser.close()
    kinds = [e.kind for e in open_store(tmp_path / "trail.db").entries()]
    assert kinds == ["export", "plan_decision", "scenario", "substitution", "plan_signed"]


def _stands_on_the_page(visit: Visit) -> int:
    see = visit.page
    head = see.locator("#plan-lead h1")
    expect(head).to_contain_text("would connect")
    few = number_of(head.inner_text())
    expect(see.locator(ROWS)).to_have_count(8)
    expect(see.locator("#plan-map-legend")).to_contain_text(f"Chosen{few}")
    expect(see.locator("#plan-beside")).to_contain_text("Mobile")
    expect(see.locator("#plan-beside")).to_contain_text("Satellite")
    expect(see.locator("#plan-curve")).not_to_contain_text("budgets solved", timeout=2 * WAIT)
    expect(see.locator("#plan-sure")).to_contain_text("can be funded now", timeout=2 * WAIT)
    expect(see.locator("#plan-grid")).to_contain_text("Advice")
    return few


def _more_money(visit: Visit, few: int) -> int:
    see = visit.page
    thumb = see.locator("#plan-slider [role=slider]")
    thumb.focus()
    thumb.press("End")
    visit.until_address(r"budget=(?!200000)")
    expect(see.locator("#plan-lead h1")).not_to_contain_text(f"connect {few} school")
    many = number_of(see.locator("#plan-lead h1").inner_text())
    assert many > few
    expect(see.locator("#plan-map-legend")).to_contain_text(f"Chosen{many}")
    return many


def _saved_and_compared(visit: Visit, few: int, many: int) -> None:
    """The larger plan is saved, then stands beside the smaller one on the screen."""
    see = visit.page
    see.locator("#plan-kept-open").click()
    see.get_by_label("Name of this plan").fill("Cabinet")
    see.locator("#plan-keep-who").fill("A. Clerk")
    see.locator("#plan-keep-do").click()
    expect(see.locator("#plan-keep-said")).to_contain_text("Saved as “Cabinet”")
    _close(visit)
    see.go_back()
    expect(see.locator("#plan-lead h1")).to_contain_text(f"connect {few} school")
    see.locator("#plan-kept-open").click()
    see.locator("#plan-compare-which").click()
    see.get_by_role("option", name="Cabinet").click()
    see.locator("#plan-compare-do").click()
    row = see.locator("#plan-compare-tables tr", has_text="Schools chosen").first
    expect(row).to_contain_text(str(few))
    expect(row).to_contain_text(str(many))
    _close(visit)


def _signed_and_replaced(visit: Visit) -> None:
    see = visit.page
    see.locator("#plan-signed-open").click()
    see.get_by_label("Name of the list").fill("First tender")
    see.locator("#plan-sign-reason").fill("Board of 3 March")
    see.locator("#plan-sign-who").fill("B. Director")
    see.locator("#plan-sign-do").click()
    expect(see.locator("#plan-sign-said")).to_contain_text("Signed as entry")
    see.locator("#plan-replace-out").click()
    see.get_by_role("option", name=OUT, exact=True).click()
    see.locator("#plan-replace-look").click()
    expect(see.locator("#plan-replace-found")).to_contain_text("takes the place of")
    see.locator("#plan-replace-reason").fill("Washed away")
    see.locator("#plan-replace-who").fill("C. Clerk")
    see.locator("#plan-replace-do").click()
    expect(see.locator("#plan-signed-stands")).to_contain_text("was replaced by")
    expect(see.locator("#plan-replace-said")).to_contain_text("takes the place of")  # stays when the list is drawn anew
    _close(visit)


def _close(visit: Visit) -> None:
    """Close the drawer that is open, and wait until it is gone."""
    drawer = visit.page.locator(".mantine-Drawer-content:visible")
    drawer.get_by_label("Close").click()
    expect(drawer).to_have_count(0)


def _why_not_and_override(visit: Visit) -> None:
    see = visit.page
    row = see.locator("#plan-grid .ag-center-cols-container .ag-row", has_text="left out").first
    expect(row).to_be_visible()
    index = row.get_attribute("row-index")
    see.locator(f'#plan-grid .ag-row[row-index="{index}"] .fm-school-link').click()
    expect(see.locator("#plan-why")).to_contain_text("Left out")
    expect(see.locator("#plan-why")).to_contain_text("Ways of connecting it")
    see.locator("#plan-why summary", has_text="Decide otherwise").click()
    see.locator("#plan-decide-what").click()
    see.get_by_role("option", name="In the plan, whatever its numbers").click()
    see.locator("#plan-decide-reason").fill("Shelter in the floods")
    see.locator("#plan-decide-who").fill("A. Clerk")
    see.locator("#plan-decide-do").click()
    expect(see.locator("#plan-lead")).to_contain_text("1 decision of officers in force")
    expect(see.locator("#plan-why")).to_contain_text("Shelter in the floods")
    visit.shot("plan-decided", full=True)


def _read_back(visit: Visit, folder: Path) -> None:
    see = visit.page
    head = see.locator("#plan-lead h1").inner_text()
    see.locator("#plan-files-open").click()
    with see.expect_download() as download:
        see.locator(".plan-file", has_text="Programme workbook").click()
    file = folder / "programme.xlsx"
    download.value.save_as(file)
    _close(visit)
    book = openpyxl.load_workbook(file, data_only=True)
    totals = {str(r[0]): r for r in book["Totals"].iter_rows(values_only=True) if r[0]}
    assert totals["Schools chosen"][2] == number_of(head)
    learners = re.search(r"with ([\d,]+) learners", head)
    assert learners
    rows = list(book["Schools"].iter_rows(values_only=True))
    at = next(i for i, row in enumerate(rows) if row and "Decision" in row)
    of = [dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 :]]
    reached = sum(r["Learners"] * r["Chance of being underserved"] for r in of if r["Decision"] == "chosen")
    assert abs(reached - int(learners.group(1).replace(",", ""))) <= 5
    cost = next(r[2] for n, r in totals.items() if n.startswith("Cost, ") and "prices" not in n)
    assert money.short(cost) in see.locator(".plan-facts").inner_text()


def _after_a_restart(visit: Visit, head: str) -> None:
    """What was decided, saved, signed and replaced stands on a server that was started anew, and the plan is the same."""
    see = visit.page
    visit.open(ASKED)
    expect(see.locator("#plan-lead h1")).to_have_text(head)
    expect(see.locator("#plan-lead")).to_contain_text("1 decision of officers in force")
    see.locator("#plan-kept-open").click()
    expect(see.locator("#plan-kept-list")).to_contain_text("Cabinet")
    _close(visit)
    see.locator("#plan-signed-open").click()
    expect(see.locator("#plan-signed-stands")).to_contain_text("was replaced by")
    assert visit.faults == []
