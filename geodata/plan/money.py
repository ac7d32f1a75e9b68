"""A plan's money by year, line and payer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from geodata.costing.flows import COLUMNS, flows, together
from geodata.costing.parts import Part
from geodata.options.price import Buyer, bought
from geodata.plan.basis import Basis
from geodata.plan.terms import Terms


def flows_of(ground: Basis, terms: Terms, schools: pd.DataFrame) -> pd.DataFrame:
    """Columns year, line, payer, amount of the chosen schools (see geodata.costing.flows); year 0 is the start."""
    chosen = schools[schools["decision"] == "chosen"]
    if chosen.empty:
        return pd.DataFrame({c: pd.Series(dtype="str" if c in ("line", "payer") else "float64") for c in COLUMNS})
    wanted = pd.MultiIndex.from_arrays([chosen["school_id"], chosen["way"]])
    held = pd.MultiIndex.from_arrays([ground.options["school_id"], ground.options["way"]])
    options = ground.options[held.isin(wanted)].reset_index(drop=True)
    year = chosen.set_index("school_id")["year"].reindex(options["school_id"]).to_numpy(dtype=np.int64)
    buyer = Buyer(ground.needs, ground.eligible, ground.terms, ground.book)
    parts = [
        flows([_spread(p, len(rows)) for p in own], buyer.money, start=year[rows])
        for rows, own in bought(options, buyer, terms.case)
    ]
    return together(parts)


def _spread(part: Part, rows: int) -> Part:
    """A part that costs every school the same, as one with a row for each."""
    a, b, c = (np.broadcast_to(amounts, (rows,)) for amounts in (part.capital, part.yearly, part.again))
    return replace(part, capital=a, yearly=b, again=c)
