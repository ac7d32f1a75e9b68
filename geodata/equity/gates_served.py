"""Gates on who is served first: the poorest fifth, and every area, by their part of the unserved (methods 5.2)."""

from __future__ import annotations

import numpy as np

from geodata.equity import said
from geodata.equity.gate import Facts, Gate, Lines, Verdict, too_unknown
from geodata.equity.tally import Bools
from geodata.policy import Policy
from geodata.say import tr, written


def targeting(facts: Facts, policy: Policy) -> Gate:
    """The poorest fifth's share of the newly served against its share of the unserved."""
    title, least = tr("Does the poorest fifth get its part?"), policy.number("gate_targeting_min")
    found, why = facts.incidence, too_unknown(facts, "wealth", policy)
    if why or found is None or np.isnan(found.targeting.value):
        return Gate("targeting", title, "inconclusive", why or tr("No unserved people of known wealth come first."))
    ratio = found.targeting
    passes = ratio.value >= least
    certain = ratio.lower >= least if passes else ratio.upper < least
    sentence = tr(
        "Of those newly served, {value} are in the poorest fifth; of all the unserved, {value_2}.",
        value=said.percent(found.share.value),
        value_2=said.percent(found.unserved_share.value),
    )
    lines = (
        (tr("Share of the newly served"), said.percent(found.share.value)),
        (tr("Share of the unserved"), said.percent(found.unserved_share.value)),
        (tr("Targeting ratio, the first divided by the second"), said.index(ratio.value)),
        (tr("If the unreported are placed either way"), said.between(ratio) or tr("no change")),
    )
    return Gate(
        "targeting",
        title,
        "pass" if passes else "warn",
        sentence,
        lines,
        tr("at least {least:g}", least=least),
        certain,
    )


def region_share(facts: Facts, policy: Policy) -> Gate:
    """Every region's share of the newly served against its share of the unserved; too small ones are not judged."""
    title, least = tr("Does every {word} get its part?", word=facts.word[0]), policy.number("gate_region_min")
    why = too_unknown(facts, "region", policy)
    if why:
        return Gate("region", title, "inconclusive", why)
    short, judged, worst = _short(facts, policy, facts.marks.has == 0)
    wide = facts.marks.has != 1
    short_wide = _short(facts, policy, wide)[0]
    if not judged:
        few = tr(
            "No {word} has so many of the unserved that it could expect a whole school among {first_said}.",
            word=facts.word[0],
            first_said=facts.first_said,
        )
        return Gate("region", title, "inconclusive", few, threshold=tr("at least {least:g}", least=least))
    part = tr("half") if least == 1 / 2 else said.percent(least)
    of = {"areas": _areas(facts, judged), "part": part, "units": f"{facts.unit}s"}
    worst_named = {"short": len(short), "names": ", ".join(short[:5])}
    if not short:
        sentence = tr("Each of the {areas} large enough to judge would get at least {part} of the part that its unserved {units} would give it.", **of)  # fmt: skip
    elif len(short) > 5:
        sentence = tr("{short} of {areas} large enough to judge would get less than {part} of the part that its unserved {units} would give it: {names} and others.", **of, **worst_named)  # fmt: skip
    else:
        sentence = tr("{short} of {areas} large enough to judge would get less than {part} of the part that its unserved {units} would give it: {names}.", **of, **worst_named)  # fmt: skip
    verdict: Verdict = "warn" if short else "pass"
    return Gate(
        "region",
        title,
        verdict,
        sentence,
        worst,
        tr("at least {least:g} of its part", least=least),
        bool(short) == bool(short_wide),
    )


def _areas(facts: Facts, number: int) -> str:
    return f"{written(number)} {facts.word[0] if number == 1 else facts.word[1]}"


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
        (say(members.groups[k]), tr("{got} of the newly served ÷ {need} of the unserved = {ratio}", got=said.percent(got[k] / got.sum()), need=said.percent(need[k] / need.sum()), ratio=said.index(ratio[k])))
        for k in order[:3]
    )  # fmt: skip
    return [say(members.groups[k]) for k in order if ratio[k] < least], int(judged.sum()), lines
