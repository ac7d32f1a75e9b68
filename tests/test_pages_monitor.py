"""Monitor: gaps, dates that do not compare, paces with their range, and what a tier may be told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import figures_monitor
from dashboard.monitoring import said as words_of
from dashboard.pages import compare
from dashboard.pages import monitor as shown
from dashboard.views import beside, split
from geodata import monitor
from geodata.errors import ViewError
from geodata.layers import Atlas
from geodata.monitor import Point
from geodata.policy import POLICY
from geodata.query import Desk
from geodata.view import View
from tests.pages import BANNED, app_of, country, said


def point(date: str, value: float, known: float = 100, unknown: float = 0) -> Point:
    whole = known + unknown
    return Point(date, monitor.year_of(date), value, known, unknown, value * known / whole, (value * known + unknown) / whole)  # fmt: skip


def series() -> pd.DataFrame:
    rows = [("XAA", None, "internet", d, v, 8.0, 0.0, v, v) for d, v in (("2022", 0.25), ("2023", 0.375), ("2024", 0.5))]  # fmt: skip
    rows += [("XA-N", None, "internet", "2022", 0.5, 2.0, 2.0, 0.25, 0.75)]
    rows += [("XA-N", None, "learners_with_internet", "2022", 0.5, 2.0, 2.0, 0.25, 0.75)]
    rows += [(None, s, "has_internet", "2022", v, 1.0, 0.0, v, v) for s, v in (("S1", 1.0), ("S2", 0.0))]
    return pd.DataFrame(rows, columns=["area_id", "school_id", "indicator", "date", "value", "known", "unknown", "lower", "upper"])  # fmt: skip


def test_a_years_end_is_where_its_date_stands() -> None:
    assert monitor.year_of("2024") == 2025.0
    assert monitor.year_of("2024-06-30") == pytest.approx(2024 + 182 / 366)
    assert pd.isna(monitor.year_of("soon"))


def test_other_schools_break_a_series_and_the_pace_starts_anew() -> None:
    found = [point("2019", 0.9, 50), point("2021", 0.4), point("2022", 0.45), point("2023", 0.5)]
    assert monitor.breaks(found, POLICY) == [1]
    far = monitor.distance(found, POLICY)
    assert far is not None
    assert (far.since, far.until, far.dates) == ("2021", "2023", 3)
    assert far.pace == pytest.approx(0.05)
    assert far.needed == pytest.approx(0.5 / 7)  # the end of 2023 to the end of 2030


def test_the_line_draws_the_pace_as_a_range_and_only_where_it_is_told() -> None:
    found, shown = [point("2021", 0.4), point("2022", 0.45), point("2023", 0.5)], [True] * 3
    drawn = figures_monitor.over_years(found, shown, [], target=(2031.0, 1.0), pace=(0.3, 0.9))
    wedge = next(trace for trace in drawn.data if trace.fill == "toself")
    assert list(wedge.y) == [0.5, 0.3, 0.9, 0.5]
    assert list(wedge.x)[1:3] == [2031.0, 2031.0]
    assert "30 % to 90 %" in {note.text for note in drawn.layout.annotations}
    plain = figures_monitor.over_years(found, shown, [], target=(2031.0, 1.0))
    assert not any(trace.fill == "toself" for trace in plain.data)


def test_too_few_dates_tell_no_pace_and_foretell_nothing() -> None:
    found = [point("2022", 0.4), point("2023", 0.5)]
    far = monitor.distance(found, POLICY)
    assert far is not None
    assert not far.told
    text = " ".join(words_of.target(far, POLICY))
    assert "too few dates to say" in text
    assert "if nothing changes" not in text
    assert "Too little is reported" in words_of.target(monitor.distance([point("2023", 0.5, 10, 90)], POLICY), POLICY)[0]  # fmt: skip


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 40)), min_size=3, max_size=6))
def test_what_is_foretold_is_a_range_that_holds_the_pace(years: list[tuple[int, int]]) -> None:
    found = [point(str(2015 + i), yes / 100, 100, unknown) for i, (yes, unknown) in enumerate(years)]
    far = monitor.distance(found, POLICY.with_values({"monitor_other_schools": 1}))
    assert far is not None
    assert far.told
    assert far.slowest <= far.pace <= far.fastest
    low, high = far.then
    assert 0 <= low <= high <= 1
    assert low <= max(0.0, min(1.0, far.now.value + far.pace * far.left)) <= high


def test_the_page_shows_line_table_target_and_what_changed(tmp_path: Path) -> None:
    with app_of(country(tmp_path, series=series())) as (_, desk):
        text = said(shown.layout(desk, View.parse("show=internet")))
    assert "Internet at the school in Testland: 25 % in 2022, 50 % in 2024" in text
    assert "The way to 2030" in text
    assert "8.3 points more are needed every year" in text
    assert "What changed since the last build" in text
    assert not BANNED.search(text), BANNED.search(text)


def test_a_country_without_earlier_years_is_told_what_would_fill_the_page(tmp_path: Path) -> None:
    with app_of(country(tmp_path)) as (app, desk):
        assert "registers of earlier years" in said(shown.layout(desk, View()))
        assert app.server.test_client().get(f"/monitor/{desk.atlas.slug}/dates.csv").status_code == 404


def test_a_group_counts_who_was_not_there_as_not_reported(tmp_path: Path) -> None:
    desk = Desk(country(tmp_path, series=series()), tier="government")
    found = monitor.by_group(desk, "internet", "admin1")
    sizes = desk.schools["admin1"].value_counts()
    for group, points in found.items():
        assert all(p.known + p.unknown == sizes[group] for p in points)
        assert all(0 <= p.lower <= p.value <= p.upper <= 1 for p in points)


def test_small_numbers_of_a_series_are_not_told_below_the_whole(tmp_path: Path) -> None:
    place = country(tmp_path, series=series())
    place.manifest["place"]["risk"] = "medium"
    public = Desk(place, tier="public")
    assert monitor.points(public, "learners_with_internet", "XA-N") == ()
    assert monitor.points(public, "internet", "XA-N") != ()
    place.manifest["place"]["risk"] = "high"
    hidden = Desk(place, tier="public")
    assert monitor.points(hidden, "internet", "XA-N") == () == tuple(monitor.below(hidden, "internet"))
    assert len(monitor.points(hidden, "internet")) == 3


def test_maracanau_holds_two_sets_of_schools_and_says_so(built: Callable[[str], Atlas]) -> None:
    desk = Desk(built("maracanau"), tier="government")
    found = monitor.points(desk, "internet_for_learners", "2307650")
    assert [p.date for p in found] == ["2019", "2021", "2022", "2023", "2024"]
    notes = " ".join(words_of.notes(desk.indicators["internet_for_learners"], found, desk.policy))
    assert "From 2021 the files hold 173 schools where those of 2019 held 83" in notes
    frame = shown.dates_table(desk, "internet_for_learners", "2307650")
    assert frame.loc[frame["date"] == "2024", "value"].tolist() == [round(89 / 180, 6)]


# --- two areas, and the split map ---------------------------------------------------------------------------------


def test_two_areas_differ_surely_only_where_their_ranges_do_not_meet(tmp_path: Path) -> None:
    desk = Desk(country(tmp_path), tier="government")
    both = [o["value"] for o in compare.choices(desk)][:2]
    for line in beside.lines(desk, View(), (both[0], both[1])):
        if line.sure:
            assert line.one is not None
            assert line.other is not None
            assert line.one.lower > line.other.upper or line.other.lower > line.one.upper
    same = beside.lines(desk, View(), (both[0], both[0]))
    assert not any(line.sure for line in same)
    assert "does not tell" in beside.title(same, ("A", "A"))


def test_the_page_of_two_areas_has_a_table_and_refuses_what_is_no_area(tmp_path: Path) -> None:
    with app_of(country(tmp_path)) as (_, desk):
        both = [o["value"] for o in compare.choices(desk)][:2]
        text = said(compare.layout(desk, View(area=both[0]).with_screen(beside=both[1])))
        assert "Why the two differ is not worked out here." in text
        assert not BANNED.search(text), BANNED.search(text)
        with pytest.raises(ViewError, match="no area"):
            compare.layout(desk, View(area=both[0]).with_screen(beside="nowhere"))


def test_a_split_map_draws_two_indicators_or_two_dates(built: Callable[[str], Atlas]) -> None:
    with app_of(built("demo")) as (app, desk):
        left, right = (split.drawn(desk, View.parse("show=internet&split=electricity"), n)[0] for n in (0, 1))
        assert "show=internet" in left["values"]
        assert "show=electricity" in right["values"]
        view = View.parse("show=internet&split=2022-03-31")
        then, now = split.sides(desk, view)
        assert (then.date, now.date) == ("2022-03-31", "")
        spec = split.spec_of(desk, view, then)
        assert spec["values"].startswith("/values-at/")
        told = split.values_at(desk, view, 1)
        reply = app.server.test_client().get(spec["values"])
        assert reply.get_json() == told
        area, value = next((a, v) for a, v in told.items() if v["class"] >= 0)
        assert value["value"] == pytest.approx(next(p.value for p in monitor.points(desk, "internet", area) if p.date == then.date), abs=1e-4)  # fmt: skip
        head, rows = split.table(desk, view)
        assert "2022-03-31" in head[1]
        assert len(rows) == len(told)
        with pytest.raises(ViewError, match="neither an indicator nor a date"):
            split.sides(desk, View.parse("show=internet&split=1999"))
