"""UIS, World Bank, UNHCR and INFORM against a real server on loopback: their pages, their gaps, their errors with status 200."""

from __future__ import annotations

import datetime
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from etl.connect import Ask, Connector, Taken
from etl.sources import hapi, inform, itu_datahub, tidy, uis, unhcr, world_bank
from geodata.declare import found
from geodata.errors import KeyNeededError, NothingFoundError, OfflineError, SourceError
from tests.replay import land
from tests.replay.server import Replay
from tests.replay.services import hapi as hapi_service
from tests.replay.services import inform as inform_service
from tests.replay.services import uis as uis_service

SERVICES = found(Connector, "etl.sources")
ASK = Ask(land.ISO3, land.ISO2, land.NAME, land.BOUNDS, today=datetime.date(2026, 11, 1))
OTHER = replace(ASK, iso3="XZZ")
NATIONAL = ("uis", "world_bank", "unhcr", "inform")


@pytest.fixture
def replay() -> Iterator[Replay]:
    with Replay(land) as server:
        yield server


@pytest.fixture
def taken(replay: Replay, tmp_path: Path) -> Callable[..., Taken]:
    def take(name: str, ask: Ask = ASK, **options: Any) -> Taken:
        return SERVICES[name].take(replay.client(tmp_path), replace(ask, options=options))

    return take


def rows(taken: Taken) -> dict[tuple[str, str], dict[str, Any]]:
    assert isinstance(taken.content, pd.DataFrame)
    assert tuple(taken.content.columns) == tidy.COLUMNS
    assert len(taken.content) == taken.rows_kept
    table = taken.content.astype(object).where(taken.content.notna(), None)
    return {(r["indicator"], r["level"] or ""): r for r in table.to_dict("records")}


# --- UIS ----------------------------------------------------------------------------------------------------------


def test_uis_gives_the_latest_known_year_of_every_indicator_that_it_defines(
    taken: Callable[..., Taken], replay: Replay
) -> None:
    got = taken("uis")
    by = rows(got)
    primary = by["internet_for_learners", "primary"]
    assert (primary["value"], primary["year"], primary["note"]) == ("38.2", "2023", "estimate of UNESCO (UIS_EST)")
    assert primary["source_code"] == "SCHBSP.1.WINTERN"
    assert by["internet_for_learners", "upper_secondary"]["value"] == "71.5"
    electricity = by["electricity", "primary"]  # 2023 has no value: 2022 stands, with its year
    assert (electricity["value"], electricity["year"]) == ("80.1", "2022")
    assert got.version == uis_service.VERSION
    assert uis_service.VERSION in got.attribution
    asked = [a for a in replay.asked if a.path.endswith("/data/indicators")]
    codes = set(asked[0].queries["indicator"])
    assert {"SCHBSP.2T3.WWASH", "SCHBSP.1.WNEWTHING"} <= codes, "codes come from the definitions, not from a list"
    assert not {"CR.1", "SCHBSPX.1"} & codes
    assert asked[0].query["version"] == uis_service.VERSION
    assert "," not in asked[0].query["indicator"]


