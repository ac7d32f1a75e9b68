"""How the brief was made, from what, under which licence; what is asked to be decided (items 1, 10 and 11)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from geodata.briefing import said
from geodata.briefing.parts import Approval, Decision, Official, Planned, Source
from geodata.briefing.scope import Scope
from geodata.exports.passport import attribution, sources_of, under
from geodata.plan.result import Plan
from geodata.say import date, told, tr

RESTS_ON = ("school_name", "num_students", "has_internet", "has_internet_for_learners", "has_electricity", "num_computers", "download_speed_mbps", "priority_score")  # fmt: skip


def open_questions(scope: Scope, found: Planned | None) -> tuple[Decision, ...]:
    """What the figures leave open to decide, where nobody wrote decisions down: questions, without owner or date."""
    out = [Decision(tr("Which of the budgets shown is funded, if any?"))] if found else []
    if scope.unit == "schools":
        out.append(Decision(tr("Who collects the number of learners of each school, by when?")))
    if found:
        out.append(Decision(tr("Who pays the running costs after the plan ends?")))
    out.append(Decision(tr("Who asks the schools that do not report, by when?")))
    return tuple(out[:3])


def risk_words(risk: str) -> str:
    """The risk class of the place in words."""
    return {
        "low": tr("low risk: schools may be shown where they stand"),
        "medium": tr("medium risk: places of schools are shown coarsely to the public"),
        "high": tr("high risk: no school is shown by itself to the public"),
    }.get(risk, risk)


def made(scope: Scope) -> str:
    """The dates of the register that the figures rest on, in words."""
    kinds = [s for s in scope.desk.atlas.manifest.get("sources") or [] if s.get("kind") == "schools"]
    dates = sorted({str(s.get("date") or "") for s in kinds} - {""})
    return date(dates[-1]) if dates else tr("date not reported")


def status(approval: Approval | None) -> str:
    """What stands on every page: that it is a draft, or who approved it."""
    if approval is None:
        return tr("DRAFT, not approved")
    return tr("Approved by {name} (name as typed), {date}, entry {record} of the trail", name=approval.name, date=date(approval.date[:10]), record=approval.record)  # fmt: skip


def notices(scope: Scope) -> tuple[str, ...]:
    """What must be said at the head: synthetic data, what the tier is not shown."""
    out = [tr("SYNTHETIC DATA: no figure is of a real place.")] if scope.desk.atlas.synthetic else []
    out += [told(t) for t in (scope.desk.kept_back_note, scope.desk.location_note) if t]
    return tuple(out)


def method(scope: Scope, plan: Plan | None) -> tuple[str, ...]:
    """Short sentences on how the figures were made, with the hashes that make them again."""
    out = [
        tr("Shares are of schools that answer; the range is what they could be whatever the others have. Unknown is never counted as no."),
        tr("Usable internet: learners may use it. Fast enough: {speed}. Meaningful: usable, fast enough, and with electricity.", speed=_standard(scope)),
        tr("Data {version}, made by First Mile {code}; shown to the {tier} tier.", version=scope.desk.atlas.version[:16], code=str(scope.desk.atlas.manifest.get("code_version") or tr("not stated"))[:16], tier=_tier(scope.desk.tier)),
    ]  # fmt: skip
    if plan is not None:
        out.append(tr("Plan {key}: terms {terms}, prices {prices} in {currency}.", key=plan.key[:16], terms=plan.terms.key[:12], prices=plan.book.name, currency=plan.book.currency))  # fmt: skip
    out.append(tr("Connection alone does not produce learning: it needs power, devices, trained teachers and content."))
    return tuple(out)


def _standard(scope: Scope) -> str:
    """What the standard in force asks of a school's bandwidth, in words."""
    policy = scope.desk.policy
    tier = str(policy["bandwidth_tier"])
    if tier == "T0":
        return tr("{mbps} Mbps a school", mbps=said.exact(policy.number("bandwidth_floor_t0_mbps")))
    each = policy.number(f"bandwidth_per_learner_{tier.lower()}_mbps") * 1000
    return tr("the larger of {mbps} Mbps a school and {kbps} kbps a learner", mbps=said.exact(policy.number("bandwidth_floor_mbps")), kbps=said.exact(each))  # fmt: skip


def _tier(tier: str) -> str:
    return {"public": tr("public"), "partner": tr("partner"), "government": tr("government")}.get(tier, tier)


def sources(scope: Scope) -> tuple[Source, ...]:
    """The sources that the figures rest on, each with date and licence."""
    used = [s for s in sources_of(scope.desk, RESTS_ON) if s["used_here"]]
    return tuple(Source(str(s.get("title") or s.get("name") or ""), str(s.get("publisher") or ""), date(str(s.get("date") or "")) if s.get("date") else tr("date not reported"), str(s.get("licence") or tr("licence not stated"))) for s in used)  # fmt: skip


def licence(scope: Scope) -> tuple[str, str]:
    """Licence of the data, and the sentences that the sources ask for."""
    used = [s for s in sources_of(scope.desk, RESTS_ON) if s["used_here"]]
    asked = dict.fromkeys(attribution(s) for s in used if str(s.get("attribution") or "").strip())
    return under(used)["data_licence"], " ".join(asked)


def disclaimer(scope: Scope) -> str:
    """The place's own disclaimer on boundaries and names."""
    return " ".join(filter(None, (scope.desk.disclaimer, str(scope.desk.place.get("worldview") or ""))))  # fmt: skip


def key_of(
    scope: Scope, plan: Plan | None, official: Official | None, decisions: Sequence[Decision], others: Sequence[Plan]
) -> str:
    """SHA-256 of everything that decides what the brief says, whatever its language: what a sign-off holds for."""
    held: dict[str, Any] = {
        "version": scope.desk.atlas.version,
        "code": str(scope.desk.atlas.manifest.get("code_version") or ""),
        "tier": scope.desk.tier,
        "view": scope.view.query(),
        "group": scope.group,
        "plan": plan.key if plan is not None else "",
        "terms": plan.terms.key if plan is not None else "",
        "stops": sorted(p.terms.total for p in others),
        "official": [official.share, official.source, official.date, official.of, official.definition]
        if official
        else [],
        "decisions": [[d.asked, d.owner, d.date] for d in decisions],
    }
    text = json.dumps(held, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


__all__ = ["attribution", "disclaimer", "key_of", "licence", "made", "method", "notices", "open_questions", "risk_words", "sources", "status"]  # fmt: skip
