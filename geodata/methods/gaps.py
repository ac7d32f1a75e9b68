"""What is missing at a school: bandwidth, devices, electricity, training (methods, section 2)."""

from __future__ import annotations

from geodata.declare import Method
from geodata.gaps import device_gaps_by_ratio, solar
from geodata.methods.toy import row, toy, value
from geodata.policy import POLICY
from geodata.say import tr, written
from geodata.skills import skills_gap


def _bandwidth() -> list[str]:
    learners, needed, held, gap = (float(value("S3", c)) for c in ("num_students", "required_bandwidth_mbps", "download_speed_mbps", "bandwidth_gap_mbps"))  # fmt: skip
    each, floor = POLICY.number("bandwidth_per_learner_t1_mbps"), POLICY.number("bandwidth_floor_mbps")
    return [
        tr("School S3 has {learners} learners and {held:g} Mbps.", learners=written(learners, 0), held=held),
        tr(
            "Needed: the larger of {floor:g} and {learners} × {each:g} = {learners_2:g}, so {needed:g} Mbps.",
            floor=floor,
            learners=written(learners, 0),
            each=each,
            learners_2=learners * each,
            needed=needed,
        ),
        tr("Gap: {needed:g} − {held:g} = {gap:g} Mbps.", needed=needed, held=held, gap=gap),
        tr("School S2 does not report its internet: its gap is not known, between 0 and all of what it needs."),
    ]


def _devices() -> list[str]:
    learners, teachers, need, held, gap = (float(value("S5", c)) for c in ("num_students", "num_teachers", "device_need", "num_devices", "device_gap"))  # fmt: skip
    ratio = POLICY.number("device_ratio")
    frame = toy().iloc[[row("S5")]]
    others = device_gaps_by_ratio(frame["num_students"], frame["num_teachers"], frame["num_devices"]).iloc[0]
    return [
        tr("School S5 has {learners} learners, {teachers} teachers and {held} devices.", learners=written(learners, 0), teachers=written(teachers, 0), held=written(held, 0)),
        tr("Needed: {learners} ÷ {ratio:g} for learners, {teachers} for teachers, {number:g} for the office: {need}.", learners=written(learners, 0), ratio=ratio, teachers=written(teachers, 0), number=POLICY.number('devices_administrative'), need=written(need, 0)),
        tr("Gap: {need} − {held} = {gap} devices.", need=written(need, 0), held=written(held, 0), gap=written(gap, 0)),
        tr("At other ratios: ") + "; ".join(tr("{name} learners a device {gap_at}", name=name, gap_at=written(gap_at, 0)) for name, gap_at in others.items()) + ".",
    ]  # fmt: skip


def _power() -> list[str]:
    size = solar(float(value("S1", "device_need")))
    return [
        tr(
            "School S1 has no electricity: gap {value:g}. S2 does not report it: not known.",
            value=float(value("S1", "power_gap")),
        ),
        tr(
            "Solar power for the {value} devices that S1 needs: {kwh_per_day} kWh a day, {kwp} kWp, a battery of {battery_kwh} kWh, {usd} USD.",
            value=written(float(value("S1", "device_need")), 0),
            kwh_per_day=written(size["kwh_per_day"], 3, grouped=False),
            kwp=written(size["kwp"], 3, grouped=False),
            battery_kwh=written(size["battery_kwh"], 2, grouped=False),
            usd=written(size["usd"], 0),
        ),
    ]


def _skills() -> list[str]:
    found = skills_gap(toy())
    return [
        tr(
            "{known} of the eight schools report their trained teachers, {unknown} report their teachers alone.",
            known=found.known,
            unknown=found.unknown,
        ),
        tr(
            "Teachers without training: between {lower} and {upper}. No share is given.",
            lower=written(found.lower, 0),
            upper=written(found.upper, 0),
        ),
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
