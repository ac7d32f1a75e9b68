"""Radio, television and telephone: UIS ED1 to ED3; and the kinds of fixed connection of ED5."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata import gaps
from geodata.arrays import as_boolean, flag
from geodata.declare import Indicator
from geodata.indicators.connectivity import UIS, broadband
from geodata.truth import all_of, yesno


def radio(has_radio: pd.Series) -> pd.Series:
    """A radio used for education."""
    return yesno(has_radio)


def television(has_television: pd.Series) -> pd.Series:
    """A television used for education."""
    return yesno(has_television)


def telephone(has_telephone: pd.Series) -> pd.Series:
    """A telephone facility."""
    return yesno(has_telephone)


def narrowband(has_internet: pd.Series, has_internet_for_learners: pd.Series, has_narrowband: pd.Series) -> pd.Series:
    """A fixed narrowband connection; a school without internet has none."""
    told, any_internet = flag(has_narrowband), flag(gaps.internet(has_internet, has_internet_for_learners))
    return as_boolean(np.where(any_internet == 0, 0.0, told), has_narrowband.index)


def narrowband_only(
    has_internet: pd.Series, has_internet_for_learners: pd.Series, has_broadband: pd.Series, has_narrowband: pd.Series
) -> pd.Series:
    """Fixed narrowband and no broadband."""
    narrow = narrowband(has_internet, has_internet_for_learners, has_narrowband)
    return all_of(narrow, ~broadband(has_internet, has_internet_for_learners, has_broadband))


def broadband_only(
    has_internet: pd.Series, has_internet_for_learners: pd.Series, has_broadband: pd.Series, has_narrowband: pd.Series
) -> pd.Series:
    """Broadband and no fixed narrowband."""
    broad = broadband(has_internet, has_internet_for_learners, has_broadband)
    return all_of(broad, ~narrowband(has_internet, has_internet_for_learners, has_narrowband))


def both_bands(
    has_internet: pd.Series, has_internet_for_learners: pd.Series, has_broadband: pd.Series, has_narrowband: pd.Series
) -> pd.Series:
    """Broadband and fixed narrowband side by side."""
    broad = broadband(has_internet, has_internet_for_learners, has_broadband)
    return all_of(broad, narrowband(has_internet, has_internet_for_learners, has_narrowband))


RADIO = Indicator(
    name="radio", title="Radio", unit="share of schools", code="ED1",
    definition="Schools with a radio used for education.", reference=UIS + ", ED1", compute=radio, rollup="share",
    higher_is="better", group="media", order=26,
)  # fmt: skip
TELEVISION = Indicator(
    name="television", title="Television", unit="share of schools", code="ED2",
    definition="Schools with a television used for education.", reference=UIS + ", ED2", compute=television,
    rollup="share", higher_is="better", group="media", order=27,
)  # fmt: skip
TELEPHONE = Indicator(
    name="telephone", title="Telephone", unit="share of schools", code="ED3",
    definition="Schools with a telephone facility, fixed or mobile.", reference=UIS + ", ED3", compute=telephone,
    rollup="share", higher_is="better", group="media", order=28,
)  # fmt: skip
NARROWBAND_ONLY = Indicator(
    name="narrowband_only", title="Fixed narrowband only", unit="share of schools", code="ED5 (narrowband only)",
    definition="Schools whose fixed connections are all slower than broadband.", reference=UIS + ", ED5 by type",
    compute=narrowband_only, rollup="share", higher_is="worse", needs=("has_narrowband",), order=17,
)  # fmt: skip
BROADBAND_ONLY = Indicator(
    name="broadband_only", title="Fixed broadband only", unit="share of schools", code="ED5 (broadband only)",
    definition="Schools with broadband and no slower fixed connection beside it.", reference=UIS + ", ED5 by type",
    compute=broadband_only, rollup="share", higher_is="better", needs=("has_narrowband", "has_broadband"), order=18,
)  # fmt: skip
BOTH_BANDS = Indicator(
    name="both_bands", title="Fixed broadband and narrowband", unit="share of schools", code="ED5 (both)",
    definition="Schools with broadband and a slower fixed connection beside it.", reference=UIS + ", ED5 by type",
    compute=both_bands, rollup="share", needs=("has_narrowband", "has_broadband"), order=19,
)  # fmt: skip
