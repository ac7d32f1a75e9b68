"""The trail: the chain's arithmetic, append-only whatever one tries, several processes at once, and what tampering leaves."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import StoreError
from geodata.store import KINDS, Store, canonical, chained, open_store, whereabouts
from geodata.store.chain import faults
from geodata.store.database import HEAD
from geodata.view import View
from tests.conftest import ROOT
from tests.factories import atlas, t8

E10 = {
    "run_id": "demo-0001",
    "method": "PI",
    "params": {"alpha": 0.5, "p": 2, "weights_N": [0.5, 0.3, 0.2]},
    "seed": 20260101,
    "data_version": "T8-v1",
}


def test_e10_1_audit_hash() -> None:
    text = '{"data_version":"T8-v1","method":"PI","params":{"alpha":0.5,"p":2,"weights_N":[0.5,0.3,0.2]},"run_id":"demo-0001","seed":20260101}'
    assert canonical(E10) == text
    first = chained("", canonical(E10))
    assert first == "4da282187f95a616e77148f5a0088bf3ff79f1c528639d616ad6d7d807c98433"
    assert chained(first, canonical(E10)) == "9d92c6a78ee5cd7d760774c644532a4c5096b1edc630a4895a5fe597e75fd961"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "trail.db")


def filled(store: Store, count: int = 5) -> Store:
    for i in range(count):
        store.record("export", {"rows": i, "share": 0.1}, atlas="demo", version="v1", who="Ana Lú", reason="briefing")
    return store


def raw(store: Store) -> sqlite3.Connection:
    return sqlite3.connect(store.where)


def without_guards(store: Store, *statements: str) -> None:
    """What someone may do who has the file: drop the triggers, then change it."""
    with raw(store) as connection:
        for name in ("trail_no_UPDATE", "trail_no_DELETE"):
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


# --- what is written is read ---------------------------------------------------------------------------------------


def test_an_entry_says_what_was_done_and_follows_the_one_before(store: Store) -> None:
    one = store.record("weights", {"name": "Oficina", "policy": {"alpha": 0.4}}, atlas="demo", who=" Ana \n Lú ")
    two = store.record("export", {"rows": 3}, atlas="kenya", role="public")
    assert (one.number, one.previous, one.who) == (1, "", "Ana Lú")
    assert (two.number, two.previous) == (2, one.hash)
    assert one.hash == chained("", one.canonical)
    assert store.entries() == [two, one]
    assert store.entries(kind="weights") == store.entries(atlas="demo") == [one]
    assert store.entries(limit=1) == [two]
    assert (store.count(), store.count("export"), store.count(atlas="demo")) == (2, 1, 1)
    assert store.head() == (2, two.hash)
    assert store.verify() == []


def test_what_is_read_again_from_disk_is_the_same(store: Store) -> None:
    before = filled(store).entries()
    store.close()
    again = open_store(store.where)
    assert again.entries() == before
    assert again.verify() == []


def test_an_empty_name_is_allowed_and_nothing_else_is_known_of_a_person(store: Store) -> None:
    entry = store.record("export", {"rows": 1})
    assert entry.who == ""
    assert set(json.loads(entry.canonical)) == {
        "number", "at", "kind", "atlas", "version", "code", "who", "role", "reason", "data",
    }  # fmt: skip


@pytest.mark.parametrize("data", [{"x": float("nan")}, {"x": float("inf")}, {"x": object()}, {"x": {1, 2}}])
def test_what_json_cannot_hold_is_refused(store: Store, data: dict[str, object]) -> None:
    with pytest.raises(StoreError, match="cannot be recorded"):
        store.record("export", data)
    assert store.count() == 0


def test_an_unknown_kind_is_refused_with_those_there_are(store: Store) -> None:
    with pytest.raises(StoreError, match="knows no 'party'; it records build, export, weights"):
        store.record("party", {})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=25)
@given(
    acts=st.lists(
        st.tuples(
            st.sampled_from(sorted(KINDS)),
            st.dictionaries(st.text(max_size=5), json_values, max_size=3),
            st.text(max_size=20),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_is_recorded_verifies_and_any_changed_letter_does_not(acts: list[tuple[str, dict[str, object], str]]) -> None:  # fmt: skip
    store = open_store(None)
    for kind, data, text in acts:
        store.record(kind, data, who=text, reason=text)
    assert store.verify() == []
    entries = store.entries()[::-1]
    for entry in entries:
        changed = [e if e is not entry else type(e)(**{**vars(e), "reason": e.reason + "!"}) for e in entries]
        (said,) = faults(changed)
        assert said.startswith(f"Entry {entry.number} ")


# --- append-only ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("statement", ["UPDATE trail SET reason='other' WHERE number=2", "DELETE FROM trail WHERE number=5", "UPDATE trail SET hash='x'", "DELETE FROM trail"])  # fmt: skip
def test_the_database_refuses_to_change_or_delete(store: Store, statement: str) -> None:
    filled(store)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"), raw(store) as connection:
        connection.execute(statement)
    connection.close()
    assert store.verify() == []
    assert store.count() == 5


def test_the_store_offers_no_way_to_change_or_delete() -> None:
    offered = {name for name in vars(Store) if not name.startswith("_")}
    assert offered == {
        "record",
        "entries",
        "document",
        "count",
        "head",
        "verify",
        "reading",
        "writing",
        "explained",
        "close",
    }


def test_replacing_a_row_is_refused_too(store: Store) -> None:
    """INSERT OR REPLACE deletes without asking the trigger on DELETE."""
    before = filled(store, 2).entries()
    texts = "at,kind,atlas,version,code,who,role,reason,data"
    for number, previous in ((1, "''"), (3, "''")):
        statement = f"INSERT OR REPLACE INTO trail (number,{texts},previous,hash) SELECT {number},{texts},{previous},'x' FROM trail WHERE number=1"
        with pytest.raises(sqlite3.IntegrityError, match="append-only"), raw(store) as connection:
            connection.execute(statement)
        connection.close()
    assert store.entries() == before


# --- tampering -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value"),
    [("reason", "holiday"), ("who", "Eve"), ("data", '{"rows":9,"share":0.1}'), ("at", "2020-01-01T00:00:00Z"), ("atlas", "x"), ("hash", "0" * 64)],
)  # fmt: skip
def test_one_changed_value_is_found_and_named(store: Store, column: str, value: str) -> None:
    filled(store)
    without_guards(store, f"UPDATE trail SET {column}='{value}' WHERE number=3")
    (said,) = store.verify()
    assert "ntry 3 " in said


def test_data_that_are_no_json_any_more_are_found(store: Store) -> None:
    filled(store)
    without_guards(store, "UPDATE trail SET data='{' WHERE number=3")
    (said,) = store.verify()
    assert "changed after it was written" in said


@pytest.mark.parametrize("number", [1, 3])
def test_an_entry_taken_out_is_found(store: Store, number: int) -> None:
    filled(store)
    without_guards(store, f"DELETE FROM trail WHERE number={number}")
    assert store.verify() == [f"Entry {number} is missing: after entry {number - 1} comes entry {number + 1}."]


def test_entries_cut_off_at_the_end_are_found_by_the_head_file(store: Store) -> None:
    filled(store)
    without_guards(store, "DELETE FROM trail WHERE number>3")
    (said,) = store.verify()
    assert said.startswith("Entry 5 was noted in ")
    assert said.endswith("is gone: the trail ends at entry 3.")


def test_a_head_noted_on_paper_shows_what_the_files_alone_cannot(store: Store) -> None:
    """Who may write both files can cut the end off and note a shorter head: only a head kept elsewhere tells."""
    noted = filled(store).head()
    without_guards(store, "DELETE FROM trail WHERE number=5")
    head = Path(f"{store.where}.head")
    head.write_text("4 " + store.head()[1], "utf-8")
    assert store.verify() == []
    (said,) = store.verify(noted)
    assert said == "Entry 5 was noted in the head given and is gone: the trail ends at entry 4."
    store.record("export", {"rows": 0})
    (said,) = store.verify(noted)
    assert "Entry 5 is not the one noted in the head given" in said


def test_a_lost_or_damaged_head_file_is_said_and_heals_with_the_next_entry(store: Store) -> None:
    head = Path(f"{filled(store).where}.head")
    head.unlink()
    assert "is gone: whether entries were cut off at the end cannot be told" in store.verify()[0]
    head.write_text("what?", "utf-8")
    assert "is damaged" in store.verify()[0]
    head.unlink()
    store.record("export", {})
    assert store.verify() == []


# --- several at once -----------------------------------------------------------------------------------------------

WRITER = """
import sys
from geodata.store import open_store
store = open_store(sys.argv[1])
for i in range(int(sys.argv[3])):
    store.record("export", {"writer": sys.argv[2], "turn": i})
