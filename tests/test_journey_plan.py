"""In a real browser: a budget is moved, a school decided on, plans saved and compared, a list signed, a workbook read back.

The country has eight schools, so that every plan is solved in a moment; what the page says is held against the files.
"""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect, sync_playwright

from geodata.store import open_store
from tests.browser import Visit, launch, served
from tests.plans import eight

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
ROWS = "#plan-grid .fm-school-link"


def number_of(text: str) -> int:
    """How many schools the headline says."""
    found = re.search(r"connect ([\d,]+) school", text)
    return int(found.group(1).replace(",", "")) if found else 0


def test_a_budget_is_moved_and_a_school_decided_on(tmp_path: Path) -> None:
    place = eight(tmp_path)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        with served(place.link) as base:
            visit = Visit(browser.new_page(viewport={"width": 1440, "height": 900}), base)
            see = visit.page
            visit.open("/plan?budget=200000", "plan-map")
            head = see.locator("#plan-lead h1")
            expect(head).to_contain_text("would connect")
            few = number_of(head.inner_text())
            expect(see.locator(ROWS)).to_have_count(8)
            expect(see.locator("#plan-map-legend")).to_contain_text(f"Chosen{few}")
            expect(see.locator("#plan-curve")).not_to_contain_text("budgets solved")
            _more_money(visit, few)
            _why_not_and_override(visit)
            assert visit.faults == []
        browser.close()
    assert [e.kind for e in open_store(tmp_path / "trail.db").entries()] == ["plan_decision"]


@pytest.mark.skip(
    reason="Not yet seen whole in a browser: its steps are tested without one (scenarios, signed lists, files)."
)
def test_saved_compared_signed_and_read_back(tmp_path: Path) -> None:
    place = eight(tmp_path)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        with served(place.link) as base:
            visit = Visit(browser.new_page(viewport={"width": 1440, "height": 900}), base)
            visit.open("/plan?budget=200000", "plan-map")
            expect(visit.page.locator("#plan-lead h1")).to_contain_text("would connect")
            _saved_and_compared(visit)
            _signed_and_replaced(visit)
            _read_back(visit, tmp_path)
            assert visit.faults == []
        with served(place.link) as base:
            again = Visit(browser.new_page(viewport={"width": 1440, "height": 900}), base)
            again.open("/plan?budget=200000")
            expect(again.page.locator("#plan-lead h1")).to_contain_text("would connect")
            expect(again.page.locator("#plan-lead")).to_contain_text("Saved as “Cabinet”")
            again.page.locator("#plan-kept-open").click()
            expect(again.page.locator("#plan-kept-list")).to_contain_text("Cabinet")
        browser.close()
    kinds = [e.kind for e in open_store(tmp_path / "trail.db").entries()]
    assert kinds == ["export", "substitution", "plan_signed", "scenario"]


def _more_money(visit: Visit, few: int) -> None:
    see = visit.page
    thumb = see.locator("#plan-slider [role=slider]")
    thumb.focus()
    thumb.press("End")
    visit.until_address(r"budget=(?!200000)")
    expect(see.locator("#plan-lead h1")).not_to_contain_text(f"connect {few} school")
    many = number_of(see.locator("#plan-lead h1").inner_text())
    assert many > few
    expect(see.locator("#plan-map-legend")).to_contain_text(f"Chosen{many}")
    see.go_back()
    expect(see.locator("#plan-lead h1")).to_contain_text(f"connect {few} school")


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


def _saved_and_compared(visit: Visit) -> None:
    see = visit.page
    see.locator("#plan-kept-open").click()
    see.get_by_label("Name of this plan").fill("Cabinet")
    see.locator("#plan-keep-who").fill("A. Clerk")
    see.locator("#plan-keep-do").click()
    expect(see.locator("#plan-keep-said")).to_contain_text("Saved as “Cabinet”")
    see.locator("#plan-compare-which").click()
    see.get_by_role("option", name="Cabinet").click()
    see.locator("#plan-compare-do").click()
    expect(see.locator("#plan-compare-tables")).to_contain_text("What each plan comes to")
    see.locator("#plan-kept-drawer, .mantine-Drawer-content").get_by_label("Close").first.click()
    expect(see.locator("#plan-compare-tables")).to_be_hidden()


def _signed_and_replaced(visit: Visit) -> None:
    see = visit.page
    see.locator("#plan-signed-open").click()
    see.get_by_label("Name of the list").fill("First tender")
    see.locator("#plan-sign-reason").fill("Board of 3 March")
    see.locator("#plan-sign-who").fill("B. Director")
    see.locator("#plan-sign-do").click()
    expect(see.locator("#plan-sign-said")).to_contain_text("Signed as entry")
    see.locator("#plan-replace-out").click()
    see.get_by_role("option").first.click()
    see.locator("#plan-replace-look").click()
    expect(see.locator("#plan-replace-found")).to_contain_text("takes the place of")
    see.locator("#plan-replace-reason").fill("Washed away")
    see.locator("#plan-replace-who").fill("C. Clerk")
    see.locator("#plan-replace-do").click()
    expect(see.locator("#plan-signed-stands")).to_contain_text("was replaced by")
    see.locator(".mantine-Drawer-content").get_by_label("Close").first.click()


def _read_back(visit: Visit, folder: Path) -> None:
    see = visit.page
    see.locator("#plan-files-open").click()
    with see.expect_download() as download:
        see.locator(".plan-file", has_text="Programme workbook").click()
    file = folder / "programme.xlsx"
    download.value.save_as(file)
    totals = {str(r[0]): r for r in openpyxl.load_workbook(file, data_only=True)["Totals"].iter_rows(values_only=True)}
    assert totals["Schools chosen"][2] == number_of(see.locator("#plan-lead h1").inner_text())
    learners = re.search(r"with ([\d,]+) learners", see.locator("#plan-lead h1").inner_text())
    assert learners
    assert abs(totals["Learners in them"][2] - int(learners.group(1).replace(",", ""))) <= 5
