"""Which schools come first, and how sure that is (methods, section 3)."""

from __future__ import annotations

import pandas as pd

from geodata.counterfactual import questions, what_if
from geodata.declare import Method
from geodata.explain import SIMILAR, explain_row
from geodata.methods.toy import ASSUMING, assumed_scoring, row, toy, toy_scoring
from geodata.policy import POLICY
from geodata.say import tr, written
from geodata.shapley import shapley
from geodata.stability import compare, plain
from geodata.uncertainty import rank_bands

TOP = 3  # of eight schools
OECD = "OECD/JRC Handbook on Constructing Composite Indicators (2008)"


def _steps(school: str, *wanted: str) -> list[str]:
    found = explain_row(toy_scoring(), row(school)).steps
    return [tr("School {school}.", school=school), *(step for step in found if step.startswith(wanted))]


def _items() -> list[str]:
    found = explain_row(toy_scoring(), row("S5"))
    return [tr("School S5."), *(tr("{title}: {value} ({words}); lacking {inclusive} {cutoff:g}: {lacks}.", title=x.criterion.title, value=written(x.value, 4, grouped=False), words=x.words, inclusive='from' if x.criterion.inclusive else 'above', cutoff=x.cutoff, lacks='yes' if x.lacks else 'no') for x in found.items if x.weight_used > 0)]  # fmt: skip


def _unknown() -> list[str]:
    found = explain_row(toy_scoring(), row("S2"))
    taken = [
        tr(
            "{title} is not reported: taken as {value}.",
            title=x.criterion.title,
            value=written(x.value, 4, grouped=False),
        )
        for x in found.items
        if x.basis == SIMILAR
    ]
    return [tr("School S2."), *taken, tr("{confidence:.0%} of its score is reported.", confidence=found.confidence)]


def _order() -> list[str]:
    frame = toy().sort_values("priority_rank")
    return [tr("{rank}. {school}: group {tier}, score {score}.", rank=written(rank, 0, grouped=False), school=school, tier=tier, score=written(score, 2, grouped=False)) for rank, school, tier, score in zip(frame["priority_rank"], frame["school_id"], frame["tier"], frame["priority_score"], strict=True)]  # fmt: skip


def _bands() -> list[str]:
    frame = toy().assign(**rank_bands(toy_scoring(), toy()["school_id"])).sort_values("priority_rank")
    return [tr("{s}: rank {r}, {low} to {high}; tied group {tie}.", s=s, r=written(r, 0, grouped=False), low=written(low, 0, grouped=False), high=written(high, 0, grouped=False), tie=written(tie, 0, grouped=False)) for s, r, low, high, tie in zip(frame["school_id"], frame["priority_rank"], frame["rank_low"], frame["rank_high"], frame["rank_tie"], strict=True)]  # fmt: skip


def _parts() -> list[str]:
    found = shapley(assumed_scoring(), row("S5"))
    added = "; ".join(f"{p.criterion.title.lower()} {p.points:+.3f}" for p in found.parts)
    total = sum(p.points for p in found.parts)
    return [
        ASSUMING,
        tr(
            "School S5 has {score}; the average school, weighed by learners, {base_score}.",
            score=written(found.score, 3, grouped=False),
            base_score=written(found.base_score, 3, grouped=False),
        ),
        tr("Each thing adds: {added}.", added=added),
        tr(
            "Together {total} = {score} − {base_score}.",
            total=written(total, 3, grouped=False),
            score=written(found.score, 3, grouped=False),
            base_score=written(found.base_score, 3, grouped=False),
        ),
    ]


def _what_if() -> list[str]:
    school = dict(toy().iloc[row("S5")])
    said = []
    for what, changes in questions(school):
        after = what_if(toy(), "S5", changes, scoring=toy_scoring()).after
        place = (
            tr("rank {rank} of {of}, group {tier}", rank=after.rank, of=after.of, tier=after.tier)
            if after.rank
            else tr("verify first")
        )
        said.append(
            tr(
                "{upper}{what}: {place}, score {score}.",
                upper=what[:1].upper(),
                what=what[1:],
                place=place,
                score=written(after.score, 2, grouped=False),
            )
        )
    now = what_if(toy(), "S5", {}, scoring=toy_scoring()).before
    return [
        tr(
            "School S5 now: rank {rank} of {of}, group {tier}, score {score}.",
            rank=now.rank,
            of=now.of,
            tier=now.tier,
            score=written(now.score, 2, grouped=False),
        ),
        *said,
    ]


def _stability() -> list[str]:
    now = assumed_scoring()
    orders = [pd.Series(-found.score, index=toy()["school_id"]).rank() for found in (now, plain(now, POLICY))]
    found = compare(*orders, top=TOP)
    return [ASSUMING, tr("The scores alone against plain averages: τ {tau}, mean shift {mean_shift} ranks, {overlap} of the first {TOP} stay.", tau=written(found.tau, 4, grouped=False), mean_shift=written(found.mean_shift, 2, grouped=False), overlap=written(found.overlap, 4, grouped=False), TOP=TOP)]  # fmt: skip


