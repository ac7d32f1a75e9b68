"""What a selection says: one sentence first, then its marks, groups and areas. Pure; every count says of what."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dashboard import areas, shows, words
from geodata.aggregate import weights
from geodata.declare import Indicator
from geodata.priority import operating
from geodata.query import Desk
from geodata.say import later, tr
from geodata.view import View

# Said of a school that has the unwanted end of a yes/no indicator: "6 of 10 schools …".
# Whom a share is weighed by, as the doubts about it name them.
WEIGHED = {"num_students": later("learners"), "num_students_girls": later("girls"), "num_students_boys": later("boys")}
LACKING = {
    "internet_for_learners": later("have no usable internet for learners"),
    "internet": later("have no internet"),
    "learners_with_internet": later("are in a school without usable internet"),
    "girls_with_internet": later("are in a school without usable internet"),
    "boys_with_internet": later("are in a school without usable internet"),
    "meaningfully_connected": later("are not meaningfully connected"),
    "underserved": later("are underserved"),
    "broadband": later("have no broadband"),
    "covered_4g": later("lie outside any 4G signal"),
    "covered_not_connected": later("have a 4G signal but no internet for learners"),
    "no_device": later("have no device for learners"),
    "computers": later("have no device for learners"),
    "electricity": later("have no regular electricity"),
    "water": later("have no drinking water"),
    "sanitation": later("have no single-sex toilets"),
    "accessible": later("are not fit for learners with disabilities"),
    "accessible_buildings": later("have no buildings fit for learners with disabilities"),
    "rural": later("are rural"),
}


def message(indicator: Indicator) -> str:
    """What is said of those who lack it, as one message: "{share} schools have no internet"."""
    return f"{{share}} {indicator.unit.removeprefix('share of ')} {LACKING[indicator.name]}"


@dataclass(frozen=True)
class Finding:
    """A share or a number of a selection with its bounds; `unknown_share` of the schools (or learners) is not reported."""

    value: float
    lower: float
    upper: float
    unknown_share: float

    @property
    def silent(self) -> bool:
        """Whether it could be anything, though something of it is known: so few report their learners."""
        return bool(np.isnan(self.value) and self.lower == 0 and self.upper == 1)


@dataclass(frozen=True)
class Said:
    """A finding in words: one sentence, the bounds of its number where something is unknown, and what is not reported.

    Pages show the sentence large and its doubts in a line below it.
    """

    text: str
    bounds: str = ""
    gaps: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        """All of it in one sentence, its doubts in brackets."""
        doubts = "; ".join(filter(None, (self.bounds, *self.gaps)))
        return f"{self.text.removesuffix('.')} ({doubts})." if doubts else self.text

    @property
    def lines(self) -> tuple[str, str]:
        """The sentence and the line below it, as pages show them."""
        return self.text, self.doubts

    @property
    def doubts(self) -> str:
        """The line below the sentence; empty where everything is known."""
        said_ = [tr("Range: {bounds}", bounds=self.bounds)] if self.bounds else []
        return " ".join(words.sentence(part) for part in (*said_, "; ".join(self.gaps)) if part)


def finding(desk: Desk, view: View, indicator: Indicator) -> Finding | None:
    """The indicator over the whole selection; None where no school is in it."""
    rolled = desk.areas(view.schools_only, 0, indicator.name)
    if not len(rolled):
        return None
    row = rolled.iloc[0]
    known, unknown = (float(pd.to_numeric(row[f"{indicator.name}_{w}"])) for w in ("known", "unknown"))
    number, low, high = (_float(row[c]) for c in (indicator.name, f"{indicator.name}_lower", f"{indicator.name}_upper"))
    return Finding(number, low, high, unknown / (known + unknown) if known + unknown else 1.0)


def _float(value: object) -> float:
    return float("nan") if words.unknown(value) else float(value)  # type: ignore[arg-type]


def sentence(desk: Desk, view: View) -> str:
    """The finding in one sentence: of whom, the bounds where they are wide, and how much is not reported."""
    return said(desk, view).whole


def said(desk: Desk, view: View) -> Said:
    """The finding of a view: its sentence, and its doubts apart."""
    indicator = shows.shown(desk, view)
    if (
        indicator.name == "internet_for_learners"
        and "learners_with_internet" in desk.indicators
        and desk.schools["num_students"].notna().any()
    ):
        by_learner = finding(desk, view, desk.indicators["learners_with_internet"])
        if by_learner is not None and by_learner.unknown_share < 1 and not by_learner.silent:
            indicator = desk.indicators["learners_with_internet"]
    found = finding(desk, view, indicator)
    if found is None:
        return Said(tr("No school is in this selection."))
    reported = 1 - found.unknown_share
    if reported <= 0:
        return Said(
            tr(
                "{title}: not reported for any school of this selection."
                if view.schools_only.query()
                else "{title}: not reported for any school.",
                title=tr(indicator.title),
            )
        )
    if found.silent and indicator.rollup == "share":
        return Said(tr("{title}: too few schools report their learners to say.", title=tr(indicator.title)))
    if reported < desk.policy.number("headline_coverage_min"):
        return Said(
            tr(
                "{title}: too few reported to say ({reported} reported).",
                title=tr(indicator.title),
                reported=words.percent(reported),
            )
        )
    lacking = LACKING.get(indicator.name, "") if indicator.rollup == "share" else ""
    found = _turned(found) if lacking and indicator.higher_is == "better" else found
    text = _said(indicator, found, lacking)
    if not text:
        return Said(
            tr(
                "{title}: too few reported to say ({reported} reported).",
                title=tr(indicator.title),
                reported=words.percent(reported),
            )
        )
    bounds, gaps = _doubt(indicator, found, without_weight(desk, view, indicator))
    return Said(words.sentence(text), bounds, gaps)


def _said(indicator: Indicator, found: Finding, lacking: str) -> str:
    """The number in words, without its doubts; empty where nothing can be said."""
    if indicator.rollup == "share":
        who = tr(indicator.unit.removeprefix("share of "))
        share = words.of_ten(found.value) if np.isfinite(found.value) else words.one_end(found.lower, found.upper)
        if lacking and found.value == 0:  # never "no school has no water"
            return tr(
                "{title}: all {who}" if indicator.higher_is == "better" else "{title}: no {who}",
                title=tr(indicator.title),
                who=who,
            )
        if not share:
            return ""
        return (
            tr(message(indicator), share=share)
            if lacking
            else tr("{title}: {share} {who}", title=tr(indicator.title), share=share, who=who)
        )
    title = (
        tr("{title}, mean of the schools", title=tr(indicator.title))
        if indicator.rollup == "mean"
        else tr(indicator.title)
    )
    least = tr("at least ") if indicator.rollup == "sum" and found.unknown_share > 0 else ""
    return f"{title}: {least}{shows.say(indicator, found.value)}" if np.isfinite(found.value) else ""


def without_weight(desk: Desk, view: View, indicator: Indicator) -> int:
    """Operating schools of the selection whose learners (girls, boys) are not reported: they weigh nothing in a share of learners."""
    if not indicator.weight or indicator.rollup != "share" or not desk.one_by_one:
        return 0
    names = ["school_status", "num_students", "num_students_girls", "num_students_boys"]
    frame = desk.frame(view.schools_only, names)
    return int((np.isnan(weights(frame, indicator.weight)) & operating(frame["school_status"])).sum())


def _turned(found: Finding) -> Finding:
    return replace(
        found, value=1 - found.value, lower=1 - max(found.lower, found.upper), upper=1 - min(found.lower, found.upper)
    )


def _doubt(indicator: Indicator, found: Finding, unweighted: int = 0) -> tuple[str, tuple[str, ...]]:
    """The bounds where something is unknown; how much of what is not reported, and the schools that weigh nothing."""
    whose = tr(WEIGHED.get(indicator.weight, WEIGHED["num_students"]))
    bounds, gaps = "", []
    if found.unknown_share > 0:
        if np.isfinite([found.value, found.lower, found.upper]).all():
            bounds = _bounds(indicator, *sorted((found.lower, found.upper)))
        of = whose if indicator.weight else tr("schools")
        gaps.append(tr("{unknown_share} of {of} not reported", unknown_share=words.percent(found.unknown_share), of=of))
    if unweighted:
        schools = words.count(unweighted, "school")
        gaps.append(tr("{whose} of {unweighted} not reported, so not counted", whose=whose, unweighted=schools))
    return bounds, tuple(gaps)


def _bounds(indicator: Indicator, low: float, high: float) -> str:
    if indicator.rollup == "share":
        return words.bounds_of_ten(low, high)
    ends = [shows.say(indicator, end, unit=False) for end in (low, high)]
    return tr("{low} to {high}", low=ends[0], high=ends[1]) if ends[0] != ends[1] else ""


def by_group(desk: Desk, view: View, column: str) -> list[tuple[str, list[int]]]:
    """Class counts of the selection for each value of a coded column, in its order; those without schools are left out."""
    if column not in desk.schools:
        return []
    positions = desk.select(view.schools_only).positions
    indicator = shows.shown(desk, view)
    values = desk.schools[column].iloc[positions]
    groups = [
        (words.code(v), positions[values.eq(v).fillna(False).to_numpy(dtype=bool)]) for v in values.dropna().unique()
    ]
    missing = positions[values.isna().to_numpy()]
    found = sorted(groups, key=lambda g: g[0]) + ([(words.NOT_REPORTED, missing)] if len(missing) and groups else [])
    if any(len(rows) < desk.locations.least for _, rows in found) and not desk.one_by_one:
        return []  # a group of a few schools, and with it what the others leave of the total
    return [(name, shows.counts(desk, indicator, view, rows)) for name, rows in found if len(rows)]


def parts(desk: Desk, view: View) -> pd.DataFrame:
    """The areas inside the chosen one, greatest need first: area_id, name, num_schools, value, known and unknown."""
    indicator = shows.shown(desk, view)
    level = areas.level_of(desk, view.area)
    own = desk.places.levels[view.area] if view.area else 0
    if level == own:
        return pd.DataFrame()
    table = desk.areas(view.schools_only, level, indicator.name)
    if view.area:
        table = table[table["parent_id"] == view.area]
    table = table[(table["num_schools"] > 0)].rename(
        columns={indicator.name: "value", f"{indicator.name}_known": "known", f"{indicator.name}_unknown": "unknown"}
    )
    return table.sort_values(["value", "name"], ascending=[indicator.higher_is == "better", True], na_position="last")
