"""The ranked list as the screen shows it: its rows in words, its filters, and what a click on its head asks for.

Pure: rows of plain values (`Desk.rows`) in, plain values out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dashboard import words
from geodata.declare import Criterion
from geodata.reasons import known_words, unknown_words
from geodata.say import later, told, tr
from geodata.view import View

# One or two words for a mark; a criterion that is not here is called by its title.
SHORT = {
    "bandwidth": later("internet"),
    "devices": later("devices"),
    "energy": later("power"),
    "poverty": later("poor"),
    "rural": later("remote"),
    "displaced": later("displaced"),
    "crisis": later("crisis"),
}
REASONS = 2
BLOCK = 100
_BOUNDED = ("num_students", "lacks_count", "data_confidence")
STATUS = {
    "temporarily_closed": later("temporarily closed"),
    "damaged": "damaged",
    "occupied": "occupied",
    "used_as_shelter": later("used as a shelter"),
    "extinct": later("closed for good"),
}


def short(criterion: Criterion) -> str:
    """The word of a criterion's mark."""
    return tr(SHORT[criterion.name]) if criterion.name in SHORT else tr(criterion.title).lower()


def wanted(criteria: Sequence[Criterion], place: Mapping[str, Any]) -> list[str]:
    """Columns of the schools that one row of the list needs."""
    levels = range(1, len(place.get("levels", ())) + 1)
    return [
        *("school_id", "school_name", "school_status", "num_students", "num_students_lower", "num_students_upper"),
        *(f"admin{n}" for n in levels),
        *("latitude", "longitude", "tier", "lacks_count", "lacks_unknown", "lacks_expected", "priority_rank"),
        "priority_reasons",
        *("data_confidence", "list", "survey_value", "survey_reason"),
        *(c.item for c in criteria),
    ]


def state(criterion: Criterion, row: Mapping[str, Any], cutoff: float) -> str:
    """Whether a school lacks this thing: lacks, has, unknown."""
    value = row.get(criterion.item)
    if words.unknown(value):
        return "unknown"
    past = float(value) >= cutoff if criterion.inclusive else float(value) > cutoff  # type: ignore[arg-type]
    return "lacks" if past else "has"


