"""Giga Meter against a real server on loopback; and what a build makes of speed tests, each case by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from etl.connect import Ask, Taken
from etl.emis.meter import method_of, stripped
from etl.measured import SPEED, measured, monthly_series
from etl.merge import Table
from etl.recipe import Source
from etl.sources.giga_meter import GIGA_METER
from geodata.errors import KeyNeededError, LinkError, NothingFoundError, OfflineError, SourceError
from geodata.policy import POLICY
from tests.replay import land
from tests.replay.server import Replay
from tests.replay.services.giga_meter import BROWSER, IP, KEYS, ways, with_app


@pytest.fixture
def replay() -> Iterator[Replay]:
    with Replay(land) as server:
        yield server


def take(replay: Replay, tmp_path: Path, client: Any = None, **options: Any) -> Taken:
    usual = {"from": "2026-07-01", "until": "2026-10-31", "utc_offset": -1}
    asked = Ask("XQA", "XQ", bounds=land.BOUNDS, options={**usual, **options}, data=tmp_path, today=date(2026, 11, 1))
    return GIGA_METER.take(client or replay.client(tmp_path / "cache", KEYS), asked)


def table(taken: Taken) -> pd.DataFrame:
    assert isinstance(taken.content, pd.DataFrame)
    return taken.content


def test_tests_become_medians_of_local_days(replay: Replay, tmp_path: Path) -> None:
    taken = take(replay, tmp_path)
    rows = table(taken)
    daily = with_app(land)[0]
    mine = rows[rows["school_id_giga"] == daily.giga_id].set_index("measured_on")
    assert len(mine) == 123  # every day of four months
    assert mine.loc["2026-09-01", "tests"] == 2  # that of 22 o'clock is none of school hours
    assert 0.8 * daily.down <= mine.loc["2026-09-01", "download_mbps"] <= 1.2 * daily.down  # Kbps → Mbps
    assert pd.isna(mine.loc["2026-09-10", "download_mbps"])
    assert (mine.loc["2026-09-10", "tests"], mine.loc["2026-09-10", "tests_failed"]) == (0, 2)
    assert (mine.loc["2026-08-31", "test_method"], mine.loc["2026-09-01", "test_method"]) == ("ndt5", "ndt7")
    notes = " ".join(taken.notes)
    assert "1 of 570 tests say another country" in notes
    assert "1 of 570 tests name no school" in notes
    assert "2 dropped (more than 28 days)" in notes
    assert "No test does not mean no internet" in notes
    assert (taken.date, taken.licence) == ("2026-10-31", "")


def test_both_versions_tell_the_same(replay: Replay, tmp_path: Path) -> None:
    second = table(take(replay, tmp_path))
    first = table(take(replay, tmp_path, api="v1", utc_offset="", timezone="Asia/Tokyo"))  # each test tells its zone
    latency = ["latency_ms"]
    pd.testing.assert_frame_equal(first.drop(columns=latency), second.drop(columns=latency))
    ways(replay).no_v2 = True
    pd.testing.assert_frame_equal(table(take(replay, tmp_path)).drop(columns=latency), second.drop(columns=latency))


def test_pages_begin_at_zero_and_go_on_whatever_size_is_granted(replay: Replay, tmp_path: Path) -> None:
    whole = table(take(replay, tmp_path))
    assert replay.asked[0].query["page"] == "0"
    assert {a.query["orderBy"] for a in replay.asked} == {"created_at"}
    ways(replay).granted = 90
    pd.testing.assert_frame_equal(table(take(replay, tmp_path)), whole)
    ways(replay).unordered = True
    pd.testing.assert_frame_equal(table(take(replay, tmp_path)), whole)


def test_page_number_ignored_is_said(replay: Replay, tmp_path: Path) -> None:
    ways(replay).granted = 50
    replay.fault("giga_meter", "ignore_page")
    assert any("ignores the page number" in n for n in take(replay, tmp_path).notes)


def test_nothing_of_a_person_is_kept_anywhere(replay: Replay, tmp_path: Path) -> None:
    taken = take(replay, tmp_path, api="v1")
    take(replay, tmp_path)
    content = table(taken).to_csv() + " ".join(taken.notes)
    files = b"".join(p.read_bytes() for p in (tmp_path / "cache").rglob("*") if p.is_file())
    for secret in (IP, BROWSER, "Example ISP", "Exampletown", KEYS["giga_meter", "key"]):
        assert secret not in content
        assert secret.encode() not in files


def test_limits_keys_and_countries(replay: Replay, tmp_path: Path) -> None:
    replay.fault("giga_meter", "status", status=429, retry_after="60", times=1)
    client = replay.client(tmp_path / "cache", KEYS)
    take(replay, tmp_path, client=client)
    assert client.waits == [60.0]
    with pytest.raises(KeyNeededError, match="FIRSTMILE_GIGA_METER_KEY"):
        take(replay, tmp_path, client=replay.client(tmp_path / "b"))
    with pytest.raises(KeyNeededError, match="status 401"):
        take(replay, tmp_path, client=replay.client(tmp_path / "c", {("giga_meter", "key"): "wrong-key-123456"}))
    ways(replay).countries = ("KEN",)
    with pytest.raises(KeyNeededError, match="not authorized to access"):
        take(replay, tmp_path)
    ways(replay).countries = ("XQA",)
    with pytest.raises(NothingFoundError, match="no test in school hours"):
        take(replay, tmp_path, **{"from": "2020-01-01", "until": "2020-02-01"})
    with pytest.raises(OfflineError):
        take(replay, tmp_path, client=replay.client(tmp_path / "cache", KEYS, offline=True))


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("timezone", "Mars/Olympus", "no time zone"), ("from", "yesterday", "are days such as"), ("first_hour", 25, "hour of the day"), ("first_hour", 18, "has to be before"), ("api", "v3", "no api")],
)  # fmt: skip
def test_options_that_make_no_sense(replay: Replay, tmp_path: Path, option: str, value: object, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        take(replay, tmp_path, **{option: value, "utc_offset": ""})


@pytest.mark.parametrize("kind", ["html", "garbage", "truncate", "cut", "empty", "json_error", "status"])
def test_answers_that_are_none(replay: Replay, tmp_path: Path, kind: str) -> None:
    replay.fault("giga_meter", kind, status=503 if kind == "status" else 200)
    with pytest.raises(SourceError):
        take(replay, tmp_path)


def test_records_of_any_shape() -> None:
    odd = stripped(
        {"Download": "12", "created_at": 5, "ClientInfo": ["x"], "giga_id_school": None, "app_version": True}
    )
    assert (odd.down, odd.made, odd.zone, odd.school, odd.method) == (0.012, None, "", "", "")
    assert [method_of(v) for v in ("1.9.9", "2.0", "2.0.2-beta", "10.1", "", "two")] == ["ndt5", "ndt7", "ndt7", "ndt7", "", ""]  # fmt: skip
    assert stripped({"created_at": "2026-01-01T10:00:00+03:00"}).made == datetime(2026, 1, 1, 7, tzinfo=UTC)


# --- what a build makes of them ------------------------------------------------------------------------------------


def given(rows: list[tuple[Any, ...]], kind: str = "measurements", **columns: Any) -> Table:
    names = ("school_id_giga", "measured_on", "test_method", "test_download_mbps", "tests", "tests_failed")
    feeds = {"school_id_giga": "g", "measured_on": "d", "test_download_mbps": "v", **columns}
    source = Source.model_validate({"name": "Meter", "kind": kind, "path": "x.csv", "evidence": "measured", "columns": feeds})  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(names)).astype(
        {"school_id_giga": "str", "measured_on": "str", "test_method": "str", "test_download_mbps": "float64", "tests": "Int64", "tests_failed": "Int64"}
    )  # fmt: skip
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    frame["source_row"] = frame.index.astype("int64")
    return Table(source, frame, frame.astype("str"))


def register(*ids: str) -> Table:
    source = Source.model_validate({"name": "List", "path": "y.csv", "columns": {"school_id_giga": "g"}})
    return Table(source, pd.DataFrame({"school_id_giga": pd.Series(ids, dtype="str")}), pd.DataFrame())


def test_a_speed_needs_enough_tests_in_recent_days_of_one_way_of_testing() -> None:
    rows = [
        *(("a", f"2026-10-{d:02d}", "ndt7", 8.0 + d % 3, 2, 0) for d in range(1, 7)),  # 12 tests
        *(("a", f"2026-10-{d:02d}", "ndt5", 2.0, 9, 0) for d in range(1, 7)),  # the older way is not mixed in
        *(("b", f"2026-10-{d:02d}", "ndt7", 5.0, 1, 4) for d in range(1, 10)),  # 9 tests: too few
        *(("c", f"2026-05-{d:02d}", "ndt7", 5.0, 3, 0) for d in range(1, 10)),  # too old
        *(("d", f"2026-10-{d:02d}", "", 4.0, None, None) for d in range(1, 12)),  # a row a test
        ("e", "2026-10-01", "ndt7", 0.0, None, None), ("z", "2026-10-02", "ndt7", 9.0, 20, 0), (None, "2026-10-02", "ndt7", 9.0, 20, 0),
        ("a", "sometime", "ndt7", 900.0, 20, 0),
    ]  # fmt: skip
    found = measured(given(rows, tests="t", tests_failed="f"), [register("a", "b", "c", "d", "e")], POLICY)
    assert found.table is not None
    speeds = found.table.frame.set_index("school_id_giga")
    assert speeds[SPEED].to_dict() == {"a": 9.0, "d": 4.0}
    assert speeds[f"{SPEED}_date"].to_dict() == {"a": "2026-10-06", "d": "2026-10-11"}
    assert set(speeds[f"{SPEED}_evidence"]) == {"measured"}
    assert found.rejected["reason"].tolist() == ["No school of the register has the id 'z'.", "It names no school."]
    assert "a measured speed for 2 schools; 3 schools" in found.notes[0]
    months = monthly_series(found.months, pd.DataFrame({"school_id": ["A"], "school_id_giga": ["a"], "school_id_govt": [None]}))  # fmt: skip
    assert months[["indicator", "date", "value", "known"]].values.tolist() == [
        [f"{SPEED}_ndt5", "2026-10", 2.0, 54.0], [SPEED, "2026-10", 9.0, 12.0],
    ]  # fmt: skip


def test_no_test_of_a_known_school_is_no_speed_and_no_fault() -> None:
    found = measured(given([("z", "2026-10-01", "ndt7", 5.0, 20, 0)]), [register("a")], POLICY)
    assert found.table is None
    assert len(found.rejected) == 1
    assert monthly_series(found.months, pd.DataFrame({"school_id": [], "school_id_giga": []})).empty
    with pytest.raises(LinkError, match="school_id_govt or school_id_giga"):
        measured(Table(given([]).source.model_copy(update={"columns": {}}), pd.DataFrame(), pd.DataFrame()), [], POLICY)
