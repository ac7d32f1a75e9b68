"""The whole way in a real browser on the demonstration country: from the map to the list to the file.

What the screen shows is compared with what geodata computes from the same layers, apart from the server that drew it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from playwright.sync_api import BrowserContext, Playwright, expect, sync_playwright
from typer.testing import CliRunner

import firstmile
from geodata.derive import derive
from geodata.layers import Atlas, open_atlas
from geodata.policy import NUMBERS, POLICY, Policy
from geodata.query import Desk
from geodata.view import View
from tests.browser import Visit, served, visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
EXPLORE, LIST = "explore-map", "prioritise-map"


@dataclass(frozen=True)
class Country:
    """A served country, with its tables as the layers hold them."""

    name: str
    base: str
    atlas: Atlas
    desk: Desk
    schools: pd.DataFrame

    def policy(self, **changes: float) -> Policy:
        return POLICY.with_values({**(self.atlas.manifest.get("policy") or {}), **changes})

    def ranked(self, **changes: float) -> pd.DataFrame:
        """The schools in the list's order under a policy: rank, then those without one, ties by id."""
        policy = self.policy(**changes)
        derived = derive(self.schools, policy)
        frame = self.schools.drop(columns=[c for c in derived if c in self.schools]).join(derived)
        return frame.sort_values(["priority_rank", "school_id"], na_position="last")

    def area(self, level: int, which: int = 0) -> tuple[str, str, tuple[float, float]]:
        """Id, name and a point well inside one of the larger areas of a level."""
        table = self.atlas.read("areas")
        table = table[(table["level"] == level) & table.geometry.notna()]
        table = table.assign(size=shapely.area(table.geometry.to_numpy())).sort_values("size", ascending=False)
        one = table.iloc[which]
        largest = max(getattr(one["geometry"], "geoms", [one["geometry"]]), key=lambda part: part.area)
        point = largest.representative_point()
        return str(one["area_id"]), str(one["name"]), (point.x, point.y)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as found:
        yield found


@pytest.fixture(
    scope="module", params=[pytest.param(n, marks=pytest.mark.xdist_group(n)) for n in ("demo", "tocantins")]
)
def country(request: pytest.FixtureRequest, built: Callable[[str], Atlas]) -> Iterator[Country]:
    atlas = built(request.param)
    schools = pd.DataFrame(atlas.read("schools")).drop(columns="geometry").reset_index(drop=True)
    with served(atlas.link) as base:
        yield Country(request.param, base, atlas, Desk(open_atlas(atlas.link), tier="government"), schools)


@pytest.fixture(scope="module")
def context(playwright: Playwright) -> Iterator[BrowserContext]:
    """One visitor's browser for all tests, as a person has: what it fetched once (the map's parts, fonts) it keeps."""
    made = visitor(playwright)
    yield made
    made.close()


@pytest.fixture
def visit(context: BrowserContext, country: Country) -> Iterator[Visit]:
    """A new page; whatever the test was about, nothing may go wrong in the console and nothing may leave for another server."""
    one = Visit(context.new_page(), country.base)
    yield one
    one.page.close()
    assert one.faults == []


# What a test of the page's own workings asks, whatever the country.
one_country = pytest.mark.parametrize("country", [pytest.param("demo", marks=pytest.mark.xdist_group("demo"))], indirect=True)  # fmt: skip


def shares(frame: pd.DataFrame, level: int, column: str) -> dict[str, float]:
    """Mean of what is known in the schools that operate, by area: a few lines apart from `geodata.aggregate`."""
    operating = frame["school_status"].isna() | frame["school_status"].eq("open")
    values = frame[column].astype("Float64").astype(float)
    means = values[operating].groupby(frame.loc[operating, f"admin{level}_id"]).mean()
    return {str(area): float(value) for area, value in means.items()}


# --- Explore --------------------------------------------------------------------------------------------------------


