"""Gates on who is served first: the poorest fifth, and every area, by their part of the unserved (methods 5.2)."""

from __future__ import annotations

import numpy as np

from geodata.equity import said
from geodata.equity.gate import Facts, Gate, Lines, Verdict, too_unknown
from geodata.equity.tally import Bools
from geodata.policy import Policy


def targeting(facts: Facts, policy: Policy) -> Gate:
    """The poorest fifth's share of the newly served against its share of the unserved."""
    title, least = "Does the poorest fifth get its part?", policy.number("gate_targeting_min")
    found, why = facts.incidence, too_unknown(facts, "wealth", policy)
    if why or found is None or np.isnan(found.targeting.value):
        return Gate("targeting", title, "inconclusive", why or "No unserved people of known wealth come first.")
    ratio = found.targeting
    passes = ratio.value >= least
    certain = ratio.lower >= least if passes else ratio.upper < least
    sentence = f"Of those newly served, {said.percent(found.share.value)} are in the poorest fifth; of all the unserved, {said.percent(found.unserved_share.value)}."
    lines = (
        ("Share of the newly served", said.percent(found.share.value)),
        ("Share of the unserved", said.percent(found.unserved_share.value)),
        ("Targeting ratio, the first divided by the second", said.index(ratio.value)),
        ("If the unreported are placed either way", said.between(ratio) or "no change"),
    )
    return Gate("targeting", title, "pass" if passes else "warn", sentence, lines, f"at least {least:g}", certain)


def region_share(facts: Facts, policy: Policy) -> Gate:
    """Every region's share of the newly served against its share of the unserved; too small ones are not judged."""
    title, least = f"Does every {facts.word[0]} get its part?", policy.number("gate_region_min")
    why = too_unknown(facts, "region", policy)
    if why:
        return Gate("region", title, "inconclusive", why)
    short, judged, worst = _short(facts, policy, facts.marks.has == 0)
    wide = facts.marks.has != 1
    short_wide = _short(facts, policy, wide)[0]
    if not judged:
        few = f"No {facts.word[0]} has so many of the unserved that it could expect a whole school among {facts.first_said}."
        return Gate("region", title, "inconclusive", few, threshold=f"at least {least:g}")
    part = "half" if least == 1 / 2 else said.percent(least)
    sentence = (
        f"{len(short)} of {_areas(facts, judged)} large enough to judge would get less than {part} of the part that its unserved {facts.unit}s would give it: {', '.join(short[:5])}{' and others' if len(short) > 5 else ''}."
        if short
        else f"Each of the {_areas(facts, judged)} large enough to judge would get at least {part} of the part that its unserved {facts.unit}s would give it."
    )
    verdict: Verdict = "warn" if short else "pass"
    return Gate(
        "region", title, verdict, sentence, worst, f"at least {least:g} of its part", bool(short) == bool(short_wide)
    )


def _areas(facts: Facts, number: int) -> str:
    return f"{number:,} {facts.word[0] if number == 1 else facts.word[1]}"


def _short(facts: Facts, policy: Policy, lacking: Bools) -> tuple[list[str], int, Lines]:
    """Areas whose share falls short, worst first; how many were judged; the arithmetic of the worst."""
    members, least = facts.members["region"], policy.number("gate_region_min")
    known, size = members.group >= 0, len(members.groups)
    people = np.nan_to_num(facts.people)
    need = np.bincount(members.group[known], weights=(people * lacking)[known], minlength=size)
    served = lacking & facts.marks.first
    got = np.bincount(members.group[known], weights=(people * served)[known], minlength=size)
    if not need.sum() or not got.sum():
        return [], 0, ()
    # An area is judged where its fair part of the served schools is one school or more, and it is large enough to show.
    schools = np.bincount(members.group[known], minlength=size)
    due = need / need.sum() * int(served.sum())
    judged = (due * least >= 1) & (schools >= policy.number("audit_schools_min"))
    ratio = np.divide(got / got.sum(), need / need.sum(), out=np.full(size, np.nan), where=need > 0)
    order = [k for k in np.argsort(np.where(judged, ratio, np.inf), kind="stable") if judged[k]]
    say = members.dimension.say
    lines = tuple(
        (say(members.groups[k]), f"{said.percent(got[k] / got.sum())} of the newly served ÷ {said.percent(need[k] / need.sum())} of the unserved = {said.index(ratio[k])}")
        for k in order[:3]
    )  # fmt: skip
    return [say(members.groups[k]) for k in order if ratio[k] < least], int(judged.sum()), lines
