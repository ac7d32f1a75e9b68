"""Scores of several countries on one scale (methods, section 3.6): off unless the policy turns it on."""

from __future__ import annotations

from geodata.arrays import Floats
from geodata.policy import POLICY, Policy


def cross_country_factor(
    *, least_developed: bool, small_island: bool, conflict_or_disaster: bool, policy: Policy = POLICY
) -> float:
    """How much a country's scores are raised among others': 1 where the policy is off, at most the cap (1.5 by default)."""
    if policy["cross_country"] != "on":
        return 1.0
    raised = (
        least_developed * policy.number("cross_country_ldc")
        + small_island * policy.number("cross_country_sids")
        + conflict_or_disaster * policy.number("cross_country_conflict")
    )
    return min(policy.number("cross_country_cap"), 1 + raised)


def cross_country_scores(
    score: Floats,
    *,
    least_developed: bool = False,
    small_island: bool = False,
    conflict_or_disaster: bool = False,
    policy: Policy = POLICY,
) -> Floats:
    """One country's scores (0 to 100, made within that country) on the scale of several; above 100 where raised.

    For comparing countries only: within a country the order of the schools is the same with it and without.
    """
    factor = cross_country_factor(
        least_developed=least_developed,
        small_island=small_island,
        conflict_or_disaster=conflict_or_disaster,
        policy=policy,
    )
    return score * factor
