"""Scenarios: what was frozen stays to the byte, whatever is built, changed or restarted later; and plans compared."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import StoreError
from geodata.layers import Atlas
from geodata.plan.compare import beaten, compare, differences, jaccard
from geodata.plan.frozen import freeze, packed, thaw, unpacked
from geodata.plan.measures import Side, facts
from geodata.plan.result import Plan
from geodata.plan.terms import Terms
from geodata.query import Desk
from geodata.store import Store, canonical, open_store, planned, scenarios, solved
from geodata.store.database import address_of, engine_for
from tests.factories import atlas, t8
from tests.plans import made_up


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    return atlas(tmp_path_factory.mktemp("toy"), t8())


@pytest.fixture(scope="module")
def desk(toy: Atlas) -> Desk:
    return Desk(toy, tier="government")


@pytest.fixture(scope="module")
def plan(desk: Desk) -> Plan:
    return made_up(desk, Terms.of(desk.policy, 60_000))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "trail.db")


# --- freezing -------------------------------------------------------------------------------------------------------


def test_a_plan_frozen_thawed_and_frozen_again_is_the_same_to_the_byte(plan: Plan) -> None:
    text = canonical(freeze(plan))
    back = thaw(json.loads(text))
    assert canonical(freeze(back)) == text
    assert back.terms == plan.terms
    assert back.book == plan.book
    assert back.key == plan.key
    pd.testing.assert_frame_equal(back.schools, plan.schools.reset_index(drop=True))
    assert np.array_equal(back.choice.year, plan.choice.year)


columns = st.one_of(
    st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), min_size=3, max_size=3),
    st.lists(st.none() | st.text(max_size=4), min_size=3, max_size=3),
    st.lists(st.booleans(), min_size=3, max_size=3),
    st.lists(st.integers(-(2**50), 2**50), min_size=3, max_size=3),
)


@settings(max_examples=10)
@given(st.dictionaries(st.text(min_size=1, max_size=5), columns, max_size=4))
def test_whatever_a_table_holds_comes_back(held: dict[str, list[object]]) -> None:
    frame = pd.DataFrame(held, index=pd.RangeIndex(3))
    text = canonical({"x": packed(frame)})
    back = unpacked(json.loads(text))["x"]
    assert canonical({"x": packed(back)}) == text
    assert list(back.columns) == list(frame.columns)
    assert len(back) == 3


def test_what_limits_are_checked_by_is_not_rounded() -> None:
    from geodata.plan.problem import Limits

    back = unpacked(json.loads(canonical({"x": packed(Limits((1 / 3, 1e-9), ring_fence=2 / 7))})))["x"]
    assert back == Limits((1 / 3, 1e-9), ring_fence=2 / 7)


# --- saving and loading -------------------------------------------------------------------------------------------------


def saved(store: Store, desk: Desk, plan: Plan, name: str = "Cabinet") -> scenarios.Saved:
    return scenarios.save(store, desk, plan, name, who="A. Clerk", reason="first draft", facts=facts(desk, plan))


def test_a_scenario_is_loaded_after_a_restart_as_it_was_saved(store: Store, desk: Desk, plan: Plan) -> None:
    number = saved(store, desk, plan).number
    store.close()
    again = open_store(store.where)
    loaded = scenarios.load(again, desk.atlas.slug, number, "government")
    assert canonical(freeze(loaded.plan)) == canonical(freeze(plan))
    assert loaded.saved.terms == plan.terms
    assert loaded.saved.entry.who == "A. Clerk"
    assert loaded.saved.entry.version == desk.atlas.version
    assert scenarios.again(loaded, made_up(desk, loaded.plan.terms)) == scenarios.Again(True, True, ())
    assert again.verify() == []


def test_a_name_saved_again_is_a_new_edition_and_the_first_stays(store: Store, desk: Desk, plan: Plan) -> None:
    other = made_up(desk, plan.terms.with_(budget=(9_000.0,)))
    one, two = saved(store, desk, plan), saved(store, desk, other, "  Cabinet ")
    listed = scenarios.listed(store, desk.atlas.slug, "government")
    assert [(s.name, s.edition, s.newest) for s in listed] == [("Cabinet", 2, True), ("Cabinet", 1, False)]
    assert scenarios.load(store, desk.atlas.slug, one.number, "government").plan.key == plan.key
    assert scenarios.named(store, desk.atlas.slug, "Cabinet", "government").saved.number == two.number


@pytest.mark.parametrize(("tier", "seen"), [("public", 0), ("partner", 0), ("government", 1)])
def test_a_tier_reads_what_it_or_a_lower_one_saved(store: Store, desk: Desk, plan: Plan, tier: str, seen: int) -> None:
    number = saved(store, desk, plan).number
    assert len(scenarios.listed(store, desk.atlas.slug, tier)) == seen
    if not seen:
        with pytest.raises(StoreError, match="no saved plan"):
            scenarios.load(store, desk.atlas.slug, number, tier)


def test_without_a_name_or_with_a_broken_limit_nothing_is_saved(store: Store, desk: Desk, plan: Plan) -> None:
    with pytest.raises(StoreError, match="name"):
        saved(store, desk, plan, " ")
    with pytest.raises(StoreError, match=r"breaks a limit.*Year 1"):
        saved(store, desk, replace(plan, broken=("Year 1 spends 9 of 8.",)))
    assert store.count() == 0


def test_the_same_plan_on_other_data_is_told_apart(store: Store, desk: Desk, plan: Plan) -> None:
    loaded = scenarios.load(store, desk.atlas.slug, saved(store, desk, plan).number, "government")
    less = replace(made_up(desk, plan.terms.with_(budget=(0.0,))), version="two")
    told = scenarios.again(loaded, less)
    assert not told.same
    assert not told.same_data
    assert told.said[0].startswith("Made on other data (one; now two)")
    assert any("then and not now" in s for s in told.said)


def test_a_changed_document_is_found_and_not_loaded(store: Store, desk: Desk, plan: Plan) -> None:
    number = saved(store, desk, plan).number
    with sqlite3.connect(store.where) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute("UPDATE documents SET size=1")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute("DELETE FROM documents")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute("INSERT OR REPLACE INTO documents SELECT sha256, size, x'00' FROM documents")
        connection.execute("DROP TRIGGER documents_no_UPDATE")
        connection.execute("UPDATE documents SET body=x'789c030000000001'")
    connection.close()
    (said,) = store.verify()
    assert said.startswith(f"Entry {number} (saved plan): the document ")
    assert said.endswith("was changed after it was written.")
    with pytest.raises(StoreError, match="was changed"):
        scenarios.load(store, desk.atlas.slug, number, "government")


def test_two_writers_at_once_lose_nothing(store: Store, desk: Desk, plan: Plan) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda i: saved(store, desk, plan, f"Plan {i % 2}"), range(6)))
    listed = scenarios.listed(store, desk.atlas.slug, "government")
    assert sorted((s.name, s.edition) for s in listed) == [(f"Plan {i}", e) for i in range(2) for e in range(1, 4)]
    assert store.verify() == []


def test_threads_share_a_store_in_memory(desk: Desk, plan: Plan) -> None:
    store = open_store(None)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda i: saved(store, desk, plan, f"Plan {i}"), range(6)))
    assert store.count("scenario") == 6
    assert store.verify() == []


def old_store(where: Path) -> None:
    """A store as the first version of the program made it, with two entries."""
    engine = engine_for(address_of(where))
    config = Config()
    config.set_main_option("script_location", "geodata.store:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "v0001")
        assert not sa.inspect(connection).has_table("documents")
    engine.dispose()


def test_an_old_store_is_upgraded_in_place_and_keeps_its_trail(tmp_path: Path, desk: Desk, plan: Plan) -> None:
    where, newer = tmp_path / "old.db", tmp_path / "new.db"
    old_store(where)
    writer = open_store(newer)
    entries = [writer.record("export", {"rows": i}, atlas="demo", who="Ana") for i in (1, 2)]
    with sqlite3.connect(where) as connection:
        connection.execute("ATTACH ? AS newer", (str(newer),))
        connection.execute("INSERT INTO trail SELECT * FROM newer.trail")
    connection.close()
    Path(f"{where}.head").write_text(f"2 {entries[-1].hash}\n", "utf-8")
    store = open_store(where)
    assert store.entries() == entries[::-1]
    assert store.verify() == []
    saved(store, desk, plan)
    store.close()
    assert len(scenarios.listed(open_store(where), desk.atlas.slug, "government")) == 1


# --- decisions --------------------------------------------------------------------------------------------------------


def test_a_decision_enters_the_terms_and_is_withdrawn(store: Store, desk: Desk) -> None:
    def stands() -> dict[str, object]:
        return dict(planned.standing(store, desk.atlas.slug, "government"))

    kept = {"computed": {"decision": "left_out"}, "who": "A"}
    planned.decide(store, desk, "S1", "must", reason="Camp school", **kept)
    planned.decide(store, desk, "S2", "never", reason="Closes in May", **kept)
    terms = planned.over(Terms((1.0,)), planned.standing(store, desk.atlas.slug, "government"))
    assert (terms.must, terms.never) == ((("S1", "Camp school"),), (("S2", "Closes in May"),))
    assert planned.over(terms, planned.standing(store, desk.atlas.slug, "government")) == terms
    assert planned.standing(store, desk.atlas.slug, "partner") == {}
    planned.decide(store, desk, "S1", "", reason="Done by others", **kept)
    assert list(stands()) == ["S2"]
    for wrong in ({"reason": " "}, {"reason": "x", "school_id": "S99"}, {"reason": "x", "decision": "maybe"}):
        given_ = {"school_id": "S3", "decision": "must", **wrong}
        with pytest.raises(StoreError):
            planned.decide(store, desk, given_.pop("school_id"), given_.pop("decision"), **given_, **kept)  # type: ignore[arg-type]


# --- the cache of what was solved -------------------------------------------------------------------------------------


def test_what_was_solved_is_there_after_a_restart_and_damage_is_as_good_as_nothing(store: Store) -> None:
    name = solved.name_of("sweep", version="one", terms="x")
    assert name != solved.name_of("sweep", version="two", terms="x")
    assert solved.cached(store, name) is None
    assert solved.cache(store, name, {"budget": [1.5, 2.0]})
    store.close()
    again = open_store(store.where)
    assert solved.cached(again, name) == {"budget": [1.5, 2.0]}
    with again.writing() as connection:
        connection.execute(sa.text("UPDATE solved SET body=x'00'"))
    assert solved.cached(again, name) is None
    assert solved.cache(again, name, [3])
    assert solved.cached(again, name) == [3]
    assert again.verify() == []


def test_the_cache_is_bounded_and_several_write_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solved, "MOST_ROWS", 5)
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda i: solved.cache(store, f"name {i}", [i]), range(12)))
    kept = [i for i in range(12) if solved.cached(store, f"name {i}") == [i]]
    assert len(kept) == 5
    monkeypatch.setattr(solved, "MOST_ONE", 10)
    assert not solved.cache(store, "large", list(range(100)))


def test_a_cache_that_cannot_be_read_or_written_is_no_fault(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(sa.text("DROP TABLE solved"))
    assert solved.cached(store, "x") is None
    assert not solved.cache(store, "x", [1])


# --- comparing --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sides(desk: Desk, plan: Plan) -> tuple[Side, Side]:
    known = facts(desk, plan)
    return Side("small", made_up(desk, plan.terms.with_(budget=(12_000.0,))), known), Side("large", plan, known)


def test_two_plans_side_by_side(sides: tuple[Side, Side]) -> None:
    small, large = (set(side.plan.schools.query("decision == 'chosen'")["school_id"]) for side in sides)
    assert small < large
    found = compare(sides)
    figures = found.measures.set_index("measure")
    assert figures.loc["Schools chosen", ["small", "large"]].tolist() == [len(small), len(large)]
    rows = sides[1].plan.schools.query("decision == 'chosen'")
    assert figures.loc["Cost", "large"] == rows["cost"].sum()
    assert figures.loc["Learners in them", "large"] == rows["learners"].sum()
    (pair,) = found.overlap.to_dict("records")
    assert pair["share"] == jaccard(sides[0].plan, sides[1].plan) == len(small & large) / len(small | large)
    assert set(found.only["school_id"]) == small ^ large
    assert found.only["why_out"].str.len().gt(0).all()
    for table, unit in ((found.by_year, "schools"), (found.ways, "schools"), (found.regions, "schools")):
        assert table[table["unit"] == unit]["large"].fillna(0).sum() == len(large)
    assert found.beaten == {}
    assert found.notes == ()


def test_a_plan_that_pays_more_for_the_same_is_beaten(sides: tuple[Side, Side]) -> None:
    large = sides[1].plan
    dear = replace(large, schools=large.schools.assign(cost=large.schools["cost"] * 1.1))
    assert beaten([sides[1], Side("dear", dear, sides[1].facts)]) == {"dear": ("large",)}
    other = replace(dear, terms=dear.terms.with_(case="high"))
    assert beaten([sides[1], Side("dear", other, sides[1].facts)]) == {}
    assert "different prices" in compare([sides[1], Side("dear", other)]).notes[0]
    assert np.isnan(compare([sides[1], Side("dear", other)]).measures.set_index("measure").loc["Schools of group A", "dear"])  # fmt: skip


def test_a_plan_compared_with_itself_differs_in_nothing(sides: tuple[Side, Side]) -> None:
    assert differences(sides[0].plan, sides[0].plan) == ()
    assert jaccard(sides[0].plan, sides[0].plan) == 1
    with pytest.raises(ValueError, match="name of its own"):
        compare([sides[0], sides[0]])


def test_plans_that_choose_nothing_can_be_compared(desk: Desk, plan: Plan) -> None:
    none = made_up(desk, plan.terms.with_(budget=(0.0,)))
    found = compare([Side("a", none), Side("b", none)])
    assert found.overlap["share"].tolist() == [1.0]
    assert found.only.empty
