"""Devices: UIS ED4 and ED4bis, ED8, SDG 4.a.1 (c), the device gap."""

from __future__ import annotations

import pandas as pd

from geodata import gaps
from geodata.arrays import as_number, number
from geodata.declare import Indicator

UIS = "UIS Guide to Measuring ICT in Education (2009)"


def learners_per_computer(num_students: pd.Series, num_computers: pd.Series) -> pd.Series:
    """Learners for each computer; unknown where there are none or the count is unknown."""
    return gaps.learners_per_computer(num_students, num_computers)


def any_device(
    num_computers: pd.Series, num_tablets: pd.Series, has_computers: pd.Series, num_devices: pd.Series
) -> pd.Series:
    """Any computer or tablet for learners."""
    return gaps.any_device(num_computers, num_tablets, has_computers, num_devices)


def no_device(
    num_computers: pd.Series, num_tablets: pd.Series, has_computers: pd.Series, num_devices: pd.Series
) -> pd.Series:
    """No computer and no tablet for learners."""
    return ~gaps.any_device(num_computers, num_tablets, has_computers, num_devices)


def device_gap(device_gap: pd.Series) -> pd.Series:
    """Devices missing."""
    return device_gap


def teachers_trained(num_teachers_trained_ict: pd.Series, num_teachers: pd.Series) -> pd.Series:
    """Share of teachers trained to teach with ICT."""
    teachers, trained = number(num_teachers), number(num_teachers_trained_ict)
    return as_number(trained / pd.Series(teachers).where(teachers > 0).to_numpy(), num_teachers.index)


LEARNERS_PER_COMPUTER = Indicator(
    name="learners_per_computer", code="ED4bis", title="Learners for each computer", unit="learners per computer",
    definition="Learners enrolled divided by computers for pedagogical use, over all schools where both are known.",
    reference=UIS + ", ED4bis", compute=learners_per_computer, rollup="ratio_of_sums", higher_is="worse",
    numerator="num_students", denominator="num_computers", weight="num_students", group="devices", order=20,
)  # fmt: skip
LEARNERS_PER_COMPUTER_EQUIPPED = Indicator(
    name="learners_per_computer_equipped", code="ED4", title="Learners for each computer, schools with computers", unit="learners per computer",
    definition="Learners divided by computers, over the schools that have a computer, taken as those that teach with computers; it hides those that have none.",
    reference=UIS + ", ED4", compute=learners_per_computer, rollup="ratio_of_sums", higher_is="worse",
    numerator="num_students", denominator="num_computers", weight="num_students", among="num_computers",
    group="devices", order=21,
)  # fmt: skip
LEARNERS_PER_COMPUTER_TAUGHT = Indicator(
    name="learners_per_computer_taught", title="Learners for each computer, schools that teach with computers", unit="learners per computer",
    code="ED4", definition="Learners divided by computers, over the schools that report computer-assisted instruction; it hides the others.",
    reference=UIS + ", ED4", compute=learners_per_computer, rollup="ratio_of_sums", higher_is="worse",
    numerator="num_students", denominator="num_computers", weight="num_students", among="has_ict_assisted_instruction",
    group="devices", order=21,
)  # fmt: skip
NO_DEVICE = Indicator(
    name="no_device", title="No device for learners", unit="share of schools",
    definition="Schools with neither a computer nor a tablet for learners.",
    reference="SDG indicator 4.a.1 (c), the other way round", compute=no_device, rollup="share", higher_is="worse",
    group="devices", order=22,
)  # fmt: skip
DEVICE_GAP = Indicator(
    name="device_gap", title="Device gap", unit="devices",
    definition="Devices that the device ratio asks for less devices held, never below 0, added up.",
    reference="Device ratio of the policy", compute=device_gap, rollup="sum", higher_is="worse", largest="device_need",
    group="devices", order=23,
)  # fmt: skip
TEACHERS_TRAINED = Indicator(
    name="teachers_trained", code="ED8", title="Teachers trained to use ICT", unit="share of teachers",
    definition="Teachers qualified or trained to teach with ICT, of all teachers, where both are known.",
    reference=UIS + ", ED8", compute=teachers_trained, rollup="ratio_of_sums", higher_is="better",
    numerator="num_teachers_trained_ict", denominator="num_teachers", group="devices", order=24,
)  # fmt: skip
