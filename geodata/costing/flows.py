"""Dated cash flows: what is paid in which year, for what, and by whom. Their present value is that of the parts.

Year 0 is the start. A school of the first year of building is paid for in year 0 and runs in years 1 … horizon; one of
the second year is paid for in year 1 and runs in years 2 … horizon + 1: every school is counted over a whole horizon.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.arrays import Floats
from geodata.costing.parts import LINES, SCHOOL_PAYS, Money, Part, replaced_in

COLUMNS = ("year", "line", "payer", "amount")
Starts = npt.NDArray[np.integer[npt.NBitBase]] | Sequence[int] | int


def flows(parts: Iterable[Part], money: Money, start: Starts = 1) -> pd.DataFrame:
    """Sums over all rows: one row a year, line and payer, by year and in the order of LINES; zeros are left out.

    `start`: year of building of each row (1, 2 …), or one for all. Income (fees of the operator) is negative. An amount
    that is not known makes the sum of its year and line NaN.
    """
    held: dict[tuple[int, str, str], float] = {}
    for part in parts:
        sign = money.sign(part)
        if sign == 0:
            continue
        begin = np.broadcast_to(np.asarray(start, dtype=np.int64), part.capital.shape)
        for year in np.unique(begin):
            rows = begin == year
            sums = (part.capital[rows].sum(), part.again[rows].sum(), part.yearly[rows].sum())
            for when, line, payer, amount in _dated(part, money, int(year) - 1, [sign * float(s) for s in sums]):
                held[when, line, payer] = held.get((when, line, payer), 0.0) + amount
    return _table(held)


def _dated(part: Part, money: Money, first: int, sums: Sequence[float]) -> Iterable[tuple[int, str, str, float]]:
    """Each payment of a part: year, line, payer, amount; contingency and taxes are lines of their own."""
    capital, again, yearly = sums
    buys, runs = payer_of(part, money), payer_of(part, money, running=True)
    paid = [(first, buys, capital, capital * money.contingency)]
    paid += [(first + y, buys, again, 0.0) for y in replaced_in(part.life_years, money.horizon)]
    paid += [(first + y, runs, yearly, 0.0) for y in range(1, money.horizon + 1)]
    for when, who, amount, contingency in paid:
        yield when, part.line, who, amount
        yield when, "contingency", who, contingency
        yield when, "taxes", who, (amount + contingency) * money.taxed


def payer_of(part: Part, money: Money, *, running: bool = False) -> str:
    """Who pays: funder, school, operator, or society (social perspective)."""
    if money.perspective != "payer":
        return "operator" if money.perspective == "operator" else "society"
    return "school" if running and part.line in SCHOOL_PAYS[money.school_pays] else "funder"


def _table(held: dict[tuple[int, str, str], float]) -> pd.DataFrame:
    order = {line: n for n, line in enumerate(LINES)}
    kept = sorted((k for k, v in held.items() if v != 0), key=lambda k: (k[0], order[k[1]], k[2]))
    return pd.DataFrame(
        {
            "year": pd.array([k[0] for k in kept], dtype="int64"),
            "line": pd.array([k[1] for k in kept], dtype="str"),
            "payer": pd.array([k[2] for k in kept], dtype="str"),
            "amount": np.array([held[k] for k in kept], dtype=np.float64),
        }
    )


def together(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Several flows as one."""
    held: dict[tuple[int, str, str], float] = {}
    for table in tables:
        for row in table.itertuples(index=False):
            key = (int(row.year), str(row.line), str(row.payer))  # type: ignore[arg-type]
            held[key] = held.get(key, 0.0) + float(row.amount)  # type: ignore[arg-type]
    return _table(held)


def by_year(table: pd.DataFrame) -> Floats:
    """Sums of each year, from year 0 to the last."""
    if table.empty:
        return np.zeros(0)
    amounts = np.zeros(int(table["year"].max()) + 1)
    np.add.at(amounts, table["year"].to_numpy(), table["amount"].to_numpy())
    return amounts


def worth(table: pd.DataFrame, discount: float) -> float:
    """Present value of a table of flows, at the start."""
    return float((table["amount"] / (1 + discount) ** table["year"]).sum(skipna=False)) if len(table) else 0.0