ITEMS = Method(
    "items", "The things counted",
    "Each thing is a lack from 0 (none) to 1 (complete), on fixed marks, so that a school's value does not move when another enters or leaves. A thing that is known for no school leaves, and its weight is shared within its half.",
    "item = 1 − held ÷ needed, or as each thing says", OECD, 20,
    ("cutoff_need", "cutoff_poverty", "cutoff_rural", "cutoff_displaced", "cutoff_crisis"), _items,
)  # fmt: skip
INDEX = Method(
    "priority_index", "Priority score",
    "Two halves: the service gap (internet, devices, power) and the marginalisation of the learners served. Within a half, a power mean keeps one severe lack visible. Between the halves a geometric mean asks for both: no gap, no priority.",
    "half = (Σ w · itemᵖ ÷ Σ w)^(1/p); score = 100 · gap^α · marginalisation^(1−α)", OECD + "; UNDP Human Poverty Index", 21,
    ("weight_bandwidth", "weight_devices", "weight_energy", "weight_poverty", "weight_rural", "weight_displaced", "weight_crisis", "power_mean_p", "alpha"),
    lambda: _steps("S5", tr("Service gap"), "Marginalisation", "Score"),
)  # fmt: skip
GROUPS = Method(
    "groups", "Groups A, B and C",
    "The group comes first, because it can be counted on one's fingers: of how many things does the school lack? With fewer things in use the cuts fall in proportion, rounded up.",
    "A: lacks ≥ A from; B: lacks ≥ B from; else C, of the things in use", "Alkire and Foster (2009), dual cut-off", 22, ("tier_a_from", "tier_b_from"),
    lambda: _steps("S5", "Lacks"),
)  # fmt: skip
RANK = Method(
    "rank", "Rank",
    "Group first, then score from high to low, then the school's id, so that the order is the same for everyone. The ranking proposes; a named person approves, and may decide otherwise with a reason that stands beside the rank.",
    "order by (group, −score, id)", "Alkire and Foster (2009); Beijing Consensus on AI and Education (2019), 7", 23, (), _order,
)  # fmt: skip
UNKNOWN = Method(
    "not_reported", "What stands in for a thing not reported",
    "The average of similar schools (same district, settlement and level), else of the whole place; never 0, which would reward silence, nor 1, which could be gamed. Where a model has proven skill its chance is used. The share of the score that is reported is shown.",
    "item = mean of similar schools with the thing known; confidence = Σ weight share of what is reported", "OECD/JRC Handbook (2008), missing data", 24, ("similar_schools_min",), _unknown,
)  # fmt: skip
VERIFY = Method(
    "verify_first", "Verify first",
    "A school of which too little is reported has no rank; it stands in a list of its own, to be asked first. So does a school that does not operate. Nobody disappears because nobody counted them.",
    "verify first where confidence < limit, or a whole half is not reported, or the school does not operate", "planning value", 25, ("verify_first_below",),
    lambda: [tr("School {s}: {confidence:.0%} reported, {replace}.", s=s, confidence=explain_row(toy_scoring(), row(s)).confidence, replace=explain_row(toy_scoring(), row(s)).list_name.replace('_', ' ')) for s in ("S2", "S8", "S5")],
)  # fmt: skip
BANDS = Method(
    "rank_bands", "Rank bands and ties",
    "Weights are judgements and some things are not reported, so a single rank says too much. The place is ranked many times, each time with weights, power and exponent drawn anew near their values and with what is not reported drawn from similar schools or a model. The band holds the middle nine of ten ranks. A group of ties begins with its highest school and holds those after it whose bands reach into its own.",
    "weights ~ Dirichlet(c · w), p ∈ {1, 2, 3}, α ~ U(α ± 0.1); band = 5th to 95th percentile of the rank; fixed seed", "Saisana, Saltelli and Tarantola (2005); " + OECD, 26, ("mc_draws_interactive", "mc_draws_published", "mc_seed"), _bands,
)  # fmt: skip
SHAPLEY = Method(
    "shapley", "What each thing adds to the score",
    "The score is not a sum, so what a thing adds depends on what else is lacking. Shapley's value averages over every order in which the things of the mean school can be exchanged for the school's own; the parts add up to the difference exactly.",
    "φᵢ = Σ over subsets S without i of |S|! (n − |S| − 1)! ÷ n! · (score(S ∪ i) − score(S))", "Shapley (1953), A Value for n-Person Games", 27, (), _parts,
)  # fmt: skip
COUNTERFACTUAL = Method(
    "counterfactual", "With 20 Mbps this school would be …",
    "The same arithmetic run again with one thing changed: what the school's gaps, group, score and rank would be, all others staying as they are.",
    "rank(place with the school changed) beside rank(place)", "Wachter, Mittelstadt and Russell (2017)", 28, (), _what_if,
)  # fmt: skip
STABILITY = Method(
    "stability", "How stable the list is",
    "The list is compared with that of the last build, and with those of other sensible weightings. Much change among the first schools is flagged before anybody signs.",
    "Kendall's τ; mean shift of the ranks; overlap and churn among the first so many", "Saisana, Saltelli and Tarantola (2005); Kendall (1938)", 29, ("top_k",), _stability,
)  # fmt: skip