def marks(row: Mapping[str, Any], criteria: Sequence[Criterion], policy: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The small marks of a row: (word, state) for each criterion that the tier may see and that is in use."""
    return [(short(c), state(c, row, float(policy[c.cutoff]))) for c in criteria if c.item in row]


def record(row: Mapping[str, Any], criteria: Sequence[Criterion], policy: Mapping[str, Any], of: int) -> dict[str, Any]:
    """One row of the grid, in words. The keys that it sorts by are the schools' columns."""
    verify = words.unknown(row.get("tier"))
    lacks, unknown = row.get("lacks_count"), row.get("lacks_unknown")
    return {
        "school_id": row["school_id"],
        "school_name": row.get("school_name") or row["school_id"],
        "said_status": tr(STATUS[str(row["school_status"])]) if str(row.get("school_status")) in STATUS else "",
        "place": words.place_of(row),
        "priority_rank": "–" if words.unknown(row.get("priority_rank")) else words.exact(row["priority_rank"]),
        "tier_kind": "verify" if verify else str(row["tier"]).lower(),
        "said_tier": tr("Verify first") if verify else tr("Group {tier}", tier=row["tier"]),
        "said_lacks": words.lacks(lacks, f"{of}", unknown, row.get("lacks_expected")),
        "marks": marks(row, criteria, policy),
        "num_students": learners(row),
        "reasons": tr("; ").join(main_reasons(row)),
        "data_confidence": words.percent(row.get("data_confidence")),
        "survey_value": "–" if words.unknown(row.get("survey_value")) else words.ordinal(row["survey_value"]),
        "at": None if words.unknown(row.get("latitude")) else [row["longitude"], row["latitude"]],
    }


def learners(row: Mapping[str, Any]) -> str:
    """Learners exactly, or as a band, or not reported."""
    if not words.unknown(row.get("num_students")):
        return words.exact(row["num_students"])
    low, high = row.get("num_students_lower"), row.get("num_students_upper")
    if words.unknown(low):
        return words.NOT_REPORTED
    return (
        tr("{low} or more", low=words.exact(low))
        if words.unknown(high)
        else tr("{low} to {high}", low=words.exact(low), high=words.exact(high))
    )


def main_reasons(row: Mapping[str, Any], many: int = REASONS) -> list[str]:
    """The first reasons in words."""
    text = row.get("priority_reasons")
    return [] if words.unknown(text) else [told(part) for part in str(text).split("; ")[:many]]


def filter_model(view: View) -> dict[str, dict[str, Any]]:
    """The filters of the grid's heads that a view holds, as the grid itself says them."""
    low, high = dict(view.at_least), dict(view.at_most)
    model: dict[str, dict[str, Any]] = {}
    for name in _BOUNDED:
        if name in low and name in high:
            model[name] = {"filterType": "number", "type": "inRange", "filter": low[name], "filterTo": high[name]}
        elif name in low:
            model[name] = {"filterType": "number", "type": "greaterThanOrEqual", "filter": low[name]}
        elif name in high:
            model[name] = {"filterType": "number", "type": "lessThanOrEqual", "filter": high[name]}
    if view.text:
        model["school_name"] = {"filterType": "text", "type": "contains", "filter": view.text}
    return model


def asked(view: View, request: Mapping[str, Any]) -> View:
    """The view with the order and the filters that stand in the grid's heads, which are the newer word."""
    order = next(iter(request.get("sortModel") or ()), None)
    if order:
        view = replace(view, sort=str(order["colId"]), descending=order["sort"] == "desc")
    else:
        view = replace(view, sort="priority_rank", descending=False)
    model = request.get("filterModel") or {}
    low = {name: value for name, value in view.at_least if name not in _BOUNDED}
    high = {name: value for name, value in view.at_most if name not in _BOUNDED}
    for name in _BOUNDED:
        kind = model.get(name, {}).get("type")
        if kind in ("greaterThanOrEqual", "inRange"):
            low[name] = float(model[name]["filter"])
        if kind == "lessThanOrEqual":
            high[name] = float(model[name]["filter"])
        if kind == "inRange":
            high[name] = float(model[name]["filterTo"])
    text = str(model.get("school_name", {}).get("filter") or "")
    return replace(view, at_least=tuple(sorted(low.items())), at_most=tuple(sorted(high.items())), text=text)


def comparison(
    rows: Sequence[Mapping[str, Any]], criteria: Sequence[Criterion], policy: Mapping[str, Any], of: int
) -> list[tuple[str, list[str]]]:
    """Schools side by side: (what, one text a school) for place, rank, group, each thing and the gaps."""
    said = [record(row, criteria, policy, of) for row in rows]
    lines: list[tuple[str, list[str]]] = [
        (tr("Place"), [s["place"] for s in said]),
        (tr("Rank"), [words.ordinal(row.get("priority_rank")) for row in rows]),
        (tr("Group"), [f"{s['said_tier']}: {s['said_lacks']}" for s in said]),
        (tr("Learners"), [s["num_students"] for s in said]),
    ]
    lines += [(tr(c.title), [_compared(c, row, float(policy[c.cutoff])) for row in rows]) for c in criteria]
    for name in ("bandwidth_gap_mbps", "device_gap", "priority_score", "data_confidence"):
        lines.append((words.title(name), [words.said(name, row.get(name)) for row in rows]))
    return lines


def _compared(criterion: Criterion, row: Mapping[str, Any], cutoff: float) -> str:
    """One thing of one school, its shape before its words."""
    found = state(criterion, row, cutoff)
    if found == "unknown":
        said = str(row.get("priority_reasons") or "").split("; ")
        return f"○ {told(unknown_words(criterion, criterion.unknown_in_part in said))}"
    return f"{'■' if found == 'lacks' else '●'} {told(known_words(criterion, float(row[criterion.item]), found == 'lacks'))}"


def moved(before: Mapping[str, int], after: Mapping[str, int], more_than: int = 10) -> tuple[int, int]:
    """Schools whose rank differs by more than so many places, and schools that changed between the two lists."""
    far = sum(1 for key, rank in after.items() if key in before and abs(before[key] - rank) > more_than)
    return far, len(before.keys() ^ after.keys())


def change_words(far: int, crossed: int, regrouped: int, more_than: int = 10) -> str:
    """What a change of weights or standards did, in a sentence."""
    if not far and not crossed and not regrouped:
        return tr("No school moved more than 10 places or changed its group.")
    parts = [
        tr("{far} moved more than {more_than} places", far=words.count(far, "school"), more_than=more_than)
        if far
        else tr("no school moved more than 10 places")
    ]
    parts += [tr("{regrouped} changed group", regrouped=words.count(regrouped, "school"))] if regrouped else []
    parts += (
        [tr("{crossed} changed between ranked and verify first", crossed=words.count(crossed, "school"))]
        if crossed
        else []
    )
    return words.sentence("; ".join(parts))
