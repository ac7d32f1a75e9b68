"""Monitor in sentences: the finding, what breaks a series, the way to the target. Pure; nothing is foretold without a range."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard import shows, words
from geodata.declare import Indicator
from geodata.monitor import Distance, Point, breaks, enough
from geodata.policy import Policy
from geodata.say import date, joined, tr, trn, written


def finding(indicator: Indicator, place: str, found: Sequence[Point], policy: Policy) -> str:
    """The title: the first and the last date that compare, or what can be said."""
    cut = breaks(found, policy)
    run = [p for p in found[cut[-1] if cut else 0 :] if enough(p, policy)]
    title = tr(indicator.title)
    if not run:
        return tr("{title} in {place}: too little is reported to say", title=title, place=place)
    if len(run) == 1:
        return tr("{title} in {place}: {value} in {date}", title=title, place=place, value=value(indicator, run[0].value), date=run[0].date[:4])  # fmt: skip
    return tr(
        "{title} in {place}: {first} in {since}, {last} in {until}",
        title=title, place=place, first=value(indicator, run[0].value), since=run[0].date[:4], last=value(indicator, run[-1].value), until=run[-1].date[:4],
    )  # fmt: skip


def value(indicator: Indicator, number: float) -> str:
    """A value as a title says it."""
    return words.percent(number) if shows.is_share(indicator) else shows.say(indicator, number)


def notes(indicator: Indicator, found: Sequence[Point], policy: Policy) -> list[str]:
    """What a reader of the line must know: other schools from a date on, dates with too little reported."""
    text = (
        tr("From {date} the files tell of {now} learners where those of {before} told of {then}: the two do not compare, and no line joins them.")
        if indicator.weight
        else tr("From {date} the files hold {now} schools where those of {before} held {then}: the two do not compare, and no line joins them.")
    )  # fmt: skip
    out = [
        text.format(date=date(found[i].date), now=written(found[i].known + found[i].unknown), before=date(found[i - 1].date), then=written(found[i - 1].known + found[i - 1].unknown))
        for i in breaks(found, policy)
    ]  # fmt: skip
    few = [date(p.date) for p in found if not enough(p, policy)]
    if few:
        out.append(tr("Too little is reported for a value in {dates}: a gap, with the range in which it lies.", dates=joined(few)))  # fmt: skip
    return out


def target(far: Distance | None, policy: Policy) -> list[str]:
    """The way to the target year in sentences."""
    if far is None:
        return [tr("Too little is reported to say how far it is to {year}.", year=round(policy.number("monitor_year")))]
    goal = words.percent(far.target)
    if far.now.value >= far.target:
        return [tr("The target of {goal} by {year} is reached, as far as is reported.", goal=goal, year=far.year)]
    if far.left <= 0:
        return [tr("{year} is over: {now} of {goal} was reached.", year=far.year, now=words.percent(far.now.value), goal=goal)]  # fmt: skip
    here = tr("{date}: {now} (it lies from {low} to {high}).", now=words.percent(far.now.value), date=date(far.now.date), low=words.percent(far.now.lower), high=words.percent(far.now.upper))  # fmt: skip
    if far.now.lower == far.now.upper:
        here = tr("{date}: {now}, reported by all.", now=words.percent(far.now.value), date=date(far.now.date))
    need = tr("To reach {goal} by the end of {year}, {points} points more are needed every year.", goal=goal, year=far.year, points=points_of(far.needed))  # fmt: skip
    if not far.told:
        least = round(policy.number("monitor_dates_least"))
        few = trn("{n} date compares, and a pace needs {least}: too few dates to say.", "{n} dates compare, and a pace needs {least}: too few dates to say.", far.dates, least=least)  # fmt: skip
        return [here, need, few]
    so_far = tr("From {since} to {until} it was {pace} points a year; between two dates, and as far as the unreported could move it, from {slow} to {fast}.", since=date(far.since), until=date(far.until), pace=points_of(far.pace), slow=points_of(far.slowest), fast=points_of(far.fastest))  # fmt: skip
    return [here, need, so_far, _then(far)]


def _then(far: Distance) -> str:
    low, high = far.then
    if far.fastest < far.needed:
        return tr("Even the fastest of these paces would miss it: {low} to {high} by {year}, if nothing changes.", low=words.percent(low), high=words.percent(high), year=far.year)  # fmt: skip
    if far.slowest >= far.needed:
        return tr("Even the slowest of these paces would reach it, if nothing changes.")
    return tr("Whether that is enough cannot be told: {low} to {high} by {year}, if nothing changes.", low=words.percent(low), high=words.percent(high), year=far.year)  # fmt: skip


def points_of(pace: float) -> str:
    """A pace in percentage points, with one decimal where it is small."""
    size = pace * 100
    return words.NOT_REPORTED if not np.isfinite(size) else written(size, 0 if abs(size) >= 10 else 1).replace("-", "−")


def rows(indicator: Indicator, found: Sequence[Point], policy: Policy) -> list[tuple[str, str, str, str]]:
    """The table: date, value, range, reported by."""
    return [
        (
            date(p.date),
            value(indicator, p.value) if enough(p, policy) else tr("too little reported"),
            tr("{low} to {high}", low=value(indicator, p.lower), high=value(indicator, p.upper)) if np.isfinite([p.lower, p.upper]).all() and p.lower != p.upper else "",
            tr("{known} of {whole}", known=written(p.known), whole=written(p.known + p.unknown)),
        )
        for p in found
    ]  # fmt: skip
