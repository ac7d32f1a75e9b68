"""The step of a build that looks at what could connect each school: layers `reach`, `neighbours` and `commitments`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from etl.merge import Table
from etl.reach.fibre import candidates, sources
from etl.reach.near import anchors, neighbours
from etl.reach.promises import promises
from etl.reach.radio import cellular, masts, visible
from etl.reach.roads import Links, Network, network
from etl.reach.sight import NO, UNKNOWN, YES, Radio
from etl.reach.terrain import around
from etl.steps import nothing, read_source
from etl.work import Work
from geodata.options.table import Way
from geodata.people.catchment import road_network
from geodata.spatial import Floats, floats, located
from geodata.tables import COMMITMENTS, NEIGHBOURS, QUARANTINE, REACH, empty_columns
from geodata.vocabulary import CommitmentStatus, ReachedFrom, SchoolStatus

# A plan may be made with longer links than the country's own numbers allow: so far is looked at all the same.
LOOKED_FIBRE_M, LOOKED_CELLULAR_M, LOOKED_CLUSTER_M = 50_000.0, 50_000.0, 10_000.0
MANY = 20_000  # schools from which the step tells how far it is
SIGHTS = {YES: True, NO: False, UNKNOWN: pd.NA}
COLUMNS = ["school_id", "latitude", "longitude", "has_internet", "school_status"]
IDS = ["school_id", "school_id_govt", "school_id_giga"]


def look_around(work: Work) -> str:
    """What could connect each school, its neighbours, and what funders have promised; returns what was found."""
    schools = work.layer("schools", COLUMNS).sort_values("school_id", ignore_index=True)
    lat, lon = floats(schools["latitude"]), floats(schools["longitude"])
    net = _network(work)
    terrain = tuple(work.path(s) for s in work.recipe.source if s.kind == "terrain")
    reach = _reach(work, schools, net, terrain)
    work.write("reach", reach)
    snap, longest = work.policy.number("plan_road_snap_m"), work.policy.number("plan_fibre_max_m")
    pairs = neighbours(lat, lon, net, snap_m=snap, limit=longest)
    ids = schools["school_id"].to_numpy()
    named = pairs.assign(school_id=ids[pairs["one"]], other_id=ids[pairs["other"]])
    work.write("neighbours", empty_columns(named.drop(columns=["one", "other"]), NEIGHBOURS))
    promised = _commitments(work)
    work.write("commitments", promised)
    about = _about(work, schools, reach, net is not None, bool(terrain))
    work.keep_json("planning.json", about)
    return _said(about, len(pairs), promised)


def _network(work: Work) -> Network | None:
    roads = work.layer("roads", ["geometry"])
    return None if roads is None else network(road_network(roads.geometry.to_numpy(), work.policy.number("road_gap_m")))


def _reach(work: Work, schools: pd.DataFrame, net: Network | None, terrain: tuple[Path, ...]) -> pd.DataFrame:
    """Rows of REACH: the best few candidates of each school and way."""
    lat, lon = floats(schools["latitude"]), floats(schools["longitude"])
    cells, nodes = work.layer("cells"), work.layer("nodes")
    parts = [_fibre(work, (lat, lon), nodes, net)]
    _often(work, len(schools), "fibre is looked at; lines of sight come next")
    parts += [
        _microwave(work, (lat, lon), cells, nodes, terrain),
        *(t.assign(way=Way.CELLULAR.value, from_kind=ReachedFrom.SITE.value) for t in cellular(lat, lon, cells, _looked(work, "cellular"))),
        _cluster(work, schools, (lat, lon)),
    ]  # fmt: skip
    _often(work, len(schools), "candidates are found; pairs of neighbours come next")
    given = [p for p in parts if len(p)]
    table = (
        pd.concat(given, ignore_index=True)
        if given
        else pd.DataFrame({"place": np.empty(0, dtype=np.int64), "way": pd.Series(dtype="str")})
    )
    table["school_id"] = schools["school_id"].to_numpy()[table["place"]]
    table = table.sort_values(["school_id", "way"], kind="stable", ignore_index=True)  # the best stays first
    return empty_columns(table.drop(columns=["place", "label"], errors="ignore"), REACH)


def _often(work: Work, schools: int, done: str) -> None:
    """Tells how far the step is, in a country where it takes long."""
    if schools >= MANY:
        work.tell(f"   … of {schools:,} schools {done}")


def _looked(work: Work, way: str) -> float:
    """How far is looked for a way, in metres: the country's own number, or farther where a plan may ask for more."""
    least = {"fibre": LOOKED_FIBRE_M, "cellular": LOOKED_CELLULAR_M, "cluster": LOOKED_CLUSTER_M}.get(way, 0.0)
    return max(work.policy.number(f"plan_{way}_max_m"), least)


def _fibre(work: Work, at: tuple[Floats, Floats], nodes: Any, net: Network | None) -> pd.DataFrame:
    given = sources(nodes, work.layer("lines"))
    snap, detour = work.policy.number("plan_road_snap_m"), work.policy.number("plan_fibre_detour")
    table = candidates(*at, given, net, snap_m=snap, limit=_looked(work, "fibre"), detour=detour)
    ids, kinds = np.array(given.ids, dtype=object), np.array(given.kinds, dtype=object)
    return table.assign(way=Way.FIBRE.value, from_id=ids[table["label"]], from_kind=kinds[table["label"]])