@pytest.mark.thorough
@one_country
def test_explore_draws_the_country_and_answers_the_choice(visit: Visit, country: Country) -> None:
    visit.open("/explore", EXPLORE)
    total = len(country.schools)
    expect(visit.page.locator("#explore-count")).to_contain_text(f"{total:,} of {total:,} schools")
    on_map = visit.areas(EXPLORE)
    assert sum(a["schools"] for a in on_map.values()) == int(
        (country.schools["school_status"].isna() | country.schools["school_status"].eq("open")).sum()
    )
    visit.page.get_by_label("Electricity", exact=True).first.check()
    visit.until_address(r"show=electricity")
    known = country.schools["has_electricity"].astype("Float64")
    frame = country.schools.assign(
        e=known.where(known.notna(), country.desk.indicators["electricity"].of(country.schools).astype("Float64"))
    )
    visit.until_areas(EXPLORE, {a: v for a, v in shares(frame, 1, "e").items() if a in on_map})
    expect(visit.page.locator(f"#{EXPLORE}-legend")).to_contain_text("Electricity")
    if country.atlas.synthetic:
        expect(visit.page.get_by_text("Synthetic demonstration data").first).to_be_visible()
    expect(visit.page.locator(".map-disclaimer")).to_contain_text(
        country.atlas.manifest["place"]["disclaimer"].rstrip(".")
    )


@pytest.mark.thorough
@one_country
def test_drill_down_by_the_map_by_the_list_and_back(visit: Visit, country: Country) -> None:
    visit.open("/explore", EXPLORE)
    area, name, inside = country.area(1)
    visit.click_map(EXPLORE, inside)
    visit.until_address(rf"[?&]area={re.escape(area)}(&|$)")
    heading = visit.page.locator("#explore-right h1")
    expect(heading).to_have_text(name)
    here = int((country.schools["admin1_id"] == area).sum())
    expect(visit.page.locator("#explore-count")).to_contain_text(f"{here:,} of {len(country.schools):,} schools")
    visit.page.go_back()
    expect(heading).to_have_text(country.atlas.name)
    expect(visit.page.locator("#explore-count")).to_contain_text(f"{len(country.schools):,} of")
    other, named, _ = country.area(1, 1)
    visit.page.locator("#explore-right table").get_by_role("link", name=named, exact=True).click()
    visit.until_address(rf"area={re.escape(other)}(&|$)")
    expect(heading).to_have_text(named)
    if country.name == "demo":
        table = country.atlas.read("areas")
        below = table[table["parent_id"] == other]
        assert visit.areas(EXPLORE).keys() <= set(below["area_id"])
        visit.page.locator("#explore-right table").get_by_role(
            "link", name=str(below["name"].iloc[0]), exact=True
        ).click()
        expect(heading).to_have_text(str(below["name"].iloc[0]))
        visit.page.go_back()
        expect(heading).to_have_text(named)
    visit.page.go_back()
    expect(heading).to_have_text(country.atlas.name)
    visit.page.go_forward()
    expect(heading).to_have_text(named)


@one_country
def test_the_map_by_keyboard(visit: Visit, country: Country) -> None:
    visit.open("/explore", EXPLORE)
    page = visit.page
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.classList.contains('maplibregl-canvas')"):
            break
    else:
        pytest.fail("the map cannot be reached with the tab key")
    zoom = "() => window.firstmile.maps.get('explore-map').map.getZoom()"
    before = page.evaluate(zoom)
    page.keyboard.press("+")
    visit.until(f"({zoom})() > {before} + 0.5")
    visit.settle(EXPLORE)
    visit.until_address(r"at=-?[\d.]+,-?[\d.]+,[\d.]+")
    page.keyboard.press("ArrowRight")
    visit.settle(EXPLORE)
    page.keyboard.press("-")
    visit.until(f"({zoom})() < {before} + 0.5")


@pytest.mark.thorough
@one_country
def test_search_finds_by_name_and_by_id(visit: Visit, country: Country) -> None:
    visit.open("/explore", EXPLORE)
    page = visit.page
    one = country.ranked().iloc[0]
    box = page.get_by_role("textbox", name="Search a school or place")
    box.click()
    box.press_sequentially(one["school_id"])
    page.get_by_role("option").filter(has_text=one["school_name"]).first.click()
    visit.until_address(rf"school={re.escape(one['school_id'])}(&|$)")
    expect(page.locator(".school-card h2")).to_have_text(one["school_name"])
    area, name, _ = country.area(1, 2)
    box.click()
    box.press_sequentially(name.lower().replace("ô", "o").replace("ã", "a").replace("é", "e"))
    page.get_by_role("option").filter(has_text=name).first.click()
    visit.until_address(rf"area={re.escape(area)}(&|$)")
    expect(page.locator("#explore-right h1")).to_have_text(name)


