"""Draw the fibre trees of ITU's example: `fibre_path.py FOLDER OUT.png` (the folder of the Connectivity Planning Platform
guide's example files). Prints the time and the length beside joining every site by itself."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geodata.exports.lotmap import Drawing, fitted, svg
from geodata.exports.typeset import png_of
from geodata.policy import POLICY
from geodata.sharing.straight import straight_links, straight_pairs
from geodata.sharing.trees import SCHOOL, Trees, fibre_trees

SITES, NODES = 100, 30
SAYS = "São Tomé Island and Príncipe: example data of the ITU Connectivity Planning Platform guide (BSD-2-Clause, © 2025 Oguz); its points are invented."


def example(folder: Path, sites: int = SITES, nodes: int = NODES) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The first sites and fibre nodes of the example, by number: points of interest of every kind."""
    places = pd.read_excel(folder / "example-pointsofinterest.xlsx", engine="calamine")
    masts = pyogrio.read_dataframe(folder / "example-transmissionnode.gpkg", read_geometry=False)
    return _first(places, "source_poi_id", "school_id", sites), _first(masts, "source_ict_id", "node_id", nodes)


def _first(frame: pd.DataFrame, source: str, name: str, count: int) -> pd.DataFrame:
    order = frame[source].str.extract(r"(\d+)$")[0].astype(int).sort_values(kind="stable").index
    named = frame.loc[order].head(count).rename(columns={source: name, "lat": "latitude", "lon": "longitude"})
    return named[[name, "latitude", "longitude"]].reset_index(drop=True)


def path(sites: pd.DataFrame, nodes: pd.DataFrame, longest_m: float, detour: float) -> Trees:
    """The trees over the sites; a site's own line is looked for at any length, so that all can be compared."""
    pairs = straight_pairs(sites, longest_m / detour)
    return fibre_trees(sites, pairs, straight_links(sites, nodes, 1e6), longest_m=longest_m, detour=detour)


def drawn(trees: Trees, sites: pd.DataFrame, nodes: pd.DataFrame) -> Drawing:
    """The trees of the larger island as a drawing: where most sites lie."""
    middle = sites["latitude"].median()
    at, start = (f[(f["latitude"] - middle).abs() < 0.6] for f in (sites, nodes))
    at = at.set_index("school_id")[["longitude", "latitude"]]
    start = start.set_index("node_id")[["longitude", "latitude"]]
    edges = trees.edges[trees.edges["school_id"].isin(at.index)]
    ends = [
        (*at.loc[child], *(at if kind == SCHOOL else start).loc[parent])
        for child, parent, kind in edges[["school_id", "parent_id", "parent_kind"]].itertuples(index=False)
    ]
    links = np.array(ends, dtype=float).reshape(-1, 4)
    return Drawing(at["longitude"].to_numpy(), at["latitude"].to_numpy(), links=links, nodes=start.to_numpy())


def main() -> None:
    """Time, length, picture."""
    sites, nodes = example(Path(sys.argv[1]))
    longest, detour = (POLICY.number(name) for name in ("plan_fibre_max_m", "plan_fibre_detour"))
    begin = time.perf_counter()
    trees = path(sites, nodes, longest, detour)
    took = time.perf_counter() - begin
    shared, longest_link = (trees.edges["parent_kind"] == SCHOOL).sum(), trees.edges["metres"].max()
    said = (
        f"{len(sites)} sites, {len(nodes)} nodes: {took:.3f} s; {len(trees.edges)} reached, {len(trees.missed)} missed",
        f"{trees.length_m / 1000:.1f} km as trees, {trees.star_m / 1000:.1f} km one by one: {trees.saving:.1%} less",
        f"longest link {longest_link / 1000:.2f} km of {longest / 1000:g} allowed; {shared} links from site to site",
    )
    sys.stdout.write("\n".join(said) + "\n")
    drawing = drawn(trees, sites, nodes)
    Path(sys.argv[2]).write_bytes(png_of(svg(drawing, fitted(drawing, 120, 150), title=SAYS), width_mm=120, ppi=160))


if __name__ == "__main__":
    main()
