"""The finding in one sentence, and the four numbers with their bounds and coverage (methods 8.1, items 2 and 3)."""

from __future__ import annotations

import numpy as np

from geodata.briefing import said
from geodata.briefing.parts import Covered, Figure
from geodata.briefing.scope import Measure, Scope
from geodata.say import percent, tr


def finding(scope: Scope) -> str:
    """One sentence in learners; in schools where too few report their learners; what is not known where nothing can be said."""
    if scope.schools == 0:
        return tr("{place} has no school in these data.", place=scope.name)
    if np.isnan(scope.schools):
        return tr("{place} has too few schools to be shown by itself.", place=scope.name)
    learners, schools, any_ = (
        scope.measure(n) for n in ("learners_with_internet", "internet_for_learners", "internet")
    )
    if scope.says(learners):
        return _learners(learners.without)
    if scope.says(schools):
        return _schools(schools.without)
    if scope.says(any_):
        return _any(any_.without, schools)
    return _little(schools)


def _learners(m: Measure) -> str:
    if m.value == 0 and not m.unknown:
        return tr("Every learner whose school reports it is in a school with usable internet.")
    share, reach = said.of_ten(m.value), _doubt(m)
    if not m.unknown:
        return tr("{share} learners are in a school without usable internet.", share=share)
    lost = said.share_said(1 - m.coverage)
    if not reach:
        return tr("{share} learners are in a school without usable internet ({unknown} not reported).", share=share, unknown=lost)  # fmt: skip
    return tr("{share} learners are in a school without usable internet ({range} of all, as {unknown} are not reported).", share=share, range=reach, unknown=lost)  # fmt: skip


def _schools(m: Measure) -> str:
    if m.value == 0 and not m.unknown:
        return tr("Every school that reports it has usable internet for learners.")
    share, reach = said.of_ten(m.value), _doubt(m)
    if not m.unknown:
        return tr("{share} schools have no usable internet for learners.", share=share)
    lost = said.share_said(1 - m.coverage)
    if not reach:
        return tr("{share} schools have no usable internet for learners ({unknown} not reported).", share=share, unknown=lost)  # fmt: skip
    return tr("{share} schools have no usable internet for learners ({range} of all, as {unknown} are not reported).", share=share, range=reach, unknown=lost)  # fmt: skip


def _any(m: Measure, learners: Measure) -> str:
    """Where any internet is reported, and hardly ever whether learners may use it."""
    if m.value == 0 and not m.unknown:
        return tr("Every school that reports it has internet; whether learners may use it is reported for {known}.", known=said.schools(learners.known))  # fmt: skip
    return tr("{share} schools have no internet at all; whether learners may use it is reported for too few to say.", share=said.of_ten(m.value))  # fmt: skip


def _little(m: Measure) -> str:
    """Where there is no share to tell: what the bounds allow, else that nothing is."""
    if m.hidden:
        return tr("There are too few schools here to say who is without usable internet.")
    if m.low > 0 or m.high < 1:
        return tr("Between {low} and {high} of the schools have usable internet for learners; too few report it to say more.", low=percent(max(m.low, 0)), high=percent(min(m.high, 1)))  # fmt: skip
    return tr("Nobody knows how many schools have usable internet for learners: {known} of {all} report it.", known=said.exact(m.known), all=said.schools(m.known + m.unknown))  # fmt: skip


def _doubt(m: Measure) -> str:
    return said.between(m.low, m.high) if said.wide(m.low, m.high) else ""


# --- the four numbers ---------------------------------------------------------------------------------------------


def numbers(scope: Scope) -> tuple[Figure, ...]:
    """Meaningful connectivity, learners for each computer, electricity, learners unserved; each with bounds and coverage."""
    return (
        _share(scope, "meaningfully_connected", tr("Schools meaningfully connected"), tr("Internet for learners, electricity and the bandwidth that the standard asks for.")),
        _devices(scope),
        _share(scope, "electricity", tr("Schools with electricity"), ""),
        unserved(scope),
    )  # fmt: skip


def _share(scope: Scope, name: str, title: str, note: str) -> Figure:
    m, source, date = scope.measure(name), *_from(scope, name)
    base = Figure(name, title, said.not_reported(), source=source, date=date, coverage=covered(scope, m), note=note)
    if m.hidden:
        return _with(base, value=said.too_few(), coverage="")
    if scope.says(m):
        exact = said.share_said(m.value)
        reach = said.between(m.low, m.high)
        told = tr("{exact}; {range} whatever the others have", exact=exact, range=reach) if reach else exact
        return _with(base, value=said.of_ten(m.value), unit=tr("schools"), low=said.share_said(m.low), high=said.share_said(m.high), range=told, number=m.value, number_low=m.low, number_high=m.high)  # fmt: skip
    if m.known and (m.low > 0.005 or m.high < 0.995):
        reach = tr("{low} to {high}", low=said.share_said(m.low), high=said.share_said(m.high))
        return _with(base, value=reach, unit=tr("of schools; more is not known"), low=said.share_said(m.low), high=said.share_said(m.high), range=reach, number_low=m.low, number_high=m.high)  # fmt: skip
    return base


