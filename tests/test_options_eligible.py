"""Who may be in a plan and why not, what funders have promised, and what each school needs where it does not say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.costing.books import book
from geodata.options.eligible import eligible, excluded, rule
from geodata.options.make import options
from geodata.options.needs import GROUPS, needs, said, unit
from geodata.options.price import Buyer
from geodata.plan.basis import shocked
from geodata.plan.terms import Terms
from geodata.policy import POLICY
from geodata.query import Desk
from tests import factories

TERMS = Terms.of(POLICY, 100_000)
NAMES = ("school_id", "funder", "scope", "status", "from_date", "until_date", "source", "row")


def desk_of(folder: Path, frame: pd.DataFrame, tier: str = "government", **layers: pd.DataFrame) -> Desk:
    frame = frame.assign(latitude=0.5, longitude=[30 + k / 100 for k in range(len(frame))])
    desk = Desk(factories.atlas(folder, frame, **layers), tier=tier)
    desk.atlas.manifest["planning"] = {"satellite": "licensed"}
    return desk


def by_id(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_index("school_id").sort_index()


def promises(*rows: tuple[str | None, ...]) -> pd.DataFrame:
    table = pd.DataFrame([(*r, *[None] * (len(NAMES) - len(r))) for r in rows], columns=list(NAMES))
    return table.assign(row=pd.array([None] * len(table), dtype="Int64"))


@pytest.fixture(scope="module")
def seven(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """One school for each reason, and one that does not say who funds it."""
    frame = factories.schools(
        school_funding_type=["public", None, "private", "public", "public", "public", "public"],
        school_status=["open", None, "open", "damaged", "open", "open", "open"],
        has_internet=[False, None, False, False, True, False, False],
        has_internet_for_learners=[False, None, False, False, True, False, False],
        download_speed_contracted_mbps=[None, None, None, None, 50.0, None, None],
        num_students=[100, 200, 300, 400, 500, None, 600],
        education_level="primary", settlement="rural",
    )  # fmt: skip
    given = promises(
        ("s6", "Fund B", "all", "promised"), ("s6", "Fund A", "connection", "under_way"), ("s1", "Fund A", "devices", "promised", None, "2031"),
        ("s7", "Fund A", "connection", "cancelled"), ("s2", "Fund C", "connection", "promised", None, "2019-12-31"),
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("seven")
    desk = desk_of(folder, frame, commitments=given)
    desk.atlas.manifest["sources"] = [{"kind": "schools", "date": "2025"}]
    return desk


def test_the_first_reason_that_holds_is_the_reason(seven: Desk) -> None:
    found = by_id(eligible(seven, TERMS))
    assert found["not_eligible_why"].tolist() == ["", "", "not_public", "not_open", "served", "committed", ""]
    assert found["eligible"].tolist() == [True, True, False, False, False, False, True]
    assert found["funding_unknown"].tolist() == [False, True, False, False, False, False, False]
    out = excluded(eligible(seven, TERMS), needs(seven, TERMS)).set_index("why")
    assert out["schools"].to_dict() == {"not_open": 1, "not_public": 1, "served": 1, "committed": 1}
    assert out.loc["served", "learners"] == 500


def test_terms_and_policy_widen_and_narrow_the_rule(seven: Desk) -> None:
    def who(terms: Terms) -> list[str]:
        found = by_id(eligible(seven, terms))
        return found.index[found["eligible"]].tolist()

    assert who(TERMS) == ["s1", "s2", "s7"]
    assert who(TERMS.with_(include_private=True)) == ["s1", "s2", "s3", "s7"]
    assert who(TERMS.with_(include_committed=True)) == ["s1", "s2", "s6", "s7"]
    strict = TERMS.with_(policy=POLICY.with_values({"plan_funding_unknown": "left_out"}))
    assert who(strict) == ["s1", "s7"]
    assert "included" in rule(TERMS)
    assert "left out" in rule(strict)
    assert "promised" not in rule(TERMS.with_(include_committed=True))


def test_promises_bind_until_they_end_and_name_their_funders(seven: Desk) -> None:
    """Cancelled and ended promises bind nobody; devices alone leave the connection to be planned."""
    found = by_id(eligible(seven, TERMS))
    assert found["committed_by"].tolist() == ["Fund A", "", "", "", "", "Fund A; Fund B", ""]
    assert found.loc["s6", "committed_scope"] == "all; connection"
    assert found.loc["s1", "committed_until"] == "2031"
    flags = [f"promised_{scope}" for scope in ("connection", "devices", "power", "training")]
    assert found.loc["s6", flags].tolist() == [True] * 4
    assert found.loc["s1", flags].tolist() == [False, True, False, False]


def test_what_is_promised_is_not_paid_for_twice(seven: Desk) -> None:
    plain = options(seven, TERMS, book()).query("way == 'satellite'").set_index("school_id")
    assert plain.loc["s1", "device_cost"] == 0
    assert plain.loc["s7", "device_cost"] > 0
    assert plain.loc["s6", ["device_cost", "power_cost", "training_cost"]].tolist() == [0, 0, 0]
    taken = options(seven, TERMS.with_(include_committed=True), book()).query("way == 'satellite'")
    assert (taken["device_cost"] > 0).all()


def test_after_a_shock_what_was_done_is_lost_and_what_is_owed_stands(tmp_path: Path) -> None:
    """A school whose promise was done is eligible again; one whose funder still owes the connection is not funded twice."""
    frame = factories.schools(
        school_funding_type="public", num_students=100, has_internet=[False, False, True, True], has_internet_for_learners=[False, False, True, True],
        download_speed_contracted_mbps=[None, None, 50.0, 50.0], has_electricity=[None, False, False, True],
    )  # fmt: skip
    given = promises(("s1", "Fund A", "all", "done"), ("s2", "Fund A", "connection", "under_way"), ("s3", "Fund B", "connection", "promised"))  # fmt: skip
    desk = desk_of(tmp_path, frame, commitments=given)
    told, every = (needs(desk, TERMS), eligible(desk, TERMS)), np.ones(4, dtype=bool)
    assert by_id(told[1])["not_eligible_why"].tolist() == ["committed", "committed", "served", "served"]
    lost, after = shocked(*told, every)
    by = by_id(after)
    assert by["not_eligible_why"].tolist() == ["", "committed", "committed", ""]
    assert by["eligible"].tolist() == [True, False, False, True]
    assert shocked(*told, every, promised_too=True)[1]["eligible"].all()
    assert after["promised_power"].tolist() == [False] * 4, "what was done of power is lost"
    power = options(desk, TERMS, book(), needs=lost, eligible=after).query("way == 'offline'")
    assert (power["power_cost"] > 0).all()
    assert (Buyer(lost, after, TERMS, book()).power("low")[0].capital > 0).all(), (
        "power that a shock took is gone at the low end of the cost too"
    )


def test_learners_who_are_not_reported_are_judged_and_counted(tmp_path: Path) -> None:
    frame = factories.schools(
        num_students=[100, 200, 300, 900, None, None, None], num_students_lower=[None] * 5 + [51, None], num_students_upper=[None] * 5 + [100, None],
        education_level=["primary"] * 3 + ["secondary", "primary", "secondary", None], settlement="rural", num_teachers=[4, None, None, None, None, None, None],
    )  # fmt: skip
    policy = POLICY.with_values({"similar_schools_min": 3})
    found = by_id(needs(desk_of(tmp_path, frame), TERMS.with_(policy=policy)))
    # the median of level and settlement where three are known, else of all (75.5 is the middle of the range, rounded)
    assert found["learners"].tolist() == [100, 200, 300, 900, 200, 76, 200]
    assert found["learners_estimated"].tolist() == [False] * 4 + [True] * 3
    assert found["required_mbps"].tolist() == [20, 20, 20, 45, 20, 20, 20]
    assert found.loc["s2", "teachers_to_train"] == 8  # 25 learners a teacher, as in the school that reports both
    assert found.loc["s1", "kits"] == 10
    assert unit(found) == "learners"
    assert any("3 of 7 schools" in text for text in said(found))


def test_where_no_school_reports_learners_schools_are_counted(tmp_path: Path) -> None:
    frame = factories.schools(has_internet=[False, True, None], num_computers=[5, 30, None], num_tablets=[0, 0, None])
    found = by_id(needs(desk_of(tmp_path, frame), TERMS))
    assert unit(found) == "schools"
    assert found["people"].tolist() == [1, 1, 1]
    assert found["devices_to_buy"].tolist()[:2] == [15, 0]  # a set of 20 less what is there
    assert found["teachers_to_train"].tolist() == [5, 5, 5]
    assert found["chance_underserved"].tolist()[0] == 1
    assert "counts schools" in said(found)[0]


def test_groups_are_yes_no_or_unknown_and_hidden_ones_unknown(tmp_path: Path) -> None:
    frame = factories.schools(
        num_students=[100, 100, 100, None], num_students_displaced=[60, 0, None, 0], community_land=["indigenous_land", "none", None, None],
        attendance_parity_girls=[0.9, 1.0, None, 1.1], settlement=["rural", "city", None, "town"],
    )  # fmt: skip
    found = by_id(needs(desk_of(tmp_path / "g", frame), TERMS))
    assert set(GROUPS) == {c.removeprefix("group_") for c in found if c.startswith("group_")}
    assert found["group_displaced"].tolist() == [True, False, pd.NA, False]
    assert found["group_community_land"].tolist() == [True, False, pd.NA, pd.NA]
    assert found["group_girls"].tolist() == [True, False, pd.NA, False]
    public = by_id(needs(desk_of(tmp_path / "p", frame, tier="public"), TERMS))
    assert public["group_displaced"].isna().all()
    assert public["group_community_land"].isna().all()
