"""The attacker's side: nothing that must stay in the building can be had by any address, order, filter, weight or file.

Two countries are the same but for what is hidden; whoever sees the same answers from both has learnt nothing.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from dash import Dash

from dashboard import basemap, waiting
from geodata.declare import Check, found
from geodata.disclosure import may_see, may_tell
from geodata.errors import DisclosureError
from geodata.exports import write_export
from geodata.fields import FIELDS
from geodata.query import Desk
from geodata.tables import BAND_COLUMNS
from geodata.view import View
from tests.attacked import QUERIES, country, served, walk

SENSITIVE = ("num_students_displaced", "num_students_disabled", "community_land", "item_displaced")
ROOMS = ("etl.checks", "etl.checks_place", "etl.checks_supply")


def compare(one: Dash, other: Dash, *, high: bool = False, only: tuple[str, ...] = ()) -> int:
    """Compare two walks answer by answer; returns how many there were. No answer names what is hidden."""
    count = 0
    for (asked, status, answer), (again, as_status, as_answer) in zip(
        walk(one, only=only), walk(other, only=only), strict=True
    ):
        assert (asked, status) == (again, as_status)
        assert answer == as_answer, f"{asked} tells the two countries apart"
        assert status < 500, f"{asked}: {status}"
        text = answer.decode("utf-8", "replace") if status == 200 else ""
        named = (
            [] if "/methods" in asked else [name for name in SENSITIVE if name in text]
        )  # the method itself is no secret
        assert not named, asked
        assert not (high and "school=" not in asked and re.search(r"School number \d|\bs0[0-5]\d\b", text)), asked
        count += 1
    return count


def test_the_public_cannot_tell_two_countries_that_differ_in_sensitive_columns(tmp_path: Path) -> None:
    first, second = (country(tmp_path / str(n), "low", secret=n) for n in (0, 1))
    assert not Desk(first, tier="partner").frame(View()).equals(Desk(second, tier="partner").frame(View()))
    one, other = Desk(first), Desk(second)
    columns = [c for c in one.columns if c not in BAND_COLUMNS]
    for query in QUERIES:  # every order, filter and weight, without a screen around it
        view = View.parse(query)
        assert one.frame(view, columns).equals(other.frame(view, columns)), query
    assert compare(served(first), served(second), only=("/school", "/equity")) > 50


@pytest.mark.parametrize("risk", [pytest.param("medium", marks=pytest.mark.thorough), "high"])
def test_nor_two_countries_whose_schools_stand_elsewhere_in_the_same_cells(
    tmp_path: Path, risk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: dict[object, object] = {}  # work is done when it is asked for: how far it is would tell the two apart
    monkeypatch.setattr(waiting, "ask", lambda key, make, _room=None: (1.0, made.setdefault(key, make(lambda *_: None)) if key not in made else made[key]))  # fmt: skip
    first, second = (country(tmp_path / str(n), risk, secret=n, moved=n, shuffle=bool(n)) for n in (0, 1))
    assert compare(served(first), served(second), high=risk == "high") > 100


def test_the_edge_of_the_base_map_does_not_say_where_the_outermost_school_stands(tmp_path: Path) -> None:
    first, second = (country(tmp_path / str(n), "medium", moved=n) for n in (0, 1))
    assert basemap.extent(first) != basemap.extent(second)
    assert basemap._window(first) == basemap._window(second)


def test_a_weight_put_on_what_is_hidden_moves_nothing(tmp_path: Path) -> None:
    place = country(tmp_path, "low")
    public, partner = Desk(place), Desk(place, tier="partner")
    asked = View.parse("p.weight_displaced=1&p.weight_poverty=0.1")
    even = View.parse("p.weight_displaced=0&p.weight_poverty=0.1")
    columns = ["school_id", "marginalisation", "priority_score", "priority_rank", "lacks_count", "data_confidence"]
    assert public.frame(asked, columns).equals(public.frame(even, columns))
    assert not partner.frame(asked, columns).equals(partner.frame(even, columns))
    assert [c.name for c in public.kept_back] == ["displaced"]
    assert not partner.kept_back
    assert "because it may not be shown to the public tier: displaced learners" in public.kept_back_note


def test_checks_that_read_what_is_hidden_are_not_told_of_a_school() -> None:
    for check in [c for room in ROOMS for c in found(Check, room).values()]:
        read = set(inspect.signature(check.find).parameters) - {"policy"}
        for tier, risk in (("public", "low"), ("public", "medium"), ("partner", "medium")):
            hidden = {c for c in read & set(FIELDS) if not may_see(c, tier, risk)}
            assert not (hidden and may_tell(check.name, tier, risk)), (check.name, hidden)


@pytest.mark.parametrize("query", ["ids=s001", "q=number", "min.num_students=100", "max.num_teachers=3"])
def test_in_a_place_of_high_risk_nothing_picks_a_single_school(tmp_path: Path, query: str) -> None:
    desk = Desk(country(tmp_path, "high"))
    with pytest.raises(DisclosureError, match="none can be picked by name, id or number"):
        desk.select(View.parse(query))
    with pytest.raises(DisclosureError, match="not shown one by one to the public tier"):
        desk.school("s001")
    with pytest.raises(DisclosureError, match="not shown one by one"):
        write_export(desk, View(), tmp_path / "a.csv")
    assert {hit["kind"] for hit in desk.search("s0", 99)} <= {"area"}
    assert Desk(desk.atlas, tier="partner").school("s001")["school_name"] == "School number 1"


def test_in_a_place_of_high_risk_few_schools_are_not_counted_apart(tmp_path: Path) -> None:
    desk = Desk(country(tmp_path, "high"))
    view = View.parse("has_internet=unknown&has_water=yes&has_electricity=no")
    with pytest.raises(DisclosureError, match="Fewer than 10 schools match"):
        desk.select(view)
    counted = desk.areas(View.parse("has_internet=yes"), 2, "water")
    few = counted[counted["num_schools"] < 10]
    assert len(few)
    assert few["water"].isna().all()
    assert not few[["water_known", "water_unknown"]].any(axis=None)
