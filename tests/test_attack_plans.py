"""Plans under attack: too much asked for at once, forged addresses, hostile files, records that were changed."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import monotonic, sleep
from typing import Any

import pytest
import xlsxwriter
from dash import Dash

from dashboard import waiting
from dashboard.planning import kept, signedlist, solved, why
from dashboard.planning.seen import Seen
from geodata.costing.books import book
from geodata.costing.sheetcells import opened
from geodata.errors import DisclosureError, FirstMileError, SourceError, StoreError
from geodata.exports.plan_files import file_of, offered
from geodata.layers import open_atlas
from geodata.plan.scenariofile import read
from geodata.query import Desk
from geodata.store import open_store
from geodata.view import View
from tests.pages import said
from tests.plans import app_with, eight


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dash, Desk]]:
    """The page over eight schools, as the public meets it."""
    with app_with(eight(tmp_path_factory.mktemp("attack")), tier="public") as found:
        yield found


def test_heavy_work_waits_its_turn_and_too_much_of_it_is_not_taken_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_works", OrderedDict())  # nothing of other tests
    monkeypatch.setattr(waiting, "MOST", 6)
    monkeypatch.setattr(waiting, "TURN", 0.01)
    go, room = Event(), waiting.Room(2)
    at_once, begun = [0], []

    def make(progress: waiting.Progress) -> str:
        at_once[0] += 1
        begun.append(at_once[0])
        go.wait(10)
        at_once[0] -= 1
        return "found"

    keys = [("crowd", n) for n in range(100)]
    with monkeypatch.context() as few:
        few.setattr(waiting, "KEPT", 0)
        assert {waiting.ask(k, make, room) for k in keys} == {(0.0, None)}
        assert len([k for k in waiting._works if k in keys]) <= 6
    go.set()
    end = monotonic() + 10
    while waiting.ask(keys[0], make, room)[1] != "found":
        assert monotonic() < end
        sleep(0.005)
    assert max(begun) <= 2


def test_fifty_slow_plans_at_once_leave_the_server_hands_to_answer(made: tuple[Dash, Desk], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    app, desk = made
    go, solving = Event(), []
    real = solved.plan_on

    def slow(*a: Any, **k: Any) -> Any:
        solving.append(1)
        go.wait(30)
        return real(*a, **k)

    monkeypatch.setattr(solved, "plan_on", slow)
    monkeypatch.setattr(solved, "SOON", 0.05)

    def ask(n: int) -> int:
        return (
            app.server.test_client()
            .get(f"/plan-export/{desk.atlas.slug}/scenario.json?budget={100_000 + n}")
            .status_code
        )

    with ThreadPoolExecutor(12) as pool:
        asked = [pool.submit(ask, n) for n in range(50)]
        end = monotonic() + 30
        while sum(f.done() for f in asked) < 48 or len(solving) < 2:
            assert monotonic() < end
            sleep(0.005)
        assert len(solving) == 2
        assert {f.result() for f in asked if f.done()} == {503}
        go.set()
    assert sorted(f.result() for f in asked)[:2] == [200, 200]


def test_a_forged_key_of_a_tile_solves_nothing(made: tuple[Dash, Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    app, desk = made
    monkeypatch.setattr(solved, "plan_on", lambda *_: pytest.fail("a plan was made"))
    for path in ("plan-tiles/{}/x/{}/0/0/0.mvt", "plan-values/{}/x/{}/1.json", "plan-lines/{}/x/{}.json"):
        address = "/" + path.format(desk.atlas.slug, "0123456789abcdef0123-ff") + "?budget=777777"
        assert app.server.test_client().get(address).status_code == 400


def test_stops_that_do_not_fit_in_memory_are_not_solved_for_ever(made: tuple[Dash, Desk], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    _, desk = made
    monkeypatch.setattr(solved, "KEPT_ROWS", 1)
    monkeypatch.setattr(solved, "LEAST_KEPT", 2)
    monkeypatch.setattr(solved, "PARTS", (0.1, 0.2, 0.4))
    view = View.parse("budget=200000")
    end = monotonic() + 60
    while not solved.state(desk, view).over:
        assert monotonic() < end
        sleep(0.02)
    found = solved.state(desk, view)
    assert found.ended
    assert len(found.solved) < len(found.stops)


# --- files ---------------------------------------------------------------------------------------------------------------


def _workbook(*cells: tuple[int, int, str]) -> bytes:
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as made:
        sheet = made.add_worksheet("Prices")
        for row, column, text in cells:
            sheet.write_string(row, column, text)
    return held.getvalue()


def _packed(**parts: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in {"xl/workbook.xml": b"<workbook/>", **parts}.items():
            made.writestr(name, content)
    return held.getvalue()


def _lying(data: bytes) -> bytes:
    """The same archive, whose directory says that its largest part is 9 bytes."""
    size = max(i.file_size for i in zipfile.ZipFile(io.BytesIO(data)).infolist())
    return data.replace(size.to_bytes(4, "little"), (9).to_bytes(4, "little"))


@pytest.mark.parametrize("data", [
    _workbook((0, 0, "Item"), (1_048_575, 16_383, "x")),  # 5 KB that a reader would keep 17 thousand million cells for
    _packed(**{"hidden.xml": b"<a:row  r = '1048576'><a:c s='1' r='XFD9'/>"}),
    _packed(**{"xl/worksheets/sheet1.xml": b"0" * 30_000_000}), _lying(_packed(**{"xl/worksheets/sheet1.xml": b"0" * 30_000_000})),
    _packed(**{"content.xml": b"x"}).replace(b"xl/workbook.xml", b"xl/workbook.bin"), b"PK\x05\x06" + b"\0" * 18, b"\xd0\xcf\x11\xe0" + b"x" * 900, b"",
])  # fmt: skip
def test_a_workbook_that_would_fill_the_memory_is_never_unpacked(data: bytes) -> None:
    with pytest.raises(SourceError):
        opened(data, largest=20_000_000)


PRICES = book().as_data()
FIRST = next(iter(PRICES["costs"]))


def _prices(**changed: Any) -> dict[str, Any]:
    held = json.loads(json.dumps(PRICES))
    held["costs"][FIRST] |= {k: v for k, v in changed.items() if k not in held}
    return {"budget": 5, "price_book": held | {k: v for k, v in changed.items() if k in held}}


@pytest.mark.parametrize(("asked", "told"), [
    (_prices(mid=float("nan")), "low, mid and high must be numbers"), (_prices(low=-1), "0 or more"), (_prices(high=1e308), "must be numbers"), (_prices(mid="7"), "must be numbers"),
    (_prices(low=9e9), "not in order"), (_prices(provisional=0), "true or false"), (_prices(source=" "), "needs its source"), (_prices(item="satellite_setup"), "no such item"),
    (_prices(currency="=cmd|' /C calc'!A0\n"), "is no currency"), (_prices(currency=7), "no text"), ({"budget": 5, "price_book": PRICES | {"quotes": [{"school_id": "a", "way": "fibre", "setup": -1, "yearly": 0, "source": "x"}]}}, "setup and yearly must be numbers"),
    ({"budget": 5, "years": 10**9}, "whole number, and few"), ({"budget": 10**400}, "0 or more"), ({"budget": 1e300}, "0 or more"), ({"budget": 1, "must": {"\ud800": "r"}}, "no scenario file"),
])  # fmt: skip
def test_a_scenario_file_cannot_bring_prices_that_nobody_could_mean(asked: dict[str, Any], told: str) -> None:
    with pytest.raises(FirstMileError, match=told):
        read(json.dumps(asked).encode())
    assert read(json.dumps({"budget": 5, "price_book": PRICES}).encode()).book == book()


# --- who may read what -----------------------------------------------------------------------------------------------------


def test_what_partners_saved_is_closed_to_them_once_the_place_is_at_risk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(tmp_path / "trail.db")
    view = View.parse("budget=200000")
    with app_with(eight(tmp_path / "low"), tier="partner", store=store) as (_, desk):
        kept.keep(desk, view, "A. Clerk", "draft", "Ours")
        signedlist.sign(desk, view, "B. Director", "board", "First tender")
        saved, signed = kept.saved(desk)[0].number, signedlist.lists(desk)[0].number
        assert signedlist.stands(desk, signed)
        monkeypatch.setattr(kept, "LISTED", 0)
        assert "1 older plan" in said(kept.listed(desk, view))
        for forged in ("", "x", "-1", "1e3", "0", "999", "²"):
            with pytest.raises(StoreError):
                kept.compared(desk, view, [kept.HERE, forged])
            with pytest.raises(StoreError):
                signedlist.stands(desk, forged)
        with pytest.raises(StoreError, match="4 at most"):
            kept.compared(desk, view, [str(saved)] * 5)
    with app_with(eight(tmp_path / "medium", risk="medium"), tier="partner", store=store) as (_, desk):
        assert kept.saved(desk) == []
        assert signedlist.lists(desk) == []
        for act in (lambda: kept.compared(desk, view, [str(saved)] * 2), lambda: signedlist.stands(desk, signed), lambda: signedlist.looked(desk, signed, "S3"), lambda: kept.keep(desk, view, "A", "r", "n")):  # fmt: skip
            with pytest.raises(DisclosureError):
                act()


@pytest.mark.parametrize("query", ["p.plan_search_nodes=10000000", "p.plan_exact_most=100000", "terms=ceiling:nan", "terms=ceiling:-5", "terms=ceiling:1e300", "terms=ceiling:x"])  # fmt: skip
def test_a_visitor_cannot_have_the_server_search_without_end(made: tuple[Dash, Desk], query: str) -> None:
    app, desk = made
    reply = app.server.test_client().get(f"/plan-export/{desk.atlas.slug}/scenario.json?budget=5&{query}")
    assert reply.status_code == 400
    assert b"at most on this page" in reply.data or b"no amount" in reply.data


EVIL = '#read("/etc/passwd") #panic() $x$ <script>alert(1)</script> ]]> \\u{202e} "quote" =cmd|1'


def test_markup_in_names_is_text_in_every_file(tmp_path: Path) -> None:
    place = eight(tmp_path)
    frame = place.read("schools")
    frame.assign(school_name=[f"{lead}{EVIL}" for lead in ("=", "+", "-", "@", "\t=", "#", "", "<")]).to_parquet(place.folder / "schools.parquet")  # fmt: skip
    with app_with(open_atlas(place.folder), store=open_store(tmp_path / "trail.db")) as (_, desk):
        nothing = solved.now(desk, View.parse("budget=1"))
        assert not [file for file in offered(desk, nothing) if file.by_lot]
        plan, one = solved.now(desk, View.parse("budget=200000")), View.parse("budget=200000&school=S3")
        for file in offered(desk, plan):
            if file.name not in ("master-plan.csv", "lots-for-bidders.pdf", "lots-for-bidders.xlsx"):
                continue  # made by the same hands; names in the programme's workbook have their test beside it
            content = file_of(desk, plan, file.name)
            assert content
            if file.name.endswith(".csv"):
                cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]
                assert not [c for c in cells if c[:1] in "=+@\t" and c.strip()]
            if file.name.endswith(".xlsx"):
                with zipfile.ZipFile(io.BytesIO(content)) as book_:
                    formulas = [f for n in book_.namelist() if "worksheets/" in n for f in re.findall(rb"<f>(.*?)</f>", book_.read(n))]  # fmt: skip
                assert not [f for f in formulas if b"cmd" in f or b"passwd" in f]
        assert "<script>" in said(
            why.section(Seen(desk, plan), solved.glance(desk, one), one)
        )  # as text, in a component
