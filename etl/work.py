"""The workspace of one build: what steps hand to each other, and the marks of those that are done.

Everything goes to a `.part` file first and is renamed when whole; the mark comes last. So a file is either whole or
not there, and a step without a mark is done again.

Whatever a step reads it reads through its `Work`, which notes it: frames and layers of earlier steps, parts of the
recipe, policy numbers, files. A later build reuses the step only where all of these are the same (`etl.reuse`). What
is noted may be too much (then a step is done again for nothing), never too little.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq

from etl.noted import NotedPolicy, NotedRecipe, Reads
from etl.recipe import Reading, Recipe
from etl.source import Raw, find, read_raw
from geodata.layers import write_layer
from geodata.policy import POLICY, Policy

STEPS = ".steps"


def silent(line: str) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class Work:
    """One build, or one step of it: its folder (the later atlas), recipe, data folder and identity.

    The fields are read by the build itself; steps use the properties and functions below, which note what was read.
    """

    within: Path
    whole: Recipe
    written: Path
    files: Path
    identity: str
    tell: Callable[[str], None] = silent  # hears how far a long step is
    reads: Reads = field(default_factory=Reads)
    hashes: dict[str, str] = field(default_factory=dict)  # of the files that were looked at in this build
    accepted: Path | None = None  # corrections of the trail, beside the atlas

    # --- what a step reads ---------------------------------------------------------------------------------------

    @property
    def build_id(self) -> str:
        """The identity of the build; a step that reads it is done anew in every build."""
        self.reads.add("build:*")
        return self.identity

    @property
    def recipe(self) -> Recipe:
        """The recipe; each of its parts is noted as it is looked at."""
        return cast(Recipe, NotedRecipe(self.whole, self.reads))

    @property
    def recipe_path(self) -> Path:
        """The recipe's file: whoever reads it rests on all of it."""
        self.reads.add("recipe:*")
        return self.written

    @cached_property
    def policy(self) -> Policy:
        """The policy numbers with the recipe's own; each is noted as it is looked at."""
        return NotedPolicy(POLICY.with_values(self.whole.policy).items_, self.reads)

    @property
    def data(self) -> Path:
        """The folder of the files. Whoever asks for it rests on every file of the recipe; `raw`, `path` and `given` on few."""
        self.reads.add("files:*")
        return self.files

    def given(self, *parts: str) -> tuple[Recipe, Path]:
        """The recipe and the folder of the files, for what reads the files of these parts of the recipe alone."""
        for part in parts:
            self.reads.add(f"files:{part}")
        return self.recipe, self.files

    def raw(self, reading: Reading) -> Raw:
        """One file of the recipe, read."""
        self.reads.add(f"file:{reading.path}")
        return read_raw(reading, self.files)

    def path(self, reading: Reading) -> Path:
        """Where one file of the recipe is."""
        self.reads.add(f"file:{reading.path}")
        return find(reading.path, self.files)

    @property
    def decided(self) -> Path | None:
        """The file of accepted corrections beside the atlas, which may be lacking."""
        self.reads.add("decided:*")
        return self.accepted

    def beside(self, name: str) -> Path:
        """Where a file that may be lacking would be, by the name that the recipe gives it."""
        self.reads.add(f"file:{name}")
        return self.files / name

    @property
    def folder(self) -> Path:
        """The folder of the layers. Whoever asks for it rests on all that earlier steps wrote; `layer` on one."""
        self.reads.add("layers:*")
        return self.within

    def layer(self, name: str, columns: Sequence[str] | None = None) -> Any:
        """A layer that an earlier step wrote, a GeoDataFrame where it has geometry; None where there is none.

        Whoever names the columns rests on those alone.
        """
        self.reads.add(f"columns:{name} {' '.join(columns)}" if columns else f"layer:{name}")
        path = self.within / f"{name}.parquet"
        return _read(path, columns) if path.is_file() else None

    def take(self, name: str) -> Any:
        """A kept frame; a GeoDataFrame where it has geometry."""
        self.reads.add(f"frame:{name}")
        return _read(self._shelf / f"{name}.parquet", None)

    def has(self, name: str) -> bool:
        """Whether a frame of this name was kept."""
        self.reads.add(f"frame:{name}")
        return (self._shelf / f"{name}.parquet").is_file()

    def take_json(self, name: str, otherwise: Any = None) -> Any:
        """A kept value, or `otherwise` where there is none."""
        self.reads.add(f"json:{name}")
        path = self._shelf / name
        return json.loads(path.read_text("utf-8")) if path.is_file() else otherwise

    # --- what a step writes --------------------------------------------------------------------------------------

    def write(self, layer: str, frame: pd.DataFrame) -> None:
        """Writes a layer of the later atlas."""
        write_layer(self.within, layer, frame)

    def write_bytes(self, name: str, content: bytes) -> None:
        """Writes another file of the later atlas."""
        part = self.within / f"{name}.part"
        part.write_bytes(content)
        os.replace(part, self.within / name)

    def keep(self, name: str, frame: pd.DataFrame) -> None:
        """Keeps a frame (with or without geometry) for later steps, dtypes and all."""
        part = self._shelf / f"{name}.part"
        frame.to_parquet(part, index=True, compression="lz4")
        os.replace(part, self._shelf / f"{name}.parquet")

    def keep_json(self, name: str, value: Any) -> None:
        """Keeps a value for later steps."""
        part = self._shelf / f"{name}.part"
        with part.open("w", encoding="utf-8") as stream:
            json.dump(value, stream, ensure_ascii=False, sort_keys=True)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, self._shelf / name)

    # --- marks ---------------------------------------------------------------------------------------------------

    @property
    def shelf(self) -> Path:
        """Where steps leave what only later steps read. Whoever asks for it rests on all that is there."""
        self.reads.add("shelf:*")
        return self._shelf

    @property
    def _shelf(self) -> Path:
        shelf = self.within / STEPS
        shelf.mkdir(exist_ok=True)
        return shelf

    def done(self, step: str) -> dict[str, Any] | None:
        """The mark of a finished step; None where it is still to do (a mark of another build or a torn one counts not)."""
        mark = read_mark(self.within / STEPS, step)
        return mark if mark is not None and mark.get("build") == self.identity else None

    def mark(self, step: str, **about: Any) -> None:
        """Marks a step as done: after everything it wrote."""
        self.keep_json(f"{step}.done", {**about, "build": self.identity})


def read_mark(shelf: Path, step: str) -> dict[str, Any] | None:
    """The mark of a step on a shelf; None where there is none, or a torn one."""
    mark = read_json(shelf / f"{step}.done")
    return mark if "said" in mark else None


def read_json(path: Path) -> dict[str, Any]:
    """A kept table of values; empty where there is none, or a torn one."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return dict(value) if isinstance(value, dict) else {}


def _read(path: Path, columns: Sequence[str] | None) -> Any:
    if b"geo" in (pq.read_schema(path).metadata or {}) and (columns is None or "geometry" in columns):
        return gpd.read_parquet(path, columns=list(columns) if columns else None)
    return pd.read_parquet(path, columns=list(columns) if columns else None)
