"""Plans made by hand for the tests of lots and bids: no solver, a few schools, every number known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata.costing.books import book
from geodata.layers import Atlas
from geodata.plan.problem import Choice
from geodata.plan.result import COLUMNS, Plan
from geodata.plan.terms import Terms
from geodata.policy import POLICY
from geodata.query import Desk
from tests.factories import atlas, schools


def country(folder: Path, count: int = 40, **more: Any) -> Atlas:
    """A small place: two provinces, schools on a grid half a kilometre apart, some learners unknown."""
    steps = np.arange(count)
    frame = schools(
        school_id=[f"{i:03d}" for i in steps],
        school_name=[f"École {i} مدرسة" if i % 7 == 0 else f"School {i}" for i in steps],
        latitude=list(-1.9 + 0.005 * (steps % 8)),
        longitude=list(30.0 + 0.005 * (steps // 8)),
        admin1_id=["P1" if i < count * 3 // 4 else "P2" for i in steps],
        admin1=["North" if i < count * 3 // 4 else "South" for i in steps],
        num_students=[100 + int(i) for i in steps],
        school_funding_type="public",
        has_internet=False,
    )
    return atlas(folder, frame, **more)


def plan(desk: Desk, *, ways: list[str] | None = None, chosen: int | None = None, relay: dict[str, str] | None = None, **policy: float) -> Plan:  # fmt: skip
    """A plan that takes the first `chosen` schools, each by its way; costs grow with the row."""
    ids = desk.whole["school_id"].astype("str").to_numpy(dtype=object)
    order = np.argsort(np.argsort(ids))
    count = len(ids)
    taken = order < (count * 4 // 5 if chosen is None else chosen)
    by = np.array([(ways or ["fibre"])[i % len(ways or ["fibre"])] for i in order], dtype=object)
    cost = 1000.0 + order
    frame = pd.DataFrame({c: pd.Series([None] * count, dtype=object) for c in COLUMNS}).assign(
        school_id=pd.Series(ids, dtype="str"), way=by, eligible=True, learners=1234.0 + order, learners_estimated=False,
        value=500.0 - order, chance_underserved=0.9, weight=2.5, link_cost=cost / 2, cost=cost, cost_low=cost * 0.8, cost_high=cost * 1.5,
        capital=cost / 4, yearly=cost / 20, power_cost=0.0, device_cost=cost / 4, training_cost=cost / 4,
        decision=np.where(taken, "chosen", "left_out"), year=pd.array(np.where(taken, 1 + order % 2, 0), dtype="Int64"),
        advice=np.where(order % 5, "fund_now", "verify_first"), selected_share=0.95, why="made by hand", way_why="", not_eligible_why="", committed_by="",
        relay_of=[(relay or {}).get(i, "") for i in ids], lot="",
    )  # fmt: skip
    options = frame[["school_id", "way", "link_cost"]].assign(
        link_low=cost * 0.4, link_high=cost * 0.8, state="feasible", distance_m=1000.0, from_id="N1"
    )
    choice = Choice(np.zeros(0, dtype=np.int64), 0.0, 0.0, "optimal", "none")
    terms = Terms.of(POLICY.with_values(policy), 1e6)
    notes = ("All prices are provisional.",)
    return Plan(terms, book("itu_2026"), "learners", frame, options, choice, choice, 0.0, pd.DataFrame(), pd.DataFrame(), pd.DataFrame(), notes=notes)  # fmt: skip
