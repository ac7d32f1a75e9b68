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
    lines = [("Teachers", words.exact(teachers)), ("Trained to teach with ICT", words.exact(trained))]
    known = not words.unknown(teachers) and not words.unknown(trained)
    if known:
        missing = max(0, int(teachers) - int(trained))
        said = f"{words.count(missing, 'teacher')} to train" if missing else "Every teacher is trained"
    elif not words.unknown(teachers):
        said = f"The gap cannot be said: from 0 to {words.count(teachers, 'teacher')} to train"
    else:
        said = f"The gap cannot be said: something it needs is {words.NOT_REPORTED}"
    return c.arithmetic("Skills", lines, said, known=known)


def solar(school: School, policy: Policy) -> Component:
    """Solar power for the devices that the school needs, its link and Wi-Fi: load, panel, battery, price."""
    need, gap = school.get("device_need"), school.get("power_gap")
    title = "Solar power, if it were chosen"
    if words.unknown(need):
        return c.arithmetic(title, [], f"Cannot be sized: the devices needed are {words.NOT_REPORTED}", known=False)
    n, size = policy.number, gaps.solar(float(need), policy=policy)
    kwh = [float(need) * n("solar_device_w") * n("solar_device_hours"), n("solar_link_w") * n("solar_link_hours"), n("solar_wifi_w") * n("solar_wifi_hours")]  # fmt: skip
    lines = [
        ("Devices needed", f"{words.exact(need)} × {words.exact(n('solar_device_w'))} W × {words.exact(n('solar_device_hours'))} h = {words.exact(kwh[0] / 1000)} kWh"),
        ("Link", f"{words.exact(n('solar_link_w'))} W × {words.exact(n('solar_link_hours'))} h = {words.exact(kwh[1] / 1000)} kWh"),
        ("Wi-Fi", f"{words.exact(n('solar_wifi_w'))} W × {words.exact(n('solar_wifi_hours'))} h = {words.exact(kwh[2] / 1000)} kWh"),
        ("Load a day", f"{words.exact(size['kwh_per_day'])} kWh"),
        ("Panel: load ÷ sun hours ÷ performance", f"{words.exact(size['kwh_per_day'])} ÷ {words.exact(n('solar_peak_sun_hours'))} ÷ {words.exact(n('solar_performance_ratio'))} = {words.exact(size['kwp'])} kWp"),
        ("Battery", f"{words.exact(size['battery_kwh'])} kWh"),
    ]  # fmt: skip
    price = f"About {words.rounded(size['usd'])} USD at {words.exact(n('solar_usd_per_w'))} USD a watt"
    if not words.unknown(gap) and not float(gap):
        price += "; this school reports power for the school day"
    return c.arithmetic(title, lines, price)


def assistive(school: School, policy: Policy) -> Component:
    """Assistive kits: a line of its own, never taken from the devices; reported, else the planning value apart."""
    reported, learners = school.get("num_students_disabled"), school.get("num_students")
    share = policy.number("disability_prevalence")
    lines = [("Learners with disabilities", words.exact(reported))]
    if not words.unknown(learners):
        planned = -(-float(learners) * share // 1)
        lines.append((f"Planning value, {words.percent(share)} of learners", f"{words.exact(learners)} × {words.exact(share)}, rounded up = {words.exact(planned)}"))  # fmt: skip
    if not words.unknown(reported):
        said = f"{words.count(reported, 'assistive kit')}, by what is reported"
    elif not words.unknown(learners):
        said = f"{words.count(planned, 'assistive kit')}, by the planning value: reports are known to miss many"
    else:
        said = f"Cannot be said: learners are {words.NOT_REPORTED}"
    known = not (words.unknown(reported) and words.unknown(learners))
    return c.arithmetic("Assistive kits, counted apart", lines, said, known=known)


def by_ratio(school: School, policy: Policy) -> Component:
    """The device gap at 1, 2, 5 and 10 learners a device, teachers' and office devices counted in each."""
    one = {k: pd.Series([float(school[k]) if not words.unknown(school.get(k)) else float("nan")]) for k in ("num_students", "num_teachers", "num_devices")}  # fmt: skip
    rows = []
    for ratio in sorted({*map(float, gaps.RATIOS), policy.number("device_ratio")}):
        need = gaps.device_need(one["num_students"], one["num_teachers"], policy=policy, ratio=ratio).iloc[0]
        gap = gaps.device_gap(gaps.device_need(one["num_students"], one["num_teachers"], policy=policy, ratio=ratio), one["num_devices"].astype("Int64")).iloc[0]  # fmt: skip
        between = f"0 to {words.exact(need)}" if words.unknown(gap) and not words.unknown(need) else words.exact(gap)
        here = " (in force)" if ratio == policy.number("device_ratio") else ""
        rows.append((f"1 for {words.exact(ratio)}{here}", words.exact(need), between))
    table = c.table(
        ("Learners' devices", "Needed in all", "Missing"),
        rows,
        caption="Devices for learners at several ratios, with teachers' and the office's. Where devices held are not reported, the gap lies between the two.",
        numeric=(1, 2),
    )
    return html.Section([html.H3("Devices by ratio"), c.wide(table, "Devices by ratio")], className="fm-arithmetic")


def replacement(school: School, policy: Policy) -> Component:
    """What keeping the needed stock of devices asks for each year: losses, then the year a whole cohort ends."""
    stock = school.get("device_need")
    title = html.H3("Replacement, year by year")
    if words.unknown(stock):
        return html.Section([title, html.P(f"Cannot be said: the devices needed are {words.NOT_REPORTED}.", className="fm-result fm-unknown")], className="fm-arithmetic")  # fmt: skip
    bought = gaps.replacements(float(stock), YEARS, policy=policy)
    life, loss = policy.number("device_life_years"), policy.number("device_loss_share")
    cliff = max(range(len(bought)), key=lambda year: (round(bought[year], 6), -year)) + 1
    caption = f"Devices to buy each year to keep {words.count(stock, 'device')}, bought together: {words.percent(loss)} are lost each year, the rest end after {words.count(int(life), 'year')}."
    rows = [(f"Year {i + 1}", amount, words.exact(amount, 1)) for i, amount in enumerate(bought)]
    chart = drawn.amounts(rows, caption=caption, head=("Year", "Devices to buy"))
    said = html.P(
        f"Year {cliff} costs most: {words.exact(bought[cliff - 1], 1)} devices at once.", className="fm-result"
    )
    return html.Section([title, chart, said], className="fm-arithmetic")
