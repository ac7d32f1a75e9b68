"""Ookla's bucket: a file a quarter and network, in the columns of its year; what is not published is 403, as S3 says it.

Published: 2019 Q1 (7 columns), 2022 Q4 (9), 2026 Q2 (11). The files hold tiles of other places, a row that stands
twice and a tile without a speed.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.replay import land as quenara
from tests.replay.server import Answer, Asked, answer_file

FORBIDDEN = b'<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'
PUBLISHED = {(2019, 1): 7, (2022, 4): 9, (2026, 2): 11}
ELSEWHERE = ((36.8172, -1.2864), (-66.1057, 18.4663), (144.79, 13.44))  # longitude, latitude
INT32 = ("avg_lat_down_ms", "avg_lat_up_ms")


def columns(land: Any, network: str, count: int) -> dict[str, list[Any]]:
    """The columns of a quarter's file."""
    tiles = [(t.quadkey, t.down_kbps, t.up_kbps, t.latency_ms, t.tests, t.devices) for t in land.tiles(network)]
    tiles += [tiles[0]] + [(land.quadkey(lon, lat, 16), 90_000, 30_000, 9, 400, 90) for lon, lat in ELSEWHERE]
    tiles.append((tiles[1][0][:-1] + ("0" if tiles[1][0][-1] != "0" else "1"), None, None, None, 1, 1))
    boxes = [land.tile_box(t[0]) for t in tiles]
    table: dict[str, list[Any]] = {
        "quadkey": [t[0] for t in tiles],
        "tile": [f"POLYGON(({w} {n}, {e} {n}, {e} {s}, {w} {s}, {w} {n}))" for w, s, e, n in boxes],
    }
    if count == 11:
        table |= {"tile_x": [(w + e) / 2 for w, _, e, _ in boxes], "tile_y": [(s + n) / 2 for _, s, _, n in boxes]}
    table |= {name: [t[k] for t in tiles] for k, name in enumerate(("avg_d_kbps", "avg_u_kbps", "avg_lat_ms"), start=1)}
    if count >= 9:
        table |= {"avg_lat_down_ms": [None] * len(tiles), "avg_lat_up_ms": [210, *[None] * (len(tiles) - 1)]}
    return table | {"tests": [t[4] for t in tiles], "devices": [t[5] for t in tiles]}


@cache
def file(network: str, count: int) -> bytes:
    """A file of Quenara's tiles and of some elsewhere."""
    return written(columns(quenara, network, count))


def written(table: dict[str, list[Any]], rows: int = 64) -> bytes:
    """The columns as Parquet, `rows` a group."""
    out = io.BytesIO()
    arrays = {n: pa.array(v, pa.int32() if n in INT32 else None) for n, v in table.items()}
    pq.write_table(pa.table(arrays), out, row_group_size=rows)
    return out.getvalue()


def performance(asked: Asked) -> Answer:
    """A quarter's file, or 403."""
    assert asked.match is not None
    network, year, quarter, month = asked.match[1], int(asked.match[2]), int(asked.match[3]), int(asked.match[5])
    count = PUBLISHED.get((year, quarter))
    if count is None or month != 3 * quarter - 2 or asked.match[4] != asked.match[2]:
        return Answer(FORBIDDEN, 403, {"Content-Type": "application/xml"})
    return answer_file(file(network, count))


ROUTES = [
    (
        r"/parquet/performance/type=(fixed|mobile)/year=(\d{4})/quarter=(\d)/(\d{4})-(\d\d)-01_performance_(?:fixed|mobile)_tiles\.parquet",
        performance,
    ),
    (r"/parquet/.*", lambda asked: Answer(FORBIDDEN, 403, {"Content-Type": "application/xml"})),
]
