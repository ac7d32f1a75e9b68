"""The school's sheet, part by part: pure, from one school's plain values to components."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal

from dash import html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import words
from geodata.aggregate import stale
from geodata.explain import NOT_COUNTED, PREDICTED, SIMILAR, Explanation
from geodata.fields import FIELDS, companions
from geodata.policy import POLICY, Policy
from geodata.priority import NEED
from geodata.say import later, tr
from geodata.tables import CONTEXT_COLUMNS, JOIN_COLUMNS

School = Mapping[str, Any]
Fed = Mapping[str, tuple[str | None, str | None]]

# What grows old, and by which number of the policy.
AGEING: dict[Literal["connectivity", "devices", "electricity"], tuple[str, ...]] = {
    "connectivity": ("has_internet", "has_internet_for_learners", "has_broadband", "connectivity_type", "download_speed_measured_mbps", "download_speed_contracted_mbps"),
    "devices": ("num_computers", "num_tablets", "has_computers", "has_computer_lab"),
    "electricity": ("has_electricity", "electricity_type", "electricity_hours_per_day"),
}  # fmt: skip

# The evidence table's themes and their columns; what is neither here nor in a score stands under "Also in the record".
THEMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (later("Identity"), ("school_id", "school_id_govt", "school_id_giga", "education_level", "isced_levels", "school_funding_type", "school_funding_detail", "facility_type", "school_status", "school_year", "source_name")),
    (later("Place"), ("admin1", "admin2", "admin3", "admin4", "latitude", "longitude", "location_repair", "location_in_declared_area", "location_shared_by", "school_area_type", "settlement", "community_land")),
    (later("People"), ("num_students", "num_students_girls", "num_students_boys", "num_students_lower", "num_students_upper", "num_students_disabled", "num_students_displaced", "num_teachers", "num_teachers_trained_ict")),
    (later("Internet"), ("has_internet", "has_internet_for_learners", "has_broadband", "connectivity_type", "download_speed_measured_mbps", "download_speed_contracted_mbps")),
    (later("Devices"), ("num_computers", "num_tablets", "has_computers", "has_computer_lab", "learners_per_computer")),
    (later("Power, water and buildings"), ("has_electricity", "electricity_type", "electricity_hours_per_day", "has_water", "has_sanitation", "has_handwashing", "has_accessible_infrastructure", "has_accessible_materials")),
    (later("Teaching and use"), ("has_ict_assisted_instruction", "has_internet_assisted_instruction", "use_hours_week", "num_students_ict", "num_students_computing", "num_computers_internet", "has_content_in_teaching_language", "has_narrowband", "has_radio", "has_television", "has_telephone")),
    (later("What could be had nearby"), ("cellular_coverage_type", "in_2g_coverage", "in_3g_coverage", "in_4g_coverage", "in_5g_coverage", "nearest_2g_distance_m", "nearest_3g_distance_m", "nearest_4g_distance_m", "nearest_5g_distance_m", "fiber_node_distance_m", "fiber_line_distance_m", "ookla_fixed_mbps", "ookla_fixed_tile_distance_m", "ookla_mobile_mbps", "ookla_mobile_tile_distance_m")),
    (later("Around the school"), ("schools_within_1km", "schools_within_2km", "schools_within_3km", "pop_within_1km", "pop_within_2km", "pop_within_3km", *CONTEXT_COLUMNS)),
)  # fmt: skip


def place_line(school: School, place: Mapping[str, Any]) -> str:
    """ "Primary · public · rural · Palmas, Tocantins"."""
    parts = [
        words.code(school[k])
        for k in ("education_level", "school_funding_type", "school_area_type")
        if not words.unknown(school.get(k))
    ]
    return " · ".join([*(p[:1].upper() + p[1:] for p in parts[:1]), *parts[1:], words.place_of(school)])


def status_note(school: School) -> Component | None:
    """Said where the school does not operate; nothing where it does."""
    status = school.get("school_status")
    if words.unknown(status):
        return html.P(c.status("unknown", tr("Whether the school operates is not reported")))
    if status == "open":
        return None
    return c.message(
        tr("This school is {status}", status=words.code(status)),
        kept=tr("It stays in these data so that it is not forgotten, and is not counted in shares or ranks"),
    )


# --- its place in the list ----------------------------------------------------------------------------------------


def items(found: Explanation, visible: Sequence[str]) -> Component:
    """The things counted, one a row: what is said, its value, where that comes from, its weight and its share."""
    body = []
    for line in found.items:
        if line.criterion.item not in visible:
            how = tr("not counted, and not shown") if line.basis == NOT_COUNTED else tr("counted, but not shown")
            body.append((tr(line.criterion.title), tr("{how} at this level of access", how=how), "", "", "", ""))
            continue
        state = (
            "unused"
            if line.basis == NOT_COUNTED or not line.criterion.counted
            else "unknown"
            if line.basis in (SIMILAR, PREDICTED)
            else "lacks"
            if line.lacks
            else "has"
        )
        shape = c.marks([c.Mark(line.words if line.basis != NOT_COUNTED else tr("no data for any school"), state)])  # type: ignore[arg-type]
        basis = tr({SIMILAR: later("average of similar schools"), PREDICTED: "predicted"}.get(line.basis, line.basis))
        value = "–" if line.basis == NOT_COUNTED else words.exact(line.value, 4)
        share = "–" if line.basis == NOT_COUNTED else words.percent(line.share)
        body.append((tr(line.criterion.title), shape, value, basis, words.exact(line.weight_used, 4), share))
    head = (
        tr("Thing"),
        tr("This school"),
        tr("Value, 0 to 1"),
        tr("Where the value comes from"),
        tr("Weight in its half"),
        tr("Share of the score"),
    )
    return c.table(
        head,
        body,
        caption=tr("What is counted, and what each thing adds. A value of 1 is a complete lack."),
        numeric=(2, 4, 5),
    )


def steps(found: Explanation, visible: Sequence[str]) -> Component:
    """The arithmetic, to redo by hand; a half that holds something hidden is said without its parts."""
    hidden = [line for line in found.items if line.criterion.item not in visible and line.basis != NOT_COUNTED]
    if not hidden:
        return html.Ol([html.Li(step) for step in found.steps], className="fm-steps")
    halves = {tr("Service gap") if line.criterion.pillar == NEED else "Marginalisation" for line in hidden}
    titles = {tr(line.criterion.title) for line in hidden}
    kept = []
    for step in found.steps:
        half = next((h for h in halves if step.startswith(f"{h}:")), "")
        if half:
            value = step.rsplit("=", 1)[-1].strip() if "=" in step else ""
            kept.append(
                tr("{half}: {value} (one of its things is not shown at this level of access)", half=half, value=value)
            )
        elif not any(step.startswith(title) for title in titles):
            kept.append(step)
    return html.Ol([html.Li(step) for step in kept], className="fm-steps")


# --- every value --------------------------------------------------------------------------------------------------


def record(
    school: School, place: Mapping[str, Any], fed: Fed, policy: Policy = POLICY, today: datetime.date | None = None
) -> Component:
    """Every value with its unit, evidence, source and date, by theme; what is not reported or old is said.

    `fed` gives the source and the date of columns that carry none of their own; `today` is the day on which ages are taken:
    the last that the sources describe; without one no value is said to be old.
    """
    dated = partial(_dated, policy=policy, day=today or datetime.date.min)
    body: list[Component] = []
    levels = len(place.get("levels", ()))
    for theme, columns in THEMES:
        shown = [name for name in columns if name in school and not beyond(name, levels)]
        if not shown:
            continue
        body.append(html.Tr(html.Th(tr(theme), colSpan=5, scope="colgroup"), className="fm-group-row"))
        body += [_value_row(school, name, place, fed, dated) for name in shown]
    head = html.Thead(
        html.Tr(
            [
                html.Th(text, scope="col")
                for text in (tr("What"), tr("Value"), tr("How it is known"), tr("Source"), tr("Date"))
            ]
        )
    )
    caption = html.Caption(
        tr("“Not reported” means that no source says anything; it is never taken as no, zero or the worst.")
    )
    return html.Table([caption, head, html.Tbody(body)], className="fm-table fm-record")


def beyond(name: str, levels: int) -> bool:
    return name.startswith("admin") and int(name[5]) > max(levels, 1)


def _value_row(
    school: School, name: str, place: Mapping[str, Any], fed: Fed, dated: Callable[[str, Any], Any]
) -> Component:
    value = school.get(name)
    told = words.repair(value) if name == "location_repair" else words.said(name, value)
    source, date, evidence = school.get(f"{name}_source"), school.get(f"{name}_date"), school.get(f"{name}_evidence")
    if not companions(name):
        evidence = "" if words.unknown(value) else "computed" if FIELDS[name].derived else "reported"
        own = (
            FIELDS[name].derived and name not in JOIN_COLUMNS
        )  # what stands on a layer has the layer's source and date
        source, date = (None, None) if words.unknown(value) or own else fed.get(name, (None, None))
    chip = (
        html.Span(tr("computed from the layers"), className="fm-soft")
        if evidence == "computed"
        else c.evidence_chip(evidence)
    )
    told_as = html.Span(told, className="fm-unknown") if words.unknown(value) and name != "location_repair" else told
    if name == "location_repair":
        chip = html.Span("–", className="fm-soft")
    cells = [told_as, chip, _dash(source), dated(name, None if words.unknown(value) else date)]
    return html.Tr(
        [
            html.Th(words.title(name, place), scope="row", title=tr(FIELDS[name].definition)),
            *(html.Td(cell) for cell in cells),
        ]
    )


def _dated(name: str, date: Any, *, policy: Policy, day: datetime.date) -> Any:
    """The date, flagged where it is older than the policy allows for this kind of value."""
    kind = next((kind for kind, columns in AGEING.items() if name in columns), None)
    if kind is None or words.unknown(date) or not stale(str(date), kind, day, policy):
        return _dash(date)
    years = words.count(int(policy.number(f"stale_{kind}_years")), "year")
    return html.Span([str(date), " ", html.Span(tr("older than {years}", years=years), className="fm-chip fm-stale")])


def _dash(value: Any) -> str:
    return "–" if words.unknown(value) else str(value)
