"""What options stand on: schools, what lies near them, the country's word on satellite, and the terms.

A way of connecting is judged by a plain function `(ground) -> Link`, one module a way, found in `make.WAYS`. Nothing that
is not known is judged as no: without data of a network an option is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.arrays import Codes, Floats, equals, flag, number
from geodata.layers import Atlas
from geodata.options.eligible import inside
from geodata.options.table import State, Way, Why
from geodata.options.unsaid import unsaid_near
from geodata.plan.terms import Terms
from geodata.query import Desk
from geodata.say import in_english, tr

Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]
STATES = (State.FEASIBLE, State.INFEASIBLE, State.UNKNOWN)
YES, NO, MAYBE = range(3)  # positions in STATES
WHYS = ("", *(w.value for w in Why))
# Layers of which one at least must be given for a way to be judged at all; a cluster needs the schools alone.
NETWORKS = {"fibre": ("nodes", "lines"), "cellular": ("cells", "coverage"), "microwave": ("cells", "nodes")}
OFFLINE = Way.OFFLINE.value
FIXED = ("fibre", "microwave", "cluster")  # what cannot be taken along when people have to leave


@dataclass(frozen=True)
class Near:
    """The best candidate of each school for one way: NaN, "" and row -1 where it has none."""

    distance_m: Floats
    along_road: Bools
    from_id: Texts
    row: Codes

    @property
    def none(self) -> Bools:
        """Schools without a candidate."""
        return self.row < 0


@dataclass(frozen=True)
class Link:
    """One way of connecting every school: n rows. `state` counts STATES, `why` WHYS; `mbps` is what the link can carry."""

    near: Near
    state: Codes
    why: Codes
    mbps: Floats
    high_latency: bool = False

    @classmethod
    def of(cls, near: Near, mbps: float, *, high_latency: bool = False) -> Link:
        """A link that nothing stands against yet."""
        n = len(near.row)
        return cls(near, np.full(n, YES), np.zeros(n, dtype=np.int64), np.full(n, mbps), high_latency)

    def but(self, where: Bools, state: int, why: Why | None = None) -> Link:
        """The same with another state and reason somewhere."""
        code = WHYS.index(why.value if why else "")
        return replace(self, state=np.where(where, state, self.state), why=np.where(where, code, self.why))


@dataclass(frozen=True)
class Ground:
    """What all ways are judged by. `reach` has the columns of the layer with `at`, the school's position in `whole`."""

    whole: pd.DataFrame
    required: Floats
    wanting: Bools  # schools that may lack something: they come before others where capacity is shared
    reach: pd.DataFrame
    planning: Mapping[str, Any]
    terms: Terms
    shocked: Bools
    atlas: Atlas | None = None

    def number(self, name: str) -> float:
        """A policy number."""
        return self.terms.policy.number(name)

    @cached_property
    def located(self) -> Bools:
        """Schools whose place is known."""
        return (self.whole["latitude"].notna() & self.whole["longitude"].notna()).to_numpy()

    def doubtful(self, link: Link, way: str, most: float) -> Link:
        """A link that is too far from every network known to serve it is not known to be, where a node, line or site of
        unknown kind is near enough."""
        far = (link.state == NO) & self.located
        if self.atlas is None or not far.any():
            return link
        lat, lon = (np.where(far, number(self.whole[c]), np.nan) for c in ("latitude", "longitude"))
        return link.but(unsaid_near(self.atlas, way, lat, lon, most), MAYBE, Why.KIND_UNKNOWN)

    @cached_property
    def covered(self) -> Floats:
        """Whether 4G or 5G can be had at the place: 1, 0, NaN where no coverage is given."""
        joined = [flag(self.whole[f"in_{g}_coverage"]) for g in ("4g", "5g")]
        told = self.whole["cellular_coverage_type"]
        said = np.where(told.isna(), np.nan, (equals(told, "4G") | equals(told, "5G")).astype(float))
        some = (joined[0] == 1) | (joined[1] == 1)
        none = (joined[0] == 0) & ~some  # outside 5G alone says nothing of 4G
        return np.where(some, 1.0, np.where(none, 0.0, said))

    @cached_property
    def risky(self) -> Bools:
        """Schools where what can be moved is preferred: high crisis risk."""
        risk = number(self.whole["crisis_index"])
        return np.nan_to_num(risk, nan=-1.0) >= self.number("plan_risk_from")

    def of(self, way: str) -> pd.DataFrame:
        """Candidates of a way, with `length_m`: along roads where they are given, else the straight line."""
        rows = self.reach[(self.reach["way"] == way).to_numpy()]
        along, straight = number(rows["along_road_m"]), number(rows["distance_m"])
        return rows.assign(length_m=np.where(np.isnan(along), straight, along), along=~np.isnan(along))

    def nearest(self, rows: pd.DataFrame, *, detour: float = 1.0, worse: Codes | None = None) -> Near:
        """The shortest candidate of each school among some rows of `of`; ties by id. `detour` lengthens straight lines;
        what is `worse` comes after what is better, however short."""
        length = number(rows["length_m"]) * np.where(rows["along"], 1.0, detour)
        ids = rows["from_id"].fillna("").to_numpy(dtype=object)
        order = np.lexsort((ids.astype(str), length, np.zeros(len(rows)) if worse is None else worse, rows["at"]))
        at = rows["at"].to_numpy()[order]
        first = order[np.r_[True, at[1:] != at[:-1]]] if len(at) else order
        near = self.nowhere()
        where = rows["at"].to_numpy()[first]
        near.distance_m[where], near.along_road[where] = length[first], rows["along"].to_numpy()[first]
        near.from_id[where], near.row[where] = ids[first], first
        return near

    def nowhere(self) -> Near:
        """No candidate for any school."""
        n = len(self.whole)
        none = np.full(n, "", dtype=object)
        return Near(np.full(n, np.nan), np.zeros(n, dtype=bool), none, np.full(n, -1, dtype=np.int64))

    def judged(self, near: Near, way: str, most: float, mbps: float) -> Link:
        """A link to the best candidate: feasible within `most` metres, unknown without a place or a network."""
        link = Link.of(near, mbps).but(near.none | (near.distance_m > most), NO, Why.TOO_FAR)
        if not self.given(way, most):
            return link.but(near.none, MAYBE, Why.NO_NETWORK_DATA)
        return link.but(near.none & ~self.located, MAYBE, Why.NO_LOCATION)

    def given(self, way: str, most: float) -> bool:
        """Whether the network that a way needs is given and was looked at as far as `most`: else nothing is too far."""
        told = self.planning.get("given")
        if told is None:  # built before the manifest said what was given
            return bool((self.reach["way"] == way).any())
        far = not np.isfinite(most) or most <= float(self.planning.get("looked_m", {}).get(way, np.inf))
        return far and (way not in NETWORKS or any(told.get(layer) for layer in NETWORKS[way]))

    def settled(self, link: Link, way: str) -> Link:
        """What holds for every way: it must be fast enough, wanted, and not fixed where a shock forbids fixed building."""
        if way == OFFLINE:
            return link
        link = link.but((link.mbps < self.required) & (link.state != NO), NO, Why.TOO_SLOW)
        if way in FIXED:
            link = link.but(self.shocked & (link.state != NO), NO, Why.SHOCK)
        return (
            link
            if way in (*self.terms.ways, "offline")
            else link.but(np.ones(len(self.whole), dtype=bool), NO, Why.LEFT_OUT)
        )


