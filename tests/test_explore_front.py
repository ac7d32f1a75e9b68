"""What a first visitor to Explore is offered at once, and what stands under "More to show"."""

from __future__ import annotations

from dashboard.map import NEVER
from dashboard.pages.explore import FRONT, front
from geodata.declare import Indicator, found

INDICATORS = list(found(Indicator, "geodata.indicators").values())


def test_the_front_row_is_what_most_ask_for() -> None:
    first, rest = front(INDICATORS)
    assert [i.name for i in first] == [
        "internet_for_learners", "meaningfully_connected", "learners_per_computer", "teachers_trained",
        "electricity", "learners_without_internet", "priority",
    ]  # fmt: skip
    assert {"radio", "taught_with_computers"} <= {i.name for i in rest}
    assert len(first) + len(rest) == len(INDICATORS)


def test_what_is_not_known_gives_its_place_to_the_next() -> None:
    without = [i for i in INDICATORS if i.name not in {"learners_per_computer", "priority"}]
    assert [i.name for i in front(without)[0]][2] == "computers"
    only = [i for i in INDICATORS if i.name in {"radio", "television"}]
    assert [i.name for i in front(only)[0]] == [i.name for i in only]
    assert len({n for some in FRONT for n in some} - {i.name for i in INDICATORS}) == 0


def test_the_zoom_from_which_no_school_is_drawn_may_stand_in_a_style() -> None:
    assert 22 < NEVER <= 24
