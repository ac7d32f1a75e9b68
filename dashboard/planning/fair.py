"""Before and after: what the plan changes for the groups that are behind, and the gates it is held against."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.planning.seen import Seen


def section(seen: Seen) -> list[Component]:
    """The audit of the plan."""
    return []
