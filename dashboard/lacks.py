"""What a school has and lacks, step by step: the ladder from coverage to use, and the arithmetic of the three gaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash.development.base_component import Component

from dashboard import components as c
from dashboard import words
from geodata.policy import Policy
from geodata.say import tr

School = Mapping[str, Any]
GOOD_SIGNAL = ("4G", "5G")


# --- the ladder ---------------------------------------------------------------------------------------------------


def rungs(school: School) -> list[c.Step]:
    """Covered → connected → for learners → fast enough."""
    return [_covered(school), _connected(school), _for_learners(school), _fast_enough(school)]


def _covered(school: School) -> c.Step:
    signal, fibre = school.get("cellular_coverage_type"), school.get("fiber_node_distance_m")
    line = school.get("fiber_line_distance_m")  # a weaker guess, so only where no node is known
    near = tr("; nearest fibre line on a map {line} away", line=_kilometres(line)) if not words.unknown(line) else ""
    near = tr("; fibre {fibre} away", fibre=_kilometres(fibre)) if not words.unknown(fibre) else near
    if words.unknown(signal):
        return c.Step(
            "Covered", "unknown", tr("Mobile signal {NOT_REPORTED}{near}", NOT_REPORTED=words.NOT_REPORTED, near=near)
        )
    if signal == "none":
        return c.Step(tr("Not covered"), "no", tr("No mobile signal{near}", near=near))
    return c.Step(
        "Covered",
        "yes" if signal in GOOD_SIGNAL else "partly",
        tr("Best mobile signal {signal}{near}. A signal is not a connection.", signal=signal, near=near),
    )


def _kilometres(metres: Any) -> str:
    return (
        tr("{metres} km", metres=words.exact(float(metres) / 1000, 1))
        if float(metres) >= 1000
        else f"{words.exact(metres, 0)} m"
    )


def _connected(school: School) -> c.Step:
    value, kind = school.get("has_internet"), school.get("connectivity_type")
    how = tr(" by {kind}", kind=words.code(kind)) if not words.unknown(kind) else ""
    if words.unknown(value):
        return c.Step(
            "Connected", "unknown", tr("Internet at the school {NOT_REPORTED}", NOT_REPORTED=words.NOT_REPORTED)
        )
    return (
        c.Step("Connected", "yes", tr("Internet at the school{how}", how=how))
        if value
        else c.Step(tr("Not connected"), "no", tr("No internet at the school"))
    )


def _for_learners(school: School) -> c.Step:
    value = school.get("has_internet_for_learners")
    if school.get("has_internet") is False:
        return c.Step(tr("Not for learners"), "no", tr("No internet at the school, so none for learners"))
    if words.unknown(value):
        return c.Step(
            tr("For learners"), "unknown", tr("Use by learners {NOT_REPORTED}", NOT_REPORTED=words.NOT_REPORTED)
        )
    return (
        c.Step(tr("For learners"), "yes", tr("Learners use the internet to learn"))
        if value
        else c.Step(tr("Not for learners"), "no", tr("Learners cannot use it"))
    )


def _fast_enough(school: School) -> c.Step:
    speed, needed, gap = (
        school.get(k) for k in ("download_speed_mbps", "required_bandwidth_mbps", "bandwidth_gap_mbps")
    )
    if school.get("has_internet") is False:
        return c.Step(tr("Not fast enough"), "no", tr("No connection"))
    if words.unknown(speed):
        return c.Step(tr("Fast enough"), "unknown", tr("Speed {NOT_REPORTED}", NOT_REPORTED=words.NOT_REPORTED))
    if words.unknown(gap):
        return c.Step(
            tr("Fast enough"),
            "unknown",
            tr("{speed} Mbps; how much is needed cannot be said without learners", speed=words.exact(speed)),
        )
    said = tr("{speed} Mbps of {needed} Mbps needed", speed=words.exact(speed), needed=words.exact(needed))
    return c.Step(tr("Fast enough"), "yes", said) if not gap else c.Step(tr("Too slow"), "partly", said)


# --- the gaps -----------------------------------------------------------------------------------------------------


def bandwidth(school: School, policy: Policy) -> Component:
    """The bandwidth gap, step by step."""
    tier, learners = str(policy["bandwidth_tier"]), school.get("num_students")
    floor = policy["bandwidth_floor_t0_mbps"] if tier == "T0" else policy["bandwidth_floor_mbps"]
    lines = [(tr("Standard"), tier), (tr("Least for any school"), tr("{floor} Mbps", floor=words.exact(floor)))]
    if tier != "T0":
        rate = policy.number(f"bandwidth_per_learner_{tier.lower()}_mbps")
        asks = (
            words.NOT_REPORTED
            if words.unknown(learners)
            else tr(
                "{learners} × {rate} kbps = {rate_2} Mbps",
                learners=words.exact(learners),
                rate=words.exact(rate * 1000),
                rate_2=words.exact(rate * float(learners)),
            )
        )  # type: ignore[arg-type]
        lines.append((tr("Learners ask for"), asks))
    held = (
        tr("0 Mbps: no internet")
        if school.get("has_internet") is False
        else words.said("download_speed_mbps", school.get("download_speed_mbps"))
    )
    lines += [
        (tr("Needed"), words.said("required_bandwidth_mbps", school.get("required_bandwidth_mbps"))),
        (tr("Held"), held),
    ]
    gap = school.get("bandwidth_gap_mbps")
    return c.arithmetic(
        tr("Bandwidth"),
        lines,
        _result(gap, "Mbps", tr("The bandwidth needed is there")),
        known=not words.unknown(gap),
    )


def devices(school: School, policy: Policy) -> Component:
    """The device gap, step by step."""
    learners, teachers = school.get("num_students"), school.get("num_teachers")
    ratio, each, office = (policy.number(k) for k in ("device_ratio", "devices_per_teacher", "devices_administrative"))
    lines = [
        (
            tr("Learners ÷ {ratio}", ratio=words.exact(ratio)),
            _part(learners, lambda n: f"{words.exact(n)} ÷ {words.exact(ratio)} = {words.exact(n / ratio)}"),
        ),
        (
            tr("Teachers' own"),
            _part(teachers, lambda n: f"{words.exact(n)} × {words.exact(each)} = {words.exact(n * each)}"),
        ),
        (tr("Office"), words.exact(office)),
        (tr("Needed, rounded up"), words.said("device_need", school.get("device_need"))),
        (tr("Held"), words.said("num_devices", school.get("num_devices"))),
    ]
    gap = school.get("device_gap")
    return c.arithmetic(
        tr("Devices"),
        lines,
        _result(gap, "devices", tr("The devices needed are there")),
        known=not words.unknown(gap),
    )


def power(school: School, policy: Policy) -> Component:
    """The power gap, step by step."""
    hours = school.get("electricity_hours_per_day")
    lines = [
        (tr("Electricity"), words.yesno(school.get("has_electricity"))),
        (tr("Main source"), words.code(school.get("electricity_type"))),
        (tr("Hours a day"), words.NOT_REPORTED if words.unknown(hours) else words.exact(hours)),
        (
            tr("A school day asks for"),
            tr("{school_hours_per_day} hours", school_hours_per_day=words.exact(policy["school_hours_per_day"])),
        ),
    ]
    gap = school.get("power_gap")
    said = {
        0.0: tr("Electricity for the school day"),
        0.5: tr("Unreliable: too few hours, or a generator alone (0.5)"),
        1.0: tr("No electricity (1)"),
    }
    result = (
        tr("Whether power is lacking is {NOT_REPORTED}", NOT_REPORTED=words.NOT_REPORTED)
        if words.unknown(gap)
        else said.get(float(gap), words.exact(gap))
    )  # type: ignore[arg-type]
    return c.arithmetic(tr("Power"), lines, result, known=not words.unknown(gap))


def _part(value: Any, say: Any) -> str:
    return words.NOT_REPORTED if words.unknown(value) else str(say(float(value)))


def _result(gap: Any, unit: str, none: str) -> str:
    if words.unknown(gap):
        return tr("The gap cannot be said: something it needs is {NOT_REPORTED}", NOT_REPORTED=words.NOT_REPORTED)
    return tr("{gap} missing", gap=words.measured(words.exact(gap), gap, unit)) if float(gap) > 0 else none