def test_uis_asks_in_halves_where_it_is_too_much_at_once(
    taken: Callable[..., Taken], replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = taken("uis").content
    monkeypatch.setattr(uis_service, "MOST_RECORDS", 1)  # even one indicator has two years: years are halved too
    monkeypatch.setattr(uis_service, "MOST_CODES", 3)  # and the address is too long
    before = len(replay.asked)
    split = uis.take(replay.client(tmp_path / "other"), ASK)
    pd.testing.assert_frame_equal(split.content, whole)
    assert len(replay.asked) - before > 5


def test_uis_says_what_it_hints(taken: Callable[..., Taken], replay: Replay) -> None:
    hint = {"code": "UIS::HINT::001", "message": "Indicator not found: SCHBSP.1.WELEC"}
    replay.fault("uis", "json_error", path="/data/indicators", value={"hints": [hint], "records": []})
    with pytest.raises(NothingFoundError, match=r"Indicator not found: SCHBSP\.1\.WELEC"):
        taken("uis")


def test_uis_keeps_hints_beside_records(replay: Replay, tmp_path: Path) -> None:
    def hinted(body: bytes) -> bytes:
        return json.dumps({**json.loads(body), "hints": [{"code": "UIS::HINT::002", "message": "Old code"}]}).encode()

    replay.fault("uis", "mutate", path="/data/indicators", with_=hinted)
    assert "UIS: Old code" in uis.take(replay.client(tmp_path), ASK).notes


def test_uis_keeps_magnitude_and_qualifier_of_what_has_no_value() -> None:
    def one(
        year: int, value: float | None, magnitude: str | None = None, qualifier: str | None = None
    ) -> dict[str, Any]:
        return {"indicatorId": "SCHBSP.1.WWATA", "geoUnit": "XQA", "year": year, "value": value, "magnitude": magnitude, "qualifier": qualifier}  # fmt: skip

    names = {"SCHBSP.1.WWATA": "Proportion of primary schools with basic drinking water (%)"}
    none = uis.rows([one(2021, None, "NA"), one(2022, None, "NIL")], names)
    assert (none[0]["indicator"], none[0]["value"], none[0]["year"]) == ("water", None, 2022)
    assert none[0]["note"] == "nil or negligible (NIL)"
    assert none[0]["unit"] == "%"
    zero = uis.rows([one(2020, 0.0), one(2022, None, "NA")], names)
    assert (zero[0]["value"], zero[0]["year"]) == (0.0, 2020), "zero is a value, a gap is none"
    assert zero[0]["note"] == "2022: not applicable (NA)", (
        "what is said of a newer year is said beside the older number"
    )
    both = uis.rows([one(2022, 12.5, "XYZ", "NAT_EST")], names)
    assert both[0]["note"] == "XYZ; national estimate (NAT_EST)", "a code that is not known is shown as it is"


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("SCHBSP.3.WINFSTUDIS", ("accessible", "upper_secondary")),
        ("SCHBSP.2T3.WWASH", ("handwashing", "secondary")),
        ("SCHBSP.1.WNEW", ("schbsp_1_wnew", "primary")),
        ("SCHBSP.9.WELEC", ("schbsp_9_welec", "")),
        ("SCHBSP.1.WELEC.RUR", ("schbsp_1_welec_rur", "")),
    ],
)
def test_a_uis_code_that_is_not_known_keeps_its_own_name(code: str, meaning: tuple[str, str]) -> None:
    row = uis.rows([{"indicatorId": code, "geoUnit": "XQA", "year": 2022, "value": 1}], {})[0]
    assert (row["indicator"], row["level"]) == meaning


def test_uis_without_a_release_says_so(taken: Callable[..., Taken], replay: Replay) -> None:
    replay.fault("uis", "status", status=404, path="/versions/default")
    got = taken("uis")
    assert got.version == ""
    assert any("did not name its release" in note for note in got.notes)


@pytest.mark.parametrize("head", [str.upper, str.lower])
@pytest.mark.parametrize("prefix", ["", "SCN-SDG_2026-02/SCN-SDG_"])
def test_uis_bulk_zip_by_hand(head: Callable[[str], str], prefix: str, tmp_path: Path) -> None:
    national = head("INDICATOR_ID,COUNTRY_ID,YEAR,VALUE,MAGNITUDE,QUALIFIER") + "\n" + "\n".join(
        ["SCHBSP.1.WELEC,XQA,2021,70.5,,", "SCHBSP.1.WELEC,XQA,2023,,NA,", "SCHBSP.1.WELEC,NAM,2023,99,,", "CR.1,XQA,2023,50,,"]
    )  # fmt: skip
    label = "INDICATOR_ID,INDICATOR_LABEL_EN\nSCHBSP.1.WELEC,Proportion of primary schools with electricity (%)\n"
    path = tmp_path / "SDG.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{prefix}SDG_DATA_REGIONAL.csv", "INDICATOR_ID,REGION_ID,YEAR,VALUE,MAGNITUDE,QUALIFIER\n")
        archive.writestr(f"{prefix}SDG_DATA_NATIONAL.csv", national)
        archive.writestr(f"{prefix}SDG_LABEL.csv", "\ufeff" + label)
    got = uis.take(None, replace(ASK, dropped=path))  # type: ignore[arg-type] # no client is needed
    assert rows(got)["electricity", "primary"]["value"] == "70.5"
    assert got.rows_read == 2
    assert got.version == ("2026-02" if prefix else "")
    namibia = uis.take(None, replace(ASK, iso3="NAM", dropped=path))  # type: ignore[arg-type]
    assert rows(namibia)["electricity", "primary"]["value"] == "99", "NA at the start of NAM is no gap"


