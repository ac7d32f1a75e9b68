"""Plans under attack: too much asked for at once, forged addresses, hostile files, records that were changed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic, sleep
from typing import Any

import pytest
from dash import Dash

from dashboard import waiting
from dashboard.planning import show, solved
from geodata.query import Desk
from geodata.view import View
from tests.plans import app_with, eight


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dash, Desk]]:
    """The page over eight schools, as the public meets it."""
    with app_with(eight(tmp_path_factory.mktemp("attack")), tier="public") as found:
        yield found


def test_heavy_work_waits_its_turn_and_too_much_of_it_is_not_taken_on(monkeypatch: pytest.MonkeyPatch) -> None:
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
        before = len(waiting._works)
        few.setattr(waiting, "MOST", before + 6)
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
    view = View.parse("budget=33000")
    end = monotonic() + 60
    while not show.parts(desk, view).over:
        assert monotonic() < end
        sleep(0.02)
    found = solved.state(desk, view)
    assert found.ended
    assert len(found.solved) < len(found.stops)
