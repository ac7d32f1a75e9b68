"""Ids and boundaries that a person hands in: what is found, what is told, what is refused."""

from __future__ import annotations

import io
import json
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import DisclosureError, SourceError
from geodata.handed import boundary, ids
from geodata.query import Desk
from tests.factories import schools
from tests.pages import country

HERE = schools(school_id=["0070", "0071", "A-9"], school_id_govt=["G1", "G2", "G2"], latitude=[1.0, 2.0, 3.0], longitude=[1.0, 2.0, 3.0])  # fmt: skip


def test_ids_are_found_as_they_stand_and_unknown_ones_are_told() -> None:
    found = ids.of_text('0070, "A-9";\n 99\tG1\r\n', HERE)
    assert found.ids == ("0070", "A-9")
    assert found.unknown == ("99",)
    assert found.twice == 1  # G1 is 0070 by its other id
    assert "99" in " ".join(ids.said(found))


def test_an_id_that_two_schools_share_names_neither() -> None:
    assert ids.of_text("G2", HERE) == ids.Found((), ("G2",))


def test_leading_zeros_that_a_spreadsheet_lost_are_found_where_they_name_one_school() -> None:
    found = ids.of_text("70 71", HERE)
    assert found.ids == ()
    found = ids.of_text("70\n71", HERE)
    assert (found.ids, found.mended) == (("0070", "0071"), ("0070", "0071"))
    both = pd.concat([HERE, schools(school_id=["070"])], ignore_index=True)
    assert ids.of_text("70", both).unknown == ("70",)


@pytest.mark.parametrize("name", ["list.xlsx", "list.csv", "list.txt"])
def test_the_column_with_the_ids_is_found_in_a_file(name: str) -> None:
    frame = pd.DataFrame({"School": ["Alpha", "Beta", "Gamma"], "Code": ["0070", "A-9", "nowhere"], "n": [1, 2, 3]})
    stream = io.BytesIO()
    if name.endswith("xlsx"):
        frame.to_excel(stream, index=False)
    else:
        frame.to_csv(stream, index=False, sep=";")
    found = ids.of_file(name, stream.getvalue(), HERE)
    assert found == ids.Found(("0070", "A-9"), ("nowhere",))


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02" * 50, b"PK\x03\x04 no archive", b"\xff\xfe\x00"])
def test_what_is_no_list_is_refused_or_names_no_school(data: bytes) -> None:
    with suppress(SourceError):
        assert ids.of_file("x.csv", data, HERE).ids == ()


@settings(max_examples=25)
@given(st.text(max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    found = ids.of_text(text, HERE)
    assert set(found.ids) <= set(HERE["school_id"])


# --- boundaries ---------------------------------------------------------------------------------------------------

SQUARE = [[[9.9, 0.9], [10.4, 0.9], [10.4, 1.4], [9.9, 1.4], [9.9, 0.9]]]


def geojson(**more: object) -> bytes:
    return json.dumps({"type": "Polygon", "coordinates": SQUARE, **more}).encode()


def test_schools_inside_a_boundary_are_found(tmp_path: Path) -> None:
    desk = Desk(country(tmp_path), tier="government")
    found = boundary.inside(desk, geojson())
    lat, lon = desk.schools["latitude"].astype(float), desk.schools["longitude"].astype(float)
    truth = desk.schools["school_id"][lat.between(0.9, 1.4) & lon.between(9.9, 10.4)]
    assert set(found.ids) == set(truth) != set()
    assert found.without == 1
    wrapped = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": json.loads(geojson())}]}  # fmt: skip
    assert boundary.inside(desk, json.dumps(wrapped).encode()) == found


HOLED = {"type": "Polygon", "coordinates": [[[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]], [[1, 1], [1, 2], [2, 2], [2, 1], [1, 1]]]}  # fmt: skip


def test_a_hole_is_outside() -> None:
    shapes = boundary.shapes_of(json.dumps(HOLED).encode())
    lat, lon = np.array([5.0, 1.5, 1.0, 9.5, np.nan]), np.array([5.0, 1.5, 1.5, 5.0, 5.0])
    assert boundary.within(shapes, lat, lon).tolist() == [True, False, True, False, False]  # on the edge is inside


def star(points: int) -> bytes:
    """A polygon of which every edge crosses nearly every other."""
    turn = 2 * np.pi * (points // 2) / points * np.arange(points + 1)
    return json.dumps({"type": "Polygon", "coordinates": [np.column_stack([np.cos(turn), np.sin(turn)]).tolist()]}).encode()  # fmt: skip


def test_a_boundary_drawn_to_take_for_ever_takes_no_time() -> None:
    lat, lon = np.random.default_rng(0).uniform(-1, 1, (2, 20_000))
    start = time.monotonic()
    assert boundary.within(boundary.shapes_of(star(301)), lat, lon).any()  # to mend it would take minutes
    with pytest.raises(SourceError, match="too often"):
        boundary.within(boundary.shapes_of(star(40_001)), lat, lon)
    bow = b'{"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}'
    assert boundary.within(boundary.shapes_of(bow), np.array([0.5, 0.5, 0.9]), np.array([0.1, 0.9, 0.5])).tolist() == [True, True, False]  # fmt: skip
    assert time.monotonic() - start < 10


def test_a_file_that_names_no_school_is_looked_at_once() -> None:
    here = pd.DataFrame({"school_id": [f"S{n}" for n in range(20_000)]})
    cells = "\n".join(f"{n}" for n in range(20_000)).encode()
    start = time.monotonic()
    assert ids.of_file("x.csv", cells, here).ids == ()
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"no", "no GeoJSON"),
        (b"[" * 100_000, "no GeoJSON"),
        (b'{"type": "Point", "coordinates": [1, 1]}', "no polygon"),
        (b'{"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}', "damaged"),
        (b'{"type": "Polygon", "coordinates": [[[0, 0], [1, NaN], [2, 2], [0, 0]]]}', "no GeoJSON"),
        (b'{"type": "Polygon", "coordinates": [[[0, 0], [1, 1e400], [2, 2], [0, 0]]]}', "not degrees"),
        (b'{"type": "Polygon", "coordinates": [[[700000, 0], [1, 1], [2, 2], [0, 0]]]}', "not degrees"),
        (b'{"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 2], [0, 0]]]}', "no inside"),
        (b'{"type": "Polygon", "coordinates": {"a": 1}}', "no polygon"),
        (json.dumps({"type": "Polygon", "coordinates": [[[i / 1e5, 0] for i in range(60_000)]]}).encode(), "corners"),
    ],
)  # fmt: skip
def test_what_is_no_boundary_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        boundary.shapes_of(data)


@pytest.mark.parametrize(("risk", "tier", "open_"), [("low", "public", True), ("medium", "public", False), ("medium", "partner", True), ("high", "public", False), ("high", "partner", False), ("high", "government", True)])  # fmt: skip
def test_a_boundary_tells_nothing_that_the_list_does_not_show(
    tmp_path: Path, risk: str, tier: str, open_: bool
) -> None:
    place = country(tmp_path)
    place.manifest["place"]["risk"] = risk
    desk = Desk(place, tier=tier)
    if not open_:
        with pytest.raises(DisclosureError, match="not shown at their places"):
            boundary.inside(desk, geojson())
        return
    seen = desk.schools["latitude"].astype(float).between(0.9, 1.4) & desk.schools["longitude"].astype(float).between(9.9, 10.4)  # fmt: skip
    assert set(boundary.inside(desk, geojson()).ids) == set(desk.schools["school_id"][seen])
