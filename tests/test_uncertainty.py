"""Likely ranks: the same whatever the order of the rows, honest about what is unknown, and ties that are groups."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import uncertainty
from geodata.derive import derive, scored
from geodata.layers import Atlas
from geodata.query import Desk
from geodata.tables import BAND_COLUMNS
from geodata.uncertainty import published_draws, rank_bands, ties
from geodata.unknowns import unknown_cells
from geodata.view import View
from tests.factories import schools, t8
from tests.random_places import random_place

seeds = st.integers(0, 10_000)


def bands(place: pd.DataFrame, **given: object) -> pd.DataFrame:
    return rank_bands(scored(place)[0], place["school_id"], draws=200, **given)  # type: ignore[arg-type]


@settings(max_examples=6, deadline=None)
@given(seeds)
def test_same_seed_same_bands_whatever_the_order_of_the_rows(seed: int) -> None:
    place = random_place(seed, size=80)
    mixed = place.sample(frac=1, random_state=seed)
    pd.testing.assert_frame_equal(bands(mixed).loc[place.index], bands(place))
    assert not bands(place, seed=1).equals(bands(place, seed=2))


@settings(max_examples=6, deadline=None)
@given(seeds)
def test_bands_hold_together(seed: int) -> None:
    place = random_place(seed, size=400, unknown=0.1)  # more schools than ranks are counted one by one
    found, derived = bands(place), derive(place)
    ranked = derived["priority_rank"].notna()
    assert found.loc[~ranked].isna().all().all()
    assert found.loc[ranked].notna().all().all()
    here = found[ranked].astype("float64")
    assert (here["rank_low"] >= 1).all()
    assert (here["rank_high"] <= ranked.sum()).all()
    assert (here["rank_low"] <= here["rank_median"]).all()
    assert (here["rank_median"] <= here["rank_high"]).all()
    # in every draw so many schools stand among the first
    assert here["top_chance"].sum() == pytest.approx(min(100, ranked.sum()), abs=1e-6)
    in_order = here.assign(rank=derived["priority_rank"]).sort_values("rank")
    steps = in_order["rank_tie"].diff().dropna()
    assert steps.isin([0, 1]).all(), "groups of ties are runs of the list"
    for _, group in in_order.groupby("rank_tie"):
        assert (group["rank_low"] <= group["rank_high"].iloc[0]).all()
    first = in_order.groupby("rank_tie").first()
    assert (first["rank_low"].to_numpy()[1:] > first["rank_high"].to_numpy()[:-1]).all()


def test_counting_in_steps_loses_little() -> None:
    """Ranges wider than the counts are right to the width of a step, against the exact quantiles of few schools."""
    place = random_place(7, size=1500, unknown=0.1)
    scoring, ids = scored(place)[0], place["school_id"]
    coarse = rank_bands(scoring, ids, draws=256)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uncertainty, "BINS", 4096)
        exact = rank_bands(scoring, ids, draws=256)
    for name in ("rank_low", "rank_high", "rank_median"):
        assert (coarse[name] - exact[name]).abs().max() <= 2 + 1500 / 256
    assert coarse["top_chance"].equals(exact["top_chance"])


def test_a_school_that_is_known_and_worst_of_all_is_first_in_every_draw() -> None:
    found = bands(t8()).set_axis(t8()["school_id"])
    assert found.loc["S5", ["rank_low", "rank_high", "top_chance"]].tolist() == [1, 1, 1]
    assert found.loc["S2", "rank_high"] > found.loc["S2", "rank_low"], "S2 does not report two things"


def test_what_is_unknown_is_drawn_from_what_similar_schools_report() -> None:
    place = schools(
        admin2_id=["D1"] * 6 + ["D2"] * 6,
        has_electricity=[True, True, True, False, False, None] + [False] * 5 + [None],
        wealth_percentile=0.5,
        has_internet_for_learners=False,
    )
    scoring = scored(place)[0]
    cells = unknown_cells(scoring, np.arange(12))
    assert dict(zip(cells.row.tolist(), cells.chance.tolist(), strict=True)) == {5: 0.6, 11: 0.0}
    yes, no = (cells.pool[at : at + n].tolist() for at, n in zip(cells.start[1], cells.size[1], strict=True))
    assert (set(yes), no) == ({0.0}, [1.0] * 5), (
        "too few with electricity in the district: those of the whole place speak"
    )
    predicted = place.assign(predicted_electricity=[None] * 5 + [0.9] + [None] * 5 + [0.3])
    cells = unknown_cells(scored(predicted.astype({"predicted_electricity": "float64"}))[0], np.arange(12))
    assert cells.chance.tolist() == [0.9, 0.3]


def test_ties_begin_with_their_first_school() -> None:
    order = np.array([1.0, 2, 3, 4, 5])
    low, high = np.array([1.0, 1, 3, 3, 5]), np.array([2.0, 4, 4, 5, 5])
    assert ties(order, low, high).tolist() == [1, 1, 2, 2, 3]
    assert ties(order[::-1], low[::-1], high[::-1])[::-1].tolist() == [1, 1, 2, 2, 3], "by rank, not by row"


def test_progress_is_told_and_what_it_raises_ends_the_work() -> None:
    heard: list[tuple[int, int]] = []

    def stop(done: int, of: int) -> None:
        heard.append((done, of))
        if len(heard) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bands(t8(), progress=stop)
    assert heard == [(64, 200), (128, 200)]


def test_nothing_to_rank_gives_no_bands() -> None:
    found = bands(schools(school_id=["x", "y"]))
    assert tuple(found.columns) == BAND_COLUMNS
    assert found.isna().all().all()
    assert bands(t8().iloc[:0]).empty


def test_a_large_country_is_drawn_less_often_but_never_too_little() -> None:
    assert [published_draws(n) for n in (0, 900, 6_000, 220_000)] == [10_000, 10_000, 1_666, 200]


def test_the_build_draws_the_ranks_and_a_desk_those_of_other_policies(built: Callable[[str], Atlas]) -> None:
    atlas = built("demo")
    desk = Desk(atlas, tier="government")
    own = desk.bands()
    assert atlas.manifest["drawn_ranks"]["draws"] >= 200
    assert own["rank_low"].notna().equals(desk.derived()["priority_rank"].notna())
    view = View.parse("p.weight_poverty=0.9&p.mc_draws_interactive=100")
    other = desk.bands(view.policy_over(desk.policy))
    assert not other["rank_low"].equals(own["rank_low"])
    assert desk.frame(view, ["rank_low"])["rank_low"].equals(other["rank_low"].loc[desk.select(view).positions])
    first = desk.select(View.parse("sort=rank_low&p.weight_poverty=0.9&p.mc_draws_interactive=100")).positions[:20]
    assert other["rank_low"].iloc[first].is_monotonic_increasing


def test_the_public_sees_no_rank_that_rests_on_what_is_hidden(built: Callable[[str], Atlas]) -> None:
    """Displaced learners are not shown to the public: its bands are drawn anew without them."""
    atlas = built("demo")
    public, whole = Desk(atlas), Desk(atlas, tier="government")
    assert public.kept_back
    assert not len(public._ranked.bands_at_hand(public.policy).columns)
    assert not public.bands()["rank_low"].equals(whole.bands()["rank_low"])
