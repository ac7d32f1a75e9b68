"""The application: health, headers, pages found by looking, addresses, plain words where something is wrong."""

from __future__ import annotations

import gzip
import os
import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from dash.development.base_component import Component

from dashboard import basemap, filters, findings, page, parts
from dashboard.app import create_app, create_server
from dashboard.map import at, into, points_from, specification
from dashboard.panels import right
from geodata.errors import FirstMileError, LayerError
from geodata.layers import Atlas
from geodata.query import Desk
from geodata.view import View
from tests import factories


def country(folder: Path, name: str = "Testland") -> Atlas:
    """Six schools of two provinces; polygons for both."""
    schools = factories.schools(
        longitude=[10.2, 10.5, 10.7, 11.2, 11.5, 11.7], latitude=[2.5] * 6,
        school_name=["A", "B", "C", "D", "E", "F"], admin1_id=["P0", "P0", "P0", "P1", "P1", "P1"], admin1=["North"] * 3 + ["East"] * 3,
        has_internet=[True, False, None, False, False, True], has_internet_for_learners=[True, False, None, False, None, False],
        num_students=[100, 300, 50, 200, 150, 200], school_area_type=["urban", "rural", "rural", "rural", "urban", "rural"],
    )  # fmt: skip
    rows = [
        ("XAA", 0, name, None, shapely.box(10, 2, 12, 3)),
        ("P0", 1, "North", "XAA", shapely.box(10, 2, 11, 3)),
        ("P1", 1, "East", "XAA", shapely.box(11, 2, 12, 3)),
    ]
    polygons = gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=["area_id", "level", "name", "parent_id", "geometry"]), crs=4326
    )
    return factories.atlas(folder, schools, name=name, areas=polygons)


@pytest.fixture
def atlas(tmp_path: Path) -> Atlas:
    return country(tmp_path)


def text_of(part: Any) -> str:
    """All words of a component."""
    if isinstance(part, list | tuple):
        return " ".join(map(text_of, part))
    if isinstance(part, Component):
        return " ".join(text_of(getattr(part, name, None)) for name in ("children", "label"))
    return "" if part is None else str(part)


def test_health_names_the_countries(tmp_path: Path) -> None:
    both = [country(tmp_path / "one"), country(tmp_path / "two", "Otherland")]
    reply = create_app(both).server.test_client().get("/healthz")
    assert reply.json == {
        "status": "ok",
        "atlases": [{"name": "Testland", "version": "one"}, {"name": "Otherland", "version": "one"}],
    }


def test_the_page_asks_no_other_server(atlas: Atlas) -> None:
    client = create_app([atlas]).server.test_client()
    html = client.get("/").get_data(as_text=True)
    assert not re.findall(r"(?:src|href)=[\"'](?:https?:)?//", html)
    policy = client.get("/").headers["Content-Security-Policy"]
    script = re.search(r"script-src ([^;]*)", policy)
    assert script is not None
    assert "unsafe" not in script[1]
    assert "worker-src 'self' blob:" in policy
    assert "default-src 'self'" in policy


def test_every_inline_script_is_allowed_by_its_hash(atlas: Atlas) -> None:
    import base64
    import hashlib

    reply = create_app([atlas]).server.test_client().get("/")
    policy = reply.headers["Content-Security-Policy"]
    plain = re.sub(r"<!--.*?-->", "", reply.get_data(as_text=True), flags=re.S)
    inline = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>(.*?)</script>", plain, flags=re.S)
    assert inline
    for script in inline:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_answers_are_compressed_where_the_browser_can(atlas: Atlas) -> None:
    client = create_app([atlas]).server.test_client()
    plain, packed = (
        client.get("/assets/style.css"),
        client.get("/assets/style.css", headers={"Accept-Encoding": "gzip"}),
    )
    with plain, packed:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data


def test_pages_are_found_and_drawn(atlas: Atlas) -> None:
    app = create_app([atlas], tier="government")
    found = page.pages()
    assert found[0].path == "/"
    assert [p.order for p in found] == sorted(p.order for p in found)
    assert len({p.path for p in found}) == len(found)
    with app.server.test_request_context("/"):
        desk, view = page.here("?school=s1")
        for one in found:
            assert isinstance(one.layout(desk, view), Component), one.name


def test_the_parts_that_leave_are_listed(atlas: Atlas) -> None:
    client = create_app([atlas]).server.test_client()
    for name in (
        "maplibre-gl/package.json",
        "../pyproject.toml",
        "world-atlas/LICENSE",
        "maplibre-gl/dist/maplibre-gl.mjs.map",
    ):
        assert client.get(f"/parts/{name}").status_code in (404, 308)
    if parts.MODULES.is_dir():
        reply = client.get("/parts/maplibre-gl/dist/maplibre-gl.mjs")
        assert (reply.status_code, reply.mimetype) == (200, "text/javascript")
        reply.close()


