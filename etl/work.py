"""The workspace of one build: what steps hand to each other, and the marks of those that are done.

Everything goes to a `.part` file first and is renamed when whole; the mark comes last. So a file is either whole or
not there, and a step without a mark is done again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq

from etl.recipe import Recipe
from geodata.policy import POLICY, Policy

STEPS = ".steps"


def silent(line: str) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class Work:
    """One build: its folder (the later atlas), recipe, data folder and identity."""

    folder: Path
    recipe: Recipe
    recipe_path: Path
    data: Path
    build_id: str
    tell: Callable[[str], None] = silent  # hears how far a long step is

    @cached_property
    def policy(self) -> Policy:
        """The policy numbers with the recipe's own."""
        return POLICY.with_values(self.recipe.policy)

    @property
    def shelf(self) -> Path:
        """Where steps leave what only later steps read; it goes when the build is published."""
        shelf = self.folder / STEPS
        shelf.mkdir(exist_ok=True)
        return shelf

    def done(self, step: str) -> str | None:
        """What a finished step said; None where it is still to do (a mark of another build or a torn one counts not)."""
        try:
            mark = json.loads((self.shelf / f"{step}.done").read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return str(mark["said"]) if mark.get("build") == self.build_id else None

    def mark(self, step: str, said: str) -> None:
        """Marks a step as done: after everything it wrote."""
        self.keep_json(f"{step}.done", {"build": self.build_id, "said": said})

    def keep(self, name: str, frame: pd.DataFrame) -> None:
        """Keeps a frame (with or without geometry) for later steps, dtypes and all."""
        part = self.shelf / f"{name}.part"
        frame.to_parquet(part, index=True, compression="lz4")
        os.replace(part, self.shelf / f"{name}.parquet")

    def take(self, name: str) -> Any:
        """A kept frame; a GeoDataFrame where it has geometry."""
        path = self.shelf / f"{name}.parquet"
        if b"geo" in (pq.read_schema(path).metadata or {}):
            return gpd.read_parquet(path)
        return pd.read_parquet(path)

    def has(self, name: str) -> bool:
        """Whether a frame of this name was kept."""
        return (self.shelf / f"{name}.parquet").is_file()

    def keep_json(self, name: str, value: Any) -> None:
        """Keeps a value for later steps."""
        part = self.shelf / f"{name}.part"
        with part.open("w", encoding="utf-8") as stream:
            json.dump(value, stream, ensure_ascii=False, sort_keys=True)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, self.shelf / name)

    def take_json(self, name: str, otherwise: Any = None) -> Any:
        """A kept value, or `otherwise` where there is none."""
        path = self.shelf / name
        return json.loads(path.read_text("utf-8")) if path.is_file() else otherwise