@pytest.mark.thorough
@one_country
def test_an_empty_result_says_what_to_relax(visit: Visit, country: Country) -> None:
    nowhere = "has_internet=no&has_internet_for_learners=yes&q=zzzz"
    visit.open(f"/explore?{nowhere}", EXPLORE)
    expect(visit.page.locator("#explore-count")).to_contain_text(f"0 of {len(country.schools):,} schools")
    expect(visit.page.get_by_role("heading", name="No school matches")).to_be_visible()
    visit.page.get_by_role("link", name=re.compile("zzzz")).click()
    visit.until("!location.search.includes('zzzz')")
    visit.open("/prioritise?q=zzzz", LIST)
    expect(visit.page.locator("#list-empty")).to_contain_text("No school matches")
    visit.page.locator("#list-empty").get_by_role("link").first.click()
    visit.until("!location.search.includes('zzzz')")
    visit.until_rows(country.ranked()["school_id"].head(3).tolist())


# --- Prioritise -----------------------------------------------------------------------------------------------------


@pytest.mark.thorough
@one_country
def test_a_weight_moves_list_and_map_and_says_so(visit: Visit, country: Country) -> None:
    before, after = country.ranked(), country.ranked(weight_poverty=0.0, weight_devices=1.0)
    ids, now = before["school_id"].tolist(), after["school_id"].tolist()
    start = next(
        i for i in range(len(ids)) if ids[i : i + 3] != now[i : i + 3]
    )  # the same stand first in both where they tie
    visit.open_list()
    visit.until_rows(ids[start : start + 3], start)
    visit.until_areas(LIST, shares(before, 1, "priority_score"))
    colours = {a: f["colour"] for a, f in visit.areas(LIST).items()}
    page = visit.page
    page.get_by_role("button", name="Weights and standards").click()
    for name, value in (("weight_poverty", "0"), ("weight_devices", "1")):
        field = page.get_by_label(NUMBERS[name].title, exact=True)
        field.fill(value)
        field.press("Tab")
        visit.until_address(rf"p\.{name}={value}(&|$)")
    visit.until_rows(now[start : start + 3], start)
    shown = visit.until_areas(LIST, shares(after, 1, "priority_score"))
    assert {a: f["colour"] for a, f in shown.items()} != colours
    ranks = [f.set_index("school_id")["priority_rank"].astype("Float64") for f in (before, after)]
    far = int((ranks[1].sub(ranks[0]).abs() > 10).fillna(False).sum())
    expect(page.locator("#list-change")).to_contain_text(f"{far:,} schools moved more than 10 places")
    page.locator("#list-change").get_by_role("link", name="Undo").click()
    visit.until_rows(ids[start : start + 3], start)
    expect(page.locator("#list-change")).to_be_empty()


@pytest.mark.thorough
@one_country
def test_tick_compare_and_keep_only_these(visit: Visit, country: Country) -> None:
    visit.open_list()
    page = visit.page
    ranked = country.ranked()
    for i in (0, 1, 3):
        page.locator(f'#list-grid .ag-row[row-index="{i}"] .ag-checkbox-input').click()
    expect(page.locator("#picked-said")).to_contain_text("3 schools ticked")
    chosen = ranked.iloc[[0, 1, 3]]
    page.get_by_role("button", name="Compare these 3").click()
    drawer = page.get_by_role("dialog", name="Schools side by side")
    for name in chosen["school_name"]:
        expect(drawer.get_by_role("link", name=name, exact=True).first).to_be_visible()
    expect(drawer.locator("tr", has=page.get_by_role("rowheader", name="Rank", exact=True))).to_contain_text("1st")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    visit.until("!location.search.includes('compare=')")
    page.get_by_role("button", name="Only these 3").click()
    visit.until_address(r"ids=")
    expect(page.locator("#list-head")).to_contain_text(f"3 of the {len(country.schools):,} schools")
    visit.until_rows(chosen["school_id"].tolist())
    assert page.evaluate("window.dash_ag_grid.getApi('list-grid').getDisplayedRowCount()") == 3
    page.get_by_role("button", name="Show all again").click()
    visit.until_rows(ranked["school_id"].head(4).tolist())


