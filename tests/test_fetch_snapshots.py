"""Snapshots: one tidy file and its passport, the same bytes for the same answers, nothing half, no secret, in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from etl.connect import Ask, Connector, Taken
from etl.fetching.client import Client
from etl.fetching.hiding import Veil
from etl.fetching.missing import fetch_missing, in_order
from etl.fetching.passports import notes_of, passport_path, read_passport, with_passports
from etl.fetching.snapshots import take_source
from etl.fetching.writing import write_tidy
from etl.manifest import attributions, build_id, columns_of
from etl.recipe import Recipe, Source, read_recipe
from etl.source import read_raw
from geodata.errors import FirstMileError, KeyNeededError, NothingFoundError, OfflineError, SourceError
from tests.replay.server import Answer, Asked, Replay, answer_json

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = "planted-key-0123456789"
SQUARE = shapely.box(10, 0, 12, 2)


def rows(asked: Asked) -> Answer:
    """Schools as a service might list them; an option and a key come back where a test looks for them."""
    table = [{"id": f"00{n}", "name": f"École {n}", "lat": 0.5 + n / 100, "lon": 11.0} for n in range(1, 9)]
    return answer_json({"rows": table, "date": "2025-06-30", "echo": asked.query})


def take_schools(client: Client, ask: Ask) -> Taken:
    """A connector in its smallest form."""
    if ask.dropped is not None:
        got = json.loads(ask.dropped.read_text("utf-8"))
        address = ""
    else:
        got = client.json("tiny", "/schools", params={"token": client.settings.key("tiny") or "", "q": str(ask.options.get("q", ""))})  # fmt: skip
        address = f"{client.settings.base('tiny', '')}/schools?token={client.settings.key('tiny')}"
    table = pd.DataFrame(got["rows"]).astype(str)
    return Taken(table, "Schools of Tiny", got["date"], "v7", address=address, rows_read=9, rows_kept=len(table), notes=("1 row came again and is kept once.",))  # fmt: skip


def take_areas(client: Client, ask: Ask) -> Taken:
    client.get("tiny_areas", "/areas")
    return Taken(gpd.GeoDataFrame({"code": ["A1"], "name": ["Étage"]}, geometry=[SQUARE], crs=4326))


def take_sites(client: Client, ask: Ask) -> Taken:
    """Asks for bounds, which boundaries or schools give."""
    assert ask.bounds is not None
    client.get("tiny_sites", "/sites", params={"bbox": ",".join(f"{v:g}" for v in ask.bounds), "areas": 0 if ask.areas is None else len(ask.areas)})  # fmt: skip
    return Taken(pd.DataFrame({"lat": ["0.51"], "lon": ["11.0"], "radio": ["LTE"]}))


TINY = Connector("tiny", "Tiny", "Office of Tiny", "schools", "http://127.0.0.1:9", "CC-BY-4.0", take_schools, (), "By Tiny", by_hand="the list as JSON")  # fmt: skip
AREAS = Connector("tiny_areas", "Areas", "Office", "boundaries", "http://127.0.0.1:9", "ODbL-1.0", take_areas, ())
SITES = Connector("tiny_sites", "Sites", "Office", "cells", "http://127.0.0.1:9", "CC-BY-SA-4.0", take_sites, ())
SERVICES = {c.name: c for c in (TINY, AREAS, SITES)}
ASK = Ask("XQA", name="Tiny", today=date(2026, 3, 1))
RECIPE = """
[place]
name = "Tiny"
iso3 = "XQA"
levels = ["province"]

[[source]]
name = "cells"
kind = "cells"
path = "sites.csv"
columns = {latitude = "lat", longitude = "lon", radio = "radio"}
[source.service]
name = "tiny_sites"

[[source]]
name = "register"
path = "schools.csv"
licence = "the recipe's word"
publisher = "the recipe's word"
columns = {school_id_govt = "id", school_name = "name", latitude = "lat", longitude = "lon"}
[source.service]
name = "tiny"

