"""The connectivity standards T0 to T3: which schools have the speed that each asks for (methods, section 1.3)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from geodata import gaps
from geodata.declare import Indicator
from geodata.policy import Policy


def _standard(tier: str) -> Callable[..., pd.Series]:
    """The yes/no of one standard."""

    def meets(
        *,
        num_students: pd.Series,
        num_students_lower: pd.Series,
        num_students_upper: pd.Series,
        has_internet: pd.Series,
        has_internet_for_learners: pd.Series,
        download_speed_mbps: pd.Series,
        policy: Policy,
    ) -> pd.Series:
        """Whether the speed is that of the standard; without enrolment one below its floor still fails, more is unknown."""
        own = policy.with_values({"bandwidth_tier": tier})
        people = pd.Series(np.nan, index=num_students.index)  # the standards are of learners, not of people nearby
        needed = gaps.required_bandwidth(num_students, num_students_lower, num_students_upper, people, policy=own)
        held = gaps.available_bandwidth(gaps.internet(has_internet, has_internet_for_learners), download_speed_mbps)
        return ~gaps.below_standard(num_students.fillna(num_students_lower), needed, held, policy=own)

    return meets


def _indicator(tier: str, title: str, definition: str, reference: str) -> Indicator:
    """One standard as an indicator; they stand in their order behind the speed itself."""
    return Indicator(
        name=f"meets_{tier.lower()}", title=title, unit="share of schools", code=tier, definition=definition,
        reference=reference, compute=_standard(tier), rollup="share", higher_is="better", needs=("download_speed_mbps",),
        order=13 + int(tier[1:]),
    )  # fmt: skip


MEETS_T0 = _indicator(
    "T0",
    "Speed of 10 Mbps (scenario T0)",
    "Schools with the speed of the older floor, 10 Mbps a school whatever its size. A scenario beside the standard.",
    "Giga cost model default (2023)",
)
MEETS_T1 = _indicator(
    "T1",
    "Speed of the 2030 target (T1)",
    "Schools with at least 20 Mbps and at least 50 kbps for each learner.",
    "ITU and UN aspirational targets for 2030 (2022)",
)
MEETS_T2 = _indicator(
    "T2",
    "Speed for digital classrooms (scenario T2)",
    "Schools with at least 20 Mbps and at least 100 kbps for each learner. A scenario beside the standard.",
    "FCC/SETDA short-term goal",
)
MEETS_T3 = _indicator(
    "T3",
    "Speed for a device for every learner (scenario T3)",
    "Schools with at least 20 Mbps and at least 1 Mbps for each learner. A scenario beside the standard.",
    "FCC long-term goal",
)