@pytest.mark.thorough
@one_country
def test_list_and_map_light_each_other(visit: Visit, country: Country) -> None:
    ranked = country.ranked()
    located = ranked[ranked["latitude"].notna() & ranked["location_shared_by"].fillna(0).le(1)].head(60)
    index = int(np.flatnonzero(ranked["school_id"].to_numpy() == located["school_id"].iloc[0])[0])
    one = ranked.iloc[index]
    visit.open_list(f"at={one['latitude']:.4f},{one['longitude']:.4f},13")
    lit = "() => window.firstmile.maps.get('prioritise-map').map.getSource('lit').serialize().data.features?.length === 0 ? null : window.firstmile.maps.get('prioritise-map').map.getSource('lit').serialize().data.geometry?.coordinates ?? null"
    visit.row(index)
    visit.page.locator(f'#list-grid .ag-row[row-index="{index}"] .ag-cell[col-id="priority_rank"]').hover()
    visit.until(f"({lit})() !== null")
    assert visit.page.evaluate(lit) == pytest.approx([one["longitude"], one["latitude"]])
    visit.page.locator("h1").first.hover()
    visit.until(f"({lit})() === null")
    visit.hover_map(LIST, (one["longitude"], one["latitude"]))
    row = visit.page.locator(f'#list-grid .ag-row[row-index="{index}"]').first
    expect(row).to_have_class(re.compile("fm-row-lit"))
    expect(visit.page.locator(".map-card")).to_contain_text(one["school_name"])
    visit.click_map(LIST, (one["longitude"], one["latitude"]))
    visit.until_address(rf"school={re.escape(one['school_id'])}(&|$)")
    visit.settle(LIST)
    picked = "() => window.firstmile.maps.get('prioritise-map').map.getSource('picked').serialize().data.geometry?.coordinates"
    visit.until(f"({picked})() !== undefined")
    assert visit.page.evaluate(picked) == pytest.approx([one["longitude"], one["latitude"]])
    expect(row).to_be_visible()


# --- School ---------------------------------------------------------------------------------------------------------


def number(text: str) -> float:
    return float(re.sub(r"[^\d.\-]", "", text))


@pytest.mark.thorough
@one_country
def test_a_school_opens_from_the_list_and_adds_up(visit: Visit, country: Country) -> None:
    visit.open_list("has_internet=yes")
    wanted = country.ranked()
    wanted = wanted[wanted["has_internet"].eq(True).fillna(False)]
    one = wanted.iloc[0]
    visit.until_rows(wanted["school_id"].head(3).tolist())
    visit.page.locator('#list-grid .ag-row[row-index="0"] .fm-school-link').click()
    visit.until_address(rf"/school\?.*school={re.escape(one['school_id'])}")
    page = visit.page
    expect(page.locator("h1")).to_have_text(one["school_name"])
    expect(page.locator("#list")).to_contain_text(f"Group {one['tier']}")
    expect(page.locator("#list")).to_contain_text(f"lacks {one['lacks_count']} of")
    gaps = page.locator("#gaps").inner_text()
    policy = country.policy()
    if pd.notna(one["num_students"]) and pd.notna(one["download_speed_mbps"]):
        need = max(
            policy.number("bandwidth_floor_mbps"), policy.number("bandwidth_per_learner_t1_mbps") * one["num_students"]
        )
        gap = max(need - one["download_speed_mbps"], 0)
        assert one["bandwidth_gap_mbps"] == pytest.approx(gap)
        assert number(re.search(r"([\d.,]+) Mbps missing", gaps)[1]) == pytest.approx(gap, abs=0.06)
    if pd.notna(one["device_gap"]) and one["device_gap"] > 0:
        assert number(re.search(r"([\d,]+) devices? missing", gaps)[1]) == one["device_gap"]
    said = page.locator("#list").inner_text()
    pillars = [number(v) for v in re.findall(r"(?:Service gap|Marginalisation): .*= ([\d.]+)", said)]
    assert len(pillars) == 2
    score = 100 * pillars[0] ** policy.number("alpha") * pillars[1] ** (1 - policy.number("alpha"))
    assert number(re.search(r"Score: .*= ([\d.]+)", said)[1]) == pytest.approx(score, abs=0.02)
    assert score == pytest.approx(one["priority_score"], abs=0.02)
    page.get_by_role("link", name="Back to the list").click()
    visit.until_address(r"/prioritise\?has_internet=yes")
    page.go_back()
    expect(page.locator("h1")).to_have_text(one["school_name"])