def _microwave(
    work: Work, at: tuple[Floats, Floats], cells: Any, nodes: Any, terrain: tuple[Path, ...]
) -> pd.DataFrame:
    points, kinds = masts(cells, nodes)
    number, limit = work.policy.number, _looked(work, "microwave")
    radio = Radio(number("plan_antenna_school_m"), number("plan_antenna_site_m"), number("plan_microwave_ghz"))
    every = np.arange(len(at[0]))
    groups = around(terrain, *at, limit) if terrain and points.ids else [(every, None)]
    parts = []
    for group, land in groups:
        seen = visible(at[0][group], at[1][group], points, land, radio, limit)
        parts.append(seen.assign(place=group[seen["place"]]))
    table = pd.concat(parts, ignore_index=True) if parts else visible(at[0][:0], at[1][:0], points, None, radio, limit)
    ids, kind = np.array(points.ids, dtype=object), np.array(kinds, dtype=object)
    sight = table["sight"].map(SIGHTS).astype("boolean")
    return table.assign(way=Way.MICROWAVE.value, from_id=ids[table["label"]], from_kind=kind[table["label"]], sight=sight)  # fmt: skip


def _cluster(work: Work, schools: pd.DataFrame, at: tuple[Floats, Floats]) -> pd.DataFrame:
    """Connected schools near by that could share their link; one known to be closed shares nothing."""
    yes = schools["has_internet"].fillna(False).to_numpy(dtype=bool)
    shut = schools["school_status"].notna() & (schools["school_status"] != SchoolStatus.OPEN.value)
    connected = np.flatnonzero(yes & ~shut.to_numpy() & located(*at))
    links: Links = anchors(*at, connected, 3, _looked(work, "cluster"))
    ids = schools["school_id"].to_numpy()
    return pd.DataFrame(
        {
            "place": links.place, "way": Way.CLUSTER.value, "from_id": ids[links.label],
            "from_kind": ReachedFrom.SCHOOL.value, "distance_m": links.metres,
        }
    )  # fmt: skip


def _commitments(work: Work) -> pd.DataFrame:
    kept, gone = [], [nothing(QUARANTINE)]
    for number, source in enumerate(work.recipe.source):
        if source.kind != "commitments":
            continue
        read_source(work, number, source)
        given = Table(source, work.take(f"{number}.frame"), work.take(f"{number}.raw"))
        rows, rejected = promises(given, work.layer("schools", IDS))
        kept.append(rows)
        gone.append(rejected)
    work.keep("commitments.rejected", pd.concat(gone, ignore_index=True))
    table = pd.concat(kept, ignore_index=True) if kept else nothing(COMMITMENTS)
    order = ["school_id", "funder", "scope", "from_date", "source", "row"]
    ordered: pd.DataFrame = table.sort_values(order, kind="stable", na_position="first", ignore_index=True)
    return ordered


def _about(work: Work, schools: pd.DataFrame, reach: pd.DataFrame, roads: bool, terrain: bool) -> dict[str, Any]:
    """What plans rest on, for the manifest: the recipe's words, what was given, how far was looked, what was found."""
    given = {kind: work.layer(kind, [column]) is not None for kind, column in (("nodes", "node_id"), ("cells", "cell_id"), ("lines", "line_id"), ("coverage", "radio"))}  # fmt: skip
    looked = {way: _looked(work, way) for way in ("fibre", "cellular", "microwave", "cluster")}
    found = reach.groupby("way")["school_id"].nunique()
    near = reach[(reach["way"] != Way.MICROWAVE) | reach["sight"].fillna(False).astype(bool)]
    within = {way: near[near["way"] == way] for way in looked}
    reached = {way: _within(work, way, table) for way, table in within.items()}
    along = within[Way.FIBRE.value]["along_road_m"] <= work.policy.number("plan_fibre_max_m")
    along_roads = int(within[Way.FIBRE.value].loc[along, "school_id"].nunique())
    planning = work.recipe.planning.model_dump(mode="json")
    planning["satellite"] = planning["satellite"] or "unknown"
    located_ = int((schools["latitude"].notna() & schools["longitude"].notna()).sum())
    more = {
        "terrain": terrain,
        "roads": roads,
        "given": given,
        "looked_m": looked,
        "schools": len(schools),
        "along_roads": along_roads,
    }
    return {**planning, **more, "located": located_, "found": {str(w): int(n) for w, n in found.items()}, "reached": reached}  # fmt: skip


def _within(work: Work, way: str, table: pd.DataFrame) -> int:
    """Schools that a way reaches by the country's own numbers; fibre in a straight line makes its detour."""
    detour = work.policy.number("plan_fibre_detour") if way == Way.FIBRE else 1.0
    metres = table["along_road_m"].fillna(table["distance_m"] * detour)
    return int(table.loc[metres <= work.policy.number(f"plan_{way}_max_m"), "school_id"].nunique())


def _said(about: dict[str, Any], pairs: int, promised: pd.DataFrame) -> str:
    reached, given = about["reached"], about["given"]
    parts = []
    if given["nodes"] or given["lines"]:
        how = f"{about['along_roads']:,} of them along roads" if about["roads"] else "in a straight line"
        parts.append(f"{reached['fibre']:,} schools near fibre ({how})")
    if given["cells"]:
        parts.append(f"{reached['cellular']:,} near a 4G or 5G site")
    if given["cells"] or given["nodes"]:
        parts.append(f"{reached['microwave']:,} in sight of a mast" if about["terrain"] else "lines of sight not known (no terrain)")  # fmt: skip
    parts.append(f"{reached['cluster']:,} near a connected school")
    parts.append(f"{pairs:,} pairs of neighbours")
    live = promised[promised["status"] != CommitmentStatus.CANCELLED.value]
    if len(promised):
        parts.append(f"{live['school_id'].nunique():,} schools with a promise")
    return f"{'; '.join(parts)}; satellite {str(about['satellite']).replace('_', ' ')}."
