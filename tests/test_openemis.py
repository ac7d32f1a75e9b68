"""OpenEMIS against a real server on loopback: tokens, pages of two kinds, several rows a school, three states."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from etl.connect import Ask, Taken
from etl.sources.openemis import OPENEMIS
from geodata.errors import KeyNeededError, OfflineError, SourceError
from tests.replay import land
from tests.replay.server import Replay
from tests.replay.services.openemis import API_KEY, KEYS, PASSWORD, TOKEN, ways

MAPPING = """target_field,dx_uid,coc_uid,agg,true_values,unit_factor,year_rule
has_internet,infrastructure-utility-internets,,any,Working=yes|Broken=no,,
has_internet_for_learners,infrastructure-utility-internets,internet_purpose=1,any,Working=yes|Broken=no,,
connectivity_type,infrastructure-utility-internets/utility_internet_type_id,,value,Fibre=fiber|Mobile data=4g|Satellite=unknown_satellite,,
has_electricity,infrastructure-utility-electricities,,any,Good|Fair,,
num_computers,institution-assets,asset_type_id=Desktop computer|Laptop,sum,1=yes|2=no,,
num_tablets,institution-assets,asset_type_id=3,sum,1=yes|2=no,,
num_students,summary-institutions/total_students,,value,,,
num_students_girls,summary-institutions/total_students_female,,value,,,
num_students_boys,summary-institutions/total_students_male,,value,,,
num_teachers,summary-institutions/total_staff_teaching,,value,,,
school_funding_type,institutions/institution_ownership_id,,value,1=public|2=private,,
"""


@pytest.fixture
def replay() -> Iterator[Replay]:
    with Replay(land) as server:
        yield server


def take(replay: Replay, tmp_path: Path, mapping: str = MAPPING, client: Any = None, **options: Any) -> Taken:
    (tmp_path / "mapping.csv").write_text(mapping, "utf-8")
    named = {"mapping": "mapping.csv"} if mapping else {}
    asked = Ask("XQA", "XQ", "Quenara", options={**named, **options}, data=tmp_path, today=date(2026, 11, 1))
    return OPENEMIS.take(client or replay.client(tmp_path / "cache", KEYS), asked)


def table(taken: Taken) -> pd.DataFrame:
    assert isinstance(taken.content, pd.DataFrame)
    return taken.content.set_index("openemis_id")


def test_institutions_with_what_is_known_of_them(replay: Replay, tmp_path: Path) -> None:
    taken = take(replay, tmp_path)
    rows = table(taken)
    assert (taken.rows_read, taken.rows_kept, taken.licence, taken.date) == (62, 61, "restricted", "2025")
    assert any("1 institutions are deleted" in n for n in taken.notes)
    for s in land.schools():
        row = rows.loc[str(100 + s.number)]
        assert row["has_internet"] == {True: "yes", False: "no", None: ""}[s.internet]  # no row is unknown, never no
        learners = row["has_internet_for_learners"]
        assert learners == ("yes" if s.internet and s.internet_for_learners else "")
        told = s.computers is not None and s.computers > 0
        assert row["num_computers"] == (str(min(s.computers or 0, 8)) if told else "")  # broken ones do not count
        assert row["num_students"] == (str(s.learners) if s.girls is not None else "")
        assert row["school_funding_type"] == s.funding
        assert (row["admin1"], row["admin2"]) == (land.area(s.province).name, land.area(s.district).name)
        if s.internet and s.connection:
            assert row["connectivity_type"] == {"fibre": "fiber", "4g": "4g", "satellite": "unknown_satellite"}[s.connection]  # fmt: skip
        if s.number != 5:
            assert row["has_electricity"] == {True: "yes", False: "no", None: ""}[s.electricity]
    assert rows.loc["103", "num_tablets"] == ""  # a tablet whose condition nobody told: neither 0 nor 1
    assert any("condition the mapping file does not know" in n for n in taken.notes)


def test_ids_places_offices_and_closed_schools(replay: Replay, tmp_path: Path) -> None:
    rows = table(take(replay, tmp_path, mapping=""))
    assert rows.loc["101", "school_id_govt"] == land.schools()[0].govt_id
    assert (rows.loc["112", ["latitude", "longitude"]] == "").all()
    swapped = land.schools()[12]
    assert (rows.loc["113", "latitude"], rows.loc["113", "longitude"]) == (str(swapped.lon), str(swapped.lat))  # the build's repair  # fmt: skip
    assert rows.loc["900", "classification"] == "2"
    assert (rows.loc["160", "school_status"], rows.loc["101", "school_status"]) == ("extinct", "")
    assert "901" not in rows.index


@pytest.mark.parametrize("bare", [False, True])
def test_pages_of_two_kinds(replay: Replay, tmp_path: Path, bare: bool) -> None:
    ways(replay).bare = bare
    if not bare:
        ways(replay).granted = 25
    rows = table(take(replay, tmp_path, mapping=MAPPING))
    assert len(rows) == 61
    whole = sum(len(r) > 0 for r in rows["num_computers"])
    assert whole == sum(bool(s.computers) for s in land.schools())
    pages = [a.query["page"] for a in replay.asked if a.path.endswith("/institution-assets")]
    assert pages == [str(n + 1) for n in range(len(pages))]
    assert len(pages) > 1


def test_areas_by_the_nested_set_alone(replay: Replay, tmp_path: Path) -> None:
    before = table(take(replay, tmp_path, mapping=""))
    ways(replay).nested_set_only = True
    after = table(take(replay, tmp_path, mapping="", client=replay.client(tmp_path / "other", KEYS)))
    pd.testing.assert_frame_equal(after, before)


def test_a_token_that_runs_out_is_asked_for_once_more(replay: Replay, tmp_path: Path) -> None:
    ways(replay).tokens_die_after = 4
    assert len(table(take(replay, tmp_path))) == 61
    assert len(ways(replay).logins) > 2
    ways(replay).tokens_die_after = 0
    with pytest.raises(KeyNeededError):
        take(replay, tmp_path, client=replay.client(tmp_path / "new", KEYS))


def test_keys_and_where_they_are_not(replay: Replay, tmp_path: Path) -> None:
    take(replay, tmp_path)
    kept = b"".join(p.read_bytes() for p in (tmp_path / "cache").rglob("*") if p.is_file())
    assert not any(secret.encode() in kept for secret in (API_KEY, PASSWORD, TOKEN))
    with pytest.raises(KeyNeededError, match="FIRSTMILE_OPENEMIS_KEY_USER"):
        take(replay, tmp_path, client=replay.client(tmp_path / "a"))
    wrong = {**KEYS, ("openemis", "key"): "wrong-api-key-1234567"}
    with pytest.raises(KeyNeededError, match="Invalid API key provided") as met:
        take(replay, tmp_path, client=replay.client(tmp_path / "b", wrong))
    assert "wrong-api-key" not in str(met.value)
    with pytest.raises(KeyNeededError, match="Invalid credentials"):
        take(replay, tmp_path, client=replay.client(tmp_path / "c", {**KEYS, ("openemis", "password"): "nonsense"}))


def test_periods(replay: Replay, tmp_path: Path) -> None:
    old = table(take(replay, tmp_path, period="2024"))
    assert (old["num_students"] == "").all()
    assert old.loc["112", "has_internet"] != ""  # what last year's only row says, of last year
    with pytest.raises(SourceError, match=r"no academic period '1999'; it has 2024, 2025"):
        take(replay, tmp_path, period="1999")
    ways(replay).no_current = True
    with pytest.raises(SourceError, match="marks no academic period as current"):
        take(replay, tmp_path, client=replay.client(tmp_path / "other", KEYS))


def test_a_resource_that_the_ministry_blocks_is_unknown(replay: Replay, tmp_path: Path) -> None:
    ways(replay).locked = ("institution-assets", "areas")
    taken = take(replay, tmp_path)
    rows = table(taken)
    assert (rows["num_computers"] == "").all()
    assert (rows["admin1"] == "").all()
    assert any("has no institution-assets" in n and "unknown" in n for n in taken.notes)
    ways(replay).locked = ("institutions",)
    with pytest.raises(SourceError, match="has no institutions"):
        take(replay, tmp_path, client=replay.client(tmp_path / "other", KEYS))


def test_a_mapping_file_that_does_not_fit(replay: Replay, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"(?s)line 2: OpenEMIS has no 'assets'.*line 3: 'summary-institutions' needs a field"):  # fmt: skip
        take(replay, tmp_path, "target_field,dx_uid\nnum_computers,assets\nnum_students,summary-institutions\n")


def test_offline(replay: Replay, tmp_path: Path) -> None:
    before = table(take(replay, tmp_path))
    asked = len(replay.asked)
    pd.testing.assert_frame_equal(table(take(replay, tmp_path, client=replay.client(tmp_path / "cache", offline=True))), before)  # fmt: skip
    assert len(replay.asked) == asked
    with pytest.raises(OfflineError):
        take(replay, tmp_path, client=replay.client(tmp_path / "none", offline=True))


@pytest.mark.parametrize("kind", ["html", "garbage", "truncate", "empty", "json_error", "status"])
@pytest.mark.parametrize("path", ["login", "institutions"])
def test_answers_that_are_none(replay: Replay, tmp_path: Path, kind: str, path: str) -> None:
    replay.fault("openemis", kind, path=path, status=503 if kind == "status" else 200)
    with pytest.raises(SourceError):
        take(replay, tmp_path, mapping="")
