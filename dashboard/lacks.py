"""What a school has and lacks, step by step: the ladder from coverage to use, and the arithmetic of the three gaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash.development.base_component import Component

from dashboard import components as c
from dashboard import words
from geodata.policy import Policy

School = Mapping[str, Any]
GOOD_SIGNAL = ("4G", "5G")


# --- the ladder ---------------------------------------------------------------------------------------------------


def rungs(school: School) -> list[c.Step]:
    """Covered → connected → for learners → fast enough."""
    return [_covered(school), _connected(school), _for_learners(school), _fast_enough(school)]


def _covered(school: School) -> c.Step:
    signal, fibre = school.get("cellular_coverage_type"), school.get("fiber_node_distance_m")
    line = school.get("fiber_line_distance_m")  # a weaker guess, so only where no node is known
    near = f"; nearest fibre line on a map {_kilometres(line)} away" if not words.unknown(line) else ""
    near = f"; fibre {_kilometres(fibre)} away" if not words.unknown(fibre) else near
    if words.unknown(signal):
        return c.Step("Covered", "unknown", f"Mobile signal {words.NOT_REPORTED}{near}")
    if signal == "none":
        return c.Step("Not covered", "no", f"No mobile signal{near}")
    return c.Step(
        "Covered",
        "yes" if signal in GOOD_SIGNAL else "partly",
        f"Best mobile signal {signal}{near}. A signal is not a connection.",
    )


def _kilometres(metres: Any) -> str:
    return f"{words.exact(float(metres) / 1000, 1)} km" if float(metres) >= 1000 else f"{words.exact(metres, 0)} m"


def _connected(school: School) -> c.Step:
    value, kind = school.get("has_internet"), school.get("connectivity_type")
    how = f" by {words.code(kind)}" if not words.unknown(kind) else ""
    if words.unknown(value):
        return c.Step("Connected", "unknown", f"Internet at the school {words.NOT_REPORTED}")
    return (
        c.Step("Connected", "yes", f"Internet at the school{how}")
        if value
        else c.Step("Not connected", "no", "No internet at the school")
    )


def _for_learners(school: School) -> c.Step:
    value = school.get("has_internet_for_learners")
    if school.get("has_internet") is False:
        return c.Step("Not for learners", "no", "No internet at the school, so none for learners")
    if words.unknown(value):
        return c.Step("For learners", "unknown", f"Use by learners {words.NOT_REPORTED}")
    return (
        c.Step("For learners", "yes", "Learners use the internet to learn")
        if value
        else c.Step("Not for learners", "no", "Learners cannot use it")
    )


def _fast_enough(school: School) -> c.Step:
    speed, needed, gap = (
        school.get(k) for k in ("download_speed_mbps", "required_bandwidth_mbps", "bandwidth_gap_mbps")
    )
    if school.get("has_internet") is False:
        return c.Step("Not fast enough", "no", "No connection")
    if words.unknown(speed):
        return c.Step("Fast enough", "unknown", f"Speed {words.NOT_REPORTED}")
    if words.unknown(gap):
        return c.Step(
            "Fast enough", "unknown", f"{words.exact(speed)} Mbps; how much is needed cannot be said without learners"
        )
    said = f"{words.exact(speed)} Mbps of {words.exact(needed)} Mbps needed"
    return c.Step("Fast enough", "yes", said) if not gap else c.Step("Too slow", "partly", said)


# --- the gaps -----------------------------------------------------------------------------------------------------


def bandwidth(school: School, policy: Policy) -> Component:
    """The bandwidth gap, step by step."""
    tier, learners = str(policy["bandwidth_tier"]), school.get("num_students")
    floor = policy["bandwidth_floor_t0_mbps"] if tier == "T0" else policy["bandwidth_floor_mbps"]
    lines = [("Standard", tier), ("Least for any school", f"{words.exact(floor)} Mbps")]
    if tier != "T0":
        rate = policy.number(f"bandwidth_per_learner_{tier.lower()}_mbps")
        asks = (
            words.NOT_REPORTED
            if words.unknown(learners)
            else f"{words.exact(learners)} × {words.exact(rate * 1000)} kbps = {words.exact(rate * float(learners))} Mbps"
        )  # type: ignore[arg-type]
        lines.append(("Learners ask for", asks))
    held = (
        "0 Mbps: no internet"
        if school.get("has_internet") is False
        else words.said("download_speed_mbps", school.get("download_speed_mbps"))
    )
    lines += [("Needed", words.said("required_bandwidth_mbps", school.get("required_bandwidth_mbps"))), ("Held", held)]
    gap = school.get("bandwidth_gap_mbps")
    return c.arithmetic(
        "Bandwidth",
        lines,
        _result(gap, "Mbps", "missing", "The bandwidth needed is there"),
        known=not words.unknown(gap),
    )


def devices(school: School, policy: Policy) -> Component:
    """The device gap, step by step."""
    learners, teachers = school.get("num_students"), school.get("num_teachers")
    ratio, each, office = (policy.number(k) for k in ("device_ratio", "devices_per_teacher", "devices_administrative"))
    lines = [
        (
            f"Learners ÷ {words.exact(ratio)}",
            _part(learners, lambda n: f"{words.exact(n)} ÷ {words.exact(ratio)} = {words.exact(n / ratio)}"),
        ),
        (
            "Teachers' own",
            _part(teachers, lambda n: f"{words.exact(n)} × {words.exact(each)} = {words.exact(n * each)}"),
        ),
        ("Office", words.exact(office)),
        ("Needed, rounded up", words.said("device_need", school.get("device_need"))),
        ("Held", words.said("num_devices", school.get("num_devices"))),
    ]
    gap = school.get("device_gap")
    return c.arithmetic(
        "Devices",
        lines,
        _result(gap, "devices", "missing", "The devices needed are there"),
        known=not words.unknown(gap),
    )


def power(school: School, policy: Policy) -> Component:
    """The power gap, step by step."""
    hours = school.get("electricity_hours_per_day")
    lines = [
        ("Electricity", words.yesno(school.get("has_electricity"))),
        ("Main source", words.code(school.get("electricity_type"))),
        ("Hours a day", words.NOT_REPORTED if words.unknown(hours) else words.exact(hours)),
        ("A school day asks for", f"{words.exact(policy['school_hours_per_day'])} hours"),
    ]
    gap = school.get("power_gap")
    said = {
        0.0: "Electricity for the school day",
        0.5: "Unreliable: too few hours, or a generator alone (0.5)",
        1.0: "No electricity (1)",
    }
    result = (
        f"Whether power is lacking is {words.NOT_REPORTED}"
        if words.unknown(gap)
        else said.get(float(gap), words.exact(gap))
    )  # type: ignore[arg-type]
    return c.arithmetic("Power", lines, result, known=not words.unknown(gap))


def _part(value: Any, say: Any) -> str:
    return words.NOT_REPORTED if words.unknown(value) else str(say(float(value)))


def _result(gap: Any, unit: str, verb: str, none: str) -> str:
    if words.unknown(gap):
        return f"The gap cannot be said: something it needs is {words.NOT_REPORTED}"
    return f"{words.exact(gap)} {words.singular(unit) if float(gap) == 1 else unit} {verb}" if float(gap) > 0 else none
