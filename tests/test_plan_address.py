"""What a plan assumes stands in the address and ranks nobody: the list, its caches and its tiles do not hear of it."""

from __future__ import annotations

from pathlib import Path

from geodata.policy import POLICY
from geodata.query import Desk
from geodata.view import View
from tests.pages import country


def test_plan_numbers_are_kept_apart_from_those_that_rank() -> None:
    view = View.parse("p.plan_equity_weight=0&p.alpha=0.4&p.plan_discount_rate=0.1&budget=1000")
    assert dict(view.policy) == {"alpha": 0.4}
    assert dict(view.plans) == {"plan_equity_weight": 0.0, "plan_discount_rate": 0.1}
    assert view.policy_over(POLICY)["plan_equity_weight"] == POLICY["plan_equity_weight"]
    assert view.plan_policy_over(POLICY)["plan_equity_weight"] == 0
    assert View.parse(view.query()) == view
    assert view.schools_only == View.parse("p.alpha=0.4")


def test_plan_numbers_rank_nobody_and_leave_the_rankings_kept(tmp_path: Path) -> None:
    desk = Desk(country(tmp_path), tier="government")
    own = desk.derived()
    other = desk.policy.with_values({"plan_equity_weight": 0.0, "plan_fibre_max_m": 5000, "plan_discount_rate": 0.02})
    assert desk.derived(other) is own
    assert desk.scoring(other) is desk.scoring()
    assert desk.select(View.parse("p.plan_years=3")) is desk.select(View())
    changed = desk.policy.with_values({"alpha": 0.4})
    assert desk.derived(changed.with_values({"plan_years": 3})) is desk.derived(changed) is not own
