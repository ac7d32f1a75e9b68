"""The language of the address: what one sees is what one exports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import PolicyError, ViewError
from geodata.policy import POLICY
from geodata.view import View

FULL = (
    "area=1700251&has_internet=no,unknown&school_area_type=rural&min.num_students=100&max.num_students=500"
    "&q=escola&p.weight_poverty=0.6&sort=-num_students&show=devices&at=5/1.2/3"
)


def test_a_full_address_survives_the_round_trip() -> None:
    view = View.parse(FULL)
    assert View.parse(view.query()) == view
    assert view.descending
    assert view.shown("show") == "devices"
    assert view.policy_over(POLICY).number("weight_poverty") == 0.6


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("school_area_typ=rural", "school_area_type"),
        ("school_area_type=country", "urban, rural, unknown"),
        ("min.school_name=3", "not a number"),
        ("min.num_students=many", "not a number"),
        ("num_students=3", "min.num_students"),
        ("p.weight_povrty=1", "weight_poverty"),
        ("sort=scoer", "no column"),
    ],
)
def test_a_wrong_address_says_what_is_right(query: str, message: str) -> None:
    with pytest.raises(ViewError, match=message):
        View.parse(query)


def test_a_policy_number_out_of_bounds_is_refused() -> None:
    with pytest.raises(PolicyError, match="Weight of poverty"):
        View.parse("p.weight_poverty=7")


def test_policy_equal_to_the_default_leaves_the_address() -> None:
    view = View().with_policy({"weight_poverty": 0.9}).with_policy({"weight_poverty": 0.4})
    assert view == View()
    assert view.query() == ""


def test_the_order_of_the_address_does_not_matter() -> None:
    assert View.parse("q=a&school_area_type=rural,urban") == View.parse("school_area_type=urban,rural&q=a")


@given(
    text=st.text(min_size=1, max_size=20),
    least=st.integers(0, 10_000),
    area=st.text("abc019-&=? é", min_size=1, max_size=12),
)
def test_any_text_survives_the_address(text: str, least: int, area: str) -> None:
    view = View(area=area, text=text, at_least=(("num_students", float(least)),))
    assert View.parse(view.query()) == view


def test_what_the_screen_adds_does_not_change_which_schools() -> None:
    assert View.parse(FULL).schools_only == View.parse(FULL.replace("&at=5/1.2/3", "&school=7")).schools_only
