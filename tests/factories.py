"""Factories: `schools(num_computers=[10, 0, None])` gives a valid schools frame of three rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from geodata.layers import Atlas, points, publish, workspace, write_layer, write_manifest
from geodata.methods.toy import EIGHT
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
    return schools(**EIGHT)
