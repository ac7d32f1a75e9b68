"""What each school needs, and how much it counts in a plan: bandwidth, learners, power, devices, kits, training.

What a school does not report is judged by similar schools and marked so; nothing unknown is taken as no or as 0. Where
enrolment is known for no school at all, a plan counts schools, and says so (`unit`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.arrays import Codes, Floats, codes_of, equals, number
from geodata.equity.groups import FIFTHS
from geodata.gaps.bandwidth import tier_rule
from geodata.groupings import wealth_quintile
from geodata.options.chances import chance_of, no_internet
from geodata.plan.terms import Terms
from geodata.policy import Policy
from geodata.priority import Scoring, criteria, operating
from geodata.query import Desk
from geodata.say import in_english, later, tr, written
from geodata.skills import skills_gap

Bools = npt.NDArray[np.bool_]
COLUMNS = (
    "school_id",
    "required_mbps",  # by the standard; of the judged enrolment where it is not reported
    "learners",  # reported, or judged (`learners_estimated`); NaN where enrolment is known for no school
    "learners_estimated",
    "people",  # what a plan counts: the learners, or 1 a school
    "chance_underserved",  # that the school is below the standard: 0 or 1 where it is known
    "chance_from",  # reported, predicted, similar; nothing where internet is known for no school
    "chance_no_internet",  # that there is none to use: then Wi-Fi inside is to be built too
    "chance_no_power",  # that power must be brought: none, or a generator alone, or too few hours
    "power_from",  # reported, predicted, similar; nothing where power is known for no school
    "device_need",
    "devices_to_buy",
    "devices_estimated",
    "kits",
    "kits_estimated",
    "teachers_to_train",
    "teachers_estimated",
    "marginalisation",  # 0 to 1; NaN where nothing is known of any school's circumstances
    "tier",  # A, B, C; missing on the verify first list
    "crisis_index",
    "wealth_quintile",  # "1" the poorest; missing where wealth is not known
    "poorest",
    "region",  # area of the first level, -1 where unknown
    "region_id",
    "region_name",
)
# Groups that a floor may be asked for, beside COLUMNS as `group_<name>`: yes, no, unknown.
GROUPS = {
    "displaced": later("schools with many displaced learners"),
    "disability": later("schools with many learners with disabilities"),
    "girls": later("areas where girls attend school less than boys"),
    "community_land": later("schools on the land of a people or community"),
    "rural": later("rural schools"),
    "poorest": later("schools of the ") + FIFTHS[0],
}


def needs(desk: Desk, terms: Terms) -> pd.DataFrame:
    """COLUMNS and the groups, one row a school in the order of `desk.whole`, from what the desk's tier may know."""
    whole, policy = desk.whole, terms.policy
    scoring, derived = desk.scoring(policy), desk.derived(policy)
    found = Given(whole, derived, scoring, policy)
    learners, judged = learners_of(whole, policy.number("similar_schools_min"))
    teachers, teachers_judged = _teachers(found, learners)
    chance, chance_from = chance_of(scoring, "bandwidth")
    power, power_from = chance_of(scoring, "energy")
    need, buy, devices_judged = _devices(found, learners, teachers)
    kits, kits_judged = _kits(found, learners)
    train, train_judged = _training(found, teachers, teachers_judged)
    region, ids, names = _regions(whole)
    quintile = wealth_quintile(whole)
    out = pd.DataFrame(
        {
            "school_id": whole["school_id"],
            "required_mbps": required(found, learners),
            "learners": learners,
            "learners_estimated": judged,
            "people": np.where(np.isnan(learners), 1.0, learners),
            "chance_underserved": chance,
            "chance_from": chance_from,
            "chance_no_internet": no_internet(scoring, whole),
            "chance_no_power": power,
            "power_from": power_from,
            "device_need": need,
            "devices_to_buy": buy,
            "devices_estimated": devices_judged,
            "kits": kits,
            "kits_estimated": kits_judged,
            "teachers_to_train": train,
            "teachers_estimated": train_judged,
            "marginalisation": scoring.marginalisation,
            "tier": derived["tier"] if "tier" in derived else pd.Series(None, index=whole.index, dtype="str"),
            "crisis_index": number(whole["crisis_index"]),
            "wealth_quintile": quintile,
            "poorest": equals(quintile, "1"),
            "region": region,
            "region_id": ids,
            "region_name": names,
        },
        index=whole.index,
    )
    return out.assign(**{f"group_{name}": values for name, values in groups(whole, quintile, policy).items()})