[[boundary]]
level = 1
path = "areas.geojson"
id_column = "code"
name_column = "name"
[boundary.service]
name = "tiny_areas"
"""


@pytest.fixture
def server() -> Iterator[Replay]:
    found = {"tiny": [("/schools", rows)], "tiny_areas": [("/areas", rows)], "tiny_sites": [("/sites", rows)]}
    with Replay(extra=found) as replay:
        yield replay


def ask(server: Replay, folder: Path, **more: Any) -> Client:
    more.setdefault("now", lambda: NOW)
    return server.client(folder / "cache", {("tiny", "key"): KEY}, services=SERVICES, **more)


def reading(path: str = "schools.csv", **service: Any) -> Source:
    return Source.model_validate({"name": "register", "path": path, "service": {"name": "tiny", **service}})


def whole_recipe(folder: Path) -> tuple[Path, Recipe]:
    path = folder / "tiny.toml"
    path.write_text(RECIPE, "utf-8")
    return path, read_recipe(path)


# --- one snapshot --------------------------------------------------------------------------------------------------


def test_a_file_and_its_passport(server: Replay, tmp_path: Path) -> None:
    passport = take_source(reading(), TINY, ask(server, tmp_path), ASK, tmp_path)
    assert (tmp_path / "schools.csv").read_text("utf-8").splitlines()[:2] == [
        "id,name,lat,lon",
        "001,École 1,0.51,11.0",
    ]
    assert passport == read_passport(tmp_path / "schools.csv")
    told = {k: passport[k] for k in ("publisher", "title", "date", "version", "licence", "attribution", "connector")}
    assert told == {
        "publisher": "Office of Tiny", "title": "Schools of Tiny", "date": "2025-06-30", "version": "v7",
        "licence": "CC-BY-4.0", "attribution": "By Tiny", "connector": "tiny",
    }  # fmt: skip
    assert (passport["rows_read"], passport["rows_kept"]) == (9, 8)
    assert passport["retrieved"] == "2026-03-01T12:00:00+00:00"
    assert passport["notes"] == ["1 row came again and is kept once."]
    assert passport["address"].endswith("/schools?token=***")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cache", "schools.csv", "schools.csv.passport.json"]


def test_offline_gives_the_same_bytes_and_the_day_they_came(server: Replay, tmp_path: Path) -> None:
    first = take_source(reading(), TINY, ask(server, tmp_path), ASK, tmp_path)
    bytes_ = (tmp_path / "schools.csv").read_bytes()
    later = ask(server, tmp_path, offline=True, now=lambda: NOW + timedelta(days=99))
    assert take_source(reading(), TINY, later, ASK, tmp_path) == first
    assert (tmp_path / "schools.csv").read_bytes() == bytes_
    with pytest.raises(OfflineError, match="the list as JSON"):
        take_source(reading(options={"q": "other"}), TINY, later, ASK, tmp_path)


def test_a_file_dropped_by_hand_is_read_instead(server: Replay, tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text('{"rows": [{"id": "7"}], "date": "2024"}', "utf-8")
    passport = take_source(reading(file="mine.json"), TINY, ask(server, tmp_path, offline=True), ASK, tmp_path)
    assert passport["date"] == "2024"
    assert server.asked == []
    with pytest.raises(SourceError, match=r"Did you mean mine\.json"):
        take_source(reading(file="min.json"), TINY, ask(server, tmp_path), ASK, tmp_path)


def test_the_recipe_may_name_another_address(server: Replay, tmp_path: Path) -> None:
    client = replace(ask(server, tmp_path), settings=replace(server.settings(), bases={}))
    take_source(reading(base=server.url("tiny")), TINY, client, ASK, tmp_path)
    assert len(server.asked) == 1


def test_a_passport_speaks_of_its_own_file_alone(server: Replay, tmp_path: Path) -> None:
    take_source(reading(), TINY, ask(server, tmp_path), ASK, tmp_path)
    (tmp_path / "schools.csv").write_text("id\n1\n")
    assert read_passport(tmp_path / "schools.csv") is None
    for content in ("", "[]", "{", "null"):
        passport_path(tmp_path / "schools.csv").write_text(content)
        assert read_passport(tmp_path / "schools.csv") is None


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (ValueError("not what was expected"), SourceError),
        (KeyError("rows"), SourceError),
        (RecursionError(), SourceError),
        (NothingFoundError(f"nothing for {KEY}"), NothingFoundError),
        (KeyNeededError(f"the key {KEY} is refused"), KeyNeededError),
    ],
)
def test_a_connector_that_trips_leaves_what_was_there(
    server: Replay, tmp_path: Path, fault: Exception, error: type[FirstMileError]
) -> None:
    take_source(reading(), TINY, ask(server, tmp_path), ASK, tmp_path)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()}

    def trips(client: Client, ask: Ask) -> Taken:
        raise fault

    with pytest.raises(error) as caught:
        take_source(reading(), replace(TINY, take=trips), ask(server, tmp_path), ASK, tmp_path)
    assert KEY not in str(caught.value)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()} == before


def test_nothing_of_a_place_is_said_not_written(server: Replay, tmp_path: Path) -> None:
    def empty(client: Client, ask: Ask) -> Taken:
        return Taken(pd.DataFrame({"id": []}), notes=("12 rows of other places.",))

    with pytest.raises(NothingFoundError, match=r"nothing of Tiny\. 12 rows of other places"):
        take_source(reading(), replace(TINY, take=empty), ask(server, tmp_path), ASK, tmp_path)
    assert list(tmp_path.iterdir()) == []


# --- how it is written ---------------------------------------------------------------------------------------------


def point_table() -> gpd.GeoDataFrame:
    table = {
        "id": ["001", "NA", None], "name": pd.Series(["مدرسة", "a,\"b\"\nc", "nul\0 half\ud800"], dtype=object),
        "n": [1.5, np.nan, 3.0], "yes": [True, False, None],
    }  # fmt: skip
    return gpd.GeoDataFrame(table, geometry=[shapely.Point(1, 2), None, shapely.Point(-3, 4.25)], crs=4326)


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".geojson", ".parquet", ".geoparquet", ".gpkg"])
def test_the_same_content_is_the_same_bytes_and_comes_back(tmp_path: Path, suffix: str) -> None:
    one, two = tmp_path / f"one{suffix}", tmp_path / f"two{suffix}"
    write_tidy(point_table(), one, Veil())
    write_tidy(point_table(), two, Veil())
    assert one.read_bytes() == two.read_bytes()
    raw = read_raw(Source.model_validate({"name": "x", "path": one.name, "crs": "EPSG:4326"}), tmp_path)
    assert list(raw.frame["id"].fillna("")) == ["001", "NA", ""]
    assert raw.frame["name"].iloc[0] == "مدرسة"
    assert raw.geometry is not None
    assert [None if g is None or g.is_empty else (g.x, g.y) for g in raw.geometry] == [(1.0, 2.0), None, (-3.0, 4.25)]
    assert sorted(p.name for p in tmp_path.iterdir()) == [one.name, two.name]


def test_shapes_come_out_in_degrees_and_secrets_do_not(tmp_path: Path) -> None:
    metres = gpd.GeoDataFrame({"k": [f"x {KEY}"]}, geometry=[shapely.Point(0, 0)], crs=3857)
    write_tidy(metres, tmp_path / "a.geojson", Veil({KEY}))
    text = (tmp_path / "a.geojson").read_text()
    assert KEY not in text
    assert '"coordinates": [0.0, 0.0]' in text


def test_a_suffix_that_says_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"\.xyz"):
        write_tidy(pd.DataFrame({"a": [1]}), tmp_path / "a.xyz", Veil())
    (tmp_path / "closed").write_text("a file where a folder should be")
    with pytest.raises(SourceError, match="cannot be written"):
        write_tidy(pd.DataFrame({"a": [1]}), tmp_path / "closed" / "a.csv", Veil())


def test_a_raster_is_copied_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "raw").write_bytes(b"II*\0 raster")
    write_tidy(tmp_path / "raw", tmp_path / "deep" / "people.tif", Veil())
    assert (tmp_path / "deep" / "people.tif").read_bytes() == b"II*\0 raster"


# --- a whole recipe ------------------------------------------------------------------------------------------------


def test_boundaries_first_then_schools_then_the_rest(server: Replay, tmp_path: Path) -> None:
    _, recipe = whole_recipe(tmp_path)
    assert [r.path for r in in_order(recipe)] == ["areas.geojson", "schools.csv", "sites.csv"]
    said: list[str] = []
    fetch_missing(recipe, tmp_path, ask(server, tmp_path, tell=said.append))
    assert [a.service for a in server.asked] == ["tiny_areas", "tiny", "tiny_sites"]
    assert server.asked[-1].query == {"bbox": "9.9,-0.1,12.1,2.1", "areas": "1"}
    assert said[-1] == "Fetched: sites.csv, 1 row."
    fetch_missing(recipe, tmp_path, ask(server, tmp_path, tell=said.append))
    assert len(server.asked) == 3  # what is there is not asked for again


def test_without_boundaries_the_schools_say_where(server: Replay, tmp_path: Path) -> None:
    _, recipe = whole_recipe(tmp_path)
    fetch_missing(recipe.model_copy(update={"boundary": ()}), tmp_path, ask(server, tmp_path))
    assert server.asked[-1].query["bbox"] == "10,-0.489,12,1.579"


def test_what_cannot_be_had_names_file_and_service(server: Replay, tmp_path: Path) -> None:
    _, recipe = whole_recipe(tmp_path)
    server.fault("tiny", "html")
    with pytest.raises(SourceError, match=r"schools\.csv could not be had.*web page"):
        fetch_missing(recipe, tmp_path, ask(server, tmp_path))
    assert (tmp_path / "areas.geojson").is_file()  # the next run goes on from there
    other = recipe.source[1].model_copy(update={"service": recipe.source[1].service.model_copy(update={"name": "nobody"})})  # type: ignore[union-attr]  # fmt: skip
    with pytest.raises(SourceError, match="no service 'nobody'"):
        fetch_missing(recipe.model_copy(update={"source": (other,)}), tmp_path, ask(server, tmp_path))


def change(path: Path, how: Callable[[dict[str, Any]], Any]) -> None:
    stated = json.loads(passport_path(path).read_text("utf-8"))
    how(stated)
    passport_path(path).write_text(json.dumps(stated), "utf-8")


def test_what_the_passports_say_wins_and_their_clock_changes_nothing(server: Replay, tmp_path: Path) -> None:
    path, recipe = whole_recipe(tmp_path)
    fetch_missing(recipe, tmp_path, ask(server, tmp_path))

    def stated() -> Recipe:
        return with_passports(recipe, tmp_path)

    register = stated().source[1]
    assert (register.publisher, register.licence, register.version) == ("Office of Tiny", "CC-BY-4.0", "v7")
    assert "CC-BY-4.0" in columns_of(stated())["school_name"]["licences"]
    assert "By Tiny" in attributions(stated())
    assert notes_of(register, tmp_path / register.path) == ["schools.csv: 1 row came again and is kept once."]
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or KEY.encode() not in file.read_bytes(), file
    identity = build_id(path, stated(), tmp_path)
    change(tmp_path / "schools.csv", lambda s: s.update(retrieved="2031-01-01T00:00:00+00:00"))
    assert build_id(path, stated(), tmp_path) == identity
    change(tmp_path / "schools.csv", lambda s: s.update(licence="CC0-1.0"))
    assert build_id(path, stated(), tmp_path) != identity
    assert stated().source[1].licence == "CC0-1.0"
    (tmp_path / "schools.csv").write_text("id,name,lat,lon\n1,Mine,0.5,11\n")  # changed by hand: the recipe's own words
    assert stated().source[1].licence == "the recipe's word"
