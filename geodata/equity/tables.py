"""The audit as tables: what the page shows is what the file holds. Small groups are hidden for the tier that looks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from geodata.disclosure import thresholds
from geodata.equity.audit import Audit
from geodata.equity.parity import Between
from geodata.equity.tally import ByGroup, Group
from geodata.policy import POLICY, Policy
from geodata.say import in_english, later, tr
from geodata.suppress import guard_breakdown

# Columns of the table of groups; shares are from 0 to 1, and of those left out (without), as the page says them.
GROUP_COLUMNS = (
    *("by", "group", "unit", "schools", "people", "schools_without_enrolment", "without", "with", "unknown"),
    *("value", "lower", "upper", "against", "gap", "gap_lower", "gap_upper", "gap_if_no", "gap_if_yes"),
    *("gap_wide_lower", "gap_wide_upper", "index", "index_lower", "index_upper", "certain"),
    *("first", "share_of_first", "share_of_unserved", "verify", "verify_schools", "hidden", "band"),
)
COUNTS = ("schools", "schools_without_enrolment", "first", "verify", "verify_schools", "without", "with", "unknown")
CERTAIN, OF_THOSE, NOT_CERTAIN = "certain", later("certain where the group is reported"), later("not certain")


@in_english
def groups(audit: Audit, tier: str = "government", policy: Policy = POLICY) -> pd.DataFrame:
    """Every group of every dimension, areas among them, one row each; columns `GROUP_COLUMNS`.

    `value` is the share left out, of the known; `gap` is in the share that has it, behind less ahead. Groups too small
    for a statistic have none; those too small to be shown to the tier have no numbers (`hidden`).
    """
    parts = [
        of_dimension(audit, by, tier, policy) for by in (*audit.by_group, *((audit.places,) if audit.places else ()))
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(GROUP_COLUMNS))


@in_english
def of_dimension(audit: Audit, by: ByGroup, tier: str, policy: Policy = POLICY) -> pd.DataFrame:
    """The rows of one dimension as the tier may read them. `policy` is the country's own, never a visitor's."""
    gaps = {gap.behind: gap for gap in by.gaps}
    first, lacking = (sum(getattr(g, part) for g in by.groups) for part in ("first", "without"))
    table = pd.DataFrame([_row(audit, by, group, gaps.get(group.name), (first, lacking)) for group in by.groups])
    # Girls and boys are in the same schools, so that their schools add up to nothing that could give a hidden count away.
    names = {"people": "learners"} if audit.unit == "learner" else {}
    names |= {"schools": "their_schools"} if by.dimension.kind == "learners" else {}
    guarded = guard_breakdown(table.rename(columns=names), tier, policy).rename(
        columns={v: k for k, v in names.items()}
    )
    return _small(guarded, tier, policy, learners=audit.unit == "learner").reindex(columns=list(GROUP_COLUMNS))


def _row(audit: Audit, by: ByGroup, group: Group, gap: Between | None, of: tuple[float, float]) -> dict[str, Any]:
    share, told, (first, lacking) = group.rate.share, group.enough, of
    nan = float("nan")
    return {
        "by": by.dimension.title,
        "group": by.dimension.say(group.name),
        "unit": f"{audit.unit}s",
        "schools": group.schools,
        "people": group.rate.total,
        "schools_without_enrolment": group.uncounted,
        "without": group.rate.no,
        "with": group.rate.yes,
        "unknown": group.rate.unknown,
        "known": group.rate.yes + group.rate.no,
        "value": 1 - share.value if told else nan,
        "lower": 1 - share.upper if told else nan,
        "upper": 1 - share.lower if told else nan,
        "first": group.first,
        "share_of_first": group.first / first if first and told else nan,
        "share_of_unserved": group.without / lacking if lacking and told else nan,
        "verify": group.verify,
        "verify_schools": group.verify_schools,
        **(_gap(by, gap) if gap else {name: "" if name in ("against", "certain") else nan for name in GAP_COLUMNS}),
    }


GAP_COLUMNS = (
    *("against", "gap", "gap_lower", "gap_upper", "gap_if_no", "gap_if_yes", "gap_wide_lower", "gap_wide_upper"),
    *("index", "index_lower", "index_upper", "certain"),
)


def _gap(by: ByGroup, gap: Between) -> dict[str, Any]:
    return {
        "against": by.dimension.say(gap.ahead),
        "gap": gap.points.value,
        "gap_lower": gap.points.lower,
        "gap_upper": gap.points.upper,
        "gap_if_no": gap.if_no,
        "gap_if_yes": gap.if_yes,
        "gap_wide_lower": gap.wide[0],
        "gap_wide_upper": gap.wide[1],
        "index": gap.adjusted.value,
        "index_lower": gap.adjusted.lower,
        "index_upper": gap.adjusted.upper,
        "certain": sure(gap),
    }


def sure(gap: Between) -> str:
    """Whether the gap keeps its sign: certain, certain where the group is reported, or not certain."""
    if not gap.certain:
        return NOT_CERTAIN
    return CERTAIN if gap.certain_whatever_group else OF_THOSE


def _small(table: pd.DataFrame, tier: str, policy: Policy, *, learners: bool) -> pd.DataFrame:
    """Further counts that would tell of a few people or schools taken out; hidden rows keep their names alone."""
    seen = thresholds(tier, policy)
    if not seen.any:
        return table
    out = table.copy()
    least = max(seen.learners, seen.special) if learners else seen.schools
    for column in COUNTS:
        few = out[column].gt(0) & out[column].lt(seen.schools if "schools" in column else least)
        out.loc[few, column] = np.nan
        if column == "first":
            out.loc[few, "share_of_first"] = np.nan
    banded = out["hidden"].astype(bool) | out["band"].ne("")
    out.loc[
        banded, [c for c in (*GAP_COLUMNS, "share_of_first", "share_of_unserved") if c not in ("against", "certain")]
    ] = np.nan
    out.loc[banded, "certain"] = ""
    return out


@in_english
def gates(audit: Audit) -> pd.DataFrame:
    """The gates, one row each: verdict, whether it is certain, sentence, threshold, arithmetic."""
    return pd.DataFrame(
        [
            {
                "gate": gate.title,
                "verdict": gate.verdict,
                "certain": "yes" if gate.certain else "no",
                "sentence": gate.sentence,
                "threshold": gate.threshold,
                "arithmetic": "; ".join(f"{name}: {value}" for name, value in gate.lines),
            }
            for gate in audit.gates
        ]
    )


@in_english
def measures(audit: Audit) -> pd.DataFrame:
    """The measures of the whole: name, value, bounds, what they are of."""
    return pd.DataFrame(list(_measures(audit)), columns=["measure", "value", "lower", "upper", "note"])


def _measures(audit: Audit) -> Iterable[tuple[str, float, float, float, str]]:
    nan = float("nan")
    share = audit.whole.rate.share
    yield (
        tr("{title}, share left out", title=audit.title),
        1 - share.value,
        1 - share.upper,
        1 - share.lower,
        tr("of {unit}s", unit=audit.unit),
    )
    for h in audit.headcounts[:1]:
        note = tr("in schools that lack {k} or more of {of} things", k=h.k, of=h.of)
        yield (tr("Headcount H"), h.share.value, h.share.lower, h.share.upper, note)
        yield (tr("Adjusted headcount M0"), h.adjusted.value, h.adjusted.lower, h.adjusted.upper, note)
    found = audit.concentration
    if found is not None:
        e, c = found.erreygers, found.index
        yield (tr("Erreygers' concentration index"), e.value, e.lower, e.upper, tr("above 0 the better off have more"))
        yield (tr("Erreygers' index if every unreported were without"), found.if_no, nan, nan, "")
        yield (tr("Erreygers' index if every unreported had it"), found.if_yes, nan, nan, "")
        yield (tr("Concentration index"), c.value, c.lower, c.upper, "")
        yield (tr("Wagstaff's concentration index"), found.wagstaff, nan, nan, "")
    unequal = (
        (f"{audit.title}", audit.spread),
        (audit.amount.title, audit.amount.found) if audit.amount else ("", None),
    )
    for title, parts in unequal:
        if parts is not None and not np.isnan(parts.theil):
            yield (tr("{title}: Theil's T", title=title), parts.theil, nan, nan, tr("between + within"))
            yield (tr("{title}: Theil's T between areas", title=title), parts.between, nan, nan, "")
            yield (tr("{title}: Theil's T within areas", title=title), parts.within, nan, nan, "")
            yield (tr("{title}: Gini", title=title), parts.gini, nan, nan, "")
    if audit.incidence is not None:
        i = audit.incidence
        yield (
            tr("Poorest fifth's share of the newly served"),
            i.share.value,
            i.share.lower,
            i.share.upper,
            audit.first_words,
        )
        yield (
            tr("Poorest fifth's share of the unserved"),
            i.unserved_share.value,
            i.unserved_share.lower,
            i.unserved_share.upper,
            "",
        )
        yield (
            tr("Targeting ratio of the poorest fifth"),
            i.targeting.value,
            i.targeting.lower,
            i.targeting.upper,
            tr("1 or more favours the poorest"),
        )
