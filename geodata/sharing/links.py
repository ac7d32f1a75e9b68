"""Shared fibre in a plan: where a tree saves, a school's fibre comes from the school before it, and costs that link alone.

Trees are drawn over all schools that may be in the plan, and of each tree the part that saves most is kept. In it every
school has the tree's link in the place of a line of its own; whether it is built is the plan's choice, which takes a
school's shared fibre only together with that of the school before it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.arrays import Floats, number
from geodata.costing.unit import Case
from geodata.options.ground import Ground
from geodata.options.price import BESIDE, Amounts, Buyer
from geodata.options.table import State, Way
from geodata.say import in_english, tr, trn, written
from geodata.sharing.trees import SCHOOL, Trees, fibre_trees
from geodata.sharing.worth import Worth, prune

CASES: tuple[Case, ...] = ("low", "mid", "high")


@dataclass(frozen=True)
class Shared:
    """Fibre trees over a country's eligible schools. `options` has the tree's link in the place of the school's own line
    wherever a tree is kept. `relay`: child, parent (school ids) of the kept part."""

    trees: Trees
    worth: Worth
    options: pd.DataFrame
    relay: pd.DataFrame

    @property
    def kept(self) -> pd.DataFrame:
        """The edges of the kept part, as in Trees."""
        inside = self.worth.schools.loc[self.worth.schools["in_tree"], "school_id"]
        return self.trees.edges[self.trees.edges["school_id"].isin(inside)]

    @in_english
    def say(self) -> str:
        """What building together would save, in a sentence."""
        kept = self.kept
        several = kept[kept.groupby("tree")["tree"].transform("size") > 1]
        if not len(several):
            return tr("No shared fibre tree costs less than its schools' own best ways.")
        worth = self.worth.schools[self.worth.schools["school_id"].isin(several["school_id"])]
        saved = (worth["own_cost"] - worth["shared_cost"]).sum()
        km, trees, only = several["metres"].sum() / 1000, several["tree"].nunique(), int(worth["own_cost"].isna().sum())
        said = trn(
            "{n} shared fibre tree with {schools} schools and {km} km would cost {saved} less than those schools' own best ways.",
            "{n} shared fibre trees with {schools} schools and {km} km would cost {saved} less than those schools' own best ways.",
            trees,
            schools=written(len(several)),
            km=written(km, 0),
            saved=written(saved, 0),
        )
        more = tr("{schools} of them have no other known way.", schools=written(only))
        return f"{said} {more}" if only else said


def shared_fibre(on: Ground, buyer: Buyer, options: pd.DataFrame, neighbours: pd.DataFrame) -> Shared:
    """The trees of a country and what they do to its options.

    `options` of geodata.options.make; `neighbours`: the layer of pairs of schools. Schools that are not eligible, have no
    place, need more than fibre carries, or lie where a shock forbids fixed building are in no tree.
    """
    terms = buyer.terms
    longest, detour = terms.number("plan_fibre_max_m"), terms.number("plan_fibre_detour")
    part = buyer.promised["eligible"].to_numpy(dtype=bool) & on.located & ~on.shocked & on.wanting
    part &= ~(on.required > terms.number("plan_fibre_mbps"))
    sites = on.whole.loc[part, ["school_id", "latitude", "longitude"]]
    fibre = on.reach[(on.reach["way"] == Way.FIBRE).to_numpy()]
    trees = fibre_trees(sites, neighbours, fibre, longest_m=longest, detour=detour)
    at = pd.Index(on.whole["school_id"]).get_indexer(pd.Index(trees.edges["school_id"]))
    length = np.full(len(on.whole), np.nan)
    length[at] = trees.edges["metres"]
    costs = _costs(buyer, length)
    ids = pd.Index(on.whole["school_id"].astype("str"))
    worth = prune(
        trees, pd.Series(costs["cost"], index=ids), _own(options), pd.Series(buyer.column("learners"), index=ids)
    )
    trees_in = trees.edges[worth.schools["in_tree"].to_numpy()]
    relay = trees_in.loc[trees_in["parent_kind"] == SCHOOL, ["school_id", "parent_id"]]
    relay = relay.rename(columns={"school_id": "child", "parent_id": "parent"}).reset_index(drop=True)
    return Shared(trees, worth, _replaced(options, trees_in, costs, ids), relay)


def _own(options: pd.DataFrame) -> pd.Series:
    """What each school's own best way costs, by school_id; missing where it has none."""
    can = options[options["choosable"].to_numpy(dtype=bool)]
    return can.groupby("school_id")["cost"].min()


def _costs(buyer: Buyer, length_m: Floats) -> dict[str, Floats]:
    """What fibre of a length costs each school with everything beside it: amounts as the options name them."""
    money, unknown = buyer.money, np.isnan(length_m)
    out: dict[str, Floats] = {}
    for case in dict.fromkeys((buyer.terms.case, *CASES)):
        link = Amounts.of(buyer.link(Way.FIBRE, length_m, case), money)
        beside = [Amounts.of(parts, money) for name, parts in buyer.beside(case).items() if name in BESIDE]
        total = link.worth + sum(b.worth for b in beside)
        if case == buyer.terms.case:
            out |= {"link_cost": link.worth, "cost": total}
            out |= {"capital": link.capital + sum(b.capital for b in beside)}
            out |= {"yearly": link.yearly + sum(b.yearly for b in beside)}
        if case != "mid":
            out |= {f"link_{case}": link.worth, f"cost_{case}": total}
    return {name: np.where(unknown, np.nan, values) for name, values in out.items()}


def _replaced(options: pd.DataFrame, kept: pd.DataFrame, costs: dict[str, Floats], ids: pd.Index) -> pd.DataFrame:
    """The options with the tree's link in the rows of fibre of the schools that are kept; others as they are."""
    out = options.copy()
    own = out["school_id"].isin(kept["school_id"]) & (out["way"] == Way.FIBRE)
    rows = np.flatnonzero(own.to_numpy())
    edge = kept.set_index("school_id").loc[out["school_id"].iloc[rows]]
    at = ids.get_indexer(pd.Index(out["school_id"].iloc[rows]))
    margin = number(out["compared_cost"])[rows] / number(out["cost"])[rows]
    for column, values in costs.items():
        _put(out, rows, column, values[at])
    _put(out, rows, "distance_m", number(edge["metres"]))
    _put(out, rows, "compared_cost", costs["cost"][at] * np.nan_to_num(margin, nan=1.0))
    told = {"along_road": edge["along_road"].tolist(), "from_id": edge["parent_id"].tolist()}
    told |= {"state": [State.FEASIBLE.value] * len(rows), "why": [""] * len(rows), "choosable": [True] * len(rows)}
    for column, said in told.items():
        whole = out[column].to_numpy(dtype=object).copy()
        whole[rows] = said
        out[column] = pd.Series(whole, index=out.index).astype(options[column].dtype)
    return out


def _put(frame: pd.DataFrame, rows: np.ndarray, column: str, values: Floats) -> None:  # type: ignore[type-arg]
    held = number(frame[column]).copy()
    held[rows] = values
    frame[column] = held
