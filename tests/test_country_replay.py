"""A country from open sources, end to end: every real connector against the replayed services, then without the network,
then with each source down in turn. What is expected is worked out by hand from the truth in `tests/replay/land.py`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest
from typer.testing import CliRunner

from dashboard import unfound
from dashboard.pages import data as data_page
from etl.build import build
from etl.choosing import SLOTS, Asking, choose
from etl.connect import Ask, Connector
from etl.country import Country, write_country
from etl.fetching.client import Client
from etl.origin import origin_of
from etl.recipe import read_recipe
from etl.refresh import refresh
from firstmile_open import commands
from geodata.declare import found
from geodata.layers import Atlas, read_changes
from geodata.query import Desk
from geodata.view import View
from tests.pages import said
from tests.replay import land
from tests.replay.server import Replay

KEYS = {("giga_maps", "key"): "replay.giga#location*1_a", ("opencellid", "key"): "pk.replay-cells-0123456789"}
NOW = datetime.fromisoformat(land.TODAY).replace(tzinfo=UTC)
WANTED = {slot.gives for slot in SLOTS}
OPEN = {c.name: c for c in found(Connector, "etl.sources").values() if c.open_country and c.gives in WANTED}
# Services that stand in for another, and what gives nothing of its own accord.
INSTEAD = {"cod_ab": "geoboundaries", "giga_maps": "geo_observatory"}
SPARE = {"geoboundaries", "geo_observatory", "osm", "geofabrik", "afterfibre"}


@dataclass(frozen=True)
class Made:
    """The country as it was built once."""

    country: Country
    atlas: Atlas
    cache: Path
    asking: Asking

    def schools(self) -> gpd.GeoDataFrame:
        return gpd.read_parquet(self.atlas.folder / "schools.parquet").set_index("school_id", drop=False)


def asking(replay: Replay, data: Path, client: Client) -> Asking:
    """The question about Quenara; only services that are replayed are asked, whatever else is declared."""
    ask = Ask(land.ISO3, land.ISO2, land.NAME, data=data, today=date.fromisoformat(land.TODAY))
    return Asking(ask, client, lambda _: None, connectors={k: c for k, c in OPEN.items() if k in replay.routes})


@pytest.fixture(scope="module")
def replay() -> Iterator[Replay]:
    with Replay(land) as server:
        yield server


@pytest.fixture(scope="module")
def made(replay: Replay, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("quenara")
    client = replay.client(folder / "cache", KEYS, now=lambda: NOW)
    one = asking(replay, folder / "quenara.raw", client)
    country = write_country(one)
    atlas = build(country.recipe, data=country.data, out=folder / "quenara", client=client)
    return Made(country, atlas, folder / "cache", one)


def test_every_open_source_is_replayed(replay: Replay) -> None:
    assert set(OPEN) <= set(replay.routes)


# --- end to end -----------------------------------------------------------------------------------------------------


def test_the_country_has_everything_and_nothing_is_missing(made: Made) -> None:
    there = {path.name for path in made.atlas.folder.iterdir()}
    layers = ("schools", "areas", "tiles", "cells", "lines", "people", "benchmarks")
    assert {f"{name}.parquet" for name in layers} <= there
    assert made.atlas.manifest["missing"] == []
    recipe = read_recipe(made.country.recipe)
    services = {item.service.name for t in ("source", "boundary", "ages", "benchmark") for item in getattr(recipe, t)}
    assert services == set(OPEN) - SPARE
    assert recipe.place.levels == ("province", "district")


def test_rows_are_conserved_and_faults_end_with_a_reason(made: Made) -> None:
    """0/0, a point in Rome, rows that came twice: nothing is lost, and what is wrong is said."""
    sent = land.seen("giga_maps")
    ids = {s.giga_id for s in sent}
    source = next(s for s in made.atlas.manifest["sources"] if s["kind"] == "schools")
    parts = ("rows_accepted", "rows_out_of_scope", "rows_quarantined")
    assert source["rows_read"] == sum(source[k] for k in parts) == len(ids)
    schools = made.schools()
    assert set(schools.index) == ids
    lost = {s.giga_id for s in sent if not (land.WEST < s.lon < land.EAST)}
    assert lost
    assert set(schools.index[schools["latitude"].isna()]) == lost
    words = " ".join([*made.atlas.manifest["notes"], *(r["sentence"] for r in made.atlas.manifest["report"])])
    assert "2 rows came again on another page" in words
    assert "outside" in words


def test_schools_lie_in_their_district(made: Made) -> None:
    schools = made.schools()
    truth = {s.giga_id: s.district for s in land.seen("giga_maps") if land.WEST < s.lon < land.EAST}
    assert schools["admin2_id"].dropna().to_dict() == truth
    areas = pd.read_parquet(made.atlas.folder / "areas.parquet", columns=["area_id", "num_schools"])
    counted = areas.set_index("area_id")["num_schools"]
    for area in land.areas(2):
        assert counted[area.code] == sum(1 for code in truth.values() if code == area.code)
    assert counted[land.ISO3] == len(schools)


def test_the_nearest_4g_site_by_hand(made: Made) -> None:
    masts = {(c.lon, c.lat) for c in land.cells() if c.radio == "LTE" and c.updated > 1_700_000_000}
    for school in made.schools().dropna(subset=["latitude"]).itertuples():
        by_hand = min(land.metres(school.longitude, school.latitude, *mast) for mast in masts)
        assert school.nearest_4g_distance_m == pytest.approx(by_hand, rel=0.005)


def test_the_speed_of_a_schools_own_tile_by_hand(made: Made) -> None:
    tiles = {t.quadkey: t for t in land.tiles("fixed")}
    schools = made.schools().dropna(subset=["latitude"])
    keys = [land.quadkey(x, y, 16) for x, y in zip(schools["longitude"], schools["latitude"], strict=True)]
    own = {i: tiles[key].down_kbps / 1000 for i, key in zip(schools.index, keys, strict=True) if key in tiles}
    assert len(own) >= 3
    assert schools.loc[list(own), "ookla_fixed_mbps"].to_dict() == pytest.approx(own)


def test_people_by_hand(made: Made) -> None:
    whole = land.people()
    people = float(whole[whole >= 0].sum())
    totals = pd.read_parquet(made.atlas.folder / "people_areas.parquet").set_index("area_id")["people"]
    assert totals[land.ISO3] == pytest.approx(people, rel=1e-4)


def test_national_figures_as_the_services_give_them(made: Made) -> None:
    table = pd.read_parquet(made.atlas.folder / "benchmarks.parquet").set_index("source_code")["value"]
    assert table["SCHBSP.1.WINTERN"] == 38.2
    assert table["SCHBSP.3.WINTERN"] == 71.5
    assert table["INFORM"] == land.RISK["INFORM"]
    assert table["IT.NET.USER.ZS"] == 35.0  # of 2023: 2024 is not known
    assert pd.isna(table["idps"])  # hidden by UNHCR, and not zero


def test_every_source_states_its_licence_and_no_key_stands_anywhere(made: Made) -> None:
    for source in made.atlas.manifest["sources"]:
        assert source["publisher"] and source["title"] and source["date"], source["name"]  # noqa: PT018
        assert source["licence"] or source["publisher"] == "International Telecommunication Union"
    secrets = [key.encode() for key in KEYS.values()]
    files = [
        p for folder in (made.cache, made.country.data, made.atlas.folder) for p in folder.rglob("*") if p.is_file()
    ]
    assert len(files) > 60
    for path in files:
        content = path.read_bytes()
        assert not any(secret in content for secret in secrets), path


# --- without the network ----------------------------------------------------------------------------------------------


def test_offline_gives_the_same_files_to_the_byte_and_asks_nobody(made: Made, replay: Replay, tmp_path: Path) -> None:
    before = len(replay.asked)
    client = replay.client(made.cache, offline=True, now=lambda: NOW)
    again = write_country(asking(replay, tmp_path / "raw", client))
    assert len(replay.asked) == before
    assert not again.missing
    for path in made.country.data.iterdir():
        if path.suffix in (".toml", ".json"):  # words: offline nobody knows that a later quarter is not published yet
            continue
        assert (again.data / path.name).read_bytes() == path.read_bytes(), path.name
    assert read_recipe(again.recipe) == read_recipe(made.country.recipe)


def test_the_command_online_then_offline(replay: Replay, tmp_path: Path) -> None:
    """The command itself, twice: without the network, from the cache alone, the same inputs give the very same build."""
    environ = {f"FIRSTMILE_{name.upper()}_BASE": replay.url(name) for name in replay.routes}
    environ |= {"FIRSTMILE_CACHE": str(tmp_path / "cache"), "FIRSTMILE_GIGA_MAPS_KEY": KEYS["giga_maps", "key"]}
    app, out = commands(environ, lambda: "off"), tmp_path / "quenara"
    versions = []
    for data, more in (("online", []), ("offline", ["--offline"])):
        words = [
            "xqa",
            "--name",
            land.NAME,
            "--only",
            "boundaries,schools",
            "--out",
            str(out),
            "--data",
            str(tmp_path / data),
        ]
        done = CliRunner().invoke(app, [*_command(app), *words, *more])
        assert done.exit_code == 0, done.output
        assert f"Done: {out} (Quenara, " in done.output
        assert f"Next: firstmile check {out}" in done.output
        versions.append((out.resolve().name, (out / "schools.parquet").read_bytes()))
    assert versions[0] == versions[1]


def _command(app: object) -> list[str]:
    """Typer drops a command's name where it is the only one."""
    return ["country"] if len(getattr(app, "registered_commands", ())) > 1 else []


