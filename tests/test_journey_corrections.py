"""In a real browser: a value is disputed on a school's sheet, accepted by another person, and stands after the next build."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright
from typer.testing import CliRunner

import firstmile
from etl.build import build
from geodata.layers import open_atlas
from tests.browser import Visit, served, visitor
from tests.test_build_kill import place

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.mark.thorough
def test_disputed_accepted_built_and_shown_with_its_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTMILE_STORE", str(tmp_path / "trail.db"))
    recipe, link = place(tmp_path, rows=24), tmp_path / "testland"
    before = build(recipe, data=tmp_path, out=link).version
    with sync_playwright() as playwright:
        context = visitor(playwright)
        with served(link) as base:
            visit = Visit(context.new_page(), base)
            see = visit.page
            visit.open("/school?school=0006")
            see.locator("#dispute-what").click()
            see.get_by_role("option", name="Location").click()
            expect(see.locator("#dispute-value")).to_be_enabled()
            see.locator("#dispute-value").fill("1.25, 10.5")
            see.locator("#dispute-reason").fill("Measured at the gate")
            see.locator("#dispute-who").fill("A. Clerk")
            see.locator("#dispute-do").click()
            expect(see.locator("#dispute-said")).to_contain_text("correction C1-1")
            expect(see.locator("#dispute-note")).to_contain_text("Disputed. Location")
            visit.shot("corrections-school")
            see.get_by_role("link", name="Review corrections").click()
            see.locator("#review-grid .ag-row input[type=checkbox]").check()
            expect(see.locator("#review-look img")).to_have_attribute("alt", "C1-1: the ring is where the school stood before, the square is where the correction puts it. The two lie 67.9 km apart.")  # fmt: skip
            see.locator("#review-what").click()
            see.get_by_role("option", name="Accept").click()
            see.locator("#review-reason").fill("The photograph shows the sign")
            see.locator("#review-who").fill("B. Head")
            see.locator("#review-do").click()
            expect(see.locator("#review-said")).to_contain_text("Recorded as entry 2")
            visit.shot("corrections-review")
            assert visit.faults == []
        done = CliRunner().invoke(firstmile.app, ["build", str(recipe), "--data", str(tmp_path), "--out", str(link)])
        assert done.exit_code == 0, done.output
        assert open_atlas(link).version != before
        with served(link) as base:
            again = Visit(context.new_page(), base)
            again.open("/school?school=0006")
            note = again.page.locator("#dispute-note")
            expect(note).to_contain_text("Corrected. Location: latitude 1.25000, longitude 10.50000")
            expect(note).to_contain_text("correction C1-1, accepted by the government")
            expect(again.page.locator("#record")).to_contain_text("correction C1-1, accepted by the government")
            assert again.faults == []
        context.close()