def unit(needs: pd.DataFrame) -> str:
    """What a plan counts: "learners", or "schools" where enrolment is known for no school."""
    return "learners" if needs["learners"].notna().any() else "schools"


def weight(marginalisation: pd.Series, equity_weight: float) -> Floats:
    """1 + λ × marginalisation; 1 where nothing is known of the circumstances (methods 4.4, E4.4)."""
    out: Floats = 1 + equity_weight * np.nan_to_num(number(marginalisation))
    return out


def isoelastic(wealth: Floats, aversion: float) -> Floats:
    """(median ÷ wealth)^ε: another way of weighing, without bounds, so for comparison alone (methods 4.4, E4.4).

    `wealth` is the percentile of the place, 0 to 1; NaN where it is unknown, infinite at 0.
    """
    with np.errstate(divide="ignore"):
        out: Floats = (np.nanmedian(wealth) / wealth) ** aversion
    return out


def value(needs: pd.DataFrame, equity_weight: float) -> Floats:
    """People × chance of being underserved × weight: what a plan maximises, a year of service (methods 4.4, E6.1)."""
    plain = number(needs["people"]) * number(needs["chance_underserved"])
    out: Floats = plain * weight(needs["marginalisation"], equity_weight)
    return out


@in_english
def said(needs: pd.DataFrame) -> tuple[str, ...]:
    """Sentences on what was judged rather than reported; none where all is known."""
    judged = int(needs["learners_estimated"].sum())
    of = {"schools": written(judged), "of": written(len(needs))}
    counted = unit(needs) == "schools"
    out = [
        tr(
            "Enrolment is reported for no school, so this plan counts schools, and devices and training are planned as sets of one size."
        )
        if counted
        else tr(
            "Learners of {schools} of {of} schools are judged by the range they report or by similar schools.", **of
        )
        if judged
        else "",
        tr("Internet is reported for no school: every school counts as underserved.")
        if (needs["chance_from"] == "nothing").all()
        else "",
        tr("Electricity is reported for no school: solar power is in no cost.")
        if (needs["power_from"] == "nothing").all()
        else "",
        tr("Nothing is known of the circumstances of schools: all weigh the same.")
        if needs["marginalisation"].isna().all()
        else "",
    ]
    return tuple(text for text in out if text)


# --- parts --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Given:
    """What the needs are taken from: the schools, their gaps, the place scored, the policy."""

    whole: pd.DataFrame
    derived: pd.DataFrame
    scoring: Scoring
    policy: Policy

    def gap(self, name: str) -> Floats:
        """A gap column of the policy in force; unknown where the tier may not see it."""
        return number(self.derived[name]) if name in self.derived else np.full(len(self.whole), np.nan)


def learners_of(whole: pd.DataFrame, least: float) -> tuple[Floats, Bools]:
    """Learners of each school, and whether they are judged: the middle of the reported range, else the median of similar
    schools (level and settlement; level; all). All NaN where enrolment is known for no school."""
    known = number(whole["num_students"])
    low, high = number(whole["num_students_lower"]), number(whole["num_students_upper"])
    middle = np.round((low + high) / 2)
    if np.isnan(known).all() and np.isnan(middle).all():
        return known, np.zeros(len(whole), dtype=bool)
    basis = np.where(np.isnan(known), middle, known)
    place = whole["settlement"].fillna(whole["school_area_type"])
    out = basis.copy()
    for group in (codes_of(whole["education_level"], place)[0], codes_of(whole["education_level"])[0], None):
        out = np.where(np.isnan(out), _median(basis, group, least if group is not None else 1), out)
    return out, np.isnan(known) & ~np.isnan(out)


def _median(values: Floats, group: Codes | None, least: float) -> Floats:
    """Median of each one's group, whole learners; NaN where fewer than `least` of it are known."""
    if group is None:
        return np.full(len(values), np.round(np.nanmedian(values)))
    table = pd.Series(values).groupby(group).agg(["median", "count"])
    median = table["median"].where(table["count"] >= least).round()
    return np.asarray(median.reindex(group), dtype=np.float64)


def required(found: Given, learners: Floats) -> Floats:
    """Mbps of the standard: the school's own, else that of the judged enrolment, else the floor."""
    own = found.gap("required_bandwidth_mbps")
    judged = tier_rule(np.nan_to_num(learners), found.policy)
    return np.where(np.isnan(own), judged, own)


