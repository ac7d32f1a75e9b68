"""School: the ladder, the gaps redone by hand, every value with its evidence, and what must not be shown."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from dash import Dash
from shapely.geometry import Point, Polygon

from dashboard import about, lacks
from dashboard.locator import drawing
from dashboard.pages import school as p
from geodata.query import Desk
from tests.pages import BANNED, app_of, country, said, view


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dash, Desk]]:
    with app_of(country(tmp_path_factory.mktemp("place"))) as found:
        yield found


@pytest.fixture
def desk(served: tuple[Dash, Desk]) -> Desk:
    return served[1]


def sheet(desk: Desk, school: str, query: str = "") -> str:
    return said(p.content(desk, view(f"school={school}&{query}")))


@pytest.mark.parametrize("school", ["S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8"])
def test_every_sheet_speaks_plainly(desk: Desk, school: str) -> None:
    shown = sheet(desk, school)
    assert not BANNED.search(shown), BANNED.search(shown)
    for part in ("What it lacks", "Its place in the list", "Every value", "Neighbours", "Doubts about the data"):
        assert part in shown


def test_the_ladder_of_a_school_without_internet(desk: Desk) -> None:
    steps = [(step.title, step.state) for step in lacks.rungs(desk.school("S1"))]
    assert steps == [("Covered", "unknown"), ("Not connected", "no"), ("Not for learners", "no"), ("Not fast enough", "no")]  # fmt: skip


def test_the_ladder_never_turns_unknown_into_no(desk: Desk) -> None:
    assert [step.state for step in lacks.rungs(desk.school("S2"))] == ["unknown"] * 4


def test_the_ladder_of_a_slow_and_of_a_fast_school(desk: Desk) -> None:
    slow, fast = lacks.rungs(desk.school("S3")), lacks.rungs(desk.school("S6"))
    assert (slow[3].title, slow[3].state, slow[3].said) == ("Too slow", "partly", "12 Mbps of 26 Mbps needed")
    assert (fast[3].title, fast[3].state) == ("Fast enough", "yes")


def test_a_signal_is_not_a_connection() -> None:
    step = lacks.rungs({"cellular_coverage_type": "4G", "fiber_node_distance_m": 3210.0})[0]
    assert (step.state, step.said) == ("yes", "Best mobile signal 4G; fibre 3.2 km away. A signal is not a connection.")
    assert lacks.rungs({"cellular_coverage_type": "3G"})[0].state == "partly"
    assert lacks.rungs({"cellular_coverage_type": "none"})[0].state == "no"


def test_the_gaps_can_be_redone_by_hand(desk: Desk) -> None:
    # S3: 520 learners, 12 Mbps, 26 computers, 20 teachers; T1 asks 520 × 50 kbps = 26 Mbps, devices 104 + 20 + 1 = 125.
    shown = sheet(desk, "S3")
    assert "520 × 50 kbps = 26 Mbps" in shown
    assert "14 Mbps missing" in shown
    assert "520 ÷ 5 = 104" in shown
    assert "125 devices" in shown
    assert "99 devices missing" in shown


def test_an_unknown_gap_is_said_to_be_unknown(desk: Desk) -> None:
    assert "The gap cannot be said: something it needs is not reported" in sheet(desk, "S8")
    assert "Whether power is lacking is not reported" in sheet(desk, "S2")


def test_the_gap_answers_to_the_standard_in_the_address(desk: Desk) -> None:
    assert "520 ÷ 10 = 52" in sheet(desk, "S3", "p.device_ratio=10")


def test_the_place_in_the_list_with_its_arithmetic(desk: Desk) -> None:
    shown = sheet(desk, "S5")  # E3.2: N .9690, M .9130, index 94.06, rank 1
    assert "1st of" in shown
    assert "lacks 7 of 7 things" in shown
    assert "= 0.9690" in shown
    assert "= 0.9130" in shown
    assert "= 94.06" in shown


def test_a_school_that_does_not_operate_is_not_hidden(desk: Desk) -> None:
    shown = sheet(desk, "S7")
    assert "This school is damaged." in shown
    assert "verify first list" in shown


def test_a_repaired_location_and_a_disagreement_are_said(desk: Desk) -> None:
    assert "Repaired: the decimal point was put back." in sheet(desk, "S1")
    assert "The point lies outside the area that the register names." in sheet(desk, "S2")


def test_conflicts_keep_both_values_and_name_the_rule(desk: Desk) -> None:
    shown = sheet(desk, "S1")
    for part in ("180 learners", "175 learners", "inventory", "Stronger evidence.", "More girls than learners."):
        assert part in shown
    assert "No source disagrees about this school" in sheet(desk, "S6")


def test_neighbours_are_the_nearest_in_order(desk: Desk) -> None:
    near = about.neighbours(desk, desk.school("S1"), view())
    assert [n["school_id"] for n in near][:2] == ["S2", "S3"]
    distances = [n["distance_m"] for n in near]
    assert distances == sorted(distances)
    assert distances[0] == pytest.approx(1572, abs=5)  # 0.01° north and 0.01° east at 1° north
    assert about.neighbours(desk, desk.school("S8"), view()) == []


def test_a_school_that_is_not_here(desk: Desk) -> None:
    shown = sheet(desk, "S99")
    assert "There is no school 'S99' here" in shown
    assert "Choose one in the list" in shown
    assert "No school is chosen" in said(p.content(desk, view()))


def test_the_public_sees_neither_the_sensitive_nor_its_arithmetic(tmp_path: Path) -> None:
    with app_of(country(tmp_path), tier="public") as (_, desk):
        shown = sheet(desk, "S5")
        assert "260" not in shown  # displaced learners
        assert "not counted, and not shown at this level of access" in shown
        assert "Displaced learners is" not in shown
        assert not BANNED.search(shown)


def test_the_locator_draws_the_point_inside_its_outline() -> None:
    whole = Polygon([(0, 0), (10, 0), (10, 5), (0, 5)])
    address = drawing(whole, Point(5, 2.5).buffer(1), (5.0, 2.5))
    svg = b64decode(address.removeprefix("data:image/svg+xml;base64,")).decode()
    assert 'cx="150.0"' in svg  # half of the width of 300
    assert "circle" not in b64decode(drawing(whole, None, None).split(",")[1]).decode()


def test_a_column_names_the_source_that_feeds_it(desk: Desk) -> None:
    told = {"gini_index": {"sources": ["atlas of incomes"]}, "school_status": {"sources": ["census"]}}
    desk.atlas.manifest.update(columns=told, sources=[{"name": "atlas of incomes", "date": "2010"}])
    fed = about.fed(desk, {"source_name": "census"})
    assert fed == {"gini_index": ("atlas of incomes", "2010"), "school_status": ("census", None)}
