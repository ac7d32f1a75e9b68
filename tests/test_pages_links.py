"""Linked sources on the pages: counts for everyone, the list of pairs and other names for those who may have them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from dash import Dash

from dashboard import linked
from dashboard.pages import data as data_page
from dashboard.pages import school as school_page
from geodata.layers import Atlas
from geodata.query import Desk
from tests.pages import app_of, country, said, view

TOLD = {
    "source": "osm", "to": "", "schools": 1240, "pairs_to_review": 17, "unmatched": "leave", "review": "links.csv",
    "outcomes": {"linked": 1200, "to review": 12, "repeated": 3, "not linked": 25}, "how": {"place and name": 1100, "same id": 99, "a person": 1},
}  # fmt: skip


@contextmanager
def app_and_desk(folder: Path, tier: str) -> Iterator[tuple[Dash, Desk]]:
    """A country with a linked source."""
    place = country(folder)
    file = place.folder / "manifest.json"
    manifest = json.loads(file.read_text("utf-8"))
    manifest.update(links=[TOLD], sources=[{"name": "osm", "title": "OpenStreetMap", "kind": "schools"}])
    file.write_text(json.dumps(manifest), "utf-8")
    (place.folder / linked.FILE).write_bytes(b"pair,outcome\r\nL1,to review\r\n")
    ids = pd.DataFrame(place.read("schools"))["school_id"]
    pd.DataFrame(
        {
            "other_id": ["n7"], "other_name": ["École du Lac"], "outcome": ["linked"], "how": ["place and name"], "school_id": [ids.iloc[0]],
            "source": ["osm"], "distance_m": [40.0], "reason": ["40 m apart, the same name."],
        }
    ).to_parquet(place.folder / "links.parquet")  # fmt: skip
    with app_of(Atlas(place.link, place.folder), tier=tier) as both:
        yield both


def test_the_data_page_says_how_links_went(tmp_path: Path) -> None:
    with app_and_desk(tmp_path, "government") as (_, desk):
        text = said(data_page.layout(desk, view()))
        assert linked.TITLE in text
        assert "1,100" in text
        assert "17 pairs of schools wait for a person" in text
        assert "Download the list of pairs" in text
        assert ("OpenStreetMap", "Found in no register: left out", "25") in linked.rows(desk)


def test_the_public_sees_counts_alone(tmp_path: Path) -> None:
    with app_and_desk(tmp_path, "public") as (_, desk):
        text = said(data_page.layout(desk, view()))
        assert "1,100" in text
        assert "Download the list of pairs" not in text


@pytest.mark.parametrize(("tier", "status"), [("government", 200), ("partner", 403), ("public", 403)])
def test_the_list_is_for_the_government_alone(tmp_path: Path, tier: str, status: int) -> None:
    with app_and_desk(tmp_path, tier) as (app, desk):
        reply = app.server.test_client().get(f"/export/{desk.atlas.slug}/links.csv")
        assert reply.status_code == status
        assert (b"L1" in reply.data) == (status == 200)


def test_without_a_linked_source_nothing_is_said(tmp_path: Path) -> None:
    with app_of(country(tmp_path)) as (_, desk):
        assert linked.section(desk) == []
        assert linked.TITLE not in said(data_page.layout(desk, view()))


def test_a_school_says_what_others_call_it(tmp_path: Path) -> None:
    with app_and_desk(tmp_path, "government") as (_, desk):
        school = desk.schools["school_id"].iloc[0]
        links = linked.other_names(desk, {"school_id": school, "school_name": "School A"})
        assert links == ["École du Lac in OpenStreetMap"]
        assert "École du Lac" in said(school_page.layout(desk, view(f"school={school}")))
