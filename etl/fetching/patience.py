"""Trying again, politely: five tries, waits that grow with jitter, and what the service itself asks for."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from geodata.errors import SourceError

T = TypeVar("T")
TRIES = 5
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


@dataclass(frozen=True)
class Patience:
    """How long to wait between tries; `sleep`, `chance` and `now` are given by tests."""

    sleep: Callable[[float], None]
    now: Callable[[], datetime]
    chance: Callable[[], float]
    first_wait: float = FIRST_WAIT_S

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
        reason = ""
        for tries in range(TRIES):
            try:
                return attempt()
            except TryAgainError as again:
                reason, asked = again.reason, again.wait
            if asked is not None and asked > LONGEST_WAIT_S:
                raise SourceError(
                    f"{what} {reason}, and asks to be left alone for {asked / 60:,.0f} minutes. Try again then. {mend}"
                )
            if tries < TRIES - 1:
                self.sleep(self.wait(tries, asked))
        raise SourceError(f"{what} {reason}, {TRIES} times in a row. Try again later. {mend}")


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
