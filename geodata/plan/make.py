"""From a desk and terms to a plan."""

from __future__ import annotations

from geodata.costing.unit import PriceBook
from geodata.plan.result import Plan
from geodata.plan.terms import Terms
from geodata.query import Desk


def make_plan(desk: Desk, terms: Terms, book: PriceBook | None = None) -> Plan:
    """The plan of a country under terms; its own price book unless another is given."""
    raise NotImplementedError
