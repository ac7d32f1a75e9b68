"""Home: what is here and what to do next come from the data; old links to the map still open it."""

from __future__ import annotations

from pathlib import Path

from dashboard import page
from dashboard.app import create_app
from dashboard.homing import facts, todo
from dashboard.pages import home
from geodata.query import Desk
from geodata.store import acts, lists, open_store, views
from geodata.view import View
from tests.pages import BANNED, app_of, country, said


def test_home_says_what_is_here_and_what_is_not_known(tmp_path: Path) -> None:
    with app_of(country(tmp_path)) as (_, desk):
        text = said(home.layout(desk, View()))
    assert "Testland" in text
    assert "What to do next" in text
    assert "Verify 1 school first" in text or "Verify" in text
    assert "not reported" in text
    assert not BANNED.search(text), BANNED.search(text)


def test_every_link_of_home_leads_to_a_page_that_is_there(tmp_path: Path) -> None:
    paths = {one.path for one in page.pages()}
    with app_of(country(tmp_path)) as (_, desk):
        for one in todo.todos(desk, View().with_screen(lang="ar")):
            assert one.href.partition("?")[0].partition("#")[0] in paths
            assert "lang=ar" in one.href
            assert one.why.endswith(".")


def test_what_is_done_is_no_longer_to_do(tmp_path: Path) -> None:
    place, store = country(tmp_path), open_store(None)
    app = create_app([place], tier="government", store=store)
    with app.server.test_request_context("/"):
        desk = page.served().desk()
        assert any("approved" in t.what for t in todo.todos(desk, View()))
        acts.sign_off(store, place, View(), ["S1"], tier="government", who="A. Clerk", reason="")
        assert not any("approved" in t.what for t in todo.todos(desk, View()))


def test_visitors_of_the_public_view_are_not_told_to_mend(tmp_path: Path) -> None:
    app = create_app([country(tmp_path)], tier="public", store=open_store(None))
    with app.server.test_request_context("/"):
        whats = " ".join(t.what for t in todo.todos(page.served().desk(), View()))
    assert "approved" not in whats
    assert "rejected" not in whats


def test_unknown_facts_are_counted_worst_first(tmp_path: Path) -> None:
    desk = Desk(country(tmp_path), tier="government")
    parts = [said(part) for part in facts.unknown(desk)]
    assert "not reported for" in parts[0]
    assert dict(facts.here(desk))["Schools"] == "8"


def test_home_names_what_was_saved(tmp_path: Path) -> None:
    store = open_store(None)
    app = create_app([country(tmp_path)], tier="partner", store=store)
    views.save(store, "testland", "one", "Rural ones", path="/explore", query="min.num_students=9", tier="partner")
    one = lists.keep(store, "testland", "one", "Visits", ["S1"], tier="partner")
    with app.server.test_request_context("/"):
        drawn = home.layout(page.served().desk(), View())
    assert "Rural ones" in said(drawn)
    assert f"kept={one.key}" in str(drawn)


OLD = {
    "/?area=P1&show=internet": "/explore?area=P1&show=internet",
    "/?data=testland&has_internet=no": "/explore?data=testland&has_internet=no",
    "/?x=%0d%0aSet-Cookie:a=b": "/explore?x=%0d%0aSet-Cookie:a=b",
    "/?data=testland": "",
    "/?lang=ar": "",
    "/": "",
}


def test_old_links_to_the_map_still_open_it(tmp_path: Path) -> None:
    client = create_app([country(tmp_path)]).server.test_client()
    for asked, there in OLD.items():
        reply = client.get(asked)
        assert reply.headers.get("Location", "") == there, asked
        assert reply.status_code == (302 if there else 200)
        assert "Set-Cookie" not in reply.headers
