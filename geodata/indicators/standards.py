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


MEETS_T0 = Indicator(
    name="meets_t0", title="Speed of 10 Mbps (scenario T0)", unit="share of schools", code="T0",
    definition="Schools with the speed of the older floor, 10 Mbps a school whatever its size. A scenario beside the standard.",
    reference="Giga cost model default (2023)", compute=_standard("T0"), rollup="share", higher_is="better",
    needs=("download_speed_mbps",), order=13,
)  # fmt: skip
MEETS_T1 = Indicator(
    name="meets_t1", title="Speed of the 2030 target (T1)", unit="share of schools", code="T1",
    definition="Schools with at least 20 Mbps and at least 50 kbps for each learner.",
    reference="ITU and UN aspirational targets for 2030 (2022)", compute=_standard("T1"), rollup="share", higher_is="better",
    needs=("download_speed_mbps",), order=14,
)  # fmt: skip
MEETS_T2 = Indicator(
    name="meets_t2", title="Speed for digital classrooms (scenario T2)", unit="share of schools", code="T2",
    definition="Schools with at least 20 Mbps and at least 100 kbps for each learner. A scenario beside the standard.",
    reference="FCC/SETDA short-term goal", compute=_standard("T2"), rollup="share", higher_is="better",
    needs=("download_speed_mbps",), order=15,
)  # fmt: skip
MEETS_T3 = Indicator(
    name="meets_t3", title="Speed for a device for every learner (scenario T3)", unit="share of schools", code="T3",
    definition="Schools with at least 20 Mbps and at least 1 Mbps for each learner. A scenario beside the standard.",
    reference="FCC long-term goal", compute=_standard("T3"), rollup="share", higher_is="better",
    needs=("download_speed_mbps",), order=16,
)  # fmt: skip
