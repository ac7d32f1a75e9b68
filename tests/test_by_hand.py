"""Ten random schools of the demonstration and of Tocantins: group and score recomputed in plain Python, from the layer alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pandas as pd
import pytest

from geodata.layers import Atlas
from geodata.policy import POLICY
from tests import by_hand_country
from tests.by_hand_country import Country

NUMBERS = ("need", "marginalisation", "priority_score")
COUNTS = ("lacks_count", "lacks_unknown", "lacks_expected")


def test_the_recomputation_is_apart_from_what_it_checks() -> None:
    assert "geodata" not in inspect.getsource(by_hand_country).split('"""', 2)[2]


@pytest.mark.parametrize(("name", "things"), [("demo", 9), ("tocantins", 5)])
def test_ten_random_schools_by_hand(built: Callable[[str], Atlas], name: str, things: int) -> None:
    atlas = built(name)
    schools = pd.DataFrame(atlas.read("schools")).drop(columns="geometry")
    country = Country(schools, POLICY.with_values(atlas.manifest["policy"]))
    assert len(country.used) == things
    ranked = schools[schools["list"] == "ranked"]
    full, partly = ranked[ranked["lacks_unknown"] == 0], ranked[ranked["lacks_unknown"] > 0]
    chosen = pd.concat([part.sample(min(len(part), 5), random_state=20260101) for part in (full, partly)])
    chosen = pd.concat([chosen, ranked.drop(chosen.index).sample(10 - len(chosen), random_state=1)])
    assert len(chosen) == 10
    for _, school in chosen.iterrows():
        found = country.school(school["school_id"])
        assert [school[c] for c in COUNTS] == [found[c] for c in COUNTS], school["school_id"]
        assert school["tier"] == found["tier"], school["school_id"]
        for number in NUMBERS:
            assert school[number] == pytest.approx(found[number], abs=1e-5), (school["school_id"], number)
