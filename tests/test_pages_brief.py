"""The page Brief and Briefing mode: what the address asks, what is handed out, what is approved, and for whom."""

from __future__ import annotations

import io
import json
import re
import struct
import zlib
from base64 import b64encode
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from time import sleep
from urllib.parse import parse_qs

import pptx
import pytest
from dash import Dash
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import page
from dashboard.briefing import asked, choices, files, made, mode
from dashboard.briefing.asked import Wanted, Words
from dashboard.pages import brief as brief_page
from geodata.errors import BusyError, ExportError, FirstMileError, StoreError, ViewError
from geodata.query import Desk
from geodata.say import speak, speaking
from geodata.store import briefs
from geodata.view import View
from tests.pages import BANNED, said
from tests.plans import app_with, eight

BUDGET = "budget=60000"
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dash, Desk]]:
    """The government's view over eight schools, with a trail."""
    with app_with(eight(tmp_path_factory.mktemp("brief"))) as found:
        yield found


@pytest.fixture(scope="module")
def client(app: tuple[Dash, Desk]) -> FlaskClient:
    """A visitor of its own, once the budgets are solved."""
    found: FlaskClient = app[0].server.test_client()
    until_solved(found, BUDGET)
    return found


@pytest.fixture(autouse=True)
def _english() -> None:
    """A request of the test's own visitor leaves its language behind in this thread."""
    speak("en")


def until_solved(client: FlaskClient, query: str) -> None:
    for _ in range(1200):
        if client.get(f"/brief-file/testland/state?{query}").get_json()["done"] >= 1:
            return
        sleep(0.05)
    raise AssertionError("the budgets were never solved")


# --- the address ---------------------------------------------------------------------------------------------------------


@given(st.builds(Words, share=st.sampled_from(["", "64", "64.5 %", "0"]), source=TEXT, letterhead=TEXT, crest=st.integers(0, 99), decisions=st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=6).map(tuple)))  # fmt: skip
@settings(max_examples=40)
def test_words_in_an_address_come_back(app: tuple[Dash, Desk], words: Words) -> None:
    view = asked.with_(View(), Wanted("none", words))
    again = View.parse(view.query())
    assert asked.wanted(app[1], again) == Wanted("none", asked.tidied(words))
    assert len(view.query()) < 4000


@pytest.mark.parametrize("query", ["brief=plan:x", "brief=colour:red", "brief=words:!!!", "brief=words:AAAA", "brief=words:eJwDAAAAAAE"])  # fmt: skip
def test_an_address_that_cannot_be_read_is_refused(app: tuple[Dash, Desk], query: str) -> None:
    with pytest.raises(ViewError):
        asked.wanted(app[1], View.parse(query))


def test_a_packed_bomb_is_not_unpacked(app: tuple[Dash, Desk]) -> None:
    from base64 import urlsafe_b64encode

    bomb = urlsafe_b64encode(zlib.compress(b'["' + b"a" * 5_000_000)).decode().rstrip("=")
    with pytest.raises(ViewError):
        asked.unpacked(bomb)


@pytest.mark.parametrize(("typed", "share"), [("64", 0.64), ("64,5 %", 0.645), ("", None)])
def test_a_typed_percentage(typed: str, share: float | None) -> None:
    assert asked.percentage(typed) == share


@pytest.mark.parametrize("typed", ["101", "-1", "many", "nan"])
def test_no_percentage(typed: str) -> None:
    with pytest.raises(ViewError):
        asked.percentage(typed)


# --- what it says -----------------------------------------------------------------------------------------------------------


def test_the_page_says_what_the_brief_says(app: tuple[Dash, Desk], client: FlaskClient) -> None:
    _, desk = app
    view = View.parse(BUDGET)
    found = made.whole(desk, view)
    text = said(brief_page.layout(desk, view))
    assert found.brief.finding in text
    assert "DRAFT, not approved" in text
    assert not BANNED.search(text)
    preview = client.get(f"/brief-file/testland/preview.html?{BUDGET}").get_data(as_text=True)
    assert found.brief.finding in unescape(preview)


