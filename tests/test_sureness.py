"""Ranks as bands, the line above the list, and a school's place in it, on the eight schools: what the screen is told."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from dash import Dash

from dashboard import about, placed, shows, sure_list, sureness
from dashboard.pages import prioritise, school
from geodata.query import Desk
from geodata.shapley import shapley
from tests.pages import BANNED, app_of, country, said, view


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dash, Desk]]:
    with app_of(country(tmp_path_factory.mktemp("sure"))) as found:
        yield found


@pytest.fixture
def desk(here: tuple[Dash, Desk]) -> Desk:
    return here[1]


def test_a_band_holds_its_middle_and_says_whom_it_is_tied_with(desk: Desk) -> None:
    block = sureness.block(desk, view("p.weight_poverty=0.6"), 0, 8)
    ids = desk.rows(view("p.weight_poverty=0.6"), 0, 8, ["school_id", "priority_rank"])
    assert list(block) == [row["school_id"] for row in ids]
    ranked = [block[row["school_id"]] for row in ids if row["priority_rank"] is not None]
    for band in ranked:
        assert 0 <= band["low"] < band["high"] <= 1
        assert band["low"] <= band["median"] <= band["high"]
        assert "9 of 10 tries" in band["full"]
    bare = [block[row["school_id"]] for row in ids if row["priority_rank"] is None]
    assert bare
    assert all(band["said"] == "" for band in bare)


def test_a_line_opens_every_group_of_ties_but_the_first_of_the_list(desk: Desk) -> None:
    groups = sureness.table(desk, desk.policy)["rank_tie"]
    order = desk.select(view()).positions
    numbers = groups.iloc[order].to_numpy(dtype=float, na_value=-1)
    block = sureness.block(desk, view(), 0, 8)
    assert [band["first"] for band in block.values()] == [False, *(numbers[1:] != numbers[:-1])]
    parts = {**sureness.block(desk, view(), 0, 3), **sureness.block(desk, view(), 3, 8)}
    assert parts == block
    assert not any(band["first"] for band in sureness.block(desk, view("sort=-num_students"), 0, 8).values())


def test_a_filter_that_no_school_passes_has_no_bands(desk: Desk) -> None:
    nobody = view("min.num_students=1e9")
    assert desk.select(nobody).total == 0
    assert sureness.block(desk, nobody, 0, 100) == {}


def test_rows_wait_for_bands_that_are_not_there_yet(desk: Desk) -> None:
    changed = view("p.weight_poverty=0.6")
    rows = prioritise.rows(desk, changed, 0, 8)["rowData"]
    assert {row["sure"] for row in rows} == {sureness.key(desk, changed)} != {sureness.key(desk, view())}
    found = sure_list.bands(desk, changed, {"startRow": 0, "endRow": 8})
    assert found is not None
    assert found["key"] == rows[0]["sure"]
    assert set(found["bands"]) == {row["school_id"] for row in rows}


def test_the_line_counts_who_stays_under_other_weightings(desk: Desk) -> None:
    text = said(sure_list.said(desk, view()))
    assert "With equal weights" in text
    assert "Kendall" in text
    assert not BANNED.search(text)


def test_the_steps_lead_from_the_mean_school_to_this_one(desk: Desk) -> None:
    for school_id in ("S5", "S2", "S6"):
        found = about.explanation(desk, school_id, desk.policy)
        parts = shapley(desk.scoring(), about.position(desk, school_id), desk.policy)
        points = {part.criterion.name: part.points for part in parts.parts}
        moves = placed.moves(found, points, desk.columns)
        assert parts.base_score + sum(move.points for move in moves) == pytest.approx(found.score, abs=1e-5)
        seen = [abs(move.points) for move in moves]
        assert seen == sorted(seen, reverse=True)
        some = [line.criterion.item for line in found.items[:2]]
        fewer = placed.moves(found, points, some)
        assert fewer[-1].name == placed.NOT_SHOWN
        assert sum(move.points for move in fewer) == pytest.approx(sum(move.points for move in moves))
        assert len(fewer) == 3


def test_the_sheet_says_how_the_group_came_about_and_what_would_change_it(desk: Desk) -> None:
    text = said(school.layout(desk, view("school=S5")))
    for part in (
        "How it came to its group",
        "Group A from 5, group B from 3",
        "The arithmetic",
        "From the mean school",
    ):
        assert part in text
    band, changes = placed.brought(desk, view("school=S5"), "S5")
    assert band.startswith("How sure this is: ")
    told = said(changes)
    assert "With electricity" in told
    assert "With all three" in told
    assert not BANNED.search(text + band + told)


def test_no_legend_ends_with_an_empty_class() -> None:
    draw = np.random.default_rng(7)
    for values in (
        np.clip(draw.normal(80, 20, 3000), 0, 100),
        np.r_[np.zeros(900), draw.uniform(0, 99.5, 300)],
        draw.uniform(0, 96, 500),
        np.repeat([0.0, 0.5, 1.0], 40),
        np.exp(draw.normal(3, 1, 2000)),
    ):
        limits = shows.nice_breaks(values)
        assert list(limits) == sorted(set(limits))
        assert (values >= limits[-1]).any(), limits


def test_a_rank_outside_its_band_says_why() -> None:
    inside, above = (sureness.Band(4, 522, 80.0, 0.68, 3, 5000, 100, rank) for rank in (4.0, 2.0))
    assert inside.outside == inside.why_outside == ""
    assert "further back than its rank, 2nd" in above.sentence
    below = sureness.Band(10, 20, 15.0, None, 0, 50, 100, 25.0)
    assert "further forward than its rank, 25th" in below.sentence
