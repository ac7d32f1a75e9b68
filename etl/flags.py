"""Several yes/no columns that together say one coded value, such as the levels taught or the source of electricity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from etl.recipe import Feed
from etl.values import words
from geodata.errors import RecipeError
from geodata.fields import FIELDS

JOINED_BY = "-"


def from_flags(parts: Sequence[pd.Series], field: str, given: Feed) -> pd.Series:
    """The value whose column says yes: the first in order; `given.several` where different values apply; all of them,
    joined, with rule "join". Unknown where no column says yes. Raises RecipeError for a value the field does not allow.
    """
    allowed = FIELDS[field].allowed
    for value in (*given.flags.values(), *([given.several] if given.several else [])):
        if allowed and value not in allowed:
            raise RecipeError(f"columns.{field}: {value!r} is not a value of it; allowed: {', '.join(allowed)}.")
    values = list(dict.fromkeys(given.flags.values()))
    yes = np.zeros((len(parts[0]), len(values)), dtype=bool)
    for part, value in zip(parts, given.flags.values(), strict=True):
        yes[:, values.index(value)] |= words(part, "has_computers", None).values.fillna(False).to_numpy(dtype=bool)
    names = np.array(values, dtype=object)
    if given.rule == "join":
        texts: list[str | None] = [JOINED_BY.join(names[row]) or None for row in yes]
    else:
        count, first = yes.sum(axis=1), yes.argmax(axis=1)
        texts = [
            None if n == 0 else given.several if n > 1 and given.several else names[at]
            for n, at in zip(count, first, strict=True)
        ]
    return pd.Series(texts, index=parts[0].index, dtype="str")