def cells(visit: Visit, caption: str) -> list[list[str]]:
    """The texts of a table's rows by the start of its caption, as they stand on the screen."""
    rows: list[list[str]] = visit.page.evaluate(
        """(start) => { const table = [...document.querySelectorAll("table")].find((t) => t.caption?.innerText.startsWith(start));
          return [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.innerText.trim())); }""",
        caption,
    )
    return rows


@pytest.mark.thorough
@one_country
def test_from_a_rank_to_its_arithmetic_and_back(visit: Visit, country: Country) -> None:
    """A clerk's walk: a row of the list, the school's steps, the same group and score by hand, and back to the row."""
    visit.open_list("has_electricity=yes,no&p.weight_poverty=0.6")
    index = 31
    row = visit.row(index)
    visit.page.evaluate("(i) => window.dash_ag_grid.getApi('list-grid').ensureIndexVisible(i, 'top')", index)
    visit.until(f"""document.querySelector('#list-grid .ag-row[row-index="{index}"] .fm-band-range') !== null""")
    band = visit.row(index)["priority_rank"].split("\n")[0]
    low, high = (int(part.replace(",", "")) for part in (band.split("–") * 2)[:2])
    assert 1 <= low <= high
    visit.page.locator(f'#list-grid .ag-row[row-index="{index}"] .fm-school-link').click()
    visit.page.wait_for_selector("#list .fm-steps")
    said = visit.page.locator("#list").inner_text()

    # the group: each thing past its cut-off or not, then the two cuts
    lines = [line for line in cells(visit, "A value of 1 is a complete lack. Each") if line[3] != "not counted"]
    past = [
        number(value.split(" (")[0]) >= number(cut) if cut.startswith("from") else number(value.split(" (")[0]) > number(cut)
        for _, value, cut, _ in lines
    ]  # fmt: skip
    assert [answer.endswith("yes, lacks it") for *_, answer in lines] == past
    a, b = (int(n) for n in re.search(r"Group A from (\d+), group B from (\d+)", said).groups())
    group = "A" if sum(past) >= a else "B" if sum(past) >= b else "C"
    assert row["lacks_count"].startswith(f"Group {group}")

    # the score: values and weights of the table, the power and the exponents of the steps
    items = {name: (number(value), number(weight)) for name, _, value, _, weight, _ in cells(visit, "What is counted") if value != "–"}  # fmt: skip
    power = number(re.search(r"\^\(1/([\d.]+)\)", said)[1])
    first, second = re.search(r"Score: 100 × [\d.]+\^([\d.]+) × [\d.]+\^([\d.]+)", said).groups()
    services = ("Internet for learners", "Devices", "Electricity")
    halves = [
        sum(w * v**power for name, (v, w) in items.items() if (name in services) == here) ** (1 / power)
        for here in (True, False)
    ]
    score = 100 * halves[0] ** float(first) * halves[1] ** float(second)
    assert number(re.search(r"Score: .*= ([\d.]+)", said)[1]) == pytest.approx(score, abs=0.03)

    # the waterfall: every step adds to the one before, from the mean school to this one
    fall = cells(visit, "Each step is what one thing adds")
    steps = [-number(points) if points.startswith("−") else number(points) for _, _, points, _ in fall[1:-1]]
    assert number(fall[0][3]) + sum(steps) == pytest.approx(number(fall[-1][3]), abs=0.05)
    assert number(fall[-1][3]) == pytest.approx(score, abs=0.03)
    assert [abs(step) for step in steps] == sorted((abs(step) for step in steps), reverse=True)

    # what would change it: the row as it is now says what the list says
    expect(visit.page.locator("#school-what-if")).to_contain_text("As it is now")
    now = cells(visit, "The school is scored anew")[0]
    assert (number(now[1]), now[2]) == (pytest.approx(score, abs=0.03), group)
    assert number(now[3][:-2]) == number(row["rank"])
    expect(visit.page.locator("#school-band")).to_contain_text(f"{low:,}")

    visit.page.go_back()
    visit.until_address(r"/prioritise\?has_electricity=(yes,no|no,yes)&p\.weight_poverty=0\.6$")
    visit.until("document.activeElement?.classList.contains('fm-school-link')")
    assert visit.page.evaluate("new URLSearchParams(new URL(document.activeElement.href).search).get('school')") == row["id"]  # fmt: skip
    expect(visit.page.locator("#list-change")).to_contain_text("You changed weight of poverty")
    visit.until(f"""document.querySelector('#list-grid .ag-row[row-index="{index}"] .fm-band-range') !== null""")
    assert visit.row(index)["priority_rank"].split("\n")[0] == band


