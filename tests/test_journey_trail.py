"""In a real browser: weights are saved, a list is approved, and both stand in the trail of the Methods page."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from geodata.store import open_store
from tests.browser import Visit, served, visitor
from tests.pages import country

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.mark.thorough
def test_saved_and_approved_then_verified_in_the_trail(tmp_path: Path) -> None:
    place = country(tmp_path)
    with served(place.link) as base, sync_playwright() as playwright:
        context = visitor(playwright)
        visit = Visit(context.new_page(), base)
        see = visit.page
        visit.open("/prioritise?p.alpha=0.4")
        expect(see.locator("#approval")).to_contain_text("Not approved by anyone")
        see.locator("#record-open").click()
        see.get_by_label("Name of these weights").fill("Workshop")
        see.locator("#keep-who").fill("A. Clerk")
        see.locator("#keep-do").click()
        expect(see.locator("#keep-said")).to_contain_text("Saved as “Workshop”, entry 1")
        expect(see.locator("#saved-list a")).to_have_text("Workshop")
        see.locator("#approve-who").fill("B. Director")
        see.locator("#approve-do").click()
        expect(see.locator("#approval")).to_contain_text("by B. Director (unverified name)")
        visit.open("/methods#trail")
        table = see.locator("#trail table")
        expect(table).to_contain_text("B. Director (unverified name)")
        expect(see.locator("#trail h2")).to_be_in_viewport()
        store = open_store(tmp_path / "trail.db")
        assert [e.kind for e in store.entries()] == ["sign_off", "weights"]
        expect(table).to_contain_text(store.head()[1][:12])
        see.locator("#trail-verify").click()
        expect(see.locator("#trail-said")).to_contain_text("The chain holds: 2 entries")
        see.get_by_label("Find on this page").fill("sprague")
        expect(see.locator("#methods-found")).to_contain_text("1 of ")
        expect(see.locator("#priority_index")).to_be_hidden()
        assert visit.faults == []
        context.close()
