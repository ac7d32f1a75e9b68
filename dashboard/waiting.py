"""Work that takes longer than a visitor should wait for in one go: done in the background, with how far it is.

The screen asks again and again; work that nobody asks about any more (its page was left, its weights were changed) is
given up at its next step. Heavy work is done in a `Room`, so many at once, and the rest waits its turn: however much is
asked for, the server has threads and processors left to answer.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import BoundedSemaphore, Lock, Thread
from time import monotonic
from typing import Any

PATIENCE = 6.0  # seconds without a question after which work is given up; the screen asks every second
KEPT = 16  # works that are over and whose outcome is kept
MOST = 48  # works under way or waiting; more are not begun until others are over
TURN = 0.25  # seconds between two looks whether it is a work's turn
EVERY = 1000  # milliseconds between two questions of the screen

Progress = Callable[[int, int], None]


class GivenUpError(Exception):
    """Nobody asks about the work any more."""


class Room:
    """Where heavy work of one kind is done: so many at once, the rest waits its turn, or is given up meanwhile."""

    def __init__(self, at_once: int) -> None:
        self.turns = BoundedSemaphore(at_once)


@dataclass
class _Work:
    """Work under way or over: how far it is, when it was last asked about, what came of it."""

    asked: float
    done: int = 0
    of: int = 1
    over: bool = False
    found: Any = None
    fault: Exception | None = None


_works: OrderedDict[Hashable, _Work] = OrderedDict()
_lock = Lock()


def ask(key: Hashable, make: Callable[[Progress], Any], room: Room | None = None) -> tuple[float, Any]:
    """How much of some work is done (0 to 1), and what came of it once that is 1; the first question starts it.

    `make(progress)` does it and calls `progress(done, of)` now and then. What it raises is raised here, once. In a `room`
    it is begun when it is its turn; where too much waits already it is not taken on, and whoever asks later finds it so.
    """
    with _lock:
        work = _works.get(key)
        if work is None:
            _forget()
            if len(_works) >= KEPT + MOST:
                return 0.0, None
            work = _works[key] = _Work(monotonic())
            Thread(target=_run, args=(key, work, make, room), name="waiting", daemon=True).start()
        work.asked = monotonic()
        if work.fault is not None:
            _works.pop(key, None)
    if work.fault is not None:
        raise work.fault
    return (1.0, work.found) if work.over else (min(work.done / max(work.of, 1), 0.99), None)


def done(key: Hashable) -> float:
    """How much of some work is done, without beginning it or keeping it up: 0 where nobody asked for it."""
    with _lock:
        work = _works.get(key)
        return 0.0 if work is None else 1.0 if work.over else min(work.done / max(work.of, 1), 0.99)


def _forget() -> None:
    """Forget the oldest of what is over; what is under way stays, so that nothing is begun twice."""
    over = [key for key, work in _works.items() if work.over or work.fault is not None]
    for key in over[: max(len(over) - KEPT + 1, 0)]:
        del _works[key]


def _run(key: Hashable, work: _Work, make: Callable[[Progress], Any], room: Room | None) -> None:
    def progress(done: int, of: int) -> None:
        work.done, work.of = done, of
        with _lock:
            if monotonic() - work.asked > PATIENCE:
                if _works.get(key) is work:
                    del _works[key]
                raise GivenUpError

    try:
        while room is not None and not room.turns.acquire(timeout=TURN):
            progress(0, 1)
    except GivenUpError:
        return
    try:
        work.found = make(progress)
        work.over = True
    except GivenUpError:
        pass
    except Exception as fault:  # noqa: BLE001 - told to whoever asks next
        work.fault = fault
    finally:
        if room is not None:
            room.turns.release()
