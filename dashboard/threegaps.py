"""The gaps of one school set out together: bandwidth, devices, skills; then power with solar, devices by ratio, replacement.

Pure, from one school's plain values to components. Each amount can be redone by hand from the numbers beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import drawn, lacks, words
from geodata import gaps
from geodata.policy import Policy
from geodata.say import tr

School = Mapping[str, Any]
YEARS = 8  # two lives of a device by default, so that the year of the cliff is seen to come again


def together(school: School, policy: Policy) -> list[Component]:
    """The three gaps side by side, then what they ask of power and of the years to come."""
    return [
        html.Div([lacks.bandwidth(school, policy), lacks.devices(school, policy), skills(school)], className="fm-columns"),
        html.Div([lacks.power(school, policy), solar(school, policy), assistive(school, policy)], className="fm-columns fm-more"),
        html.Div([by_ratio(school, policy), replacement(school, policy)], className="fm-columns fm-more"),
    ]  # fmt: skip


def skills(school: School) -> Component:
    """Teachers trained to use ICT in teaching, of all: the third gap, beside bandwidth and devices."""
    teachers, trained = school.get("num_teachers"), school.get("num_teachers_trained_ict")
    lines = [(tr("Teachers"), words.exact(teachers)), (tr("Trained to teach with ICT"), words.exact(trained))]
    known = not words.unknown(teachers) and not words.unknown(trained)
    if known:
        missing = max(0, int(teachers) - int(trained))
        said = (
            tr("{missing} to train", missing=words.count(missing, "teacher"))
            if missing
            else tr("Every teacher is trained")
        )
    elif not words.unknown(teachers):
        said = tr("The gap cannot be said: from 0 to {teachers} to train", teachers=words.count(teachers, "teacher"))
    else:
        said = tr("The gap cannot be said: something it needs is {NOT_REPORTED}", NOT_REPORTED=words.NOT_REPORTED)
    return c.arithmetic(tr("Skills"), lines, said, known=known)


def solar(school: School, policy: Policy) -> Component:
    """Solar power for the devices that the school needs, its link and Wi-Fi: load, panel, battery, price."""
    need, gap = school.get("device_need"), school.get("power_gap")
    title = tr("Solar power, if it were chosen")
    if words.unknown(need):
        return c.arithmetic(
            title,
            [],
            tr("Cannot be sized: the devices needed are {NOT_REPORTED}", NOT_REPORTED=words.NOT_REPORTED),
            known=False,
        )
    n, size = policy.number, gaps.solar(float(need), policy=policy)
    kwh = [float(need) * n("solar_device_w") * n("solar_device_hours"), n("solar_link_w") * n("solar_link_hours"), n("solar_wifi_w") * n("solar_wifi_hours")]  # fmt: skip
    lines = [
        (tr("Devices needed"), tr("{need} × {count} W × {count_2} h = {kwh} kWh", need=words.exact(need), count=words.exact(n('solar_device_w')), count_2=words.exact(n('solar_device_hours')), kwh=words.exact(kwh[0] / 1000))),
        (tr("Link"), tr("{count} W × {count_2} h = {kwh} kWh", count=words.exact(n('solar_link_w')), count_2=words.exact(n('solar_link_hours')), kwh=words.exact(kwh[1] / 1000))),
        ("Wi-Fi", tr("{count} W × {count_2} h = {kwh} kWh", count=words.exact(n('solar_wifi_w')), count_2=words.exact(n('solar_wifi_hours')), kwh=words.exact(kwh[2] / 1000))),
        (tr("Load a day"), tr("{kwh_per_day} kWh", kwh_per_day=words.exact(size['kwh_per_day']))),
        (tr("Panel: load ÷ sun hours ÷ performance"), tr("{kwh_per_day} ÷ {count} ÷ {count_2} = {kwp} kWp", kwh_per_day=words.exact(size['kwh_per_day']), count=words.exact(n('solar_peak_sun_hours')), count_2=words.exact(n('solar_performance_ratio')), kwp=words.exact(size['kwp']))),
        (tr("Battery"), tr("{battery_kwh} kWh", battery_kwh=words.exact(size['battery_kwh']))),
    ]  # fmt: skip
    price = tr(
        "About {usd} USD at {count} USD a watt", usd=words.rounded(size["usd"]), count=words.exact(n("solar_usd_per_w"))
    )
    if not words.unknown(gap) and not float(gap):
        price += tr("; this school reports power for the school day")
    return c.arithmetic(title, lines, price)


def assistive(school: School, policy: Policy) -> Component:
    """Assistive kits: a line of its own, never taken from the devices; reported, else the planning value apart."""
    reported, learners = school.get("num_students_disabled"), school.get("num_students")
    share = policy.number("disability_prevalence")
    lines = [(tr("Learners with disabilities"), words.exact(reported))]
    if not words.unknown(learners):
        planned = -(-float(learners) * share // 1)
        lines.append((tr("Planning value, {share} of learners", share=words.percent(share)), tr("{learners} × {share}, rounded up = {planned}", learners=words.exact(learners), share=words.exact(share), planned=words.exact(planned))))  # fmt: skip
    if not words.unknown(reported):
        said = tr("{reported}, by what is reported", reported=words.count(reported, "assistive kit"))
    elif not words.unknown(learners):
        said = tr(
            "{planned}, by the planning value: reports are known to miss many",
            planned=words.count(planned, "assistive kit"),
        )
    else:
        said = tr("Cannot be said: learners are {NOT_REPORTED}", NOT_REPORTED=words.NOT_REPORTED)
    known = not (words.unknown(reported) and words.unknown(learners))
    return c.arithmetic(tr("Assistive kits, counted apart"), lines, said, known=known)


def by_ratio(school: School, policy: Policy) -> Component:
    """The device gap at 1, 2, 5 and 10 learners a device, teachers' and office devices counted in each."""
    one = {k: pd.Series([float(school[k]) if not words.unknown(school.get(k)) else float("nan")]) for k in ("num_students", "num_teachers", "num_devices")}  # fmt: skip
    rows = []
    for ratio in sorted({*map(float, gaps.RATIOS), policy.number("device_ratio")}):
        need = gaps.device_need(one["num_students"], one["num_teachers"], policy=policy, ratio=ratio).iloc[0]
        gap = gaps.device_gap(gaps.device_need(one["num_students"], one["num_teachers"], policy=policy, ratio=ratio), one["num_devices"].astype("Int64")).iloc[0]  # fmt: skip
        between = (
            tr("0 to {need}", need=words.exact(need))
            if words.unknown(gap) and not words.unknown(need)
            else words.exact(gap)
        )
        here = tr(" (in force)") if ratio == policy.number("device_ratio") else ""
        rows.append((tr("1 for {ratio}{here}", ratio=words.exact(ratio), here=here), words.exact(need), between))
    table = c.table(
        (tr("Learners' devices"), tr("Needed in all"), tr("Missing")),
        rows,
        caption=tr(
            "Devices for learners at several ratios, with teachers' and the office's. Where devices held are not reported, the gap lies between the two."
        ),
        numeric=(1, 2),
    )
    return html.Section(
        [html.H3(tr("Devices by ratio")), c.wide(table, tr("Devices by ratio"))], className="fm-arithmetic"
    )