# --- sharing --------------------------------------------------------------------------------------------------------


def without_band(row: dict[str, str]) -> dict[str, str]:
    """A row without its likely rank, which comes after the row itself."""
    return {column: text for column, text in row.items() if column != "priority_rank"}


@pytest.mark.thorough
@one_country
def test_a_shared_address_shows_the_same(visit: Visit, country: Country, playwright: Playwright) -> None:
    area, _, _ = country.area(1, 0)
    visit.open_list(
        f"area={area}&has_internet_for_learners=no,unknown&p.weight_devices=0.9&sort=-priority_rank&min.lacks_count=1"
    )
    visit.settle(LIST)
    seen = [without_band(r) for r in visit.rows(0, 4)]
    head, map_says = visit.page.locator("#list-head").inner_text(), visit.areas(LIST)
    assert seen[0]["id"] == country.desk.rows(View.parse(visit.query()), 0, 1, ["school_id"])[0]["school_id"]
    with visitor(playwright) as other:
        guest = Visit(other.new_page(), country.base)
        guest.page.goto(visit.page.url)
        guest.settle(LIST)
        guest.until_rows([r["id"] for r in seen])
        assert [without_band(r) for r in guest.rows(0, 4)] == seen
        assert guest.page.locator("#list-head").inner_text() == head
        assert guest.areas(LIST) == map_says
        expect(guest.page.locator("#list-change")).to_contain_text("You changed weight of devices")
        assert View.parse(guest.query()).schools_only == View.parse(visit.query()).schools_only
        assert guest.faults == []


# --- taking the data out --------------------------------------------------------------------------------------------


def on_screen(row: dict[str, str]) -> tuple[Any, ...]:
    """What a row of the list says: id, name, rank, group, things lacking, learners, share reported."""
    lacks = re.search(r"(Group [ABC]|Verify first)\s+(?:lacks (\d+) of \d+)?", row["lacks_count"])
    assert lacks, row
    learners = row.get("num_students", "not reported").split("\n")[0]
    rank = row["rank"].replace(",", "")
    return (row["id"], row["name"], None if rank == "–" else int(rank), lacks[1], lacks[2] and int(lacks[2]), learners, row["data_confidence"].strip())  # fmt: skip


def in_file(row: pd.Series) -> tuple[Any, ...]:
    """The same from a row of an export."""
    none = pd.isna(row["tier"])
    learners = "not reported" if pd.isna(row["num_students"]) else f"{int(row['num_students']):,}"
    if pd.isna(row["num_students"]) and pd.notna(row["num_students_lower"]):
        low, high = row["num_students_lower"], row["num_students_upper"]
        learners = f"{int(low):,} or more" if pd.isna(high) else f"{int(low):,} to {int(high):,}"
    lacks = None if pd.isna(row["lacks_count"]) else int(row["lacks_count"])
    confidence = f"{np.floor(float(row['data_confidence']) * 100 + 0.5):.0f} %"
    return (
        row["school_id"], row["school_name"], None if pd.isna(row["priority_rank"]) else int(row["priority_rank"]),
        "Verify first" if none else f"Group {row['tier']}", lacks, learners, confidence,
    )  # fmt: skip


