"""Speed tests of school computers: stripped of whoever made them, put in local school hours, brought to days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

from etl.emis.plain import entry, number, text, whole
from geodata.errors import SourceError

COLUMNS = ("school_id_giga", "measured_on", "test_method", "download_mbps", "upload_mbps", "latency_ms", "tests", "tests_failed")  # fmt: skip
NDT7_SINCE = (2, 0)  # versions of the app from which on tests are made another way, so that figures do not compare
KBPS = 0.001


@dataclass(frozen=True)
class Test:
    """One test, nothing of a person or device in it; `made` is the service's clock, `zone` the computer's time zone."""

    school: str
    made: datetime | None
    zone: str
    country: str
    down: float | None  # Mbps
    up: float | None
    latency: float | None  # ms
    method: str


def stripped(record: Mapping[str, Any]) -> Test:
    """A record of either version of the service. IP address, browser and device ids, city and provider are not taken over;
    neither is the device's own clock, which can be years off."""
    lower = {k.lower(): v for k, v in record.items() if isinstance(k, str)}
    return Test(
        text(lower.get("giga_id_school")), moment(lower.get("created_at")),
        text(entry(lower.get("clientinfo")).get("Timezone")), text(lower.get("country_code")).upper(),
        _scaled(lower.get("download")), _scaled(lower.get("upload")), number(lower.get("latency")),
        method_of(text(lower.get("app_version"))),
    )  # fmt: skip


def _scaled(value: Any) -> float | None:
    found = number(value)
    return None if found is None else found * KBPS


def moment(value: Any) -> datetime | None:
    """ISO 8601 as a moment in UTC; None for anything else."""
    try:
        found = datetime.fromisoformat(text(value).replace("Z", "+00:00"))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def method_of(version: str) -> str:
    """ndt5 or ndt7 by the version of the app; empty where it is not told."""
    parts = [n for p in version.split(".")[:2] if (n := whole(p)) is not None]
    return "" if not parts else "ndt7" if tuple(parts) >= NDT7_SINCE else "ndt5"


@dataclass(frozen=True)
class Hours:
    """School hours on the local clock: from `first` o'clock until before `last`; `usual` where a test tells no time zone."""

    first: int = 7
    last: int = 17
    usual: tzinfo = UTC

    def local(self, test: Test) -> datetime | None:
        """The local time of a test."""
        if test.made is None:
            return None
        try:
            zone: tzinfo = ZoneInfo(test.zone) if test.zone else self.usual
        except (ZoneInfoNotFoundError, ValueError, OSError):
            zone = self.usual
        try:
            return test.made.astimezone(zone)
        except OverflowError:
            return None


def hours_of(options: Mapping[str, Any], bounds: tuple[float, float, float, float] | None) -> tuple[Hours, list[str]]:
    """School hours as the recipe's options have them; without a time zone, by the sun over the middle of the country."""
    first, last = (_hour(options, name, usual) for name, usual in (("first_hour", 7), ("last_hour", 17)))
    if first >= last:
        raise SourceError(f"first_hour ({first}) has to be before last_hour ({last}).")
    if named := text(options.get("timezone")):
        try:
            return Hours(first, last, ZoneInfo(named)), []
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise SourceError(f"There is no time zone {named!r}; they are called such as Africa/Nairobi.") from None
    given = number(options.get("utc_offset"))
    if given is not None and abs(given) <= 14:
        return Hours(first, last, timezone(timedelta(hours=given))), []
    if bounds is None:
        return Hours(first, last), ["No time zone is known (options.timezone): school hours are taken in UTC where a test tells none."]  # fmt: skip
    west, _, east, _ = bounds
    middle = (west + (east - west) % 360.0 / 2 + 180.0) % 360.0 - 180.0 if west > east else (west + east) / 2
    offset = round(middle / 15 * 2) / 2
    said = (
        f"Where a test tells no time zone, UTC{offset:+g} h is taken, by the sun (options.timezone names it exactly)."
    )
    return Hours(first, last, timezone(timedelta(hours=offset))), [said]


def _hour(options: Mapping[str, Any], name: str, usual: int) -> int:
    found = number(options.get(name, usual))
    if found is None or not 0 <= found <= 24:
        raise SourceError(f"{name} is an hour of the day, 0 to 24; it says {options.get(name)!r}.")
    return int(found)


@dataclass
class Days:
    """Tests brought to days; `count` says what became of each."""

    hours: Hours
    country: str = ""  # ISO2; tests that say another country are left out
    count: Counter[str] = field(default_factory=Counter)
    _values: dict[tuple[str, str, str], list[tuple[float, float | None, float | None]]] = field(default_factory=dict)
    _failed: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, test: Test) -> None:
        """One test to its day, or to the reason why it is not used."""
        self.count["read"] += 1
        local = self.hours.local(test)
        if not test.school:
            self.count["no school"] += 1
        elif local is None:
            self.count["no time"] += 1
        elif self.country and test.country and test.country != self.country:
            self.count["other country"] += 1
        elif not self.hours.first <= local.hour < self.hours.last:
            self.count["out of hours"] += 1
        else:
            day = (test.school, local.date().isoformat(), test.method)
            if test.down is None or test.down <= 0:
                self.count["failed"] += 1
                self._failed[day] += 1
            else:
                self.count["used"] += 1
                self._values.setdefault(day, []).append((test.down, test.up, test.latency))

    def table(self) -> pd.DataFrame:
        """One row a school, local day and way of testing: medians, and how many tests there were and failed."""
        rows = []
        for day in sorted({*self._values, *self._failed}):
            tests = self._values.get(day, [])
            rows.append((*day, *(_median(t[n] for t in tests) for n in range(3)), len(tests), self._failed[day]))
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def notes(self) -> list[str]:
        """What became of every test, and how many schools are live, at risk and dropped by Giga's words."""
        said = {
            "used": f"in school hours ({self.hours.first}–{self.hours.last} o'clock) make the medians",
            "failed": "failed (no speed) and are counted apart",
            "out of hours": "were made outside school hours",
            "no school": "name no school",
            "no time": "have no time from the service; the device's own clock is not believed",
            "other country": "say another country",
        }
        return [
            f"{self.count[k]:,} of {self.count['read']:,} tests {words}." for k, words in said.items() if self.count[k]
        ]


def _median(values: Iterable[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return median(known) if known else None


def statuses(table: pd.DataFrame, live: int, at_risk: int) -> list[str]:
    """Schools by the days since their last test, in Giga's words; no test is not "offline"."""
    if table.empty:
        return []
    days = pd.to_datetime(table["measured_on"])
    since = (days.max() - days.groupby(table["school_id_giga"]).max()).dt.days
    words: dict[str, Callable[[pd.Series], pd.Series]] = {
        f"live (a test within {live} days)": lambda s: s <= live,
        f"at risk ({live}–{at_risk} days)": lambda s: (s > live) & (s <= at_risk),
        f"dropped (more than {at_risk} days)": lambda s: s > at_risk,
    }
    counts = ", ".join(f"{int(rule(since).sum()):,} {word}" for word, rule in words.items())
    return [f"Schools by their last test before {days.max().date()}: {counts}. No test does not mean no internet."]