def test_missing_parts_say_how_to_get_them(atlas: Atlas, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(parts, "MODULES", tmp_path)
    monkeypatch.setattr(basemap, "FOLDER", tmp_path)
    basemap._clipped.cache_clear()
    client = create_app([atlas]).server.test_client()
    assert b"make setup" in client.get("/parts/maplibre-gl/dist/maplibre-gl.mjs").data
    assert b"make setup" in client.get("/base/testland/x.json").data


def test_a_server_without_countries_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIRSTMILE_ATLASES", raising=False)
    with pytest.raises(LayerError, match="firstmile demo"):
        create_server()


def test_the_server_reads_its_places_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    links = [country(tmp_path / "a").link, country(tmp_path / "b", "Otherland").link]
    monkeypatch.setenv("FIRSTMILE_ATLASES", os.pathsep.join(map(str, links)))
    monkeypatch.setenv("FIRSTMILE_TIER", "partner")
    server = create_server()
    assert list(server.config[page.KEY].desks) == ["testland", "otherland"]
    assert server.config[page.KEY].tier == "partner"
    monkeypatch.setenv("FIRSTMILE_TIER", "everyone")
    with pytest.raises(FirstMileError, match="public"):
        create_server()


def test_two_countries_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match="same folder name"):
        create_app([country(tmp_path / "a"), country(tmp_path / "b")])


def test_a_callback_that_meets_a_wrong_address_says_so(atlas: Atlas) -> None:
    client = create_app([atlas]).server.test_client()
    body = {
        "output": "..page.children...shown-page.data...notice.hidden..",
        "outputs": [{"id": "page", "property": "children"}, {"id": "shown-page", "property": "data"}, {"id": "notice", "property": "hidden"}],
        "inputs": [{"id": "url", "property": "pathname", "value": "/"}, {"id": "url", "property": "search", "value": "?has_internt=yes"}],
        "changedPropIds": ["url.search"], "state": [{"id": "shown-page", "property": "data", "value": None}],
    }  # fmt: skip
    reply = client.post("/_dash-update-component", json=body)
    assert "Did you mean" in reply.get_data(as_text=True)
    body["inputs"][1]["value"] = "?data=atlantis"  # type: ignore[index]
    assert "atlantis" in client.post("/_dash-update-component", json=body).get_data(as_text=True)


def test_going_into_an_area_leaves_the_school_behind(atlas: Atlas) -> None:
    desk = Desk(atlas, tier="government")
    view = into(desk, View.parse("school=s1&at=1,2,3&has_internet=no"), "P1")
    assert view.query() == "area=P1&has_internet=no"
    assert into(desk, view, "XAA").area == ""


def test_the_specification_follows_the_view(atlas: Atlas) -> None:
    app = create_app([atlas], tier="government")
    with app.server.test_request_context("/"):
        desk, view = page.here("?area=P1&has_internet=no&school=s4")
        spec = specification(desk, view)
    assert spec["bounds"] == [[11.0, 2.0], [12.0, 3.0]]
    assert "has_internet=no" in spec["tiles"]
    assert "school=" not in spec["tiles"]
    assert spec["picked"] == [11.2, 2.5]
    assert points_from(desk, view) == 0


def test_a_place_on_the_map_is_read_or_ignored() -> None:
    assert at(View.parse("at=-10.5,20,6")) == [20, -10.5, 6]
    assert at(View.parse("at=nonsense")) is None
    assert at(View.parse("at=100,20,6")) is None


def test_the_first_sentence_counts_learners_with_bounds(atlas: Atlas) -> None:
    desk = Desk(atlas, tier="government")
    # Known: 100 with; 300 + 200 + 150 (no line at all) + 200 without; 50 not reported of 1,000.
    said = findings.sentence(desk, View())
    assert said == "9 of 10 learners are in a school without usable internet (8–9 of 10; 5 % of learners not reported)."


def test_an_empty_result_says_what_to_relax(atlas: Atlas) -> None:
    desk = Desk(atlas, tier="government")
    view = View.parse("has_internet=yes&min.num_students=5000")
    said = text_of(right(desk, view))
    assert "No school matches" in said
    assert "Internet: yes" in said
    assert "5000" in said
    assert [v.query() for _, v in filters.relaxed(view)] == ["min.num_students=5000", "has_internet=yes"]


def test_what_a_filter_offers_has_counts_and_the_unknown(atlas: Atlas) -> None:
    offered = filters.options(Desk(atlas, tier="government"), "has_internet")
    assert [o["label"] for o in offered] == ["yes (2)", "no (3)", "not reported (1)"]
    assert filters.options(Desk(atlas, tier="public"), "community_land") == ()


def test_synthetic_data_say_so_on_every_page(atlas: Atlas) -> None:
    app = create_app([atlas], tier="government")
    from dashboard.shell import tabs

    with app.server.test_request_context("/"):
        assert "Synthetic demonstration data" in text_of(tabs("/", View(), True))
        assert "Synthetic" not in text_of(tabs("/", View(), False))


def test_rings_are_split_at_the_antimeridian() -> None:
    over = basemap.split(np.array([[170.0, 0], [-170, 0], [-170, 10], [170, 10], [170, 0]]), [])
    assert over.area == pytest.approx(200)
    assert over.bounds == (-180, 0, 180, 10)
    pole = basemap.split(np.array([[-180.0, -70], [-90, -70], [0, -70], [90, -70], [180, -70]]), [])
    assert pole.area == pytest.approx(360 * 20)
