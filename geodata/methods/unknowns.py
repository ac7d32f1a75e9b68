"""What is not reported: shares with bounds, three-valued logic, thin coverage, stale values (methods, section 1.6)."""

from __future__ import annotations

import pandas as pd

from geodata.aggregate import coverage, headline, roll_up
from geodata.declare import Method
from geodata.methods.toy import toy
from geodata.policy import POLICY
from geodata.say import later, tr, written
from geodata.truth import all_of

HEADLINE = {
    "none": later("no headline"),
    "with_bounds": later("a headline with its bounds"),
    "plain": later("a plain headline"),
}
MARK = {True: "yes", False: "no", None: later("not reported")}


def _share() -> list[str]:
    one = roll_up(toy(), pd.Series("all", index=toy().index), POLICY, ["internet_for_learners"]).iloc[0]
    name = "internet_for_learners"
    value, known, unknown, low, high = (one[name + part] for part in ("", "_known", "_unknown", "_lower", "_upper"))
    yes, everyone = value * known, known + unknown
    covered, said = coverage(float(known), float(unknown)), headline(float(known), float(unknown))
    return [
        tr(
            "Of {everyone:g} schools, {yes:g} have internet for learners, {known:g} have not, {unknown:g} do not report it.",
            everyone=everyone,
            yes=yes,
            known=known - yes,
            unknown=unknown,
        ),
        tr(
            "Share of the known: {yes:g} ÷ {known:g} = {value}.",
            yes=yes,
            known=known,
            value=written(value, 4, grouped=False),
        ),
        tr(
            "If those that do not report it all had none: {yes:g} ÷ {everyone:g} = {low}; if all had it: {yes_2:g} ÷ {everyone:g} = {high}.",
            yes=yes,
            everyone=everyone,
            low=written(low, 4, grouped=False),
            yes_2=yes + unknown,
            high=written(high, 4, grouped=False),
        ),
        tr(
            "Known for {known:g} of {everyone:g} = {covered:.0%}: {HEADLINE}.",
            known=known,
            everyone=everyone,
            covered=covered,
            HEADLINE=HEADLINE[said],
        ),
    ]


def _kleene() -> list[str]:
    pairs = [(True, None), (False, None), (True, True), (None, None)]
    left, right = (pd.Series([p[k] for p in pairs], dtype="boolean") for k in (0, 1))
    both = all_of(left, right)
    said = [tr("{MARK} and {MARK_2} = {c}", MARK=MARK[a], MARK_2=MARK[b], c='not known' if pd.isna(c) else MARK[bool(c)]) for (a, b), c in zip(pairs, both, strict=True)]  # fmt: skip
    return [
        "; ".join(said) + ".",
        tr("A known failure decides; otherwise anything not reported leaves the whole unknown."),
    ]


SHARE = Method(
    "share_and_bounds", "A share, and between which bounds it lies",
    "A share is of the schools for which it is known. Beside it stand how many are not reported, and the two ends: what it would be if all of those were no, and if all were yes. Where too few report, no headline is given. A share of learners needs as many schools to report how many learners they have.",
    "share = yes ÷ (yes + no); lower = yes ÷ all; upper = (yes + not reported) ÷ all", "Manski (2003), Partial Identification of Probability Distributions", 1,
    ("headline_coverage_min", "headline_coverage_full"), _share,
)  # fmt: skip
KLEENE = Method(
    "three_valued_logic", "Yes, no and not reported",
    "Every yes or no has a third state. “Meaningfully connected” needs internet for learners, electricity and bandwidth; “underserved” is the failing of any one of four.",
    "Kleene's strong logic: and = the least, or = the greatest of no < not reported < yes", "Kleene (1952), Introduction to Metamathematics", 2, (), _kleene,
)  # fmt: skip
STALE = Method(
    "stale", "Values that are too old",
    "A value keeps its date. Past the age that the policy allows it is still shown and still counted, and flagged as old.",
    "age = last day that the sources describe (today where none gives a day) − last day of the date given; old where the age is above the limit", "planning values", 3,
    ("stale_connectivity_years", "stale_devices_years", "stale_electricity_years"),
)  # fmt: skip
EVIDENCE = Method(
    "evidence", "How a value is known",
    "Each value says how it is known: measured, reported, inferred from other values, predicted by a model, filled in from similar schools, or not at all. When sources disagree, the stronger evidence is shown and the other is kept.",
    "measured > reported > inferred > predicted > filled in > not known", "First Mile; UIS data quality framework", 4,
)  # fmt: skip
