"""The three gaps of a place in one table: bandwidth, devices, skills; then power, kits, ratios and replacement.

Each total stands as far as it is reported, with what is expected of the rest, the most it could be, and how many schools
it rests on. Pure: totals of `geodata.threegaps` in, components out.
"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import drawn, words
from geodata.say import later, tr
from geodata.threegaps import Kits, Power, ThreeGaps, Total

Row = tuple[str, str, str, str, str]
HEAD = (
    later("Gap"),
    later("Missing, as far as reported"),
    later("With what is expected of the rest"),
    later("At most"),
    later("Reported by"),
)


def totals(found: ThreeGaps) -> list[Component]:
    """The table of gaps, the devices at four ratios, and replacement by year."""
    rows = [
        _row("Bandwidth", found.bandwidth, "Mbps"),
        _row(tr("Devices, 1 for {ratio}", ratio=words.exact(found.ratio)), found.devices[found.ratio], "devices"),
        _skills(found),
        *_kits(found.kits),
        *_power(found.power),
    ]
    table = c.table(
        HEAD,
        rows,
        caption=tr(
            "What is missing by the standards in force, never one gap without the others. What is expected is never counted as reported."
        ),
        numeric=(1, 2, 3, 4),
    )
    return [c.wide(table, tr("The three gaps together")), *_more(found)]


def sentence(found: ThreeGaps) -> str:
    """The three gaps in one sentence; what nobody reported is said to be so."""
    devices = found.devices[found.ratio]
    untrained = found.skills.untrained
    parts = [
        _said(found.bandwidth, "Mbps"),
        _said(devices, tr("devices")),
        tr("{untrained} trained teachers", untrained=words.rounded(untrained)) if not words.unknown(untrained) else "",
    ]
    silent = [
        name
        for part, name in zip(parts, (tr("bandwidth"), tr("devices"), tr("skills of teachers")), strict=True)
        if not part
    ]
    known = (
        tr("By what is reported, these schools lack {listed}", listed=words.listed([p for p in parts if p]))
        if any(parts)
        else ""
    )
    unsaid = tr("{things} not reported", things=words.listed(silent)) if silent else ""
    return words.sentence("; ".join(p for p in (known, unsaid) if p))


def _said(total: Total, unit: str) -> str:
    return "" if words.unknown(total.value) else f"{words.rounded(total.value)} {unit}"


def _row(title: str, total: Total, unit: str) -> Row:
    return (title, amount(total.value, unit), _expected(total, unit), _most(total, unit), _of(total.known, total.known + total.unknown))  # fmt: skip


def amount(value: float, unit: str) -> str:
    """A total with its unit, in whole units."""
    if words.unknown(value):
        return words.NOT_REPORTED
    return words.count(round(value), words.singular(unit), unit)


def _expected(total: Total, unit: str) -> str:
    if not total.unknown:
        return amount(total.value, unit)
    if words.unknown(total.expected):
        return tr("cannot be said")
    left = tr(", {left_out} left out", left_out=words.count(total.left_out, "school")) if total.left_out else ""
    return f"{amount(total.expected, unit)}{left}"


def _most(total: Total, unit: str) -> str:
    return amount(total.value, unit) if not total.unknown else tr("cannot be said") if words.unknown(total.upper) else amount(total.upper, unit)  # fmt: skip


def _of(known: float, every: float) -> str:
    return tr("{known} of {every}", known=words.exact(known, 0), every=words.count(every, "school"))


def _skills(found: ThreeGaps) -> Row:
    skills = found.skills
    every = skills.known + skills.unknown + skills.silent
    most = tr("cannot be said") if skills.silent or words.unknown(skills.upper) else amount(skills.upper, "teachers")
    return (tr("Skills: teachers to train"), amount(skills.untrained, "teachers"), tr("no expectation is made"), most, _of(skills.known, every))  # fmt: skip


def _kits(kits: Kits) -> list[Row]:
    reported, planned = kits.reported, kits.planning
    return [
        (tr("Assistive kits, reported learners"), amount(reported.value, "kits"), "–", "–", _of(reported.known, reported.known + reported.unknown)),
        (tr("Assistive kits, planning value"), amount(planned.value, "kits"), "–", "–", _of(planned.known, planned.known + planned.unknown)),
    ]  # fmt: skip


def _power(power: Power) -> list[Row]:
    every = power.enough + power.weak + power.none + power.unknown
    return [
        (tr("Schools without electricity"), amount(power.none, "schools"), "–", amount(power.none + power.unknown, "schools"), _of(every - power.unknown, every)),
        (tr("Schools with unreliable electricity"), amount(power.weak, "schools"), "–", "–", _of(every - power.unknown, every)),
        (tr("Solar power for those without"), _kilowatts(power.solar.kwp), "–", _kilowatts(power.most.kwp), tr("{schools} sized", schools=words.count(power.solar.schools, 'school'))),
    ]  # fmt: skip


def _kilowatts(kwp: float) -> str:
    return words.NOT_REPORTED if words.unknown(kwp) else tr("{kwp} kWp", kwp=words.exact(round(kwp, 1), 1))


def _more(found: ThreeGaps) -> list[Component]:
    ratios = [
        (tr("1 for {ratio}", ratio=words.exact(ratio)) + (tr(" (in force)") if ratio == found.ratio else ""), amount(t.value, "devices"), _expected(t, "devices"), _most(t, "devices"))
        for ratio, t in sorted(found.devices.items())
    ]  # fmt: skip
    by_ratio = c.table(
        (tr("Learners' devices"), tr("Missing, as far as reported"), tr("With what is expected"), tr("At most")),
        ratios,
        caption=tr("Devices missing at other ratios, teachers' and office devices counted in each."),
        numeric=(1, 2, 3),
    )
    parts: list[Component] = [html.Details([html.Summary(tr("Devices at other ratios")), c.wide(by_ratio, tr("Devices at other ratios"))], className="fm-meaning")]  # fmt: skip
    if found.replacement:
        rows = [(tr("Year {i}", i=i + 1), n, f"{words.exact(round(n))}") for i, n in enumerate(found.replacement)]
        chart = drawn.amounts(
            rows,
            caption=tr(
                "Devices to buy each year to keep {stock}, were they all bought together: the year in which they end costs most.",
                stock=words.exact(round(found.stock)),
            ),
            head=(tr("Year"), tr("Devices to buy")),
        )
        parts.append(html.Details([html.Summary(tr("Replacement, year by year")), chart], className="fm-meaning"))
    return parts