def test_every_stop_of_briefing_mode_is_the_brief_of_its_address(app: tuple[Dash, Desk], client: FlaskClient) -> None:
    _, desk = app
    view = View.parse(BUDGET)
    stops = mode.stops_of(desk, view, made.whole(desk, view))
    assert len(stops) > 3
    assert [s.here for s in stops].count(True) == 1
    for stop in (stops[0], stops[-1]):
        query = stop.query.lstrip("?")
        until_solved(client, query)
        there = made.whole(desk, View.parse(query)).brief
        assert there.planned is not None
        assert (there.planned.budget, there.planned.sentence) == (stop.budget, stop.shown.slide.title)
    shown = unescape(client.get(f"/briefing?{BUDGET}").get_data(as_text=True))
    assert all(s.shown.slide.title in shown for s in stops)
    assert re.findall(r'max="(\d+)"', shown) == [str(len(stops) - 1)]


def test_briefing_mode_needs_nothing_from_elsewhere(client: FlaskClient) -> None:
    reply = client.get(f"/briefing?{BUDGET}&lang=ar")
    text = reply.get_data(as_text=True)
    assert '<html lang="ar" dir="rtl">' in text
    assert not re.findall(r"(?:src|href)=\"(?!/|#)[^\"]", text)
    assert "<script>" not in text
    assert len(reply.data) < 150_000


def test_files_are_those_of_the_screen_and_are_recorded(app: tuple[Dash, Desk], client: FlaskClient) -> None:
    _, desk = app
    found = made.whole(desk, View.parse(BUDGET))
    reply = client.get(f"/brief-file/testland/brief.pptx?{BUDGET}")
    assert reply.status_code == 200
    speak("en")
    assert reply.data == files.content(desk, found, "pptx")
    entry = page.served().store.entries("export")[0]  # type: ignore[union-attr]
    assert entry.data["file"] == "testland-brief.pptx"
    assert client.get("/brief-file/testland/brief.exe").status_code == 404
    assert client.get("/brief-file/testland/pdf").status_code == 404


def test_a_file_waits_for_its_budgets(app: tuple[Dash, Desk]) -> None:
    _, desk = app
    with pytest.raises(BusyError, match="solved"):
        made.whole(desk, View.parse("budget=12345"))


def test_without_a_plan_it_says_so(app: tuple[Dash, Desk]) -> None:
    found = made.whole(app[1], View.parse("brief=plan:none"))
    assert found.brief.planned is None
    assert mode.stops_of(app[1], View(), found) == ()


def test_what_is_typed_stands_in_the_brief_and_never_as_markup(app: tuple[Dash, Desk], client: FlaskClient) -> None:
    words = Words(share="90", source="<b>Yearbook</b>", letterhead="<script>x</script>", decisions=(("<i>Fund</i>", "Cabinet", "March"),))  # fmt: skip
    view = asked.with_(View(), Wanted("none", words))
    found = made.whole(app[1], view)
    assert found.brief.decisions[0].asked == "<i>Fund</i>"
    for address in (f"/briefing?{view.query()}", f"/brief-file/testland/preview.html?{view.query()}"):
        text = client.get(address).get_data(as_text=True)
        assert "&lt;i&gt;Fund" in text
        assert "<i>Fund" not in text
        assert "<script>x" not in text


# --- choices -------------------------------------------------------------------------------------------------------------


def test_choices_write_the_address(app: tuple[Dash, Desk], client: FlaskClient) -> None:
    _, desk = app
    view = View.parse(BUDGET)
    area = next(a for a, level in desk.places.levels.items() if level == 1)
    assert brief_page.chosen(desk, view, choices.AREA, area=area, plan=None, budget=None).area == area
    none = brief_page.chosen(desk, view, choices.PLAN, area=None, plan="none", budget=None)
    assert parse_qs(none.query()) == {"brief": ["plan:none"]}
    assert brief_page.chosen(desk, view, choices.BUDGET, area=None, plan=None, budget="60000") == view
    assert brief_page.chosen(desk, view, choices.BUDGET, area=None, plan=None, budget="5").shown("budget") == "5"


