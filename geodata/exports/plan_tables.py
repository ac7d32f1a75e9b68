"""The sheets of a programme workbook that list: schools, who is not eligible, options, prices, assumptions, sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd

from geodata.disclosure import Tier
from geodata.exports.plan_seen import BY_LENGTH, MONEY, Handed
from geodata.exports.plan_sheet import Sheet, Shown
from geodata.exports.plan_words import ADVICE, COLUMNS, DECISIONS, words
from geodata.options.eligible import WHY as NOT_ELIGIBLE
from geodata.options.eligible import rule
from geodata.options.words import STATES, WAYS, WHYS
from geodata.policy import NUMBERS

PARTS = ("link_cost", "power_cost", "device_cost", "training_cost")
HERE = "This plan, made with First Mile from the data under Sources and the prices under Unit costs."
GROUPS = ("plan", "cost", "reach")


def sheet(
    of: Handed,
    name: str,
    says: str,
    frame: pd.DataFrame,
    more: Mapping[str, tuple[str, Shown, str]] | None = None,
    *,
    source: str = HERE,
    formulas: Mapping[str, Callable[[int], str]] | None = None,
) -> Sheet:
    """A sheet whose columns are called as `plan_words` calls them; `more` names those that it does not know."""
    known = {**COLUMNS, **(more or {})}
    told = {str(c): known.get(str(c), (c.replace("_", " ").capitalize(), _kind(frame[c]), "")) for c in frame.columns}
    given = _units(of)
    return Sheet(
        name=name,
        says=says,
        frame=frame,
        titles={c: t[0].format(**given) for c, t in told.items()},
        shown={c: t[1] for c, t in told.items()},
        meanings={c: t[2].format(**given) for c, t in told.items()},
        formulas=formulas or {},
        source=source,
    )


def _units(of: Handed) -> dict[str, str]:
    levels = [str(w).capitalize() for w in of.desk.place.get("levels", ())] + ["Area", "Area"]
    years = f"{of.plan.terms.number('plan_horizon_years'):g} years"
    return {
        "money": of.plan.book.currency,
        "years": years,
        "level1": levels[0],
        "level1_low": levels[0].lower(),
        "level2": levels[1],
    }


def _kind(values: pd.Series) -> Shown:
    return "number" if pd.api.types.is_numeric_dtype(values) and values.dtype != "boolean" else "text"


def schools(of: Handed) -> Sheet:
    """All schools with the decision on each; cost a live sum of its parts where all of them are shown."""
    frame = _in_words(of.schools)
    if not of.learners:
        frame = frame.drop(columns=["learners", "learners_estimated"])
    found = sheet(of, "Schools", _counted(of, frame), frame)
    if not of.exact or any(part not in frame for part in PARTS):
        return found
    letters = [found.letter(part) for part in PARTS]
    adds = frame[list(PARTS)].apply(pd.to_numeric).sum(axis=1, min_count=1)
    if not np.allclose(adds, pd.to_numeric(frame["cost"]), rtol=1e-9, atol=1e-6, equal_nan=True):
        return found  # parts that are not the whole (an interim server, a discount) are shown as they are
    return sheet(of, "Schools", found.says, frame, formulas={"cost": lambda row: "+".join(f"{at}{row}" for at in letters)})  # fmt: skip


def _counted(of: Handed, frame: pd.DataFrame) -> str:
    if not of.rows:
        return of.kept_back
    unit = "Learners are known for no school: each counts as one." if of.plan.unit == "schools" else ""
    return f"One row a school, {len(frame):,} in all. Filter Decision for the programme itself. {unit}".strip()


def _in_words(frame: pd.DataFrame) -> pd.DataFrame:
    known = {"decision": DECISIONS, "advice": ADVICE, "not_eligible_why": NOT_ELIGIBLE, "state": STATES, "way": WAYS}
    out = frame.copy()
    for column, said in known.items():
        if column in out:
            out[column] = _mapped(out[column], said)
    if "state" in out and "why" in out:
        out["why"] = _mapped(out["why"], WHYS)
    return out


def _mapped(values: pd.Series, known: dict[str, str]) -> pd.Series:
    return values.map({v: words(v, known) for v in values.dropna().unique()}).astype("str")


def not_eligible(of: Handed) -> Sheet:
    """Who is left out before anything is chosen, counted by reason."""
    frame = of.plan.excluded.reset_index(drop=True)
    least = of.desk.thresholds.schools if not of.rows else 0
    if least:
        few = frame["schools"] < least
        frame = frame.astype({c: "float64" for c in ("schools", "learners") if c in frame})
        frame.loc[few, [c for c in ("schools", "learners") if c in frame]] = np.nan
    frame["why"] = _mapped(frame["why"], NOT_ELIGIBLE)
    frame = frame.drop(columns="reason", errors="ignore")
    more: dict[str, tuple[str, Shown, str]] = {
        "why": ("Why not eligible", "text", "Which rule leaves schools out."),
        "schools": ("Schools", "count", "Schools left out by this rule."),
        "learners": ("Learners", "count", "Their learners, where reported or estimated."),
    }
    hidden = " Counts too small to show are left empty." if least else ""
    said = f"Schools that the plan may not choose. {rule(of.plan.terms, of.desk.atlas.name)}{hidden}"
    return sheet(of, "Not eligible", said, frame, more)


def options(of: Handed) -> Sheet:
    """Every way of connecting every school that the plan may choose, and why not where it cannot be."""
    frame = of.options
    names = of.schools.set_index("school_id")["school_name"] if "school_name" in of.schools else None
    if names is not None:
        frame = frame.copy()
        frame.insert(1, "school_name", frame["school_id"].map(names))
    more: dict[str, tuple[str, Shown, str]] = {"why": ("Why not, or not known", "text", "")}
    return sheet(of, "Options", "One row a school and way of connecting it. What is not known to be possible is not called impossible.", _in_words(frame), more)  # fmt: skip


LOTS: dict[str, tuple[str, Shown, str]] = {
    "lot": ("Lot", "text", ""),
    "title": ("Title", "text", "Way, area, and which of several."),
    "area": ("Area", "text", ""),
    "schools": ("Schools", "count", ""),
    "trees": ("Fibre trees", "count", "Never divided between lots."),
    "required_mbps": ("Mbps needed", "number", "Sum over schools whose need is known."),
    "mbps_unknown": ("Schools whose need is not known", "count", ""),
    "line_low": (
        "Line and fees with low prices ({money})",
        "money",
        "What bidders are asked for: without power, devices, training and contingency.",
    ),
    "line": ("Line and fees, {years} ({money})", "money", "What bidders are asked for."),
    "line_high": ("Line and fees with high prices ({money})", "money", ""),
    "first_year": ("First year", "date", ""),
    "last_year": ("Last year", "date", ""),
    "verify_first": ("To be verified first", "count", "Schools of the lot."),
    "risk": ("Risk", "text", ""),
}


def lots(of: Handed) -> Sheet | None:
    """The lots for tender, in the edition for inside: none for the public."""
    if of.lots is None or not of.rows or of.desk.tier == Tier.PUBLIC or not len(of.lots.lots):
        return None
    unseen = ["area_id", "too_large", *([] if of.learners else ["learners"])]
    frame = of.told(of.lots.lots.drop(columns=unseen, errors="ignore").reset_index(drop=True))
    if not of.exact:
        frame.loc[frame["way"].isin(BY_LENGTH), [c for c in frame.columns if c in MONEY]] = float("nan")
    return sheet(of, "Lots", "For inside the ministry: costs and risks are not for bidders, who get their own edition. " + " ".join(of.lots.notes), frame, LOTS)  # fmt: skip


def unit_costs(of: Handed) -> Sheet:
    """Every price with its range, year and source; provisional ones first."""
    rows = [
        {
            "item": c.item, "title": c.title, "unit": c.unit, "low": c.low, "mid": c.mid, "high": c.high,
            "provisional": "provisional" if c.provisional else "national quote", "price_year": c.price_year,
            "source": c.source, "date": c.date, "note": c.note,
        }
        for c in of.plan.book.costs.values()
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["item", "title", "unit", "low", "mid", "high", "provisional", "price_year", "source", "date", "note"])  # fmt: skip
    order = frame.assign(quoted=frame["provisional"].ne("provisional")).sort_values(["quoted", "item"], kind="stable")
    frame = frame.loc[order.index].reset_index(drop=True)
    money = of.plan.book.currency
    more: dict[str, tuple[str, Shown, str]] = {
        "item": ("Item", "text", "Name of the price in the unit-cost sheet."),
        "title": ("What", "text", ""),
        "unit": ("For each", "text", "What the price is paid for."),
        "low": (f"Low ({money})", "number", ""),
        "mid": (f"Middle ({money})", "number", "What the plan counts with, unless its terms say low or high."),
        "high": (f"High ({money})", "number", ""),
        "provisional": ("Standing", "text", "provisional: no national quote stands behind it."),
        "price_year": ("Year of prices", "date", ""),
        "source": ("Source", "text", ""),
    }
    count = len(of.plan.book.provisional)
    said = f"{count} of {len(frame)} prices are provisional until national quotes replace them: fill in the unit-cost sheet (firstmile prices) and make the plan anew."  # fmt: skip
    return sheet(of, "Unit costs", said, frame, more, source="Named in each row.")  # fmt: skip


def assumptions(of: Handed) -> Sheet:
    """Every policy number of the plan with what it means and who says so; then the terms that are not numbers."""
    policy, own = of.plan.terms.policy, of.desk.policy
    rows: list[dict[str, object]] = [
        {"name": n.name, "title": n.title, "value": policy[n.name], "unit": n.unit, "default": n.value, "set": _set(policy[n.name], own[n.name], n.value), "definition": n.definition, "reference": n.reference}
        for n in NUMBERS.values()
        if n.group in GROUPS or policy[n.name] != n.value or n.group == "standards"
    ]  # fmt: skip
    terms = of.plan.terms
    for year, amount in enumerate(terms.budget, start=1):
        rows.append(_term(f"budget_{year}", f"Budget of year {year}", amount, of.plan.book.currency))
    held = {k: v for k, v in of.terms.items() if k not in ("budget", "policy")}
    rows += [_term(k, k.replace("_", " ").capitalize(), _plain(v)) for k, v in held.items() if v not in ("", (), None)]
    frame = pd.DataFrame(rows).assign(value=lambda f: f["value"].astype(object), default=lambda f: f["default"].astype(object))  # fmt: skip
    more: dict[str, tuple[str, Shown, str]] = {
        "name": ("Name", "text", "Name in recipes, scenario files and --policy."),
        "title": ("What", "text", ""),
        "value": ("Value in this plan", "number", ""),
        "unit": ("Unit", "text", ""),
        "default": ("First Mile's default", "number", ""),
        "set": ("Set by", "text", "default, the country's recipe, or this plan."),
        "reference": ("Reference", "text", "planning value: a judgement to be agreed in the country."),
    }
    return sheet(of, "Assumptions", "Every number that a person might argue about. Values marked planning value are judgements, not findings.", frame, more, source="Named in each row.")  # fmt: skip


def _set(value: object, own: object, default: object) -> str:
    return "this plan" if value != own else "the country's recipe" if value != default else "default"


def _term(name: str, title: str, value: object, unit: str = "") -> dict[str, object]:
    return {"name": name, "title": title, "value": value, "unit": unit, "default": "", "set": "this plan", "definition": "Term of this plan.", "reference": ""}  # fmt: skip


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return "; ".join(": ".join(map(str, v)) if isinstance(v, tuple | list) else str(v) for v in value)
    return value


def sources(of: Handed) -> Sheet:
    """Where the data come from, with licences."""
    keys = ("name", "publisher", "title", "licence", "date", "attribution", "address", "sha256", "used_here")
    rows = [{k: _said(s.get(k)) for k in keys} for s in of.sources]
    return sheet(of, "Sources", "Sources of this country's data; used here: the plan rests on it.", pd.DataFrame(rows, columns=list(keys)), source="The recipe of this country's data.")  # fmt: skip


def _said(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else "" if value is None else str(value)


def columns(of: Handed, sheets: Iterable[Sheet]) -> Sheet:
    """What every column of the workbook means."""
    rows = [
        {"sheet": s.name, "column": s.titles[c], "machine": c, "meaning": s.meanings.get(c, "")}
        for s in sheets
        for c in map(str, s.frame.columns)
    ]
    more: dict[str, tuple[str, Shown, str]] = {"machine": ("Name for programs", "text", "")}
    return sheet(of, "Columns", "What each column means.", pd.DataFrame(rows, columns=["sheet", "column", "machine", "meaning"]), more, source="First Mile.")  # fmt: skip
