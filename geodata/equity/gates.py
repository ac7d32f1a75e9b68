"""The gates of the audit (methods 5.2): each passes, warns, or is inconclusive; a warning asks for a written reason.

A gate never blocks. It judges what serving the first schools of the list would do; `certain` is False where its verdict
would differ if those of whom nothing is reported were all with, or all without.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from geodata.equity import said
from geodata.equity.gate import Facts, Gate, Verdict
from geodata.equity.gates_changed import concentrated, parity
from geodata.equity.gates_served import region_share, targeting
from geodata.policy import Policy
from geodata.say import tr


def gates(facts: Facts, models: Sequence[Mapping[str, Any]], policy: Policy) -> tuple[Gate, ...]:
    """Every gate that applies to a ranking, in order."""
    if nothing := _nothing_to_judge(facts):
        listed = Gate("list", tr("Can the list be judged?"), "inconclusive", nothing)
        return listed, groups_known(facts, policy), false_connected(models, policy)
    return (
        targeting(facts, policy),
        region_share(facts, policy),
        *(parity(facts, name, policy) for name in ("sex", "location", "wealth")),
        concentrated(facts, policy),
        false_connected(models, policy),
        groups_known(facts, policy),
    )


def _nothing_to_judge(facts: Facts) -> str:
    """Why what the list would change cannot be judged; empty where it can."""
    if not facts.marks.first.any():
        return tr("No school here is ranked, so nothing comes first and there is nothing to judge.")
    if facts.marks.one_sided:
        return tr(
            "Nobody here can be known to have it, for a part of it is reported for no school; so what the list would change cannot be judged."
        )
    if not (facts.marks.first & (facts.marks.has == 0)).any():
        return tr(
            "None of {first_said} is known to be without, so nobody would be newly served.", first_said=facts.first_said
        )
    return ""


def false_connected(models: Sequence[Mapping[str, Any]], policy: Policy) -> Gate:
    """The harmful error, an unconnected school called connected, must not fall on one group more than on others."""
    title, most = tr("Are predictions as right for every group?"), policy.number("gate_false_connected_max")
    threshold = tr("at most {most:g} points", most=most * 100)
    if not any(m.get("usable") for m in models):
        nothing = tr("No prediction is in use here, so no school can be wrongly called connected.")
        return Gate("false_connected", title, "pass", nothing, threshold=threshold)
    kinds = [(kind, rates) for kind, rates in false_rates(models) if len(rates) > 1]
    if not kinds:
        nothing = tr("The prediction in use has no errors by group.")
        return Gate("false_connected", title, "inconclusive", nothing, threshold=threshold)
    kind, rates = max(kinds, key=lambda k: max(k[1])[0] - min(k[1])[0])
    (high, worst), (low, best) = max(rates), min(rates)
    sentence = tr(
        "Of the schools tested that are without, the prediction would say yes to {high} in “{worst}” and {low} in “{best}” ({kind}).",
        high=said.percent(high),
        worst=worst,
        low=said.percent(low),
        best=best,
        kind=kind,
    )
    lines = tuple((f"{k}", f"{said.percent(max(r)[0])} − {said.percent(min(r)[0])} = {said.points(max(r)[0] - min(r)[0], sign=False)}") for k, r in kinds)  # fmt: skip
    verdict: Verdict = "warn" if high - low > most else "pass"
    return Gate("false_connected", title, verdict, sentence, lines, threshold)


def false_rates(models: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[tuple[float, str]]]]:
    """False-connected rates with their groups, for each grouping that the records of the models in use give."""
    found: dict[str, list[tuple[float, str]]] = {}
    for model in models:
        for entry in (model.get("by_group") or ()) if model.get("usable") else ():
            rate = entry.get("false_connected")
            if rate is not None and not np.isnan(float(rate)):
                title, by = model.get("title") or model.get("target"), entry.get("by", "group")
                kind = tr("{prediction}, by {group}", prediction=title, group=by)
                found.setdefault(kind, []).append((float(rate), str(entry.get("group", ""))))
    return list(found.items())


def groups_known(facts: Facts, policy: Policy) -> Gate:
    """Whether the groups themselves are reported for enough people."""
    title, most = tr("Are the groups reported?"), policy.number("gate_group_unknown_max")
    shares = [(m.dimension.title, m.unknown_share) for m in facts.members.values()]
    over = [t for t, share in shares if share > most]
    lines = tuple(
        (t, tr("not reported for {share} of {units}", share=said.percent(share), units=f"{facts.unit}s"))
        for t, share in shares
    )
    if not shares:
        return Gate("groups_known", title, "inconclusive", tr("No group is reported for anyone here."))
    if over:
        return Gate(
            "groups_known",
            title,
            "inconclusive",
            tr(
                "Not reported for more than {most} of {units}: {groups}.",
                most=said.percent(most),
                units=f"{facts.unit}s",
                groups=", ".join(o.lower() for o in over),
            ),
            lines,
            tr("at most {most}", most=said.percent(most)),
        )
    return Gate(
        "groups_known",
        title,
        "pass",
        tr(
            "Every group that is reported here is reported for {most} of {units} or more.",
            most=said.percent(1 - most),
            units=f"{facts.unit}s",
        ),
        lines,
        tr("at most {most}", most=said.percent(most)),
    )
