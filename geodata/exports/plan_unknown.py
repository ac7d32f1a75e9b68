"""The sheet that says what is not known: what would change the plan if it were."""

from __future__ import annotations

import pandas as pd

from geodata.exports.plan_seen import Handed
from geodata.exports.plan_sheet import Sheet, Shown
from geodata.exports.plan_tables import sheet
from geodata.exports.plan_words import words
from geodata.options.words import WAYS, WHYS


def unknown(of: Handed) -> Sheet:
    """One row a thing that is not known: how many schools it touches, and what the plan did about it."""
    plan = of.plan
    mine = plan.schools[plan.schools["eligible"].fillna(False).astype(bool)]
    estimated = int(mine["learners_estimated"].fillna(False).astype(bool).sum())
    chance = pd.to_numeric(mine["chance_underserved"]).between(0, 1, inclusive="neither")
    few = of.desk.thresholds.schools if not of.rows else 0
    rows = [
        ("Prices without a national quote", "prices", len(plan.book.provisional), "Counted with published figures of other places, from low to high."),
        ("Learners not reported", "schools", estimated, "Taken from the school's range, or from similar schools."),
        ("Whether the school has what the standard asks for", "schools", int(chance.sum()), "Counted at the chance that it does not."),
        ("No way of connecting that is known to be possible", "schools", int(mine["decision"].eq("no_way").sum()), "Not chosen; the sheet Options says what is missing."),
        *_reasons(of),
        *((str(note), "", None, "") for note in plan.notes),
        *((f"{m['what']}: {m['reason']}", "", None, "Could not be had when the data were built.") for m in of.desk.atlas.manifest.get("missing") or []),
    ]  # fmt: skip
    told = [(w, u, None if n is not None and 0 < n < few and u == "schools" else n, did) for w, u, n, did in rows if n is None or n > 0]  # fmt: skip
    frame = pd.DataFrame(told, columns=["what", "unit", "number", "sentence"])
    frame["number"] = frame["number"].astype("Float64")
    more: dict[str, tuple[str, Shown, str]] = {
        "what": ("What is not known", "text", ""),
        "unit": ("Counted in", "text", ""),
        "number": ("How many", "count", "Empty: touches all, or too few to show."),
        "sentence": ("What the plan did", "text", ""),
    }
    return sheet(of, "Not known", "What is not known, and what the plan did about it. Unknown is never taken for no.", frame, more)  # fmt: skip


def _reasons(of: Handed) -> list[tuple[str, str, int, str]]:
    """Options that are not known to be possible, by reason."""
    options = of.plan.options
    if "state" not in options:
        return []
    eligible = of.plan.schools.loc[of.plan.schools["eligible"].fillna(False).astype(bool), "school_id"]
    open_ = options[options["state"].eq("unknown") & options["school_id"].isin(eligible)]
    counted = open_.groupby(["way", "why"], sort=True)["school_id"].nunique().reset_index()
    told = zip(counted["way"].astype(str), counted["why"].astype(str), counted["school_id"], strict=True)
    return [
        (f"Whether a school can have {words(way, WAYS)}: {words(why, WHYS)}", "schools", int(n), "Not taken for possible, nor for impossible.")
        for way, why, n in told
    ]  # fmt: skip