def png(side: int = 4) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\x00" + b"\x33" * side for _ in range(side))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")  # fmt: skip


def test_a_crest_is_looked_at_kept_and_shown(app: tuple[Dash, Desk]) -> None:
    _, desk = app
    data = "data:image/png;base64," + b64encode(png()).decode()
    number = brief_page.keep_crest(desk, data, "Ministry of Learning")
    found = made.whole(desk, asked.with_(View(), Wanted("none", Words(crest=number))))
    assert files.head(desk, found.wanted.words) == ("Ministry of Learning", png())
    first = pptx.Presentation(io.BytesIO(files.content(desk, found, "pptx"))).slides[0]
    assert any(s.name == "Crest" for s in first.shapes)
    assert files.head(desk, Words(letterhead="X", crest=99)) == ("X", None)


@pytest.mark.parametrize("data", ["data:text/html;base64,PGI+", "data:image/png;base64," + b64encode(b"<svg>").decode(), None, "data:image/png;base64," + b64encode(png() + b"0" * 400_000).decode()])  # fmt: skip
def test_what_is_no_crest_is_refused(app: tuple[Dash, Desk], data: str | None) -> None:
    with pytest.raises((ExportError, StoreError, ViewError)):
        brief_page.keep_crest(app[1], data, "Ministry")


# --- approval ------------------------------------------------------------------------------------------------------------


def test_an_approval_holds_for_exactly_this_brief(app: tuple[Dash, Desk], client: FlaskClient) -> None:
    _, desk = app
    view, other = View.parse("brief=plan:none"), asked.with_(View(), Wanted("none", Words(share="90")))
    with pytest.raises(StoreError, match="name"):
        brief_page.approve(desk, view, "", "Cabinet")
    brief_page.approve(desk, view, "B. Director", "Cabinet of 3 March")
    assert made.made(desk, view).brief.status.startswith("Approved by B. Director")
    with speaking("ar"):
        assert made.made(desk, view).brief.approved  # in every language
    assert not made.made(desk, other).brief.approved
    assert "DRAFT" not in client.get("/briefing?brief=plan:none").get_data(as_text=True)
    brief_page.withdraw(desk, view, "B. Director", "A mistake")
    assert made.made(desk, view).brief.status == "DRAFT, not approved"
    with pytest.raises(StoreError, match="not approved"):
        brief_page.withdraw(desk, view, "B. Director", "Again")


# --- visitors of the public view -------------------------------------------------------------------------------------------


def test_the_public_put_no_words_into_a_brief_and_approve_nothing(tmp_path: Path) -> None:
    words = Words(share="99", source="A leaflet", letterhead="Ministry", decisions=(("Give me money", "", ""),))
    view = asked.with_(View(), Wanted("none", words))
    with app_with(eight(tmp_path), tier="public") as (_, desk):
        found = made.whole(desk, view)
        assert found.wanted.words == Words()
        text = json.dumps([found.brief.finding, *(d.asked for d in found.brief.decisions)])
        assert "Give me money" not in text
        page_text = said(brief_page.layout(desk, view))
        assert "Put this into the brief" not in page_text
        with pytest.raises(FirstMileError, match="public"):
            brief_page.approve(desk, view, "Anyone", "Because")
        with pytest.raises(StoreError, match="public"):
            briefs.sign(page.served().store, desk, found.brief, who="A", reason="b")  # type: ignore[arg-type]


def test_no_plan_is_told_where_places_are_not_shown(tmp_path: Path) -> None:
    with app_with(eight(tmp_path, risk="medium"), tier="public") as (_, desk):
        found = made.whole(desk, View.parse(BUDGET))
        assert found.brief.planned is None
        assert "by area" in found.planning.why
