"""Web-mercator tiles as integers: Morton codes of a zoom level, from degrees or from text quadkeys.

A quadkey's digit is 2 × the bit of y + the bit of x, most significant first; read in base 4 it is the Morton code of
the tile. At one zoom the integer says the same as the text, leading zeros included: `0323…` and its integer name one
tile, and the text comes back at full length. Ookla's tiles are zoom 16.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray

from geodata.spatial import Floats, Ints, floats, located

ZOOM = 16
MAX_LATITUDE = float(np.degrees(np.arctan(np.sinh(np.pi))))  # 85.0511°: web-mercator ends there


def tile_numbers(lat: ArrayLike, lon: ArrayLike, zoom: int = ZOOM) -> tuple[Ints, Ints]:
    """Column and row (from the north-west corner) of each point's tile; −1, −1 where it has none."""
    lat, lon = floats(lat), floats(lon)
    usable = located(lat, lon) & (np.abs(np.where(np.isfinite(lat), lat, 99.0)) <= MAX_LATITUDE)
    phi, lam = np.radians(np.where(usable, lat, 0.0)), np.where(usable, lon, 0.0)
    size = 1 << zoom
    x = np.floor((lam + 180.0) / 360.0 * size).astype(np.int64) % size  # 180° east is 180° west
    y = np.clip(np.floor((0.5 - np.arcsinh(np.tan(phi)) / (2 * np.pi)) * size), 0, size - 1).astype(np.int64)
    return np.where(usable, x, -1), np.where(usable, y, -1)


def interleave(x: Ints, y: Ints) -> Ints:
    """Morton code of tile columns and rows (zoom 31 at most); −1 where either is negative."""
    code = _spread(x.astype(np.uint64)) | (_spread(y.astype(np.uint64)) << np.uint64(1))
    return np.where((x >= 0) & (y >= 0), code.astype(np.int64), -1)


def from_degrees(lat: ArrayLike, lon: ArrayLike, zoom: int = ZOOM) -> Ints:
    """Integer quadkey of the tile that each point lies in; −1 without a location or beyond 85.05° of latitude."""
    return interleave(*tile_numbers(lat, lon, zoom))


def from_text(quadkeys: Any, zoom: int = ZOOM) -> Ints:
    """Integer quadkeys of texts of exactly `zoom` digits 0 to 3; −1 for anything else (other zooms, lost zeros, empty).

    A text that is too short is not padded: it may as well be a tile of a coarser zoom.
    """
    texts = pa.array(pd.Series(quadkeys, dtype="str"), type=pa.large_string(), from_pandas=True)
    texts = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    codes = np.full(len(texts), -1, dtype=np.int64)
    right = pc.fill_null(pc.equal(pc.binary_length(texts), zoom), False)
    digits = _bytes(texts.filter(right)).reshape(-1, zoom) - np.uint8(48)
    value = np.zeros(len(digits), dtype=np.int64)
    for place in range(zoom):
        value = value << 2 | digits[:, place]
    codes[right.to_numpy(zero_copy_only=False)] = np.where((digits <= 3).all(axis=1), value, -1)
    return codes


def _bytes(texts: pa.LargeStringArray) -> NDArray[np.uint8]:
    """The bytes of Arrow texts without gaps, as they lie in memory."""
    _, offsets, data = texts.buffers()
    if data is None or not len(texts):
        return np.empty(0, dtype=np.uint8)
    ends = np.frombuffer(offsets, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]]


def to_text(codes: ArrayLike, zoom: int = ZOOM) -> NDArray[np.str_]:
    """Text quadkeys with all their leading zeros; empty for −1."""
    codes = np.asarray(codes, dtype=np.int64)
    shifts = 2 * np.arange(zoom - 1, -1, -1, dtype=np.int64)
    digits = ((codes[:, None] >> shifts) & 3).astype(np.uint8) + np.uint8(48)
    text = np.ascontiguousarray(digits).view(f"S{zoom}").ravel().astype(f"U{zoom}")
    return np.where(codes >= 0, text, "")


def centres(codes: ArrayLike, zoom: int = ZOOM) -> tuple[Floats, Floats]:
    """Latitude and longitude of the tiles' centres (the middle in web-mercator), NaN for −1."""
    codes = np.asarray(codes, dtype=np.int64)
    bits = np.where(codes >= 0, codes, 0).astype(np.uint64)
    size = float(1 << zoom)
    x, y = _squeeze(bits).astype(np.float64) + 0.5, _squeeze(bits >> np.uint64(1)).astype(np.float64) + 0.5
    lon = x / size * 360.0 - 180.0
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * y / size))))
    return np.where(codes >= 0, lat, np.nan), np.where(codes >= 0, lon, np.nan)


def find(codes: Ints, in_sorted: Ints) -> Ints:
    """Position of each code in a sorted array without repeats, −1 where it is not there (or is −1)."""
    if not len(in_sorted):
        return np.full(len(codes), -1, dtype=np.int64)
    place = np.minimum(np.searchsorted(in_sorted, codes), len(in_sorted) - 1)
    return np.where((in_sorted[place] == codes) & (codes >= 0), place, -1)


_MASKS = tuple((np.uint64(1 << n), np.uint64(m)) for n, m in (
    (4, 0x0000FFFF0000FFFF), (3, 0x00FF00FF00FF00FF), (2, 0x0F0F0F0F0F0F0F0F), (1, 0x3333333333333333), (0, 0x5555555555555555),
))  # fmt: skip


def _spread(v: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Put a zero bit between the bits of 32-bit numbers."""
    v = v & np.uint64(0xFFFFFFFF)
    for shift, mask in _MASKS:
        v = (v | (v << shift)) & mask
    return v


def _squeeze(v: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Take every second bit, the reverse of `_spread`."""
    wider = np.uint64(0xFFFFFFFF)
    masks = [mask for _, mask in _MASKS]
    v = v & masks[-1]
    for (shift, _), mask in zip(reversed(_MASKS), [*reversed(masks[:-1]), wider], strict=True):
        v = (v | (v >> shift)) & mask
    return v
