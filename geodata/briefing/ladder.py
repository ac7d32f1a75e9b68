"""From the official figure to a connection that is fast enough, step by step, each difference explained in a sentence.

The ministry's figure → any internet → for learners → with power → fast enough. Every step is of the schools that
operate, with its known and unknown; none is taken from the one before it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geodata.briefing import said
from geodata.briefing.parts import Official, Step
from geodata.briefing.scope import Measure, Scope
from geodata.say import date, tr, trn

STEPS = {"any": "internet", "learners": "internet_for_learners", "power": "powered_internet", "meaningful": "meaningfully_connected"}  # fmt: skip
POINT = 0.005  # shares that differ by less than half a point are told as the same


def ladder(scope: Scope, official: Official | None) -> tuple[Step, ...]:
    """The five steps in their order; the first says so where no official figure is given."""
    found = {key: scope.measure(name) for key, name in STEPS.items()}
    titles = {
        "any": tr("Any internet at the school"),
        "learners": tr("… that learners may use"),
        "power": tr("… and the school has electricity"),
        "meaningful": tr("… and it is fast enough for its learners"),
    }
    steps, before = [_official(official)], None
    for key, m in found.items():
        why = _from_official(official, m) if before is None else _why(scope, key, before, m)
        steps.append(_step(scope, key, titles[key], m, why))
        before = m
    return tuple(steps)


def _official(official: Official | None) -> Step:
    title = tr("The official figure")
    if official is None:
        return Step("official", title, tr("not given"), "", "", tr("No official figure was given for this brief."))
    of = official.of or tr("schools")
    told = tr("{share} of {of}", share=said.share_said(official.share), of=of)
    source = official.source or tr("source not given")
    text = tr("{source}, {date}.", source=source, date=date(official.date)) if official.date else f"{source}."
    return Step("official", title, told, "", official.definition, text, official.share, official.share, official.share, official.source, official.date)  # fmt: skip


def _step(scope: Scope, key: str, title: str, m: Measure, why: str) -> Step:
    declared = scope.indicator(STEPS[key])
    source, when = scope.origin(declared.inputs if declared else ())
    base = Step(key, title, said.not_reported(), "", "", why, source=source, date=when)
    if m.hidden:
        return replace(base, value=said.too_few(), difference="")
    if np.isnan(m.known) or m.known + m.unknown == 0:
        return base
    reach = said.between(m.low, m.high)
    if np.isnan(m.value):
        if not m.known:
            return replace(base, counts=_counts(m), low=0.0, high=1.0)
        return replace(base, value=reach or said.not_reported(), range=reach, counts=_counts(m), low=m.low, high=m.high)
    return replace(base, value=said.share_said(m.value), range=reach, counts=_counts(m), number=m.value, low=m.low, high=m.high)  # fmt: skip


def _counts(m: Measure) -> str:
    """ "1,204 yes, 310 no, 96 not reported"."""
    if np.isnan(m.value):
        yes, no = round(m.low * (m.known + m.unknown)), round((1 - m.high) * (m.known + m.unknown))
    else:
        yes = round(m.known * m.value)
        no = round(m.known) - yes
    lost = said.exact(m.unknown)
    return tr("{yes} yes, {no} no, {unknown} not reported", yes=said.exact(yes), no=said.exact(no), unknown=lost)


# --- why the steps differ -----------------------------------------------------------------------------------------


def _from_official(official: Official | None, m: Measure) -> str:
    """The official figure beside the schools' own answers: what can explain the difference."""
    if m.hidden:
        return ""
    if official is None:
        return tr("Counted from the schools' own answers.")
    if np.isnan(m.value):
        return tr("It cannot be held against the schools' own answers: too few report it.")
    ours = said.share_said(m.value)
    if abs(official.share - m.value) < POINT:
        return tr("The schools' own answers say the same.")
    why = [tr("The schools' own answers say {ours}.", ours=ours)]
    if official.of:
        why.append(tr("The official figure is of {of}, this one of schools.", of=official.of))
    if m.low <= official.share <= m.high and m.unknown:
        lost = trn("{n} school does not report it, which alone could explain the difference.", "{n} schools do not report it, which alone could explain the difference.", round(m.unknown))  # fmt: skip
        return " ".join([*why, lost])
    if m.unknown:
        why.append(trn("Even if {n} school that does not report it were all on one side, the two would differ: they count other schools, another year or another thing.", "Even if all {n} schools that do not report it were on one side, the two would differ: they count other schools, another year or another thing.", round(m.unknown)))  # fmt: skip
    else:
        why.append(tr("Every school here reports it, so the two count other schools, another year or another thing."))
    return " ".join(why)


def _why(scope: Scope, key: str, before: Measure, m: Measure) -> str:
    """What lies between a step and the one before it."""
    if before.hidden or m.hidden:
        return ""
    if key == "meaningful" and _speed_unknown(m):
        return tr("How fast the connection is, or how many learners share it, is reported by too few schools: of those with internet and power nobody knows how many are fast enough.")  # fmt: skip
    if np.isnan(m.value) or np.isnan(before.value):
        return tr("Too few schools report it to explain the difference.")
    lost, more = before.known * before.value - m.known * m.value, m.unknown
    return _said(key, round(lost), round(more))


def _speed_unknown(m: Measure) -> bool:
    return np.isnan(m.value) or not m.known


def _said(key: str, lost: int, unknown: int) -> str:
    """Sentences by step: how many fall away, and how many do not report it."""
    first = {
        "learners": trn("{n} school with internet does not give it to learners, or does not say.", "{n} schools with internet do not give it to learners, or do not say.", max(lost, 0)),
        "power": trn("{n} school with internet for learners has no electricity, or does not say.", "{n} schools with internet for learners have no electricity, or do not say.", max(lost, 0)),
        "meaningful": trn("{n} school with internet and power is too slow for its learners, or its speed is not known.", "{n} schools with internet and power are too slow for their learners, or their speed is not known.", max(lost, 0)),
    }[key]  # fmt: skip
    if lost <= 0:
        first = tr("No school falls away at this step.")
    if not unknown:
        return first
    return f"{first} {trn('{n} school does not report it.', '{n} schools do not report it.', unknown)}"


def ladder_said(steps: tuple[Step, ...]) -> str:
    """The ladder in a sentence or two, from the official figure to fast enough; empty where any internet is not known."""
    known = {s.key: s for s in steps}
    first, last, own = known["any"], known["meaningful"], known["official"]
    if np.isnan(first.number):
        return ""
    lead = "" if np.isnan(own.number) else tr("The official figure is {official}.", official=own.value) + " "
    if not np.isnan(last.number):
        return lead + tr("{any} of schools have internet; {last} have internet that their learners can use, with power, fast enough.", any=first.value, last=last.value)  # fmt: skip
    top = known["power"] if not np.isnan(known["power"].number) else known["learners"]
    if np.isnan(top.number):
        return lead + tr("{any} of schools have internet; what of it reaches learners is not known.", any=first.value)
    return lead + tr("{any} of schools have internet, {top} have it for learners with power; how many are fast enough is not known.", any=first.value, top=top.value)  # fmt: skip
