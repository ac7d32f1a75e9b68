"""Links in a straight line between places of any kind, where no country was built around them: clinics, markets, schools."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geodata.spatial import Floats, Ints, arc, chord, floats, located, unit_vectors


def straight_pairs(sites: pd.DataFrame, within_m: float) -> pd.DataFrame:
    """Every pair of sites at most so far apart: school_id, other_id, distance_m. `sites`: school_id, latitude, longitude."""
    ids, here, at = _placed(sites, "school_id")
    found = cKDTree(at).query_pairs(np.nextafter(chord(within_m), np.inf), output_type="ndarray").reshape(-1, 2)
    one, other = here[found[:, 0]], here[found[:, 1]]
    metres = arc(np.linalg.norm(at[found[:, 0]] - at[found[:, 1]], axis=1))
    return pd.DataFrame({"school_id": ids[one], "other_id": ids[other], "distance_m": metres})


def straight_links(sites: pd.DataFrame, nodes: pd.DataFrame, within_m: float) -> pd.DataFrame:
    """Every site with every node at most so far away: school_id, from_id, distance_m. `nodes`: node_id, latitude, longitude."""
    ids, here, at = _placed(sites, "school_id")
    names, there, to = _placed(nodes, "node_id")
    near = cKDTree(at).sparse_distance_matrix(cKDTree(to), np.nextafter(chord(within_m), np.inf), output_type="ndarray")
    return pd.DataFrame(
        {"school_id": ids[here[near["i"]]], "from_id": names[there[near["j"]]], "distance_m": arc(near["v"])}
    )


def _placed(frame: pd.DataFrame, name: str) -> tuple[np.ndarray, Ints, Floats]:  # type: ignore[type-arg]
    """All ids, the positions of those with a place, and their unit vectors."""
    lat, lon = floats(frame["latitude"]), floats(frame["longitude"])
    here = np.flatnonzero(located(lat, lon))
    return frame[name].astype("str").to_numpy(dtype=object), here, unit_vectors(lat[here], lon[here])
