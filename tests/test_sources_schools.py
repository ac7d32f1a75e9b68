"""Schools from open services: Giga Maps, the Observatory and OpenStreetMap, asked on loopback with all their faults."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.connect import Taken
from etl.fetching.client import Client
from etl.sources import giga_maps, osm
from etl.sources.isced import isced, level_of, span
from etl.sources.osm_tags import COLUMNS, alike, row_of
from etl.sources.rows import csv_table, table, text
from geodata.errors import KeyNeededError, NothingFoundError, OfflineError, SourceError
from tests.replay import land
from tests.replay.server import Answer, Replay, answer_json
from tests.replay.services import osm as overpass
from tests.replay.services.giga_maps import KEYS
from tests.sources import ASK, ask, connector, harmonised

SECRETS = {(name, "key"): key for name, key in KEYS.items()}


@pytest.fixture
def replay() -> Iterator[Replay]:
    with Replay(land) as running:
        yield running


@pytest.fixture
def client(replay: Replay, tmp_path: Path) -> Client:
    return replay.client(tmp_path / "cache", SECRETS)


def giga_rows(count: int, first: int = 1) -> list[dict[str, Any]]:
    """Rows of the location service."""
    return [
        {
            "giga_id_school": f"id-{n:04d}", "school_name": f"School {n}", "latitude": -25.9, "longitude": -13.9,
            "education_level": "Primary", "country_iso3_code": "XQA", "school_data_source": "Government",
        } for n in range(first, first + count)
    ]  # fmt: skip


def enveloped(rows: list[dict[str, Any]], **more: Any) -> Answer:
    return answer_json({"success": True, "timestamp": "2026-11-01T08:00:00Z", "message": "", "data": rows, **more})


def take(service: str, client: Client, /, **changes: Any) -> Taken:
    return connector(service).take(client, ask(**changes))


# --- Giga Maps: paging ----------------------------------------------------------------------------------------------


def test_two_full_pages_and_a_short_one_are_read_in_order_with_a_pause_between(
    replay: Replay, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giga_maps, "SIZE", 25)
    taken = take("giga_maps", client)
    truth = {s.giga_id for s in land.seen("giga_maps")}
    assert set(taken.content["giga_id_school"]) == truth
    asked = [a.query for a in replay.asked]
    assert [(q["page"], q["size"]) for q in asked] == [("1", "25"), ("2", "25"), ("3", "25")]
    assert client.waits.count(giga_maps.PAUSE_S) == len(asked)  # type: ignore[attr-defined]
    assert taken.rows_read == len(land.seen("giga_maps"))
    assert taken.rows_kept == len(truth) == len(taken.content)
    assert any("came again" in note for note in taken.notes)


def test_a_last_page_that_is_full_ends_with_404_and_an_empty_one_ends_too(
    replay: Replay, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giga_maps, "SIZE", 3)
    for ending in (Answer(b"{}", 404), enveloped([])):
        replay.clear()
        for page in (giga_rows(3), giga_rows(3, 4)):
            replay.fault("giga_maps", "replace", times=1, answer=enveloped(page))
        replay.fault("giga_maps", "replace", answer=ending)
        client.store = type(client.store)(client.store.folder / str(len(replay.asked)))
        assert len(take("giga_maps", client).content) == 6


def test_a_server_that_ignores_the_page_number_is_read_once_and_said(
    replay: Replay, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giga_maps, "SIZE", 25)
    replay.fault("giga_maps", "ignore_page", names=("page",))
    taken = take("giga_maps", client)
    assert len(replay.asked) == 2
    assert len(taken.content) == len({s.giga_id for s in land.seen("giga_maps")[:25]})
    assert any("ignores the page number" in note for note in taken.notes)


def test_a_row_that_shifts_to_the_next_page_is_kept_once_but_a_changed_one_twice(
    replay: Replay, client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(giga_maps, "SIZE", 3)
    changed = {**giga_rows(1)[0], "school_name": "Another name"}
    for page in (giga_rows(3), [giga_rows(1, 3)[0], *giga_rows(1, 4), changed], []):
        replay.fault("giga_maps", "replace", times=1, answer=enveloped(page))
    taken = take("giga_maps", client)
    assert list(taken.content["giga_id_school"]) == ["id-0001", "id-0002", "id-0003", "id-0004", "id-0001"]
    assert (taken.rows_read, taken.rows_kept) == (6, 5)
    read = harmonised(taken, "giga_maps", tmp_path)
    assert len(read.frame) == 4
    assert list(read.rejected["check"]) == ["duplicate_id"]


def test_the_other_form_of_the_address_is_tried_once_and_only_for_the_first_page(
    replay: Replay, client: Client
) -> None:
    replay.routes["giga_maps"] = [(r"/schools_location/country/XQA/", lambda _: enveloped(giga_rows(2)))]
    assert len(take("giga_maps", client).content) == 2
    assert replay.paths("giga_maps")[:2] == ["/schools_location/country/XQA", "/schools_location/country/XQA/"]
    assert set(replay.paths("giga_maps")[1:]) == {"/schools_location/country/XQA/"}  # what worked is stayed with


def test_a_country_without_schools_is_404_and_no_fault(replay: Replay, client: Client) -> None:
    with pytest.raises(NothingFoundError, match="no school of Kenya"):
        take("giga_maps", client, iso3="KEN", name="Kenya")
    assert len(replay.asked) == 2  # with and without the slash


# --- Giga Maps: keys and faults --------------------------------------------------------------------------------------


def test_without_a_key_nothing_is_asked_and_the_way_to_one_is_said(replay: Replay, tmp_path: Path) -> None:
    with pytest.raises(KeyNeededError, match=r"maps\.giga\.global"):
        take("giga_maps", replay.client(tmp_path))
    assert not replay.asked


@pytest.mark.parametrize("key", ["wrong.key#1*_", KEYS["giga_profile"]])
def test_a_wrong_key_and_the_key_of_another_service_are_refused_without_being_shown(
    replay: Replay, tmp_path: Path, key: str
) -> None:
    with pytest.raises(KeyNeededError) as fault:
        take("giga_maps", replay.client(tmp_path, {("giga_maps", "key"): key}))
    assert key not in str(fault.value)
    assert key not in "".join(p.read_text("utf-8", "replace") for p in tmp_path.rglob("*") if p.is_file())


def test_the_key_goes_in_the_header_alone_and_into_no_file(replay: Replay, client: Client, tmp_path: Path) -> None:
    taken = take("giga_maps", client)
    key = KEYS["giga_maps"]
    assert {a.headers["authorization"] for a in replay.asked} == {f"Bearer {key}"}
    assert not any(key in str(a.query) + a.path for a in replay.asked)
    assert key not in repr(taken)
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and key.encode() in p.read_bytes()]


def test_too_many_requests_are_waited_out_as_long_as_the_service_asks(replay: Replay, client: Client) -> None:
    replay.fault("giga_maps", "retry_after", seconds=7, times=2)
    assert len(take("giga_maps", client).content) > 50
    assert [w for w in client.waits if w >= 7] == [7, 7]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        ("html", {}, "web page"),
        ("empty", {}, "nothing"),
        ("garbage", {}, "instead of JSON"),
        ("truncate", {}, "cut off"),
        ("json_error", {"value": {"success": False, "data": None, "message": "Bad things"}}, "Bad things"),
        ("json_error", {"value": {"message": "no data key"}}, "failed"),
        ("json_error", {"value": [1, 2]}, "not its envelope"),
        ("json_error", {"value": {"success": True, "data": {"a": 1}}}, "list of records"),
        ("json_error", {"value": {"success": True, "data": [1, "x"]}}, "list of records"),
    ],
)
def test_what_is_no_answer_in_spite_of_status_200_is_said(
    replay: Replay, client: Client, kind: str, more: dict[str, Any], said: str
) -> None:
    replay.fault("giga_maps", kind, **more)
    with pytest.raises(SourceError, match=said):
        take("giga_maps", client)
    replay.clear()
    assert len(take("giga_maps", client).content) > 50  # what was no answer was not kept


def test_offline_everything_comes_from_the_cache_without_a_key_and_to_the_same_table(
    replay: Replay, client: Client, tmp_path: Path
) -> None:
    first = take("giga_maps", client)
    before = len(replay.asked)
    offline = replay.client(tmp_path / "cache", offline=True)
    again = take("giga_maps", offline)
    pd.testing.assert_frame_equal(first.content, again.content)
    assert (again.date, again.attribution, len(replay.asked)) == (first.date, first.attribution, before)
    with pytest.raises(OfflineError):
        take("giga_maps", offline, iso3="KEN")


# --- Giga Maps: values -----------------------------------------------------------------------------------------------


def test_rows_with_0_0_null_and_unknown_reach_the_build_which_says_what_becomes_of_them(
    client: Client, tmp_path: Path
) -> None:
    taken = take("giga_maps", client)
    read = harmonised(taken, "giga_maps", tmp_path)
    assert len(read.frame) == len(taken.content)
    nowhere = {s.giga_id for s in land.seen("giga_maps") if (s.lat, s.lon) == (0, 0)}
    unplaced = read.frame[read.frame["latitude"].isna()]
    assert set(unplaced["school_id"]) == nowhere
    assert nowhere
    unknown = {s.giga_id for s in land.seen("giga_maps") if not s.level}
    assert set(read.frame.loc[read.frame["education_level"].isna(), "school_id"]) == unknown
    assert not read.unmapped.get("education_level")
    assert read.frame["has_internet"].isna().all()  # locations say nothing of it


def test_profiles_keep_yes_no_and_unknown_apart_whether_words_or_booleans(client: Client, tmp_path: Path) -> None:
    read = harmonised(take("giga_profile", client), "giga_profile", tmp_path)
    said = dict(zip(read.frame["school_id"], read.frame["has_internet"], strict=True))
    for school in {s.number: s for s in land.seen("giga_maps")}.values():
        given_ = said[school.giga_id]
        assert (None if pd.isna(given_) else bool(given_)) is school.internet
    assert set(read.frame["school_area_type"]) == {"urban", "rural"}
    assert not any(read.unmapped.values())


def test_measurements_keep_their_days_and_are_asked_by_window(replay: Replay, client: Client, tmp_path: Path) -> None:
    taken = take("giga_measurements", client, options={"start": "2026-10-30", "end": "2026-10-31"})
    assert set(taken.content["date"]) == {"2026-10-30", "2026-10-31"}
    assert replay.asked[0].query["start_date"] == "2026-10-30"
    read = harmonised(taken, "giga_measurements", tmp_path).frame
    truth = {s.giga_id: s.down for s in land.seen("giga_meter") if s.down}
    assert dict(zip(read["school_id_giga"], read["test_download_mbps"], strict=True)) == truth
    take("giga_measurements", client)
    assert replay.asked[-1].query["start_date"] == "2025-11-01"  # a year, where the recipe says no window


REPORT = (
    "School Giga ID,School Name,Longitude,Latitude,Education Level,Country ISO3 Code,Country Name,School Data Source\n"
)


def test_the_websites_report_in_parts_is_read_whole_and_a_lacking_part_is_said(tmp_path: Path) -> None:
    name = "School_report_page_{}_out_of_3_dated_01112026_080000.csv"
    (tmp_path / name.format(1)).write_text(
        REPORT + "0a,École Sainte-Thérèse,9.1,4.1,Primary,XQA,Quenara,Government\n", "utf-8-sig"
    )
    (tmp_path / name.format(3).replace("_080000", "_080003")).write_text(
        REPORT + "0b,مدرسة النور,0,0,Unknown,XQA,Quenara,OSM\n", "utf-8"
    )
    (tmp_path / name.format(3).replace("2026_", "2025_")).write_text(
        REPORT + "0c,Older,0,0,,XQA,Quenara,OSM\n", "utf-8"
    )
    taken = take("giga_maps", None, dropped=tmp_path / name.format(1))  # type: ignore[arg-type]
    assert list(taken.content["school_name"]) == ["École Sainte-Thérèse", "مدرسة النور"]
    assert "The file comes in 3 parts; part 2 is not there." in taken.notes
    read = harmonised(taken, "giga_maps", tmp_path)
    assert list(read.frame["school_id"]) == ["0a", "0b"]


def test_a_kept_answer_and_a_file_with_the_school_masters_names_are_read_too(real_data: Path, tmp_path: Path) -> None:
    taken = take("giga_maps", None, dropped=real_data / "connector-examples" / "s1_1.json")  # type: ignore[arg-type]
    assert taken.rows_kept == 2
    assert taken.notes == ("1 school without a place (0, 0).", "2 rows under the code of another country.")
    master = tmp_path / "master.csv"
    master.write_text("school_id_giga,school_name,latitude,longitude,num_students\n001,Hill,1,2,40\n", "utf-8")
    assert list(take("giga_maps", None, dropped=master).content["giga_id_school"]) == ["001"]  # type: ignore[arg-type]
    master.write_text("name,latitude,longitude\nHill,1,2\n", "utf-8")
    with pytest.raises(SourceError, match="School Giga ID"):
        take("giga_maps", None, dropped=master)  # type: ignore[arg-type]


# --- Global Education Observatory ------------------------------------------------------------------------------------


def test_the_observatorys_tables_are_joined_and_no_school_is_lost_or_multiplied(client: Client, tmp_path: Path) -> None:
    taken = take("geo_observatory", client)
    truth = {f"XQA_{s.number:06d}": s for s in land.seen("geo_observatory")}
    assert set(taken.content["geo_id"]) == set(truth)
    assert taken.date == "2023"
    read = harmonised(taken, "geo_observatory", tmp_path)
    assert len(read.frame) + len(read.rejected) == len(taken.content)
    said = read.frame.set_index("school_id")
    for school in truth.values():
        row = said.loc[school.govt_id]  # a leading zero and all
        internet = None if pd.isna(row["has_internet"]) else bool(row["has_internet"])
        assert internet is school.internet
        power = None if pd.isna(row["has_electricity"]) else bool(row["has_electricity"])
        assert power is school.electricity
        assert (row["education_level"] if pd.notna(row["education_level"]) else "") == school.level
    assert not any(read.unmapped.values())


def test_a_lone_0_in_internet_is_not_reported_unless_the_recipe_takes_it_as_given(client: Client) -> None:
    careful = take("geo_observatory", client).content.set_index("geo_id")
    unknown = [f"XQA_{s.number:06d}" for s in land.seen("geo_observatory") if s.internet is None]
    assert unknown
    assert careful.loc[unknown, "internet"].isna().all()
    assert (careful.loc[unknown, "internet_given"] == "0").all()
    given_ = take("geo_observatory", client, options={"internet_zero": "as given"}).content.set_index("geo_id")
    assert (given_.loc[unknown, "internet"] == "0").all()
    other = careful.index.difference(unknown)
    assert (careful.loc[other, "internet"] == given_.loc[other, "internet"]).all()


def test_a_country_without_tables_is_no_fault_and_a_table_that_is_none_is_one(replay: Replay, client: Client) -> None:
    with pytest.raises(NothingFoundError):
        take("geo_observatory", client, iso3="KEN")
    assert replay.paths("geo_observatory") == ["/geo/ken_geo.csv"]
    for kind in ("html", "lfs", "garbage"):
        replay.clear()
        replay.fault("geo_observatory", kind, path="/resources")
        with pytest.raises(SourceError, match=r"web page|pointer|no table"):
            take("geo_observatory", client)
    replay.clear()
    assert len(take("geo_observatory", client).content) > 40


def observatory(tmp_path: Path, geo: str, resources: str = "") -> Taken:
    (tmp_path / "hnd_geo.csv").write_text(geo, "utf-8")
    if resources:
        (tmp_path / "hnd_resources.csv").write_text(resources, "utf-8")
    return take("geo_observatory", None, dropped=tmp_path / "hnd_geo.csv", iso3="HND")  # type: ignore[arg-type]


def test_the_documented_table_is_read_by_its_header_and_schools_of_one_table_alone_stay(
    tmp_path: Path, real_data: Path
) -> None:
    geo = "oedc_id,source_id,school_name,isced_level,latitude,longitude\nHND_000001,007,Escuela José,1,15.1,-87.2\nHND_000003,009,Otra,1-2,,\n"
    taken = observatory(tmp_path, geo, (real_data / "connector-examples" / "s23_1.csv").read_text("utf-8"))
    rows = taken.content.set_index("geo_id")
    assert list(rows.index) == ["HND_000001", "HND_000003", "HND_000002"]
    assert list(rows["school_id"]) == ["007", "009", "HND_000002"]
    assert rows.loc["HND_000001", ["internet", "internet_type", "computers"]].tolist() == ["1", "satellite", "4"]
    assert pd.isna(rows.loc["HND_000002", "internet"])
    assert rows.loc["HND_000002", "electricity"] == "0"
    assert rows.loc["HND_000003", "isced_levels"] == "1-2"
    assert any("stand only in the table resources" in n for n in taken.notes)


def test_ministry_ids_that_do_not_tell_schools_apart_give_way_to_the_observatorys(tmp_path: Path) -> None:
    taken = observatory(tmp_path, "geo_id,source_id,school_name\nA_1,5,X\nA_2,5,Y\nA_3,,Z\nA_4,06,W\n")
    assert list(taken.content["school_id"]) == ["A_1", "A_2", "A_3", "06"]


# --- OpenStreetMap ---------------------------------------------------------------------------------------------------


def test_points_and_outlines_become_rows_once_each_and_twins_are_counted(client: Client, tmp_path: Path) -> None:
    taken = take("osm", client)
    truth = {s.number: s for s in land.seen("osm")}
    sent = overpass.elements(land)
    twins = sum(e["id"] % 1000 > 500 for e in sent if e["id"] < 9_100_000_000)
    assert twins > 3
    assert len(taken.content) == len(truth) + 1  # and the university
    assert (taken.rows_read, taken.rows_kept) == (len(sent), len(taken.content))
    assert any(f"{twins} schools drawn twice" in note for note in taken.notes)
    assert (taken.version, taken.date) == (overpass.STAMP, overpass.STAMP[:10])
    read = harmonised(taken, "osm", tmp_path)
    assert len(read.frame) == len(truth)
    assert list(read.out_of_scope["reason"]) == ["a university, not a school"]
    kept = read.frame.set_index("school_id")
    for school in truth.values():
        assert kept.loc[f"{school.osm_type[0]}{school.osm_id}", "latitude"] == pytest.approx(school.lat)
    assert (kept["school_funding_detail"].notna()).sum() >= twins  # what the point said is kept


def test_internet_access_is_yes_no_or_not_reported_and_capacity_is_not_enrolment(
    client: Client, tmp_path: Path
) -> None:
    read = harmonised(take("osm", client), "osm", tmp_path).frame.set_index("school_id")
    for s in land.seen("osm"):
        value = read.loc[f"{s.osm_type[0]}{s.osm_id}", "has_internet"]
        assert (None if pd.isna(value) else bool(value)) is (s.internet if s.number % 5 == 0 else None)
    assert read["num_students"].isna().all()


def test_the_question_names_the_country_and_goes_with_our_own_name(replay: Replay, client: Client) -> None:
    take("osm", client)
    [asked] = replay.asked
    assert asked.method == "POST"
    assert 'area["ISO3166-1"="XQ"][admin_level=2]' in asked.form()["data"]
    assert asked.headers["user-agent"].startswith("FirstMile/")
    assert "building" not in asked.form()["data"]
    assert '"XQA"' in osm.query(ask(iso2=""))
    assert '["building"="school"][!"amenity"]' in osm.query(ask(options={"buildings": True}))


def test_a_stock_user_agent_is_refused_with_406(replay: Replay, client: Client) -> None:
    assert client.session is not None
    client.session.headers["User-Agent"] = "python-requests/2.32"
    with pytest.raises(SourceError, match="406"):
        take("osm", client)


def test_too_many_requests_wait_half_a_minute_where_the_service_does_not_say(replay: Replay, client: Client) -> None:
    replay.fault("osm", "status", status=429, times=1)
    replay.fault("osm", "status", status=504, times=1)
    assert len(take("osm", client).content) > 30
    assert [w >= 30 for w in client.waits] == [True, True]  # type: ignore[attr-defined]


def remarked(**more: Any) -> dict[str, Any]:
    return {"value": {"osm3s": {"timestamp_osm_base": "2026"}, "elements": overpass.elements(land)[:5], **more}}


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        ("json_error", remarked(remark="runtime error: Query timed out in \"query\" at line 1 after 180 seconds."), "timed out"),
        ("json_error", {"value": {"elements": "none"}}, "list of records"),
        ("json_error", {"value": {"error": "x"}}, "list of records"),
        ("json_error", {"value": []}, "not its envelope"),
        ("html", {}, "web page"),
        ("status", {"status": 400, "body": b"<html>parse error</html>"}, "400"),
        ("truncate", {}, "cut off"),
    ],
)  # fmt: skip
def test_half_an_answer_and_a_web_page_are_failures_and_are_not_kept(
    replay: Replay, client: Client, kind: str, more: dict[str, Any], said: str
) -> None:
    replay.fault("osm", kind, **more)
    with pytest.raises(SourceError, match=said):
        take("osm", client)
    replay.clear()
    assert len(take("osm", client).content) > 30


def test_mirrors_are_asked_in_turn_one_at_a_time(replay: Replay, client: Client) -> None:
    replay.fault("osm", "json_error", path="first", **remarked(remark="out of memory"))
    replay.routes["osm"] = [(r"/(first|second)?", overpass.interpreter)]
    replay.fault("osm", "html", times=1)
    options = {"mirrors": (f"{replay.url('osm')}/first", f"{replay.url('osm')}/second")}
    assert len(take("osm", client, options=options).content) > 30
    assert replay.paths("osm") == ["/", "/first", "/second"]
    replay.fault("osm", "html")
    with pytest.raises(SourceError, match=r"No server of OpenStreetMap answered: \(1\).*\(3\)"):
        take("osm", client, options={**options, "buildings": True})


def test_a_country_nobody_has_mapped_has_nothing(client: Client) -> None:
    with pytest.raises(NothingFoundError, match="no school in Nowhere"):
        take("osm", client, iso3="XZZ", iso2="XZ", name="Nowhere")


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("Example Primary", "Example Primary School", True),
        ("École Publique de Bonabéri", "ECOLE PUBLIQUE BONABERI", True),
        ("مدرسة النور", "مَدْرَسَة النور", True),
        ("St. Mary's Academy", "St Mary’s", True),
        ("Lycée Bilingue d'Akwa", "Lycee Bilingue d'Akwa", True),
        ("School No 3", "School No 13", False),
        ("Hill Boys School", "Hill Girls School", False),
        ("Hill Primary School", "Hill Secondary School", False),
        ("Hill School A", "Hill School B", False),
        ("Hill Primary", "Hill", False),
        (None, "Hill", False),
        ("", "", False),
        ("School", "School", True),
    ],
)
def test_which_names_are_one_schools(first: str | None, second: str | None, same: bool) -> None:
    assert alike(first, second) is same
    assert alike(second, first) is same


def elements_of(*places: tuple[str, float, float, str | None]) -> pd.DataFrame:
    return table([row_of(i, lat, lon, {"amenity": "school", "name": name}) for i, lat, lon, name in places], COLUMNS)


def test_a_point_leaves_only_for_an_outline_of_a_like_name_that_is_near() -> None:
    frame = elements_of(
        ("n1", 5.0, 10.0, "Hill School"), ("w1", 5.001, 10.0, "HILL SCHOOL"),  # 111 m
        ("n2", 6.0, 10.0, "Dale School"), ("w2", 6.002, 10.0, "Dale School"),  # 222 m
        ("n3", 7.0, 10.0, "Vale School"), ("w3", 7.0, 10.0, "Other School"),
        ("n4", 8.0, 10.0, None), ("w4", 8.0, 10.0, "Lake School"),
        ("n5", 9.0, 10.0, "Twin"), ("n6", 9.0, 10.0, "Twin"),  # two points: the build says it, nobody decides here
        ("w7", 10.0, 10.0, "Gate"), ("r7", 10.0001, 10.0, "Gate"), ("n7", 10.0, 10.0001, "Gate"),
    )  # fmt: skip
    kept, notes = osm.without_repeats(frame, 150)
    assert set(frame["osm_id"]) - set(kept["osm_id"]) == {"n1", "w7", "n7"}
    assert notes == [
        "3 schools drawn twice, as a point within 150 m of an outline of a like name: the outline is kept."
    ]
    wider, _ = osm.without_repeats(frame, 250)
    assert "n2" not in set(wider["osm_id"])


def test_a_point_and_an_outline_that_teach_different_levels_are_two_schools() -> None:
    rows = [row_of(i, 5.0, 10.0, {"name": "Hill", **tags}) for i, tags in (
        ("n1", {"amenity": "kindergarten"}), ("w1", {"amenity": "school", "isced:level": "1"}),
        ("n2", {"amenity": "school", "isced:level": "2"}), ("n3", {"amenity": "school"}),
    )]  # fmt: skip
    kept, _ = osm.without_repeats(table(rows, COLUMNS), 150)
    assert list(kept["osm_id"]) == ["n1", "w1", "n2"]


@settings(max_examples=15)
@given(st.permutations(range(6)))
def test_the_order_of_elements_does_not_decide_which_stay(order: list[int]) -> None:
    rows = [("n1", 5.0, 10.0, "Hill"), ("w1", 5.0001, 10.0, "Hill"), ("r1", 5.0002, 10.0, "Hill"), ("n2", 5.0, 10.0001, "Hill 2"), ("w2", 5.0, 10.0, None), ("n3", None, None, "Hill")]  # fmt: skip
    kept, _ = osm.without_repeats(elements_of(*[rows[i] for i in order]), 150)
    assert set(kept["osm_id"]) == {"r1", "n2", "w2", "n3"}


@pytest.mark.parametrize(
    ("written", "levels", "word", "all_"),
    [
        ("1;2", (1, 2), "combined", "1-2"), ("1-3", (1, 2, 3), "combined", "1-2-3"), ("2,3", (2, 3), "secondary", "2-3"),
        ("ISCED 1", (1,), "primary", "1"), ("0", (0,), "pre_primary", "0"), ("5", (5,), "post_secondary", "5"),
        ("3-1", (1, 2, 3), "combined", "1-2-3"), ("primary", (), None, ""), ("", (), None, ""), ("9", (), None, ""),
        ("1;x", (), None, ""), (None, (), None, ""),
    ],
)  # fmt: skip
def test_levels_as_they_are_written(written: str | None, levels: tuple[int, ...], word: str | None, all_: str) -> None:
    assert isced(written) == levels
    assert level_of(levels) == word
    assert span(levels) == all_


def test_the_real_export_of_cameroon_is_read_whole(real_data: Path, tmp_path: Path) -> None:
    dropped = real_data / "cameroon-osm" / "schools.geojson"
    taken = take("osm", None, dropped=dropped, iso3="CMR", iso2="CM", name="Cameroon")  # type: ignore[arg-type]
    raw = json.loads(dropped.read_text("utf-8"))["features"]
    assert taken.rows_read == taken.rows_kept == len(raw) == 2321
    assert list(taken.content["osm_id"]) == [f"n{f['properties']['osm_id']}" for f in raw]
    assert [float(v) for v in taken.content["longitude"]] == [f["geometry"]["coordinates"][0] for f in raw]
    read = harmonised(taken, "osm", tmp_path)
    universities = sum(f["properties"]["amenity"] == "university" for f in raw)
    assert (len(read.frame), len(read.out_of_scope), len(read.rejected)) == (2321 - universities, universities, 0)
    assert read.frame["latitude"].notna().all()
    assert (read.frame["education_level"] == "pre_primary").sum() == sum(
        f["properties"]["amenity"] == "kindergarten" for f in raw
    )
    assert not any(read.unmapped.values())


def geofabrik(path: Path, layers: dict[str, list[tuple[str, str, str | None, Any]]]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for layer, rows in layers.items():
            frame = gpd.GeoDataFrame(
                [dict(zip(("osm_id", "fclass", "name"), row, strict=False)) | {"code": 2082} for row in rows],
                geometry=[row[3] for row in rows],
                crs=4326,
            )
            folder = path.parent / layer
            folder.mkdir()
            frame.to_file(folder / f"{layer}.shp", encoding="utf-8")
            for part in sorted(folder.iterdir()):
                archive.write(part, part.name)
    return path


def test_geofabriks_shapefile_gives_the_schools_of_both_layers(tmp_path: Path) -> None:
    point, square = shapely.Point(9.5, 4.5), shapely.box(9.6, 4.6, 9.601, 4.601)
    layers = {
        "gis_osm_pois_free_1": [("100", "school", "École de la Paix", point), ("101", "bakery", "Pain", point)],
        "gis_osm_pois_a_free_1": [("200", "kindergarten", "روضة", square), ("201", "park", None, square)],
    }
    taken = take("osm", None, dropped=geofabrik(tmp_path / "cameroon-latest-free.shp.zip", layers))  # type: ignore[arg-type]
    assert list(taken.content["osm_id"]) == ["n100", "a200"]
    assert list(taken.content["name"]) == ["École de la Paix", "روضة"]
    assert list(taken.content["education_level"].fillna("")) == ["", "pre_primary"]
    lat = float(taken.content["latitude"].iloc[1])
    assert 4.6 < lat < 4.601
    half = geofabrik(tmp_path / "half.zip", {"gis_osm_pois_free_1x": [("1", "school", "A", point)]})
    with pytest.raises(SourceError, match="free shapefile"):
        take("osm", None, dropped=half)  # type: ignore[arg-type]
    half.write_bytes(half.read_bytes()[:200])
    with pytest.raises(SourceError, match="whole ZIP"):
        take("osm", None, dropped=half)  # type: ignore[arg-type]


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "{", "[]", "{}", '{"features": 3}', '{"elements": [1]}'])
def test_a_dropped_file_that_is_none_is_said(tmp_path: Path, content: str) -> None:
    path = tmp_path / "schools.geojson"
    path.write_text(content, "utf-8")
    with pytest.raises(SourceError):
        take("osm", None, dropped=path)  # type: ignore[arg-type]


# --- whatever comes --------------------------------------------------------------------------------------------------

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=30)
@given(ANY)
def test_any_json_is_a_text_or_missing(value: Any) -> None:
    written = text(value)
    assert written is None or (written and written.encode())


ELEMENT = dict.fromkeys(("type", "lat", "lon", "center", "tags"), ANY) | {"id": st.integers(0, 9) | ANY}


@settings(max_examples=20)
@given(st.lists(st.fixed_dictionaries(ELEMENT), max_size=4))
def test_no_element_crashes_the_reader(elements: list[dict[str, Any]]) -> None:
    rows, _ = osm.records_of({"elements": elements})
    frame, _ = osm.without_repeats(table(rows, COLUMNS), 150)
    assert set(frame["osm_id"]) <= {row["osm_id"] for row in rows}
    assert frame["osm_id"].is_unique


@settings(max_examples=30)
@given(st.binary(max_size=60))
def test_any_bytes_are_a_table_or_said(content: bytes) -> None:
    try:
        frame = csv_table(content, "the service")
    except SourceError:
        return
    assert len(frame.columns) >= 2


def test_a_table_keeps_NA_and_zeros_as_they_are_written() -> None:  # noqa: N802
    out = io.StringIO()
    csv.writer(out).writerows([["geo_id", "iso2"], ["007", "NA"], ["0", "null"], ["1"]])
    frame = csv_table(out.getvalue().encode("utf-8-sig"), "x")
    assert frame.fillna("-").to_numpy().tolist() == [["007", "NA"], ["0", "null"], ["1", "-"]]


def test_every_block_is_a_part_of_a_recipe_and_its_licence_is_the_specifications() -> None:
    from etl.choosing import reading_of

    said = {"giga_maps": "ODbL-1.0", "osm": "ODbL-1.0", "geo_observatory": "CC-BY-4.0"}
    for name, licence in said.items():
        service = connector(name)
        assert service.licence == licence
        for block in service.blocks:
            assert reading_of(service, block).path == block.path
    assert connector("giga_maps").order < connector("geo_observatory").order < connector("osm").order
    assert ASK.iso3 == land.ISO3


# --- Geofabrik -------------------------------------------------------------------------------------------------------


def quenara_areas() -> gpd.GeoDataFrame:
    shapes_ = [shapely.geometry.shape(a.geometry) for a in land.areas(1)]
    return gpd.GeoDataFrame({"area_id": [a.code for a in land.areas(1)]}, geometry=shapes_, crs=4326)


def test_an_extract_of_two_countries_gives_the_schools_within_the_boundaries(
    replay: Replay, client: Client, tmp_path: Path
) -> None:
    taken = take("geofabrik", client, areas=quenara_areas())
    truth = {s.number: s for s in land.seen("osm")}
    assert len(taken.content) == len(truth)
    assert (taken.date, taken.licence or connector("geofabrik").licence) == ("2026-11-01", "ODbL-1.0")
    assert any("several countries: 1 school outside" in note for note in taken.notes)
    read = harmonised(taken, "geofabrik", tmp_path)
    assert len(read.frame) == len(truth)
    assert not any(read.unmapped.values())
    without = take("geofabrik", client)
    assert len(without.content) == len(truth) + 1
    assert any("all are kept" in note for note in without.notes)
    assert connector("osm").order < connector("geofabrik").order


@pytest.mark.parametrize(
    ("value", "error"), [([], SourceError), ({"features": 3}, SourceError), ({"features": [1, {"properties": 2}]}, NothingFoundError)]
)  # fmt: skip
def test_a_catalogue_that_is_none_is_said(replay: Replay, client: Client, value: Any, error: type[Exception]) -> None:
    replay.fault("geofabrik", "json_error", value=value)
    with pytest.raises(error):
        take("geofabrik", client)


def test_a_country_that_geofabrik_does_not_list_has_nothing(client: Client) -> None:
    for iso2 in ("KE", ""):
        with pytest.raises(NothingFoundError):
            take("geofabrik", client, iso2=iso2)


# --- Overture --------------------------------------------------------------------------------------------------------


def overture(path: Path, *places: dict[str, Any]) -> Path:
    pq.write_table(pa.Table.from_pylist(list(places)), path)
    return path


def place(number: int, primary: str, *, old: bool = False, **more: Any) -> dict[str, Any]:
    branch = ["education", "place_of_learning", "school", primary]
    kind = {"categories": {"primary": primary, "alternate": ["private_school"]}} if old else {
        "taxonomy": {"primary": primary, "hierarchy": branch, "alternates": ["private_school"]}, "basic_category": primary,
    }  # fmt: skip
    return {
        "id": f"08f7-{number:04d}", "names": {"primary": f"École {number}"}, "confidence": 0.9, "operating_status": "open",
        "geometry": shapely.Point(36.78, -1.23).wkb, "addresses": [{"locality": "Town", "country": "KE"}],
        "sources": [{"dataset": "meta", "update_time": "2026-08-01T00:00:00Z"}], **kind, **more,
    }  # fmt: skip


@pytest.mark.parametrize("old", [False, True])
def test_overtures_schools_are_read_in_both_editions_of_its_columns(tmp_path: Path, old: bool) -> None:
    path = overture(
        tmp_path / "extract.parquet", place(1, "high_school", old=old), place(2, "elementary_school", old=old, confidence=0.6),
        place(3, "elementary_school", old=old, operating_status="permanently_closed"), place(4, "bakery", old=old)
        if old else place(4, "driving_school", taxonomy={"primary": "driving_school", "hierarchy": ["education", "specialty_school", "school"], "alternates": []}),
        place(3, "elementary_school", old=old, operating_status="permanently_closed"),
    )  # fmt: skip
    taken = take("overture", None, dropped=path, iso3="KEN")  # type: ignore[arg-type]
    assert list(taken.content["overture_id"]) == ["08f7-0001", "08f7-0003"]
    assert list(taken.content["education_level"]) == ["upper_secondary", "primary"]
    assert list(taken.content["school_funding_type"]) == ["private", "private"]
    assert (taken.rows_read, taken.rows_kept, taken.date) == (5, 2, "2026-08-01")
    assert len(taken.notes) == 3
    read = harmonised(taken, "overture", tmp_path)
    assert list(read.frame["school_status"]) == ["open", "extinct"]
    assert not any(read.unmapped.values())
    everyone = take("overture", None, dropped=path, options={"confidence": 0.1})  # type: ignore[arg-type]
    assert len(everyone.content) == 3


def test_without_an_extract_the_way_to_one_is_said_and_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="overturemaps program"):
        take("overture", None)  # type: ignore[arg-type]
    with pytest.raises(SourceError, match="no extract"):
        take("overture", None, dropped=overture(tmp_path / "a.parquet", {"id": "1", "x": 2}))  # type: ignore[arg-type]
    (tmp_path / "b.parquet").write_bytes(b"PAR1")
    with pytest.raises(SourceError, match="Parquet"):
        take("overture", None, dropped=tmp_path / "b.parquet")  # type: ignore[arg-type]
    assert not connector("overture").open_country


def test_a_level_of_giga_says_what_is_taught_only_where_each_part_is_one_level() -> None:
    said = {
        "Pre-Primary and Primary": "0-1", "Primary": "1", "Primary and Secondary": None, "Secondary": None, "Unknown": None,
        "Madrasa and Primary": None, "": None, None: None,
    }  # fmt: skip
    assert {level: giga_maps.taught(level) for level in said} == said