"""


def test_processes_that_write_at_once_keep_one_line(tmp_path: Path) -> None:
    """Three processes open a store that is not there yet, and write: one chain, nothing lost, nothing twice."""
    where, writers, turns = tmp_path / "trail.db", 3, 12
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(where), str(w), str(turns)], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for w in range(writers)
    ]  # fmt: skip
    for process in running:
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said
    store = open_store(where)
    assert store.verify() == []
    entries = store.entries()[::-1]
    assert [e.number for e in entries] == list(range(1, writers * turns + 1))
    for w in range(writers):
        assert [e.data["turn"] for e in entries if e.data["writer"] == str(w)] == list(range(turns))


def test_a_slower_writer_follows_the_faster_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a database without our lock two writers may meet; unique(previous) refuses the second, which tries again."""
    from geodata.store import trail

    one, two = open_store(tmp_path / "trail.db"), open_store(tmp_path / "trail.db")
    one.record("export", {"n": 1})
    met: list[int] = []
    append = trail._append

    def late(connection: sa.Connection, fixed: dict[str, object]) -> object:
        if not met:
            met.append(1)
            raise sa.exc.IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed: trail.previous"))
        return append(connection, fixed)

    monkeypatch.setattr(trail, "_append", late)
    two.record("export", {"n": 2})
    assert met == [1]
    assert [e.data["n"] for e in one.entries()] == [2, 1]
    assert one.verify() == []


