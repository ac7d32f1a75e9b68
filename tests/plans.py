"""Plans for tests: one made up without a solver, eight schools whose plan is solved in a moment, the page over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
from dash import Dash

from dashboard import page
from dashboard.app import create_app
from dashboard.planning import solved
from dashboard.planning.seen import Seen
from geodata.costing.unit import PriceBook, UnitCost
from geodata.layers import Atlas, open_atlas, write_manifest
from geodata.options.table import COLUMNS as OPTION_COLUMNS
from geodata.plan.problem import Choice
from geodata.plan.result import COLUMNS, Plan
from geodata.plan.terms import Terms
from geodata.query import Desk
from geodata.store import Store, open_store
from geodata.view import View
from tests import made_plan

BOOK = PriceBook(
    "itu_2026",
    "US$",
    {
        "fibre_per_km": UnitCost("fibre_per_km", "Fibre, a kilometre", "km", 8900, 20000, 25000, 2026, "ITU Connectivity Planning Platform", "2026-08"),
        "satellite_setup": UnitCost("satellite_setup", "Satellite, set up", "school", 515, 800, 1200, 2026, "ITU Connectivity Planning Platform", "2026-08"),
    },
)  # fmt: skip
WAYS = ("fibre", "cellular", "satellite")
STOPS = (0.05, 0.5, 1.0)  # of what all would cost


def made_up(desk: Desk, terms: Terms, book: PriceBook | None = None) -> Plan:
    """A plan with every column and nothing solved: schools in the order of their rank as far as the money goes."""
    whole = desk.whole
    n = len(whole)
    place = np.arange(n)
    learners = whole["num_students"].astype("Float64")
    known = bool(learners.notna().any())
    counted = learners.fillna(learners.median()).to_numpy(dtype=float) if known else np.ones(n)
    served = whole["has_internet"].fillna(False).to_numpy(dtype=bool)
    private = whole["school_funding_type"].eq("private").fillna(False).to_numpy(dtype=bool)
    eligible = ~served & ~private
    no_way = eligible & (place % 17 == 3)
    can = eligible & ~no_way
    cost = 4000.0 + (place * 7919 % 97) * 200.0
    rank = whole["priority_rank"].astype("Float64").fillna(n + 1).to_numpy(dtype=float)
    order = np.lexsort((place, rank))
    spent = np.cumsum(np.where(can, cost, 0.0)[order])
    chosen = np.zeros(n, dtype=bool)
    chosen[order] = spent <= terms.total
    must = {k for k, _ in terms.must}
    chosen = (chosen | whole["school_id"].isin(must).to_numpy()) & can
    chosen &= ~whole["school_id"].isin({k for k, _ in terms.never}).to_numpy()
    decision = np.select([chosen, can, no_way], ["chosen", "left_out", "no_way"], "not_eligible")
    way = np.array(WAYS)[place % 3]
    schools = pd.DataFrame({
        "school_id": whole["school_id"], "eligible": eligible,
        "not_eligible_why": np.select([eligible, served, private], ["", "served", "not_public"], ""),
        "committed_by": "", "learners": counted, "learners_estimated": learners.isna() if known else False,
        "chance_underserved": np.where(served, 0.0, 1.0), "weight": 1 + terms.number("plan_equity_weight") * whole["marginalisation"].astype("Float64").fillna(0).to_numpy(dtype=float) / 100,
        "way": np.where(can, way, ""), "way_why": "the cheapest that is fast enough",
        "capital": cost * 0.6, "yearly": cost * 0.05, "link_cost": cost * 0.5, "power_cost": cost * 0.2, "device_cost": cost * 0.2, "training_cost": cost * 0.1,
        "cost": np.where(can, cost, np.nan), "cost_low": np.where(can, cost * 0.7, np.nan), "cost_high": np.where(can, cost * 1.5, np.nan),
        "decision": decision, "year": pd.array(np.where(chosen, 1, 0), dtype="Int64"), "at_lambda_0": chosen,
        "selected_share": pd.array([None] * n, dtype="Float64"), "advice": "", "why": "because it costs little for each learner reached",
        "relay_of": "", "lot": "",
    })  # fmt: skip
    schools["year"] = schools["year"].where(schools["year"] > 0)
    schools["value"] = schools["learners"] * schools["chance_underserved"] * schools["weight"]
    year = np.where(chosen, 1, 0).astype(np.int64)
    best = float(schools["value"][chosen].sum())
    choice = Choice(year, best, best * 1.00005, "within_bound", "made up")
    return Plan(terms, book or BOOK, "learners" if known else "schools", schools[list(COLUMNS)], _options(schools), choice, choice, 0.031, _flows(schools[chosen], terms), _regions(whole, schools, chosen), _excluded(schools), notes=("Every price is provisional.",), version=str(desk.atlas.version), code="test", summary={})  # fmt: skip


def _options(schools: pd.DataFrame) -> pd.DataFrame:
    rows = schools[schools["eligible"]]
    parts = []
    for way in (*WAYS, "microwave"):
        ours = rows["way"].eq(way)
        parts.append(pd.DataFrame({
            "school_id": rows["school_id"], "way": way, "state": np.where(ours, "feasible", "unknown" if way == "satellite" else "infeasible"),
            "why": np.where(ours, "", "licence_unknown" if way == "satellite" else "too_far"), "distance_m": 5200.0, "mbps": 100.0,
            "cost": rows["cost"], "cost_low": rows["cost_low"], "cost_high": rows["cost_high"], "break_even_m": 160.0,
        }))  # fmt: skip
    out = pd.concat(parts, ignore_index=True).sort_values(["school_id", "way"], kind="stable")
    return out.reindex(columns=list(OPTION_COLUMNS))


def _flows(chosen: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    years = range(int(terms.number("plan_horizon_years")) + 1)
    lines = ("link", "power", "devices", "training")
    shares: Mapping[str, float] = dict(zip(lines, (0.5, 0.2, 0.2, 0.1), strict=True))
    rows: list[dict[str, Any]] = []
    for year in years:
        amount = float(chosen["capital" if year == 0 else "yearly"].sum())
        rows += [{"year": year, "line": line, "kind": "capital" if year == 0 else "recurrent", "payer": "government", "amount": amount * shares[line]} for line in lines]  # fmt: skip
    return pd.DataFrame(rows)


def _regions(whole: pd.DataFrame, schools: pd.DataFrame, chosen: np.ndarray) -> pd.DataFrame:
    need = schools["learners"] * schools["chance_underserved"]
    frame = pd.DataFrame({"region": whole["admin1"].fillna(""), "region_id": whole["admin1_id"].fillna(""), "need": need, "money": schools["cost"].where(chosen, 0.0), "reached": need.where(chosen, 0.0), "schools": chosen.astype(int)})  # fmt: skip
    by = frame.groupby(["region_id", "region"], as_index=False).sum()
    by["need_share"] = by["need"] / max(by["need"].sum(), 1)
    by["money_share"] = by["money"] / max(by["money"].sum(), 1)
    by["why"] = np.where(by["money"] > 0, "", "No school of it costs little enough for each learner reached.")
    return by


def _excluded(schools: pd.DataFrame) -> pd.DataFrame:
    out = schools[~schools["eligible"]]
    by = out.groupby("not_eligible_why").agg(schools=("school_id", "size"), learners=("learners", "sum")).reset_index()
    return by.rename(columns={"not_eligible_why": "why"})


# --- the page over eight schools ----------------------------------------------------------------------------------------


def eight(folder: Path, risk: str = "low", satellite: str = "licensed") -> Atlas:
    """The eight schools of the worked examples, where satellite is licensed and nothing else is known."""
    made = made_plan.desk(folder, risk=risk).atlas
    write_manifest(made.folder, {**made.manifest, "planning": {"satellite": satellite}})
    return open_atlas(folder / "testland")


@contextmanager
def app_with(place: Atlas, *, tier: str = "government", store: Store | None = None) -> Iterator[tuple[Dash, Desk]]:
    """The dashboard over one country with a trail, inside a request; its slider has few stops, for every one is solved."""
    app = create_app([place], tier=tier, store=store or open_store(None))
    with patch.object(solved, "PARTS", STOPS), app.server.test_request_context("/"):
        yield app, page.served().desk()


def seen_of(desk: Desk, query: str) -> tuple[Seen, solved.State, View]:
    """The plan of an address and of all its stops, made here and now."""
    view = View.parse(query)
    plan = solved.now(desk, view)
    for amount in solved.stops(desk, plan.terms):
        solved.plan_now(desk, solved.at(plan.terms, amount) if amount != plan.terms.total else plan.terms)
    solved.state(desk, view)
    state = solved.glance(desk, view)
    assert state.plan is not None
    assert state.over
    return Seen(desk, state.plan, state.next), state, view
