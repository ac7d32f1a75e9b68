"""Factories: `schools(num_computers=[10, 0, None])` gives a valid schools frame of three rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from geodata.layers import Atlas, points, publish, workspace, write_layer, write_manifest
from geodata.tables import SCHOOLS, empty_columns


def schools(**columns: Any) -> pd.DataFrame:
    """A schools frame with the given columns; ids s1, s2 … where none are given; everything else unknown."""
    size = max((len(v) for v in columns.values() if isinstance(v, list)), default=1)
    filled = {name: value if isinstance(value, list) else [value] * size for name, value in columns.items()}
    filled.setdefault("school_id", [f"s{i + 1}" for i in range(size)])
    return empty_columns(pd.DataFrame({k: pd.Series(v, dtype=object) for k, v in filled.items()}), SCHOOLS)


def atlas(
    folder: Path, frame: pd.DataFrame, *, name: str = "Testland", build_id: str = "one", **layers: pd.DataFrame
) -> Atlas:
    """A small atlas on disk from a schools frame and other layers."""
    link = folder / name.lower()
    manifest = {
        "name": name, "version": build_id, "synthetic": True, "recipe_sha256": "", "code_version": "test",
        "place": {"name": name, "iso3": "XAA", "levels": ["province", "district"], "risk": "low", "disclaimer": "Invented.", "language": "en"},
        "policy": {}, "sources": [], "warnings": [],
    }  # fmt: skip
    with workspace(link, build_id) as work:
        write_layer(work, "schools", points(frame))
        for layer, table in layers.items():
            write_layer(work, layer, table)
        write_manifest(work, manifest)
        return publish(link, work, build_id)


# Toy data set T8 of the method's worked examples.
def t8() -> pd.DataFrame:
    """The eight schools of the worked examples, in the house's columns (items come from the method's own rules)."""
    known = {
        "school_id": ["S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8"],
        "admin1": ["North", "North", "North", "East", "East", "Central", "Central", "Central"],
        "settlement": ["rural", "rural", "town", "rural", "rural", "city", "city", "suburb"],
        "num_students": [180, 240, 520, 300, 410, 1200, 650, 480],
        "num_students_girls": [84, 118, 230, 150, 200, 640, 330, 240],
        "num_teachers": [6, 8, 20, 9, 10, 60, 24, 22],
        "num_computers": [0, 4, 26, 0, 10, 150, 65, None],
        "num_tablets": [0, 0, 0, 0, 0, 0, 0, None],
        "has_electricity": [False, None, True, True, False, True, True, True],
        "has_internet": [False, None, True, False, False, True, True, None],
        "has_internet_for_learners": [False, None, True, False, False, True, True, None],
        "download_speed_mbps": [None, None, 12.0, None, None, 100.0, 20.0, None],
        "download_speed_contracted_mbps": [None, None, 12.0, None, None, 100.0, 20.0, None],
        "num_students_displaced": [0, 0, 15, 20, 260, 0, 5, 0],
        "wealth_percentile": [0.08, 0.15, 0.45, 0.20, 0.10, 0.95, 0.85, 0.70],
        "crisis_index": [6.1, 6.1, 5.0, 7.4, 7.4, 2.0, 2.0, 2.0],
    }
    return schools(**known)
