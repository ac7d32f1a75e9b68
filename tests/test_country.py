"""A country from open sources: who is asked, who is taken, what is said to be missing, and the recipe that stands for it.

The connectors of these tests are made up; `test_country_replay.py` asks the real ones.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.areas import box_of
from etl.choosing import SLOTS, Asking, choose, reading_of
from etl.codes import country_code, iso2_of, language_of, name_of
from etl.connect import Ask, Block, Connector, Key, Taken
from etl.country import recipe_path, recipe_text, write_country
from etl.fetching import words as said
from etl.fetching.client import Client
from etl.fetching.settings import Settings
from etl.reasons import in_full, in_short
from etl.recipe import read_recipe
from etl.recipe.parts import Repair
from etl.repair import locate
from etl.whereabouts import bounds_of, bounds_of_schools
from geodata.errors import KeyNeededError, NothingFoundError, OfflineError, RecipeError, SourceError
from tests.replay import land

TODAY = date.fromisoformat(land.TODAY)
SCHOOLS = {
    "columns": {"school_id_govt": "id", "school_name": "name", "latitude": "lat", "longitude": "lon", "admin1": "p"},
}


def schools(rows: Iterable[land.School] = land.schools()) -> pd.DataFrame:
    """A register as a service might give it."""
    cells = [(s.govt_id, s.name, str(s.lat), str(s.lon), land.area(s.province).name) for s in rows]
    return pd.DataFrame(cells, columns=["id", "name", "lat", "lon", "p"], dtype="str")


def areas(level: int) -> gpd.GeoDataFrame:
    """Provinces or districts as a service might give them."""
    given_ = land.areas(level)
    table = {"area_id": [a.code for a in given_], "name": [a.name for a in given_], "level_word": "Provinces"}
    return gpd.GeoDataFrame(table, geometry=[shapely.Polygon(a.ring) for a in given_], crs="EPSG:4326")


def score(value: float) -> pd.DataFrame:
    """A table of benchmarks with one INFORM score."""
    return pd.DataFrame({"indicator": ["inform_risk"], "title": ["INFORM Risk"], "value": [str(value)]}, dtype="str")


def gives(content: Any) -> Callable[[Client, Ask], Taken]:
    """A function that takes this, or raises it."""

    def take(_: Client, ask: Ask) -> Taken:
        found = content(ask) if callable(content) else content
        if isinstance(found, Exception):
            raise found
        return Taken(found, title="A title", date="2026", rows_read=len(found), rows_kept=len(found))

    return take


def connector(name: str, what: Any, content: Any, *, blocks: tuple[Block, ...] = (), order: int = 10) -> Connector:
    """A made-up service."""
    usual = {
        "boundaries": (boundary(1),),
        "schools": (Block("source", name, f"{name}.csv", {"kind": "schools", **SCHOOLS}),),
        "risk": (Block("benchmark", name, f"{name}.csv"),),
        "benchmarks": (Block("benchmark", name, f"{name}.csv"),),
    }
    return Connector(
        name, f"Service {name}", "Somebody", what, "http://127.0.0.1:1", "CC0-1.0", gives(content),
        blocks or usual.get(what, ()), order=order, key=Key(where="Ask."),
    )  # fmt: skip


def boundary(level: int, *, needed: bool = True) -> Block:
    keys = {"level": level, "id_column": "area_id", "name_column": "name"}
    return Block("boundary", f"level {level}", f"areas-{level}.geoparquet", keys, {"level": level}, needed)


BOTH = (boundary(1), boundary(2, needed=False))


def asking(folder: Path, *given_: Connector, **more: Any) -> Asking:
    """A question about Quenara to made-up services; `asking.said` are the lines that were told."""
    ask = Ask("XQA", "XQ", land.NAME, data=folder / "raw", today=TODAY)
    client = Client(Settings(), folder / "cache", offline=True, tell=lambda _: None)
    said: list[str] = []
    one = Asking(ask, client, said.append, connectors={c.name: c for c in given_}, **more)
    one.said = said  # type: ignore[attr-defined]
    return one


def found(name: str = "osm", rows: pd.DataFrame | None = None) -> Connector:
    return connector(name, "schools", schools() if rows is None else rows)


# --- choosing -------------------------------------------------------------------------------------------------------


def test_the_first_that_has_something_is_taken_and_the_others_are_told_of(tmp_path: Path) -> None:
    no_key = connector("giga", "schools", KeyNeededError("giga wants a key, and none is set. Ask there."), order=10)
    empty = connector("geo", "schools", NothingFoundError("GEO has no schools of Quenara."), order=20)
    made = asking(tmp_path, replace(found("osm"), order=30), replace(found("last"), order=40), empty, no_key)
    choice = next(c for c in choose(made) if c.slot.gives == "schools")
    assert [g.connector.name for g in choice.got] == ["osm"]
    assert [r.connector.name for r in choice.refused] == ["giga", "geo"]
    assert [c.name for c in choice.unasked] == ["last"]
    assert choice.missing == []  # schools are there: that others have none is said in the recipe alone
    text = write_country(made).recipe.read_text()
    for words in (
        "giga wants a key",
        "GEO has no schools of Quenara",
        "Service last may know more of the same schools",
    ):
        assert words in " ".join(text.replace("#", " ").split())


def test_a_further_source_of_schools_is_switched_on_by_taking_the_marks_away(tmp_path: Path) -> None:
    path = write_country(asking(tmp_path, found(), replace(found("last"), order=40))).recipe
    text = path.read_text()
    start = text.index("# [[source]]")
    end = text.index("\n\n#", start)
    path.write_text(text[:start] + "\n".join(line[2:] for line in text[start:end].splitlines()) + text[end:])
    one, other = read_recipe(path).source
    assert (one.kind, one.link, other.kind, other.name) == ("schools", None, "attributes", "last")
    assert other.link is not None
    assert other.link.to == one.name


def test_without_schools_nothing_is_written_and_every_reason_is_said(tmp_path: Path) -> None:
    made = asking(
        tmp_path,
        connector("a", "schools", SourceError("a did not answer.")),
        connector("b", "schools", OfflineError("b is not in the cache.")),
        connector("c", "boundaries", areas),
    )
    with pytest.raises(SourceError, match=r"a did not answer[\s\S]*b is not in the cache"):
        write_country(made)
    assert not recipe_path(made.data, "XQA").exists()


def test_every_benchmark_is_taken_and_one_that_fails_is_named(tmp_path: Path) -> None:
    down = connector("world_bank", "benchmarks", SourceError("world_bank answered with status 503."))
    made = asking(tmp_path, found(), connector("uis", "benchmarks", score(1)), down)
    choice = next(c for c in choose(made) if c.slot.gives == "benchmarks")
    assert [g.connector.name for g in choice.got] == ["uis"]
    assert choice.missing == [("national benchmarks: Service world_bank", "it answered with status 503.")]


@pytest.mark.parametrize(
    ("second", "gap"), [(NothingFoundError("no level 2."), False), (SourceError("cut off half-way."), True)]
)
def test_a_further_level_is_a_gap_only_where_it_failed(tmp_path: Path, second: Exception, gap: bool) -> None:
    def content(ask: Ask) -> Any:
        return areas(1) if ask.options["level"] == 1 else second

    made = asking(tmp_path, connector("cod", "boundaries", content, blocks=BOTH), found())
    choice = choose(made)[0]
    assert [g.reading.path for g in choice.got] == ["areas-1.geoparquet"]
    assert choice.missing == (
        [("boundaries of provinces and districts: Service cod (level 2)", "cut off half-way.")] if gap else []
    )


def test_where_what_is_needed_fails_the_next_service_is_asked_for_all_of_it(tmp_path: Path) -> None:
    blocks = (boundary(1), boundary(2))

    def half(ask: Ask) -> Any:
        return areas(1) if ask.options["level"] == 1 else SourceError("cut off.")

    cod = connector("cod", "boundaries", half, blocks=blocks)
    gb = connector("gb", "boundaries", lambda ask: areas(ask.options["level"]), blocks=blocks, order=20)
    choice = choose(asking(tmp_path, cod, gb, found()))[0]
    assert [(g.connector.name, g.block.name) for g in choice.got] == [("gb", "level 1"), ("gb", "level 2")]
    assert not choice.missing


def test_a_connector_that_breaks_does_not_take_the_country_with_it(tmp_path: Path) -> None:
    made = asking(
        tmp_path, found(), connector("ookla", "speeds", KeyError("secret"), blocks=(Block("source", "o", "o.csv"),))
    )
    gap = next(c for c in choose(made) if c.slot.gives == "speeds").missing[0]
    assert "not understood" in gap[1]
    assert "secret" not in str(gap)


def test_every_slot_without_a_source_is_missing_and_says_why(tmp_path: Path) -> None:
    made = write_country(asking(tmp_path, found()))
    recipe = read_recipe(made.recipe)
    assert {m.what for m in recipe.missing} == {s.what for s in SLOTS if s.gives != "schools"}
    assert all(m.reason for m in recipe.missing)
    assert made.missing == tuple((m.what, m.reason) for m in recipe.missing)


def test_only_some_are_looked_for(tmp_path: Path) -> None:
    called: list[str] = []
    watch = connector("cod", "boundaries", lambda _: called.append("cod") or areas(1))
    made = asking(tmp_path, watch, found())
    recipe = read_recipe(write_country(made, only=["schools"]).recipe)
    assert not called
    assert not recipe.missing
    with pytest.raises(SourceError, match="--only"):
        choose(made, only=["boundaries"])


# --- a second run -----------------------------------------------------------------------------------------------------


def test_what_a_stopped_run_has_fetched_is_not_asked_for_again(tmp_path: Path) -> None:
    times: list[str] = []

    def content(_: Ask) -> Any:
        times.append("asked")
        return schools()

    def stops(_: Ask) -> Any:
        raise KeyboardInterrupt

    boundaries = connector("cod", "boundaries", lambda _: times.append("cod") or areas(1))
    made = asking(tmp_path, boundaries, connector("osm", "schools", content), connector("x", "risk", stops))
    with pytest.raises(KeyboardInterrupt):
        write_country(made)
    assert not recipe_path(made.data, "XQA").exists()
    again = asking(tmp_path, boundaries, connector("osm", "schools", content))
    assert write_country(again).written
    assert times == ["cod", "asked"]
    assert any("there already" in line for line in again.said)  # type: ignore[attr-defined]


def test_a_recipe_that_is_there_stands_and_anew_writes_one_beside_it(tmp_path: Path) -> None:
    first = write_country(asking(tmp_path, found()))
    first.recipe.write_text(first.recipe.read_text().replace('name = "Quenara"', 'name = "Mine"'))
    same = write_country(asking(tmp_path, found("other")))
    assert (same.recipe, same.written) == (first.recipe, False)
    assert same.missing == first.missing
    beside = write_country(asking(tmp_path, found("other"), anew=True))
    assert beside.recipe.name == "xqa-2.toml"
    assert read_recipe(beside.recipe).source[0].service.name == "other"  # type: ignore[union-attr]
    assert write_country(asking(tmp_path, found(), anew=True)).recipe.name == "xqa-3.toml"
    assert 'name = "Mine"' in first.recipe.read_text()


# --- why not, in words -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "short"),
    [
        (said.key_needed("cells", None), "it needs a key, and none is set. Ask."),
        (said.missing("cells", "http://a.b/c", None), "it is not among what was fetched before, and the network was not asked."),
        (said.absent("cells", "http://a.b/c?d=e", 404, "towers"), "it has no towers."),
        (said.refused("cells", "http://a.b/c?d=e", 503, None), "it answered a.b with status 503."),
        (SourceError("cells (http://a.b/c?x=(1)&y) could not be reached, 5 times in a row. Try again later. Or put x."), "it could not be reached, 5 times in a row."),
        (SourceError("Or put the file there by hand."), "it gave nothing."),
    ],
)  # fmt: skip
def test_a_reason_is_short_on_the_page_and_whole_in_the_recipe(error: Exception, short: str) -> None:
    one = connector("cells", "cells", error)
    if isinstance(error, KeyNeededError):
        assert in_short(error, one, key_set=True) == "it refused the key that is set. Ask."
    assert in_short(error, one) == short
    assert in_full(error) == " ".join(str(error).split()).rstrip(".") + "."


def test_no_folder_of_this_machine_stands_in_a_recipe(tmp_path: Path) -> None:
    bad = connector("x", "risk", lambda ask: SourceError(f"{ask.data}/x.csv is a folder."))
    text = write_country(asking(tmp_path, found(), bad)).recipe.read_text()
    assert "x.csv is a folder." in text
    assert str(tmp_path) not in text


# --- where the country is, and its words ------------------------------------------------------------------------------


def test_later_services_are_told_where_the_country_is(tmp_path: Path) -> None:
    seen: list[Ask] = []
    cells = connector("cells", "cells", lambda ask: seen.append(ask) or NothingFoundError("none"), blocks=(Block("source", "c", "c.csv"),))  # fmt: skip
    cod = connector("cod", "boundaries", lambda ask: areas(ask.options["level"]), blocks=BOTH)
    choose(asking(tmp_path, cod, found(), cells))
    west, south, east, north = seen[0].bounds or ()
    assert west < land.WEST < east and south < land.SOUTH < north  # noqa: PT018 - one box
    assert max(land.WEST - west, east - land.EAST) < 0.2
    assert set(seen[0].areas["area_id"]) == {a.code for a in land.areas(2)}  # type: ignore[index]


def test_without_boundaries_the_schools_say_where_it_is_but_not_those_abroad(tmp_path: Path) -> None:
    one = found(rows=schools(land.seen("giga_maps")))  # with 0, 0 and a school in Rome
    made = asking(tmp_path, one)
    choose(made)
    west, south, east, north = made.ask.bounds or ()
    assert -17 < west < land.WEST < land.EAST < east < -11
    assert -29 < south < land.SOUTH < land.NORTH < north < -23
    nowhere = asking(tmp_path / "b", found(rows=schools().assign(lat="", lon="")))
    choose(nowhere)
    assert nowhere.ask.bounds is None


@pytest.mark.parametrize(
    ("boxes", "west", "east"),
    [
        ([(177, -19, 180, -16), (-180, -17, -179.8, -16)], 176.9, -179.7),  # Fiji
        ([(172.4, 52, 180, 53), (-180, 51, -66.9, 71)], 172.3, -66.8),  # the United States
        ([(166, -47, 179.95, -34)], 165.9, -179.95),  # New Zealand, whose margin reaches over
        ([(-180, -90, 180, -60)], -180, 180),
        ([(-62, 15, -61, 16), (-5, 42, 9, 51), (55, -21, 56, -20)], -62.1, 56.1),  # France
    ],
)
def test_a_country_that_180_degrees_cuts_is_not_the_whole_globe(
    tmp_path: Path, boxes: list[tuple[float, float, float, float]], west: float, east: float
) -> None:
    table = gpd.GeoDataFrame({"area_id": [str(n) for n in range(len(boxes))]}, geometry=[shapely.box(*b) for b in boxes], crs=4326)  # fmt: skip
    found_ = bounds_of(table) or ()
    assert (found_[0], found_[2]) == (pytest.approx(west), pytest.approx(east))
    # the recipe's bounds are read so, too: a place in each part lies within, one in Africa only where the box reaches it
    spots = [((b[0] + b[2]) / 2, (b[1] + b[3]) / 2, True) for b in boxes] + [(20.0, -70.0, west == -180)]
    where = locate(
        pd.Series([str(y) for _, y, _ in spots]), pd.Series([str(x) for x, _, _ in spots]), Repair(bounds=found_)
    )
    assert list(where.latitude.notna()) == [here for *_, here in spots]


def test_the_map_keeps_a_country_that_180_degrees_cuts_whole() -> None:
    fiji = [shapely.box(177, -19, 180, -16), shapely.box(-180, -17, -179.8, -16), shapely.Polygon()]
    assert box_of([shapely.MultiPolygon(fiji[:2])]) == box_of(fiji) == pytest.approx((177, -19, 180.2, -16))
    assert box_of(fiji[:1]) == (177, -19, 180, -16)
    assert box_of([]) == (0, 0, 0, 0)


def test_schools_on_both_sides_of_180_degrees_say_where_the_country_is(tmp_path: Path) -> None:
    made = reading_of(found(), Block("source", "s", "s.csv", {"kind": "schools", "columns": {"latitude": "lat", "longitude": "lon"}}))  # fmt: skip
    lon = [*(177 + n / 20 for n in range(60)), *(-180 + n / 100 for n in range(20)), 12.5]
    (tmp_path / "s.csv").write_text("lat,lon\n" + "".join(f"-17.5,{x}\n" for x in lon))
    west, _, east, _ = bounds_of_schools(made, tmp_path) or ()
    assert 175 < west < 177
    assert -180 < east < -178


def test_bounds_of_schools_without_coordinates_are_not_invented(tmp_path: Path) -> None:
    made = reading_of(found(), Block("source", "s", "s.csv", {"kind": "schools", "columns": {"school_name": "name"}}))
    (tmp_path / "s.csv").write_text("name\nA\n")
    assert bounds_of_schools(made, tmp_path) is None


def test_levels_are_called_what_the_country_calls_them_where_the_boundaries_do_not_say(tmp_path: Path) -> None:
    silent = connector(
        "cod", "boundaries", lambda ask: areas(ask.options["level"]).drop(columns="level_word"), blocks=BOTH
    )
    kenya = asking(tmp_path, silent, found())
    kenya.ask = replace(kenya.ask, iso3="KEN", iso2="KE", name="Kenya")
    place = read_recipe(write_country(kenya).recipe).place
    assert place.levels == ("county", "sub-county")
    assert place.levels_plural == ("counties", "sub-counties")


def test_words_of_the_levels(tmp_path: Path) -> None:
    cod = connector("cod", "boundaries", lambda ask: areas(ask.options["level"]), blocks=BOTH)
    two = read_recipe(write_country(asking(tmp_path / "two", cod, found())).recipe)
    assert two.place.levels == ("province", "district")  # both called provinces there
    assert two.place.levels_plural == ("provinces", "districts")
    named = read_recipe(write_country(asking(tmp_path / "named", found())).recipe)
    assert named.place.levels == ("province",)
    bare = found(rows=schools().assign(p=""))
    assert read_recipe(write_country(asking(tmp_path / "bare", bare)).recipe).place.levels == ("province",)


@pytest.mark.parametrize(("value", "risk"), [(4.9, "medium"), (5.0, "high"), (8.1, "high"), (None, "medium")])
def test_risk_is_never_lower_than_usual_and_says_why(tmp_path: Path, value: float | None, risk: str) -> None:
    more = [] if value is None else [connector("inform", "risk", score(value))]
    path = write_country(asking(tmp_path, found(), *more)).recipe
    assert read_recipe(path).place.risk == risk
    assert ("risk" in tomllib.loads(path.read_text())["place"]) == (risk == "high")
    assert "attacks on schools" in path.read_text()


def test_schools_must_lie_in_the_country_and_the_bounds_can_be_edited(tmp_path: Path) -> None:
    cod = connector("cod", "boundaries", areas(1))
    source = read_recipe(write_country(asking(tmp_path, cod, found())).recipe).source[0]
    assert source.repair.bounds is not None
    assert source.service is not None
    assert source.service.name == "osm"
    assert read_recipe(write_country(asking(tmp_path / "b", found())).recipe).source[0].repair.bounds is None


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=25)
@given(name=TEXTS, title=TEXTS, reason=TEXTS)
def test_any_name_title_and_reason_make_a_recipe_that_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, name: str, title: str, reason: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    odd = replace(found(), title=title, attribution=name)
    made = asking(folder, odd, connector("x", "risk", SourceError(reason)))
    made.ask = replace(made.ask, name=name)
    text = recipe_text(made.ask, choose(made))
    (folder / "a.toml").write_text(text, "utf-8")
    assert read_recipe(folder / "a.toml").place.name == (name or "XQA")


# --- codes ----------------------------------------------------------------------------------------------------------


def test_countries_by_their_codes() -> None:
    assert [country_code(c) for c in ("KEN", "ken ", "XQA", "XKX", "NAM")] == ["KEN", "KEN", "XQA", "XKX", "NAM"]
    assert [iso2_of(c) for c in ("KEN", "NAM", "XQA", "XKX", "???")] == ["KE", "NA", "XQ", "XK", ""]
    assert (name_of("KEN"), name_of("XQA"), language_of("MOZ"), language_of("XQA")) == ("Kenya", "XQA", "pt", "en")


@pytest.mark.parametrize(
    ("given_", "meant"),
    [
        ("KE", "KEN"),
        ("Kenya", "KEN"),
        ("kenia", "KEN"),
        ("KNE", "KEN"),
        ("Cameroun", "CMR"),
        ("كينيا", "KEN"),
        ("Tansania", "TZA"),
        ("NA", "NAM"),
        ("KOS", "XKX"),
    ],
)
def test_a_wrong_code_is_told_the_nearest(given_: str, meant: str) -> None:
    with pytest.raises(RecipeError, match=rf"Did you mean {meant} "):
        country_code(given_)


@pytest.mark.parametrize("given_", ["", "ZZZ", "Timbuktu", "12", "../x", "ZAR"])
def test_what_is_no_country_is_refused(given_: str) -> None:
    with pytest.raises(RecipeError, match="no country's three-letter code"):
        country_code(given_)
