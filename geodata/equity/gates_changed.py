"""Gates on what serving the first would change: parity of girls, rural and poorest; concentration (methods 5.2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geodata.arrays import Floats
from geodata.equity import said
from geodata.equity.concentration import erreygers
from geodata.equity.gate import Facts, Gate, Lines, too_unknown
from geodata.equity.incidence import ratio_of
from geodata.equity.parity import adjusted_parity_index
from geodata.equity.tally import Bools, cells
from geodata.policy import Policy
from geodata.say import later, tr

FILLS = (np.nan, 0.0, 1.0)  # the unreported left out, all without, all with
TITLES = {"sex": later("Do girls and boys stay level?"), "location": later("Do rural learners keep up?"), "wealth": later("Do the poorest keep up?")}  # fmt: skip


def parity(facts: Facts, name: str, policy: Policy) -> Gate:
    """A parity index (girls, rural, poorest) after the first are served must not be farther from 1 than before."""
    title, why = TITLES[name], too_unknown(facts, name, policy)
    if why:
        return Gate(f"parity_{name}", title, "inconclusive", why)
    members = facts.members[name]
    dim = members.dimension
    if not {dim.behind, dim.ahead} <= set(members.groups):
        return Gate(
            f"parity_{name}",
            title,
            "inconclusive",
            tr("There are not both groups here: {behind}, {ahead}.", behind=dim.behind, ahead=dim.ahead),
        )
    two = [cells(members, members.groups.index(g), len(facts.people)) for g in (dim.behind, dim.ahead)]
    pairs = [_before_after(facts, two, fill) for fill in FILLS]
    worse = [_worse(*pair, dim.both_ways, policy.number("gate_parity_tolerance")) for pair in pairs]
    if any(np.isnan(v) for v in pairs[0]):
        return Gate(
            f"parity_{name}",
            title,
            "inconclusive",
            tr("Nobody in the group ahead is known to be served, so there is no index."),
        )
    about = tr("{index}, {behind} against {ahead},", index=dim.index, behind=dim.behind, ahead=dim.ahead)
    sentence = _moved(about, *pairs[0], tr("(1 is parity)"))
    lines = _arrows(pairs)
    return Gate(
        f"parity_{name}",
        title,
        "warn" if worse[0] else "pass",
        sentence,
        lines,
        tr("not farther from 1 than before"),
        len(set(worse)) == 1,
    )


def _before_after(facts: Facts, two: list[Floats], fill: float) -> tuple[float, float]:
    """The adjusted index before and after the first are served; the unreported taken as `fill` (NaN: left out)."""
    has = np.where(np.isnan(facts.marks.has), fill, facts.marks.has)
    out = []
    for now in (has, np.where(facts.marks.first, 1.0, has)):
        known = ~np.isnan(now)
        rates = [ratio_of(float((w * now)[known].sum()), float(w[known].sum())) for w in two]
        out.append(float(adjusted_parity_index(rates[0], rates[1])))
    return out[0], out[1]


def _moved(what: str, before: float, after: float, scale: str) -> str:
    """An index that "would rise from 0.60 to 0.98", or "would stay at 1.00" where two decimals show no change."""
    one, two = said.index(before), said.index(after)
    if one == two:
        return tr("{index} would stay at {value} {scale}.", index=what, value=one, scale=scale)
    of = {"index": what, "before": one, "after": two, "scale": scale}
    if after < before:
        return tr("{index} would fall from {before} to {after} {scale}.", **of)
    return tr("{index} would rise from {before} to {after} {scale}.", **of)


def _arrows(pairs: Sequence[tuple[float, float]]) -> Lines:
    names = (
        tr("Before, and after the first are served"),
        tr("If every unreported were without"),
        tr("If every unreported had it"),
    )
    return tuple((name, " → ".join(said.index(v, 3) for v in pair)) for name, pair in zip(names, pairs, strict=True))


def _worse(before: float, after: float, both_ways: bool, tolerance: float) -> bool:
    """Farther from parity; where only one group can be behind, a group that overtakes is no harm to it."""
    if both_ways:
        return abs(1 - after) > abs(1 - before) + tolerance
    return min(1.0, after) < min(1.0, before) - tolerance


def concentrated(facts: Facts, policy: Policy) -> Gate:
    """Erreygers' index after the first are served must fall, or already favour the poorer."""
    title, why = tr("Is it less concentrated among the better off?"), too_unknown(facts, "wealth", policy)
    here = ~np.isnan(facts.wealth) & (np.nan_to_num(facts.people) > 0)
    if why or not (here & ~np.isnan(facts.marks.has)).any():
        return Gate("erreygers", title, "inconclusive", why or tr("No one's wealth and status are both known."))
    pairs = [_erreygers(facts, here, fill) for fill in FILLS]
    falls = [after < before or after <= 0 for before, after in pairs]
    sentence = _moved(tr("Erreygers' index"), *pairs[0], tr("(above 0, the better off have more)"))
    lines = _arrows(pairs)
    return Gate(
        "erreygers",
        title,
        "pass" if falls[0] else "warn",
        sentence,
        lines,
        tr("falls, or is 0 or less"),
        len(set(falls)) == 1,
    )


def _erreygers(facts: Facts, here: Bools, fill: float) -> tuple[float, float]:
    has = np.where(np.isnan(facts.marks.has), fill, facts.marks.has)
    use = here & ~np.isnan(has)
    rest = (facts.wealth[use], np.nan_to_num(facts.people)[use])
    return erreygers(has[use], *rest), erreygers(np.where(facts.marks.first, 1.0, has)[use], *rest)