def sheet(path: Path) -> pd.DataFrame:
    """The data sheet of a workbook; ids as text."""
    with path.open("rb") as stream:
        sheets = pd.read_excel(stream, sheet_name=None, engine="openpyxl", dtype={"school_id": "str"})
    assert len(sheets) >= 3
    return next(iter(sheets.values()))


@pytest.mark.thorough
@one_country
def test_the_files_hold_what_the_screen_shows(context: BrowserContext, country: Country, tmp_path: Path) -> None:
    if country.name == "tocantins":
        area = country.schools["admin1_id"].value_counts().index[2]
        query = f"area={area}&school_area_type=rural,urban&p.weight_devices=0.9"
    else:  # 74 schools, 8 of which did not report their learners: the screen is read a row at a time
        area = country.schools["admin2_id"].value_counts().index[3]
        query = f"area={area}&has_internet_for_learners=no,unknown&p.weight_devices=0.9&max.data_confidence=0.99"
    visit = Visit(context.new_page(), country.base)
    visit.page.set_viewport_size({"width": 1900, "height": 1400})
    visit.open_list(query)
    total = visit.page.evaluate("window.dash_ag_grid.getApi('list-grid').getDisplayedRowCount()")
    assert total == country.desk.select(View.parse(query)).total > 20
    shown = [on_screen(r) for r in visit.rows(0, total)]
    address = visit.query()
    files = []
    visit.page.get_by_role("button", name=re.compile(r"^Export these [\d,]+ schools$")).click()
    for label, suffix in (("Excel workbook", "xlsx"), ("GeoPackage", "gpkg")):
        visit.page.get_by_label(re.compile(label)).check()
        link = visit.page.locator("#take-link")
        expect(link).to_have_attribute("href", re.compile(rf"\.{suffix}\?"))
        with visit.page.expect_download() as waiting:
            link.click()
        waiting.value.save_as(tmp_path / f"screen.{suffix}")
        files.append(tmp_path / f"screen.{suffix}")
    visit.page.close()
    assert visit.faults == []
    for suffix in ("xlsx", "gpkg"):
        out = tmp_path / f"command.{suffix}"
        command = ["export", str(country.atlas.link), str(out), "--view", address, "--tier", "government"]
        done = CliRunner().invoke(firstmile.app, command)
        assert done.exit_code == 0, done.output
        files.append(out)
    for path in files:
        frame = sheet(path) if path.suffix == ".xlsx" else gpd.read_file(path, layer=0)
        assert [in_file(row) for _, row in frame.iterrows()] == shown, path.name
        if path.suffix == ".gpkg":
            located = country.schools.set_index("school_id").loc[frame["school_id"], ["longitude", "latitude"]]
            points = np.column_stack([frame.geometry.x, frame.geometry.y])
            assert frame.crs == 4326
            np.testing.assert_allclose(points, located.to_numpy(dtype=float), atol=1e-9)


@one_country
def test_data_says_where_it_came_from_and_what_was_rejected(visit: Visit, country: Country, tmp_path: Path) -> None:
    visit.open("/data")
    page = visit.page
    manifest = country.atlas.manifest
    for source in manifest["sources"]:
        row = page.locator("#sources tr", has_text=re.compile(re.escape(str(source["publisher"])))).first
        expect(row).to_be_visible()
    registers = [s for s in manifest["sources"] if s["kind"] == "schools"]
    expect(page.locator("#rows")).to_contain_text(f"{sum(s['rows_read'] for s in registers):,} rows read")
    rejected = country.atlas.read("quarantine")
    rejected = rejected[rejected["severity"] == "reject"]
    if rejected.empty:
        expect(page.locator("#rejected")).to_contain_text("No row was rejected")
        return
    expect(page.locator("#rejected")).to_contain_text(str(rejected["reason"].iloc[0]))
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("Download these")).click()
    waiting.value.save_as(tmp_path / "rejected.csv")
    table = pd.read_csv(tmp_path / "rejected.csv", dtype="str")
    assert (table["severity"] == "reject").sum() == len(rejected)
    json.loads(table["raw"].iloc[0])
