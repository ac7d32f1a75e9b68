"""A plan of the eight schools of the worked examples, made by hand: for tests of what is handed out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from geodata.costing.unit import PriceBook, UnitCost
from geodata.errors import StoreError
from geodata.layers import open_atlas, write_manifest
from geodata.options.table import COLUMNS as OPTION_COLUMNS
from geodata.plan.problem import Choice
from geodata.plan.result import COLUMNS, Plan
from geodata.plan.terms import Terms
from geodata.query import Desk
from tests.factories import atlas, t8

CHEAPEST = {"S1": ("satellite", 14379.0), "S2": ("satellite", 13079.0), "S3": ("cellular", 4732.0), "S4": ("cellular", 4732.0), "S5": ("satellite", 20379.0), "S8": ("cellular", 4732.0)}  # fmt: skip
CHOSEN = {"S3": 1, "S4": 1, "S5": 2}  # E6.2 at 30 000
PLAIN = ("S2", "S3", "S4", "S8")
PRICES = PriceBook(
    "by_hand",
    "USD",
    {
        "satellite_setup": UnitCost("satellite_setup", "=HYPERLINK(1)", "once", 400, 800, 900, 2026, "ITU", "2026-08"),
        "cellular_setup": UnitCost("cellular_setup", "Mobile router", "once", 50, 120, 534, 2026, "Ministry quote 7", "2026-10", False),
    },
)  # fmt: skip


def desk(folder: Path, *, tier: str = "government", risk: str = "low") -> Desk:
    """A desk on the eight schools, with places and names, one of which would be a formula."""
    frame = t8()
    frame["school_name"] = pd.Series(["=1+1", *(f"School {n}" for n in range(2, 9))], dtype="str")
    frame["latitude"], frame["longitude"] = np.linspace(1.01, 1.08, 8), np.linspace(30.01, 30.08, 8)
    for n in (1,):
        frame[f"admin{n}_id"] = frame[f"admin{n}"]
    made = atlas(folder, frame)
    write_manifest(made.folder, {**made.manifest, "place": {**made.manifest["place"], "risk": risk}})
    return Desk(open_atlas(folder / "testland"), tier=tier)


def plan(of: Desk) -> Plan:
    """A plan of E6.2 at 30 000 over two years: S3, S4, then S5."""
    policy = of.policy.with_values({"plan_years": 2})
    terms = Terms.of(policy, 30_000, prices=PRICES.name)
    ids = of.whole["school_id"].tolist()
    way = [CHEAPEST.get(s, ("", np.nan))[0] for s in ids]
    cost = np.array([CHEAPEST.get(s, ("", np.nan))[1] for s in ids])
    served = np.array([s in ("S6", "S7") for s in ids])
    year = pd.Series([CHOSEN.get(s) for s in ids], dtype="Int64")
    decision = np.where(served, "not_eligible", np.where(year.notna(), "chosen", "left_out"))
    rows = pd.DataFrame(index=range(len(ids)), columns=list(COLUMNS))
    rows = rows.assign(
        school_id=ids, eligible=~served, not_eligible_why=np.where(served, "served", ""), committed_by="",
        learners=pd.to_numeric(of.whole["num_students"]).to_numpy(), learners_estimated=False,
        chance_underserved=np.where(served, 0.0, 1.0), weight=1.0, value=1.0, way=way, way_why="cheapest that would do",
        capital=cost * 0.2, yearly=cost * 0.1, link_cost=cost * 0.5, power_cost=cost * 0.2, device_cost=cost * 0.2,
        training_cost=cost * 0.1, cost=cost, cost_low=cost * 0.7, cost_high=cost * 1.6, decision=decision, year=year,
        at_lambda_0=[s in PLAIN for s in ids], selected_share=np.where(served, np.nan, 0.9),
        advice=np.where(decision == "chosen", "fund_now", np.where(served, "", "later")), why="5 km from node N1", relay_of="", lot="",
    )  # fmt: skip
    chosen = rows["decision"] == "chosen"
    flows = _flows(rows[chosen])
    return Plan(
        terms=terms, book=PRICES, unit="learners", schools=rows, options=_options(rows), flows=flows,
        choice=Choice(np.zeros(0, dtype=np.int64), 2920.9, 2920.9, "optimal", "HiGHS"),
        plain=Choice(np.zeros(0, dtype=np.int64), 1290.0, 1290.0, "optimal", "HiGHS"),
        price_of_equity=0.0166, regions=_regions(rows), excluded=pd.DataFrame({"why": ["served"], "reason": ["has what the standard asks for"], "schools": [2], "learners": [1850.0]}),
        notes=("Satellite: the recipe does not say whether it is licensed.",), version=of.atlas.version, code="test",
    )  # fmt: skip


def _options(rows: pd.DataFrame) -> pd.DataFrame:
    found = []
    for school in rows.loc[rows["eligible"], "school_id"]:
        way, cost = CHEAPEST[school]
        for name in ("cellular", "fibre", "satellite"):
            mine = name == way
            found.append({"school_id": school, "way": name, "state": "feasible" if mine else "infeasible", "why": "" if mine else "too_far", "distance_m": 4321.0, "along_road": False, "from_id": "N1", "mbps": 100.0, "high_latency": False, "capital": cost * 0.2, "yearly": cost * 0.1, "link_cost": cost * 0.5, "power_cost": cost * 0.2, "device_cost": cost * 0.2, "training_cost": cost * 0.1, "cost": cost, "cost_low": cost * 0.7, "cost_high": cost * 1.6, "break_even_m": 160.0})  # fmt: skip
    return pd.DataFrame(found, columns=list(OPTION_COLUMNS))


def _flows(chosen: pd.DataFrame) -> pd.DataFrame:
    """All of it paid at the start of its year of building."""
    rows = []
    for year, part in chosen.groupby("year"):
        when = int(str(year)) - 1
        for line, column in (("link", "link_cost"), ("power", "power_cost"), ("devices", "device_cost"), ("training", "training_cost")):  # fmt: skip
            rows.append({"year": when, "line": line, "payer": "funder", "amount": float(part[column].sum())})  # fmt: skip
    return pd.DataFrame(rows)


def _regions(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"region": ["Central", "East", "North"], "need_share": [0.2, 0.4, 0.4], "money_share": [0.0, 0.8, 0.2], "why": ["nothing there was worth its cost", "", ""]})  # fmt: skip


def refused() -> StoreError:
    """What a trail says that cannot be written."""
    return StoreError("The disk is full.")
