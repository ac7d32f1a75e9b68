"""A visitor who reads Arabic: she chooses her language once, and everything reads from the right and stays so."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect, sync_playwright

from geodata.layers import Atlas
from tests.browser import Visit, served, visitor

pytestmark = pytest.mark.xdist_group("demo")


@pytest.mark.thorough
def test_arabic_is_chosen_once_and_stays(built: Callable[[str], Atlas]) -> None:
    with served(built("demo").link) as base, sync_playwright() as playwright:
        context = visitor(playwright)
        visit = Visit(context.new_page(), base)
        page = visit.page
        asked: list[str] = []
        page.on(
            "request", lambda r: asked.append(r.all_headers().get("referer", "")) if "_dash-update" in r.url else None
        )
        visit.open("/explore?area=&show=electricity")
        page.locator("#tongue summary").click()
        page.get_by_role("link", name="العربية").click()
        page.wait_for_url("**lang=ar**")
        assert "show=electricity" in page.url  # what she looked at is still there
        root = page.locator("html")
        expect(root).to_have_attribute("dir", "rtl")
        expect(root).to_have_attribute("lang", "ar")
        choices = page.locator(".explore > aside").first
        expect(choices).to_be_visible()
        visit.settle("explore-map")
        frame = page.locator("#explore-map").bounding_box()
        side = choices.bounding_box()
        assert frame is not None
        assert side is not None
        assert side["x"] > frame["x"] + frame["width"] - 2  # what to choose from stands on the right
        page.locator("#tabs a[href^='/prioritise']").click()
        page.wait_for_url("**/prioritise**lang=ar**")
        grid = page.locator("#page .ag-root-wrapper")
        expect(grid).to_have_class(re.compile("ag-rtl|ag-root-wrapper"))
        first = page.locator(".ag-header-cell[col-id=priority_rank]").bounding_box()
        last = page.locator(".ag-header-cell[col-id=num_students]").bounding_box()
        assert first is not None
        assert last is not None
        assert first["x"] > last["x"]
        assert "lang=ar" in asked[-1]  # what a page asks for behind its back is asked for in its language
        page.reload()
        expect(root).to_have_attribute("dir", "rtl")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.goto(page.url.replace("lang=ar", "lang=fr"))
        expect(root).to_have_attribute("dir", "ltr")
        expect(page.locator("#page h1")).to_contain_text("5\u202f")  # 5 702: thousands as French sets them apart
        assert visit.faults == []
        context.close()
