"""The Equity page: what it draws and says is what the audit gives; a reason for a warning is kept; files equal the page."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from dashboard import fairness
from dashboard.pages import equity as equity_page
from geodata.equity import tables
from geodata.equity.selection import audit_of, reader
from geodata.layers import Atlas
from geodata.query import Desk
from geodata.store import open_store
from geodata.view import View
from tests.browser import Visit, served, visitor
from tests.factories import atlas, schools
from tests.pages import BANNED, app_of, country, said

pytestmark = pytest.mark.timeout(300)


# --- without a browser ---------------------------------------------------------------------------------------------


def page_text(folder: Path, tier: str = "government", **columns: object) -> str:
    with app_of(atlas(folder, schools(**columns)), tier=tier) as (_, desk):
        return said(equity_page.content(desk, View()))


def test_a_place_that_reports_nothing_says_so_and_what_would_bring_it(tmp_path: Path) -> None:
    told = page_text(tmp_path, school_id=["a", "b", "c"], admin1_id=["1", "1", "2"], admin1=["North", "North", "South"])
    assert "cannot be said: nothing is reported about internet for learners" in told
    assert "A register or a survey that says which schools have it" in told
    assert "Girls and boys: not reported; it would need girls and boys of each school" in told


def test_the_public_is_told_what_it_may_not_see_and_nothing_of_it(tmp_path: Path) -> None:
    columns = {
        "admin1_id": ["1"] * 8,
        "admin1": ["North"] * 8,
        "num_students": [100] * 8,
        "num_students_disabled": [10] * 8,
        "community_land": ["indigenous_land"] * 4 + ["none"] * 4,
        "has_internet_for_learners": [False] * 4 + [True] * 4,
    }
    told = page_text(tmp_path / "g", **columns)
    hidden = page_text(tmp_path / "p", "public", **columns)
    assert "Indigenous land" in told
    assert "Indigenous land" not in hidden
    assert "Learners with disabilities: may not be shown to the public view" in hidden


def test_small_groups_have_no_figure(tmp_path: Path) -> None:
    frame = schools(
        school_area_type=["rural"] * 2 + ["urban"] * 6,
        num_students=[100] * 8,
        has_internet_for_learners=[False, True] * 4,
    )
    table = tables.groups(audit_of(Desk(atlas(tmp_path, frame), tier="government"), View()))
    rural = table[(table["by"] == "Rural and urban") & (table["group"] == "rural")].iloc[0]
    assert rural["schools"] == 2
    assert rural[["value", "gap", "index"]].isna().all()


def test_where_schools_are_seen_together_alone_small_groups_and_areas_are_kept_back(tmp_path: Path) -> None:
    frame = schools(
        school_area_type=["rural"] * 30 + ["urban"] * 30,
        school_funding_type=["public"] * 57 + ["private"] * 2 + ["charitable"],
        admin1_id=["1"] * 30 + ["2"] * 30,
        admin1=["North"] * 30 + ["South"] * 30,
        num_students=[100] * 60,
        has_internet_for_learners=[False, True, True] * 20,
    )
    place = atlas(tmp_path, frame)
    place.manifest["place"]["risk"] = "high"
    desk = Desk(place, tier="public")
    found = audit_of(desk, View())
    assert found.places is None
    assert found.of("location").gaps  # type: ignore[union-attr]
    assert not found.of("sector").gaps  # type: ignore[union-attr]
    table = tables.groups(found, reader(desk), desk.policy)
    sector = table[table["by"] == "Who runs the school"]
    assert sector["hidden"].sum() >= 2
    assert sector.loc[sector["hidden"].astype(bool), ["schools", "people", "without", "value"]].isna().all(axis=None)
    assert "North" not in "".join(line for gate in found.gates for pair in gate.lines for line in pair)


def test_schools_that_report_no_learners_are_said(tmp_path: Path) -> None:
    told = page_text(
        tmp_path, num_students=[100, 100, 100, None], has_internet_for_learners=[True, False, False, False]
    )
    assert "1 operating school reports no learners" in told


def test_no_word_of_the_code_reaches_the_page(tmp_path: Path) -> None:
    with app_of(country(tmp_path)) as (_, desk):
        for query in ("", "show=meaningfully_connected", "show=electricity&p.audit_first=0", "area=XA-N"):
            told = said(equity_page.content(desk, View.parse(query)))
            assert not BANNED.search(told), BANNED.search(told)


# --- in a browser --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(built: Callable[[str], Atlas]) -> Atlas:
    return built("demo")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("trail") / "trail.db"


@pytest.fixture
def visit(demo: Atlas, store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visit]:
    monkeypatch.setenv("FIRSTMILE_STORE", str(store))
    with served(demo.link) as base, sync_playwright() as playwright:
        context = visitor(playwright)
        one = Visit(context.new_page(), base)
        yield one
        context.close()
        assert one.faults == []


@pytest.mark.thorough
@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.xdist_group("demo")
def test_equity_in_a_browser(visit: Visit, demo: Atlas, store: Path) -> None:
    desk = Desk(demo, tier="government")
    found = audit_of(desk, View())
    visit.open("/equity")
    page = visit.page
    expect(page.locator("h1")).to_have_text(fairness.finding(found, desk.atlas.name))
    # The bars are as long as the audit's bounds, and the numbers beside them are those of the file.
    file = page.request.get(visit.base + str(page.locator("a[href*='groups.csv']").get_attribute("href")))
    text = file.body().decode("utf-8-sig")
    rows = [r for r in csv.DictReader(io.StringIO(text)) if r["by"] == "Rural and urban"]
    expected = tables.groups(found, reader(desk), desk.policy)
    for row, told in zip(rows, expected[expected["by"] == "Rural and urban"].to_dict("records"), strict=True):
        assert float(row["without"]) == told["without"]
        line = (
            page.locator("table.fm-fair")
            .first.locator("tr", has=page.locator("th", has_text=row["group"].capitalize()))
            .last
        )
        assert f"{round(100 * float(row['value']))} %" in line.inner_text()
        drawn = line.locator(".fm-piece-no").evaluate("bar => bar.style.width")
        assert float(drawn.rstrip("%")) == pytest.approx(100 * float(row["lower"]), abs=0.01)
    expect(page.locator(".fm-fair-curve .main-svg").first).to_be_visible()
    # A warning asks for a reason, and the reason is kept and shown.
    warned = next(g for g in found.gates if g.asks_reason)
    page.get_by_label("Reason", exact=True).fill("The others are served by the province's own plan.")
    page.get_by_label("Your name").fill("A. Clerk")
    page.get_by_role("button", name="Record the reason").click()
    expect(page.locator(".fm-written")).to_contain_text("The others are served by the province's own plan.")
    entry = open_store(str(store)).entries(kind="gate")[0]
    assert (entry.data["gate"], entry.who, entry.data["list"]) == (warned.name, "A. Clerk", "")
    # Another choice is another address and another audit.
    page.locator("#equity-show").click()
    page.get_by_role("option", name="Electricity").click()
    page.wait_for_url("**/equity?show=electricity")
    expect(page.locator("h1")).to_have_text(fairness.finding(audit_of(desk, View(), "electricity"), desk.atlas.name))
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
