"""An atlas on disk: one folder of layers with its manifest, swapped in whole.

`ATLAS` is a symbolic link to `ATLAS.d/<build id>/` (a pointer file where links are not allowed, as on Windows), changed
with one `os.replace`: a reader sees the old build or the new one, never half of one. Point layers are sorted along a
Hilbert curve and written as GeoParquet with a bounding-box column, so that a map window reads only its row groups.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import shapely
from filelock import FileLock, Timeout

from geodata.errors import LayerError
from geodata.say import tr

MANIFEST = "manifest.json"
CHANGES = ".changes"
ROW_GROUP = 50_000
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Atlas:
    """A built place, opened for reading. `folder` is the build that the link pointed to when it was opened."""

    link: Path
    folder: Path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest, read once."""
        return dict(json.loads((self.folder / MANIFEST).read_text("utf-8")))

    @property
    def name(self) -> str:
        """The place's name, as the recipe gives it."""
        return str(self.manifest["name"])

    @property
    def version(self) -> str:
        """The build id: the same inputs, recipe and code give the same."""
        return str(self.manifest["version"])

    @property
    def synthetic(self) -> bool:
        """Whether every screen and export must say that the data are synthetic."""
        return bool(self.manifest["synthetic"])

    @property
    def slug(self) -> str:
        """The name of the atlas in addresses: its folder's name."""
        return self.link.name

    def has(self, layer: str) -> bool:
        """Whether the atlas holds this layer."""
        return self.file(layer).is_file()

    def file(self, layer: str) -> Path:
        """Path of a layer's Parquet file."""
        return self.folder / f"{layer}.parquet"

    def read(self, layer: str, columns: Sequence[str] | None = None, bounds: Bounds | None = None) -> Any:
        """A layer as GeoDataFrame (DataFrame where it has no geometry); only some columns, only inside `bounds`.

        `bounds` is (west, south, east, north) in degrees. Raises LayerError where the layer is missing or damaged.
        """
        path = self.file(layer)
        if not path.is_file():
            raise LayerError(
                tr("{link} has no layer {layer!r}. Build it again with `firstmile build`.", link=self.link, layer=layer)
            )
        try:
            if b"geo" not in (pq.read_schema(path).metadata or {}):
                return pd.read_parquet(path, columns=list(columns) if columns else None)
            wanted = list(dict.fromkeys([*columns, "geometry"])) if columns else None
            return gpd.read_parquet(path, columns=wanted, bbox=bounds)
        except (OSError, ValueError) as error:
            raise LayerError(
                tr("{path} cannot be read ({error}). Build it again with `firstmile build`.", path=path, error=error)
            ) from error


def open_atlas(link: Path | str) -> Atlas:
    """Open an atlas for reading; raises LayerError where there is none, or it is half-written."""
    link = Path(link)
    if link.is_file() and link.stat().st_size < 4096:
        folder = link.parent / link.read_text("utf-8").strip()
    else:
        folder = link.resolve()
    if not (folder / MANIFEST).is_file():
        raise LayerError(
            tr(
                "{link} is not one country's built data (no {MANIFEST}). Make it with `firstmile build RECIPE --out {link}` or `firstmile demo`.",
                link=link,
                MANIFEST=MANIFEST,
            )
        )
    return Atlas(link=link, folder=folder)


def read_changes(atlas: Atlas, tier: str) -> tuple[pd.DataFrame, dict[str, Any]] | None:
    """What a tier may be told of the changes since the build before: a row a change, and the summary; None where nothing
    was compared, as after a first build."""
    folder = atlas.folder.resolve().parent / CHANGES / atlas.version
    try:
        return pd.read_parquet(folder / f"{tier}.parquet"), dict(
            json.loads((folder / f"{tier}.json").read_text("utf-8"))
        )
    except (OSError, ValueError):
        return None


def write_layer(folder: Path, layer: str, frame: pd.DataFrame) -> Path:
    """Write one layer; point layers are sorted along a Hilbert curve (ties by their first column). Returns the path."""
    path = folder / f"{layer}.parquet"
    part = path.with_suffix(".part")
    if isinstance(frame, gpd.GeoDataFrame):
        ordered = along_curve(frame)
        ordered.to_parquet(
            part,
            index=False,
            **_encoding(ordered),
            write_covering_bbox=len(ordered) > 0,
            geometry_encoding="WKB",
            schema_version="1.1.0",
        )
    else:
        frame.to_parquet(part, index=False, **_encoding(frame))
    os.replace(part, path)
    return path


