"""Long work in the background: how far it is, given up when nobody asks, faults told; the list's bands and what moves it."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from time import monotonic, sleep

import pytest
from dash import Dash

from dashboard import cardview, moved, sure_list, sureness, waiting
from geodata.query import Desk
from tests.pages import app_of, country, said, view

CHANGED = "p.weight_poverty=0.7"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dash, Desk]]:
    with app_of(country(tmp_path_factory.mktemp("waiting"))) as found:
        yield found


def until_done(ask, seconds: float = 60):
    end = monotonic() + seconds
    while monotonic() < end:
        found = ask()
        if found[1]:
            return found
        sleep(0.01)
    raise AssertionError("it never came to an end")


def test_work_says_how_far_it_is_and_what_came_of_it() -> None:
    go = Event()

    def make(progress: waiting.Progress) -> str:
        progress(1, 4)
        go.wait(10)
        return "found"

    assert waiting.ask("counted", make)[1] is None
    end = monotonic() + 10
    while waiting.ask("counted", make)[0] != 0.25:
        assert monotonic() < end
    go.set()
    assert until_done(lambda: waiting.ask("counted", make)) == (1.0, "found")


def test_work_that_nobody_asks_about_is_given_up_and_can_be_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "PATIENCE", 0.0)
    begun, steps = [], 1000

    def make(progress: waiting.Progress) -> str:
        begun.append(len(begun))
        for n in range(steps):
            sleep(0.001)
            progress(n, steps)
        return "found"

    waiting.ask("left", make)
    end = monotonic() + 10
    while "left" in waiting._works:
        assert monotonic() < end
        sleep(0.005)
    monkeypatch.setattr(waiting, "PATIENCE", 60.0)
    steps = 1
    assert until_done(lambda: waiting.ask("left", make))[1] == "found"
    assert begun == [0, 1]


def test_a_fault_is_told_once_and_the_work_may_be_asked_for_again() -> None:
    def make(progress: waiting.Progress) -> str:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        until_done(lambda: waiting.ask("broken", make))
    assert until_done(lambda: waiting.ask("broken", lambda progress: "mended"))[1] == "mended"


def test_a_large_list_says_how_far_its_bands_are(here: tuple[Dash, Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    desk = here[1]
    monkeypatch.setattr(sureness, "LARGE", 1)
    tried, request = view(CHANGED), {"startRow": 0, "endRow": 8}
    first, over = sure_list.state(desk, tried)
    if not over:
        assert "of 1,000 lists drawn" in said(first)
    last, _ = until_done(lambda: sure_list.state(desk, tried))
    assert "With equal weights" in said(last)
    found = sure_list.bands(desk, tried, request)
    assert found is not None
    monkeypatch.setattr(sureness, "LARGE", 10_000)
    assert found == sure_list.bands(desk, tried, request)


def test_rows_have_no_bands_while_these_are_drawn(here: tuple[Dash, Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sureness, "share", lambda desk, policy: 0.4)
    tried = view("p.weight_poverty=0.65")
    assert sure_list.bands(here[1], tried, {"startRow": 0, "endRow": 8}) is None
    line, over = sure_list.state(here[1], tried)
    assert not over
    assert "40 % of 1,000 lists drawn" in said(line)


def test_what_moves_the_list_is_worked_out_when_asked(here: tuple[Dash, Desk]) -> None:
    desk = here[1]
    assert moved.ASK in str(moved.section(desk, view()))
    found, _ = until_done(lambda: moved.state(desk, view()))
    assert all(
        word in said(found) for word in ("Weights", "Power of the mean", "Weight of the service gap", "Scale", "Sobol")
    )


def test_the_card_of_the_index_says_how_steady_the_list_is(here: tuple[Dash, Desk]) -> None:
    desk = here[1]
    card = cardview.model_cards(desk, desk.policy)[0]
    lines = dict(card.sections)["Quantitative analyses"]
    assert any(line.startswith("Equal weights: ") and "of the first" in line for line in lines)
    assert not any("not worked out" in line for line in lines)


def test_a_large_place_does_not_wait_for_the_card(here: tuple[Dash, Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    desk, go = here[1], Event()
    monkeypatch.setattr(sureness, "LARGE", 1)
    found = sure_list.found

    def slow(*given: object) -> object:
        go.wait(10)
        return found(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(sure_list, "found", slow)
    assert cardview.steady(desk, desk.policy, wait=False) == ["Stability against other weightings is being worked out: open this page again in a minute."]  # fmt: skip
    go.set()
    _, lines = until_done(
        lambda: (1, [x for x in cardview.steady(desk, desk.policy, wait=False) if "of the first" in x])
    )
    assert lines[0].startswith("Plain averages: ")
