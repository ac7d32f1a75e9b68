"""Trying again, politely: five tries, waits that grow with jitter, and what the service itself asks for."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from geodata.errors import SourceError

T = TypeVar("T")
TRIES = 5
TRIES_UNREACHED = 3  # nobody answering at all is seldom a matter of waiting
UNREACHED_WAIT_S = 1.0
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 300.0  # a service that asks for more is asked another day
AGAIN = (429, 500, 502, 503, 504)


def jitter() -> float:
    """A number from 0 to 1, so that not all come back at once."""
    return random.random()


class TryAgainError(Exception):
    """One try failed in a way that may pass: `reason` in words, `wait` in seconds where the service says so."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait


class UnreachableError(TryAgainError):
    """Nobody answers there at all: no network, no such host, or a machine that is off."""


@dataclass
class Reach:
    """What a run has learnt of its network: where nobody was ever reached, each further host is tried once."""

    lost: bool = False
    reached: bool = False

    @property
    def tries(self) -> int:
        """How often a host is tried that does not answer at all."""
        return 1 if self.lost and not self.reached else TRIES_UNREACHED


@dataclass(frozen=True)
class Patience:
    """How long to wait between tries; `sleep`, `chance` and `now` are given by tests."""

    sleep: Callable[[float], None]
    now: Callable[[], datetime]
    chance: Callable[[], float]
    first_wait: float = FIRST_WAIT_S
    reach: Reach = field(default_factory=Reach)

    def wait(self, tries: int, asked: float | None) -> float:
        """Seconds before the next try: what the service asks for, else twice as long each time; up to half more."""
        own = self.first_wait * 2.0**tries
        if asked is not None:
            return asked + self.chance() * min(1.0, asked)
        return min(own * (1 + self.chance() / 2), LONGEST_WAIT_S)

    def call(self, attempt: Callable[[], T], what: str, mend: str) -> T:
        """The result of `attempt`, tried again where it raises TryAgainError.

        Raises SourceError that begins with `what` (who was asked) and ends with `mend` when it never came.
        """
        for tries in range(1, TRIES + 1):
            try:
                result = attempt()
                self.reach.reached = True
                return result
            except UnreachableError as lost:
                reason, wait, most = lost.reason, UNREACHED_WAIT_S * tries, self.reach.tries
            except TryAgainError as again:
                self.reach.reached = True
                reason, wait, most = again.reason, self.wait(tries - 1, again.wait), TRIES
                if again.wait is not None and again.wait > LONGEST_WAIT_S:
                    minutes = f"{again.wait / 60:,.0f} minutes"
                    raise SourceError(f"{what} {reason}, and asks to be left alone for {minutes}. Try again then. {mend}") from None  # fmt: skip
            if tries >= most:
                break
            self.sleep(wait)
        self.reach.lost |= not self.reach.reached
        times = f", {tries} times in a row" if tries > 1 else ""
        raise SourceError(f"{what} {reason}{times}. Try again later. {mend}")


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` header asks for (a number, or a date of HTTP); None where it says nothing."""
    if not value or not value.strip():
        return None
    try:
        return max(0.0, float(value)) if float(value) == float(value) else None
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