def _encoding(frame: pd.DataFrame) -> dict[str, Any]:
    """Dictionaries for text alone: numbers seldom repeat enough to pay for one."""
    text = [name for name in frame if not pd.api.types.is_numeric_dtype(frame[name]) and name != "geometry"]
    return {"compression": "zstd", "compression_level": 1, "row_group_size": ROW_GROUP, "use_dictionary": text or False}


def along_curve(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Rows along a Hilbert curve over the whole globe, those without geometry last; stable, so ties keep their order.

    A frame already in order comes back as it is: sort narrow frames early, and the joins run over neighbours in memory.
    """
    if not len(frame) or not (frame.geom_type.dropna() == "Point").all():
        return frame
    points = frame.geometry
    here = ~(points.isna() | points.is_empty).to_numpy()
    code = np.full(len(frame), np.iinfo(np.uint32).max, dtype=np.uint64)
    if here.any():
        code[here] = points[here].hilbert_distance(total_bounds=(-180, -90, 180, 90), level=16).to_numpy()
    if (code[1:] >= code[:-1]).all():
        return frame
    return frame.iloc[np.argsort(code, kind="stable")]


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest last: a folder without one is no atlas."""
    part = folder / (MANIFEST + ".part")
    with part.open("w", encoding="utf-8") as stream:
        json.dump(manifest, stream, ensure_ascii=False, indent=1, sort_keys=True)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(part, folder / MANIFEST)


def points(frame: pd.DataFrame) -> gpd.GeoDataFrame:
    """A frame with latitude and longitude as a point layer; null geometry where either is unknown."""
    lon = frame["longitude"].to_numpy(dtype="float64", na_value=np.nan)
    lat = frame["latitude"].to_numpy(dtype="float64", na_value=np.nan)
    geometry = np.full(len(frame), None, dtype=object)
    here = np.isfinite(lon) & np.isfinite(lat)
    geometry[here] = shapely.points(lon[here], lat[here])
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(geometry, index=frame.index, crs="EPSG:4326"))


@contextmanager
def workspace(link: Path, build_id: str) -> Iterator[Path]:
    """A folder to build in, kept from one try to the next so that a build resumes; one build at a time.

    Raises LayerError where another build of the same atlas is running.
    """
    shelf = link.parent / f"{link.name}.d"
    shelf.mkdir(parents=True, exist_ok=True)
    lock = FileLock(shelf / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise LayerError(
            tr("{link} is being built by another process. Wait for it to end, or choose another --out.", link=link)
        ) from None
    try:
        work = shelf / f".work-{build_id}"
        for stale in shelf.glob(".work-*"):
            if stale != work:
                shutil.rmtree(stale, ignore_errors=True)
        work.mkdir(exist_ok=True)
        yield work
    finally:
        lock.release()


def publish(link: Path, work: Path, build_id: str, *, keep: Sequence[str] = ()) -> Atlas:
    """Swap a finished workspace in: rename it to its build id, then point the link at it with one `os.replace`.

    The build that was current stays on disk until the next success, for readers that still hold it; older ones go.
    Names in `keep` (files or folders of the workspace) stay; every other hidden entry, such as step marks, is removed.
    """
    shelf = link.parent / f"{link.name}.d"
    target = shelf / build_id
    previous = open_atlas(link).folder.resolve() if _points_somewhere(link) else None
    for entry in work.iterdir():
        if entry.name.startswith(".") and entry.name not in keep:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    if target.exists():
        if previous == target.resolve():
            shutil.rmtree(work)
            return open_atlas(link)
        shutil.rmtree(target)
    work.rename(target)
    _point(link, f"{shelf.name}/{build_id}")
    for old in shelf.iterdir():
        if old.is_dir() and not old.name.startswith(".") and old.resolve() not in (target.resolve(), previous):
            shutil.rmtree(old, ignore_errors=True)
    return open_atlas(link)


def _points_somewhere(link: Path) -> bool:
    try:
        open_atlas(link)
    except LayerError:
        return False
    return True


def _point(link: Path, target: str) -> None:
    fresh = link.parent / f".{link.name}.new"
    fresh.unlink(missing_ok=True)
    if link.is_dir() and not link.is_symlink():
        raise LayerError(
            tr("{link} is an ordinary folder, not built data. Choose another --out, or move it away.", link=link)
        )
    try:
        fresh.symlink_to(target, target_is_directory=True)
    except OSError:
        fresh.write_text(target, "utf-8")
    os.replace(fresh, link)