def ground(desk: Desk, terms: Terms, needs: pd.DataFrame) -> Ground:
    """The ground of a desk whose tier may see where schools lie (see `blocked`)."""
    whole = desk.whole
    reach = desk.atlas.read("reach") if desk.atlas.has("reach") else from_columns(whole)
    reach = pd.DataFrame(reach)
    at = pd.Index(whole["school_id"]).get_indexer(pd.Index(reach["school_id"]))
    reach = reach.assign(at=at)[at >= 0]
    planning = dict(desk.atlas.manifest.get("planning") or {})
    required, wanting = number(needs["required_mbps"]), number(needs["chance_underserved"]) > 0
    return Ground(whole, required, wanting, reach, planning, terms, inside(desk, terms.shocked), desk.atlas)


@in_english
def blocked(desk: Desk) -> str:
    """Why this tier can make no plan here, in a sentence; empty where it can.

    What a way costs says how far a school lies from a mast or a line, and two such distances give its place away.
    """
    if desk.locations.exact:
        return ""
    return tr(
        "Plans rest on where exactly schools lie, which is not shown to the {tier} tier in {name}. A plan is made by the government; what it publishes of it is told by area.",
        tier=desk.tier,
        name=desk.atlas.name,
    )


_FROM_COLUMNS = (
    ("fibre", "node", "fiber_node_distance_m", None),
    ("fibre", "line", "fiber_line_distance_m", None),
    ("cellular", "site", "nearest_4g_distance_m", "4G"),
    ("cellular", "site", "nearest_5g_distance_m", "5G"),
    *(("microwave", "site", f"nearest_{g}g_distance_m", f"{g}G") for g in (2, 3, 4, 5)),
)


def from_columns(whole: pd.DataFrame) -> pd.DataFrame:
    """Candidates from the schools' own distances, for data built before candidates were looked for: no ids, no roads."""
    parts = []
    for way, kind, column, generation in _FROM_COLUMNS:
        known = whole[column].notna().to_numpy()
        rows = pd.DataFrame({"school_id": whole["school_id"][known], "distance_m": number(whole[column][known])})
        parts.append(rows.assign(way=way, from_id="", from_kind=kind, generation=generation))
    out = pd.concat(parts, ignore_index=True)
    return out.assign(along_road_m=np.nan, sight=pd.array([pd.NA] * len(out), dtype="boolean"))
