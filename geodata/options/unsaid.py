"""Where a network may be near of which nobody says what it is: a node or line without its medium, a site without its
generation. A school that is too far from what is known to be fibre, or 4G, is then not known to be too far."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from geodata.arrays import Floats, number
from geodata.layers import Atlas
from geodata.spatial import chord, unit_vectors

Bools = npt.NDArray[np.bool_]
# Way → layers that could serve it, with the column that says what each row is.
KINDS = {
    "fibre": (("nodes", "transmission_medium"), ("lines", "transmission_medium")),
    "cellular": (("cells", "radio"),),
}


def unsaid_near(atlas: Atlas, way: str, lat: Floats, lon: Floats, most: float) -> Bools:
    """Schools (degrees) with a node, site or corner of a line of unknown kind within `most` metres, in a straight line."""
    out = np.zeros(len(lat), dtype=bool)
    here = np.flatnonzero(~np.isnan(lat) & ~np.isnan(lon))
    points = [_unsaid(atlas, layer, column) for layer, column in KINDS.get(way, ()) if atlas.has(layer)]
    places = np.vstack(points) if points else np.empty((0, 2))
    if not len(places) or not len(here):
        return out
    tree = cKDTree(unit_vectors(places[:, 0], places[:, 1]))
    away, _ = tree.query(unit_vectors(lat[here], lon[here]), distance_upper_bound=float(np.nextafter(chord(most), np.inf)))  # fmt: skip
    out[here] = np.isfinite(away)
    return out


def _unsaid(atlas: Atlas, layer: str, column: str) -> Floats:
    """Latitude and longitude (n × 2) of the rows of a layer of which the kind is not reported."""
    rows = atlas.read(layer)
    rows = rows[rows[column].isna()] if column in rows else rows
    if layer == "lines":
        return np.asarray(shapely.get_coordinates(rows.geometry.array), dtype=np.float64)[:, ::-1]
    table = pd.DataFrame(rows)
    places = np.column_stack([number(table["latitude"]), number(table["longitude"])])
    return np.asarray(places[~np.isnan(places).any(axis=1)], dtype=np.float64)
