"""Figures: the title states the finding, bars start at zero, what is not reported is drawn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import figures as f
from dashboard.figures import Part, Share

SHARES = [Share("Electricity", 100, 0, 0), Share("Internet", 90, 0, 10), Share("Learners", 0, 0, 100)]


def test_the_unreported_part_is_drawn_hatched() -> None:
    figure = f.reported(SHARES)
    solid, rest = figure.data
    assert rest.marker.pattern.shape
    for known, unknown in zip(solid.x, rest.x, strict=True):
        assert known + unknown == pytest.approx(1)
    assert figure.layout.xaxis.range[0] == 0


def test_the_title_names_the_best_and_the_worst() -> None:
    assert f.reported(SHARES).layout.title.text == "1 of 3 items are fully reported, learners not at all"
    assert (
        f.reported_title([*SHARES[1:2], Share("Power", 50, 0, 50)]) == "Internet is reported best, power least (50 %)"
    )
    assert f.reported_title([]) == "Nothing is reported"


def test_rates_show_the_range_that_the_unknown_leave() -> None:
    figure = f.rates([Share("Rural", 20, 60, 20), Share("Urban", 70, 20, 10)], "have internet for learners")
    ranges = [tuple(trace.x) for trace in figure.data if trace.mode == "lines"]
    assert (0.2, 0.4) in ranges
    assert (0.7, 0.8) in ranges
    assert figure.layout.title.text == "Urban: 8 of 10 schools have internet for learners; Rural: 2 of 10"


def test_ends_that_cannot_be_told_apart_are_said_to_be_so() -> None:
    assert "too much is unreported" in f.rates_title(
        [Share("Rural", 20, 20, 60), Share("Urban", 30, 20, 50)], "connected"
    )
    assert f.rates_title([Share("Rural", 0, 0, 9)], "connected") == "No schools report whether they are connected"


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_bounds_hold_the_share(yes: int, no: int, unknown: int) -> None:
    share = Share("x", yes, no, unknown)
    low, high = share.bounds
    assert 0 <= low <= high <= 1
    if share.value is not None:
        assert low - 1e-12 <= share.value <= high + 1e-12


def test_an_unknown_part_is_hatched_over_its_whole_width() -> None:
    figure = f.contributions([Part("Power", None, 0.2), Part("Internet", 1.0, 0.5)], "A", "B")
    solid, hatched = figure.data
    assert list(hatched.x) == [0.0, 1.0]
    assert hatched.text[1] == "not reported"
    assert solid.text[1] == ""


def test_a_line_has_a_gap_where_nothing_was_reported() -> None:
    figure = f.over_time([("2020", 0.4, 0.3, 0.5), ("2021", None, None, None), ("2022", 0.6, 0.6, 0.6)], "A", "B")
    line = figure.data[-1]
    assert line.connectgaps is False
    assert list(line.y) == [0.4, None, 0.6]


@given(st.floats(0, 1))
def test_every_value_has_a_colour(value: float) -> None:
    assert f.ramp(value) in f.NEED_RAMP