def replacement(school: School, policy: Policy) -> Component:
    """What keeping the needed stock of devices asks for each year: losses, then the year a whole cohort ends."""
    stock = school.get("device_need")
    title = html.H3(tr("Replacement, year by year"))
    if words.unknown(stock):
        return html.Section([title, html.P(tr("Cannot be said: the devices needed are {NOT_REPORTED}.", NOT_REPORTED=words.NOT_REPORTED), className="fm-result fm-unknown")], className="fm-arithmetic")  # fmt: skip
    bought = gaps.replacements(float(stock), YEARS, policy=policy)
    life, loss = policy.number("device_life_years"), policy.number("device_loss_share")
    cliff = max(range(len(bought)), key=lambda year: (round(bought[year], 6), -year)) + 1
    caption = tr(
        "Devices to buy each year to keep {stock}, bought together: {loss} are lost each year, the rest end after {life}.",
        stock=words.count(stock, "device"),
        loss=words.percent(loss),
        life=words.count(int(life), "year"),
    )
    rows = [(tr("Year {i}", i=i + 1), amount, words.exact(amount, 1)) for i, amount in enumerate(bought)]
    chart = drawn.amounts(rows, caption=caption, head=(tr("Year"), tr("Devices to buy")))
    said = html.P(
        tr("Year {cliff} costs most: {bought} devices at once.", cliff=cliff, bought=words.exact(bought[cliff - 1], 1)),
        className="fm-result",
    )
    return html.Section([title, chart, said], className="fm-arithmetic")