def test_uis_export_and_saved_answer_by_hand(tmp_path: Path) -> None:
    export = tmp_path / "export.zip"
    with zipfile.ZipFile(export, "w") as archive:
        archive.writestr(
            "data.csv", "indicatorId,geoUnit,year,value,qualifier,magnitude\nSCHBSP.1.WELEC,XQA,2022,55,,\n"
        )
    saved = tmp_path / "saved.json"
    record = {"indicatorId": "SCHBSP.1.WELEC", "geoUnit": "XQA", "year": 2022, "value": 55, "magnitude": None}
    saved.write_text(json.dumps({"hints": [], "records": [record]}), "utf-8")
    for path in (export, saved):
        got = uis.take(None, replace(ASK, dropped=path))  # type: ignore[arg-type]
        assert rows(got)["electricity", "primary"]["value"] == "55"


# --- World Bank ---------------------------------------------------------------------------------------------------


def test_world_bank_gives_the_latest_known_year(taken: Callable[..., Taken], replay: Replay) -> None:
    got = taken("world_bank")
    by = rows(got)
    assert (by["internet_users", ""]["value"], by["internet_users", ""]["year"]) == ("35", "2023"), "2024 is null"
    assert by["children_under_15", ""]["value"] == "130000", "a byte order mark stands in front"
    assert by["enrolment_primary", "primary"]["unit"] == "learners"
    assert got.version == "2026-10-07"
    assert "2026-10-07" in got.attribution
    assert ("enrolment_secondary", "secondary") not in by, "a second part that is null is nothing"
    said = " ".join(got.notes)
    assert "learners in secondary schools" in said
    assert "mobile subscriptions" in said
    assert "IT.CEL.SETS.P2" in said
    assert "(175)" in said, "an error with status 200 is said"