def _teachers(found: Given, learners: Floats) -> tuple[Floats, Bools]:
    """Teachers; judged by the learners a teacher has in the country; NaN where that cannot be told."""
    known = number(found.whole["num_teachers"])
    both = ~np.isnan(known) & ~np.isnan(learners) & (known > 0) & operating(found.whole["school_status"])
    ratio = learners[both].sum() / known[both].sum() if both.any() else np.nan
    judged = np.maximum(1.0, np.round(learners / ratio)) if ratio else learners * np.nan
    return np.where(np.isnan(known), judged, known), np.isnan(known)


def _devices(found: Given, learners: Floats, teachers: Floats) -> tuple[Floats, Floats, Bools]:
    """Devices needed, devices to buy, and whether the second is judged."""
    policy, known, have = found.policy, found.gap("device_gap"), found.gap("num_devices")
    own = found.gap("device_need")
    each = policy.number("devices_per_teacher") if found.whole["num_teachers"].notna().any() else 0.0
    shared = np.ceil(np.round(learners / policy.number("device_ratio"), 9))
    judged = np.ceil(shared + np.nan_to_num(np.round(teachers * each, 9)) + policy.number("devices_administrative"))
    judged = np.where(np.isnan(judged), policy.number("plan_set_devices"), judged)
    need = np.where(np.isnan(own), judged, own)
    item = found.scoring.filled[:, [c.name for c in criteria()].index("devices")]
    missing = np.where(np.isnan(item), need, np.round(need * item))
    buy = np.where(np.isnan(have), missing, np.maximum(0.0, need - have))
    return need, np.where(np.isnan(known), buy, known), np.isnan(known)


def _kits(found: Given, learners: Floats) -> tuple[Floats, Bools]:
    """Assistive kits: one for each reported learner with a disability, else by the planning prevalence; 0 kits where
    learners are known for no school."""
    reported = number(found.whole["num_students_disabled"])
    planned = np.ceil(np.round(np.nan_to_num(learners) * found.policy.number("disability_prevalence"), 9))
    return np.where(np.isnan(reported), planned, reported), np.isnan(reported)


def _training(found: Given, teachers: Floats, judged: Bools) -> tuple[Floats, Bools]:
    """Teachers to train, and whether they are judged: those without training; where training is not reported, the
    country's share of untrained teachers, all of them where no school reports it."""
    own, trained = number(found.whole["num_teachers"]), number(found.whole["num_teachers_trained_ict"])
    known = np.maximum(0.0, own - trained)
    told = ["num_teachers", "num_teachers_trained_ict", "has_content_in_teaching_language", "school_status"]
    share = skills_gap(found.whole[told]).share
    likely = np.ceil(np.round(teachers * (1 - (0.0 if np.isnan(share) else share)), 9))
    likely = np.where(np.isnan(likely), found.policy.number("plan_set_teachers"), likely)
    return np.where(np.isnan(known), likely, known), np.isnan(known) | judged


def _regions(whole: pd.DataFrame) -> tuple[Codes, pd.Series, pd.Series]:
    """Code, id and name of each school's area of the first level; codes count the ids in their order."""
    ids = whole["admin1_id"].astype("str")
    codes = pd.Categorical(ids, categories=sorted(ids.dropna().unique())).codes.astype(np.int64)
    return codes, ids, whole["admin1"].fillna(ids)


def groups(whole: pd.DataFrame, quintile: pd.Series, policy: Policy) -> dict[str, pd.Series]:
    """Who is in each of GROUPS: yes, no, unknown."""
    learners = number(whole["num_students"])
    displaced, disabled = number(whole["num_students_displaced"]), number(whole["num_students_disabled"])
    land, area = whole["community_land"], whole["settlement"].fillna(whole["school_area_type"])
    full = policy.number("displaced_full_share") * policy.number("cutoff_displaced")
    parity = number(whole["attendance_parity_girls"])
    unknown = {
        "displaced": (np.isnan(displaced) | (np.isnan(learners) & (displaced > 0)), (displaced > 0) & (displaced >= full * learners)),
        "disability": (np.isnan(disabled) | np.isnan(learners), (disabled > 0) & (disabled >= policy.number("disability_prevalence") * learners)),
        "girls": (np.isnan(parity), parity < 1 - policy.number("parity_band")),
        "community_land": (land.isna().to_numpy(), ~equals(land, "none")),
        "rural": (area.isna().to_numpy(), equals(area, "rural")),
        "poorest": (quintile.isna().to_numpy(), equals(quintile, "1")),
    }  # fmt: skip
    return {
        name: pd.Series(pd.arrays.BooleanArray(np.where(gone, False, inside).astype(bool), gone), index=whole.index)
        for name, (gone, inside) in unknown.items()
    }
