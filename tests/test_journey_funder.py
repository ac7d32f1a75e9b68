"""A funder's hour in a real browser: from a link to a defensible list, why this school, and a report that opens offline.

What the screen says is held against the report, the report against the workbook, and both against the data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import BrowserContext, expect, sync_playwright

from dashboard.planning import money
from geodata.exports.report import held_in
from geodata.exports.report_check import verify
from geodata.layers import Atlas
from geodata.query import Desk
from geodata.view import View
from tests.browser import WAIT, Visit, served, visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
SHARED = "area=03&has_internet=no"
BUDGET = 300_000
SMALL = "p.plan_selection_draws=0"  # without the draws, which would go on behind the page
PATIENT = 4 * WAIT  # on a machine that does much else


def test_from_a_link_to_a_report(built: Callable[[str], Atlas], tmp_path: Path) -> None:
    demo, tocantins = built("demo"), built("tocantins")
    with sync_playwright() as playwright, served(demo.link, "government", tocantins.link) as base:
        context = visitor(playwright)
        visit = Visit(context.new_page(), base)
        _filtered(visit, Desk(demo, tier="government"))
        head, facts = _planned(visit)
        _why(visit)
        report, workbook = _taken(visit, tmp_path)
        _same_everywhere(report, workbook, head, facts)
        arabic = _in_arabic(visit, tmp_path)
        assert verify(arabic.read_bytes(), tocantins).differences == ()
        assert visit.faults == []
        _opened_offline(context, report, arabic)
        context.close()


def _filtered(visit: Visit, desk: Desk) -> None:
    """The link shows what its sender saw; one more filter, and the address says so."""
    see = visit.page
    visit.open(f"/prioritise?data=demo&{SHARED}")
    see.wait_for_selector("#list-grid .fm-school-link")
    rows = visit.rows(0, 3)
    assert [r["id"] for r in rows] == desk.frame(View.parse(SHARED), ["school_id"], 0, 3)["school_id"].tolist()


def _planned(visit: Visit) -> tuple[str, str]:
    """The plan of a budget, as its headline and its facts say it."""
    see = visit.page
    visit.open(f"/plan?data=demo&{SHARED}&budget={BUDGET}&{SMALL}")
    head = see.locator("#plan-lead h1")
    expect(head).to_contain_text("would connect", timeout=PATIENT)
    expect(see.get_by_role("button", name="What this plan assumes")).to_be_visible()  # the assumptions, in one click
    return head.inner_text(), see.locator(".plan-facts").inner_text()


def _why(visit: Visit) -> None:
    """Why this one: the reasons of the first school of the plan."""
    see = visit.page
    see.reload()  # what was solved is there at once
    see.locator("#plan-grid .fm-school-link").first.click()
    expect(see.locator("#plan-why")).to_contain_text("Ways of connecting it")


def _taken(visit: Visit, folder: Path) -> tuple[Path, Path]:
    """The report and the workbook of this plan."""
    see = visit.page
    see.locator("#plan-files-open").click()
    with see.expect_download(timeout=PATIENT) as found:
        see.locator(".plan-files .report-file").click()
    report = folder / found.value.suggested_filename
    found.value.save_as(report)
    with see.expect_download(timeout=PATIENT) as found:
        see.locator(".plan-file", has_text="Programme workbook").click()
    found.value.save_as(folder / "programme.xlsx")
    return report, folder / "programme.xlsx"


def _same_everywhere(report: Path, workbook: Path, head: str, facts: str) -> None:
    """The hash is that of the data in the file; totals are those of the screen and of the workbook."""
    text, printed = held_in(report.read_bytes())
    assert sha256(text.encode()).hexdigest() == printed
    assert printed[:8] in report.name
    total = json.loads(text)["numbers"]["plan"]["totals"]
    said = re.search(r"connect ([\d,]+) schools?, with ([\d,]+) learners", head)
    assert said
    assert int(said[1].replace(",", "")) == total["schools"] > 0
    assert abs(int(said[2].replace(",", "")) - total["reached"]) <= 5
    assert money.short(total["cost"]) in facts
    sheet = openpyxl.load_workbook(workbook, data_only=True, read_only=True)["Totals"]
    rows = {str(r[0]): r[2] for r in sheet.iter_rows(values_only=True, min_col=1, max_col=3) if r[0]}
    sheet.parent.close()
    assert rows["Schools chosen"] == total["schools"]
    assert next(v for n, v in rows.items() if n.startswith("Cost, ") and "prices" not in n) == pytest.approx(total["cost"], abs=0.01)  # fmt: skip


def _in_arabic(visit: Visit, folder: Path) -> Path:
    """The list of one municipality of Tocantins, reported in Arabic."""
    see = visit.page
    visit.open("/prioritise?data=tocantins&lang=ar&area=1721000")
    see.wait_for_selector("#list-grid .fm-school-link")
    see.locator("#export").click()
    with see.expect_download(timeout=PATIENT) as found:
        see.locator(".report-file").click()
    found.value.save_as(folder / "arabic.html")
    return folder / "arabic.html"


def _opened_offline(context: BrowserContext, report: Path, arabic: Path) -> None:
    """Both open from a disk without a network, and ask for nothing."""
    context.set_offline(True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    page.goto(f"file://{report}")
    expect(page.locator("#report-hash")).to_have_text(held_in(report.read_bytes())[1])
    expect(page.locator(".lead")).to_contain_text("connects")
    page.get_by_text("All assumptions").click()
    expect(page.get_by_text("Discount rate").first).to_be_visible()
    page.goto(f"file://{arabic}")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert page.locator("table").first.locator("tbody tr").count() > 10
    assert asked == [f"file://{report}", f"file://{arabic}"]
