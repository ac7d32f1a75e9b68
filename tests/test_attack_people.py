"""What the page Children tells of schools: no way gives a place back, no hexagon says what its one school has."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dashboard import children
from dashboard.app import create_app
from geodata.layers import Atlas
from geodata.people import kept, shown
from geodata.query import Desk
from tests.test_pages_people import at_risk


@pytest.fixture(scope="module")
def demo(built: Callable[[str], Atlas]) -> Atlas:
    return built("demo")


@pytest.mark.parametrize(("risk", "tier"), [("medium", "public"), ("high", "public"), pytest.param("high", "partner", marks=pytest.mark.thorough)])  # fmt: skip
def test_where_schools_stand_in_hexagons_no_way_to_one_is_told(demo: Atlas, risk: str, tier: str) -> None:
    desk = at_risk(demo, risk, tier)
    for table in (shown.hexagons(desk, 9), shown.hexagons(desk, 3), shown.places(desk, "")):
        told = [c for c in table if c.startswith(("nearest_", "farthest_", "town_")) and c != "nearest_town"]
        assert not table[told].notna().any(axis=None), told
    assert not {"primary", "secondary", "connected"} & set(children.modes(desk))
    client = create_app([desk.atlas], tier=tier).server.test_client()
    for name in ("hexagons", "places"):
        head = client.get(f"/people/demo/{name}.csv").text.splitlines()[0]
        assert not [c for c in ("nearest_primary", "farthest", "town_distance") if c in head]


def test_rounded_places_have_rounded_ways(demo: Atlas) -> None:
    exact, desk = Desk(demo), at_risk(demo, "medium", "partner")
    assert (shown.hexagons(exact, 9)["nearest_primary_m"].dropna() % 1000 != 0).any()
    for column, step in (("nearest_primary_m", 1000), ("nearest_primary_minutes", 10)):
        assert (shown.hexagons(desk, 9)[column].dropna() % step == 0).all()


def test_at_high_risk_few_schools_do_not_speak_through_the_children_near_them(demo: Atlas) -> None:
    desk, every = at_risk(demo, "high", "public"), Desk(demo)
    cells = shown.hexagons(desk, 9)
    assert cells["children"].notna().any()
    assert not cells[[c for c in kept.OF_SCHOOLS if c in cells]].notna().any(axis=None)
    assert not cells["need_class"].any()
    seen = {area: shown.headline(desk, area).underserved is not None for area in ("", *desk.places.levels)}
    sizes = {level: desk.whole[f"admin{level}_id"].value_counts() for level in (1, 2)}
    assert seen[""]
    for area, told in seen.items():
        level = desk.places.levels.get(area, 0)
        if level and told:  # none is told whose sisters are too few, for the area above less the others would be it
            up = desk.places.parents.get(area, "")
            sisters = [
                a for a, n in desk.places.levels.items() if n == level and (level == 1 or desk.places.parents[a] == up)
            ]
            assert all(sizes[level].get(a, 0) >= 10 for a in sisters)
            assert level == 1 or seen[up]
    assert all(
        shown.headline(every, area).underserved for area in desk.places.levels if shown.headline(every, area).children
    )
