"""In a real browser, a planner's day: from the home page to a named list of schools in a file, opened and checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import expect, sync_playwright

from geodata.layers import Atlas
from geodata.query import Desk
from geodata.store import lists, open_store, views
from geodata.view import View
from tests.browser import Visit, served, visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
RURAL = "school_area_type=rural&has_electricity=no"
CAPITAL = "area=1721000&school_area_type=rural"


def test_a_planners_day(built: Callable[[str], Atlas], tmp_path: Path) -> None:
    atlas, tocantins = built("demo"), built("tocantins")
    desk = Desk(atlas, tier="government")
    (tmp_path / "demo").symlink_to(atlas.folder.resolve(), target_is_directory=True)  # its trail is this test's own
    asked = View.parse(RURAL)
    wanted = [str(i) for i in desk.frame(asked, ["school_id"])["school_id"]]
    with served(tmp_path / "demo", "government", tocantins.link) as base, sync_playwright() as playwright:
        context = visitor(playwright)
        visit = Visit(context.new_page(), base)
        see = visit.page
        # Home says what to do next, and leads there.
        visit.open("/")
        expect(see.locator("main h1")).to_have_text(atlas.name)
        verify = see.locator(".fm-todo a", has_text=re.compile("^Verify"))
        expect(verify).to_have_attribute("href", re.compile(r"/prioritise\?.*list=verify_first"))
        see.locator(".fm-ways a", has_text="See the map").click()
        visit.until_address(r"/explore")
        # A filter of the map, kept as a saved view, found again on Home.
        visit.open(f"/explore?{RURAL}")
        expect(see.locator("#explore-count")).to_contain_text(f"{len(wanted):,} of")
        see.locator("#saved-open").click()
        see.locator("summary", has_text="Save this view").click()
        see.locator("#view-keep-name").fill("Rural without power")
        see.locator("#view-keep-do").click()
        expect(see.locator("#view-list a")).to_have_text("Rural without power")
        # Ids with what a spreadsheet did to them become a list.
        ids = [wanted[0].lstrip("0"), *wanted[1:4], "no-such-school"]
        see.locator("#hand-text").fill("\n".join(ids))
        expect(see.locator("#hand-said")).to_contain_text("4 of these are schools here.")
        expect(see.locator("#hand-said")).to_contain_text("no-such-school")
        see.locator("#hand-name").fill("Visits in March")
        see.locator("#hand-keep").click()
        expect(see.locator("#list-kept")).to_contain_text("Visits in March: 4 schools")
        visit.shot("planner-saved")
        # Two areas side by side: the table says what the chart shows.
        one, other = desk.places.of_level(1)["area_id"].astype(str).tolist()[:2]
        visit.open(f"/compare?area={one}&beside={other}")
        expect(see.locator(".fm-two-columns h2")).to_have_text([desk.places.names[one], desk.places.names[other]])
        expect(see.locator("main table")).to_contain_text("Electricity")
        # The list opens from Home, and leaves as a file that holds its schools and no others.
        see.locator("#home").click()
        expect(see.locator("#kept")).to_contain_text("Rural without power")
        see.locator("#kept a", has_text="Visits in March").click()
        visit.until_address(r"kept=[0-9a-f]{20}")
        see.wait_for_selector("#list-grid .fm-school-link")
        visit.until_rows([str(i) for i in desk.frame(View(ids=tuple(sorted(wanted[:4]))), ["school_id"])["school_id"]])
        see.get_by_role("button", name="Export these 4 schools").click()
        with see.expect_download() as waiting:
            see.locator("#take-link").click()
        waiting.value.save_as(tmp_path / "visits.xlsx")
        _in_arabic(visit, Desk(tocantins, tier="government"), tmp_path)
        assert visit.faults == []
        context.close()
    frame = pd.read_excel(tmp_path / "visits.xlsx", engine="openpyxl", dtype={"school_id": "str"})
    assert sorted(frame["school_id"]) == sorted(wanted[:4])
    store = open_store(tmp_path / "trail.db")
    kept = lists.named(store, atlas.slug, "government")[0]
    assert (kept.name, kept.schools, kept.key) == ("Visits in March", 4, lists.key_of(wanted[:4]))
    assert views.saved(store, atlas.slug, "government")[0].query == asked.query()
    assert store.entries("export")[-1].data["view"] == f"kept={kept.key}"  # newest first
    assert store.verify() == []


def _in_arabic(visit: Visit, desk: Desk, folder: Path) -> None:
    """Tocantins from right to left: Home leads on, and the rural schools of its capital leave as a file."""
    see = visit.page
    visit.open("/?data=tocantins&lang=ar")
    expect(see.locator("html")).to_have_attribute("dir", "rtl")
    expect(see.locator(".fm-todo a[href*='lang=ar']").first).to_be_visible()
    visit.open(f"/prioritise?data=tocantins&lang=ar&{CAPITAL}")
    see.wait_for_selector("#list-grid .fm-school-link")
    see.locator("#export").click()
    with see.expect_download() as waiting:
        see.locator("#take-link").click()
    waiting.value.save_as(folder / "capital.xlsx")
    frame = pd.read_excel(folder / "capital.xlsx", engine="openpyxl", dtype={"school_id": "str"})
    wanted = desk.frame(View.parse(CAPITAL), ["school_id"])["school_id"].tolist()
    assert frame["school_id"].tolist() == wanted != []