# --- opening -------------------------------------------------------------------------------------------------------


def test_the_newest_form_is_the_last_migration() -> None:
    names = sorted(p.stem for p in (ROOT / "geodata/store/migrations/versions").glob("v*.py"))
    assert names[-1].startswith(HEAD)


def test_a_trail_stands_beside_the_countries_unless_told_otherwise(tmp_path: Path) -> None:
    assert whereabouts("", tmp_path / "demo") == str(tmp_path / "trail.db")
    assert whereabouts("postgresql://db/x", tmp_path / "demo") == "postgresql://db/x"


def test_a_folder_is_made_where_there_is_none(tmp_path: Path) -> None:
    assert filled(open_store(tmp_path / "new" / "trail.db"), 1).verify() == []


def test_what_cannot_be_opened_is_said_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"no database at all, but long enough to be looked at " * 20)
    with pytest.raises(StoreError, match=r"broken.db cannot be opened \(file is not a database\)\. Mend the folder"):
        open_store(tmp_path / "broken.db")
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(StoreError, match="FIRSTMILE_STORE"):
        open_store(tmp_path / "file" / "trail.db")
    with pytest.raises(StoreError, match="driver is not installed"):
        open_store("oracle+nothing://db/x")
    with pytest.raises(StoreError, match="cannot be read"):
        open_store("://")


def test_a_password_in_an_address_is_never_said() -> None:
    with pytest.raises(StoreError) as told:
        open_store("sqlite://user:secret@host/x")
    assert "secret" not in str(told.value)


# --- acts ----------------------------------------------------------------------------------------------------------


def test_a_sign_off_holds_for_one_list_alone(store: Store, tmp_path: Path) -> None:
    from geodata.store import acts, listing

    made = atlas(tmp_path / "a", t8())
    view = View.parse("has_internet=no&p.alpha=0.4&sort=-num_students&show=internet")
    acts.sign_off(store, made, view, ["S5", "S4"], tier="government", who="A. Clerk", reason="")
    entry = acts.signed(store, made, View.parse("p.alpha=0.4&has_internet=no"), "government")
    assert entry is not None
    assert listing.who_said(entry) == "A. Clerk (unverified name)"
    assert acts.signed(store, made, View.parse("has_internet=no"), "government") is None
    assert acts.signed(store, made, view, "public") is None
    with pytest.raises(StoreError, match="your name"):
        acts.sign_off(store, made, view, [], tier="government", who=" ", reason="")


def test_newer_acts_take_the_place_of_older_ones_and_both_stay(store: Store, tmp_path: Path) -> None:
    from geodata.store import acts, listing

    made = atlas(tmp_path / "a", t8())
    more = {"tier": "government", "who": "", "reason": "flooded in March"}
    acts.override(store, made, "S1", "First", computed={"rank": 4}, **more)
    acts.override(store, made, "S2", "Verify first", computed={"rank": 2}, **more)
    acts.override(store, made, "S1", "", computed={"rank": 4}, **more)
    assert {k: e.data["decision"] for k, e in acts.overrides(store, made.slug).items()} == {"S2": "Verify first"}
    with pytest.raises(StoreError, match="Write the reason"):
        acts.override(store, made, "S1", "First", computed={}, tier="government", who="", reason=" ")
    for alpha in (0.4, 0.6):
        acts.save_weights(store, made, " Oficina ", {"alpha": alpha}, tier="government", who="", reason="")
    (saved,) = acts.saved_weights(store, made.slug)
    assert saved.data == {"name": "Oficina", "policy": {"alpha": 0.6}}
    assert store.count() == 5
    assert all(listing.in_words(entry) for entry in store.entries())


def test_who_may_read_an_entry(store: Store) -> None:
    from geodata.store import acts

    partner = store.record("weights", {"name": "x", "policy": {}}, role="partner")
    build = store.record("build", {}, role=acts.OPERATOR)
    nobody = store.record("gate", {}, role="")
    assert [acts.may_read(partner, tier) for tier in ("public", "partner", "government")] == [False, True, True]
    assert acts.may_read(build, "public")
    assert not acts.may_read(nobody, "government")
