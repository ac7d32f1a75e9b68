"""Prioritise: rows, order and filters, comparison, weights, what a change did, what to relax, the file that leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from dash import Dash

from dashboard import around, comparing, lists, taking, weights
from dashboard.pages import prioritise as p
from dashboard.ranking import change, standing
from geodata.query import Desk
from tests.pages import BANNED, app_of, country, said, view


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dash, Desk]]:
    with app_of(country(tmp_path_factory.mktemp("place"))) as found:
        yield found


@pytest.fixture
def desk(served: tuple[Dash, Desk]) -> Desk:
    return served[1]


def request(sort: str = "priority_rank", way: str = "asc", **filters: object) -> dict[str, object]:
    return {"startRow": 0, "endRow": 100, "sortModel": [{"colId": sort, "sort": way}], "filterModel": filters}


def test_the_page_says_no_word_of_the_code(desk: Desk) -> None:
    for query in ("", "list=verify_first", "p.weight_poverty=1", "compare=S1,S5", "q=nothing+of+this+name"):
        shown = said(p.layout(desk, view(query)))
        assert not BANNED.search(shown), BANNED.search(shown)
        assert not BANNED.search(said(p.rows(desk, view(query), 0, 100)["rowData"]))


def test_rows_come_in_the_order_of_the_worked_example(desk: Desk) -> None:
    # E3.4: order S5, S1, S4, S2, S3, S8, S7, S6. Here S7 is damaged, so it stands in the verify first list.
    block = p.rows(desk, view(), 0, 100)
    ids = [row["school_id"] for row in block["rowData"]]
    assert block["rowCount"] == 8
    assert ids[:3] == ["S5", "S1", "S4"]
    assert block["rowData"][0]["said_lacks"] == "lacks 7 of 7"
    assert block["rowData"][0]["said_tier"] == "Group A"
    assert ids.index("S7") >= 6


def test_a_row_says_its_marks_and_reasons_in_words(desk: Desk) -> None:
    row = p.rows(desk, view("ids=S1"), 0, 1)["rowData"][0]
    assert row["place"] == "District 1, North"
    assert ("internet", "lacks") in row["marks"]
    assert ("displaced", "has") in row["marks"]
    assert row["num_students"] == "180"
    assert len(row["reasons"].split("; ")) == 2


def test_a_print_has_the_first_schools_in_their_order(desk: Desk) -> None:
    table = said(around.foot(desk, view("sort=-num_students")))
    names = [row["school_name"] for row in p.rows(desk, view("sort=-num_students"), 0, 3)["rowData"]]
    assert "The first 8 schools of 8" in table
    assert sorted(names, key=table.index) == names
    assert "The first" not in said(around.foot(desk, view("q=nothing+of+this+name")))


def test_a_block_is_a_part_of_the_whole(desk: Desk) -> None:
    whole = p.rows(desk, view(), 0, 8)["rowData"]
    assert p.rows(desk, view(), 2, 5)["rowData"] == whole[2:5]


def test_the_heads_of_the_grid_become_the_address() -> None:
    asked = lists.asked(view("area=XA-N"), request("num_students", "desc"))
    assert (asked.sort, asked.descending, asked.area) == ("num_students", True, "XA-N")
    asked = lists.asked(
        view("max.num_students=90"), request(num_students={"type": "inRange", "filter": 10, "filterTo": 50})
    )
    assert (asked.at_least, asked.at_most) == ((("num_students", 10.0),), (("num_students", 50.0),))
    assert lists.asked(view(), request(school_name={"type": "contains", "filter": "são"})).text == "são"
    assert lists.asked(view("sort=-num_students"), {"sortModel": [], "filterModel": {}}).sort == "priority_rank"


def test_filters_that_stand_elsewhere_are_kept() -> None:
    asked = lists.asked(view("min.num_teachers=3&tier=A"), request())
    assert asked.at_least == (("num_teachers", 3.0),)
    assert dict(asked.among) == {"tier": ("A",)}


def test_sorted_by_learners(desk: Desk) -> None:
    rows = p.rows(desk, lists.asked(view(), request("num_students", "desc")), 0, 3)["rowData"]
    assert [row["num_students"] for row in rows] == ["1,200", "650", "520"]


def test_the_headline_counts_what_the_list_shows(desk: Desk) -> None:
    shown = said(p.head(desk, view()))
    assert "4 of 7 ranked schools lack 5 or more of 7 things" in shown
    assert "3 by what is reported, 1 by what similar schools lack. " in shown
    counts = desk.summary(view())
    assert f"Ranked ({counts.ranked})" in shown
    assert f"Verify first ({counts.verify_first})" in shown


def test_a_change_of_a_weight_is_said_and_can_be_undone(desk: Desk) -> None:
    assert change(desk, view()) == ""
    assert p.changed(desk, view()) == []
    shown = said(p.changed(desk, view("p.weight_poverty=0&p.tier_a_from=7")))
    assert "You changed" in shown
    assert "Undo" in shown
    assert "changed group" in shown


def test_moved_counts_only_what_moved_far() -> None:
    assert lists.moved({"a": 1, "b": 20, "c": 3}, {"a": 12, "b": 10, "d": 1}) == (1, 2)
    assert lists.change_words(0, 0, 0) == "No school moved more than 10 places or changed its group."
    assert lists.change_words(1214, 1, 2) == "1,214 schools moved more than 10 places; 2 schools changed group; 1 school changed between ranked and verify first."  # fmt: skip


def test_the_drawer_explains_every_number_and_labels_every_field(desk: Desk) -> None:
    shown = said(weights.drawer(desk.policy, desk.policy))
    for number in weights.shown():
        assert number.title in shown
    assert "planning value" in shown
    assert not BANNED.search(shown)


def test_what_the_country_set_is_said_beside_the_default(desk: Desk) -> None:
    own = desk.policy.with_values({"device_ratio": 10})
    number = next(n for n in weights.shown() if n.name == "device_ratio")
    assert "This country sets 10 learners per device; the default is 5 learners per device" in weights.explained(
        number, own
    )


def test_an_empty_result_says_what_to_relax(desk: Desk) -> None:
    shown = said(p.empty(desk, view("tier=A&min.num_students=5000")))
    assert "No school matches" in shown
    assert "Learners: any smaller number" in shown
    assert p.empty(desk, view()) == []


def test_what_to_relax_leads_somewhere(desk: Desk) -> None:
    nothing = view("area=XA-N&min.num_students=5000")
    for text, address in around.relax(desk, nothing):
        reached = view(urlsplit(address).query)
        assert desk.select(reached).total > 0, text


def test_side_by_side(desk: Desk) -> None:
    shown = said(comparing.compared(desk, view(), ["S5", "S1", "S6"]))
    for part in ("School E", "School A", "School F", "differs", "no internet for learners", "3 schools side by side"):
        assert part in shown
    assert not BANNED.search(shown)


@pytest.mark.parametrize(("picked", "filtered", "compare", "only"), [(0, False, True, True), (1, False, True, False), (3, False, False, False), (5, False, True, False), (0, True, True, False)])  # fmt: skip
def test_the_buttons_speak_of_what_is_ticked(picked: int, filtered: bool, compare: bool, only: bool) -> None:
    found = comparing.selection_words(picked, filtered=filtered)
    assert (found[0], found[2]) == (compare, only)


def test_the_standing_names_what_is_counted(desk: Desk) -> None:
    stand = standing(desk, desk.policy)
    assert stand.of == 7
    assert stand.learners
    assert not stand.hidden


def test_the_public_sees_no_mark_of_a_sensitive_thing(tmp_path: Path) -> None:
    with app_of(country(tmp_path), tier="public") as (_, desk):
        stand = standing(desk, desk.policy)
        assert stand.of == 6
        assert not stand.hidden
        assert all("displaced" not in dict(row["marks"]) for row in p.rows(desk, view(), 0, 9)["rowData"])
        told = said(p.foot(desk, view()))
        assert "Not counted in the ranking, because it may not be shown to the public tier: displaced learners." in told
        assert "known for no school" not in told


def test_the_export_button_counts_and_its_address_keeps_the_view(desk: Desk) -> None:
    asked = view("tier=A&sort=-num_students&p.weight_poverty=0.2&compare=S1,S2")
    assert taking.label(desk, view()) == "Export these 8 schools"
    parts = urlsplit(taking.address(desk, asked, "csv", ["school_id"], "open"))
    query = parse_qs(parts.query)
    assert parts.path.endswith("/schools.csv")
    assert query["tier"] == ["A"]
    assert query["sort"] == ["-num_students"]
    assert query["p.weight_poverty"] == ["0.2"]
    assert query["licence"] == ["open"]


def test_the_file_holds_the_rows_of_the_screen_in_their_order(served: tuple[Dash, Desk]) -> None:
    app, desk = served
    asked = view("min.num_students=300&sort=-num_students")
    reply = app.server.test_client().get(taking.address(desk, asked, "csv", ["school_id", "num_students"]))
    assert reply.status_code == 200
    assert "attachment" in reply.headers["Content-Disposition"]
    lines = reply.get_data(as_text=True).lstrip("\ufeff").splitlines()
    on_screen = [row["school_id"] for row in p.rows(desk, asked, 0, 100)["rowData"]]
    assert [line.split(",")[0] for line in lines[1 : 1 + len(on_screen)]] == on_screen


def test_a_wrong_format_is_said_plainly(served: tuple[Dash, Desk]) -> None:
    app, desk = served
    reply = app.server.test_client().get(f"/export/{desk.atlas.slug}/schools.docx")
    assert reply.status_code == 400
    assert "docx" in reply.get_data(as_text=True)


@pytest.mark.parametrize(
    "query", ["", "min.num_students=10", "max.lacks_count=3&q=são", "min.data_confidence=0.5&max.data_confidence=0.9"]
)
def test_the_heads_of_a_shared_link_give_the_same_view_back(query: str) -> None:
    asked = lists.asked(view(query), request(**lists.filter_model(view(query))))
    assert asked == view(query)