def test_offline_with_nothing_kept_says_so_and_makes_nothing(replay: Replay, tmp_path: Path) -> None:
    environ = {"FIRSTMILE_CACHE": str(tmp_path / "cache")}
    app = commands(environ, lambda: "off")
    done = CliRunner().invoke(app, [*_command(app), "XQA", "--offline", "--out", str(tmp_path / "x")])
    assert done.exit_code != 0
    assert "No schools of XQA could be had" in str(done.exception)
    assert not (tmp_path / "x").exists()


# --- each source down in turn --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", sorted(set(OPEN) - {"afterfibre"}))
def test_a_source_that_is_down_is_named_and_the_others_are_taken(
    made: Made, replay: Replay, tmp_path: Path, service: str
) -> None:
    """What the others gave is there already; the one that is down is asked anew."""
    data = tmp_path / "raw"
    shutil.copytree(made.country.data, data)
    for path in {block.path for block in OPEN[service].blocks}:
        (data / path).unlink(missing_ok=True)
    replay.fault(service, "status", status=503)
    try:
        choices = choose(asking(replay, data, replay.client(tmp_path / "cache", KEYS, now=lambda: NOW)))
    finally:
        replay.clear()
    taken = {got.connector.name for choice in choices for got in choice.got}
    missing = {what: why for choice in choices for what, why in choice.missing}
    slot = next(s for s in SLOTS if s.gives == OPEN[service].gives)
    others = set(OPEN) - SPARE - {service}
    if service in SPARE:
        assert taken == others
        assert not missing
    elif service in INSTEAD:
        assert taken == others | {INSTEAD[service]}
        assert not missing
    else:
        assert taken == others
        assert [what.split(":")[0] for what in missing] == [slot.what]
        assert "503" in " ".join(missing.values())


