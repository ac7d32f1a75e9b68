"""Where no school stands by itself: what areas, hexagons and answers one after another must not give away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.asked import Asked
from geodata.disclosure import Thresholds, thresholds, withheld
from geodata.errors import DisclosureError
from geodata.fields import FIELDS
from geodata.layers import Atlas, write_manifest
from geodata.query import Desk
from geodata.small import blanked
from geodata.view import View
from geodata.vocabulary import Sensitivity
from tests.factories import atlas, schools

SIZES = {"XA-11": 14, "XA-12": 6, "XA-13": 25, "XA-21": 30, "XA-22": 20}  # schools of each district
SHARES = ("learners_with_internet", "girls_with_internet", "boys_with_internet")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A country at high risk, as the public sees it; one district has 6 schools, one 7 girls in all."""
    ids = [area for area, size in SIZES.items() for _ in range(size)]
    n = len(ids)
    dice = np.random.default_rng(5)
    learners = dice.integers(60, 400, n)
    girls = np.where(np.array(ids) == "XA-13", 0, learners // 2)
    girls[ids.index("XA-13")] = 7
    frame = schools(
        school_id=[f"s{i:03d}" for i in range(n)], school_name=[f"School number {i}" for i in range(n)],
        admin1=[f"Province {a[3]}" for a in ids], admin1_id=[a[:4] for a in ids],
        admin2=[f"District {a[3:]}" for a in ids], admin2_id=ids,
        latitude=(-1.9 + dice.uniform(-0.01, 0.01, n)).tolist(), longitude=(30.0 + dice.uniform(-0.01, 0.01, n)).tolist(),
        num_students=learners.tolist(), num_students_girls=girls.tolist(),
        has_internet_for_learners=dice.choice([True, False], n).tolist(), has_electricity=[i % 9 > 0 for i in range(n)],
        has_water=[i != 50 for i in range(n)],
    )  # fmt: skip
    made = atlas(tmp_path_factory.mktemp("high"), frame)
    write_manifest(made.folder, {**made.manifest, "place": {**made.manifest["place"], "risk": "high"}})
    return Desk(Atlas(made.link, made.folder))


def test_an_area_of_few_schools_is_hidden_with_a_sister_so_that_the_province_does_not_give_it_away(desk: Desk) -> None:
    districts = desk.areas(View(), 2).set_index("area_id")
    assert districts["num_schools"].to_dict() == SIZES
    hidden = districts["internet_for_learners"].isna()
    assert set(hidden.index[hidden]) == {"XA-12", "XA-11"}
    assert desk.areas(View(), 1)["internet_for_learners"].notna().all()


@pytest.mark.parametrize("area", ["XA-11", "XA-12"])
def test_nor_can_it_be_chosen(desk: Desk, area: str) -> None:
    with pytest.raises(DisclosureError, match="Choose"):
        desk.select(View(area=area))
    assert desk.select(View(area="XA-13")).total == 25


def test_an_area_says_the_same_whether_chosen_or_among_all(desk: Desk) -> None:
    among = desk.areas(View(), 2, "internet_for_learners").set_index("area_id").loc["XA-13"]
    chosen = desk.areas(View(area="XA-13"), 2, "internet_for_learners").set_index("area_id")
    assert chosen.loc["XA-13"].equals(among)
    assert chosen.loc["XA-21", "num_schools"] == 0
    top = desk.areas(View(area="XA-13"), 0, "internet_for_learners").iloc[0]
    assert top["internet_for_learners"] == among["internet_for_learners"]


def test_seven_girls_cannot_be_had_from_a_share_times_a_count_nor_from_parent_less_sisters(desk: Desk) -> None:
    for level in (0, 1, 2):
        table = desk.areas(View(), level).set_index("area_id")
        for name in SHARES:
            share, known, unknown = (table[c] for c in (name, f"{name}_known", f"{name}_unknown"))
            for count in (share * known, (1 - share) * known, unknown):
                told = count.dropna().round(6)
                assert not ((told > 0) & (told < 10)).any(), (level, name)
    girls = desk.areas(View(), 2).set_index("area_id")["girls_with_internet"]
    assert np.isnan(girls["XA-13"])
    province, districts = (
        desk.areas(View(), level).set_index("area_id")["girls_with_internet_known"] for level in (1, 2)
    )
    shown = districts[["XA-21", "XA-22"]]
    rest = districts[["XA-11", "XA-12", "XA-13"]]
    assert not ((rest > 0).sum() == 2 and province["XA-1"] > 0)  # at least two stay hidden where one does
    assert shown.notna().all()


def test_the_same_but_for_a_school_is_not_answered(desk: Desk) -> None:
    assert desk.select(View()).total == sum(SIZES.values())
    with pytest.raises(DisclosureError, match="differs from one that was already answered by fewer than 3 schools"):
        desk.select(View.parse("has_water=yes"))  # all schools but one
    assert desk.select(View.parse("has_electricity=yes")).total > 80
    again = desk.areas(View.parse("has_electricity=yes"), 2)
    assert again.equals(desk.areas(View.parse("has_electricity=yes"), 2))


def test_a_visitor_cannot_lower_the_thresholds(desk: Desk) -> None:
    view = View.parse("p.suppress_learners_below=0&p.suppress_schools_below=0&p.differencing_min_step=1")
    assert desk.areas(view, 2)["internet_for_learners"].isna().sum() == 2
    assert desk.thresholds == thresholds("public")


def test_the_log_forgets_the_oldest_and_knows_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geodata.asked.CELLS", 0)
    groups = pd.Series(["a"] * 20 + ["b"] * 20)
    log = Asked({"level": groups}, 40, 3)
    log.remember(np.arange(40), frozenset())
    assert log.near(np.arange(38)) == (True, frozenset({"b"}))
    assert log.near(np.r_[0:19, 20:30]) == (False, frozenset({"a"}))
    assert log.near(np.r_[0:17, 20:37]) == (False, frozenset())
    for i in range(16):
        log.remember(np.arange(i + 1), frozenset())
    assert log.answered(np.arange(40)) is None
    assert log.answered(np.arange(5)) == frozenset()


# --- rows of a place of medium risk -----------------------------------------------------------------------------------


def rows() -> pd.DataFrame:
    """Schools with small counts, one for girls alone, one occupied."""
    return schools(
        school_id=list("abcde"), num_students=[7, 100, 100, 100, 200], num_students_girls=[3, 100, 4, 50, 90],
        num_students_boys=[4, 0, 96, 50, None], num_students_displaced=[2, 0, 12, 9, 10], num_teachers=[1, 9, 10, 20, 0],
        school_status=["open", "open", "open", "occupied", "damaged"],
    )  # fmt: skip


def test_small_counts_of_a_school_are_not_reported_to_the_public_where_risk_is_medium() -> None:
    out = blanked(rows(), "public", thresholds("public"))
    assert out["num_students"].isna().tolist() == [True, False, False, False, False]
    assert out["num_students_girls"].isna().tolist() == [True, True, True, False, False]
    assert out["num_students_boys"].isna().tolist() == [True, True, True, False, True]
    assert out["num_teachers"].isna().tolist() == [True, True, False, False, False]
    assert out["school_status"].tolist() == ["open", "open", "open", "temporarily_closed", "temporarily_closed"]


def test_partners_see_why_a_school_is_shut_and_no_few_displaced() -> None:
    out = blanked(rows(), "partner", thresholds("partner"))
    assert out["num_students_displaced"].isna().tolist() == [True, False, False, True, False]
    assert out["num_students_girls"].isna().tolist() == [True, False, True, False, False]
    assert out["school_status"].equals(rows()["school_status"])


def test_where_risk_is_low_or_the_government_looks_rows_stand_as_the_register_has_them() -> None:
    for tier, risk in (("public", "low"), ("partner", "low"), ("government", "high")):
        seen = withheld(rows(), tier, risk)
        assert seen["num_teachers"].equals(rows()["num_teachers"])
        assert seen["school_status"].equals(rows()["school_status"])
    assert Thresholds() == thresholds("government")


# --- every field is classified deliberately ---------------------------------------------------------------------------

SENSITIVE_FIELDS = {"community_land", "num_students_disabled", "num_students_displaced", "item_displaced", "raw"}


def test_a_new_field_must_be_classified() -> None:
    """A field is named in `fields_open.txt`, or it is sensitive: whoever adds one decides, and says so here."""
    declared = set((Path(__file__).parent / "fields_open.txt").read_text("utf-8").split())
    said = {name: field.sensitivity for name, field in FIELDS.items()}
    assert {name for name, s in said.items() if s != Sensitivity.OPEN} == SENSITIVE_FIELDS
    new = set(said) - declared - SENSITIVE_FIELDS
    assert not new, (
        f"{sorted(new)}: may the public see them? If so, name them in tests/fields_open.txt; if not, mark them sensitive."
    )
    assert not (declared - set(said)), "named, and no field any more"
