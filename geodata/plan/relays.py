"""Shared fibre as candidates of a plan: a school's own best way beside its link from the school before it, and which
candidate needs which."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.arrays import Codes
from geodata.options.table import Way
from geodata.plan.basis import Basis
from geodata.plan.problem import Bools

Relay = tuple[tuple[int, int], ...]


def with_shared(basis: Basis, rows: Codes, charged: np.ndarray, open_: Bools) -> Codes:  # type: ignore[type-arg]
    """The rows of options with, for every school of a shared tree, its link there and its cheapest other way."""
    if basis.shared is None or not len(basis.shared.relay):
        return rows
    relay = basis.shared.relay
    options = basis.options
    joined = options["school_id"].isin([*relay["child"], *relay["parent"]]).to_numpy()
    fibre = (options["way"] == Way.FIBRE).to_numpy()
    other = np.flatnonzero(joined & ~fibre & open_)
    other = other[np.argsort(charged[other], kind="stable")]
    cheapest = other[~pd.Series(options["school_id"].to_numpy()[other]).duplicated().to_numpy()]
    return np.unique(np.concatenate([rows, np.flatnonzero(joined & fibre & open_), cheapest])).astype(np.int64)


def relays(basis: Basis, rows: Codes) -> tuple[Codes, Relay]:
    """The rows without shared links whose school before has none among them, and pairs (child, parent) of positions in
    what is left."""
    if basis.shared is None or not len(basis.shared.relay):
        return rows, ()
    before = dict(zip(basis.shared.relay["child"], basis.shared.relay["parent"], strict=True))
    ids = basis.options["school_id"].to_numpy(dtype=object)
    fibre = (basis.options["way"] == Way.FIBRE).to_numpy()
    while True:
        there = {ids[row] for row in rows if fibre[row]}
        lost = np.array(
            [bool(fibre[row]) and ids[row] in before and before[ids[row]] not in there for row in rows], dtype=bool
        )
        if not lost.any():
            break
        rows = rows[~lost]
    at = {ids[row]: n for n, row in enumerate(rows.tolist()) if fibre[row]}
    return rows, tuple((n, at[before[school]]) for school, n in at.items() if school in before)


def relay_of(basis: Basis, school_ids: pd.Series, way: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    """The school whose fibre each school goes on from, by its way in the plan; empty where it is none."""
    if basis.shared is None:
        return np.full(len(school_ids), "", dtype=object)
    before = dict(zip(basis.shared.relay["child"], basis.shared.relay["parent"], strict=True))
    return np.array(
        [before.get(s, "") if w == Way.FIBRE else "" for s, w in zip(school_ids, way, strict=True)], dtype=object
    )