def test_all_but_one_source_down_is_still_a_country_and_the_page_says_what_is_missing(
    replay: Replay, tmp_path: Path
) -> None:
    for service in set(OPEN) - {"osm"}:
        replay.fault(service, "refuse")
    client = replay.client(tmp_path / "cache", now=lambda: NOW)
    try:
        country = write_country(asking(replay, tmp_path / "raw", client))
    finally:
        replay.clear()
    atlas = build(country.recipe, data=country.data, out=tmp_path / "atlas", client=client)
    assert {what for what, _ in country.missing} == {s.what for s in SLOTS if s.gives != "schools"}
    areas = pd.read_parquet(atlas.folder / "areas.parquet", columns=["area_id", "name", "num_schools"])
    assert areas.values.tolist() == [
        [land.ISO3, land.NAME, len({s.osm_id for s in land.seen("osm")})]
    ]  # one area: all of it
    desk = Desk(atlas, tier="government")
    assert len(desk.schools) == len({s.osm_id for s in land.seen("osm")})
    shown = said(data_page.layout(desk, View()))
    assert unfound.TITLE in shown
    for what, why in country.missing:
        assert what[1:] in shown
        assert why in shown
        assert "127.0.0.1" not in why


# --- upstream changes -----------------------------------------------------------------------------------------------


def test_after_a_change_upstream_refresh_tells_what_changed(made: Made, replay: Replay, tmp_path: Path) -> None:
    """Giga loses a school, gains one, and moves one by 0.05 degrees; one tile's speed changes; nobody else does."""
    out, data = tmp_path / "quenara", tmp_path / "quenara.raw"
    shutil.copytree(made.country.data, data)
    shutil.copytree(made.atlas.link.parent / "quenara.d", tmp_path / "quenara.d", symlinks=True)
    out.symlink_to(made.atlas.link.readlink())
    shutil.copytree(made.cache, tmp_path / "cache")
    inside = [s for s in land.seen("giga_maps") if land.WEST < s.lon < land.EAST]
    gone, moved, model = inside[0], inside[5], inside[9]
    fresh = replace(model, number=999, giga_id="99999999-2222-3333-4444-555555555999", name="Newly Opened School")
    there = replace(moved, lat=moved.lat + 0.05)

    def seen(service: str) -> list[land.School]:
        if service != "giga_maps":
            return land.seen(service)
        changed = [there if s == moved else s for s in land.seen(service) if s.giga_id != gone.giga_id]
        return [*changed, fresh]

    replay.land = SimpleNamespace(**{**vars(land), "seen": seen})
    client = replay.client(tmp_path / "cache", KEYS, refresh=True, now=lambda: NOW + timedelta(days=2))

    def again(recipe: Path, folder: Path, home: Path) -> Atlas:
        return build(recipe, data=folder, out=out, client=client, home=home)

    said: list[str] = []
    try:
        found = refresh(out, origin_of(out, data / made.country.recipe.name, data), client, again, tell=said.append)
    finally:
        replay.land = land
    assert not found.kept
    assert found.changed == ["giga-schools.csv"], said
    assert found.atlas is not None
    told = read_changes(found.atlas, "government")
    assert told is not None
    table, summary = told
    kinds = {kind: set(rows["school_id"]) for kind, rows in table.groupby("kind")}
    assert kinds["new"] == {fresh.giga_id}
    assert kinds["gone"] == {gone.giga_id}
    assert kinds["moved"] == {moved.giga_id}
    metres = land.metres(moved.lon, moved.lat, moved.lon, there.lat)
    assert table.loc[table["kind"] == "moved", "amount"].item() == pytest.approx(metres, rel=0.005)
    assert summary["schools"] == [len(made.schools())] * 2
    assert len(Desk(found.atlas, tier="government").schools) == len(made.schools())
    assert "59 rows, before 59" in " ".join(said)
