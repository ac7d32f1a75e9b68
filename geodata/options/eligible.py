"""Who may be in a plan: the rule in one sentence, every exclusion with its reason, and what funders have promised.

Unknown is not no: a school whose funding, status or internet is not reported stays in (the first by policy), and is
counted apart. What is left out keeps its learners in sight.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.arrays import equals, number
from geodata.freshness import as_of
from geodata.options.chances import chance_of
from geodata.plan.terms import Terms
from geodata.priority import operating
from geodata.query import Desk
from geodata.say import in_english, later, tr, trn
from geodata.vocabulary import Funding

Bools = npt.NDArray[np.bool_]
# Why a school is not in a plan, in the order in which it is asked: the first that holds is the reason.
WHY: dict[str, str] = {
    "outside_area": later("outside the area of the plan"),
    "outside_list": later("not in the list of the plan"),
    "not_open": later("not operating now (closed, damaged, occupied or used as shelter)"),
    "not_public": later("not publicly funded"),
    "funding_unknown": later("funding not reported"),
    "served": later("has the internet that the standard asks for"),
    "committed": later("promised by a funder already"),
}
COLUMNS = (
    "school_id",
    "eligible",
    "not_eligible_why",  # a key of WHY; empty where eligible
    "committed_by",  # funders of all live promises, whatever they cover; empty without one
    "committed_scope",  # what is promised: connection, devices, power, training, all
    "committed_until",  # last day that is promised; empty where no end is given
    "promised_connection",
    "promised_devices",
    "promised_power",
    "promised_training",
    "owed_connection",  # of what is promised, what is not done yet
    "owed_power",
    "funding_unknown",
    "internet_unknown",
)
SCOPES = ("connection", "devices", "power", "training")
LIVE = ("promised", "under_way", "done")


def eligible(desk: Desk, terms: Terms) -> pd.DataFrame:
    """COLUMNS, one row a school in the order of `desk.whole`."""
    whole = desk.whole
    promised = promises(desk)
    funding = whole["school_funding_type"]
    public, unknown = equals(funding, Funding.PUBLIC.value), funding.isna().to_numpy()
    lacks, source = chance_of(desk.scoring(terms.policy), "bandwidth")
    strict = terms.policy["plan_funding_unknown"] == "left_out" and not terms.include_private
    held = {
        "outside_area": ~inside(desk, (terms.area,)) if terms.area else np.zeros(len(whole), dtype=bool),
        "outside_list": ~whole["school_id"].astype(str).isin(terms.only).to_numpy()
        if terms.only
        else np.zeros(len(whole), dtype=bool),
        "not_open": ~operating(whole["school_status"]),
        "not_public": ~public & ~unknown & (not terms.include_private),
        "funding_unknown": unknown & strict,
        "served": (source == "reported").to_numpy() & (lacks == 0),
        "committed": promised["promised_connection"].to_numpy() & (not terms.include_committed),
    }
    why = np.full(len(whole), "", dtype=object)
    for name in reversed(WHY):
        why[held[name]] = name
    out = pd.DataFrame(
        {"school_id": whole["school_id"], "eligible": why == "", "not_eligible_why": pd.Series(why, whole.index, "str")}
    )
    out = pd.concat([out, promised], axis=1)
    return out.assign(funding_unknown=unknown, internet_unknown=(source != "reported").to_numpy())


def inside(desk: Desk, areas: tuple[str, ...]) -> Bools:
    """Schools in any of some areas; raises ViewError where there is no such area."""
    whole, found = desk.whole, np.zeros(len(desk.whole), dtype=bool)
    for area in areas:
        columns = desk.places.column(area)
        found |= equals(whole[columns[0]], area) if columns else np.ones(len(whole), dtype=bool)
    return found


def rule(terms: Terms, place: str = "the country") -> str:
    """Who is eligible, in a few sentences to be printed."""
    of = {"place": place, "standard": str(terms.policy["bandwidth_tier"])}
    kept = terms.policy["plan_funding_unknown"] == "eligible"
    if terms.include_private and terms.area:
        said = tr("Eligible are all schools in the area of the plan that operate, whoever funds them, and that are not known to meet the standard {standard}.", **of)  # fmt: skip
    elif terms.include_private:
        said = tr("Eligible are all schools of {place} that operate, whoever funds them, and that are not known to meet the standard {standard}.", **of)  # fmt: skip
    elif terms.area:
        said = tr("Eligible are public and publicly funded schools in the area of the plan that operate and that are not known to meet the standard {standard}.", **of)  # fmt: skip
    else:
        said = tr("Eligible are public and publicly funded schools of {place} that operate and that are not known to meet the standard {standard}.", **of)  # fmt: skip
    unsure = tr("Those whose funding is not reported are included.") if kept else tr("Those whose funding is not reported are left out.")  # fmt: skip
    taken = "" if terms.include_committed else tr("Schools that a funder has promised to connect are left out.")
    named = trn("Only the {n} school of a chosen list is looked at.", "Only the {n} schools of a chosen list are looked at.", len(terms.only)) if terms.only else ""  # fmt: skip
    return " ".join(filter(None, (said, named, "" if terms.include_private else unsure, taken)))


def excluded(eligible: pd.DataFrame, needs: pd.DataFrame) -> pd.DataFrame:
    """Who is left out: one row a reason of WHY that holds for any school; columns why, reason, schools, learners.

    `learners` is NaN where enrolment is known for no school.
    """
    out = ~eligible["eligible"].to_numpy()
    why, learners = eligible["not_eligible_why"].to_numpy(), number(needs["learners"])
    rows = []
    for name, reason in WHY.items():
        here = out & (why == name)
        if here.any():
            rows.append((name, reason, int(here.sum()), float(learners[here].sum())))
    return pd.DataFrame(rows, columns=["why", "reason", "schools", "learners"])


# --- what funders have promised -----------------------------------------------------------------------------------


def promises(desk: Desk) -> pd.DataFrame:
    """What is promised to each school by promises that bind: not cancelled, and not past their end when the data end.

    One that is done binds for good: what has been paid for is not funded twice. Columns from `committed_by` to
    `owed_power`, on the index of `desk.whole`.
    """
    whole = desk.whole
    ids = pd.Index(whole["school_id"])
    live = live_promises(desk)
    where = ids.get_indexer(pd.Index(live["school_id"]))
    live, where = live[where >= 0], where[where >= 0]
    out = pd.DataFrame(index=whole.index)
    for name, column in (("committed_by", "funder"), ("committed_scope", "scope")):
        out[name] = _joined(live, column, where, whole.index)
    until = live["until_date"].fillna("").groupby(where).max() if len(live) else pd.Series(dtype="str")
    text = np.full(len(whole), "", dtype=object)
    text[np.asarray(until.index, dtype=np.int64)] = until.to_numpy(dtype=object)
    out["committed_until"] = pd.Series(text, whole.index, "str")
    for scope in SCOPES:
        flags = np.zeros(len(whole), dtype=bool)
        flags[where[live["scope"].isin([scope, "all"]).to_numpy()]] = True
        out[f"promised_{scope}"] = flags
    for scope in ("connection", "power"):
        flags = np.zeros(len(whole), dtype=bool)
        flags[where[(live["scope"].isin([scope, "all"]) & live["status"].ne("done")).to_numpy()]] = True
        out[f"owed_{scope}"] = flags
    return out


@in_english
def live_promises(desk: Desk) -> pd.DataFrame:
    """Rows of the commitments layer that bind, what is not said taken as binding: everything, still going on."""
    names = ("school_id", "funder", "scope", "status", "from_date", "until_date")
    if not desk.atlas.has("commitments"):
        return pd.DataFrame({name: pd.Series(dtype="str") for name in names})
    told = pd.DataFrame(desk.atlas.read("commitments"))
    told = told.assign(**{name: told[name] if name in told else pd.Series(None, told.index, "str") for name in names})
    told = told.assign(scope=told["scope"].fillna("all"), status=told["status"].fillna("promised"))
    told = told.assign(funder=told["funder"].fillna(tr("funder not named")))
    day = as_of(desk.atlas.manifest)
    ended = np.zeros(len(told), dtype=bool)
    if day is not None:
        ended = np.array([isinstance(u, str) and u < day.isoformat()[: len(u)] for u in told["until_date"]], dtype=bool)
    binds = told["status"].isin(LIVE).to_numpy() & (~ended | (told["status"] == "done").to_numpy())
    return told[binds]


def _joined(live: pd.DataFrame, column: str, where: npt.NDArray[np.int64], index: pd.Index) -> pd.Series:
    """All different values of a school's promises in one text, in the order of their letters."""
    said: dict[int, set[str]] = {}
    for at, value in zip(where.tolist(), live[column], strict=True):
        said.setdefault(at, set()).add(str(value))
    text = np.full(len(index), "", dtype=object)
    for at, values in said.items():
        text[at] = "; ".join(sorted(values))
    return pd.Series(text, index, "str")