def _devices(scope: Scope) -> Figure:
    name = "learners_per_computer"
    m, source, date = scope.measure(name), *_from(scope, name)
    note = tr("ED4bis of UIS, over the schools where learners and computers are both known.")
    base = Figure(name, tr("Learners for each computer"), said.not_reported(), source=source, date=date, coverage=covered(scope, m, learners=True), note=note, is_share=False)  # fmt: skip
    if m.hidden:
        return _with(base, value=said.too_few(), coverage="")
    if m.known and np.isnan(m.value):
        return _with(base, coverage=tr("too few schools report their learners"))
    if not scope.says(m):
        return base
    return _with(base, value=said.rounded(m.value), unit=tr("learners a computer"), range=said.exact(m.value, 1), number=m.value)  # fmt: skip


def unserved(scope: Scope) -> Figure:
    """Learners in schools known to have no usable internet; at most with those of schools that do not report it."""
    m, source, date = scope.measure("learners_with_internet"), *_from(scope, "learners_with_internet")
    title = tr("Learners without usable internet at school")
    base = Figure("unserved", title, said.not_reported(), source=source, date=date, coverage=covered(scope, m, learners=True), is_share=False)  # fmt: skip
    if m.hidden:
        return _with(base, value=said.too_few(), coverage="")
    if not m.known or np.isnan(m.value):
        return _schools_unserved(scope, base)
    least, most = m.known * (1 - m.value), m.known * (1 - m.value) + m.unknown
    reach = tr("{low} to {high}", low=said.exact(least), high=said.exact(most)) if m.unknown else said.exact(least)
    return _with(base, value=said.rounded(least, 3), unit=tr("learners, at least") if m.unknown else tr("learners"), low=said.exact(least), high=said.exact(most), range=reach, number=least, number_low=least, number_high=most)  # fmt: skip


def _schools_unserved(scope: Scope, base: Figure) -> Figure:
    """Where nobody reports learners: schools, and says so."""
    m = scope.measure("internet_for_learners")
    if m.hidden or not m.known or np.isnan(m.value):
        return base
    least, most = m.known * (1 - m.value), m.known * (1 - m.value) + m.unknown
    reach = tr("{low} to {high}", low=said.exact(least), high=said.exact(most)) if m.unknown else said.exact(least)
    note = tr("Too few schools report their learners, so schools are counted.")
    return _with(base, title=tr("Schools without usable internet for learners"), value=said.rounded(least, 3), unit=tr("schools, at least") if m.unknown else tr("schools"), low=said.exact(least), high=said.exact(most), range=reach, note=note, coverage=covered(scope, m), number=least, number_low=least, number_high=most)  # fmt: skip


def _with(figure: Figure, **changed: object) -> Figure:
    from dataclasses import replace  # noqa: PLC0415

    return replace(figure, **changed)  # type: ignore[arg-type]


def _from(scope: Scope, name: str) -> tuple[str, str]:
    declared = scope.indicator(name)
    return scope.origin(declared.inputs if declared else ())


# --- what is reported ---------------------------------------------------------------------------------------------


def covered(scope: Scope, m: Measure, *, learners: bool = False) -> str:
    """ "reported for 86 % of schools"; empty where nothing may be said."""
    if m.hidden or np.isnan(m.known) or m.known + m.unknown == 0:
        return tr("reported by no school")
    share = said.share_said(m.coverage)
    return tr("reported for {share} of learners", share=share) if learners else tr("reported by {share} of schools", share=share)  # fmt: skip


ITEMS = ("internet", "internet_for_learners", "electricity", "computers", "meaningfully_connected")


def coverage_bar(scope: Scope) -> tuple[Covered, ...]:
    """How many schools report each of the things that the brief stands on; learners last."""
    titles = {
        "internet": tr("Internet"),
        "internet_for_learners": tr("Internet for learners"),
        "electricity": tr("Electricity"),
        "computers": tr("Devices"),
        "meaningfully_connected": tr("Speed against the standard"),
    }
    rows = [(name, titles[name], scope.measure(name)) for name in ITEMS]
    found = [Covered(name, title, said.too_few() if m.hidden else said.share_said(m.coverage), 0.0 if m.hidden else m.known, 0.0 if m.hidden else m.unknown) for name, title, m in rows if m.hidden or not np.isnan(m.known)]  # fmt: skip
    if scope.desk.one_by_one and len(scope.frame):
        told = scope.frame["num_students"].notna()
        known = float(told.sum())
        found.append(Covered("learners", tr("Number of learners"), said.share_said(known / len(told)), known, float(len(told) - known)))  # fmt: skip
    return tuple(found)