def test_world_bank_reads_every_page(replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    years = {2026 - n: float(n) for n in range(7)}
    monkeypatch.setattr(land, "WORLD_BANK", {"IT.NET.USER.ZS": years})
    got = world_bank.take(replay.client(tmp_path), replace(ASK, options={"indicators": ("IT.NET.USER.ZS",)}))
    assert got.rows_read == 7, "two a page, by [0].pages"
    assert [a.query["page"] for a in replay.asked] == ["1", "2", "3", "4"]


def test_world_bank_stops_where_the_page_is_ignored(
    replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(land, "WORLD_BANK", {"IT.NET.USER.ZS": {2026 - n: float(n) for n in range(7)}})
    replay.fault("world_bank", "ignore_page")
    got = world_bank.take(replay.client(tmp_path), replace(ASK, options={"indicators": ("IT.NET.USER.ZS",)}))
    assert got.rows_read == 2
    assert any("twice" in note for note in got.notes)
    assert len(replay.asked) == 2


def test_world_bank_knows_nothing_of_a_place(taken: Callable[..., Taken]) -> None:
    with pytest.raises(NothingFoundError, match="no figures of XZZ"):
        taken("world_bank", OTHER)


def test_world_bank_error_of_another_kind_is_no_gap(taken: Callable[..., Taken], replay: Replay) -> None:
    replay.fault(
        "world_bank",
        "json_error",
        value=[{"message": [{"id": "105", "key": "Service currently unavailable", "value": "…"}]}],
    )
    with pytest.raises(SourceError, match="unavailable") as error:
        taken("world_bank")
    assert not isinstance(error.value, NothingFoundError)


def test_world_bank_download_by_hand(tmp_path: Path) -> None:
    wide = '"Data Source","World Development Indicators",\n\n"Last Updated Date","2026-10-07",\n\n"Country Name","Country Code","Indicator Name","Indicator Code","2022","2023",\n"Quenara","XQA","Users","IT.NET.USER.ZS","30.5","",\n"Namibia","NAM","Users","IT.NET.USER.ZS","","60",\n'
    plain, packed = tmp_path / "API.csv", tmp_path / "API.zip"
    plain.write_text("\ufeff" + wide, "utf-8")
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Metadata_Country_API.csv", "a,b\n")
        archive.writestr("API_IT.NET.USER.ZS.csv", wide)
    for path in (plain, packed):
        got = rows(world_bank.take(None, replace(ASK, dropped=path)))  # type: ignore[arg-type]
        assert (got["internet_users", ""]["value"], got["internet_users", ""]["year"]) == ("30.5", "2022")


# --- UNHCR --------------------------------------------------------------------------------------------------------


def test_unhcr_asks_for_iso_codes_and_reads_every_page(taken: Callable[..., Taken], replay: Replay) -> None:
    by = rows(taken("unhcr"))
    assert (by["refugees", ""]["value"], by["refugees", ""]["year"]) == ("1500", "2025")
    assert by["asylum_seekers", ""]["value"] == "280", "a number as text is a number"
    hidden = by["internally_displaced", ""]
    assert (hidden["value"], hidden["note"]) == (None, "hidden or not known"), "a hyphen is no zero"
    assert by["stateless", ""]["value"] == "0", "a zero is one"
    assert by["displaced_school_age", ""]["value"] == "700", "girls and boys of 5 to 11 and 12 to 17"
    assert all(a.query["cf_type"] == "ISO" for a in replay.asked)
    pages = [a.query["page"] for a in replay.asked if "/population/v1/population/" in a.path]
    assert pages == ["1", "2"], "as maxPages says"


def test_unhcr_hides_a_part_of_a_sum(replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        land, "DISPLACED_AGES", {2025: {"f_5_11": 190, "f_12_17": None, "m_5_11": 200, "m_12_17": 160, "f_other": 50}}
    )
    row = rows(unhcr.take(replay.client(tmp_path), ASK))["displaced_school_age", ""]
    assert row["value"] is None, "a sum with a part that is not known is none"
    assert "at least 550; 1 of 4 counts are hidden or not known" in row["note"]
    assert "the age of 50 of 600 people is not known" in row["note"]


def test_unhcr_stops_where_the_page_is_ignored(taken: Callable[..., Taken], replay: Replay) -> None:
    replay.fault("unhcr", "ignore_page")
    got = taken("unhcr")
    assert any("twice" in note for note in got.notes)
    assert rows(got)["refugees", ""]["value"] == "1500", "a page that came twice is not counted twice"


def test_unhcr_counts_nobody(taken: Callable[..., Taken]) -> None:
    with pytest.raises(NothingFoundError, match="XZZ"):
        taken("unhcr", OTHER)


def test_unhcr_saved_answers_by_hand(tmp_path: Path) -> None:
    mine = {"year": 2025, "coa_iso": "XQA", "refugees": "12", "idps": "-", "asylum_seekers": 0}
    ages = {"year": 2024, "coa_iso": "XQA", "f_5_11": 1, "f_12_17": "2", "m_5_11": 3, "m_12_17": "4", "total": 20}
    path = tmp_path / "saved.json"
    path.write_text(json.dumps([{"items": [mine, {**mine, "coa_iso": "NAM"}]}, {"items": [ages]}]), "utf-8")
    got = unhcr.take(None, replace(ASK, dropped=path))  # type: ignore[arg-type]
    by = rows(got)
    assert (by["refugees", ""]["value"], by["displaced_school_age", ""]["value"]) == ("12", "10")
    assert any("1 row of another country" in n or "other countries" in n for n in got.notes)


# --- INFORM -------------------------------------------------------------------------------------------------------


def test_inform_takes_the_newest_risk_index(taken: Callable[..., Taken], replay: Replay) -> None:
    got = taken("inform")
    assert {k: r["value"] for (k, _), r in rows(got).items()} == {"inform_risk": "4.6", "inform_hazard": "3.9", "inform_vulnerability": "4.8", "inform_coping": "5.2"}  # fmt: skip
    assert (got.version, got.date) == ("INFORM Risk Mid 2026", "2026")
    assert [a.query["WorkflowId"] for a in replay.asked if "Scores" in a.path] == ["515"], (
        "Severity and Warning are others"
    )


def test_inform_in_spring(taken: Callable[..., Taken], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(inform_service.WORKFLOWS, 2026, [])
    got = taken("inform")
    assert got.date == "2025"
    assert rows(got)["inform_risk", ""]["value"] == "4.4"
    assert "INFORM lists no Risk Index of 2026 yet." in got.notes


def test_inform_without_scores_of_the_newest(taken: Callable[..., Taken], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(inform_service.SCORED, 515)
    got = taken("inform")
    assert got.version == "INFORM Risk 2025"
    assert any("INFORM Risk Mid 2026 has no score" in note for note in got.notes)


def test_inform_empty_reply_is_asked_again(replay: Replay, tmp_path: Path) -> None:
    replay.fault("inform", "empty", path="/countries/Scores/", times=2)
    client = replay.client(tmp_path)
    assert rows(inform.take(client, ASK))["inform_risk", ""]["value"] == "4.6"
    assert len([a for a in replay.asked if "Scores" in a.path]) == 3
    assert client.waits  # type: ignore[attr-defined]


def test_inform_knows_nothing_of_a_place(taken: Callable[..., Taken]) -> None:
    with pytest.raises(NothingFoundError, match="XZZ"):
        taken("inform", OTHER)


def test_inform_score_off_its_scale_is_left_out(taken: Callable[..., Taken], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(land.RISK, "HA", 46.0)
    got = taken("inform")
    assert ("inform_hazard", "") not in rows(got)
    assert any("HA" in note for note in got.notes)


# --- all four -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NATIONAL)
@pytest.mark.parametrize("fault", ["html", "lfs", "garbage", "truncate"])
def test_status_200_is_not_success(name: str, fault: str, taken: Callable[..., Taken], replay: Replay) -> None:
    replay.fault(name, fault)
    with pytest.raises(SourceError) as error:
        taken(name)
    assert not isinstance(error.value, NothingFoundError), "an answer that cannot be read is not an answer of nothing"


@pytest.mark.parametrize("name", NATIONAL)
def test_offline_comes_from_the_cache(name: str, replay: Replay, tmp_path: Path) -> None:
    first = SERVICES[name].take(replay.client(tmp_path), ASK)
    before = len(replay.asked)
    again = SERVICES[name].take(replay.client(tmp_path, offline=True), ASK)
    pd.testing.assert_frame_equal(first.content, again.content)
    assert len(replay.asked) == before
    with pytest.raises(OfflineError):
        SERVICES[name].take(replay.client(tmp_path / "none", offline=True), ASK)


@pytest.mark.parametrize("name", NATIONAL)
def test_a_damaged_file_by_hand_is_said(name: str, tmp_path: Path) -> None:
    for suffix, content in (
        (".json", b'{"items": [1, "x"]}'),
        (".json", b"[[]]"),
        (".zip", b"PK\x03\x04rest"),
        (".csv", b"a,b\n1\n"),
        (".csv", b"\xff\xfe"),
    ):
        path = tmp_path / f"file{suffix}"
        path.write_bytes(content)
        with pytest.raises(SourceError):
            SERVICES[name].take(None, replace(ASK, dropped=path))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NATIONAL)
def test_licence_and_attribution_are_as_the_publisher_asks(name: str, taken: Callable[..., Taken]) -> None:
    licence, words = {
        "uis": ("CC-BY-SA-3.0-IGO", "UNESCO Institute for Statistics (UIS)"),
        "world_bank": ("CC-BY-4.0", "World Bank, World Development Indicators, "),
        "unhcr": ("CC-BY-4.0", "UNHCR Refugee Population Statistics Database"),
        "inform": ("CC-BY-4.0", "INFORM"),
    }[name]
    assert SERVICES[name].licence == licence
    assert words in taken(name).attribution


# --- asked only where a recipe names them -------------------------------------------------------------------------

HAPI_KEY = {("hapi", "key"): hapi_service.IDENTIFIER}


def test_hapi_counts_twelve_months_of_districts_by_kind(
    replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hapi, "PAGE", 20)
    monkeypatch.setattr(hapi_service, "PAGE", 20)
    by = rows(hapi.take(replay.client(tmp_path, HAPI_KEY), ASK))
    assert by["conflict_events_political_violence", ""]["value"] == "48", (
        "2 districts, 12 months, 2 each; the whole is not added"
    )
    assert by["conflict_events_civilian_targeting", ""]["value"] == "24"
    deaths = by["conflict_fatalities_political_violence", ""]
    assert deaths["value"] is None
    assert "at least 22; 2 of 24 counts are not known" in deaths["note"]
    assert by["conflict_fatalities_civilian_targeting", ""]["value"] == "0"
    assert [a.query["offset"] for a in replay.asked] == ["0", "20", "40"]
    assert all(hapi_service.IDENTIFIER not in json.dumps(a.query) for a in replay.asked), (
        "the identifier stands in no address"
    )


def test_hapi_wants_an_identifier(replay: Replay, tmp_path: Path) -> None:
    for keys in ({}, {("hapi", "key"): "wrong"}):
        with pytest.raises(KeyNeededError, match="FIRSTMILE_HAPI_KEY"):
            hapi.take(replay.client(tmp_path, keys), ASK)
    with pytest.raises(NothingFoundError, match="XZZ"):
        hapi.take(replay.client(tmp_path, HAPI_KEY), OTHER)
    assert not SERVICES["hapi"].open_country
    first = hapi.take(replay.client(tmp_path, HAPI_KEY), ASK)
    again = hapi.take(replay.client(tmp_path, {}, offline=True), ASK)  # what is at hand needs no key
    pd.testing.assert_frame_equal(first.content, again.content)


def test_itu_datahub_csv_with_line_ends_in_its_notes(tmp_path: Path) -> None:
    head = "SeriesID,SeriesCode,Series,Unit,Database,Year,AreaName,AreaCode,DisaggregationGroup,Disaggregation1,Disaggregation2,Value,Notes,Source,LastModifiedOn"
    lines = [
        "11624,i99H,Individuals using the Internet,%,WTI,2021,Quenara,XQA,,Total,,40.1,,NSO,2026-01-01",
        "11624,i99H,Individuals using the Internet,%,WTI,2022,Quenara,XQA,,Total,,43.07,Survey of June",
        "weighted; second",
        "round,NSO,2026-01-01",
        "11624,i99H,Individuals using the Internet,%,WTI,2023,Quenara,XQA,,Female,,39.9,,NSO,2026-01-01",
        '11624,i99H,Individuals using the Internet,%,WTI,2023,Namibia,NAM,,,,62,"a, quoted note",NSO,2026-01-01',
    ]
    path = tmp_path / "datahub.csv"
    path.write_text("\ufeff" + "\n".join([head, *lines]) + "\n", "utf-8")
    got = itu_datahub.take(None, replace(ASK, dropped=path))  # type: ignore[arg-type]
    row = rows(got)["itu_i99h", ""]
    assert (row["value"], row["year"], row["note"]) == ("43.07", "2022", "NSO; Survey of June weighted; second round")
    assert got.rows_read == 4
    assert "1 row put together again from several lines." in got.notes
    namibia = rows(itu_datahub.take(None, replace(ASK, iso3="NAM", dropped=path)))  # type: ignore[arg-type]
    assert namibia["itu_i99h", ""]["value"] == "62"
    with pytest.raises(NothingFoundError, match="`file` of the service"):
        itu_datahub.take(None, ASK)  # type: ignore[arg-type]
    path.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(SourceError, match="lacks SeriesCode"):
        itu_datahub.take(None, replace(ASK, dropped=path))  # type: ignore[arg-type]
