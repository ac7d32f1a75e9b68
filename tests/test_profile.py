"""The profile of a place and the charts that are tables: bounds, what cannot be said, and sums that fit the layers."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
from dash import Dash
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import areagaps, drawn, profile, sheet, threegaps, words
from geodata.policy import POLICY
from geodata.query import Desk
from tests.pages import BANNED, app_of, country, said, view


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dash, Desk]]:
    with app_of(country(tmp_path_factory.mktemp("profile"))) as found:
        yield found


@pytest.fixture
def desk(here: tuple[Dash, Desk]) -> Desk:
    return here[1]


def test_where_one_answer_alone_can_be_known_few_is_not_the_word_for_it() -> None:
    row = drawn.Rate("Rural", None, 9, 5, 0.0, 0.36, "none")
    assert drawn.said(row) == f"{drawn.NO_SHARE}; 0 to 36 % possible"


counts = st.integers(0, 500)


@settings(max_examples=30)
@given(yes=counts, no=counts, unknown=counts)
def test_a_bar_never_says_more_than_is_known(yes: int, no: int, unknown: int) -> None:
    total, known = yes + no + unknown, yes + no
    headline = "none" if not known or known < total / 2 else "with_bounds" if known <= total * 0.8 else "plain"
    low, high = (yes / total, (yes + unknown) / total) if total else (None, None)
    row = drawn.Rate("Rural", yes / known if known else None, known, unknown, low, high, headline)  # type: ignore[arg-type]
    text = drawn.said(row)
    if headline == "none" and known:
        assert text.startswith(drawn.TOO_FEW)
    if not known and total:
        assert text == words.NOT_REPORTED
    if unknown and known:
        assert f"of {total:,} reported" in drawn.of_how_many(row)
    pieces = [piece.style for piece in drawn._track(row).children if "fm-piece" in str(piece.className)]
    ends = [float(p["insetInlineStart"][:-1]) + float(p["width"][:-1]) for p in pieces]
    assert all(end <= 100.02 for end in ends)
    if total:
        assert ends[-1] == pytest.approx(100 * (yes + unknown) / total, abs=0.02)


def test_hidden_groups_show_no_number_and_no_bar() -> None:
    row = drawn.Rate("Indigenous land", 0.25, 4, 0, 0.25, 0.25, hidden=True, beside=0.4)
    text = said(drawn.rates([row], caption="c", of="schools", first="Place"))
    assert drawn.HIDDEN in text
    assert "25" not in text
    assert not [piece for piece in drawn._track(row).children if "fm-piece" in str(piece.className)]


def test_the_profile_of_a_place_says_its_rungs_gaps_and_groups(desk: Desk) -> None:
    text = said(profile.profile(desk, view("area=XA-C")))
    for part in (
        "From coverage to use",
        "The three gaps together",
        "Skills: teachers to train",
        "Assistive kits",
        "not reported",
    ):
        assert part in text
    assert "Testland" in text  # the place above, as the thin line
    assert not BANNED.search(text)
    bare = said(profile.profile(desk, view()))
    assert "The thin line" not in bare


def test_the_three_gaps_of_a_place_are_those_of_its_schools(desk: Desk) -> None:
    found = profile.three_gaps(desk, view("area=XA-N"))
    schools = desk.derived()[desk.schools["admin1_id"].eq("XA-N").to_numpy()]
    assert found.bandwidth.value == pytest.approx(float(schools["bandwidth_gap_mbps"].sum()))
    assert found.devices[found.ratio].value == pytest.approx(float(schools["device_gap"].sum()))
    assert "Mbps" in areagaps.sentence(found)
    assert "skills of teachers not reported" in areagaps.sentence(found)


def test_a_school_without_counts_has_bounds_and_no_gap_of_its_own() -> None:
    text = said(threegaps.together({"num_students": 480, "num_teachers": 22, "device_need": 119}, POLICY))
    assert "0 to 119" in text
    assert "from 0 to 22 teachers to train" in text
    assert "Year 4 costs most" in text
    silent = said(threegaps.together({}, POLICY))
    assert "0 devices" not in silent
    assert "Cannot be sized" in silent


def test_values_older_than_the_policy_allows_are_flagged() -> None:
    row = {
        "has_internet": True,
        "has_internet_date": "2021",
        "num_computers": 3,
        "num_computers_date": "2026-01",
        "has_water": True,
    }
    text = said(sheet.record(row, {"levels": []}, {}, POLICY, datetime.date(2026, 11, 22)))
    assert text.count("older than") == 1
    assert "older than 2 years" in text
