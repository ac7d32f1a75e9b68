"""DHIS2 against a real server on loopback: units, places old and new, census answers, refusals, later changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from etl.connect import Ask, Taken
from etl.emis.mapping import parse_mapping
from etl.sources.dhis2 import DHIS2
from geodata.errors import KeyNeededError, NothingFoundError, OfflineError, SourceError
from tests.replay import land
from tests.replay.server import Replay
from tests.replay.services.dhis2 import BOYS, CENSUS, DESK, GIRLS, KEYS, PASSWORD, TOKEN, USER, uid, ways

MAPPING = f"""target_field,dx_uid,coc_uid,agg,true_values,unit_factor,year_rule
num_students,deLearners1,,sum,,,
num_students_girls,deLearners1,{GIRLS},sum,,,
num_students_boys,deLearners1,{BOYS},sum,,,
num_computers,deComputer1,,sum,,,
has_internet,deInternet1,,any,,,
has_electricity,deElectric1,,any,true,,
electricity_type,dePowerSrc1,,value,GRID=grid|SOLAR=solar,,
download_speed_contracted_mbps,deSpeedKb01,,value,,0.001,
school_funding_type,groups,,value,Government schools=public|Private schools=private,,
num_teachers,deTeachers1,,value,,,
"""


@pytest.fixture
def replay() -> Iterator[Replay]:
    with Replay(land) as server:
        yield server


def ask(tmp_path: Path, mapping: str = MAPPING, **options: Any) -> Ask:
    (tmp_path / "mapping.csv").write_text(mapping, "utf-8")
    usual = {"level": "School", "period": "2025", **({"mapping": "mapping.csv"} if mapping else {})}
    return Ask("XQA", "XQ", "Quenara", options={**usual, **options}, data=tmp_path, today=date(2026, 11, 1))


def take(replay: Replay, tmp_path: Path, mapping: str = MAPPING, client: Any = None, **options: Any) -> Taken:
    return DHIS2.take(client or replay.client(tmp_path / "cache", KEYS), ask(tmp_path, mapping, **options))


def table(taken: Taken) -> pd.DataFrame:
    assert isinstance(taken.content, pd.DataFrame)
    return taken.content.set_index("dhis2_uid")


def test_schools_with_what_they_answered(replay: Replay, tmp_path: Path) -> None:
    taken = take(replay, tmp_path)
    rows = table(taken)
    assert (taken.rows_read, taken.rows_kept, len(rows)) == (60, 60, 60)
    assert (taken.licence, taken.date, taken.version) == ("restricted", "2025", "2.41.3")
    for school in land.schools():
        row = rows.loc[uid(school.number)]
        said = school.girls is not None
        assert row["num_students"] == (str(school.learners) if said else "")
        assert row["num_students_girls"] == (str(school.girls) if said else "")
        assert row["num_computers"] == (str(school.computers) if said and school.computers is not None else "")
        assert row["has_internet"] == ({True: "yes", False: "no", None: ""}[school.internet] if said else "")
        assert row["has_electricity"] == ("yes" if said and school.electricity else "")  # TRUE_ONLY: never a no
        assert row["electricity_type"] == (("grid" if school.urban else "solar") if said and school.electricity else "")
        assert row["school_funding_type"] == school.funding
        assert (row["admin1"], row["admin2"]) == (land.area(school.province).name, land.area(school.district).name)
        assert row["admin2_id"] == uid(school.district)
        assert row["admin3_id"] == ""
    fast = next(s for s in land.schools() if s.down and s.girls is not None)
    assert float(rows.loc[uid(fast.number), "download_speed_contracted_mbps"]) == pytest.approx(fast.down)
    notes = " ".join(taken.notes)
    assert "sees what lies in Quenara" in notes
    assert "keeps only yes" in notes
    assert "1 organisation units that are no schools" in notes


def test_ids_places_and_closing_dates(replay: Replay, tmp_path: Path) -> None:
    taken = take(replay, tmp_path, mapping="")
    rows = table(taken)
    assert rows.loc[uid(1), "school_id_govt"] == land.schools()[0].govt_id
    assert rows.loc[uid(1), "school_id_govt"].startswith("0")
    assert rows.loc[uid(7), "school_id_govt"] == uid(7)  # no code: DHIS2's own id
    assert (rows.loc[uid(12), ["latitude", "longitude"]] == "").all()
    assert float(rows.loc[uid(15), "latitude"]) == pytest.approx(land.schools()[14].lat, abs=1e-6)
    assert float(rows.loc[uid(29), "latitude"]) == 0  # kept as given: the build says what it is
    assert (rows.loc[uid(60), "school_status"], rows.loc[uid(59), "school_status"], rows.loc[uid(1), "school_status"]) == ("extinct", "", "")  # fmt: skip
    assert any("1 schools have no code" in n for n in taken.notes)
    assert any("drawn as an area" in n for n in taken.notes)
    by_attribute = table(take(replay, tmp_path, mapping="", id="attribute:EMIS_NO"))
    assert by_attribute.loc[uid(1), "school_id_govt"] == f"XQ-{land.schools()[0].govt_id}"
    assert by_attribute.loc[uid(9), "school_id_govt"] == uid(9)


def test_old_versions_write_places_as_text(replay: Replay, tmp_path: Path) -> None:
    new = table(take(replay, tmp_path, mapping=""))
    ways(replay).version = "2.31.9"
    old = take(replay, tmp_path, mapping="", client=replay.client(tmp_path / "other", KEYS))
    pd.testing.assert_frame_equal(table(old), new)
    assert any("coordinates" in a.query.get("fields", "") for a in replay.asked)


def test_pages_are_read_to_the_end_whatever_size_is_granted(replay: Replay, tmp_path: Path) -> None:
    ways(replay).granted = 7
    assert len(table(take(replay, tmp_path, mapping=""))) == 60
    asked = [a.query["page"] for a in replay.asked if a.path.endswith("organisationUnits") and "eq:4" in str(a.queries)]
    assert asked == [str(n) for n in range(1, 10)]


def test_page_number_ignored_and_totals_that_do_not_agree_are_said(replay: Replay, tmp_path: Path) -> None:
    ways(replay).granted = 25
    replay.fault("dhis2", "ignore_page", path="organisationUnits")
    taken = take(replay, tmp_path, mapping="")
    assert len(table(taken)) == 25
    assert any("ignores the page number" in n for n in taken.notes)
    assert any("promised 60 organisationUnits, and gave 25" in n for n in taken.notes)


def test_schools_by_group_and_levels_by_name_or_number(replay: Replay, tmp_path: Path) -> None:
    private = table(take(replay, tmp_path, mapping="", level="", group="private schools"))
    assert len(private) == sum(s.funding == "private" for s in land.schools())
    assert len(table(take(replay, tmp_path, mapping="", level="4"))) == 60
    with pytest.raises(SourceError, match="no level 'Scool'; did you mean 'School'"):
        take(replay, tmp_path, mapping="", level="Scool")
    with pytest.raises(SourceError, match="Which level holds the schools"):
        take(replay, tmp_path, mapping="", level="")


def test_what_the_user_may_see_is_said_and_held_against_the_ministrys_number(replay: Replay, tmp_path: Path) -> None:
    ways(replay).seen = "XQ01"
    taken = take(replay, tmp_path, mapping="", expected=60)
    assert len(table(taken)) == sum(s.province == "XQ01" for s in land.schools())
    assert any("the ministry counts 60" in n for n in taken.notes)
    ways(replay).seen = ""
    with pytest.raises(KeyNeededError, match="no organisation unit"):
        take(replay, tmp_path, client=replay.client(tmp_path / "new", KEYS))


def test_too_much_at_once_is_asked_part_by_part(replay: Replay, tmp_path: Path) -> None:
    whole = table(take(replay, tmp_path))
    units = [a.query["orgUnit"] for a in replay.asked if a.path.endswith("dataValueSets.json")]
    assert units == [uid("XQ")]
    parts = table(take(replay, tmp_path, at_once=10, client=replay.client(tmp_path / "second", KEYS)))
    ways(replay).most_schools = 20
    pressed = table(take(replay, tmp_path, client=replay.client(tmp_path / "third", KEYS)))
    pd.testing.assert_frame_equal(parts, whole)
    pd.testing.assert_frame_equal(pressed, whole)
    assert uid("XQ0101") in [a.query["orgUnit"] for a in replay.asked if a.path.endswith("dataValueSets.json")]


def test_nothing_answered_is_an_empty_object(replay: Replay, tmp_path: Path) -> None:
    rows = table(take(replay, tmp_path, period="1999"))
    assert len(rows) == 60
    assert (rows["num_students"] == "").all()
    assert (rows["has_internet"] == "").all()


def test_refusals_in_the_services_words(replay: Replay, tmp_path: Path) -> None:
    ways(replay).denied = True
    with pytest.raises(SourceError, match=r"not allowed to read data for data set: dsCensus001 \(E2010\)"):
        take(replay, tmp_path)
    with pytest.raises(SourceError, match=r"Which period.*Yearly"):
        take(replay, tmp_path, period="")


def test_numbers_from_the_nightly_tables_where_answers_may_not_be_read(replay: Replay, tmp_path: Path) -> None:
    whole = table(take(replay, tmp_path))
    ways(replay).denied, ways(replay).analytics = True, 20
    taken = take(replay, tmp_path, client=replay.client(tmp_path / "other", KEYS))
    rows = table(taken)
    assert rows["num_students"].tolist() == whole["num_students"].tolist()
    computers = [int(n) for n in whole["num_computers"] if n]
    assert [int(n) for n in rows["num_computers"] if n] == [n for n in computers if n]  # zeros are dropped: not known
    for missing in ("has_internet", "has_electricity", "num_students_girls"):
        assert (rows[missing] == "").all()
    assert any("nightly tables" in n for n in taken.notes)


def test_keys(replay: Replay, tmp_path: Path) -> None:
    basic = {("dhis2", "user"): USER, ("dhis2", "password"): PASSWORD}
    assert len(table(take(replay, tmp_path, mapping="", client=replay.client(tmp_path / "a", basic)))) == 60
    with pytest.raises(KeyNeededError, match="FIRSTMILE_DHIS2_KEY_TOKEN"):
        take(replay, tmp_path, client=replay.client(tmp_path / "b"))
    wrong = {("dhis2", "token"): "d2pat_WRONGwrongWRONGwrong"}
    with pytest.raises(KeyNeededError, match="status 401") as met:
        take(replay, tmp_path, client=replay.client(tmp_path / "c", wrong))
    assert "WRONG" not in str(met.value)
    ways(replay).login_page = True
    with pytest.raises(KeyNeededError, match="log-in page"):
        take(replay, tmp_path, client=replay.client(tmp_path / "d", wrong))
    for path in (tmp_path / "a").rglob("*"):
        assert not path.is_file() or not any(secret in path.read_bytes() for secret in (TOKEN.encode(), PASSWORD.encode()))  # fmt: skip


def test_a_context_in_the_address_and_none_at_all(replay: Replay, tmp_path: Path) -> None:
    client = replay.client(tmp_path / "cache", KEYS)
    client.settings = client.settings.__class__({"dhis2": replay.url("dhis2") + "/emis/api/"}, KEYS)
    assert len(table(take(replay, tmp_path, mapping="", client=client))) == 60
    client.settings = client.settings.__class__({}, KEYS)
    with pytest.raises(SourceError, match=r"service\.base"):
        take(replay, tmp_path, client=client)
    client.settings = client.settings.__class__({"dhis2": replay.url("giga_maps")}, KEYS)
    with pytest.raises(SourceError):
        take(replay, tmp_path, client=client)


def test_areas_are_read_as_boundaries(replay: Replay, tmp_path: Path) -> None:
    taken = take(replay, tmp_path, mapping="", areas="Province")
    assert list(taken.content["name"]) == [a.name for a in land.areas(1)]
    assert taken.content["area_id"].tolist() == [uid(a.code) for a in land.areas(1)]
    assert taken.content.geometry.is_valid.all()
    with pytest.raises(NothingFoundError, match="has a polygon"):
        take(replay, tmp_path, mapping="", areas="Class")


def test_only_what_changed_is_asked_for_again(replay: Replay, tmp_path: Path) -> None:
    before = table(take(replay, tmp_path))
    one, two = [s for s in land.schools() if s.girls is not None and s.computers][:2]
    ways(replay).since = {("deLearners1", uid(one.number), GIRLS): "900", ("deComputer1", uid(two.number), DESK): None}
    client = replay.client(tmp_path / "cache", KEYS, refresh=True)
    taken = take(replay, tmp_path, client=client)
    after = table(taken)
    assert after.loc[uid(one.number), "num_students_girls"] == "900"
    assert after.loc[uid(two.number), "num_computers"] == str(two.computers // 3)
    others = before.index.difference([uid(one.number), uid(two.number)])
    pd.testing.assert_frame_equal(after.loc[others], before.loc[others])
    today = datetime.now(UTC).date()
    assert [(today - date.fromisoformat(d)).days for d in ways(replay).asked_since] == [1]  # a day of overlap
    assert any("Only what changed" in n for n in taken.notes)


def test_offline_everything_comes_from_the_cache(replay: Replay, tmp_path: Path) -> None:
    ways(replay).most_schools = 20
    before = table(take(replay, tmp_path))
    asked = len(replay.asked)
    again = table(take(replay, tmp_path, client=replay.client(tmp_path / "cache", offline=True)))
    pd.testing.assert_frame_equal(again, before)
    assert len(replay.asked) == asked
    with pytest.raises(OfflineError):
        take(replay, tmp_path, client=replay.client(tmp_path / "none", offline=True))


def test_year_rule_and_newest_answer(replay: Replay, tmp_path: Path) -> None:
    silent = next(s for s in land.schools() if s.girls is None and s.number % 3 == 0)
    both = table(take(replay, tmp_path, period=("2024", "2025")))
    assert both.loc[uid(silent.number), "num_students"] == "22"  # the year before is better than nothing, and said
    assert both.loc[uid(silent.number), "school_year"] == "2024"
    only = MAPPING.replace(f"num_students_girls,deLearners1,{GIRLS},sum,,,", f"num_students_girls,deLearners1,{GIRLS},sum,,,2025")  # fmt: skip
    assert table(take(replay, tmp_path, mapping=only, period=("2024", "2025"))).loc[uid(silent.number), "num_students_girls"] == ""  # fmt: skip


def test_other_calendars_make_no_date(replay: Replay, tmp_path: Path) -> None:
    ways(replay).calendar = "ethiopian"
    taken = take(replay, tmp_path)
    assert taken.date == "2026-11"  # the month of asking
    assert any("ethiopian calendar" in n for n in taken.notes)


@pytest.mark.parametrize("kind", ["html", "lfs", "garbage", "truncate", "cut", "empty", "json_error", "status"])
@pytest.mark.parametrize("path", ["system/info", "organisationUnits", "dataValueSets"])
def test_answers_that_are_none(replay: Replay, tmp_path: Path, kind: str, path: str) -> None:
    replay.fault("dhis2", kind, path=path, status=503 if kind == "status" else 200)
    with pytest.raises(SourceError) as met:
        take(replay, tmp_path)
    assert TOKEN not in str(met.value)


def test_a_mapping_file_that_does_not_fit_names_its_lines(replay: Replay, tmp_path: Path) -> None:
    wrong = "target_field,dx_uid\nnum_computers,deComputer2\nhas_water,deWaterSrc1\n"
    with pytest.raises(SourceError, match=r"(?s)line 2: .*'deComputer2'; did you mean 'deComputer1'.*line 3: has_water comes from text"):  # fmt: skip
        take(replay, tmp_path, mapping=wrong)


def test_mapping_files() -> None:
    head = "target_field,dx_uid,coc_uid,agg,true_values,unit_factor,year_rule\n"
    with pytest.raises(SourceError, match=r"line 2: there is no field 'num_computer'; did you mean 'num_computers'"):
        parse_mapping(head + "num_computer,a,,,,,\n")
    with pytest.raises(SourceError, match="did you mean 'sum'"):
        parse_mapping(head + "num_computers,a,,summ,,,\n")
    with pytest.raises(SourceError, match="unit_factor 'x'"):
        parse_mapping(head + "num_computers,a,,,,x,\n")
    with pytest.raises(SourceError, match="is not a value of school_funding_type"):
        parse_mapping(head + "school_funding_type,groups,,value,Gov=publik,,\n")
    with pytest.raises(SourceError, match="no column 'dx'; did you mean 'dx_uid'"):
        parse_mapping("target_field,dx_uid,dx\nnum_computers,a,b\n")
    with pytest.raises(SourceError, match="no confirmed line"):
        parse_mapping(head + "?num_computers,a,,,,,\n")
    with pytest.raises(SourceError, match="is no number, so that sum cannot feed it"):
        parse_mapping(head + "has_internet,a,,sum,,,\n")
    read = parse_mapping(
        "\ufeff# remark\n" + head.replace(",", ";") + "has_internet;x;;any;oui|1;;\n?num_tablets;y;;;;;\n"
    )
    assert (len(read.lines), read.unconfirmed, read.lines[0].meaning("Oui"), read.lines[0].meaning("non")) == (1, 1, "yes", "no")  # fmt: skip
    assert CENSUS
