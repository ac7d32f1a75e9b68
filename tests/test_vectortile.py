"""Vector tiles: what is encoded is what another library decodes; each point stands in exactly one tile of a zoom."""

from __future__ import annotations

import mapbox_vector_tile
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.vectortile import EXTENT, Places, encode, text_values, varints, widths


def plain_varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


@given(st.lists(st.integers(0, 2**35 - 1), min_size=1, max_size=40))
def test_varints_are_those_of_protocol_buffers(values: list[int]) -> None:
    assert bytes(varints(np.array(values))) == b"".join(map(plain_varint, values))
    assert widths(np.array(values)).sum() == len(bytes(varints(np.array(values))))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, EXTENT - 1),
            st.integers(0, EXTENT - 1),
            st.integers(0, 2**31),
            st.integers(0, 5),
            st.text(max_size=200),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_a_tile_decodes_to_what_went_in(points: list[tuple[int, int, int, int, str]]) -> None:
    points = [(x, y, n, s, t.encode("utf-8", "ignore").decode()) for x, y, n, s, t in points]
    grid = np.array([(x, y) for x, y, *_ in points])
    ids, states = np.array([p[2] for p in points]), np.array([p[3] for p in points])
    tile = encode("schools", grid, ids, {"s": states}, {"name": text_values([p[4] for p in points])})
    layer = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})["schools"]
    assert layer["extent"] == EXTENT
    assert layer["version"] == 2
    back = [
        (*f["geometry"]["coordinates"], f["id"], f["properties"]["s"], f["properties"]["name"])
        for f in layer["features"]
    ]
    assert back == points


def test_no_point_gives_no_tile() -> None:
    assert encode("schools", np.empty((0, 2), dtype=int), np.array([], dtype=int), {}, {}) == b""


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-85, 85)), min_size=1, max_size=50), st.integers(0, 4))
def test_every_point_is_in_exactly_one_tile(where: list[tuple[float, float]], z: int) -> None:
    places = Places.of(np.array([lon for lon, _ in where]), np.array([lat for _, lat in where]))
    seen = np.concatenate([places.inside(z, x, y) for x in range(1 << z) for y in range(1 << z)])
    assert sorted(seen.tolist()) == list(range(len(where)))


def test_unknown_locations_are_in_no_tile() -> None:
    places = Places.of(np.array([np.nan, 10.0]), np.array([5.0, np.nan]))
    assert places.inside(0, 0, 0).size == 0
