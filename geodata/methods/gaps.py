"""What is missing at a school: bandwidth, devices, electricity, training (methods, section 2)."""

from __future__ import annotations

from geodata.declare import Method
from geodata.gaps import device_gaps_by_ratio, solar
from geodata.methods.toy import row, toy, value
from geodata.policy import POLICY
from geodata.skills import skills_gap


def _bandwidth() -> list[str]:
    learners, needed, held, gap = (float(value("S3", c)) for c in ("num_students", "required_bandwidth_mbps", "download_speed_mbps", "bandwidth_gap_mbps"))  # fmt: skip
    each, floor = POLICY.number("bandwidth_per_learner_t1_mbps"), POLICY.number("bandwidth_floor_mbps")
    return [
        f"School S3 has {learners:,.0f} learners and {held:g} Mbps.",
        f"Needed: the larger of {floor:g} and {learners:,.0f} × {each:g} = {learners * each:g}, so {needed:g} Mbps.",
        f"Gap: {needed:g} − {held:g} = {gap:g} Mbps.",
        "School S2 does not report its internet: its gap is not known, between 0 and all of what it needs.",
    ]


def _devices() -> list[str]:
    learners, teachers, need, held, gap = (float(value("S5", c)) for c in ("num_students", "num_teachers", "device_need", "num_devices", "device_gap"))  # fmt: skip
    ratio = POLICY.number("device_ratio")
    frame = toy().iloc[[row("S5")]]
    others = device_gaps_by_ratio(frame["num_students"], frame["num_teachers"], frame["num_devices"]).iloc[0]
    return [
        f"School S5 has {learners:,.0f} learners, {teachers:,.0f} teachers and {held:,.0f} devices.",
        f"Needed: {learners:,.0f} ÷ {ratio:g} for learners, {teachers:,.0f} for teachers, {POLICY.number('devices_administrative'):g} for the office: {need:,.0f}.",
        f"Gap: {need:,.0f} − {held:,.0f} = {gap:,.0f} devices.",
        "At other ratios: " + "; ".join(f"{name} learners a device {gap_at:,.0f}" for name, gap_at in others.items()) + ".",
    ]  # fmt: skip


def _power() -> list[str]:
    size = solar(float(value("S1", "device_need")))
    return [
        f"School S1 has no electricity: gap {float(value('S1', 'power_gap')):g}. S2 does not report it: not known.",
        f"Solar power for the {float(value('S1', 'device_need')):,.0f} devices that S1 needs: {size['kwh_per_day']:.3f} kWh a day, {size['kwp']:.3f} kWp, a battery of {size['battery_kwh']:.2f} kWh, {size['usd']:,.0f} USD.",
    ]


def _skills() -> list[str]:
    found = skills_gap(toy())
    return [
        f"{found.known} of the eight schools report their trained teachers, {found.unknown} report their teachers alone.",
        f"Teachers without training: between {found.lower:,.0f} and {found.upper:,.0f}. No share is given.",
    ]


BANDWIDTH = Method(
    "gap_bandwidth", "Bandwidth gap",
    "What the connectivity standard asks of a school, less what it has. Without internet it has 0; a speed that nobody reports leaves the gap unknown, never 0.",
    "needed = max(least bandwidth, learners × bandwidth a learner); gap = max(0, needed − held)",
    "ITU and UN aspirational targets for 2030 (2022); Giga cost model (2023)", 10,
    ("bandwidth_tier", "bandwidth_floor_mbps", "bandwidth_per_learner_t1_mbps", "bandwidth_per_learner_t2_mbps", "bandwidth_per_learner_t3_mbps"), _bandwidth,
)  # fmt: skip
DEVICES = Method(
    "gap_devices", "Device gap",
    "Devices for learners at the ratio of the policy, one for each teacher, some for the office, less the devices held. Which count as devices is a rule of the policy.",
    "needed = ⌈⌈learners ÷ ratio⌉ + teachers × devices a teacher + office⌉; gap = max(0, needed − held)",
    "UIS Guide to Measuring ICT in Education (2009), ED4bis; planning values", 11,
    ("device_ratio", "devices_per_teacher", "devices_administrative", "device_rule", "device_life_years", "device_loss_share"), _devices,
)  # fmt: skip
POWER = Method(
    "gap_power", "Electricity gap and solar size",
    "0 where there is electricity for the school day, 0.5 for fewer hours or a generator alone, 1 for none. Solar power is sized to run the devices, the link and the Wi-Fi for a school day.",
    "energy a day = Σ power × hours; panel = energy ÷ (peak sun hours × performance ratio); battery = energy × days ÷ (depth of discharge × efficiency)",
    "SDG indicator 4.a.1 (a); Giga cost model, Rwanda; planning values", 12,
    ("school_hours_per_day", "solar_device_w", "solar_peak_sun_hours", "solar_performance_ratio", "solar_battery_efficiency", "solar_usd_per_w"), _power,
)  # fmt: skip
SKILLS = Method(
    "gap_skills", "Skills gap",
    "Teachers who are not trained to teach with ICT. Connectivity and devices without trained teachers do little; a school that does not report its training is counted as unknown, between none and all.",
    "gap = max(0, teachers − teachers trained to use ICT)", "UIS Guide to Measuring ICT in Education (2009), ED8; Qingdao Declaration (2015)", 13, (), _skills,
)  # fmt: skip
