"""Why a school stands where it stands, in plain words: one short text a school, largest contribution first.

The texts are kept in the country's data and in files, so they are English; where one is shown, `say.told` says it in
the reader's language.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

import numpy as np
import pandas as pd

from geodata.arrays import Floats
from geodata.declare import Criterion
from geodata.priority import NEED, Scoring, criteria
from geodata.say import later
from geodata.vocabulary import SchoolStatus

STATUS_WORDS = {
    SchoolStatus.TEMPORARILY_CLOSED.value: later("temporarily closed"),
    SchoolStatus.DAMAGED.value: later("damaged"),
    SchoolStatus.OCCUPIED.value: later("occupied"),
    SchoolStatus.SHELTER.value: later("used as a shelter"),
    SchoolStatus.EXTINCT.value: later("closed for good"),
}


def contributions(scoring: Scoring, p: float) -> Floats:
    """Share of the index that each item carries: its part of the powered sum of its pillar, times the pillar's exponent.

    The shares of a school add up to 1 where any item of each pillar in use is above 0.
    """
    is_need = np.array([c.pillar == NEED for c in criteria()])
    parts = np.nan_to_num(scoring.filled) ** p * scoring.weights
    out = np.zeros_like(parts)
    for side, exponent in ((is_need, scoring.pillars[0]), (~is_need, scoring.pillars[1])):
        total = parts[:, side].sum(axis=1, keepdims=True)
        out[:, side] = exponent * np.divide(parts[:, side], total, out=np.zeros_like(parts[:, side]), where=total > 0)
    return out


def reasons(scoring: Scoring, school_status: pd.Series, p: float, *, without: Collection[str] = ()) -> pd.Series:
    """What each school is known to lack, largest contribution first, then what is not reported.

    Only the things counted for the groups are spoken of. `without` names criteria that may not be spoken of (sensitive ones, where a tier does not show them). Equal texts are
    built once: there are few distinct ones in a country.
    """
    kept = np.array([c.name not in without for c in criteria()])
    lacks, unknown = scoring.lacks_known & kept, scoring.unknown_things & kept
    share = np.where(lacks, np.round(contributions(scoring, p), 9), -1.0)
    order = np.argsort(-share, axis=1, kind="stable")
    status = school_status.where(~pd.Series(scoring.operating, index=school_status.index))
    status_code, statuses = pd.factorize(status)
    key = np.zeros(len(school_status), dtype=np.int64)
    width = len(criteria())
    for place in range(width):
        item = order[:, place]
        rows = np.arange(len(item))
        full = scoring.known[rows, item] >= 1
        key = key * (2 * width + 1) + np.where(lacks[rows, item], 2 * item + full + 1, 0)
    bits = 1 << np.arange(width)
    key = (((key << width) | (unknown @ bits)) << width) | ((unknown & scoring.partly) @ bits)
    key = key * (len(statuses) + 1) + (status_code + 1)
    codes, keys = pd.factorize(key)
    said, in_use = tuple(map(str, statuses)), bool(scoring.things.any())
    words = np.array([_text(int(k), said, in_use) for k in keys], dtype=object)
    return pd.Series(words[codes], index=school_status.index, dtype="str")


def unknown_words(criterion: Criterion, partly: bool) -> str:
    """What is said of an item that is not known; other words where its yes or no is known."""
    return criterion.unknown_in_part if partly and criterion.unknown_in_part else criterion.unknown


def known_words(criterion: Criterion, value: float, lacks: bool) -> str:
    """What is said of a known item: a part that is missing is never called enough, even where it is not counted.

    An item that is scored only has no cut-off: anything above 0 is said.
    """
    if not criterion.counted:
        return criterion.lacks if value > 0 else criterion.has
    if 0 < value < 1 and criterion.lacks_in_part:
        return (
            criterion.lacks_in_part
            if lacks
            else later("{lacks_in_part}, not counted as lacking").format(lacks_in_part=criterion.lacks_in_part)
        )
    return criterion.lacks if lacks else criterion.has


@lru_cache(maxsize=65_536)
def _text(key: int, statuses: tuple[str, ...], in_use: bool) -> str:
    """The text behind a key: what lacks as digits in their order, what is unknown and what in part as bits, the status."""
    key, status = divmod(key, len(statuses) + 1)
    width = len(criteria())
    in_part, unknown_too = key & ((1 << width) - 1), key >> width
    unknown = [unknown_words(c, bool(in_part >> k & 1)) for k, c in enumerate(criteria()) if unknown_too >> k & 1]
    key = unknown_too >> width
    lacks: list[str] = []
    while key:
        key, digit = divmod(key, 2 * width + 1)
        if digit:
            criterion, full = criteria()[(digit - 1) // 2], (digit - 1) % 2
            lacks.append(criterion.lacks if full or not criterion.lacks_in_part else criterion.lacks_in_part)
    parts = [STATUS_WORDS.get(statuses[status - 1], statuses[status - 1])] if status else []
    if not lacks and not unknown and (in_use or not status):
        parts.append(later("none of the things counted is lacking") if in_use else later("nothing reported"))
    return "; ".join([*parts, *reversed(lacks), *unknown])
