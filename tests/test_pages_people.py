"""The page Children: what it says is what the layers hold, at every tier; what is not given is said; one real visit."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from io import BytesIO

import pandas as pd
import pytest
from flask import Flask
from playwright.sync_api import expect, sync_playwright

from dashboard import children, children_panel
from dashboard.app import create_app
from dashboard.children_files import hexagon_rows, place_rows
from dashboard.children_map import draw
from dashboard.pages.people import layout
from dashboard.replies import stamp
from geodata.layers import Atlas, open_atlas
from geodata.people import shown
from geodata.query import Desk
from geodata.view import View
from tests.browser import Visit, served, visitor

WORDS = re.compile(r"\b(admin\d|atlas|null|nan|quarantine|isced)\b", re.IGNORECASE)


def texts(component: object) -> list[str]:
    """Every text of a component, in order."""
    if isinstance(component, str | int | float):
        return [str(component)]
    if isinstance(component, list | tuple):
        return [text for part in component for text in texts(part)]
    return texts(getattr(component, "children", None) or [])


@pytest.fixture(scope="module")
def demo(built: Callable[[str], Atlas]) -> Atlas:
    return built("demo")


@pytest.fixture(scope="module")
def desk(demo: Atlas) -> Desk:
    return Desk(demo, tier="government")


@pytest.fixture(scope="module")
def server(demo: Atlas, built: Callable[[str], Atlas]) -> Flask:
    return create_app([demo, built("tocantins")], tier="government").server


@pytest.fixture(autouse=True)
def _on_a_server(server: Flask) -> Iterator[None]:
    with server.test_request_context("/children"):
        yield


def at_risk(atlas: Atlas, risk: str, tier: str) -> Desk:
    """The same country, whose places are at risk."""
    risky = open_atlas(atlas.link)
    risky.__dict__["manifest"] = {**atlas.manifest, "place": {**atlas.manifest["place"], "risk": risk}}
    return Desk(risky, tier=tier)


def test_the_finding_says_both_ends_and_the_figures_are_those_of_the_layers(demo: Atlas, desk: Desk) -> None:
    areas = pd.DataFrame(demo.read("people_areas")).iloc[0]
    head = shown.headline(desk, "")
    assert head.underserved == (areas["underserved_children_lower"], areas["underserved_children_upper"])
    said = " ".join(texts(children_panel.panel(desk, View())))
    low, high = head.underserved
    assert f"{float(f'{low:.3g}'):,.0f} to {float(f'{high:.3g}'):,.0f}" in said
    assert "underserved" in said
    assert not WORDS.search(said)


def test_every_area_and_every_mode_is_drawn(desk: Desk) -> None:
    for area in ("", "03", "0301"):
        assert "Places with children and no school" in texts(layout(desk, View(area=area)))
    modes = children.modes(desk)
    assert list(modes) == ["children", "underserved", "primary", "secondary", "connected", "seats", "both"]
    for key in modes:
        spec, legend = draw(desk, View().with_screen(people=key))
        assert f"people={key}" in spec["hexagons"]
        assert legend


def test_hexagons_keep_their_children_at_every_resolution(desk: Desk) -> None:
    total = shown.headline(desk, "").children
    for resolution in (3, 5, 7):
        table = shown.hexagons(desk, resolution)
        assert table["children"].sum() == pytest.approx(total)
        assert (table["underserved_children_lower"] <= table["underserved_children_upper"] + 1e-6).all()


def test_the_public_sees_no_small_number_and_coarser_hexagons_where_places_are_at_risk(demo: Atlas) -> None:
    public = Desk(demo, tier="public")
    fine = shown.hexagons(public, 9)
    assert fine["hidden"].any()
    assert fine.loc[fine["hidden"], ["people", "children", "nearest_primary_minutes", "underserved_children_upper"]].isna().all().all()  # fmt: skip
    assert fine["children"].min() >= 10
    for risk, cell in (("medium", 6), ("high", 5)):
        risky = at_risk(demo, risk, "public")
        assert shown.finest(risky) == cell
        table = shown.hexagons(risky, 9)
        assert table["hexagon"].map(lambda c: int(c[1], 16)).eq(cell).all()
        places = shown.places(risky, "")
        assert "hexagons" not in places
        exact = demo.read("unserved")[["latitude", "longitude"]].round(6).apply(tuple, axis=1)
        assert not set(places[["latitude", "longitude"]].round(6).apply(tuple, axis=1)) & set(exact)
        assert "coarse" in " ".join(texts(children_panel.panel(risky, View())))
    assert place_rows(public, "")["children"].min() >= 10


def test_files_hold_the_lists(desk: Desk, server: Flask) -> None:
    client = server.test_client()
    reply = client.get(f"/people/{desk.atlas.slug}/places.csv?area=05")
    table = pd.read_csv(BytesIO(reply.data), dtype={"admin1_id": str, "admin2_id": str})
    assert set(table["admin1_id"]) == {"05"}
    assert len(table) == len(shown.places(desk, "05"))
    assert table["children"].is_monotonic_decreasing
    assert len(hexagon_rows(desk)) == len(desk.atlas.read("people"))
    answer = client.get(f"/people/{desk.atlas.slug}/{stamp(desk)}/7.json?people=both&box=-24,-31,-23,-30")
    features = json.loads(answer.data)["features"]
    assert 100 < len(features) < 4000
    assert {"class", "colour", "tip"} <= set(features[0]["properties"])
    assert client.get(f"/people/{desk.atlas.slug}/{stamp(desk)}/7.json?people=both&box=a,b").status_code == 400


def test_without_people_the_page_says_what_is_missing_and_what_would_bring_it(built: Callable[[str], Atlas]) -> None:
    bare = Desk(built("tocantins"), tier="government")
    said = " ".join(texts(layout(bare, View())))
    assert "No population raster is given for Tocantins" in said
    for what in ("People on a grid", "People by age", "Roads", "Children out of school"):
        assert what in said
    assert draw(bare, View())[0]["hexagons"] == ""


@pytest.mark.thorough
@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_visit_from_the_map_to_a_place_without_a_school(demo: Atlas) -> None:
    with served(demo.link) as base, sync_playwright() as playwright:
        context = visitor(playwright, 1200, 700)
        visit = Visit(context.new_page(), base)
        visit.page.goto(f"{base}/children")
        drawn = "window.firstmile?.maps?.get('children-map')?.map.getSource('areas')?.serialize().data.features?.length ?? 0"
        visit.until(f"({drawn}) > 50", within=120)
        counts = {len(shown.hexagons(Desk(demo, tier="government"), resolution)) for resolution in (4, 5, 6)}
        assert visit.page.evaluate(drawn) in counts  # every hexagon of the zoom's resolution, none left out
        visit.page.get_by_label("Way to the nearest primary school").check()
        expect(visit.page.locator("#children-map-legend")).to_contain_text("minutes along roads")
        visit.page.locator(".kids-places a").first.click(no_wait_after=True)
        place = demo.read("unserved").iloc[0]
        visit.until("window.firstmile.maps.get('children-map').map.getZoom() > 9.5", within=120)
        middle = visit.page.evaluate("() => window.firstmile.maps.get('children-map').map.getCenter()")
        assert middle["lat"] == pytest.approx(place["latitude"], abs=0.01)
        assert middle["lng"] == pytest.approx(place["longitude"], abs=0.01)
        assert "place=" in visit.page.url
        assert not visit.faults
        context.close()
