"""Plans told by area alone: where a tier may not see where schools lie, sums of a few budgets and nothing more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.pages import plan as plan_page
from dashboard.planning import areas_only, show
from geodata.errors import DisclosureError
from geodata.options.make import options
from geodata.plan.areas import by_area, digits, inside
from geodata.plan.make import make_plan
from geodata.plan.terms import Terms
from geodata.query import Desk
from geodata.view import View
from tests.pages import BANNED, said
from tests.plans import BOOK, app_with, eight

COARSE = [("public", "high"), ("partner", "medium")]


@pytest.fixture(autouse=True)
def _two_budgets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(areas_only, "PARTS", (0.25, 0.5))


def _made(desk: Desk) -> Any:
    return areas_only._made(desk, None, lambda *_: None)


@pytest.mark.parametrize(("tier", "risk"), COARSE)
def test_sums_alone_are_told_and_no_address_moves_them(tmp_path: Path, tier: str, risk: str) -> None:
    with app_with(eight(tmp_path, risk=risk), tier=tier) as (app, desk):
        made = _made(desk)
        assert len(made) == 2
        plain = said(areas_only.parts(desk, View.parse("budget=200000"), made))
        assert not BANNED.search(plain)
        assert "Told by area alone" in plain
        assert "too few" in plain  # three provinces of two or three schools
        for school_id, name in zip(desk.whole["school_id"], desk.whole["school_name"], strict=True):
            assert f"{school_id} " not in plain
            assert str(name) not in plain
        for query in ("budget=200001", "budget=200000&terms=ways:fibre", "budget=200000&p.plan_equity_weight=0", "budget=200000&school=S2"):  # fmt: skip
            assert said(areas_only.parts(desk, View.parse(query), made)) == plain
        client = app.server.test_client()
        key = made[0].terms.key[:20]
        for path in ("plan-export/testland/programme.xlsx?", f"plan-values/testland/x/{key}/1.json?", f"plan-tiles/testland/x/{key}/0/0/0.mvt?", f"plan-hexagons/testland/x/{key}/3.json?", f"plan-lines/testland/x/{key}.json?"):  # fmt: skip
            reply = client.get(f"/{path}budget={made[0].terms.total:.0f}")
            assert reply.status_code >= 400 or reply.data in (b"", b"{}", b'{"type":"FeatureCollection","features":[]}'), path  # fmt: skip


def test_a_coarse_desk_is_refused_what_it_may_not_make(tmp_path: Path) -> None:
    desk = Desk(eight(tmp_path, risk="medium"), tier="public")
    with pytest.raises(DisclosureError, match="told by area"):
        options(desk, Terms.of(desk.policy, 1.0), BOOK)
    near = inside(desk)
    assert near is inside(desk)
    assert near.tier == "public"
    assert not desk.locations.exact
    columns = [c for c in desk.whole.columns if c not in ("latitude", "longitude")]
    pd.testing.assert_frame_equal(  # nothing that the tier may not see but the places
        desk.whole.set_index("school_id")[[c for c in columns if c != "school_id"]].sort_index(),
        near.whole.set_index("school_id")[[c for c in columns if c != "school_id"]].sort_index(),
    )


def test_small_regions_have_no_number_and_large_ones_round_ones(tmp_path: Path) -> None:
    desk = Desk(eight(tmp_path, risk="medium"), tier="public")
    plan = make_plan(inside(desk), Terms.of(desk.policy, 300_000))
    rows = [("A", 40, 12, 812_345.0), ("B", 60, 23, 1_234_567.0), ("C", 55, 30, 999.0), ("D", 9, 2, 77_777.0), ("E", 50, 21, 5.0)]  # fmt: skip
    frame = pd.DataFrame([{"region_id": n, "region": n, "schools": s, "unserved": 10.0 * s, "need_share": s / 214, "chosen": k, "reached": 10.0 * k, "reached_share": k / 88, "cost": c, "money_share": c / 2_125_693, "why": f"The cheapest costs {c}"} for n, s, k, c in rows])  # fmt: skip
    told = by_area(desk, replace(plan, regions=frame))
    shown = told.regions.set_index("region")
    assert pd.isna(shown.loc["D", ["chosen", "cost", "need_share", "money_share"]]).all()
    assert shown["chosen"].isna().sum() >= 2  # else the total would give the hidden one away
    known = shown[shown["chosen"].notna()]
    assert (known["chosen"] % 5 == 0).all()
    assert all(digits(v) == v for v in known["cost"])
    assert "why" not in shown
    assert told.schools == 90
    assert told.cost == 2_100_000
    government = Desk(desk.atlas, tier="government")
    assert by_area(government, replace(plan, regions=frame)).regions["chosen"].notna().all()


def test_the_page_says_how_far_it_is_and_then_the_sums(tmp_path: Path) -> None:
    with app_with(eight(tmp_path, risk="high"), tier="public") as (_, desk):
        view = View.parse("budget=300000")
        for _ in range(2000):
            shown = show.parts(desk, view)
            if shown.over:
                break
            assert "Making the plan" in said(shown.lead)
            show.solved.sleep(0.05)
        assert "Need and money by area" in said(shown.lead)
        assert show.below(desk, view) == []
        assert "plan-areas" in str(plan_page.layout(desk, view).className)
