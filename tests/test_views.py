"""Saved views and named lists: what the store keeps, who may read it, and what the address makes of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import page
from dashboard.app import create_app
from geodata.errors import StoreError, ViewError
from geodata.store import Store, lists, open_store, views
from geodata.store.listing import in_words
from geodata.view import View
from tests.pages import country

AT = ("testland", "one")


@pytest.fixture
def store() -> Store:
    return open_store(None)


def test_a_view_is_saved_renamed_and_removed_and_the_trail_keeps_all(store: Store) -> None:
    views.save(store, *AT, "  Rural \n schools ", path="/explore", query="?sort=priority_rank&min.num_students=90", tier="partner", note="For the board")  # fmt: skip
    one = views.saved(store, "testland", "partner")[0]
    assert (one.name, one.path, one.query, one.note) == ("Rural schools", "/explore", "min.num_students=90", "For the board")  # fmt: skip
    views.rename(store, one, "Small rural", tier="partner")
    again = views.by_number(store, "testland", "partner", one.number)
    assert (again.name, again.query) == ("Small rural", one.query)
    views.remove(store, again, tier="partner")
    assert views.saved(store, "testland", "partner") == []
    assert [in_words(e) for e in store.entries("view")][::-1] == [
        "“Rural schools”: /explore?min.num_students=90",
        "“Small rural”: /explore?min.num_students=90",
        f"saved view of entry {one.number} removed",
    ]
    assert store.verify() == []


def test_a_view_is_seen_by_its_tier_and_those_above(store: Store) -> None:
    views.save(store, *AT, "Partner's", path="/equity", query="", tier="partner")
    views.save(store, *AT, "Government's", path="/equity", query="", tier="government")
    names = {tier: [v.name for v in views.saved(store, "testland", tier)] for tier in ("public", "partner", "government")}  # fmt: skip
    assert names == {"public": [], "partner": ["Partner's"], "government": ["Government's", "Partner's"]}
    assert views.saved(store, "elsewhere", "government") == []
    with pytest.raises(StoreError, match="another view"):
        views.remove(store, views.saved(store, "testland", "partner")[0], tier="government")


@pytest.mark.parametrize("path", ["//evil.example", "/explore/../x", "javascript:x", "/Explore?", "https://a"])
def test_a_saved_view_leads_nowhere_but_to_a_page_here(store: Store, path: str) -> None:
    with pytest.raises(StoreError):
        views.save(store, *AT, "x", path=path, query="", tier="government")
    with pytest.raises(ViewError):
        views.save(store, *AT, "x", path="/explore", query="no_such=1", tier="government")
    with pytest.raises(StoreError, match="name"):
        views.save(store, *AT, " ", path="/explore", query="", tier="government")


def test_a_lists_address_shows_for_ever_what_it_showed(store: Store) -> None:
    first = lists.keep(store, *AT, "Visit in March", ["S2", "007", "S2"], tier="partner")
    assert (first.schools, first.key) == (2, lists.key_of(["007", "S2"]))
    second = lists.change(store, first, tier="partner", add=["S9"], take_out=["S2"])
    assert second.number == first.number
    assert lists.named(store, "testland", "partner")[0].key == second.key != first.key
    assert lists.ids_of(store, "testland", first.key, "partner") == ("007", "S2")
    assert lists.ids_of(store, "testland", second.key, "partner") == ("007", "S9")
    with pytest.raises(StoreError, match="No school"):
        lists.change(store, second, tier="partner", take_out=["007", "S9"])
    with pytest.raises(StoreError, match="already"):
        lists.keep(store, *AT, "Visit in March", ["S1"], tier="partner")
    lists.rename(store, second, "", tier="partner")
    assert lists.named(store, "testland", "partner") == []
    assert lists.ids_of(store, "testland", second.key, "partner") == ("007", "S9")
    assert store.verify() == []


def test_two_people_who_change_a_list_at_once_lose_nothing(store: Store) -> None:
    seen = lists.keep(store, *AT, "Visits", ["S1"], tier="partner")
    with ThreadPoolExecutor(4) as pool:  # all of them as they saw it before the others wrote
        list(pool.map(lambda n: lists.change(store, seen, tier="partner", add=[f"N{n}"]), range(8)))
    renamed = lists.rename(store, seen, "Visits in May", tier="partner")
    assert lists.ids_of(store, "testland", renamed.key, "partner") == (*(f"N{n}" for n in range(8)), "S1")
    assert renamed.schools == 9
    lists.rename(store, seen, "", tier="partner")
    with pytest.raises(
        StoreError, match="no longer there"
    ):  # it does not come back because somebody looked at it before
        lists.change(store, seen, tier="partner", add=["S9"])
    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(lambda n: taken(store, str(n)), range(4)))
    assert sum(kept) == 1


def taken(store: Store, school: str) -> bool:
    """Whether the name was still free."""
    try:
        lists.keep(store, *AT, "One name", [school], tier="partner")
    except StoreError:
        return False
    return True


def test_a_list_of_the_government_is_not_the_partners(store: Store) -> None:
    one = lists.keep(store, *AT, "Raids", ["S1"], tier="government")
    assert lists.ids_of(store, "testland", one.key, "partner") is None
    assert lists.ids_of(store, "elsewhere", one.key, "government") is None
    assert lists.ids_of(store, "testland", one.key, "government") == ("S1",)


@settings(max_examples=12)
@given(st.sets(st.text("ab01", min_size=1, max_size=4), min_size=1), st.sets(st.text("ab01", min_size=1, max_size=4)), st.sets(st.text("ab01", min_size=1, max_size=4)))  # fmt: skip
def test_adding_and_taking_out_is_that_of_sets(there: set[str], add: set[str], out: set[str]) -> None:
    store = open_store(None)
    one = lists.keep(store, *AT, "x", there, tier="partner")
    left = (there | add) - out
    if left:
        changed = lists.change(store, one, tier="partner", add=add, take_out=out)
        assert set(lists.ids_of(store, "testland", changed.key, "partner") or ()) == left
        assert changed.schools == len(left)


# --- in the address -----------------------------------------------------------------------------------------------


def test_the_address_names_a_list_instead_of_its_ids(store: Store, tmp_path: Path) -> None:
    one = lists.keep(store, *AT, "Two", ["S1", "S3"], tier="government")
    app = create_app([country(tmp_path)], tier="government", store=store)
    with app.server.test_request_context("/"):
        desk, view = page.here(f"?kept={one.key}&has_internet=no,unknown,yes")
        assert view.ids == ("S1", "S3")
        assert view.query() == f"has_internet=no,unknown,yes&kept={one.key}"
        assert sorted(desk.frame(view, ["school_id"])["school_id"]) == ["S1", "S3"]
        with pytest.raises(ViewError, match="not kept here"):
            page.here("?kept=" + "0" * 20)
    with pytest.raises(ViewError, match="no key"):
        View.parse("kept=../../etc")
    with pytest.raises(ViewError, match="open it there"):
        desk.select(View.parse(f"kept={one.key}"))


def test_the_public_opens_no_list(store: Store, tmp_path: Path) -> None:
    one = lists.keep(store, *AT, "Two", ["S1", "S3"], tier="government")
    app = create_app([country(tmp_path)], tier="public", store=store)
    with app.server.test_request_context("/"), pytest.raises(ViewError, match="not for this view"):
        page.here(f"?kept={one.key}")
