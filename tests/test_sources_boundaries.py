"""Boundaries from OCHA (through HDX) and geoBoundaries: schemas old and new, levels, codes, pointers, licences."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.connect import Taken
from etl.fetching.client import Client
from etl.sources import cod_ab, geoboundaries, hdx
from etl.sources.admin_columns import code_column, deepest, name_columns, standard
from etl.sources.geoboundaries import licence_of
from geodata.errors import NothingFoundError, OfflineError, SourceError
from tests.replay import land
from tests.replay.server import Replay, answer_file, answer_json
from tests.replay.services import cod_ab as ocha
from tests.replay.services import geoboundaries as gb
from tests.sources import areas, ask, connector


@pytest.fixture
def replay() -> Iterator[Replay]:
    with Replay(land) as running:
        yield running


@pytest.fixture
def client(replay: Replay, tmp_path: Path) -> Client:
    return replay.client(tmp_path / "cache")


def take(service: str, client: Client | None, /, level: int = 1, *, options: Any = None, **changes: Any) -> Taken:
    question = ask(options={"level": level, **(options or {})}, **changes)
    return connector(service).take(client, question)  # type: ignore[arg-type]


# --- both, through the reader of the build ---------------------------------------------------------------------------


@pytest.mark.parametrize("service", ["cod_ab", "geoboundaries"])
def test_two_levels_become_areas_with_parents_and_the_third_is_said_to_lack(
    service: str, client: Client, tmp_path: Path
) -> None:
    taken = {level: take(service, client, level) for level in (1, 2)}
    read = areas(taken, service, tmp_path)
    for level in (1, 2):
        truth = {a.name: a for a in land.areas(level)}
        found = read.of_level(level).set_index("name")
        assert set(found.index) == set(truth)
        for name, area in truth.items():
            assert found.loc[name, "geometry"].equals(shapely.geometry.shape(area.geometry))
    names = read.frame.set_index("area_id")["name"]
    parents = {
        names[a]: names[p] for a, p in zip(read.of_level(2)["area_id"], read.of_level(2)["parent_id"], strict=True)
    }
    assert parents == {a.name: land.area(a.parent).name for a in land.areas(2)}
    with pytest.raises(NothingFoundError, match="level 3"):
        take(service, client, 3)
    wanted = {b.options["level"]: b.needed for b in connector(service).blocks}
    assert wanted == {1: True, 2: False, 3: False}


def test_a_country_that_neither_has_is_no_fault(client: Client) -> None:
    for service in ("cod_ab", "geoboundaries"):
        with pytest.raises(NothingFoundError):
            take(service, client, iso3="KEN", name="Kenya")


def test_offline_both_come_from_the_cache_or_say_what_is_missing(
    replay: Replay, client: Client, tmp_path: Path
) -> None:
    for service in ("cod_ab", "geoboundaries"):
        first = take(service, client)
        offline = replay.client(tmp_path / "cache", offline=True)
        again = take(service, offline)
        assert again.content.equals(first.content)
        assert (again.version, again.licence) == (first.version, first.licence)
        with pytest.raises(OfflineError):
            take(service, offline, iso3="KEN")


# --- HDX -------------------------------------------------------------------------------------------------------------


def test_the_resource_is_chosen_by_format_and_name_and_fetched_from_the_other_host_once(
    replay: Replay, client: Client
) -> None:
    taken = take("cod_ab", client)
    take("cod_ab", client, 2)
    paths = [(a.host, a.path) for a in replay.asked]
    assert paths == [
        ("", "/package_show"),
        ("", "/dataset/0aa/resource/0bb/download/xqa_admin_boundaries.geojson.zip"),
        ("s3", "/store/xqa_admin_boundaries.geojson.zip"),
    ]
    assert all(a.headers["user-agent"].startswith("FirstMile/") for a in replay.asked)
    assert "Signature" not in repr(taken)
    assert not any("0f1e2d3c4b5a" in p.read_text("utf-8", "replace") for p in client.cache.rglob("*.json"))
    assert (taken.licence, taken.version, taken.date) == ("CC-BY-3.0-IGO", "v02", "2024-01-01")
    assert taken.attribution == "Bureau of Statistics of Quenara, through OCHA"
    assert taken.address == "https://data.humdata.org/dataset/cod-ab-xqa"


def test_where_each_level_is_a_file_of_its_own_the_levels_own_is_taken(
    replay: Replay, client: Client, real_data: Path
) -> None:
    files = {"caf_admin1.parquet": "Parquet", "caf_admin2.parquet": "Parquet", "caf_admin_lines.zip": "SHP"}
    there = [{"name": n, "format": f, "download_url": f"{replay.url('cod_ab')}/files/{n}"} for n, f in files.items()]
    replay.fault("cod_ab", "json_error", path="/package_show", **packed(*there))
    content = (real_data / "connector-examples" / "caf_admin2.parquet").read_bytes()
    replay.routes["cod_ab"].append((r"/files/.+", lambda _: answer_file(content)))
    assert len(take("cod_ab", client, 2, iso3="CAF").content) == 72
    assert replay.paths("cod_ab")[-1] == "/files/caf_admin2.parquet"
    assert ("GeoJSON", r"adm") in cod_ab.wanted(1)


def record(**changes: Any) -> dict[str, Any]:
    return {"name": "cod-ab-xqa", "resources": [], **changes}


def packed(*resources: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"value": {"success": True, "result": record(resources=list(resources), **changes)}}


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        ({"value": {"success": False, "error": {"__type": "Not Found Error", "message": "Not found"}}}, NothingFoundError, "no dataset"),
        ({"value": {"success": False, "error": {"__type": "Search Error", "message": "Index is down"}}}, SourceError, "Index is down"),
        ({"value": {"success": True}}, SourceError, "failed"),
        ({"value": []}, SourceError, "envelope"),
        (packed(archived=True), NothingFoundError, "archive"),
        (packed(), NothingFoundError, "nothing that may be downloaded"),
        (packed({"name": "a_admin_boundaries.xlsx", "format": "XLSX", "download_url": "x"}), NothingFoundError, "admin_boundaries.xlsx"),
        (packed({"name": "a_admin_boundaries.zip", "format": "GeoJSON", "download_url": "x", "in_quarantine": True}), NothingFoundError, "kind wanted"),
        (packed({"name": "population.geojson", "format": "GeoJSON", "download_url": "x"}), NothingFoundError, "population.geojson"),
        ({"value": {"success": True, "result": {"name": "a", "resources": "many"}}}, NothingFoundError, "kind wanted"),
    ],
)  # fmt: skip
def test_what_hdx_says_when_it_has_nothing_to_give(
    replay: Replay, client: Client, fault: dict[str, Any], error: type[Exception], said: str
) -> None:
    replay.fault("cod_ab", "json_error", **fault)
    with pytest.raises(error, match=said) as met:
        take("cod_ab", client)
    assert type(met.value) is error


@pytest.mark.parametrize(
    ("kind", "path"), [("html", ""), ("html", "/store"), ("lfs", "/store"), ("json_error", "/store")]
)
def test_a_web_page_in_place_of_the_record_or_the_file_is_said_and_never_kept(
    replay: Replay, client: Client, kind: str, path: str
) -> None:
    replay.fault("cod_ab", kind, path=path)
    with pytest.raises(SourceError, match=r"web page|pointer|a message"):
        take("cod_ab", client)
    replay.clear()
    assert len(take("cod_ab", client).content) == 4


def test_a_download_that_breaks_off_goes_on_and_too_many_requests_are_waited_out(
    replay: Replay, client: Client
) -> None:
    replay.fault("cod_ab", "cut", path="/store", times=1, after=100)
    replay.fault("cod_ab", "retry_after", path="/package_show", times=1, seconds=3)
    assert len(take("cod_ab", client).content) == 4
    assert 3 in client.waits  # type: ignore[attr-defined]
    assert replay.asked[-1].headers.get("range") == "bytes=100-"


def test_licences_as_hdx_calls_them() -> None:
    said = [
        ({"license_id": "cc-by-igo"}, "CC-BY-3.0-IGO"),
        ({"license_id": "cc-by"}, "CC-BY-4.0"),
        ({"license_id": "hdx-odc-odbl"}, "ODbL-1.0"),
        ({"license_id": "hdx-other", "license_other": "Free for\nhumanitarian use"}, "Free for humanitarian use"),
        ({"license_id": "notspecified"}, ""),
        ({}, ""),
    ]
    assert [hdx.licence_of(r) for r, _ in said] == [licence for _, licence in said]
    assert hdx.date_of({"dataset_date": "[2019-10-31T00:00:00 TO *]"}) == "2019-10-31"


# --- column names, old and new ----------------------------------------------------------------------------------------


def frame(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    boxes = [shapely.box(n, 0, n + 1, 1) for n in range(len(rows))]
    return gpd.GeoDataFrame(rows, geometry=boxes, crs=4326)


NEW = {"adm2_name": "Bimbo", "adm2_name1": "بيمبو", "adm2_pcode": "XQ0101", "adm1_name": "Alba", "adm1_pcode": "XQ01", "adm0_pcode": "XQ", "version": "v01", "lang": "fr", "valid_on": "2020-01-01", "valid_to": ""}  # fmt: skip
OLD = {"ADM2_EN": "Bimbo", "ADM2_AR": "بيمبو", "ADM2_PCODE": "XQ0101", "ADM1_EN": "Alba", "ADM1_PCODE": "XQ01", "ADM0_PCODE": "XQ", "cod_version": "v01", "date": "2020-01-01", "validOn": "2020-01-01", "validTo": None, "Shape_Area": 0.1}  # fmt: skip
OLDER = {"admin2Name_en": "Bimbo", "admin2Name_ar": "بيمبو", "admin2Pcode": "XQ0101", "admin1Name_en": "Alba", "admin1Pcode": "XQ01", "admin0Pcode": "XQ", "version": "v01", "validOn": "2020-01-01"}  # fmt: skip


@pytest.mark.parametrize("row", [NEW, OLD, OLDER], ids=["new", "old", "older"])
def test_all_three_ways_of_naming_columns_say_the_same(row: dict[str, Any]) -> None:
    assert deepest(row) == 2
    notes: list[str] = []
    [area] = standard(frame([row]), 2, "XQA", "2026-11-01", notes).drop(columns="geometry").to_dict("records")
    known = {k: v for k, v in area.items() if isinstance(v, str)}
    known.pop("lang", None)
    assert known == {
        "area_id": "XQ0101", "name": "Bimbo", "name_local": "بيمبو", "parent_id": "XQ01", "pcode": "XQ0101",
        "parent_pcode": "XQ01", "iso3": "XQA", "version": "v01", "level": "2", "valid_on": "2020-01-01",
    }  # fmt: skip
    assert not notes


def test_the_main_language_comes_first_and_codes_are_found_whatever_their_case() -> None:
    columns = ["ADM1_FR", "ADM1_EN", "ADM1_PT", "ADM1_PCODE", "ADM1_REF", "ADM1ALT1EN"]
    assert name_columns(columns, 1) == ["ADM1_EN", "ADM1_FR", "ADM1_PT"]
    assert name_columns(columns, 1, "pt")[0] == "ADM1_PT"
    assert name_columns(["adm1_name2", "adm1_name", "adm1_name1"], 1) == ["adm1_name", "adm1_name1", "adm1_name2"]
    assert code_column(["Adm1_Pcode"], 1) == "Adm1_Pcode"
    assert deepest(["name", "geometry"]) is None


def test_codes_stay_text_with_leading_zeros_and_of_either_length_of_country_code() -> None:
    rows = [{"adm1_name": "A", "adm1_pcode": "007"}, {"adm1_name": "B", "adm1_pcode": "NA01"}, {"adm1_name": "C", "adm1_pcode": "NAM02"}]  # fmt: skip
    assert list(standard(frame(rows), 1, "NAM", "2026-01-01", [])["pcode"]) == ["007", "NA01", "NAM02"]


def test_what_is_odd_in_a_level_is_mended_and_said() -> None:
    rows = [
        {**NEW, "valid_to": "2019-12-31", "adm2_pcode": "XQ0109"},
        {**NEW, "valid_to": "2030-01-01"},
        {**NEW},  # a second shape under one code
        {**NEW, "adm2_pcode": "ZZ77"},
        {**NEW, "adm2_pcode": None, "adm2_name": "Without a code"},
        {**NEW, "adm2_pcode": "XQ0103", "adm2_name": None, "adm2_name1": None},
        {**NEW, "adm2_pcode": "XQ01", "adm2_name": "Capital"},  # the code of the area above
    ]
    notes: list[str] = []
    out = standard(frame(rows), 2, "XQA", "2026-11-01", notes).set_index("area_id")
    assert set(out.index) == {"XQ0101", "ZZ77", "XQA-2/Without a code", "XQ0103", "XQ01/2"}
    assert out.loc["XQ0101", "geometry"].area == pytest.approx(2)
    assert out.loc["XQ0103", "name"] == "XQ0103"
    assert out.loc["XQ01/2", "pcode"] == "XQ01"
    said = " ".join(notes)
    for words in (
        "no longer valid",
        "without a code",
        "without a name",
        "does not begin with its parent's",
        "put together",
    ):
        assert words in said


def zipped(folder: Path, **files: Any) -> Path:
    path = folder / "xqa_adm.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in files.items():
            archive.writestr(f"{name}.geojson", frame(rows).to_json())
    return path


def test_a_file_of_another_country_is_said() -> None:
    notes: list[str] = []
    standard(frame([{**NEW, "iso3": "CAF"}]), 2, "CMR", "2026-11-01", notes)
    geoboundaries.areas(shapes("A").replace(b'"shapeID"', b'"shapeGroup": "CAF", "shapeID"'), 1, "CMR", "", notes)
    assert notes == ["The file says that it is of CAF, not of CMR."] * 2


def test_levels_are_found_from_columns_where_file_names_do_not_tell(tmp_path: Path) -> None:
    path = zipped(tmp_path, boundaries_a=[NEW], boundaries_b=[{"adm1_name": "Alba", "adm1_pcode": "XQ01"}])
    assert list(take("cod_ab", None, 1, dropped=path).content["name"]) == ["Alba"]
    assert list(take("cod_ab", None, 2, dropped=path).content["name"]) == ["Bimbo"]
    old = zipped(
        tmp_path, xqa_admbnda_adm1_20191031=[{"ADM1_EN": "Alba", "ADM1_PCODE": "XQ01"}], xqa_admbnda_adm2_20191031=[OLD]
    )
    assert list(take("cod_ab", None, 2, dropped=old).content["parent_id"]) == ["XQ01"]
    with pytest.raises(NothingFoundError, match="levels there: 1, 2"):
        take("cod_ab", None, 3, dropped=old)


def test_the_real_geoarrow_file_gives_its_level_and_the_one_above_it(real_data: Path, tmp_path: Path) -> None:
    path = real_data / "connector-examples" / "caf_admin2.parquet"
    raw = gpd.read_parquet(path)
    taken = {level: take("cod_ab", None, level, dropped=path, iso3="CAF", iso2="CF") for level in (1, 2)}
    two, one = taken[2].content, taken[1].content
    assert list(two["pcode"]) == sorted(raw["adm2_pcode"])
    assert (taken[2].rows_read, taken[2].rows_kept, taken[2].version, taken[2].date) == (72, 72, "201506", "2015-06-15")
    assert set(one["pcode"]) == set(raw["adm1_pcode"])
    assert len(one) == 17
    assert shapely.union_all(one.geometry.to_numpy()).area == pytest.approx(
        shapely.union_all(raw.geometry.to_numpy()).area, rel=1e-6
    )
    assert taken[1].notes == ("The areas of level 1 are made of those of level 2.",)
    read = areas(taken, "cod_ab", tmp_path)
    assert set(read.of_level(2)["parent_id"]) == set(one["area_id"])
    assert "Mambéré-Kadéï" in set(read.of_level(1)["name"])
    assert not (two.drop(columns="geometry") == "<NA>").any().any()


def test_what_the_reader_grumbles_at_is_a_note_without_folders_of_this_machine(tmp_path: Path) -> None:
    answer = json.loads(frame([{"adm1_name": "A", "adm1_pcode": "1"}, {"adm1_name": "B", "adm1_pcode": "2"}]).to_json())
    answer["features"][1]["geometry"]["coordinates"] = "0,0"
    path = tmp_path / "some.geojson"
    path.write_text(json.dumps(answer))
    taken = take("cod_ab", None, dropped=path)
    assert any("some.geojson" in note for note in taken.notes)
    assert str(tmp_path) not in " ".join(taken.notes)
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(SourceError) as fault:
        take("cod_ab", None, dropped=path)
    assert str(tmp_path) not in str(fault.value)


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04half", b"PAR1half", b'{"type":"FeatureCollection","features":[]}', b"{", b"a,b\n1,2\n"]
)
def test_a_dropped_file_that_holds_no_areas_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "some.geojson"
    path.write_bytes(content)
    with pytest.raises(SourceError):
        take("cod_ab", None, dropped=path)


# --- geoBoundaries ----------------------------------------------------------------------------------------------------


def test_the_simplified_shapes_are_taken_unless_the_recipe_wants_the_full(replay: Replay, client: Client) -> None:
    taken = take("geoboundaries", client)
    assert replay.paths("geoboundaries")[0] == "/gbOpen/XQA/ADM1/"  # with its slash
    assert replay.paths("geoboundaries")[1].endswith("_simplified.geojson")
    assert (taken.version, taken.date, taken.licence) == (gb.SHA, "2021", "ODbL-1.0")
    assert taken.attribution.startswith("Mapping Office of Quenara, through geoBoundaries (Runfola")
    assert taken.address == ""  # "nan" is no address
    take("geoboundaries", client, options={"geometry": "full"})
    assert not replay.paths("geoboundaries")[-1].endswith("_simplified.geojson")
    assert set(taken.content["level_word"]) == {"Provinces"}


def test_a_pointer_of_git_lfs_leads_to_where_the_file_lies(replay: Replay, client: Client) -> None:
    replay.fault("geoboundaries", "lfs", path="/raw/")
    assert len(take("geoboundaries", client).content) == 4
    assert replay.paths("geoboundaries_media") == [
        f"/{gb.SHA}/releaseData/gbOpen/XQA/ADM1/geoBoundaries-XQA-ADM1_simplified.geojson"
    ]
    replay.fault("geoboundaries_media", "lfs")
    with pytest.raises(SourceError, match="pointer"):
        take("geoboundaries", client, 2)


def test_a_list_of_levels_is_understood_as_well_as_one_record(replay: Replay, client: Client) -> None:
    replay.routes["geoboundaries"].insert(
        0, (r"/gbOpen/XQA/ADM2/", lambda a: answer_json([gb.record(a, n) for n in (0, 1, 2)]))
    )
    assert len(take("geoboundaries", client, 2).content) == 8


@pytest.mark.parametrize("kind", ["html", "garbage", "truncate"])
@pytest.mark.parametrize("path", ["/gbOpen", "/raw/"])
def test_what_is_no_record_and_no_shapes_is_said(replay: Replay, client: Client, kind: str, path: str) -> None:
    if kind == "truncate" and path == "/raw/":
        replay.fault("geoboundaries_media", kind)
    else:
        replay.fault("geoboundaries", kind, path=path)
    with pytest.raises(SourceError):
        take("geoboundaries", client)
    replay.clear()
    assert len(take("geoboundaries", client).content) == 4  # what was no answer was not kept


def shapes(*names: str | None) -> bytes:
    rows = [{"shapeName": n, "shapeISO": "nan", "shapeID": str(i)} for i, n in enumerate(names)]
    boxes = [shapely.box(0, -i, 1, 1 - i) for i in range(len(rows))]
    return gpd.GeoDataFrame(rows, geometry=boxes, crs=4326).to_json().encode()


def test_ids_are_made_of_names_and_do_not_hang_on_the_order_in_the_file() -> None:
    notes: list[str] = []
    first = geoboundaries.areas(shapes("Saint-Joseph", "Élan", "saint joseph", "nan"), 2, "XQA", "", notes)
    assert set(first["area_id"]) == {"XQA-2/saint joseph", "XQA-2/saint joseph#2", "XQA-2/elan", "XQA-2/area"}
    by_name = dict(zip(first["area_id"], first.geometry.bounds["maxy"], strict=True))
    assert by_name["XQA-2/saint joseph"] > by_name["XQA-2/saint joseph#2"]
    assert first["shape_iso"].isna().all()
    assert first["area_id"].is_unique
    assert len(notes) == 2
    other = geoboundaries.areas(reordered(shapes("Saint-Joseph", "Élan", "saint joseph", "nan")), 2, "XQA", "", [])
    assert dict(zip(other["area_id"], other.geometry.bounds["maxy"], strict=True)) == by_name


def reordered(content: bytes) -> bytes:
    answer = json.loads(content)
    answer["features"].reverse()
    return json.dumps(answer).encode()


@pytest.mark.parametrize(
    ("said", "licence"),
    [
        ("Creative Commons Attribution 4.0 International", "CC-BY-4.0"),
        ("Creative Commons Attribution 4.0 (CC BY 4.0)", "CC-BY-4.0"),
        ("Creative Commons Attribution 3.0 Intergovernmental Organisations (CC BY 3.0 IGO)", "CC-BY-3.0-IGO"),
        ("Creative Commons Attribution-ShareAlike 2.0", "CC-BY-SA-2.0"),
        ("Creative Commons Attribution Share Alike 4.0", "CC-BY-SA-4.0"),
        ("Open Data Commons Open Database License 1.0", "ODbL-1.0"),
        ("Creative Commons Attribution-NonCommercial 4.0", "CC-BY-NC-4.0"),
        ("Other - Direct Permission", "Other - Direct Permission"),
        ("", ""),
    ],
)
def test_each_boundarys_own_licence_is_kept(said: str, licence: str) -> None:
    assert licence_of({"boundaryLicense": said}) == licence


def test_a_dropped_file_is_read_without_the_network(tmp_path: Path) -> None:
    path = tmp_path / "geoBoundaries-XQA-ADM1.geojson"
    path.write_bytes(shapes("Alba", "Beren"))
    taken = take("geoboundaries", None, dropped=path)
    assert list(taken.content["name"]) == ["Alba", "Beren"]


# --- whatever comes ----------------------------------------------------------------------------------------------------

ODD = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=True) | st.text(max_size=6)


@settings(max_examples=12)
@given(st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(NEW, ODD)), min_size=1, max_size=3))
def test_no_cell_crashes_the_reader_of_levels(rows: list[dict[str, Any]]) -> None:
    table = frame([dict.fromkeys(("adm1_pcode", "adm2_pcode")) | row for row in rows])
    out = standard(table, 2, "XQA", "2026-11-01", [])
    assert out["area_id"].is_unique
    assert out["name"].notna().all()


POINT = b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"shapeName":7},"geometry":{"type":"Point","coordinates":["a",1]}}]}'  # fmt: skip


@settings(max_examples=12)
@given(st.binary(max_size=80) | st.sampled_from([b"null", b"[]", b'{"features":[{}]}', b'{"features":[1]}', POINT]))
def test_no_bytes_crash_the_reader_of_shapes(content: bytes) -> None:
    try:
        out = geoboundaries.areas(content, 1, "XQA", "", [])
    except SourceError:
        return
    assert out["area_id"].is_unique


def test_the_replayed_archive_is_the_same_in_every_run() -> None:
    assert ocha.archive(land) == ocha.archive(land)
    assert len(zipfile.ZipFile(io.BytesIO(ocha.archive(land))).namelist()) == 6
